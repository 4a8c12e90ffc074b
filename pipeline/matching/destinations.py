"""To whom: the one office of the directory that a request means, or a person looks.

What a request says about itself is never enough, because whoever wrote it may have written a number of their own. The set
goes to the address in the directory, and only where the request and the directory agree: on the name and on one thing that
no other office has (street, phone, fax, e-mail), with nothing on the request saying otherwise. A city or a ZIP code is not
enough: the branch round the corner has it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.matching.contacts import (
    Agreement,
    compare_cities,
    compare_emails,
    compare_phones,
    compare_states,
    compare_streets,
    compare_zips,
)
from pipeline.matching.directory import Directory
from pipeline.matching.offices import OfficeLikeness, compare_offices
from pipeline.matching.words import words
from schemas.reading import FieldName as F
from schemas.reading import ReadField, Reading
from schemas.release import Destination, Finding, HoldReason

NAME_FLOOR = 0.3
"""The name must also agree with the directory, which is a check of its own; below this it is hardly a reading at all."""
AGREES_FROM = 0.5
"""What says where must be read surely: with the name it is all that the release rests on."""
CONTRADICTS_FROM = 0.3
"""A street, phone, fax or e-mail read with this and found different holds: it may be the reading, or another office."""
WEAKLY_CONTRADICTS_FROM = 0.5
"""The same for city, state and ZIP code. Whatever was read with less still costs the agreement of its kind."""
STRONG = frozenset({"phone", "fax", "email", "street"})
"""What belongs to one office; a ZIP code or a city is shared by many."""
ADDRESS = frozenset({"street", "city", "state", "zip"})
"""One kind: a street is only the office's together with its town, since every town has a Main Street."""
WHERE_TO = "45 CFR 164.524(c)(3)(ii)"
"""A patient's directive clearly identifies the person and where to send the copy."""
VERIFY = "45 CFR 164.514(h)(1)"
_SELF = frozenset({"self", "myself", "me", "patient", "the patient", "same", "same as above", "to me", "i"})
_OF_THE_PATIENT = {
    F.PATIENT_PHONE: F.DESTINATION_PHONE,
    F.PATIENT_EMAIL: F.DESTINATION_EMAIL,
    F.PATIENT_STREET: F.DESTINATION_STREET,
    F.PATIENT_CITY: F.DESTINATION_CITY,
    F.PATIENT_STATE: F.DESTINATION_STATE,
    F.PATIENT_ZIP: F.DESTINATION_ZIP,
}


@dataclass(frozen=True, slots=True)
class DestinationMatch:
    """Either the one trusted office, or the findings why not. Never both, never neither."""

    destination: Destination | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was read and is not what the directory has."""

    what: str
    read: ReadField
    known: str
    nearly: bool
    """One sign apart, or another house number: the reading may have slipped."""

    @property
    def contradicts(self) -> bool:
        """Whether this alone holds the request; if not, it costs the agreement of its kind."""
        return self.read.confidence >= (CONTRADICTS_FROM if self.what in STRONG else WEAKLY_CONTRADICTS_FROM)


@dataclass(frozen=True, slots=True)
class OfficeComparison:
    """How one office of the directory fits the request."""

    office: Destination
    name: OfficeLikeness
    agreeing: frozenset[str]
    differences: tuple[Difference, ...]

    @property
    def certain(self) -> frozenset[str]:
        """What agrees, belongs to one office, and has no difference of its kind beside it, however badly that was read."""
        doubted = {kin for difference in self.differences for kin in _kind_of(difference.what)}
        return (self.agreeing & STRONG) - doubted

    @property
    def fits(self) -> bool:
        """Whether this can be the office: the name, something that no other office has, and nothing against it."""
        return self.named and bool(self.certain) and not any(difference.contradicts for difference in self.differences)

    @property
    def against(self) -> Sequence[Difference]:
        """What a person should look at: the differences that hold; those that only cost an agreement where there is no other."""
        return [difference for difference in self.differences if difference.contradicts] or self.differences

    @property
    def named(self) -> bool:
        """Whether the request may mean it by name."""
        return self.name is not OfficeLikeness.DIFFERENT

    @property
    def related(self) -> bool:
        """Whether a person would think of this office."""
        return self.named or bool(self.agreeing & STRONG)


def match_destination(reading: Reading, directory: Directory) -> DestinationMatch:
    """The office that the request means, as the directory has it, or why a person must say."""
    to_self = is_to_self(reading)
    fields = _patient_as_destination(reading) if to_self else reading.fields
    name = fields.get(F.DESTINATION_NAME)
    if name is None or name.confidence < NAME_FLOOR:
        return _held(_name_unread(name))
    compared = [_compare(fields, name, office) for office in directory.offices]
    fitting = [c for c in compared if c.fits]
    if len(fitting) == 1:
        office = fitting[0].office
        return DestinationMatch(office, ()) if office.trusted else _held(_not_trusted(office, name))
    if len(fitting) > 1:
        return _held(_several(name, fitting))
    if to_self and not any(c.named for c in compared):
        return _held(_to_the_patient(name))
    return DestinationMatch(None, tuple(_nothing_fits(fields, name, compared)))


def is_to_self(reading: Reading) -> bool:
    """Whether the copy is to go to the patient: `self`, or the patient's own name, in place of an office."""
    said = reading.value(F.DESTINATION_NAME)
    if said is None:
        return False
    patient = reading.value(F.PATIENT_NAME)
    return " ".join(words(said)) in _SELF or (patient is not None and sorted(words(said)) == sorted(words(patient)))


def _patient_as_destination(reading: Reading) -> Mapping[F, ReadField]:
    """The fields of a request to oneself: name and contacts of the patient stand for those of the destination."""
    fields = {name: field for name, field in reading.fields.items() if name.startswith("destination.")}
    for own, name in _OF_THE_PATIENT.items():
        if own in reading.fields:
            fields.setdefault(name, reading.fields[own])
    if F.PATIENT_NAME in reading.fields:
        fields[F.DESTINATION_NAME] = reading.fields[F.PATIENT_NAME]
    return fields


def _compare(fields: Mapping[F, ReadField], name: ReadField, office: Destination) -> OfficeComparison:
    agreeing: set[str] = set()
    differences: list[Difference] = []
    for what, field, known, answer in _answers(fields, office):
        if answer is Agreement.EQUAL and field.confidence >= AGREES_FROM:
            agreeing.add(what)
        elif answer in (Agreement.NEARLY, Agreement.DIFFERENT):
            differences.append(Difference(what, field, known, nearly=answer is Agreement.NEARLY))
    if "zip" in agreeing:
        # The post office and the people often have two names for one city; the ZIP code has the last word.
        differences = [d for d in differences if d.what not in ("city", "state")]
    likeness = compare_offices(name.value, office.name, office.attention)
    return OfficeComparison(office, likeness, frozenset(agreeing), tuple(differences))


def _kind_of(what: str) -> frozenset[str]:
    """What a difference in `what` casts doubt on."""
    return ADDRESS if what in ADDRESS else frozenset({what})


def _answers(fields: Mapping[F, ReadField], office: Destination) -> Iterator[tuple[str, ReadField, str, Agreement]]:
    """(what, as read, as known, how they stand to each other) for everything that says where."""
    numbers = (("phone", F.DESTINATION_PHONE, office.phone, office.fax), ("fax", F.DESTINATION_FAX, office.fax, office.phone))
    for what, name, known, twin in numbers:
        if field := fields.get(name):
            # Forms print "phone / fax" on one line: a number of the office is its number, whichever it was read as.
            twins = compare_phones(field.value, twin) is Agreement.EQUAL
            yield what, field, known or twin, Agreement.EQUAL if twins else compare_phones(field.value, known)
    others = (
        ("email", F.DESTINATION_EMAIL, office.email, compare_emails),
        ("street", F.DESTINATION_STREET, office.street, compare_streets),
        ("zip", F.DESTINATION_ZIP, office.zip, compare_zips),
        ("city", F.DESTINATION_CITY, office.city, compare_cities),
        ("state", F.DESTINATION_STATE, office.state, compare_states),
    )
    for what, name, known, compare in others:
        if field := fields.get(name):
            answer = compare(field.value, known)
            # A state agrees with thousands of offices, so its agreement says nothing; its difference does.
            yield what, field, known, Agreement.ABSENT if what == "state" and answer is Agreement.EQUAL else answer


def _nothing_fits(fields: Mapping[F, ReadField], name: ReadField, compared: Sequence[OfficeComparison]) -> Iterator[Finding]:
    related = sorted((c for c in compared if c.related), key=lambda c: (-len(c.agreeing), c.name.rank, len(c.differences)))
    if not related:
        yield _unknown(name)
        return
    best = related[0]
    same_name = [c for c in related if c.named]
    if not best.agreeing and len(same_name) > 1:
        yield _elsewhere(name, same_name)
    elif not best.named:
        yield _other_name(name, best)
    elif best.differences:
        yield from (_differs(best.office, difference) for difference in best.against)
    elif best.agreeing:
        yield _too_little(name, best)
    else:
        yield _nothing_says_where(name, best.office)
    if not best.office.trusted:
        yield _not_trusted(best.office, name)


def _held(finding: Finding) -> DestinationMatch:
    return DestinationMatch(None, (finding,))


_LABEL = {"email": "e-mail address", "street": "street", "zip": "ZIP code", "fax": "fax number", "phone": "phone number"}


def _call(office: Destination) -> str:
    """Whom to call back: always the number that was known before."""
    return f"Call {office.name} on {office.phone}, the number in the directory" if office.phone else (
        f"Find a phone number of {office.name} that does not come from the request, and call"
    )  # fmt: skip


def _name_unread(name: ReadField | None) -> Finding:
    sentence = "It could not be read to whom the copy is to go."
    cure = "Look at the scan for the receiving office; if it is not there, ask the requester."
    return _finding(HoldReason.UNREADABLE, sentence, cure, WHERE_TO, name)


def _nothing_says_where(name: ReadField, office: Destination) -> Finding:
    sentence = (
        f"The request names {name.value}, but no address, phone, fax or e-mail could be read surely. "
        "Other offices may have that name."
    )
    cure = f"{_call(office)}, and ask whether it expects these records; or ask the requester for the address."
    return _finding(HoldReason.UNREADABLE, sentence, cure, WHERE_TO, name)


def _unknown(name: ReadField) -> Finding:
    sentence = f"The directory has no office like {name.value}."
    cure = "Find the office's number yourself, not on the request, call, and add the office to directory.csv."
    return _finding(HoldReason.DESTINATION_UNKNOWN, sentence, cure, VERIFY, name)


def _not_trusted(office: Destination, name: ReadField) -> Finding:
    sentence = f"{office.name} is in the directory, but not yet trusted."
    cure = f"{_call(office)}; when the address is confirmed, set trusted to yes in directory.csv."
    return _finding(HoldReason.DESTINATION_UNKNOWN, sentence, cure, VERIFY, name)


def _several(name: ReadField, found: Sequence[OfficeComparison]) -> Finding:
    offices = "; ".join(f"{c.office.name}, {c.office.street or c.office.city or c.office.office_id}" for c in found[:4])
    sentence = f"More than one office in the directory may be meant by {name.value}: {offices}."
    return _finding(HoldReason.DESTINATION_UNKNOWN, sentence, "Ask the requester which of them.", VERIFY, name)


def _elsewhere(name: ReadField, found: Sequence[OfficeComparison]) -> Finding:
    place = "but none at the place on the request" if any(c.differences for c in found) else "and the request does not say which"
    sentence = f"The directory has {len(found)} offices called like {name.value}, {place}."
    cure = "Ask the requester which one is meant; add the office to directory.csv if it is another."
    return _finding(HoldReason.DESTINATION_UNKNOWN, sentence, cure, VERIFY, name)


def _other_name(name: ReadField, found: OfficeComparison) -> Finding:
    shared = " and ".join(_LABEL[what] for what in ("phone", "fax", "email", "street") if what in found.agreeing)
    sentence = f"The request says {name.value}; with this {shared} the directory has {found.office.name}."
    cure = f"{_call(found.office)}, and ask who works there and whether they expect these records."
    return _finding(HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, name)


def _too_little(name: ReadField, found: OfficeComparison) -> Finding:
    """Only what many offices share agrees."""
    shared = " and ".join(_label(what) for what in ("zip", "city") if what in found.agreeing)
    sentence = (
        f"{name.value} on the request may be {found.office.name} in the directory, but only the {shared} says so, "
        "and another office may have that too."
    )
    cure = f"{_call(found.office)}, and ask whether it is meant."
    return _finding(HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, name)


def _differs(office: Destination, difference: Difference) -> Finding:
    label, read, known = _label(difference.what), difference.read.value, difference.known
    sentence = f"The {label} on the request ({read}) is not the one the directory has for {office.name} ({known})."
    if difference.nearly:
        sentence += " They are nearly the same, so it may be misread: look at the scan."
    elif difference.read.confidence < WEAKLY_CONTRADICTS_FROM:
        sentence += " It was hard to read: look at the scan."
    cure = f"{_call(office)} (not on the request), and ask which is right; correct directory.csv if it has changed."
    return _finding(HoldReason.DESTINATION_DIFFERS, sentence, cure, VERIFY, difference.read)


def _label(what: str) -> str:
    return _LABEL.get(what, what)


def _to_the_patient(name: ReadField) -> Finding:
    sentence = f"The copy is asked for by {name.value} for themself; the directory has no way to send to a patient."
    cure = "Hand it over in person after seeing an ID; or confirm the address with the patient and add a row to directory.csv."
    return _finding(HoldReason.DESTINATION_UNKNOWN, sentence, cure, "45 CFR 164.524(c)(2) and (3)(i)", name)


def _finding(reason: HoldReason, sentence: str, cure: str, paragraph: str, place: ReadField | None) -> Finding:
    page, box = (place.page, place.box) if place else (None, None)
    return Finding(reason=reason, sentence=sentence, cure=cure, paragraph=paragraph, page=page, box=box)
