"""Two requests that were scanned in one go: told, and never taken for one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.reading.confidence import Evidence
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect
from pipeline.reading.people import FoundPatient
from pipeline.reading.reader import PageReading, assembled
from pipeline.reading.second_look import Weighed
from pipeline.reading.signature import SigningPlace
from pipeline.reading.ticks import FoundTick
from pipeline.reading.values import Value
from pipeline.release.notices import notices
from schemas.reading import Choice, FieldName, Reading
from schemas.release import HoldReason
from tests.release.cases import GOOD, noticed

LINE = Rect(10, 80, 60, 90)
"""A line to sign on."""


def page(
    number: int, name: str = "", born: str = "", fax: str = "", *, ink: float | None = None, ticked: bool = False
) -> PageReading:
    """A page that says of whom it is, where to send to, and what stands on its line to sign on, if it has one."""
    said = {FieldName.PATIENT_NAME: name, FieldName.PATIENT_DOB: born, FieldName.DESTINATION_FAX: fax}
    found = [FoundValue(n, Value(v), v, Rect(0, 0, 9, 9), 0.9, 1.0, printed=True) for n, v in said.items() if v]
    return PageReading(
        number,
        100,
        100,
        tuple(Weighed(one, 0.95, Evidence(one)) for one in found),
        ticks=(FoundTick(Choice.SCOPE_ALL, Rect(0, 50, 9, 59), 0.95),) if ticked else (),
        places=() if ink is None else (SigningPlace(LINE, ink, "signature"),),
    )


def replaced(found: PageReading, *, confidence: float) -> PageReading:
    """The page, its values as sure as that."""
    return replace(found, values=tuple(replace(weighed, confidence=confidence) for weighed in found.values))


def listing(number: int, *patients: tuple[str, str]) -> PageReading:
    """A page that names several."""

    def found(name: FieldName, said: str) -> FoundValue:
        return FoundValue(name, Value(said), said, Rect(0, 0, 9, 9), 0.9, 1.0, printed=True)

    named = [
        FoundPatient(found(FieldName.PATIENT_NAME, name), found(FieldName.PATIENT_DOB, born) if born else None)
        for name, born in patients
    ]
    return replace(page(number), patients=tuple(named))


def read(*pages: PageReading) -> Reading:
    """The whole scan."""
    return assembled(pages, len(pages), "0" * 64, 0)


def test_a_page_about_another_patient_holds_the_scan_for_a_person() -> None:
    found = read(page(1, "Margaret Oyelaran", "1950-01-01"), page(2), page(3, "Daniel Oyelaran", "1951-02-02"))
    [notice] = found.notices
    assert notice.startswith("Page 3 is about another patient than page 1")
    [finding] = noticed(notice)(GOOD).decided().findings
    assert (finding.rule, finding.reason) == (f"notices.{notices.__name__}", HoldReason.SEVERAL_PATIENTS)


def test_nothing_is_taken_from_a_page_about_another_patient() -> None:
    own = page(1, "Margaret Oyelaran", "1950-01-01", ink=0.0)
    other = page(2, "Daniel Oyelaran", "1951-02-02", "(617) 555-0142", ink=9.0, ticked=True)
    found = read(own, other, page(3, fax="(617) 555-0143", ink=9.0, ticked=True))
    assert FieldName.DESTINATION_FAX not in found.fields and found.ticks == ()
    assert found.signature.present is False and found.signature.page == 1


def test_a_page_that_names_nobody_belongs_to_the_page_before_it() -> None:
    pages = [page(1), page(2, "Margaret Oyelaran", "1950-01-01"), page(3, fax="(617) 555-0143", ink=9.0, ticked=True)]
    found = read(*pages, page(4, "Daniel Oyelaran", "1951-02-02"), page(5, "Margaret Oyelaran", ink=9.0))
    assert found.value(FieldName.DESTINATION_FAX) == "(617) 555-0143" and found.checked() == ["scope.all"]
    assert found.signature.present is True and len(found.notices) == 1


@pytest.mark.parametrize(
    ("name", "born"),
    [
        ("Daniel Oyelaran", "1950-01-01"),
        ("Daniel Oyelaran", ""),
        ("Margaret Fields", ""),
        ("Dr. Susan Chen", ""),
        ("", "1962-11-23"),
    ],
)
def test_nothing_is_sure_on_a_page_whose_patient_may_be_another(name: str, born: str) -> None:
    doubtful = page(2, name, born, "(617) 555-0142", ink=9.0, ticked=True)
    found = read(page(1, "Margaret Oyelaran", "1950-01-01"), doubtful)
    [tick] = found.ticks
    assert found.fields[FieldName.DESTINATION_FAX].confidence < 0.9 and tick.confidence <= 0.5
    assert found.signature.present is None
    [notice] = found.notices
    [finding] = noticed(notice)(GOOD).decided().findings
    assert finding.reason is HoldReason.SEVERAL_PATIENTS
    assert found.fields[FieldName.PATIENT_NAME].page == 1 and found.fields[FieldName.PATIENT_NAME].confidence >= 0.9


def test_a_name_without_a_birth_date_is_the_first_patient_already() -> None:
    found = read(page(1, "Margaret Oyelaran"), page(2, "Daniel Oyelaran", "1951-02-02", "(617) 555-0142", ink=9.0))
    assert all(field.confidence < 0.9 for name, field in found.fields.items() if name is not FieldName.PATIENT_NAME)
    assert found.value(FieldName.PATIENT_NAME) == "Margaret Oyelaran" and found.signature.present is None


def test_what_the_own_pages_say_goes_before_what_a_doubtful_one_says() -> None:
    own = replaced(page(1, "Margaret Oyelaran", "1950-01-01", "(617) 555-0142"), confidence=0.6)
    found = read(own, page(2, "Peter Olsen", "", "(617) 555-0199"))
    assert found.value(FieldName.DESTINATION_FAX) == "(617) 555-0142"


def test_a_page_of_somebody_whom_a_family_s_letter_does_not_name_holds_the_scan() -> None:
    family = listing(1, ("Anna Ruiz", "1980-02-01"), ("Tom Ruiz", "2010-03-04"))
    found = read(family, page(2, "Peter Olsen", "1971-05-06", "(617) 555-0142", ink=9.0))
    [notice] = found.notices
    assert notice.startswith("Page 2 names a patient whom page 1 does not")
    [finding] = noticed(notice)(GOOD).decided().findings
    assert finding.reason is HoldReason.SEVERAL_PATIENTS
    assert found.signature.present is None


def test_two_pages_that_name_two_families_hold_the_scan() -> None:
    found = read(listing(1, ("Anna Ruiz", ""), ("Tom Ruiz", "")), listing(2, ("Peter Olsen", ""), ("Ida Olsen", "")))
    assert any(notice.startswith("Page 2 names a patient whom page 1 does not") for notice in found.notices)


def test_a_page_of_one_of_the_family_casts_no_doubt() -> None:
    family = listing(1, ("Anna Ruiz", "1980-02-01"), ("Tom Ruiz", "2010-03-04"))
    assert read(family, page(2, "Tom Ruiz", "2010-03-04")).notices == ()


@pytest.mark.parametrize(("name", "born"), [("Peter Olsen", "1971-05-06"), ("Peter Olsen", "")])
def test_a_permission_that_another_takes_back_is_not_the_first_patients(name: str, born: str) -> None:
    found = read(page(1, "Anna Ruiz", "1980-02-01"), replace(page(2, name, born), revokes=True))
    assert not found.revokes
    reasons = {f.reason for notice in found.notices for f in noticed(notice)(GOOD).decided().findings}
    assert HoldReason.REVOKED in reasons


def test_a_permission_that_the_patient_takes_back_is_taken_back() -> None:
    assert read(page(1, "Anna Ruiz", "1980-02-01"), replace(page(2, "Anna Ruiz"), revokes=True)).revokes


@pytest.mark.parametrize(("name", "born"), [("Margoret Oyelaran", "1950-01-01"), ("M. Oyelaran", ""), ("", "1950-01-07")])
def test_one_word_misread_casts_no_doubt_on_a_page(name: str, born: str) -> None:
    found = read(page(1, "Margaret Oyelaran", "1950-01-01"), page(2, name, born, "(617) 555-0142", ink=9.0))
    assert found.fields[FieldName.DESTINATION_FAX].confidence >= 0.9 and found.signature.present is True


@pytest.mark.parametrize(
    "second",
    [
        page(2, "Margaret Oyelaran", "1950-01-01"),
        page(2, "Margaret Oyelarar", "1950-01-01"),
        page(2, "MARGARET OYELARAN", "1950-07-01"),
        page(2),
    ],
)
def test_a_page_about_the_same_patient_is_told_of_nobody(second: PageReading) -> None:
    assert read(page(1, "Margaret Oyelaran", "1950-01-01"), second).notices == ()
