"""What the registry says about a destination, in words for the person who decides. Nothing here chooses a destination."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.matching.contacts import Agreement, compare_zips
from pipeline.matching.directory import Directory
from pipeline.matching.office_comparisons import LABEL, STRONG, Answer, OfficeComparison, compare_office
from pipeline.matching.offices import OfficeLikeness, compare_offices
from pipeline.matching.places import compare_numbers, compare_places, number_of
from pipeline.matching.registry import Registry, RegistryEntry
from pipeline.matching.words import words
from schemas.reading import FieldName as F
from schemas.reading import ReadField
from schemas.release import Destination, Evidence, OfficeKind

_NUMBERS = ("phone", "fax")
_LISTED = ("phone", "fax", "street")
"""What the registry has of all that tells an office from others."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Whom the registry lists that a request may mean, best first."""

    loaded: bool
    """Whether there was a registry, and something to look for: a name alone is no reason to name anybody."""
    named: tuple[OfficeComparison[RegistryEntry], ...] = ()
    """Of a like name, and with something of the place the same."""
    strangers: tuple[OfficeComparison[RegistryEntry], ...] = ()
    """Of another name, but with a number that is on the request."""

    @classmethod
    def of(cls, fields: Mapping[F, ReadField], name: ReadField, registry: Registry | None) -> Listing:
        """Looks up what was read."""
        if registry is None or not registry.loaded():
            return cls(loaded=False)
        asked = [fields[f].value if f in fields else "" for f in (F.DESTINATION_PHONE, F.DESTINATION_FAX, F.DESTINATION_ZIP)]
        if not any(asked):
            return cls(loaded=False)
        found = [compare_office(fields, name, entry, *entry.also) for entry in registry.near(name.value, *asked)]
        named = sorted((c for c in found if c.named and c.agreeing), key=_how_well)
        strangers = [c for c in found if not c.named and c.agreeing.intersection(_NUMBERS)]
        return cls(True, tuple(named), tuple(sorted(strangers, key=lambda c: c.office.person)))

    @property
    def best(self) -> RegistryEntry | None:
        """The one that is meant, if one is better than all others or they share their phone number."""
        if not self.named:
            return None
        first, equals = self.named[0], [c for c in self.named if _how_well(c)[:2] == _how_well(self.named[0])[:2]]
        return first.office if len({number_of(c.office.phone) for c in equals}) == 1 else None

    def sentence(self) -> str:
        """What is listed, as a sentence that follows another; empty where nothing was imported."""
        if not self.loaded:
            return ""
        if self.best:
            return f" The NPI registry lists {_shown(self.best)} {_where(self.named[0])}."
        if self.named:
            return (
                f" The NPI registry lists {len(self.named)} of that name: {'; '.join(_shown(c.office) for c in self.named[:3])}."
            )
        if self.strangers:
            stranger = self.strangers[0]
            shared = " and ".join(LABEL[what] for what in _NUMBERS if what in stranger.agreeing)
            return f" The NPI registry has this {shared} for {_shown(stranger.office)}."
        return " The NPI registry, as it was imported, lists nobody like that there either."

    def cure(self, directory: Directory) -> str:
        """Whom to call, and the row that may follow."""
        if self.best is None or not self.best.phone:
            return "Find the office's number yourself, not on the request, call, and add the office to directory.csv."
        return (
            f"Call {self.best.name} on {self.best.phone}, the number in the NPI registry; never take one from the request. "
            "If the office confirms where it is and that it expects these records, add this row to directory.csv, "
            f"and set trusted to yes: {directory_row(self.best, directory)}{_about_the_kind(self.best)}"
        )

    def evidence(self) -> Iterator[Evidence]:
        """What the registry has, for the desk."""
        for comparison in (*self.named[:3], *(() if self.named else self.strangers[:1])):
            for item in comparison.evidence():
                yield item.model_copy(update={"field": f"{item.field} (NPI registry, {comparison.office.npi})"})


def about_a_known_office(difference: Answer, office: Destination, registry: Registry | None) -> str:
    """Whether the registry has what is new on the request, as a sentence that follows another."""
    if difference.what not in _LISTED or registry is None or not registry.loaded():
        return ""
    number = (difference.read.value,) if difference.what in _NUMBERS else ()
    listed = entries_of(office, registry, *number)
    entries = [entry for entry in listed if getattr(entry, difference.what)]
    compare = compare_places if difference.what == "street" else compare_numbers
    for value, sentence in (
        (difference.read.value, "the one on the request for {}: perhaps it has changed; a call will tell"),
        (difference.known, "the one in the directory for {}"),
    ):
        if same := [entry for entry in entries if compare(value, getattr(entry, difference.what)) is Agreement.EQUAL]:
            return f" The NPI registry lists {sentence.format(_shown(same[0]))}."
    if entries:
        return f" The NPI registry lists a third one ({getattr(entries[0], difference.what)}) for {_shown(entries[0])}."
    if listed:
        return f" The NPI registry lists no {LABEL[difference.what]} for {_shown(listed[0])}."
    return f" The NPI registry, as it was imported, does not list {office.name}."


def number_of_a_known_office(office: Destination, registry: Registry | None) -> str:
    """A phone number of the office that does not come from the request, where the directory has none."""
    if registry is None or not office.npi or not registry.loaded():
        return ""
    phones = {entry.phone for entry in registry.by_npi(office.npi)} - {""}
    return phones.pop() if len(phones) == 1 else ""


def directory_row(entry: RegistryEntry, directory: Directory) -> str:
    """A row for directory.csv with the values of the registry, not trusted yet. Its columns are those of `Destination`.

    A dentist is a dentist: whether it is a specialist whom this practice refers its patients to, the registry cannot know.
    """
    office_id = _free_id(entry, directory)
    kind = OfficeKind.DENTIST if entry.kind is OfficeKind.SPECIALIST else entry.kind
    row = Destination(
        office_id=office_id, name=entry.name, street=entry.street, city=entry.city, state=entry.state, zip=entry.zip,
        phone=entry.phone, fax=entry.fax, channel="folder", address=office_id, kind=kind, npi=entry.npi,
    )  # fmt: skip
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow((row.model_dump(mode="json") | {"trusted": "no"}).values())
    return text.getvalue()


def _about_the_kind(entry: RegistryEntry) -> str:
    if entry.kind is not OfficeKind.SPECIALIST:
        return ""
    return f" (It is listed for {entry.specialty}; its kind is specialist if this practice refers its own patients there.)"


def _how_well(comparison: OfficeComparison[RegistryEntry]) -> tuple[int, int, int, int]:
    strong = comparison.agreeing & STRONG
    return -len(strong), comparison.name.rank, -len(comparison.agreeing), len(comparison.differences)


def _shown(entry: RegistryEntry) -> str:
    return f"{entry.name} (NPI {entry.npi})"


def _where(comparison: OfficeComparison[RegistryEntry]) -> str:
    """`at this address and with this fax number, but with another phone number ((541) 555-0199)`."""
    agreeing = comparison.agreeing
    same = ["at this address"] if "street" in agreeing else []
    same += [f"with this {LABEL[what]}" for what in _NUMBERS if what in agreeing]
    if not same:
        same = ["in this town"]
    other = [
        f"with another {LABEL[answer.what]} ({answer.known})"
        for answer in comparison.differences
        if answer.what in _LISTED and answer.known
    ]
    return " and ".join(same) + (f", but {' and '.join(other)}" if other else "")


def entries_of(office: Destination, registry: Registry, *read: str) -> list[RegistryEntry]:
    """The office's own entries: by its NPI, else by name and something of its place that the directory has.

    Where the directory has no number, those that were `read` help to find it.
    """
    if office.npi:
        return list(registry.by_npi(office.npi))
    number = next(iter(read), "")
    return [
        entry
        for entry in registry.near(office.name, office.phone or number, office.fax or number, office.zip)
        if is_named(office, entry) and _is_there(office, entry)
    ]


def is_named(office: Destination, entry: RegistryEntry) -> bool:
    """Whether the entry may be the office by one of its names."""
    return any(
        compare_offices(name, office.name, office.attention) is not OfficeLikeness.DIFFERENT for name in (entry.name, *entry.also)
    )


def _is_there(office: Destination, entry: RegistryEntry) -> bool:
    numbers = any(
        compare_numbers(mine, theirs) is Agreement.EQUAL
        for mine in (office.phone, office.fax)
        for theirs in (entry.phone, entry.fax)
    )
    in_town = compare_zips(office.zip, entry.zip) is Agreement.EQUAL
    return numbers or (in_town and compare_places(office.street, entry.street) is not Agreement.DIFFERENT)


def _free_id(entry: RegistryEntry, directory: Directory) -> str:
    """The name as a plain folder name, with the NPI where another office has it."""
    plain = re.sub(r"[^a-z0-9-]", "", "-".join(words(entry.name))) or entry.npi
    taken = {value.casefold() for office in directory.offices for value in (office.office_id, office.address.rstrip("/\\"))}
    return plain if plain not in taken else f"{plain}-{entry.npi}"
