"""A patient as the roster keeps one: small, because there may be hundreds of thousands, and ready to be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.matching.contacts import phone_digits
from pipeline.matching.names import ChartName
from schemas.release import Patient

TEXTS = tuple(name for name in Patient.model_fields if name != "date_of_birth")
_BORNE_BY_MANY = ("last_name", "first_name", "middle_name", "other_names", "city", "state", "zip", "status", "balance")
_NOT_OF_A_NUMBER = re.compile(r"[\W_]+")
_CALLED_A_NUMBER = re.compile(r"^(?:no|nr|num|number|chart|acct|account|pat|patient|id)+(?=\d)")


@dataclass(slots=True, eq=False)
class Chart:
    """One row of the roster. `Patient` says what the texts are; `patient` makes one."""

    patient_id: str
    last_name: str
    first_name: str
    middle_name: str
    other_names: str
    phone: str
    email: str
    street: str
    city: str
    state: str
    zip: str
    guarantor_id: str
    status: str
    balance: str
    next_appointment: str
    date_of_birth: date
    name: ChartName
    digits: str
    """Of the phone number; empty where it is none."""

    @property
    def patient(self) -> Patient:
        """The row as the rest of the line knows it."""
        return Patient(**{text: getattr(self, text) for text in TEXTS}, date_of_birth=self.date_of_birth)

    @property
    def guarantor(self) -> str:
        """Who pays: patients without a guarantor pay for themselves."""
        return self.guarantor_id or self.patient_id


class Filing:
    """Makes charts that share what they have in common: names, cities, birth dates exist once, however many bear them."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._dates: dict[date, date] = {}
        self._words: dict[str, tuple[str, ...]] = {}

    def chart(self, texts: Mapping[str, str], born: date) -> Chart:
        """The chart with these texts, by the names of `Patient`."""
        kept = {**texts}
        for column in _BORNE_BY_MANY:
            kept[column] = self._texts.setdefault(kept[column], kept[column])
        if kept["guarantor_id"] == kept["patient_id"]:
            kept["guarantor_id"] = kept["patient_id"]
        digits = phone_digits(kept["phone"])
        name = ChartName.of(kept["last_name"], kept["first_name"], kept["middle_name"], kept["other_names"], words=self._words)
        return Chart(**kept, date_of_birth=self._dates.setdefault(born, born), name=name, digits=digits)

    def of(self, patient: Patient) -> Chart:
        """The chart of a patient that comes from elsewhere."""
        return self.chart({text: getattr(patient, text) for text in TEXTS}, patient.date_of_birth)


def chart_number(text: str) -> str:
    """A chart number as it is compared: `# 00-1182`, `No. 1182` and `1182` are the same."""
    kept = _CALLED_A_NUMBER.sub("", _NOT_OF_A_NUMBER.sub("", text.casefold()))
    return kept.lstrip("0") or kept[-1:]
