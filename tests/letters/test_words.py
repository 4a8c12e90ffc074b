"""The words of the letters: there for everything that can be found, fit to be read, and the same in every language."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline.letters import Language, LetterKind
from pipeline.letters.telling import NOTHING, telling
from pipeline.letters.texts import Texts, filled, texts
from schemas.release import HoldReason
from tests.letters.making import found

INTERNAL = {
    HoldReason.CHART_INCOMPLETE,
    HoldReason.ORIGINAL_UNREADABLE,
    HoldReason.COPY_FAULTY,
    HoldReason.DESTINATION_DIFFERS,
    HoldReason.DESTINATION_REFUSED,
    HoldReason.DELIVERY_UNCERTAIN,
    HoldReason.CHORE,
    HoldReason.SYSTEM_FAULT,
}
"""The practice's own matters."""
OF_A_PERSON = {HoldReason.NO_PATIENT, HoldReason.SEVERAL_PATIENTS, HoldReason.PATIENT_DIFFERS}


@pytest.mark.parametrize("reason", list(HoldReason))
def test_every_reason_has_words_or_is_the_practices_own_matter(reason: HoldReason) -> None:
    said = telling().point(found(reason))
    assert (said == NOTHING) is (reason in INTERNAL)
    told = telling().reasons[reason]
    if reason in INTERNAL:
        assert not told.rules
        assert not told.paragraphs


@pytest.mark.parametrize("language", list(Language))
def test_every_point_has_words_in_every_language(language: Language) -> None:
    table, written = telling(), texts(language)
    used = {told.say for told in table.reasons.values()}
    for told in table.reasons.values():
        used |= {*told.rules.values(), *told.paragraphs.values()}
    used -= {NOTHING}
    assert used == set(written.points) == set(table.sources)


def test_the_slip_has_a_question_for_every_point() -> None:
    written = texts(Language.EN)
    assert written.call
    assert [key for key, point in written.points.items() if not point.ask] == []
    assert set(written.call.asks_of_an_office) == set(telling().office_calls.values())


def test_a_denial_has_words_for_every_ground() -> None:
    assert set(texts(Language.EN).grounds) == set(telling().grounds)


def test_english_has_every_letter_and_spanish_the_three_that_go_out_most() -> None:
    assert all(getattr(texts(Language.EN), kind.value) for kind in LetterKind)
    assert {kind for kind in LetterKind if getattr(texts(Language.ES), kind.value)} == {
        LetterKind.MISSING,
        LetterKind.EXTENSION,
        LetterKind.REVOKED,
    }
    assert set(texts(Language.ES).reasons) == set(texts(Language.EN).reasons)


def every_text(written: Texts) -> Iterator[tuple[str, str]]:
    """Each text with its place."""

    def walk(value: Any, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield from walk(inner, f"{place}.{key}")
        elif isinstance(value, (list, tuple)):
            for inner in value:
                yield from walk(inner, place)

    yield from walk(written.model_dump(), "")


def places(text: str) -> set[str]:
    """The names of what is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_spanish_fills_in_what_english_does() -> None:
    english = dict(every_text(texts(Language.EN)))
    for place, text in every_text(texts(Language.ES)):
        if not place.endswith("do_other"):
            assert places(text) == places(english[place]), place
            assert text.count("**") == english[place].count("**"), place


def test_what_is_filled_in_cannot_make_anything_bold_or_be_filled_in_again() -> None:
    assert filled("Dear {name}: **{day}**", name="**A** {day}", day="today") == "Dear A {day}: **today**"


def grade(text: str) -> float:
    """The reading grade after Flesch and Kincaid; syllables are counted by their vowels."""
    plain = re.sub(r"\{\w+\}|https?:\S+|[*“”]", " ", text)
    sentences = max(1, len(re.findall(r"[.:?](?:\s|$)", plain)))
    found_words = re.findall(r"[A-Za-z’]+", plain)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e\b", "", word.lower())))) for word in found_words)
    return 0.39 * len(found_words) / sentences + 11.8 * syllables / len(found_words) - 15.59


def test_letters_are_no_harder_to_read_than_a_newspaper() -> None:
    written = texts(Language.EN)
    assert written.missing
    assert written.revoked
    assert written.extension
    running = [*(f"{p.what} {p.do}" for p in written.points.values()), written.missing.nothing, written.missing.how]
    running += [written.revoked.all, written.revoked.before, written.extension.until, *written.grounds.values()]
    assert grade(" ".join(running)) < 6
    assert max(map(grade, running)) < 9


LEGALESE = re.compile(
    r"\b(pursuant|herein|thereof|hereby|aforesaid|disclos\w+|authoriz\w+|designated|protected health|covered entity|CFR|HIPAA)\b",
    re.IGNORECASE,
)


def test_the_words_of_the_law_are_not_in_the_text() -> None:
    assert [place for place, text in every_text(texts(Language.EN)) if LEGALESE.search(text)] == []


# ---- from findings to points ---------------------------------------------------------------------------------------------


def test_a_rule_tells_more_than_a_paragraph_and_a_paragraph_more_than_a_reason() -> None:
    say = telling().point
    assert say(found(HoldReason.PATHWAY_UNCLEAR)) == "call"
    assert say(found(HoldReason.PATHWAY_UNCLEAR, "45 CFR 164.514(h)(1); 45 CFR 164.502(g)")) == "authority"
    assert say(found(HoldReason.PATHWAY_UNCLEAR, "45 CFR 164.508(c)(1)(iv)", "parties.picked_up")) == "how_to_give"
    assert say(found(HoldReason.PATHWAY_UNCLEAR, "22 TAC 108.8(b)", "a.rule_of_tomorrow")) == "call"


def test_a_matter_of_the_practices_own_is_told_by_no_rule_and_no_paragraph() -> None:
    for reason in INTERNAL:
        assert telling().points([found(reason, "45 CFR 164.508(c)(1)(vi)", "signing.signed")]) == ()


def test_whoever_the_patient_may_be_the_words_are_the_same() -> None:
    said = {telling().point(found(reason, "45 CFR 164.514(h)(1)")) for reason in OF_A_PERSON}
    of_the_chart = {
        telling().point(found(HoldReason.PATHWAY_UNCLEAR, "45 CFR 164.502(g)(4)", "people.chart_status")),
        telling().point(found(HoldReason.PATHWAY_UNCLEAR, "45 CFR 164.502(g)(3)")),
    }
    assert said == of_the_chart == {"right_person"}


def test_the_same_thing_found_twice_is_one_point_and_calls_come_last() -> None:
    expiration = found(HoldReason.ELEMENT_MISSING, "45 CFR 164.508(c)(1)(v)")
    others = [found(reason) for reason in (HoldReason.REVOKED, HoldReason.NO_PATIENT, HoldReason.NOT_SIGNED)]
    keys = telling().points([*others, expiration, expiration])
    assert keys == ("signature", "expiration", "right_person", "call")


def known_rules() -> set[str]:
    """Every rule that the rooms of rules and matching name."""
    rooms = Path(pipeline.__file__).parent
    functions = {
        f"{file.stem}.{name}"
        for file in (rooms / "release").glob("*.py")
        for name in re.findall(r"^def (\w+)\(case: Case\) -> Iterator\[Finding\]", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    sentences = (("matching", "sentences.py"), ("destinations", "office_sentences.py"))
    named = {
        f"{room}.{name}"
        for room, file in sentences
        for name in re.findall(r"_finding\(\s*\"(\w+)\"", (rooms / "matching" / file).read_text(encoding="utf-8"))
    }
    return functions | named


def test_every_rule_that_the_table_names_is_one_that_there_is() -> None:
    named = {rule for told in telling().reasons.values() for rule in told.rules}
    assert len(named) > 15
    assert named - known_rules() == set()


def test_what_the_rules_find_of_the_practices_own_matters_is_told_to_nobody() -> None:
    """The directory does not trust an office yet, or a channel needs a person: nothing that a requester could mend."""
    for reason, rule in (
        (HoldReason.DESTINATION_UNKNOWN, "destinations.not_trusted"),
        (HoldReason.DESTINATION_UNKNOWN, "parties.trusted"),
        (HoldReason.PATHWAY_UNCLEAR, "parties.needs_a_person"),
    ):
        assert telling().points([found(reason, "45 CFR 164.514(h)(1); 45 CFR 164.524(c)(2)", rule)]) == ()
