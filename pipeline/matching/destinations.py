"""To whom: the one office of the directory that a request means, or a person looks.

What a request says about itself is never enough, because whoever wrote it may have written a number of their own. The set
goes to the address in the directory, and only where the request and the directory agree: on the name and on one thing that
no other office has (street, phone, fax, e-mail), with nothing on the request saying otherwise. A city or a ZIP code is not
enough: the branch round the corner has it too. Everybody else is known but different, or unknown, and a person calls back on
a number that does not come from the request. The public registry helps that person, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.matching import office_sentences as say
from pipeline.matching.contacts import Agreement
from pipeline.matching.directory import Directory
from pipeline.matching.listings import Listing
from pipeline.matching.office_comparisons import OfficeComparison, compare_office
from pipeline.matching.places import compare_numbers
from pipeline.matching.registry import Registry
from pipeline.matching.words import words
from schemas.reading import FieldName as F
from schemas.reading import ReadField, Reading
from schemas.release import Destination, Evidence, Finding, HoldReason, OfficeKind, Standing

NAME_FLOOR = 0.3
"""The name must also agree with the directory, which is a check of its own; below this it is hardly a reading at all."""
_SELF = frozenset({"self", "myself", "me", "patient", "the patient", "same", "same as above", "to me", "i"})
_OF_THE_PATIENT = {
    F.PATIENT_PHONE: F.DESTINATION_PHONE,
    F.PATIENT_EMAIL: F.DESTINATION_EMAIL,
    F.PATIENT_STREET: F.DESTINATION_STREET,
    F.PATIENT_CITY: F.DESTINATION_CITY,
    F.PATIENT_STATE: F.DESTINATION_STATE,
    F.PATIENT_ZIP: F.DESTINATION_ZIP,
}
_NUMBERS = (F.DESTINATION_PHONE, F.DESTINATION_FAX, F.PATIENT_PHONE)
_MAY_BE_THE_PATIENT = (OfficeKind.PATIENT, OfficeKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class DestinationMatch:
    """Either the one office, or the findings why not. Never both, never neither."""

    destination: Destination | None
    findings: tuple[Finding, ...]
    standing: Standing
    evidence: tuple[Evidence, ...] = ()
    """What the request says beside what the nearest office of the directory has, and beside the registry where nobody fits."""


def match_destination(
    reading: Reading,
    directory: Directory,
    *,
    registry: Registry | None = None,
    confirmed: str = "",
    called: str = "",
    as_called: Destination | None = None,
    as_read: Reading | None = None,
) -> DestinationMatch:
    """The office that the request means, as the directory has it, or why a person must say.

    `confirmed` is the office that a person decided on, and `called` the number that they called for it: their word stands in
    place of what matching would find, unless the number came from the request itself, or the row is another since (`as_called`:
    what it was when it was called, where that is known). Whether the office is trusted is then
    for the rules of the release. `registry` is asked only where nobody fits. `as_read` is the reading before anybody corrected
    it: a number that stands on the page stands there still when a person has taken it out of the reading.
    """
    asked = _Asked.of(reading, directory, registry, as_read)
    if confirmed:
        return _confirmed(asked, confirmed, called, as_called)
    if asked.name is None or asked.name.confidence < NAME_FLOOR:
        return asked.held(say.name_unread(asked.name))
    return _matched(asked, asked.name)


def is_to_self(reading: Reading) -> bool:
    """Whether the copy is to go to the patient: `self`, or the patient's own name, in place of an office."""
    said = reading.value(F.DESTINATION_NAME)
    if said is None:
        return False
    patient = reading.value(F.PATIENT_NAME)
    return " ".join(words(said)) in _SELF or (patient is not None and sorted(words(said)) == sorted(words(patient)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The destination as it was read, and where it may be looked for."""

    fields: Mapping[F, ReadField]
    to_self: bool
    directory: Directory
    registry: Registry | None
    numbers: tuple[ReadField, ...]
    """Every phone and fax number of the request, also those that a person has corrected."""

    @classmethod
    def of(cls, reading: Reading, directory: Directory, registry: Registry | None, as_read: Reading | None) -> _Asked:
        to_self = is_to_self(reading)
        fields = _patient_as_destination(reading) if to_self else reading.fields
        said = (fields, reading.fields, as_read.fields if as_read else {})
        numbers = tuple(each[name] for each in said for name in _NUMBERS if name in each)
        return cls(fields, to_self, directory, registry, numbers)

    @property
    def name(self) -> ReadField | None:
        return self.fields.get(F.DESTINATION_NAME)

    def compared(self, office: Destination) -> OfficeComparison[Destination]:
        return compare_office(self.fields, self.name, office)

    def held(self, *findings: Finding, evidence: tuple[Evidence, ...] = ()) -> DestinationMatch:
        different = any(finding.reason is HoldReason.DESTINATION_DIFFERS for finding in findings)
        standing = Standing.DIFFERS if different else Standing.UNKNOWN
        return DestinationMatch(None, findings, Standing.TO_THE_PATIENT if self.to_self else standing, evidence)

    def taken(self, found: OfficeComparison[Destination], *, more: tuple[Evidence, ...] = ()) -> DestinationMatch:
        standing = Standing.KNOWN if found.fits else Standing.DIFFERS
        evidence = (*found.evidence(), *more)
        return DestinationMatch(found.office, (), Standing.TO_THE_PATIENT if self.to_self else standing, evidence)


def _matched(asked: _Asked, name: ReadField) -> DestinationMatch:
    compared = [asked.compared(office) for office in asked.directory.offices if _may_be_meant(asked, office)]
    fitting = [c for c in compared if c.fits]
    if len(fitting) == 1:
        (found,) = fitting
        if found.office.trusted:
            return asked.taken(found)
        finding = say.not_trusted(found.office, name, asked.registry)
        standing = Standing.TO_THE_PATIENT if asked.to_self else Standing.KNOWN
        return DestinationMatch(None, (finding,), standing, tuple(found.evidence()))
    if len(fitting) > 1:
        return asked.held(say.several(name, fitting), evidence=tuple(e for c in fitting for e in c.evidence()))
    if asked.to_self and not any(c.named for c in compared):
        return asked.held(say.to_the_patient(name))
    return _nothing_fits(asked, name, compared)


def _may_be_meant(asked: _Asked, office: Destination) -> bool:
    """A patient who asks for themself is no office, even if they work in one of that name."""
    return not asked.to_self or office.kind in _MAY_BE_THE_PATIENT


def _nothing_fits(asked: _Asked, name: ReadField, compared: Sequence[OfficeComparison[Destination]]) -> DestinationMatch:
    related = sorted((c for c in compared if c.related), key=lambda c: (-len(c.agreeing), c.name.rank, len(c.differences)))
    listing = Listing.of(asked.fields, name, None if asked.to_self else asked.registry)
    if not related:
        return asked.held(say.unknown(name, listing, asked.directory), evidence=tuple(listing.evidence()))
    findings = list(_findings(asked, name, related, listing))
    if not related[0].office.trusted:
        findings.append(say.not_trusted(related[0].office, name, asked.registry))
    return asked.held(*findings, evidence=(*related[0].evidence(), *listing.evidence()))


def _findings(
    asked: _Asked, name: ReadField, related: Sequence[OfficeComparison[Destination]], listing: Listing
) -> Iterator[Finding]:
    """Why the nearest of the offices, or none of them, could be taken."""
    best = related[0]
    same_name = [c for c in related if c.named]
    equals = [c for c in same_name if c.agreeing == best.agreeing and not c.contradicted]
    if not best.agreeing and len(same_name) > 1:
        yield say.elsewhere(name, same_name, listing)
    elif not best.named:
        yield say.other_name(name, best, listing, asked.registry)
    elif len(equals) > 1:
        yield say.several(name, equals)
    elif best.differences:
        yield from (say.differs(best.office, difference, asked.registry) for difference in best.against)
    elif best.agreeing:
        yield say.too_little(name, best, asked.registry)
    else:
        yield say.nothing_says_where(name, best.office, asked.registry)


def _confirmed(asked: _Asked, office_id: str, called: str, as_called: Destination | None) -> DestinationMatch:
    """What a person said, who has called back: the row of the directory as it is now, if it is still the one that was called."""
    office = asked.directory.by_id(office_id)
    if office is None:
        return asked.held(say.gone(office_id))
    found = asked.compared(office)
    on_the_request = _only_on_the_request(asked, office, called)
    if on_the_request:
        finding = say.called_the_request(office, called, on_the_request, asked.registry)
        return asked.held(finding, evidence=tuple(found.evidence()))
    if as_called is not None and as_called != office:
        return asked.held(say.changed_since(office, called), evidence=tuple(found.evidence()))
    return asked.taken(found, more=_call_back(office, called))


def _only_on_the_request(asked: _Asked, office: Destination, called: str) -> ReadField | None:
    """Where on the request the number stands that was called, unless the directory or the registry has it too.

    Of a patient who asks for themself the chart may have it, which is not known here.
    """
    place = next((read for read in asked.numbers if _is_one_of(called, read.value)), None)
    if place is None or _is_one_of(called, office.phone, office.fax) or (asked.to_self and not office.phone):
        return None
    registry = asked.registry if office.npi else None
    listed = registry.by_npi(office.npi) if registry and registry.loaded() else ()
    return None if any(_is_one_of(called, entry.phone, entry.fax) for entry in listed) else place


def _call_back(office: Destination, called: str) -> tuple[Evidence, ...]:
    if not called:
        return ()
    known = _is_one_of(called, office.phone, office.fax)
    sentence = "the number in the directory was called" if known else "a number that is not in the directory was called"
    return (
        Evidence(field="call back", read=called, chart=office.phone, speaks="for" if known else "neither", sentence=sentence),
    )


def _is_one_of(number: str, *known: str) -> bool:
    return any(compare_numbers(number, each) is Agreement.EQUAL for each in known)


def _patient_as_destination(reading: Reading) -> Mapping[F, ReadField]:
    """The fields of a request to oneself: name and contacts of the patient stand for those of the destination."""
    fields = {name: field for name, field in reading.fields.items() if name.startswith("destination.")}
    for own, name in _OF_THE_PATIENT.items():
        if own in reading.fields:
            fields.setdefault(name, reading.fields[own])
    if F.PATIENT_NAME in reading.fields:
        fields[F.DESTINATION_NAME] = reading.fields[F.PATIENT_NAME]
    return fields
