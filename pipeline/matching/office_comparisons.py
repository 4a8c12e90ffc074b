"""One office compared with what a request says of its destination: field by field, and what that adds up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pipeline.matching.contacts import Agreement, compare_cities, compare_emails, compare_states, compare_zips
from pipeline.matching.offices import OfficeLikeness, compare_offices
from pipeline.matching.places import compare_numbers, compare_places
from schemas.reading import FieldName as F
from schemas.reading import ReadField
from schemas.release import Evidence

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

LABEL = {"email": "e-mail address", "street": "street", "zip": "ZIP code", "fax": "fax number", "phone": "phone number"}
_ABOUT_THE_NAME: dict[OfficeLikeness, tuple[Literal["for", "against"], str]] = {
    OfficeLikeness.EQUAL: ("for", "the same"),
    OfficeLikeness.ALIKE: ("for", "alike"),
    OfficeLikeness.DIFFERENT: ("against", "another name"),
}


class Place(Protocol):
    """Whatever has a name and an address: a row of the directory, an entry of the registry."""

    @property
    def name(self) -> str: ...
    @property
    def attention(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def zip(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def fax(self) -> str: ...
    @property
    def email(self) -> str: ...


P = TypeVar("P", bound=Place)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one thing that was read stands to what is known."""

    what: str
    read: ReadField
    known: str
    agreement: Agreement

    @property
    def agrees(self) -> bool:
        """Whether it is the same, surely read. A state agrees with thousands of offices, so its agreement says nothing."""
        return self.agreement is Agreement.EQUAL and self.read.confidence >= AGREES_FROM and self.what != "state"

    @property
    def differs(self) -> bool:
        """Whether it was read and is not what is known."""
        return self.agreement in (Agreement.NEARLY, Agreement.DIFFERENT)

    @property
    def nearly(self) -> bool:
        """One sign apart, or another house number: the reading may have slipped."""
        return self.agreement is Agreement.NEARLY

    @property
    def contradicts(self) -> bool:
        """Whether this alone holds the request; a difference that does not, costs the agreement of its kind."""
        return self.differs and self.read.confidence >= (CONTRADICTS_FROM if self.what in STRONG else WEAKLY_CONTRADICTS_FROM)


@dataclass(frozen=True, slots=True)
class OfficeComparison(Generic[P]):
    """How one office fits the request."""

    office: P
    read_name: ReadField | None
    name: OfficeLikeness
    answers: tuple[Answer, ...]

    @property
    def agreeing(self) -> frozenset[str]:
        """What is the same, of the things that say something."""
        return frozenset(answer.what for answer in self.answers if answer.agrees)

    @property
    def differences(self) -> tuple[Answer, ...]:
        """What is not the same. The post office and the people often have two names for one city: the ZIP code decides."""
        settled = {"city", "state"} if "zip" in self.agreeing else set()
        return tuple(answer for answer in self.answers if answer.differs and answer.what not in settled)

    @property
    def certain(self) -> frozenset[str]:
        """What agrees, belongs to one office, and has no difference of its kind beside it, however badly that was read."""
        doubted = {kin for difference in self.differences for kin in _kind_of(difference.what)}
        return (self.agreeing & STRONG) - doubted

    @property
    def contradicted(self) -> bool:
        """Whether something on the request, surely enough read, is not this office's."""
        return any(difference.contradicts for difference in self.differences)

    @property
    def fits(self) -> bool:
        """Whether this can be the office: the name, something that no other office has, and nothing against it."""
        return self.named and bool(self.certain) and not self.contradicted

    @property
    def against(self) -> Sequence[Answer]:
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

    def evidence(self) -> Iterator[Evidence]:
        """Everything that was read, beside what is known."""
        if self.read_name:
            speaks, sentence = _ABOUT_THE_NAME[self.name]
            yield Evidence(field="name", read=self.read_name.value, chart=self.office.name, speaks=speaks, sentence=sentence)
        dropped = {answer.what for answer in self.answers if answer.differs} - {d.what for d in self.differences}
        yield from (_evidence(answer, settled=answer.what in dropped) for answer in self.answers)


def compare_office(fields: Mapping[F, ReadField], name: ReadField | None, office: P, *names: str) -> OfficeComparison[P]:
    """How `office`, which may have further `names`, fits what was read."""
    said = name.value if name else ""
    likeness = min(
        (compare_offices(said, known, office.attention) for known in (office.name, *names)), key=lambda found: found.rank
    )
    return OfficeComparison(office, name, likeness, tuple(_answers(fields, office)))


def label(what: str) -> str:
    """The word that people use for it."""
    return LABEL.get(what, what)


def _kind_of(what: str) -> frozenset[str]:
    """What a difference in `what` casts doubt on."""
    return ADDRESS if what in ADDRESS else frozenset({what})


def _answers(fields: Mapping[F, ReadField], office: Place) -> Iterator[Answer]:
    numbers = (("phone", F.DESTINATION_PHONE, office.phone, office.fax), ("fax", F.DESTINATION_FAX, office.fax, office.phone))
    for what, name, known, twin in numbers:
        if field := fields.get(name):
            # Forms print "phone / fax" on one line: a number of the office is its number, whichever it was read as.
            twins = compare_numbers(field.value, twin) is Agreement.EQUAL
            yield Answer(what, field, twin if twins else known, compare_numbers(field.value, twin if twins else known))
    others = (
        ("email", F.DESTINATION_EMAIL, office.email, compare_emails),
        ("street", F.DESTINATION_STREET, office.street, compare_places),
        ("zip", F.DESTINATION_ZIP, office.zip, compare_zips),
        ("city", F.DESTINATION_CITY, office.city, compare_cities),
        ("state", F.DESTINATION_STATE, office.state, compare_states),
    )
    for what, name, known, compare in others:
        if field := fields.get(name):
            yield Answer(what, field, known, compare(field.value, known))


def _evidence(answer: Answer, *, settled: bool) -> Evidence:
    speaks, sentence = _said(answer, settled=settled)
    return Evidence(field=label(answer.what), read=answer.read.value, chart=answer.known, speaks=speaks, sentence=sentence)


def _said(answer: Answer, *, settled: bool) -> tuple[Literal["for", "against", "neither"], str]:
    if settled:
        return "neither", "another name, but the ZIP code is the same"
    if answer.differs:
        one_off = "nearly the same, it may be misread" if answer.nearly else "another one"
        return ("against", one_off) if answer.contradicts else ("neither", f"{one_off}, but it was hard to read")
    if answer.agreement is Agreement.ABSENT:
        return "neither", "cannot be compared" if answer.known else "none is known"
    if answer.agrees:
        return "for", "the same"
    return "neither", "the same, which says little" if answer.what == "state" else "the same, but it was hard to read"
