"""What is worth mending in the directory before it holds a request: for whoever keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.matching.contacts import Agreement, compare_emails
from pipeline.matching.directory import Directory
from pipeline.matching.listings import entries_of, is_named
from pipeline.matching.office_comparisons import LABEL
from pipeline.matching.places import compare_numbers, compare_places, number_of
from pipeline.matching.registry import Registry, RegistryEntry
from schemas.release import Destination, OfficeKind

_ALONE = {"phone": compare_numbers, "fax": compare_numbers, "email": compare_emails, "street": compare_places}
"""What an office is told apart by, and how two of a kind are compared."""
_LISTED = ("phone", "fax", "street")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about one office."""

    office_id: str
    column: str
    sentence: str
    cure: str


def problems_of(office: Destination, directory: Directory, registry: Registry | None = None) -> Iterator[Problem]:
    """Everything about `office`: in its own row, beside the other rows, beside the registry."""
    yield from _in_its_row(office)
    yield from _beside_the_others(office, directory)
    if registry is not None and registry.loaded():
        yield from _beside_the_registry(office, registry)


def _in_its_row(office: Destination) -> Iterator[Problem]:
    for column in ("phone", "fax"):
        value = getattr(office, column)
        if value and number_of(value) is None:
            yield Problem(office.office_id, column, f"The {LABEL[column]} is no number with its area code.", "Correct it.")
    if office.trusted and not office.phone:
        sentence = "It is trusted and has no phone number: nobody can call it back on a known one."
        yield Problem(office.office_id, "phone", sentence, "Find its number, not on a request, and add it.")
    if not any(getattr(office, column) for column in _ALONE):
        sentence = "It has neither street nor phone, fax or e-mail: every request for it is held."
        yield Problem(office.office_id, "street", sentence, "Add what is known; the more, the fewer requests are held.")
    if office.kind is OfficeKind.UNKNOWN:
        kinds = ", ".join(kind.value for kind in OfficeKind if kind)
        yield Problem(
            office.office_id, "kind", "It has no kind, so no rule for one kind of office applies.", f"Say which: {kinds}."
        )


def _beside_the_others(office: Destination, directory: Directory) -> Iterator[Problem]:
    others = [other for other in directory.offices if other.office_id != office.office_id]
    owned = [column for column in _ALONE if getattr(office, column)]
    shared = {column: _sharing(office, column, others) for column in owned}
    if owned and all(shared.values()):
        who = sorted({other.office_id for sharing in shared.values() for other in sharing})
        sentence = f"All that tells where it is, other rows have too ({', '.join(who)}): no request can be told to mean it."
        yield Problem(office.office_id, owned[0], sentence, "Add something that only this office has, or keep one row.")


def _sharing(office: Destination, column: str, others: list[Destination]) -> list[Destination]:
    compare = _ALONE[column]
    return [other for other in others if compare(getattr(office, column), getattr(other, column)) is Agreement.EQUAL]


def _beside_the_registry(office: Destination, registry: Registry) -> Iterator[Problem]:
    entries = entries_of(office, registry)
    if office.npi and not entries:
        sentence = f"The NPI registry, as it was imported, does not list NPI {office.npi}."
        yield Problem(
            office.office_id, "npi", sentence, "Look it up; it may be deactivated, or of a state that was not imported."
        )
    elif office.npi and not any(is_named(office, entry) for entry in entries):
        sentence = f"The NPI registry lists NPI {office.npi} for {entries[0].name}."
        yield Problem(office.office_id, "npi", sentence, "Correct the NPI or the name.")
    elif entries:
        yield from (problem for column in _LISTED for problem in _other_value(office, column, entries))


def _other_value(office: Destination, column: str, entries: list[RegistryEntry]) -> Iterator[Problem]:
    mine, listed = getattr(office, column), sorted({getattr(entry, column) for entry in entries} - {""})
    if mine and listed and not any(_ALONE[column](mine, value) is Agreement.EQUAL for value in listed):
        sentence = (
            f"The NPI registry has another {LABEL[column]} ({listed[0]}) for {entries[0].name} (NPI {entries[0].npi}) "
            f"than this row ({mine})."
        )
        yield Problem(office.office_id, column, sentence, "Call the office on the number that you know, and ask which is right.")
