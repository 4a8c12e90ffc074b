"""Pages of somebody else: found when plain, never for a parent, a doctor or a nickname."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.verifying.persons import names_somebody_else
from schemas.release import Patient

ANA = Patient(
    patient_id="1", first_name="Ana", middle_name="M", last_name="Peña", other_names="Torres", date_of_birth=date(2015, 3, 4)
)


@pytest.mark.parametrize(
    "text",
    [
        "Patient: Luis Peña   DOB: 07/08/2012",
        "Patient name: KOVACS, WALTER\nDate of birth: January 2, 1960\nPerio chart",
        "Pt: Walter Kovacs  D.O.B. 1/2/60",
        "Patient: Walter Kovacs\nBirthdate 1960-01-02",
    ],
)
def test_another_patient_with_another_birth_date_is_found(text: str) -> None:
    assert names_somebody_else(text, ANA)


@pytest.mark.parametrize(
    "text",
    [
        "Patient: Ana Peña   DOB: 03/04/2015",
        "Patient: PENA, ANA   DOB: 04/03/2015",  # the name is right
        "Patient: Anita P.   DOB: 03/04/15",  # the date is right
        "Patient: Ana Torres   DOB: 01/01/2001",  # a former name
        "Patient: A. Peña  DOB: 3/5/2015",
        "Patient: Walter Kovacs",  # no date to contradict
        "Subscriber: Luis Peña DOB: 07/08/1980",
        "Insured name: Luis Peña  Date of birth: 07/08/1980\nDependent: Ana Peña",
        "Patient: see below   DOB: 07/08/1980\nAna M Peña, cleaning",
        "Doctor: Walter Kovacs, born 1960-01-02",
        "",
    ],
)
def test_no_false_alarm(text: str) -> None:
    assert not names_somebody_else(text, ANA)
