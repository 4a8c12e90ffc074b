"""Pages cut out of a scan: all of each page, nothing of the others, and the same bytes every time."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops
from reportlab.pdfgen.canvas import Canvas

from pipeline.documents import Limits, Refused, cutting, open_document
from pipeline.documents.cutting import CannotCut, cut
from tests.documents import papers

PDF, TIFF = "application/pdf", "image/tiff"


def forms(folder: Path) -> Path:
    """Two filled forms in one file."""
    path = folder / "forms.pdf"
    canvas = Canvas(str(path))
    for number in (1, 2):
        canvas.drawString(72, 700, f"Release form {number}")
        canvas.acroForm.textfield(name=f"patient{number}", value=f"Somebody{number}", x=72, y=600, width=200, height=20)
        canvas.showPage()
    canvas.save()
    return path


def test_each_part_has_its_pages_in_their_order_and_no_other(tmp_path: Path) -> None:
    scan = papers.pdf(tmp_path, pages=4)
    made = cut(scan, PDF, [(1, 3), (2,), (4,)], Limits())
    with open_document(scan, PDF) as whole:
        for data, pages in zip(made, [(1, 3), (2,), (4,)], strict=True):
            part = tmp_path / "part.pdf"
            part.write_bytes(data)
            with open_document(part, PDF) as opened:
                assert opened.page_count == len(pages)
                for number, page in enumerate(pages, start=1):
                    assert opened.words(number) == whole.words(page)
                    assert ImageChops.difference(opened.image(number, 72), whole.image(page, 72)).getbbox() is None


def test_what_was_scanned_is_taken_over_byte_for_byte(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    papers.sheet(text="one").save(scan, save_all=True, append_images=[papers.sheet(text="two")], quality=61)
    [part] = cut(scan, PDF, [(2,)], Limits())
    assert pictures(scan.read_bytes())[1:] == pictures(part)


def pictures(data: bytes) -> list[str]:
    """The hash of each picture as it lies in the file, still coded."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [hashlib.sha256(image.read_raw_bytes()).hexdigest() for page in pdf.pages for image in page.get_images().values()]


def test_pictures_that_every_page_lists_stay_behind(tmp_path: Path) -> None:
    """Some scanners write one list of all pictures, and name it under each page."""
    scan = tmp_path / "shared.pdf"
    papers.sheet(text="one").save(scan, save_all=True, append_images=[papers.sheet(text="two")])
    with pikepdf.open(scan, allow_overwriting_input=True) as pdf:
        first, second = pdf.pages
        every = pikepdf.Dictionary(
            {"/one": next(iter(first.get_images().values())), "/two": next(iter(second.get_images().values()))}
        )
        for page, name in ((first, "/one"), (second, "/two")):
            page.obj.Resources = pikepdf.Dictionary(XObject=every)
            page.obj.Contents = pdf.make_stream(f"q 612 0 0 792 0 0 cm {name} Do Q".encode())
        pdf.save(scan)
    for part in cut(scan, PDF, [(1,), (2,)], Limits()):
        assert len(pictures(part)) == 1


def test_the_values_of_a_form_go_with_its_page_and_with_no_other(tmp_path: Path) -> None:
    first, second = cut(forms(tmp_path), PDF, [(1,), (2,)], Limits())
    for data, own, other in ((first, "Somebody1", b"Somebody2"), (second, "Somebody2", b"Somebody1")):
        part = tmp_path / "part.pdf"
        part.write_bytes(data)
        with open_document(part, PDF) as opened:
            assert [value.value for value in opened.form_values(1)] == [own]
        assert other not in data


@pytest.mark.parametrize(("mode", "compression"), [("1", "group4"), ("L", "tiff_lzw"), ("RGB", "jpeg")])
def test_no_pixel_of_a_fax_or_a_scan_is_lost(tmp_path: Path, mode: str, compression: str) -> None:
    scan = tmp_path / "fax.tif"
    first, *rest = [papers.sheet(text=f"page {n}").convert(mode) for n in (1, 2, 3)]
    first.save(scan, save_all=True, append_images=rest, compression=compression, dpi=(204, 196))
    made = cut(scan, TIFF, [(1, 3), (2,)], Limits())
    for data, pages in zip(made, [(1, 3), (2,)], strict=True):
        part = tmp_path / "part.tif"
        part.write_bytes(data)
        with Image.open(scan) as whole, Image.open(part) as opened:
            for number, page in enumerate(pages):
                whole.seek(page - 1)
                opened.seek(number)
                assert opened.mode == mode and opened.info["dpi"] == (204, 196)
                assert opened.tobytes() == whole.tobytes()


def test_a_page_that_lies_on_its_side_lies_so_in_its_part(tmp_path: Path) -> None:
    scan = tmp_path / "lying.tif"
    pages = [papers.sheet().convert("1").rotate(90, expand=True), papers.sheet().convert("1")]
    pages[0].save(scan, save_all=True, append_images=pages[1:], compression="group4", tiffinfo={274: 6}, dpi=(204, 98))
    [part, _] = cut(scan, TIFF, [(1,), (2,)], Limits())
    (tmp_path / "part.tif").write_bytes(part)
    with open_document(scan, TIFF) as whole, open_document(tmp_path / "part.tif", TIFF) as opened:
        assert opened.image(1).size == whole.image(1).size


@pytest.mark.parametrize("make", [papers.pdf, papers.tiff])
def test_the_same_cut_gives_the_same_bytes(tmp_path: Path, make) -> None:
    scan = make(tmp_path, 3)
    kind = PDF if scan.suffix == ".pdf" else TIFF
    assert cut(scan, kind, [(1,), (2, 3)], Limits()) == cut(scan, kind, [(1,), (2, 3)], Limits())


def test_what_has_no_pages_to_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotCut, match="Only a PDF or a TIFF"):
        cut(papers.saved(tmp_path, papers.mail()), "message/rfc822", [(1,), (2,)], Limits())


def test_a_page_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotCut, match="has 2 pages"):
        cut(papers.pdf(tmp_path, pages=2), PDF, [(1,), (3,)], Limits())


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        cut(papers.locked_pdf(tmp_path, user="secret", owner="secret"), PDF, [(1,), (2,)], Limits())


def test_a_part_that_does_not_look_like_its_page_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = papers.pdf(tmp_path, pages=2)
    right = cutting._cut_pdf
    monkeypatch.setattr(cutting, "_cut_pdf", lambda scan, pages: right(scan, [3 - page for page in pages]))
    with pytest.raises(CannotCut, match="unharmed"):
        cut(scan, PDF, [(1,), (2,)], Limits())
