"""A letter may reach the wrong hands: nothing is in it that whoever asked has not told us."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pikepdf
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.letters import Language, LetterKind, NothingToTell, addressee_of, certain, letter
from schemas.base import Box
from schemas.reading import FieldName, ReadField, Reading
from schemas.release import Candidate, Evidence, Finding, HoldReason, Match, Patient
from tests.letters.making import matter, pdf, texts

BOX = Box(left=0, top=0, right=1, bottom=1)
MARK = "Xq7"
"""Stands in everything that no letter may tell."""
BORN = date(1901, 2, 3)
PARAGRAPHS = (
    "45 CFR 164.502(g)(4)",
    "45 CFR 164.508(c)(1)(vi)",
    "45 CFR 164.524(c)(2) and (3)(i)",
    "22 TAC 108.8(b)",
    f"{MARK} 1",
)
RULES = ("", "people.chart_status", "signing.signed", f"{MARK}.rule")


def patient(number: int) -> Patient:
    """A patient whose every private word is marked."""
    return Patient(
        patient_id=f"{MARK}-{number}",
        last_name=f"{MARK}sen",
        first_name="Ada",
        other_names=f"{MARK} Other",
        date_of_birth=BORN,
        phone=f"{MARK} 555",
        email=f"{MARK}@example.org",
        street=f"{number} {MARK} Street",
        city=MARK,
        state="ME",
        zip="04843",
        guarantor_id=f"{MARK}-G",
        status=f"{MARK} status",
        balance=f"{MARK} 12.00",
        next_appointment=f"{MARK} 2027",
    )


def reading(**fields: str) -> Reading:
    """A request in which these fields were read."""
    named = {FieldName(name.replace("__", ".")): value for name, value in fields.items()}
    return Reading(
        scan="0" * 64,
        pages=1,
        fields={name: ReadField(value=value, confidence=1, page=1, box=BOX) for name, value in named.items()},
    )


ASKED = reading(patient__name="Ana Whitefeather", patient__dob=BORN.isoformat(), patient__ssn_last4="4711")

FINDINGS = st.lists(
    st.builds(
        Finding,
        reason=st.sampled_from(HoldReason),
        rule=st.sampled_from(RULES),
        paragraph=st.none() | st.sampled_from(PARAGRAPHS),
        sentence=st.just(f"The chart of {MARK}sen, born 02/03/1901, says {MARK}."),
        cure=st.just(f"Ask {MARK}sen."),
    ),
    max_size=14,
)


def everything_in(data: bytes) -> str:
    """Text of the pages, and every stream and string of the file."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        streams = [bytes(thing.read_bytes()) for thing in opened.objects if isinstance(thing, pikepdf.Stream)]
        rest = [repr(thing) for thing in opened.objects if not isinstance(thing, pikepdf.Stream)]
    return " ".join([*texts(data), *(stream.decode("latin-1") for stream in streams), *rest, data.decode("latin-1")])


@given(findings=FINDINGS, language=st.sampled_from(Language))
@settings(max_examples=40, deadline=None)
def test_nothing_of_a_finding_of_the_chart_or_of_the_roster_is_in_the_letter(findings: list[Finding], language: Language) -> None:
    unsure = Finding(reason=HoldReason.PATIENT_DIFFERS, sentence=f"{MARK} differs.")
    evidence = Evidence(field="birth date", read=MARK, chart=MARK, speaks="against", sentence=MARK)
    candidates = tuple(Candidate(patient=patient(n), score=0.5, evidence=(evidence,)) for n in (1, 2))
    match = Match(candidates=candidates, patient=patient(1), findings=(unsure, *findings))
    assert not certain(match)
    about = matter(findings=tuple(findings), to=addressee_of(ASKED, match, None))
    try:
        data = pdf(LetterKind.MISSING, about, language)
    except NothingToTell:
        return
    whole = everything_in(data)
    assert MARK not in whole
    assert not re.search(r"1901|02/03|4711", " ".join(texts(data)))
    assert "164.502(g)(4)" not in " ".join(texts(data))


def test_of_a_patient_found_beyond_doubt_the_letter_bears_name_and_address_and_nothing_else() -> None:
    known = patient(1).model_copy(update={"last_name": "Whitefeather", "street": "7 Cedar Street", "city": "Camden"})
    match = Match(patient=known)
    assert certain(match)
    about = matter(to=addressee_of(ASKED, match, known), findings=(Finding(reason=HoldReason.NOT_SIGNED, sentence=MARK),))
    whole = everything_in(pdf(LetterKind.MISSING, about))
    assert "7 Cedar Street" in whole
    assert MARK not in whole


def test_the_letter_does_not_tell_a_patient_from_a_stranger() -> None:
    """Whether nobody, two, or one with another birth date was found: word for word the same letter."""
    written = {
        pdf(LetterKind.MISSING, matter(findings=(Finding(reason=reason, sentence="x", paragraph=paragraph),)))
        for reason, paragraph in (
            (HoldReason.NO_PATIENT, None),
            (HoldReason.SEVERAL_PATIENTS, "45 CFR 164.514(h)(1)"),
            (HoldReason.PATIENT_DIFFERS, "45 CFR 164.514(h)(1)"),
            (HoldReason.PATHWAY_UNCLEAR, "45 CFR 164.502(g)(4)"),
        )
    }
    assert len(written) == 1


def test_a_third_party_is_not_told_that_a_permission_was_taken_back() -> None:
    revoked = Finding(reason=HoldReason.REVOKED, sentence="x", paragraph="45 CFR 164.508(b)(2)(iii)")
    asked_before = Finding(reason=HoldReason.ASKED_BEFORE, sentence="x")
    assert pdf(LetterKind.MISSING, matter(findings=(revoked,))) == pdf(LetterKind.MISSING, matter(findings=(asked_before,)))


def test_the_slip_bears_no_birth_date_and_no_chart_number() -> None:
    about: Any = matter(findings=(Finding(reason=HoldReason.PATIENT_DIFFERS, sentence=f"{MARK} {BORN}"),))
    words = " ".join(texts(pdf(LetterKind.CALL, about)))
    assert MARK not in words
    assert "1901" not in words


def test_a_listing_of_files_shows_no_patient() -> None:
    written = letter(LetterKind.MISSING, matter(findings=(Finding(reason=HoldReason.NOT_SIGNED, sentence="x"),)))
    with pikepdf.open(
        io.BytesIO(pdf(LetterKind.MISSING, matter(findings=(Finding(reason=HoldReason.NOT_SIGNED, sentence="x"),))))
    ) as opened:
        assert str(opened.docinfo.Title) == written.title == "One more thing before we can help"
        assert "Whitefeather" not in str(opened.docinfo)
