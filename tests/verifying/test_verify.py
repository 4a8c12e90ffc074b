"""The check of a copy: a faithful copy of any format passes, and each way to spoil one is found."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Pdf
from PIL import Image

from pipeline.duplicating import make_pdf
from pipeline.verifying import verify
from schemas.record_set import CompletenessReport, CopiedPage, Copy, FaultKind, ItemKind
from schemas.release import Patient, Release
from tests.duplicating.samples import (
    MADE_AT,
    ORIGINALS,
    PRACTICE,
    REQUEST_ID,
    Chart,
    chart_of,
    drawn,
    fine_print,
    notes,
    photo,
    release,
    saved,
    xray,
)


@dataclass
class Checked:
    """A chart and its copy, to be spoiled and checked."""

    chart: Chart
    path: Path
    pdf_pages: int = 0
    front_pages: int = 0
    pages: tuple[CopiedPage, ...] = ()
    pictures: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def made(cls, chart: Chart, path: Path, for_release: Release | None = None) -> Checked:
        made = make_pdf(
            for_release or release(), chart.manifest, PRACTICE, chart.original, path, made_at=MADE_AT, request_id=REQUEST_ID
        )
        return cls(chart, path, made.pdf_pages, made.front_pages, made.pages)

    def spoiled(self, folder: Path, spoil: Callable[[Pdf], None]) -> Checked:
        """The same copy after something happened to it; the facts name the spoiled file, so its hash tells nothing."""
        path = folder / "spoiled.pdf"
        with pikepdf.open(self.path) as pdf:
            spoil(pdf)
            pdf.save(path)
        return Checked(self.chart, path, self.pdf_pages, self.front_pages, self.pages)

    def report(self, for_release: Release | None = None, **facts: object) -> CompletenessReport:
        data = self.path.read_bytes()
        copied = Copy.model_validate(
            {
                "pdf": hashlib.sha256(data).hexdigest(),
                "pdf_size_bytes": len(data),
                "pdf_pages": self.pdf_pages,
                "front_pages": self.front_pages,
                "pages": self.pages,
                **facts,
            }
        )
        return verify(for_release or release(), self.chart.manifest, copied, self.path, self.chart.original, self.keep)

    def keep(self, png: bytes) -> str:
        sha256 = hashlib.sha256(png).hexdigest()
        self.pictures[sha256] = png
        return sha256


def found(report: CompletenessReport) -> list[tuple[str, int | None]]:
    """Kind and page of the copy of each fault."""
    return [(fault.kind.value, fault.copy_page) for fault in report.faults]


def sentences(report: CompletenessReport) -> list[str]:
    return [fault.sentence for fault in report.faults]


@pytest.mark.parametrize("half", [0, 1])
def test_a_faithful_copy_of_every_format_passes(tmp_path: Path, half: int) -> None:
    chart = chart_of(tmp_path / "chart", *list(ORIGINALS)[half::2])
    report = Checked.made(chart, tmp_path / "copy.pdf").report()
    assert sentences(report) == []
    assert report.pages_checked == chart.manifest.pages
    assert report.items_checked == len(chart.items)
    assert report.notices == ()


# Where the pages stand in the copy that the spoilers work on. Page 1 is the cover sheet.
NOTES_1, NOTES_2, NOTES_3, XRAY, FAX_1, FAX_2, MARKED, PHOTO, FORM, SCAN = 2, 3, 4, 5, 6, 7, 9, 10, 11, 12
PAGES = 12


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("good")
    chart = chart_of(folder / "chart", "notes.pdf", "xray.jpg", "fax.tif", "annotated.pdf", "photo.png", "form.pdf", "scan.pdf")
    checked = Checked.made(chart, folder / "copy.pdf")
    assert checked.pdf_pages == PAGES
    return checked


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy made for another release, with other notes and one changed digit."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "chart").mkdir()
    chart = Chart(folder / "chart", [])
    chart.add("notes.pdf", notes(seed=7), pages=3)
    chart.add("fee.pdf", notes(fee="143.00"), pages=3)
    return Checked.made(chart, folder / "copy.pdf", release(first="Walter", last="Kovacs")).path


def original(pdf: Pdf, page: int) -> pikepdf.Object:
    """The drawing of the original on a copied page."""
    return pdf.pages[page - 1].obj.Resources.XObject.Original


def drawn_anew(pdf: Pdf, page: int, before: bytes, after: bytes = b"") -> None:
    """Changes the drawing of a copied page, its label aside."""
    form = original(pdf, page)
    form.write(before + b" " + form.read_bytes() + b" " + after)


def swapped(pdf: Pdf, one: int, other: int, whole: bool) -> None:
    """Swaps two pages, or only what they show."""
    if whole:
        first, second = pdf.pages[one - 1].obj, pdf.pages[other - 1].obj
        pdf.pages[one - 1], pdf.pages[other - 1] = pikepdf.Page(second), pikepdf.Page(first)
    else:
        a, b = pdf.pages[one - 1].obj.Resources.XObject, pdf.pages[other - 1].obj.Resources.XObject
        a.Original, b.Original = b.Original, a.Original


def recompressed(pdf: Pdf, page: int, quality: int) -> None:
    """Codes a page's picture anew, as JPEG of a lower quality."""
    (picture,) = pdf.pages[page - 1].get_images().values()
    image = pikepdf.PdfImage(picture).as_pil_image()
    space = Name.DeviceGray if image.mode == "L" else Name.DeviceRGB
    for key in ("/DecodeParms", "/Decode"):
        if key in picture:
            del picture[key]
    picture.ColorSpace, picture.BitsPerComponent = space, 8
    picture.write(saved(image, "JPEG", quality=quality), filter=Name.DCTDecode)


def inserted(pdf: Pdf, at: int, page: pikepdf.Page) -> None:
    pdf.pages.insert(at - 1, page)


def taken_from(pdf: Pdf, page: int, other: Path, other_page: int, whole: bool = False) -> None:
    """Puts a page of another copy, or only what it shows, in the place of a page."""
    with pikepdf.open(other) as source:
        if whole:
            pdf.pages[page - 1] = source.pages[other_page - 1]
        else:
            form = pdf.copy_foreign(source.pages[other_page - 1].obj.Resources.XObject.Original)
            pdf.pages[page - 1].obj.Resources.XObject.Original = form
        pdf.save(io.BytesIO())  # while the source is open


def hidden_label(pdf: Pdf, page: int) -> None:
    pdf.pages[page - 1].contents_add(b"q 1 g 0 -36 612 36 re f Q", prepend=False)


def relabelled(pdf: Pdf, page: int, other: Path, other_page: int) -> None:
    with pikepdf.open(other) as source:
        label = pdf.copy_foreign(source.pages[other_page - 1].obj.Resources.XObject.Label)
        pdf.pages[page - 1].obj.Resources.XObject.Label = label
        pdf.save(io.BytesIO())


def without_a_note(pdf: Pdf, number: int) -> None:
    notes_on_page = pdf.pages[MARKED - 1].obj.Annots
    del notes_on_page[number]


def damaged(pdf: Pdf, page: int) -> None:
    """The page is no page any more."""
    pdf.pages[page - 1].obj.Resources.XObject.Original = Dictionary()


def taken_from_front(pdf: Pdf, other: Path) -> None:
    with pikepdf.open(other) as source:
        pdf.pages[0] = source.pages[0]
        pdf.save(io.BytesIO())


SHIFTED = b"1 0 0 1 30.6 0 cm"
SPOILERS: dict[str, tuple[Callable[[Pdf, Path], None], list[tuple[str, int | None]]]] = {
    "a page is dropped": (lambda pdf, _: pdf.pages.__delitem__(NOTES_2 - 1), [("missing", None), ("missing", None)]),
    "the last page is dropped": (lambda pdf, _: pdf.pages.__delitem__(SCAN - 1), [("missing", None), ("missing", None)]),
    "a page is there twice": (
        lambda pdf, _: inserted(pdf, NOTES_3, pdf.pages[NOTES_2 - 1]),
        [("repeated", NOTES_3), ("repeated", None)],
    ),
    "a page is there in place of another": (
        lambda pdf, _: pdf.pages.__setitem__(NOTES_3 - 1, pdf.pages[NOTES_1 - 1]),
        [("missing", None), ("repeated", NOTES_3)],
    ),
    "two pages are swapped": (
        lambda pdf, _: swapped(pdf, NOTES_1, FAX_1, whole=True),
        [("differs", FAX_1), ("differs", NOTES_1)],
    ),
    "the drawings of two pages are swapped": (
        lambda pdf, _: swapped(pdf, NOTES_1, NOTES_3, whole=False),
        [("differs", NOTES_3), ("differs", NOTES_1)],
    ),
    "a page is blank": (lambda pdf, _: original(pdf, NOTES_2).write(b""), [("blank", NOTES_2)]),
    "an x-ray is blank": (lambda pdf, _: original(pdf, XRAY).write(b""), [("differs", XRAY)]),
    "a page is shifted": (lambda pdf, _: drawn_anew(pdf, NOTES_2, SHIFTED), [("differs", NOTES_2)]),
    "an x-ray is shifted out of the page": (lambda pdf, _: drawn_anew(pdf, XRAY, b"1 0 0 1 80 0 cm"), [("differs", XRAY)]),
    "a scan is shifted": (lambda pdf, _: drawn_anew(pdf, FAX_1, SHIFTED), [("differs", FAX_1)]),
    "a corner is cut": (lambda pdf, _: drawn_anew(pdf, NOTES_2, b"q", b"Q 1 g 40 30 60 20 re f"), [("differs", NOTES_2)]),
    "a corner of an x-ray is cut": (
        lambda pdf, _: drawn_anew(pdf, XRAY, b"q", b"Q 1 g 690 80 60 60 re f"),
        [("differs", XRAY)],
    ),
    "one digit is another": (lambda pdf, other: taken_from(pdf, NOTES_2, other, 6), [("differs", NOTES_2)]),
    "a scan is half a point off": (lambda pdf, _: drawn_anew(pdf, FAX_2, b"1 0 0 1 0.5 0.5 cm"), [("differs", FAX_2)]),
    "an x-ray is coded anew": (lambda pdf, _: recompressed(pdf, XRAY, 20), [("differs", XRAY)]),
    "a photo is coded anew": (lambda pdf, _: recompressed(pdf, PHOTO, 20), [("differs", PHOTO)]),
    "a scan in a PDF is coded anew": (lambda pdf, _: recompressed(pdf, SCAN, 20), [("differs", SCAN)]),
    "a page is upside down": (lambda pdf, _: drawn_anew(pdf, NOTES_2, b"-1 0 0 -1 612 792 cm"), [("differs", NOTES_2)]),
    "an x-ray is upside down": (lambda pdf, _: drawn_anew(pdf, XRAY, b"-1 0 0 -1 792 576 cm"), [("differs", XRAY)]),
    "an x-ray is mirrored": (lambda pdf, _: drawn_anew(pdf, XRAY, b"-1 0 0 1 792 0 cm"), [("differs", XRAY)]),
    "a photo is stretched": (lambda pdf, _: drawn_anew(pdf, PHOTO, b"1 0 0 .8 0 0 cm"), [("differs", PHOTO)]),
    "a page is reduced": (lambda pdf, _: drawn_anew(pdf, NOTES_2, b".9 0 0 .9 0 0 cm"), [("differs", NOTES_2)]),
    "a highlight is lost": (lambda pdf, _: without_a_note(pdf, 0), [("differs", MARKED)]),
    "a drawn mark is lost": (lambda pdf, _: without_a_note(pdf, 1), [("differs", MARKED)]),
    "the drawing of a page is lost": (lambda pdf, _: damaged(pdf, NOTES_2), [("blank", NOTES_2)]),
    "a page of another patient": (
        lambda pdf, other: taken_from(pdf, NOTES_2, other, 3, whole=True),
        [("differs", NOTES_2), ("unlabelled", NOTES_2)],
    ),
    "the label of another patient": (lambda pdf, other: relabelled(pdf, XRAY, other, 5), [("unlabelled", XRAY)]),
    "the label of another page": (
        lambda pdf, _: pdf.pages[XRAY - 1].obj.Resources.XObject.__setattr__(
            "Label", pdf.pages[PHOTO - 1].obj.Resources.XObject.Label
        ),
        [("unlabelled", XRAY)],
    ),
    "a label is covered": (lambda pdf, _: hidden_label(pdf, NOTES_2), [("unlabelled", NOTES_2)]),
    "the cover sheet of another release": (
        taken_from_front,
        [("unlabelled", 1)],
    ),
}


@pytest.mark.parametrize("how", SPOILERS)
def test_a_spoiled_copy_is_found(good: Checked, stranger: Path, tmp_path: Path, how: str) -> None:
    spoil, expected = SPOILERS[how]
    spoiled = good.spoiled(tmp_path, lambda pdf: spoil(pdf, stranger))
    report = spoiled.report()
    assert sorted(found(report), key=str) == sorted(expected, key=str), sentences(report)
    for fault in report.faults:
        if fault.kind in {FaultKind.DIFFERS, FaultKind.BLANK}:
            picture = Image.open(io.BytesIO(spoiled.pictures[str(fault.picture)]))
            assert picture.width > picture.height / 2
    assert report.pages_checked == good.chart.manifest.pages


def test_the_good_copy_passes_again_after_being_saved_by_another_program(good: Checked, tmp_path: Path) -> None:
    assert sentences(good.spoiled(tmp_path, lambda pdf: None).report()) == []


def test_facts_that_do_not_fit_the_copy_are_found(good: Checked) -> None:
    assert "missing" in dict(found(good.report(pdf_pages=PAGES + 1)))
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
    assert [page for kind, page in found(report) if kind == "unlabelled"] == list(range(1, PAGES + 1))


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
    page.paste(1, (column, row, column + 3, row + 3))

    def spoil(pdf: Pdf) -> None:
        (picture,) = pdf.pages[1].get_images().values()
        picture.write(page.tobytes())

    assert found(checked.spoiled(tmp_path, spoil).report()) == [("differs", 2)]


def test_a_picture_larger_than_one_look_is_compared_to_its_last_row(tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    chart = Chart(tmp_path / "chart", [])
    large = photo(4000, 3000)
    chart.add("large.png", saved(large, "PNG", compress_level=1))
    checked = Checked.made(chart, tmp_path / "copy.pdf")
    assert sentences(checked.report()) == []
    large.paste((0, 0, 0), (3990, 2990, 4000, 3000))

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
