"""What the check says about facts, originals and pages that are not as they should be."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from pikepdf import Pdf
from PIL import Image

from pipeline.verifying import verify
from schemas.record_set import Copy, FaultKind, ItemKind
from schemas.release import Patient
from tests.duplicating.samples import (
    Chart,
    chart_of,
    drawn,
    fine_print,
    release,
    saved,
    xray,
)
from tests.verifying.checked import Checked, found, sentences


def test_the_good_copy_passes_again_after_being_saved_by_another_program(good: Checked, tmp_path: Path) -> None:
    assert sentences(good.spoiled(tmp_path, lambda pdf: None).report()) == []


def test_facts_that_do_not_fit_the_copy_are_found(good: Checked) -> None:
    assert "missing" in dict(found(good.report(pdf_pages=good.pdf_pages + 1)))
    assert found(good.report(pdf="0" * 64)) == [("bytes_differ", None)]
    assert found(good.report(pages=good.pages[:-1])) == [("missing", None)]
    assert found(good.report(pages=(*good.pages, good.pages[0]))) == [("repeated", None)]


def test_a_copy_that_is_no_pdf_is_a_fault_and_no_crash(good: Checked, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 but not really")
    broken = Checked(good.chart, tmp_path / "broken.pdf", good.pdf_pages, good.front_pages, good.pages)
    assert found(broken.report()) == [("unreadable", None)]


def test_an_original_that_changed_is_found(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "notes.pdf", "xray.jpg")
    checked = Checked.made(chart, tmp_path / "copy.pdf")
    chart.original(chart.items[1].sha256).write_bytes(saved(xray(seed=5), "JPEG", quality=92))
    kinds = {fault.kind for fault in checked.report().faults}
    assert kinds == {FaultKind.BYTES_DIFFER, FaultKind.DIFFERS}


def test_an_original_with_more_pages_than_listed_is_found(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "notes.pdf")
    checked = Checked.made(chart, tmp_path / "copy.pdf")
    chart.items[0] = chart.items[0].model_copy(update={"pages": 2})
    assert "notes.pdf has 3 pages, but 2 were listed when it was gathered." in sentences(checked.report())


def test_a_release_for_somebody_else_fails_on_every_page(good: Checked) -> None:
    other = Patient(patient_id="7", first_name="Walter", last_name="Kovacs", date_of_birth=date(1960, 1, 2))
    report = good.report(release(patient=other))
    assert found(report)[0] == ("other_patient", None)
    assert [page for kind, page in found(report) if kind == "unlabelled"] == list(range(1, good.pdf_pages + 1))


def test_a_blank_back_is_a_notice_and_a_blank_x_ray_a_fault(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    chart = Chart(tmp_path / "chart", [])
    white = saved(Image.new("1", (1700, 2200), 1), "TIFF", compression="group4", dpi=(200, 200))
    chart.add("back.tif", white, kind=ItemKind.CONSENT)
    chart.add("bitewing.png", saved(Image.new("L", (900, 600), 12), "PNG"), kind=ItemKind.XRAY_BITEWING)
    report = Checked.made(chart, tmp_path / "copy.pdf").report()
    assert report.notices == ("back.tif is blank in the chart too.",)
    assert sentences(report) == ["bitewing.png shows nothing: it is of one colour in the chart itself."]


def page_saying(*lines: str) -> bytes:
    return drawn(lambda canvas: [canvas.drawString(72, 700 - 20 * n, line) for n, line in enumerate(lines)])


def test_a_page_that_labels_another_patient_is_found(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    chart = Chart(tmp_path / "chart", [])
    chart.add("perio.pdf", page_saying("Patient: Walter Kovacs   DOB: 01/02/1960", "Pocket depths"))
    chart.add("eob.pdf", page_saying("Patient: Anh Nguyen  DOB: 03/04/1985", "Subscriber: Walter Kovacs DOB: 01/02/1960"))
    whose = release(first="Anh", last="Nguyen")
    report = Checked.made(chart, tmp_path / "copy.pdf", whose).report(whose)
    assert [(fault.kind, fault.item) for fault in report.faults] == [(FaultKind.OTHER_PATIENT, 1)]


def test_a_printed_page_number_that_is_missing_is_found(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    chart = Chart(tmp_path / "chart", [])

    def draw(canvas: object) -> None:
        for number in (1, 2, 4, 5):
            canvas.drawString(72, 700, f"Lab report {number}")  # type: ignore[attr-defined]
            canvas.drawString(72, 40, f"Page {number} of 5")  # type: ignore[attr-defined]
            canvas.showPage()  # type: ignore[attr-defined]

    chart.add("lab.pdf", drawn(draw), pages=4)
    report = Checked.made(chart, tmp_path / "copy.pdf").report()
    assert [(fault.kind, fault.page) for fault in report.faults] == [(FaultKind.NUMBERING_GAP, 2)]
    assert "page 3 of 5 is not there" in report.faults[0].sentence


def test_one_lost_dot_in_fine_print_is_found(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "fine-print.png")
    checked = Checked.made(chart, tmp_path / "copy.pdf")
    page = fine_print("1")
    row, column = next((y, x) for y in range(100, 400) for x in range(100, 900) if page.getpixel((x, y)) == 0)
    page.paste(1, (column, row, column + 4, row + 4))

    def spoil(pdf: Pdf) -> None:
        (picture,) = pdf.pages[1].get_images().values()
        picture.write(page.tobytes())

    assert found(checked.spoiled(tmp_path, spoil).report()) == [("differs", 2)]


def test_a_picture_larger_than_one_look_is_compared_to_its_last_row(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    chart = Chart(tmp_path / "chart", [])
    large = xray(2600, 2000)
    chart.add("large.png", saved(large, "PNG", compress_level=1))
    checked = Checked.made(chart, tmp_path / "copy.pdf")
    assert sentences(checked.report()) == []
    large.paste(255, (2590, 1990, 2600, 2000))

    def spoil(pdf: Pdf) -> None:
        (picture,) = pdf.pages[1].get_images().values()
        picture.write(large.tobytes())

    assert found(checked.spoiled(tmp_path, spoil).report()) == [("differs", 2)]


def test_progress_counts_every_page(good: Checked) -> None:
    told: list[tuple[int, int]] = []
    data = good.path.read_bytes()
    copied = Copy(
        pdf=hashlib.sha256(data).hexdigest(),
        pdf_size_bytes=len(data),
        pdf_pages=good.pdf_pages,
        front_pages=good.front_pages,
        pages=good.pages,
    )
    verify(
        release(),
        good.chart.manifest,
        copied,
        good.path,
        good.chart.original,
        good.keep,
        progress=lambda done, of: told.append((done, of)),
    )
    assert told == [(n, 11) for n in range(1, 12)]
