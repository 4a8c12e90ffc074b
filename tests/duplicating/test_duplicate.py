"""The labelled PDF: whole, labelled, lossless, and without anything that acts."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pdfplumber
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.duplicating import PdfMade, make_pdf
from pipeline.errors import NeedsPerson
from schemas.record_set import ItemKind, Withheld
from schemas.release import HoldReason, Release
from tests.duplicating.samples import (
    MADE_AT,
    ORIGINALS,
    PRACTICE,
    REQUEST_ID,
    Chart,
    chart_of,
    edited,
    filled_form,
    locked,
    notes,
    photo,
    release,
    saved,
    xray,
)


def make(chart: Chart, out: Path, for_release: Release | None = None) -> PdfMade:
    return make_pdf(
        for_release or release(), chart.manifest, PRACTICE, chart.original, out, made_at=MADE_AT, request_id=REQUEST_ID
    )


def texts(path: Path, pages: int) -> list[str]:
    """The words of the first pages."""
    with pdfplumber.open(path) as pdf:
        return [page.extract_text() for page in pdf.pages[:pages]]


class Placed(NamedTuple):
    """A picture as it is in the PDF."""

    filter: str
    bits: int
    raw: bytes
    samples: bytes


def pictures(path: Path) -> list[Placed]:
    """Every picture of a PDF, in the order of its pages."""
    found = []
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            for picture in page.get_images().values():
                kind = str(picture.Filter)
                samples = picture.read_bytes() if kind == "/FlateDecode" else b""
                found.append(Placed(kind, int(picture.get("/BitsPerComponent", 1)), picture.read_raw_bytes(), samples))
    return found


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Chart, PdfMade, Path]:
    """A copy of every kind of original."""
    folder = tmp_path_factory.mktemp("set")
    chart = chart_of(folder / "chart", *ORIGINALS)
    return chart, make(chart, folder / "copy.pdf"), folder / "copy.pdf"


def test_every_page_of_every_original_has_its_place_after_the_front(everything: tuple[Chart, PdfMade, Path]) -> None:
    chart, made, path = everything
    expected = [(item.number, page) for item in chart.items for page in range(1, item.pages + 1)]
    assert [(page.item, page.page) for page in made.pages] == expected
    assert [page.copy_page for page in made.pages] == list(range(made.front_pages + 1, made.pdf_pages + 1))
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == made.pdf_pages


def test_every_page_says_whose_it_is_and_which_of_how_many(everything: tuple[Chart, PdfMade, Path]) -> None:
    _, made, path = everything
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)  # pdfplumber gives sideways pages letter by letter
    for number in range(made.pdf_pages):
        text = pdf[number].get_textpage().get_text_range()
        for part in ("Thị Ánh Nguyễn-O’Brien", "Born 03/04/1985", "Requested 11/02/2026"):
            assert part in text, number
        assert re.search(rf"page {number + 1} of {made.pdf_pages}\b", text), number
    pdf.close()


def test_pages_keep_their_size_and_grow_by_the_strip_only(everything: tuple[Chart, PdfMade, Path]) -> None:
    chart, made, path = everything
    places = {chart.items[page.item - 1].file: page.copy_page for page in made.pages if page.page == 1}
    with pikepdf.open(path) as pdf:

        def box(file: str) -> list[float]:
            return [float(v) for v in pdf.pages[places[file] - 1].obj.MediaBox]

        assert box("notes.pdf") == [0, -36, 612, 792]
        assert box("turned-90.pdf") == [0, 0, 648, 792]
        assert box("turned-180.pdf") == [0, 0, 612, 828]
        assert box("turned-270.pdf") == [-36, 0, 612, 792]
        assert box("cropped.pdf") == [36, 64, 500, 760]
        assert box("odd-box.pdf") == [-20.5, -66.25, 592.33, 761.9]
        assert box("narrow.pdf") == [-36, 464, 344, 760]
        assert box("fax.tif") == [0, -36, 612, 792]


@pytest.mark.parametrize("file", ["xray.jpg", "photo.jpg", "progressive.jpg", "cmyk.jpg", "exif-6.jpg", "profiled.jpg"])
def test_a_jpeg_is_in_the_copy_byte_for_byte(tmp_path: Path, file: str) -> None:
    chart = chart_of(tmp_path / "chart", file)
    make(chart, tmp_path / "copy.pdf")
    (picture,) = pictures(tmp_path / "copy.pdf")
    assert picture.filter == "/DCTDecode"
    assert picture.raw == chart.original(chart.items[0].sha256).read_bytes()


def test_group_4_pages_are_taken_over_as_they_are_coded(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "fax.tif")
    make(chart, tmp_path / "copy.pdf")
    data = chart.original(chart.items[0].sha256).read_bytes()
    found = list(pictures(tmp_path / "copy.pdf"))
    assert [picture.filter for picture in found] == ["/CCITTFaxDecode"] * 3
    assert all(picture.raw in data for picture in found)


@pytest.mark.parametrize("file", ["16bit.png", "16bit.tif", "photo.png", "lzw.tif"])
def test_lossless_pictures_keep_every_sample(tmp_path: Path, file: str) -> None:
    chart = chart_of(tmp_path / "chart", file)
    make(chart, tmp_path / "copy.pdf")
    (picture,) = pictures(tmp_path / "copy.pdf")
    with Image.open(chart.original(chart.items[0].sha256)) as image:
        samples = np.asarray(image)
    kind = ">u2" if picture.bits == 16 else "u1"
    assert np.array_equal(np.frombuffer(picture.samples, kind).reshape(samples.shape), samples)


def test_nothing_but_jpeg_originals_is_ever_coded_with_loss(everything: tuple[Chart, PdfMade, Path]) -> None:
    chart, _, path = everything
    jpegs = [chart.original(i.sha256).read_bytes() for i in chart.items if i.file.endswith(".jpg")]
    with pikepdf.open(chart.original(next(i.sha256 for i in chart.items if i.file == "scan.pdf"))) as scan:
        jpegs.append(next(iter(scan.pages[0].get_images().values())).read_raw_bytes())
    for picture in pictures(path):
        assert picture.filter in {"/DCTDecode", "/FlateDecode", "/CCITTFaxDecode"}
        assert picture.filter != "/DCTDecode" or picture.raw in jpegs


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "notes.pdf", "form.pdf", "layers.pdf", "photo.jpg", "alpha.png", "fax.tif")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        make(chart, tmp_path / name / "copy.pdf")
    assert (tmp_path / "first" / "copy.pdf").read_bytes() == (tmp_path / "second" / "copy.pdf").read_bytes()


def test_the_copy_carries_nothing_that_acts(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "active.pdf", "annotated.pdf", "form.pdf")
    make(chart, tmp_path / "copy.pdf")
    with pikepdf.open(tmp_path / "copy.pdf") as pdf:
        assert "/OpenAction" not in pdf.Root
        assert "/AcroForm" not in pdf.Root
        assert not pdf.attachments
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert not {"/JS", "/AA", "/URI", "/EF", "/A"} & set(thing.keys())


def test_a_layer_that_is_off_stays_off_also_in_a_long_set(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "layers.pdf", *["narrow.pdf"] * 45, "layers.pdf")
    make(chart, tmp_path / "copy.pdf")
    with pikepdf.open(tmp_path / "copy.pdf") as pdf:
        off = [str(layer.Name) for layer in pdf.Root.OCProperties.D.OFF]
        assert off == ["hidden", "hidden"]
        page = pdf.pages[-1].obj.Resources.XObject.Original
        assert page.Resources.Properties.Hidden.objgen == pdf.Root.OCProperties.D.OFF[1].objgen


def test_the_cover_sheet_says_from_whom_about_whom_to_whom_why_and_what(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "notes.pdf")
    chart.add("pano.png", saved(xray(), "PNG"), kind=ItemKind.XRAY_PANO, teeth="1-32", description="Before the extraction")
    chart.add("cbct.zip", b"volume", pages=0, kind=ItemKind.CBCT)
    chart.withheld = (
        Withheld(
            file="ledger.pdf", kind=ItemKind.LEDGER, date=date(2026, 1, 2), pages=4, why="Only clinical records were asked for."
        ),
    )
    made = make(chart, tmp_path / "copy.pdf")
    assert made.front_pages == 1
    cover = " ".join(texts(tmp_path / "copy.pdf", 1)[0].split())
    for part in (
        "Harbor Lane Dental",
        "(207) 555-0142",
        "Thị Ánh Nguyễn-O’Brien",
        "Born March 4, 1985",
        "November 2, 2026, number R-000123",
        "Bayside Family Dentistry",
        "Attention: Dr. Łukasz Ñuñez",
        "200 Commercial Street, Suite 3",
        "signed an authorization",
        "Panoramic x-ray Before the extraction 06/01/2024 1-32 1 5",
        "3-D scan (CBCT) 06/01/2024 – file only",
        "1 record enclosed as a file only",
        "Account ledger 01/02/2026 Only clinical records were asked for",
        "5 pages with this cover sheet",
        "by mistake",
        "Records, extension 4",
    ):
        assert part in cover, part


def test_a_long_list_gets_contents_pages_and_the_cover_a_line_for_each_kind(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart")
    page = notes(1)
    for number in range(90):
        kind = ItemKind.NOTES if number < 60 else ItemKind.INSURANCE
        chart.add(f"{number}.pdf", page, kind=kind, description=f"Sheet {number}")
    made = make(chart, tmp_path / "copy.pdf")
    assert made.front_pages == 4
    front = texts(tmp_path / "copy.pdf", 4)
    assert "Treatment notes 60 06/01/2024 60 5" in front[0]
    assert "Insurance papers 30 06/01/2024 30 65" in front[0]
    assert all(f"Sheet {number} " in "".join(front[1:]) for number in range(90))


def test_bookmarks_and_links_lead_to_the_records(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart")
    chart.add("n.pdf", notes(3), pages=3, kind=ItemKind.NOTES, description="Progress notes")
    chart.add("a.jpg", saved(photo(), "JPEG"), kind=ItemKind.PHOTO, description="Smile")
    chart.add("b.jpg", saved(photo(seed=9), "JPEG"), kind=ItemKind.PHOTO, teeth="8, 9")
    make(chart, tmp_path / "copy.pdf")
    with pikepdf.open(tmp_path / "copy.pdf") as pdf, pdf.open_outline() as outline:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}

        def lead(entry: pikepdf.OutlineItem) -> int:
            return numbers[entry.destination[0].objgen]

        assert [(entry.title, lead(entry)) for entry in outline.root] == [
            ("Cover sheet", 1),
            ("Treatment notes", 2),
            ("Photographs", 5),
        ]
        assert [(child.title, lead(child)) for child in outline.root[2].children] == [
            ("06/01/2024 · Smile", 5),
            ("06/01/2024 · teeth 8, 9", 6),
        ]
        assert [numbers[link.Dest[0].objgen] for link in pdf.pages[0].obj.Annots] == [2, 5, 6]


def without_a_look(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj.Annots[0]["/AP"]


UNREADABLE = {
    "a JPEG that was cut short": (lambda: saved(photo(), "JPEG")[:9000], 1),
    "a TIFF that was cut short": (lambda: ORIGINALS["fax.tif"][0]()[:20_000], 3),
    "a PNG with a damaged row": (lambda: saved(photo(), "PNG")[:-5000] + bytes(5000), 1),
    "a text file": (lambda: b"not a picture at all", 1),
    "a PDF without its pages": (lambda: b"%PDF-1.7\n" + notes()[2000:2600], 3),
    "a PDF that is locked": (lambda: locked("secret"), 1),
    "a PDF with fewer pages than counted": (lambda: notes(2), 3),
    "a form whose answers only some programs show": (lambda: edited(filled_form(), without_a_look), 1),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_copied_whole_is_put_to_a_person(tmp_path: Path, what: str) -> None:
    maker, pages = UNREADABLE[what]
    chart = chart_of(tmp_path / "chart", "notes.pdf")
    chart.add("broken.bin", maker(), pages=pages)
    with pytest.raises(NeedsPerson) as held:
        make(chart, tmp_path / "copy.pdf")
    (finding,) = held.value.findings
    assert finding.reason is HoldReason.ORIGINAL_UNREADABLE
    assert finding.sentence.startswith("broken.bin in the chart cannot be copied: ")
    assert [entry.name for entry in tmp_path.iterdir()] == ["chart"]


def test_progress_counts_the_pages(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart", "notes.pdf", "photo.jpg")
    told: list[tuple[int, int]] = []
    make_pdf(
        release(),
        chart.manifest,
        PRACTICE,
        chart.original,
        tmp_path / "copy.pdf",
        made_at=MADE_AT,
        request_id=REQUEST_ID,
        progress=lambda done, of: told.append((done, of)),
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


NAMES = [
    "Nguyễn Thị Ánh",
    "Łukasz Żółć",
    "Seán Ó’Brien",
    "Δήμητρα",
    "Дмитрий Щукин",
    "王小明",
    "山田はなこ",
    "김철수",
    "שלום",
    "X" * 120,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_prints_and_can_be_read_back(tmp_path: Path, name: str) -> None:
    import pypdfium2

    chart = chart_of(tmp_path / "chart", "narrow.pdf")
    make(chart, tmp_path / "copy.pdf", release(first=name, last="Smith"))
    pdf = pypdfium2.PdfDocument(tmp_path / "copy.pdf")
    letters = "".join(pdf[1].get_textpage().get_text_range().split())
    pdf.close()
    wanted = "".join(name.split())
    assert wanted in letters or wanted[::-1] in letters


@given(name=st.text(min_size=1, max_size=60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_stops_the_copy(tmp_path: Path, name: str) -> None:
    chart = chart_of(tmp_path / "chart", "narrow.pdf")
    assert make(chart, tmp_path / "copy.pdf", release(first=name, last=name)).pdf_pages == 2


def test_an_empty_set_is_a_cover_sheet_alone(tmp_path: Path) -> None:
    chart = chart_of(tmp_path / "chart")
    made = make(chart, tmp_path / "copy.pdf")
    assert (made.pdf_pages, made.front_pages, made.pages) == (1, 1, ())
    assert pikepdf.open(io.BytesIO((tmp_path / "copy.pdf").read_bytes())).docinfo.Title == "Copy of dental records"
