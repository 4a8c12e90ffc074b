"""Two requests that were scanned in one go: told, and never taken for one."""

from __future__ import annotations

import pytest

from pipeline.reading.confidence import Evidence
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect
from pipeline.reading.reader import PageReading, assembled
from pipeline.reading.second_look import Weighed
from pipeline.reading.values import Value
from pipeline.release.notices import notices
from schemas.reading import FieldName, Reading
from schemas.release import HoldReason
from tests.release.cases import GOOD, noticed


def page(number: int, name: str = "", born: str = "") -> PageReading:
    """A page that says of whom it is."""
    said = {FieldName.PATIENT_NAME: name, FieldName.PATIENT_DOB: born}
    found = [FoundValue(n, Value(v), v, Rect(0, 0, 9, 9), 0.9, 1.0, printed=True) for n, v in said.items() if v]
    return PageReading(number, 100, 100, tuple(Weighed(one, 0.9, Evidence(one)) for one in found))


def read(*pages: PageReading) -> Reading:
    """The whole scan."""
    return assembled(pages, len(pages), "0" * 64, 0)


def test_a_page_about_another_patient_holds_the_scan_for_a_person() -> None:
    found = read(page(1, "Margaret Oyelaran", "1950-01-01"), page(2), page(3, "Daniel Oyelaran", "1951-02-02"))
    [notice] = found.notices
    assert notice.startswith("Page 3 is about another patient than page 1")
    [finding] = noticed(notice)(GOOD).decided().findings
    assert (finding.rule, finding.reason) == (f"notices.{notices.__name__}", HoldReason.SEVERAL_PATIENTS)


@pytest.mark.parametrize(
    "second",
    [
        page(2, "Margaret Oyelaran", "1950-01-01"),
        page(2, "Margaret Oyelarar", "1950-01-01"),
        page(2, "MARGARET OYELARAN", "1950-07-01"),
        page(2, "Dr. Susan Chen"),
        page(2, "", "2026-11-20"),
        page(2),
    ],
)
def test_a_page_about_the_same_patient_is_told_of_nobody(second: PageReading) -> None:
    assert read(page(1, "Margaret Oyelaran", "1950-01-01"), second).notices == ()
