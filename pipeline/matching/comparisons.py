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
class Comparison:
    """How a patient fits a request."""

    patient: Patient
    name: NameLikeness
    birth_date: DateLikeness
    contacts: tuple[tuple[str, Agreement], ...]
    """Phone, e-mail, address or ZIP, as far as both sides have them."""
    bits: float
    """The sum of the weights: log2 of how much likelier this is their request than a stranger's."""
    evidence: tuple[Evidence, ...]

    @property
    def corroborated(self) -> bool:
        """Whether something beyond name and birth date is the same. A ZIP code is shared by too many."""
        return any(answer is Agreement.EQUAL and field != "zip" for field, answer in self.contacts)

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
        bits += sum(self._contact_bits(field, answer, patient) for field, answer, _, _ in contacts)
        evidence = (
            *self._name_evidence(name, patient),
            *self._birth_date_evidence(born, patient),
            *map(_contact_evidence, contacts),
        )
        return Comparison(patient, name, born, tuple((f, a) for f, a, _, _ in contacts), bits, evidence)

    def _weigh(self, field: str, answer: str, bearers: int = 1) -> float:
        return self.weights.bits(field, answer, others=max(bearers - 1, 0), of=len(self.roster))

    def _name_bits(self, name: NameLikeness, patient: Patient, chart: ChartName) -> float:
        first = chart.first[0] if chart.first else ""
        return (
            self._weigh("surname", name.surname, self.roster.with_surname(patient.last_name))
            + self._weigh("given", name.given, self.roster.with_given_name(first))
            + self._weigh("middle", name.middle)
        )

    def _contact_bits(self, field: str, answer: Agreement, patient: Patient) -> float:
        bearers = {"phone": self.roster.with_phone(patient.phone), "email": self.roster.with_email(patient.email)}
        return self._weigh(field, answer, bearers.get(field, 1))

    def _contacts(self, patient: Patient) -> Iterator[tuple[str, Agreement, str, str]]:
        """(field, answer, read, chart). The ZIP code counts only without a street: people move with both."""
        asked = self.asked
        compared = [
            _contact("phone", asked.phone, patient.phone, compare_phones),
            _contact("email", asked.email, patient.email, compare_emails),
            _contact("address", asked.street, patient.street, compare_streets),
        ]
        if compared[-1] is None:
            compared.append(_contact("zip", asked.zip, patient.zip, compare_zips))
        yield from (found for found in compared if found)

    def _name_evidence(self, name: NameLikeness, patient: Patient) -> Iterator[Evidence]:
        if not self.asked.name:
            return
        for part, likeness in (("surname", name.surname), ("given name", name.given), ("middle name", name.middle)):
            if likeness is Likeness.ABSENT:
                continue
            speaks, sentence = _ABOUT_THE_NAME[likeness]
            yield Evidence(field=part, read=self.asked.name.text, chart=patient.name, speaks=speaks, sentence=sentence)
        if name.generation_differs:
            text = "senior and junior, or the like: two people"
            yield Evidence(field="generation", read=self.asked.name.text, chart=patient.name, speaks="against", sentence=text)

    def _birth_date_evidence(self, born: DateLikeness, patient: Patient) -> Iterator[Evidence]:
        speaks, sentence = _ABOUT_THE_BIRTH_DATE[born]
        read = as_written(self.asked.birth_date) if self.asked.birth_date else ""
        yield Evidence(field="birth date", read=read, chart=as_written(patient.date_of_birth), speaks=speaks, sentence=sentence)


def _contact(
    field: str, read: ReadField | None, chart: str, compare: Callable[[str, str], Agreement]
) -> tuple[str, Agreement, str, str] | None:
    if read is None:
        return None
    answer = compare(read.value, chart)
    unsure = read.confidence < LEAST_CONFIDENCE_AGAINST and answer is not Agreement.EQUAL
    return None if unsure or answer is Agreement.ABSENT else (field, answer, read.value, chart)


def _contact_evidence(contact: tuple[str, Agreement, str, str]) -> Evidence:
    field, answer, read, chart = contact
    speaks, sentence = _ABOUT_A_CONTACT[answer]
    return Evidence(field=field, read=read, chart=chart, speaks=speaks, sentence=sentence)
