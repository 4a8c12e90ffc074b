"""Which records: the boxes and dates of a form as a scope, where they say it clearly (164.508(c)(1)(i))."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

from pipeline.release import paragraphs
from pipeline.release.case import Case, ReadDate, as_written, finding
from schemas.base import Frozen
from schemas.reading import Choice, FieldName
from schemas.record_set import ItemKind
from schemas.release import Finding, HoldReason, Scope

_LOOK = "Look at the scan which records are meant; if it does not say, ask the patient."
_WHOLE = (Choice.SCOPE_ALL, Choice.SCOPE_DENTAL)


class ScopeBox(Frozen):
    """What one box asks for."""

    says: str
    kinds: tuple[ItemKind, ...]


@lru_cache(maxsize=1)
def scope_boxes() -> dict[Choice, ScopeBox]:
    """The table that comes with the program (`scopes.toml`)."""
    text = files(__package__).joinpath("scopes.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[Choice, ScopeBox]).validate_python(tomllib.loads(text))


def clear_boxes(case: Case) -> Iterator[Finding]:
    """Every ticked box is surely ticked, and its meaning is known."""
    ticks = case.ticks("scope")
    for choice, tick in ticks.items():
        if tick.confidence < case.policy.tick_confidence:
            sentence = "It is not certain whether a box for the records asked for is ticked."
            yield finding(HoldReason.SCOPE_UNCLEAR, sentence, _LOOK, paragraphs.DESCRIPTION, tick)
        elif choice is Choice.SCOPE_SUMMARY:
            sentence = "A summary is asked for, which somebody has to write."
            cure = "Ask whether copies will do instead, or have the summary written (164.524(c)(2)(iii))."
            yield finding(HoldReason.SCOPE_UNCLEAR, sentence, cure, "45 CFR 164.524(c)(2)(iii)", tick)
        elif choice is Choice.SCOPE_ITEM and Choice.SCOPE_ALL not in ticks:
            sentence = "A box is ticked whose meaning the reader does not know."
            yield finding(HoldReason.SCOPE_UNCLEAR, sentence, _LOOK, paragraphs.DESCRIPTION, tick)


def says_something(case: Case) -> Iterator[Finding]:
    """A box or a date says which records are meant. Blank, forms differ in what they mean, and a missed mark looks the same."""
    described = case.ticks("scope") or not (_from(case).absent and _to(case).absent)
    if not described and case.policy.nothing_ticked == "hold":
        sentence = "The request does not say which records are asked for: no box was found ticked, and no dates."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, _LOOK, paragraphs.DESCRIPTION)


def clear_dates(case: Case) -> Iterator[Finding]:
    """The dates of a dated scope are surely read, and in order."""
    first, last = _from(case), _to(case)
    for read in (first, last):
        if read.field and not read.sure:
            sentence = f"The dates of the records asked for could not be read with certainty; one looks like {read.field.value}."
            yield finding(HoldReason.UNREADABLE, sentence, "Look at the dates on the scan.", paragraphs.DESCRIPTION, read.field)
    if first.day and last.day and first.day > last.day:
        sentence = f"The records asked for begin ({as_written(first.day)}) after they end ({as_written(last.day)})."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, _LOOK, paragraphs.DESCRIPTION, first.field)
    if first.day and first.day > case.received_on:
        sentence = f"The records asked for begin in the future ({as_written(first.day)})."
        yield finding(HoldReason.SCOPE_UNCLEAR, sentence, _LOOK, paragraphs.DESCRIPTION, first.field)


def scope_of(case: Case) -> Scope:
    """The scope of a case in which the rules above found nothing."""
    first, last = _from(case).day, _to(case).day
    asked = [choice for choice in Choice if choice in case.ticks("scope") and choice in scope_boxes()]
    whole = [choice for choice in asked if choice in _WHOLE]
    boxes = [scope_boxes()[choice] for choice in (whole[:1] or asked)]
    kinds = () if whole else tuple(kind for kind in ItemKind if any(kind in box.kinds for box in boxes))
    said = ", ".join(box.says for box in boxes) or "the whole record"
    since = f" from {as_written(first)}" if first else ""
    until = f" to {as_written(last)}" if last else ""
    return Scope(kinds=kinds, from_date=first, to_date=last, sentence=f"{said}{since}{until}")


def _from(case: Case) -> ReadDate:
    return case.date_of(FieldName.SCOPE_FROM_DATE)


def _to(case: Case) -> ReadDate:
    return case.date_of(FieldName.SCOPE_TO_DATE)
