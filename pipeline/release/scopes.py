"""Which records: the boxes and dates of a form as a scope, where they say it clearly (164.508(c)(1)(i))."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

from pipeline.release import paragraphs
from pipeline.release.case import Case, ReadDate, as_written, finding
from pipeline.release.signing import STRICT
from schemas.base import Frozen
from schemas.reading import Choice, FieldName
from schemas.record_set import ItemKind
from schemas.release import Finding, HoldReason, PathwayName, Scope

_LOOK = "Look at the dates on the scan, and correct them; if they stand there like this, ask the patient."
_WHOLE = (Choice.SCOPE_ALL, Choice.SCOPE_DENTAL)
_NO_PART = {
    Choice.SCOPE_ITEM: "A box is ticked whose meaning the reader does not know.",
    Choice.SCOPE_IMMUNIZATIONS: "The box for immunizations is ticked, and no part of a dental chart is known to hold them.",
}


class ScopeBox(Frozen):
    """What one box asks for."""

    says: str
    kinds: tuple[ItemKind, ...]


@lru_cache(maxsize=1)
def scope_boxes() -> dict[Choice, ScopeBox]:
    """The table that comes with the program (`scopes.toml`)."""
    text = files(__package__).joinpath("scopes.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[Choice, ScopeBox]).validate_python(tomllib.loads(text))


def says_records(case: Case) -> str | None:
    """Which records."""
    if not _described(case) and (case.policy.nothing_ticked == "hold" or case.pathway in STRICT):
        return None
    return f"Asks for {scope_of(case).sentence}."


def says_something(case: Case) -> Iterator[Finding]:
    """A box or a date says which records are meant. Blank, forms differ in what they mean, and a missed mark looks the same.

    An authorization has to describe the records itself: 164.508(c)(1)(i).
    """
    sentence = (
        "The request does not say which records are asked for: no box was found ticked, and no dates. If it is let go, the whole "
        "record is sent."
    )
    if case.pathway in STRICT:
        cure = "Return the form to the patient to say which records; or choose the pathway of the patient's own directive."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, cure, paragraphs.DESCRIPTION)
    else:
        cure = "Look at the scan which records are meant; if it is the whole record, accept; if it does not say, ask the patient."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, cure, paragraphs.DESCRIPTION, acceptable=True)


def clear_boxes(case: Case) -> Iterator[Finding]:
    """Every ticked box is surely ticked, and its meaning is known. Each sentence says what is sent if a person lets it go."""
    ticks = case.ticks("scope")
    sent = scope_of(case).sentence
    for choice, tick in ticks.items():
        if tick.confidence < case.policy.tick_confidence:
            box = scope_boxes()[choice].says if choice in scope_boxes() else "something else"
            sentence = f"It is not certain whether the box for {box} is ticked. If it is let go, this is sent: {sent}."
            cure = "Look at the scan: if this is what is asked for, accept; if not, ask the patient."
            yield finding(HoldReason.SCOPE_UNCLEAR, sentence, cure, paragraphs.DESCRIPTION, tick, acceptable=True)
        elif choice is Choice.SCOPE_SUMMARY:
            sentence = f"A summary is asked for, which somebody has to write. If it is let go, copies are sent instead: {sent}."
            cure = "Ask whether copies will do; if so, accept; if not, have the summary written (164.524(c)(2)(iii))."
            yield finding(HoldReason.SCOPE_UNCLEAR, sentence, cure, "45 CFR 164.524(c)(2)(iii)", tick, acceptable=True)
        elif choice in _NO_PART and Choice.SCOPE_ALL not in ticks:
            sentence = f"{_NO_PART[choice]} If it is let go, this is sent: {sent}."
            cure = "Look at the scan: if this is what is asked for, accept; if not, ask the patient."
            yield finding(HoldReason.SCOPE_UNCLEAR, sentence, cure, paragraphs.DESCRIPTION, tick, acceptable=True)


def no_more_than_needed(case: Case) -> Iterator[Finding]:
    """An insurer seldom needs the whole record: 164.502(b)."""
    if case.pathway is PathwayName.PAYMENT and not scope_of(case).kinds:
        sentence = "The whole record is asked for, and an insurer gets no more than the claim needs."
        cure = "Ask the insurer which records the claim needs; if it is all of them, accept and say why."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, cure, paragraphs.MINIMUM, acceptable=True)


def clear_dates(case: Case) -> Iterator[Finding]:
    """The dates of a dated scope are surely read, and in order."""
    first, last = _from(case), _to(case)
    for read in (first, last):
        if read.field and not read.sure:
            sentence = f"The dates of the records asked for could not be read with certainty; one looks like {read.field.value}."
            yield finding(HoldReason.UNREADABLE, sentence, _LOOK, paragraphs.DESCRIPTION, read.field)
    if first.day and last.day and first.day > last.day:
        sentence = f"The records asked for begin ({as_written(first.day)}) after they end ({as_written(last.day)})."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, _LOOK, paragraphs.DESCRIPTION, first.field)
    if first.day and first.day > case.received_on:
        sentence = f"The records asked for begin in the future ({as_written(first.day)})."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, _LOOK, paragraphs.DESCRIPTION, first.field)


def scope_of(case: Case) -> Scope:
    """What is sent: each box that may be ticked adds to it, and where none is known, it is everything."""
    first, last = _from(case).day, _to(case).day
    asked = [choice for choice in Choice if choice in case.ticks("scope") and choice in scope_boxes()]
    whole = [choice for choice in asked if choice in _WHOLE]
    boxes = [scope_boxes()[choice] for choice in (whole[:1] or asked)]
    kinds = () if whole else tuple(kind for kind in ItemKind if any(kind in box.kinds for box in boxes))
    said = ", ".join(box.says for box in boxes) or "the whole record"
    since = f" from {as_written(first)}" if first else ""
    until = f" to {as_written(last)}" if last else ""
    return Scope(kinds=kinds, from_date=first, to_date=last, sentence=f"{said}{since}{until}")


def _described(case: Case) -> bool:
    return bool(case.ticks("scope")) or not (_from(case).absent and _to(case).absent)


def _from(case: Case) -> ReadDate:
    return case.date_of(FieldName.SCOPE_FROM_DATE)


def _to(case: Case) -> ReadDate:
    return case.date_of(FieldName.SCOPE_TO_DATE)
