"""One patient beyond doubt, or a person looks."""

# ruff: noqa: E501 -- one case a line, however long

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.matching.patients import PatientMatch, match_patient
from pipeline.matching.roster import Roster
from schemas.release import HoldReason, Patient
from tests.matching.people import MARGARET, OTHERS, ROSTER, patient, reading, roster_with


def match(roster: Roster = ROSTER, **values: str | tuple[str, float]) -> PatientMatch:
    """What matching says about a request with these fields of the patient."""
    return match_patient(reading(**{f"patient_{key}": value for key, value in values.items()}), roster)


def reasons(found: PatientMatch) -> set[HoldReason]:
    """Why it is held."""
    return {f.reason for f in found.findings}


@pytest.mark.parametrize(
    ("name", "born", "number"),
    [
        ("Margaret Oyelaran", "1984-04-13", "1182"),
        ("margaret a. oyelaran", "1984-04-13", "1182"),
        ("Oyelaran, Margaret", "1984-04-13", "1182"),
        ("Oyelaran Margaret", "1984-04-13", "1182"),
        ("Mrs. Peggy Oyelaran", "1984-04-13", "1182"),
        ("Margaret Bell", "1984-04-13", "1182"),
        ("Margaret Bell Oyelaran", "1984-04-13", "1182"),
        ("Margarel Oyelaran", "1984-04-13", "1182"),
        ("Margaret Oyelaram", "1984-04-13", "1182"),
        ("Margaret 0yelaran", "1984-04-13", "1182"),
        ("Anne Marie OBrien", "1990-05-02", "3"),
        ("Annemarie O’Brien", "1990-05-02", "3"),
        ("Jose Nunez", "1975-02-07", "4"),
        ("Maria Lopez", "1991-09-30", "5"),
        ("Maria Garcia-Lopez", "1991-09-30", "5"),
        ("Wei Do", "1969-12-12", "6"),
        ("Helen Jones", "1958-01-31", "7"),
    ],
)
def test_a_name_as_people_say_it_and_the_birth_date_find_the_patient(name: str, born: str, number: str) -> None:
    found = match(name=name, dob=born)
    assert found.findings == ()
    assert found.patient is not None
    assert found.patient.patient_id == number
    assert found.candidates[0].patient == found.patient
    assert found.candidates[0].score >= 0.99


@pytest.mark.parametrize(
    ("name", "born", "reason", "sentence"),
    [
        ("Daniel Ruiz", "1987-03-14", HoldReason.PATIENT_DIFFERS, "Birth date on the form (03/14/1987) is not the one in the chart"),
        ("José Núñez", "1975-07-02", HoldReason.PATIENT_DIFFERS, "day and month may be exchanged"),
        ("Helen Smith", "1953-01-31", HoldReason.PATIENT_DIFFERS, "one digit is different"),
        ("Mary Oyelaran", "1984-04-13", HoldReason.PATIENT_DIFFERS, "The name on the form (Mary Oyelaran)"),
        ("Margaret C. Oyelaran-Ruiz", "1984-04-13", HoldReason.PATIENT_DIFFERS, "Middle name"),
        ("M. Oyelaran", "1984-04-13", HoldReason.PATIENT_DIFFERS, "The name on the form (M. Oyelaran)"),
        ("Ann Oyelaran", "1984-04-13", HoldReason.PATIENT_DIFFERS, "The name on the form (Ann Oyelaran)"),
        ("Rupert Quill", "1950-01-01", HoldReason.NO_PATIENT, "Nobody in the roster is called Rupert Quill and born 01/01/1950."),
        ("Margaret Oyelaran and Daniel Ruiz", "1984-04-13", HoldReason.SEVERAL_PATIENTS, "names more than one patient"),
        ("Oyelaran", "1984-04-13", HoldReason.UNREADABLE, "Only one word"),
        ("...", "1984-04-13", HoldReason.UNREADABLE, "name could not be read"),
        ("Margaret Oyelaran", "04/13", HoldReason.UNREADABLE, "it looks like “04/13”"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_in_a_sentence_with_a_cure(name: str, born: str, reason: HoldReason, sentence: str) -> None:
    found = match(name=name, dob=born)
    assert found.patient is None
    assert reasons(found) == {reason}
    assert sentence in found.findings[0].sentence
    assert found.findings[0].cure
    assert found.findings[0].page == 1


def test_without_name_or_birth_date_nobody_is_chosen() -> None:
    assert reasons(match(name="Margaret Oyelaran")) == {HoldReason.UNREADABLE}
    assert reasons(match(dob="1984-04-13")) == {HoldReason.UNREADABLE}
    assert len(match().findings) == 2
    assert match(Roster(()), name="Margaret Oyelaran", dob="1984-04-13").patient is None


TWIN = patient("8", "Michael", "Oyelaran", "1984-04-13")
DUPLICATE = patient("9", "Margaret", "Oyelaran", "1984-04-13")
DAUGHTER = patient("10", "Margaret", "Oyelaran", "2012-08-01", guarantor_id="1182")
DAUGHTER_BY_HOUSE = patient("11", "Margaret", "Oyelaran", "2012-08-01", street="12 Elm St Apt 3")
SAME_YEAR = patient("12", "Margaret", "Oyelaran", "1984-11-02")
DIGIT_AWAY = patient("13", "Margaret", "Oyelaran", "1984-04-18")


@pytest.mark.parametrize(
    "rival", [TWIN, DUPLICATE, DAUGHTER, DAUGHTER_BY_HOUSE, SAME_YEAR, DIGIT_AWAY], ids=lambda p: p.patient_id
)
def test_nobody_is_chosen_while_somebody_else_is_near(rival: Patient) -> None:
    found = match(roster_with(rival), name="Margaret Oyelaran", dob="1984-04-13", phone="(512) 555-0142")
    assert found.patient is None
    assert HoldReason.SEVERAL_PATIENTS in reasons(found)
    assert rival.patient_id in found.findings[0].sentence


def test_a_twin_who_is_not_in_the_roster_is_not_taken_for_the_one_who_is() -> None:
    roster = roster_with(patient("20", "John", "Park", "1999-09-09"))
    assert match(roster, name="Joan Park", dob="1999-09-09").patient is None
    assert match(roster, name="Jonn Park", dob="1999-09-09").patient is not None


def test_a_former_name_that_is_somebody_elses_name_now_is_not_enough() -> None:
    roster = roster_with(patient("14", "Margarete", "Bell", "1984-04-13"))
    assert match(roster, name="Margaret Bell", dob="1984-04-13").patient is None
    assert match(roster, name="Margaret Oyelaran", dob="1984-04-13").patient == MARGARET


def test_two_who_fit_equally_have_one_half_each() -> None:
    found = match(roster_with(DUPLICATE), name="Margaret Oyelaran", dob="1984-04-13")
    assert [round(c.score, 2) for c in found.candidates] == [0.5, 0.5]


def test_a_namesake_of_another_year_and_house_is_no_obstacle() -> None:
    roster = roster_with(patient("15", "Margaret", "Oyelaran", "1951-02-20", street="400 Lake Road"))
    assert match(roster, name="Margaret Oyelaran", dob="1984-04-13").patient == MARGARET


def test_a_common_name_proves_less_than_a_rare_one() -> None:
    many = [patient(str(100 + i), f"Given{i}", "Oyelaran", f"19{10 + i}-01-01") for i in range(60)]
    common = match(roster_with(*many), name="Margaret Oyelaran", dob="1985-04-13").candidates
    alone = match(roster_with(), name="Margaret Oyelaran", dob="1985-04-13").candidates
    assert common[0].score < alone[0].score


def test_senior_is_not_junior() -> None:
    roster = roster_with(patient("16", "John", "Park Sr", "1955-05-05"))
    found = match(roster, name="John Park Jr.", dob="1955-05-05")
    assert "Father or son" in found.findings[0].sentence
    assert match(roster, name="John Park Sr.", dob="1955-05-05").patient is not None


@pytest.mark.parametrize(
    ("confidence", "phone", "chosen"),
    [
        (0.5, "", True),
        (0.49, "", False),
        (0.49, "(512) 555-9999", False),
        (0.3, "512.555.0142", True),
        (0.29, "512.555.0142", False),
    ],
)
def test_a_faint_birth_date_that_is_the_charts_counts_down_to_its_floor(confidence: float, phone: str, chosen: bool) -> None:
    values: dict[str, str | tuple[str, float]] = {"name": "Margaret Oyelaran", "dob": ("1984-04-13", confidence)}
    found = match(**values, **({"phone": phone} if phone else {}))
    assert (found.patient == MARGARET) is chosen
    assert chosen or reasons(found) == {HoldReason.UNREADABLE}


@pytest.mark.parametrize(("name", "confidence", "chosen"), [
    ("Margaret Oyelaran", 0.3, True), ("Margaret Oyelaran", 0.2, False), ("Margarel Oyelaran", 0.6, True), ("Margarel Oyelaran", 0.5, False),
])  # fmt: skip
def test_a_name_that_is_spelled_as_in_the_chart_may_be_fainter(name: str, confidence: float, chosen: bool) -> None:
    assert (match(name=(name, confidence), dob="1984-04-13").patient == MARGARET) is chosen


def test_people_move_and_change_their_numbers() -> None:
    found = match(
        name="Margaret Oyelaran", dob="1984-04-13", phone="(999) 555-0000", street="7 New Lane", email="new@mailbox.com"
    )
    assert found.patient == MARGARET
    assert {e.field: e.speaks for e in found.candidates[0].evidence}["phone"] == "neither"


def test_the_evidence_names_what_was_read_and_what_the_chart_has() -> None:
    found = match(name="Peggy Oyelaran", dob="1984-04-18", phone="(512) 555-0142", street="12 Elm St")
    evidence = {e.field: (e.read, e.chart, e.speaks) for e in found.candidates[0].evidence}
    assert evidence["given name"] == ("Peggy Oyelaran", "Margaret Ann Oyelaran", "for")
    assert evidence["birth date"] == ("04/18/1984", "04/13/1984", "against")
    assert evidence["phone"] == ("(512) 555-0142", "(512) 555-0142", "for")
    assert evidence["address"][2] == "for"


TEXT = st.text(max_size=30)


@given(TEXT, TEXT, st.floats(0, 1), TEXT, TEXT)
@settings(max_examples=300, deadline=None)
def test_any_reading_ends_in_one_patient_or_in_findings(name: str, born: str, confidence: float, phone: str, other: str) -> None:
    values = {"name": name, "dob": born, "phone": phone, "other_names": other}
    found = match(**{key: (value, confidence) for key, value in values.items() if value})
    assert (found.patient is None) == bool(found.findings)
    assert sum(c.score for c in found.candidates) <= 1.000001


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2015, 1, 1)))
@settings(max_examples=200, deadline=None)
def test_no_other_birth_date_ever_finds_the_patient(born: date) -> None:
    found = match(name="Margaret Ann Oyelaran", dob=born.isoformat(), phone="(512) 555-0142", street="12 Elm Street, Apt 3")
    assert (found.patient == MARGARET) is (born == MARGARET.date_of_birth)


@given(st.sampled_from([TWIN, DUPLICATE, DAUGHTER, SAME_YEAR, DIGIT_AWAY]), st.sets(st.sampled_from(OTHERS)))
@settings(max_examples=50, deadline=None)
def test_more_patients_never_make_a_near_tie_certain(rival: Patient, others: set[Patient]) -> None:
    found = match(Roster((MARGARET, rival, *others)), name="Margaret Oyelaran", dob="1984-04-13")
    assert found.patient is None
