"""Each way to spoil a copy is found."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Pdf
from PIL import Image

from schemas.record_set import FaultKind
from tests.duplicating.samples import (
    Chart,
    notes,
    release,
    saved,
)
from tests.verifying.checked import Checked, found, sentences

# Where the pages stand in the copy that the spoilers work on. Page 1 is the cover sheet.
NOTES_1, NOTES_2, NOTES_3, XRAY, FAX_1, FAX_2, MARKED, PHOTO, FORM, SCAN = 2, 3, 4, 5, 6, 7, 9, 10, 11, 12
PAGES = 12


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
