from __future__ import annotations

import threading
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pipeline.documents import FormKind, Limits, RefusalReason, Refused, inspect, open_document
from schemas.base import Box
from tests.documents import papers

PDF = "application/pdf"


def test_a_page_is_drawn_at_the_resolution_asked_for(tmp_path: Path) -> None:
    with open_document(papers.pdf(tmp_path), PDF) as document:
        page = document.image(2, dpi=100)
    assert document.page_count == 2
    assert (page.mode, page.size) == ("RGB", (850, 1100))
    assert page.info["dpi"] == (100, 100)
    assert papers.corner_is_black(page)


def test_words_come_line_by_line_with_their_places(tmp_path: Path) -> None:
    with open_document(papers.pdf(tmp_path), PDF) as document:
        words = document.words(2)
    assert [(w.text, w.line) for w in words] == [
        ("Patient", 1),
        ("name", 1),
        ("on", 1),
        ("page", 1),
        ("2", 1),
        ("second", 2),
        ("line", 2),
    ]
    first = words[0].box
    assert first.left == pytest.approx(0.5, abs=0.01)
    assert first.top < 0.5 < first.bottom + 0.01


def test_a_scan_without_a_text_layer_has_no_words(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    papers.sheet().save(path)
    with open_document(path, PDF) as document:
        assert document.words(1) == ()
        assert papers.corner_is_black(document.image(1, 60))


def test_form_values_tell_what_was_filled_in_and_ticked(tmp_path: Path) -> None:
    with open_document(papers.form_pdf(tmp_path), PDF) as document:
        patient, xrays, notes = document.form_values(1)
    assert (patient.name, patient.label, patient.value) == ("patient", "Patient name", "Ada Brook")
    assert (patient.kind, patient.checked) == (FormKind.TEXT, None)
    assert (xrays.kind, xrays.checked, xrays.label) == (FormKind.CHECKBOX, True, "X-rays")
    assert (notes.kind, notes.checked, notes.label) == (FormKind.CHECKBOX, False, "Notes")
    assert patient.box.left == pytest.approx(72 / 612, abs=0.01)
    assert patient.box.bottom == pytest.approx(1 - 600 / 792, abs=0.01)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_words_and_form_values_lie_where_the_picture_shows_ink(tmp_path: Path, degrees: int) -> None:
    with open_document(papers.rotated_pdf(tmp_path, degrees), PDF) as document:
        page = document.image(1, dpi=100)
        boxes = [document.words(1)[0].box, document.form_values(1)[0].box]
    assert page.size == ((850, 1100) if degrees % 180 == 0 else (1100, 850))
    for box in boxes:
        assert _has_ink(page, box)


def test_boxes_are_measured_on_the_cropped_page(tmp_path: Path) -> None:
    path = tmp_path / "cropped.pdf"
    with pikepdf.open(papers.form_pdf(tmp_path)) as opened:
        opened.pages[0].cropbox = [36, 380, 400, 760]
        opened.save(path)
    with open_document(path, PDF) as document:
        page = document.image(1, dpi=100)
        for box in [document.words(1)[0].box, document.form_values(1)[0].box]:
            assert _has_ink(page, box)


def test_a_pdf_with_only_an_owner_password_is_read_like_any_other(tmp_path: Path) -> None:
    path = papers.locked_pdf(tmp_path, user="", owner="secret")
    assert inspect(path, Limits()).pages == 2
    with open_document(path, PDF) as document:
        assert papers.corner_is_black(document.image(1, 60))
        assert document.words(1)[0].text == "Patient"


def test_a_pdf_that_asks_for_a_password_is_refused_as_encrypted(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        inspect(papers.locked_pdf(tmp_path, user="secret", owner="secret"), Limits())
    assert refused.value.reason is RefusalReason.ENCRYPTED
    assert "password" in refused.value.sentence


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_pdf_that_breaks_off_is_refused_wherever_it_does(tmp_path: Path, part: float) -> None:
    path = papers.pdf(tmp_path, pages=5)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED


def test_a_pdf_for_the_web_that_breaks_off_is_refused_although_it_has_an_end_mark_near_its_head(tmp_path: Path) -> None:
    path = tmp_path / "web.pdf"
    with pikepdf.open(papers.pdf(tmp_path, pages=30)) as opened:
        opened.save(path, linearize=True)
    data = path.read_bytes()
    assert b"%%EOF" in data[: len(data) // 2]
    path.write_bytes(data[: len(data) * 3 // 4])
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED


def test_a_pdf_whose_later_addition_breaks_off_is_refused_although_the_first_part_is_whole(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path)
    path.write_bytes(path.read_bytes() + b"\n90 0 obj\n<< /Length 9000 >>\nstream\n" + b"q 1 0 0 1 0 0 cm Q\n" * 200)
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED


def test_a_pdf_padded_by_the_scanner_or_with_a_wrong_table_is_still_read(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 100_000)
    assert inspect(path, Limits()).pages == 2
    path.write_bytes(whole.replace(b"startxref\n", b"startxref\n9"))
    assert inspect(path, Limits()).pages == 2


def test_a_pdf_without_pages_is_refused_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "none.pdf"
    with pikepdf.new() as nothing:
        nothing.save(path)
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.EMPTY


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        inspect(papers.pdf(tmp_path, pages=4), Limits(max_pages=3))
    assert refused.value.reason is RefusalReason.TOO_MANY_PAGES
    assert "3 pages" in refused.value.sentence


def test_a_page_of_absurd_size_is_drawn_as_a_letter_page(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path, size=(14_400, 14_400))
    with open_document(path, PDF) as document:
        page = document.image(1, dpi=100)
    assert page.size == (1100, 1100)
    assert page.info["dpi"] == pytest.approx((100, 100))


def test_a_page_never_has_more_pixels_than_the_limit(tmp_path: Path) -> None:
    with open_document(papers.pdf(tmp_path), PDF, Limits(max_pixels=100_000)) as document:
        page = document.image(1, dpi=300)
    assert page.width * page.height <= 101_000
    assert page.info["dpi"][0] == pytest.approx(page.width / 8.5, rel=0.01)


def test_a_huge_picture_in_a_small_pdf_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    Image.new("1", (13_000, 13_000)).save(path)
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.TOO_MANY_PIXELS


def test_rubbish_that_claims_to_be_a_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"rubbish " * 500 + b"\n%%EOF")
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.NOT_A_DOCUMENT


def test_a_pdf_that_only_the_renderer_understands_has_no_words_and_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = papers.form_pdf(tmp_path).read_bytes()
    path = tmp_path / "odd.pdf"
    for place in range(0, len(whole), 97):
        path.write_bytes(whole[:place] + b"\xd6" + whole[place + 1 :])
        try:
            with open_document(path, PDF) as document:
                assert document.image(1, 30).mode == "RGB"
                document.words(1)
                document.form_values(1)
        except Refused:
            continue
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_a_name_that_is_not_utf8_opens(tmp_path: Path) -> None:
    path = tmp_path / "r\udce9sum\udce9.pdf"
    try:
        papers.pdf(tmp_path).rename(path)
    except (OSError, UnicodeError):
        pytest.skip("this file system only takes UTF-8 names")
    assert inspect(path, Limits()).pages == 2


def test_several_threads_may_draw_at_once(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path, pages=6)
    drawn: list[bool] = []

    def draw() -> None:
        with open_document(path, PDF) as document:
            drawn.extend(papers.corner_is_black(document.image(n, 40)) for n in range(1, 7))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [True] * 24


def _has_ink(page: Image.Image, box: Box) -> bool:
    cut = (box.left * page.width, box.top * page.height, box.right * page.width, box.bottom * page.height)
    darkest, _ = page.convert("L").crop(tuple(round(v) for v in cut)).getextrema()
    return darkest < 128
