"""Writing that is too small to be found on the whole page."""

from __future__ import annotations

from pathlib import Path

from pipeline.reading.reader import Reader
from schemas.reading import FieldName
from tests.reading.forms import Paper, read, scanned


def form_with_a_small_box(written: str) -> Paper:
    """A form whose box for the recipient's address leaves hardly any room behind its label."""
    paper = Paper()
    paper.write(500, 80, "AUTHORIZATION TO RELEASE RECORDS", 40)
    paper.write(120, 220, "Patient Name:").write(390, 220, "Maria Lopez").rule(380, 1000, 262)
    paper.write(1050, 220, "Date of Birth:").write(1300, 220, "03/04/1979").rule(1280, 1600, 262)
    paper.write(120, 440, "Release records to:").write(520, 440, "Baker Orthodontics").rule(500, 1300, 482)
    paper.pen.rectangle([120, 560, 660, 760], outline=30, width=3)
    paper.write(134, 580, "Mailing Address:").write(405, 572, written, 13)
    paper.write(120, 1400, "Signature of patient:").rule(480, 1080, 1442)
    return paper


def test_a_small_address_is_found_where_its_label_has_no_other_answer(reader: Reader, tmp_path: Path) -> None:
    found = read(reader, tmp_path, scanned(form_with_a_small_box("9 Mill Lane, Beverly, MA 01915")))
    assert found.value(FieldName.DESTINATION_ZIP) == "01915"
    assert found.value(FieldName.DESTINATION_STREET) == "9 Mill Lane"


def test_an_empty_box_stays_empty(reader: Reader, tmp_path: Path) -> None:
    found = read(reader, tmp_path, scanned(form_with_a_small_box("")))
    assert FieldName.DESTINATION_STREET not in found.fields
