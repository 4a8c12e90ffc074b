"""What a request says about the patient, ready to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.matching.names import SpokenName
from schemas.reading import FieldName, ReadField, Reading


@dataclass(frozen=True, slots=True)
class Asked:
    """The patient as the request describes them. A field that was not read is None."""

    name: SpokenName | None
    name_field: ReadField | None
    birth_date: date | None
    birth_date_field: ReadField | None
    """May be there without `birth_date`: something was read that is no date."""
    phone: ReadField | None
    email: ReadField | None
    street: ReadField | None
    zip: ReadField | None
    chart_number: ReadField | None
    of_several: bool = False
    """Whether the request asks for several patients: then phone, address and other names may be another one's."""

    @classmethod
    def of(cls, reading: Reading, *, of_several: bool = False) -> Asked:
        """The patient's fields of a reading."""
        fields = reading.fields
        name, born = fields.get(FieldName.PATIENT_NAME), fields.get(FieldName.PATIENT_DOB)
        other_names = "" if of_several else reading.value(FieldName.PATIENT_OTHER_NAMES) or ""
        spoken = SpokenName.of(name.value, other_names) if name else None
        return cls(
            name=spoken if spoken and spoken.words else None,
            name_field=name,
            birth_date=_date(born.value) if born else None,
            birth_date_field=born,
            phone=fields.get(FieldName.PATIENT_PHONE),
            email=fields.get(FieldName.PATIENT_EMAIL),
            street=fields.get(FieldName.PATIENT_STREET),
            zip=fields.get(FieldName.PATIENT_ZIP),
            chart_number=fields.get(FieldName.PATIENT_CHART_NUMBER),
            of_several=of_several,
        )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
