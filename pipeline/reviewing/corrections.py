"""What people settled, put beside what the reader saw: corrected fields and boxes, the seen signature, one patient of several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import phonenumbers

from pipeline.errors import Error
from schemas.base import Box
from schemas.decision import Rulings, SaidPatient
from schemas.reading import Choice, FieldName, NamedPatient, ReadField, Reading, Signature, Tick

DATES = frozenset(
    {
        FieldName.PATIENT_DOB,
        FieldName.SCOPE_FROM_DATE,
        FieldName.SCOPE_TO_DATE,
        FieldName.EXPIRY_DATE,
        FieldName.SIGNATURE_DATE,
    }
)
PHONES = frozenset({FieldName.PATIENT_PHONE, FieldName.DESTINATION_PHONE, FieldName.DESTINATION_FAX})
STATES = frozenset({FieldName.PATIENT_STATE, FieldName.DESTINATION_STATE})
NOWHERE = Box(left=0, top=0, right=0, bottom=0)
"""Where something stands that the reader did not see."""
_OF_ONE = frozenset({FieldName.PATIENT_OTHER_NAMES, FieldName.PATIENT_SSN_LAST4, FieldName.PATIENT_CHART_NUMBER})
"""What belongs to one patient alone: of several on a scan, nobody knows to which."""
_WAYS_TO_WRITE_A_DAY = ("%Y-%m-%d", "%m/%d/%Y")


class NoSuchValue(Error):
    """A correction that no page can say: the text tells what would be right."""


def corrected(reading: Reading, rulings: Rulings) -> Reading:
    """The reading as people have corrected it. What a person has read is certain."""
    fields = dict(reading.fields)
    for name, value in rulings.corrections.items():
        seen = fields.pop(name, None)
        if value:
            place = (seen.page, seen.box) if seen else (1, NOWHERE)
            fields[name] = ReadField(value=value, confidence=1, page=place[0], box=place[1])
    signature = reading.signature
    if rulings.signed is not None:
        signature = Signature(present=rulings.signed, confidence=1, page=signature.page, box=signature.box)
    told: dict[str, Any] = {"fields": fields, "signature": signature, "ticks": _ticks(reading, rulings.ticks)}
    if rulings.patients:
        told["patients"] = tuple(_named(patient) for patient in rulings.patients)
    return reading.model_copy(update=told)


def _ticks(reading: Reading, said: Mapping[Choice, bool]) -> tuple[Tick, ...]:
    """The ticks, with those that people have seen as they saw them; a box whose place nobody knows is nowhere."""
    seen = [tick.model_copy(update={"confidence": 1}) if said.get(tick.choice) else tick for tick in reading.ticks]
    kept = [tick for tick in seen if said.get(tick.choice, True)]
    added = [choice for choice, ticked in said.items() if ticked and choice not in {tick.choice for tick in kept}]
    return (*kept, *(Tick(choice=choice, confidence=1, page=1, box=NOWHERE) for choice in added))


def _named(patient: SaidPatient) -> NamedPatient:
    name, dob = (ReadField(value=said, confidence=1, page=1, box=NOWHERE) for said in (patient.name, patient.dob.isoformat()))
    return NamedPatient(name=name, dob=dob)


def parts_of(reading: Reading) -> tuple[Reading, ...]:
    """A reading for each of the patients that the scan names, in its order. The others stay listed in each."""
    parts = []
    for patient in reading.patients:
        fields = {name: field for name, field in reading.fields.items() if name not in _OF_ONE}
        fields[FieldName.PATIENT_NAME] = patient.name
        fields.pop(FieldName.PATIENT_DOB, None)
        if patient.dob:
            fields[FieldName.PATIENT_DOB] = patient.dob
        parts.append(reading.model_copy(update={"fields": fields}))
    return tuple(parts)


@dataclass(frozen=True)
class Said:
    """Corrections, as a person has written them down."""

    corrections: Mapping[FieldName, str]
    ticks: Mapping[Choice, bool]


def said_of(said: Iterable[str]) -> Said:
    """`patient.dob=03/14/1987`, `scope.xrays=ticked` and the like as corrections. Raises NoSuchValue for a field, a box or a
    value that there cannot be.
    """
    fields: dict[FieldName, str] = {}
    ticks: dict[Choice, bool] = {}
    for each in said:
        name, equals, value = (part.strip() for part in each.partition("="))
        if not equals:
            raise NoSuchValue(f"“{each}” is no correction: write the field, an equals sign, and what the page says.")
        if name in set(Choice):
            ticks[Choice(name)] = _ticked(name, value)
        else:
            fields[_field(name)] = value
    return Said(normalised(fields), ticks)


def patients_of(said: Iterable[str]) -> tuple[SaidPatient, ...]:
    """`Ann Ruiz=03/14/1987` and the like as patients. Raises NoSuchValue."""
    found = []
    for each in said:
        name, equals, born = each.rpartition("=")
        if not equals or not name.strip():
            raise NoSuchValue(f"“{each}” names no patient: write the name, an equals sign, and the birth date.")
        found.append(SaidPatient(name=" ".join(name.split()), dob=_day(FieldName.PATIENT_DOB, born.strip())))
    return tuple(found)


def normalised(corrections: Mapping[FieldName, str]) -> dict[FieldName, str]:
    """The same in the form that the reader gives: days in ISO, phones as (NNN) NNN-NNNN. Raises NoSuchValue."""
    return {name: _value(name, " ".join(value.split())) for name, value in corrections.items()}


def _ticked(name: str, value: str) -> bool:
    ticked = {"ticked": True, "not ticked": False, "yes": True, "no": False}.get(value.casefold())
    if ticked is None:
        raise NoSuchValue(f"{name}: write “ticked” or “not ticked”.")
    return ticked


def _field(name: str) -> FieldName:
    try:
        return FieldName(name)
    except ValueError:
        there_are = ", ".join(field.value for field in (*FieldName, *Choice))
        raise NoSuchValue(f"There is no field {name}; there are {there_are}.") from None


def _value(name: FieldName, value: str) -> str:
    if not value:
        return ""
    if name in DATES:
        return _day(name, value).isoformat()
    if name in PHONES:
        return _phone(name, value)
    if name in STATES:
        if not re.fullmatch(r"[A-Za-z]{2}", value):
            raise NoSuchValue(f"{name.value}: a state has two letters, such as OR.")
        return value.upper()
    return value


def _day(name: FieldName, value: str) -> date:
    for way in _WAYS_TO_WRITE_A_DAY:
        try:
            return datetime.strptime(value, way).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    raise NoSuchValue(f"{name.value}: write a day that exists as YYYY-MM-DD or MM/DD/YYYY.")


def _phone(name: FieldName, value: str) -> str:
    try:
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise NoSuchValue(f"{name.value}: write a number of ten digits, such as (541) 555-0100.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
