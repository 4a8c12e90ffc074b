"""One patient compared with what a request says: field by field, each with its weight and its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pipeline.matching.asked import Asked
from pipeline.matching.birth_dates import DateLikeness, as_written, compare_dates
from pipeline.matching.charts import Chart, chart_number
from pipeline.matching.contacts import Agreement, compare_emails, compare_phones, compare_streets, compare_zips, differ_by_one
from pipeline.matching.names import Likeness, NameComparer, NameLikeness
from pipeline.matching.roster import Roster
from pipeline.matching.weights import Weights
from schemas.reading import ReadField
from schemas.release import Evidence, Patient

Speaks = Literal["for", "against", "neither"]
LEAST_CONFIDENCE_AGAINST = 0.5
"""A contact that was read with less may agree, but its disagreement says nothing: it may be the reading that is wrong."""

UNNAMED = NameLikeness(Likeness.ABSENT, Likeness.ABSENT, Likeness.ABSENT)


class NumberLikeness(StrEnum):
    """How the chart number on a request stands to that of a patient."""

    EQUAL = "equal"
    NEARLY = "nearly"
    FAMILY = "family"
    """The guarantor's: many practices number families."""
    ANOTHER = "another"
    NOBODY = "nobody"
    """Of no patient here: another office's number, an old one, or misread."""


_ABOUT_THE_NAME: dict[Likeness, tuple[Speaks, str]] = {
    Likeness.EQUAL: ("for", "the same"),
    Likeness.KNOWN: ("for", "another name of the same person"),
    Likeness.PART: ("for", "one half of the double name in the chart"),
    Likeness.SLIP: ("for", "a letter or two apart, as in a slip of the pen or of the reader"),
    Likeness.INITIAL: ("neither", "only the initial fits"),
    Likeness.MIDDLE: ("neither", "it is the middle name in the chart"),
    Likeness.LOOKALIKE: ("against", "close to it, but a name of its own, which others bear"),
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
_ABOUT_THE_NUMBER: dict[NumberLikeness, tuple[Speaks, str]] = {
    NumberLikeness.EQUAL: ("for", "the same"),
    NumberLikeness.NEARLY: ("neither", "one digit is different, and nobody has the number on the request"),
    NumberLikeness.FAMILY: ("neither", "the number of the guarantor, under whom the family is kept"),
    NumberLikeness.ANOTHER: ("against", "the number of another patient"),
    NumberLikeness.NOBODY: ("neither", "nobody here has the number on the request"),
}
_ABOUT_THE_FAMILY = "the same; it may be the family's, for the request names several patients"


@dataclass(frozen=True, slots=True)
class Contact:
    """How a phone number, an e-mail address, a street or a ZIP code on the request stands to the chart's."""

    field: str
    answer: Agreement
    read: str
    chart: str
    bits: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a patient fits a request."""

    chart: Chart
    name: NameLikeness
    birth_date: DateLikeness
    contacts: tuple[Contact, ...]
    """Phone, e-mail, address or ZIP, as far as both sides have them."""
    number: NumberLikeness | None
    """The chart number, where the request gives one."""
    weights: Mapping[str, float]
    """For each field of the name, the birth date and the chart number: its weight in bits."""
    of_several: bool = False

    @property
    def patient(self) -> Patient:
        """Who is compared."""
        return self.chart.patient

    @property
    def bits(self) -> float:
        """The sum of the weights: log2 of how much likelier this is their request than a stranger's."""
        return sum(self.weights.values()) + sum(contact.bits for contact in self.contacts)

    @property
    def corroborated(self) -> bool:
        """Whether something beyond name and birth date is the same, and theirs alone to give.

        A ZIP code is shared by too many, and on a request for several patients phone and address are anybody's of them.
        """
        if self.of_several:
            return False
        return self.number is NumberLikeness.EQUAL or any(c.answer is Agreement.EQUAL and c.field != "zip" for c in self.contacts)

    @property
    def elsewhere(self) -> int:
        """How many of phone, e-mail and street are there to compare, where all of them are others than the chart's; else 0."""
        answers = [c.answer for c in self.contacts if c.field != "zip"]
        return 0 if self.corroborated or any(a is not Agreement.DIFFERENT for a in answers) else len(answers)

    @property
    def fits(self) -> bool:
        """Whether name and birth date both fit."""
        return self.name.strong and self.birth_date is DateLikeness.EQUAL


class Comparer:
    """Compares patients of one roster with one request."""

    def __init__(self, asked: Asked, roster: Roster, weights: Weights) -> None:
        self.asked, self.roster, self.weights = asked, roster, weights
        self._names = NameComparer(asked.name, roster.with_given_name) if asked.name else None
        self._numbered = roster.numbered(asked.chart_number.value) if asked.chart_number else ()

    def compare(self, chart: Chart) -> Comparison:
        """How well the patient of `chart` fits."""
        name = self._names.compare(chart.name) if self._names else UNNAMED
        born = compare_dates(self.asked.birth_date, chart.date_of_birth)
        number = self._number(chart)
        weights = {
            "surname": self._weigh("surname", name.surname, self.roster.with_surname("".join(chart.name.last))),
            "given": self._weigh(
                "given", name.given, self.roster.with_given_name(chart.name.first[0]) if chart.name.first else 1
            ),
            "middle": self._weigh("middle", name.middle),
            "birth_date": self._weigh("birth_date", born, self.roster.born_on(chart.date_of_birth)),
            "chart_number": self._weigh("chart_number", number) if number else 0.0,
        }
        return Comparison(chart, name, born, tuple(self._contacts(chart)), number, weights, self.asked.of_several)

    def evidence(self, found: Comparison) -> tuple[Evidence, ...]:
        """The comparison field by field, in words."""
        return (
            *self._name_evidence(found),
            self._birth_date_evidence(found),
            *self._number_evidence(found),
            *(_contact_evidence(contact, of_several=found.of_several) for contact in found.contacts),
        )

    def _weigh(self, field: str, answer: str, bearers: int = 1) -> float:
        return self.weights.bits(field, answer, others=max(bearers - 1, 0), of=len(self.roster))

    def _number(self, chart: Chart) -> NumberLikeness | None:
        """On a request for several patients the number may be another one's, and then says nothing."""
        if not self.asked.chart_number:
            return None
        if chart in self._numbered:
            return NumberLikeness.EQUAL
        if self.asked.of_several:
            return None
        if any(other.patient_id == chart.guarantor for other in self._numbered):
            return NumberLikeness.FAMILY
        if self._numbered:
            return NumberLikeness.ANOTHER
        nearly = differ_by_one(chart_number(self.asked.chart_number.value), chart_number(chart.patient_id))
        return NumberLikeness.NEARLY if nearly else NumberLikeness.NOBODY

    def _contacts(self, chart: Chart) -> Iterator[Contact]:
        """The ZIP code counts only without a street: people move with both."""
        asked = self.asked
        if asked.phone and chart.digits:
            bearers = self.roster.with_phone(chart.digits)
            yield from self._contact("phone", asked.phone, chart.phone, compare_phones(asked.phone.value, chart.digits), bearers)
        if asked.email and chart.email:
            bearers = self.roster.with_email(chart.email)
            yield from self._contact("email", asked.email, chart.email, compare_emails(asked.email.value, chart.email), bearers)
        street = compare_streets(asked.street.value, chart.street) if asked.street and chart.street else Agreement.ABSENT
        if asked.street and street is not Agreement.ABSENT:
            yield from self._contact("address", asked.street, chart.street, street)
        elif asked.zip and chart.zip:
            yield from self._contact("zip", asked.zip, chart.zip, compare_zips(asked.zip.value, chart.zip))

    def _contact(self, field: str, read: ReadField, kept: str, answer: Agreement, bearers: int = 1) -> Iterator[Contact]:
        if answer is Agreement.ABSENT:
            return
        unsure = read.confidence < LEAST_CONFIDENCE_AGAINST or self.asked.of_several
        if answer is Agreement.EQUAL or not unsure:
            yield Contact(field, answer, read.value, kept, self._weigh(field, answer, bearers))

    def _name_evidence(self, found: Comparison) -> Iterator[Evidence]:
        if not self.asked.name:
            return
        read, chart, name = self.asked.name.text, found.patient.name, found.name
        parts = (
            ("surname", "surname", name.surname),
            ("given name", "given", name.given),
            ("middle name", "middle", name.middle),
        )
        for part, field, likeness in parts:
            if likeness is not Likeness.ABSENT:
                speaks, sentence = _ABOUT_THE_NAME[likeness]
                yield _evidence(part, read, chart, speaks, sentence, found.weights[field])
        if name.generation_differs:
            yield _evidence("generation", read, chart, "against", "senior and junior, or the like: two people")

    def _birth_date_evidence(self, found: Comparison) -> Evidence:
        speaks, sentence = _ABOUT_THE_BIRTH_DATE[found.birth_date]
        read, chart = self.asked.birth_date, as_written(found.chart.date_of_birth)
        return _evidence("birth date", as_written(read) if read else "", chart, speaks, sentence, found.weights["birth_date"])

    def _number_evidence(self, found: Comparison) -> Iterator[Evidence]:
        if self.asked.chart_number and found.number:
            speaks, sentence = _ABOUT_THE_NUMBER[found.number]
            read, bits = self.asked.chart_number.value, found.weights["chart_number"]
            yield _evidence("chart number", read, found.chart.patient_id, speaks, sentence, bits)


def _contact_evidence(contact: Contact, *, of_several: bool) -> Evidence:
    speaks, sentence = _ABOUT_A_CONTACT[contact.answer]
    if of_several:
        speaks, sentence = "neither", _ABOUT_THE_FAMILY
    return _evidence(contact.field, contact.read, contact.chart, speaks, sentence, contact.bits)


def _evidence(field: str, read: str, chart: str, speaks: Speaks, sentence: str, bits: float = 0.0) -> Evidence:
    return Evidence(field=field, read=read, chart=chart, speaks=speaks, sentence=sentence, bits=round(bits, 2))
