"""Made-up patients, offices and readings."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipeline.matching.roster import Roster
from schemas.base import Box
from schemas.reading import FieldName, ReadField, Reading
from schemas.release import Destination, Patient

PLACE = Box(left=0.1, top=0.2, right=0.5, bottom=0.25)


def patient(number: str, first: str, last: str, born: str, **others: str) -> Patient:
    """A patient; `born` as an ISO date."""
    return Patient(patient_id=number, first_name=first, last_name=last, date_of_birth=date.fromisoformat(born), **others)


def office(number: str, name: str, **others: object) -> Destination:
    """A trusted office of the folder channel, unless told otherwise."""
    return Destination.model_validate(
        {"office_id": number, "name": name, "channel": "folder", "address": number, "trusted": True} | others
    )


def reading(**values: str | tuple[str, float]) -> Reading:
    """A reading; `patient_name="..."` is the field patient.name, a pair gives value and confidence (else 0.95)."""
    fields = {}
    for key, value in values.items():
        text, confidence = value if isinstance(value, tuple) else (value, 0.95)
        fields[FieldName(key.replace("_", ".", 1))] = ReadField(value=text, confidence=confidence, page=1, box=PLACE)
    return Reading(scan="0" * 64, pages=1, fields=fields)


MARGARET = patient(
    "1182", "Margaret", "Oyelaran", "1984-04-13", middle_name="Ann", other_names="Bell", phone="(512) 555-0142",
    email="m.oyelaran@mailbox.com", street="12 Elm Street, Apt 3", zip="78701",
)  # fmt: skip
OTHERS = (
    patient("2", "Daniel", "Ruiz", "1987-04-13"),
    patient("3", "Anne-Marie", "O'Brien", "1990-05-02"),
    patient("4", "José", "Núñez", "1975-02-07"),
    patient("5", "Maria", "Garcia Lopez", "1991-09-30"),
    patient("6", "Wei", "Do", "1969-12-12"),
    patient("7", "Helen", "Smith-Jones", "1958-01-31"),
)
ROSTER = Roster((MARGARET, *OTHERS))
"""Seven people, none like another."""


def roster_with(*patients: Patient) -> Roster:
    """The seven, and these."""
    return Roster((MARGARET, *OTHERS, *patients))


def write_csv(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", end: str = "\n") -> Path:
    """A table as a spreadsheet writes it."""
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator=end)
        writer.writeheader()
        writer.writerows(rows)
    return path
