"""One patient compared with what a request says: field by field, each with its weight and its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.matching.asked import Asked
from pipeline.matching.birth_dates import DateLikeness, as_written, compare_dates
from pipeline.matching.contacts import Agreement, compare_emails, compare_phones, compare_streets, compare_zips
from pipeline.matching.names import ChartName, Likeness, NameLikeness, compare_names
from pipeline.matching.roster import Roster
from pipeline.matching.weights import Weights
from schemas.reading import ReadField
from schemas.release import Evidence, Patient

Speaks = Literal["for", "against", "neither"]
LEAST_CONFIDENCE_AGAINST = 0.5
"""A contact that was read with less may agree, but its disagreement says nothing: it may be the reading that is wrong."""

_ABOUT_THE_NAME: dict[Likeness, tuple[Speaks, str]] = {
    Likeness.EQUAL: ("for", "the same"),
    Likeness.KNOWN: ("for", "another name of the same person"),
    Likeness.PART: ("for", "one half of the double name in the chart"),
    Likeness.SLIP: ("for", "a letter or two apart, as in a slip of the pen or of the reader"),
    Likeness.INITIAL: ("neither", "only the initial fits"),
    Likeness.MIDDLE: ("neither", "it is the middle name in the chart"),
    Likeness.LOOKALIKE: ("against", "looks alike, but is another name"),
    Likeness.DIFFERENT: ("against", "another name"),
    Likeness.ABSENT: ("neither", "not given"),
}
_ABOUT_THE_BIRTH_DATE: dict[DateLikeness, tuple[Speaks, str]] = {
    DateLikeness.EQUAL: ("for", "the same"),
    DateLikeness.SWAPPED: ("against", "day and month seem to be exchanged"),
    DateLikeness.ONE_DIGIT: ("against", "one digit is different"),
    DateLikeness.SAME_YEAR: ("against", "another day of the same year"),
    DateLikeness.DIFFERENT: ("against", "another date"),
    DateLikeness.ABSENT: ("neither", "not read"),
}
_ABOUT_A_CONTACT: dict[Agreement, tuple[Speaks, str]] = {
    Agreement.EQUAL: ("for", "the same"),
    Agreement.NEARLY: ("neither", "one character is different"),
    Agreement.DIFFERENT: ("neither", "another one; people move and change numbers"),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """How a phone number, an e-mail address, a street or a ZIP code on the request stands to the chart's."""

    field: str
    answer: Agreement
    read: str
    chart: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a patient fits a request."""

    patient: Patient
    name: NameLikeness
    birth_date: DateLikeness
    contacts: tuple[Contact, ...]
    """Phone, e-mail, address or ZIP, as far as both sides have them."""
    bits: float
    """The sum of the weights: log2 of how much likelier this is their request than a stranger's."""

    @property
    def corroborated(self) -> bool:
        """Whether something beyond name and birth date is the same. A ZIP code is shared by too many."""
        return any(c.answer is Agreement.EQUAL and c.field != "zip" for c in self.contacts)

    @property
    def fits(self) -> bool:
        """Whether name and birth date both fit."""
        return self.name.strong and self.birth_date is DateLikeness.EQUAL


@dataclass(slots=True)
class Comparer:
    """Compares patients of one roster with one request."""

    asked: Asked
    roster: Roster
    weights: Weights

    def compare(self, patient: Patient) -> Comparison:
        """How well `patient` fits."""
        chart = ChartName.of(patient)
        name = NameLikeness(Likeness.ABSENT, Likeness.ABSENT, Likeness.ABSENT)
        if self.asked.name:
            name = compare_names(self.asked.name, chart, self.roster.is_given_name)
        born = compare_dates(self.asked.birth_date, patient.date_of_birth)
        contacts = tuple(self._contacts(patient))
        bits = self._name_bits(name, patient, chart) + self._weigh("birth_date", born, self.roster.born_on(patient.date_of_birth))
        bits += sum(self._contact_bits(contact, patient) for contact in contacts)
        return Comparison(patient, name, born, contacts, bits)

    def evidence(self, found: Comparison) -> tuple[Evidence, ...]:
        """The comparison field by field, in words."""
        return (*self._name_evidence(found), self._birth_date_evidence(found), *map(_contact_evidence, found.contacts))

    def _weigh(self, field: str, answer: str, bearers: int = 1) -> float:
        return self.weights.bits(field, answer, others=max(bearers - 1, 0), of=len(self.roster))

    def _name_bits(self, name: NameLikeness, patient: Patient, chart: ChartName) -> float:
        first = chart.first[0] if chart.first else ""
        return (
            self._weigh("surname", name.surname, self.roster.with_surname(patient.last_name))
            + self._weigh("given", name.given, self.roster.with_given_name(first))
            + self._weigh("middle", name.middle)
        )

    def _contact_bits(self, contact: Contact, patient: Patient) -> float:
        bearers = {"phone": self.roster.with_phone(patient.phone), "email": self.roster.with_email(patient.email)}
        return self._weigh(contact.field, contact.answer, bearers.get(contact.field, 1))

    def _contacts(self, patient: Patient) -> Iterator[Contact]:
        """The ZIP code counts only without a street: people move with both."""
        asked = self.asked
        street = _contact("address", asked.street, patient.street, compare_streets)
        compared = (
            _contact("phone", asked.phone, patient.phone, compare_phones),
            _contact("email", asked.email, patient.email, compare_emails),
            street or _contact("zip", asked.zip, patient.zip, compare_zips),
        )
        yield from (found for found in compared if found)

    def _name_evidence(self, found: Comparison) -> Iterator[Evidence]:
        if not self.asked.name:
            return
        read, chart, name = self.asked.name.text, found.patient.name, found.name
        for part, likeness in (("surname", name.surname), ("given name", name.given), ("middle name", name.middle)):
            if likeness is not Likeness.ABSENT:
                speaks, sentence = _ABOUT_THE_NAME[likeness]
                yield Evidence(field=part, read=read, chart=chart, speaks=speaks, sentence=sentence)
        if name.generation_differs:
            text = "senior and junior, or the like: two people"
            yield Evidence(field="generation", read=read, chart=chart, speaks="against", sentence=text)

    def _birth_date_evidence(self, found: Comparison) -> Evidence:
        speaks, sentence = _ABOUT_THE_BIRTH_DATE[found.birth_date]
        read, chart = self.asked.birth_date, as_written(found.patient.date_of_birth)
        return Evidence(field="birth date", read=as_written(read) if read else "", chart=chart, speaks=speaks, sentence=sentence)


def _contact(field: str, read: ReadField | None, chart: str, compare: Callable[[str, str], Agreement]) -> Contact | None:
    if read is None:
        return None
    answer = compare(read.value, chart)
    unsure = read.confidence < LEAST_CONFIDENCE_AGAINST and answer is not Agreement.EQUAL
    return None if unsure or answer is Agreement.ABSENT else Contact(field, answer, read.value, chart)


def _contact_evidence(contact: Contact) -> Evidence:
    speaks, sentence = _ABOUT_A_CONTACT[contact.answer]
    return Evidence(field=contact.field, read=contact.read, chart=contact.chart, speaks=speaks, sentence=sentence)
