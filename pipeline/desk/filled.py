"""A form as it came back filled in: what it means, and what to show again where it cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from starlette.requests import Request

from pipeline.errors import Error
from schemas.decision import DecisionKind, SaidPatient
from schemas.people import Person
from schemas.reading import Choice, FieldName
from schemas.release import IdentityEvidence, IdentityMethod, PathwayName

LONGEST = 2000
"""Characters in one field."""
FIELD = "field."
"""Before the name of a field of the scan whose value may be corrected: `field.patient.dob`."""
WAS = "was."
"""Before the same name: the value as the page showed it. What was left as it is, is no correction."""


BOX = "box."
"""Before the name of a choice: whether its box is ticked, `yes` or `no`; empty where it is as it was read."""
PAGE = "page."
"""Before the number of a page: which of several requests it belongs to."""
NAME, BORN = "name.", "born."
"""Before the number of a row: a patient and their birth date."""


class NotFilledIn(Error):
    """Something is missing or cannot be: the text says what, for the person."""


@dataclass(frozen=True)
class Filled:
    """The fields of one form; unchecked boxes are not among them."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trouble: str = ""
    """Why it was not taken."""

    def one(self, name: str) -> str:
        """The value of a field; empty where it has none."""
        return next(iter(self.values.get(name, ())), "").strip()

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field: boxes that bear one name."""
        return self.values.get(name, ())

    def has(self, name: str, value: str) -> bool:
        """Whether the box with this value was checked."""
        return value in self.all(name)

    @property
    def way(self) -> str:
        """Which of the forms it is: the key of a `Way`."""
        return self.one("way")

    @property
    def hold(self) -> int | None:
        """The entry of the queue that the page showed."""
        return int(self.one("hold")) if self.one("hold").isdigit() else None


async def filled_in(request: Request) -> Filled:
    """What a route depends on: the form that came with the request."""
    values: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value[:LONGEST])
    return Filled({name: tuple(said) for name, said in values.items()})


# ---- what it means ---------------------------------------------------------------------------------------------------------


def details_of(filled: Filled, what: DecisionKind, person: Person, now: datetime) -> dict[str, Any]:
    """The members of the `Decision` that the form gives. Raises NotFilledIn."""
    if what in _SAY_WHY and not filled.one("why"):
        raise NotFilledIn("Say why: it goes into the delivery log.")
    found = _DETAILS.get(what)
    return found(filled, person, now) if found else {}


_SAY_WHY = frozenset({DecisionKind.PATIENT, DecisionKind.PATHWAY, DecisionKind.WITHDRAW, DecisionKind.ACCEPT})
"""Rejecting and extending ask for it themselves: the requester is told."""


def _corrections(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    corrections = {
        name: filled.one(FIELD + name)
        for name in FieldName
        if FIELD + name in filled.values and filled.one(FIELD + name) != filled.one(WAS + name)
    }
    if added := filled.one("added"):
        corrections[_member(FieldName, added, "field")] = filled.one("added_value")
    signed = _yes_or_no(filled.one("signed"))
    ticks = {choice: ticked for choice in Choice if (ticked := _yes_or_no(filled.one(BOX + choice))) is not None}
    return {"corrections": corrections, "signed": signed, "ticks": ticks}


def _yes_or_no(said: str) -> bool | None:
    return {"yes": True, "no": False}.get(said)


def _patient(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    if not filled.one("patient_id"):
        raise NotFilledIn("Choose the patient.")
    return {"patient_id": filled.one("patient_id")}


def _destination(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    if not filled.one("office_id") or not filled.one("called"):
        raise NotFilledIn("Choose the office, and write down the number that was called.")
    return {"office_id": filled.one("office_id"), "called": filled.one("called")}


def _pathway(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    return {"pathway": _member(PathwayName, filled.one("pathway"), "pathway")}


def _accepts(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    """Only what was ticked: a form with no tick must not accept everything."""
    if not filled.all("accepts"):
        raise NotFilledIn("Tick what you have looked at and let go.")
    return {"accepts": filled.all("accepts")}


def _identity(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    if not filled.one("seen"):
        raise NotFilledIn("Say what was seen.")
    method = _member(IdentityMethod, filled.one("method"), "way to verify it")
    return {"identity": IdentityEvidence(method=method, what=filled.one("seen"), who=person.name, at=now)}


def _patients(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    """The rows in which a name stands; the form about pages has none."""
    rows = [name.removeprefix(NAME) for name in filled.values if name.startswith(NAME) and filled.one(name)]
    return {"patients": tuple(SaidPatient(name=filled.one(NAME + row), dob=day_of(filled.one(BORN + row))) for row in rows)}


def _seen(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    return {"seen": filled.one("seen")}


def _until(filled: Filled, person: Person, now: datetime) -> dict[str, Any]:
    return {"until": day_of(filled.one("until"))}


_DETAILS: Mapping[DecisionKind, Callable[[Filled, Person, datetime], dict[str, Any]]] = {
    DecisionKind.CORRECT: _corrections,
    DecisionKind.PATIENT: _patient,
    DecisionKind.DESTINATION: _destination,
    DecisionKind.PATHWAY: _pathway,
    DecisionKind.ACCEPT: _accepts,
    DecisionKind.IDENTITY: _identity,
    DecisionKind.EXTEND: _until,
    DecisionKind.SPLIT: _patients,
    DecisionKind.ARRIVED: _seen,
}


def cuts_of(filled: Filled) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """The pages of each request, and those of none. Raises NotFilledIn."""
    belongs: dict[int, list[int]] = {}
    for name in filled.values:
        number, to = name.removeprefix(PAGE), filled.one(name)
        if name.startswith(PAGE) and number.isdecimal():
            if not to.isdecimal():
                raise NotFilledIn(f"Say which request page {number} belongs to: 1, 2 and so on, or 0 for none.")
            belongs.setdefault(int(to), []).append(int(number))
    left_out = tuple(sorted(belongs.pop(0, [])))
    return tuple(tuple(sorted(belongs[part])) for part in sorted(belongs)), left_out


def day_of(said: str) -> date:
    """A day as a date field gives it. Raises NotFilledIn."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise NotFilledIn("Name the day as YYYY-MM-DD.") from None


def _member(kind: Any, value: str, word: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise NotFilledIn(f"Choose the {word}.") from None
