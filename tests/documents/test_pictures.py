from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from pipeline.documents import Limits, RefusalReason, Refused, inspect, open_document
from tests.documents import papers

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", _TURNS)
@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "image/jpeg"), ("a.tif", "image/tiff"), ("a.png", "image/png")])
def test_a_picture_stored_turned_is_seen_upright(tmp_path: Path, orientation: int, name: str, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / name
    papers.sheet().transpose(_TURNS[orientation]).save(path, exif=exif, dpi=(100, 100))
    with open_document(path, kind) as document:
        page = document.image(1)
    assert page.size == (850, 1100)
    assert papers.corner_is_black(page)


def test_every_page_of_a_fax_is_there_in_order(tmp_path: Path) -> None:
    path = papers.tiff(tmp_path, pages=3)
    assert inspect(path, Limits()).pages == 3
    with open_document(path, "image/tiff") as document, Image.open(path) as stored:
        for number in (3, 1, 2):
            stored.seek(number - 1)
            assert document.image(number).tobytes() == stored.convert("L").tobytes()


def test_a_fax_with_oblong_dots_gets_square_ones(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    papers.sheet(1728, 1078).convert("1").save(path, compression="group3", dpi=(204, 98))
    with open_document(path, "image/tiff") as document:
        page = document.image(1)
    assert page.size == (1728, round(1078 * 204 / 98))
    assert page.info["dpi"] == pytest.approx((204, 204), abs=0.1)


def test_oblong_dots_stay_with_their_side_when_the_page_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "fax.jpg"
    papers.sheet(850, 550).transpose(Image.Transpose.ROTATE_90).save(path, exif=exif, dpi=(50, 100))
    with open_document(path, "image/jpeg") as document:
        assert document.image(1).size == (850, 1100)


def test_a_fine_scan_comes_at_the_resolution_asked_for_and_a_coarse_one_as_it_is(tmp_path: Path) -> None:
    fine = papers.picture(tmp_path, "fine.png", dpi=(100, 100))
    with open_document(fine, "image/png") as document:
        assert document.image(1, dpi=50).size == (425, 550)
        assert document.image(1, dpi=50).info["dpi"] == (50, 50)
        assert document.image(1, dpi=600).size == (850, 1100)
        assert document.image(1, dpi=600).info["dpi"] == pytest.approx((100, 100), abs=0.1)


def test_a_photo_without_a_believable_resolution_is_taken_for_a_letter_page(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    papers.sheet(2550, 3300).save(photo, dpi=(72, 72))  # would be paper of 35 by 46 inches
    with open_document(photo, "image/jpeg") as document:
        assert document.image(1).info["dpi"] == (300, 300)
        assert document.image(1, dpi=150).size == (1275, 1650)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_picture_comes_as_gray_or_rgb_on_white_paper(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    if mode == "I;16":
        deep = papers.sheet().convert("I").point(lambda v: v * 257)
        deep.convert("I;16").save(path)
    else:
        papers.sheet().convert(mode).save(path)
    with open_document(path, "image/png") as document:
        page = document.image(1)
    assert page.mode in ("L", "RGB")
    assert papers.corner_is_black(page)


def test_what_is_transparent_is_paper_and_not_ink(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(path)
    with open_document(path, "image/png") as document:
        assert document.image(1).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "image/jpeg"), ("a.png", "image/png"), ("a.tif", "image/tiff")])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_picture_that_breaks_off_is_refused_as_such(tmp_path: Path, name: str, kind: str, part: float) -> None:
    path = papers.picture(tmp_path, name)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED
    with pytest.raises(Refused), open_document(path, kind) as document:
        document.image(1)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("compression", ["group4", "raw", "tiff_lzw"])
def test_a_fax_that_breaks_off_on_any_page_is_refused_and_never_a_shorter_fax(
    tmp_path: Path, part: float, compression: str
) -> None:
    path = papers.tiff(tmp_path, pages=4, compression=compression)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED


def test_a_fax_cut_at_any_byte_is_refused_unless_only_padding_is_missing(tmp_path: Path) -> None:
    whole = papers.tiff(tmp_path, pages=2)
    data = whole.read_bytes()
    cut = tmp_path / "cut.tif"
    for length in range(8, len(data), 3):
        cut.write_bytes(data[:length])
        try:
            inspect(cut, Limits())
        except Refused as refused:
            assert refused.reason is RefusalReason.TRUNCATED
        else:
            assert _pages(cut) == _pages(whole)


def test_a_large_tiff_of_the_newer_kind_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "big.tif"
    papers.sheet().save(path, big_tiff=True, save_all=True, append_images=[papers.sheet()])
    assert path.read_bytes()[2:3] == b"+"
    assert inspect(path, Limits()).pages == 2
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED


def test_too_many_pages_are_refused_without_reading_them_all(tmp_path: Path) -> None:
    path = papers.tiff(tmp_path, pages=4)
    with pytest.raises(Refused) as refused:
        inspect(path, Limits(max_pages=3))
    assert refused.value.reason is RefusalReason.TOO_MANY_PAGES
    assert inspect(path, Limits(max_pages=4)).pages == 4


def test_a_chain_of_pages_that_bites_its_tail_ends(tmp_path: Path) -> None:
    path = papers.tiff(tmp_path, pages=1)
    data = bytearray(path.read_bytes())
    start = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[start : start + 2], "little")
    after = start + 2 + entries * 12
    data[after : after + 4] = data[4:8]  # the next page is this page
    path.write_bytes(data)
    assert inspect(path, Limits()).pages == 1


def test_a_small_file_with_a_huge_picture_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    Image.new("1", (20_000, 10_000)).save(bomb)
    for limits in (Limits(), Limits(max_pixels=10**12)):
        with pytest.raises(Refused) as refused:
            inspect(bomb, limits)
        assert refused.value.reason is RefusalReason.TOO_MANY_PIXELS


def test_rubbish_that_claims_to_be_a_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff" + b"rubbish" * 100)
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is RefusalReason.NOT_A_DOCUMENT


def test_a_page_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with open_document(papers.picture(tmp_path, "a.png"), "image/png") as document:
        for number in (0, 2):
            with pytest.raises(IndexError):
                document.image(number)
        assert document.words(1) == ()
        assert document.form_values(1) == ()


def test_the_picture_stays_when_the_document_is_closed(tmp_path: Path) -> None:
    with open_document(papers.picture(tmp_path, "a.png"), "image/png") as document:
        page = document.image(1)
    page.save(io.BytesIO(), "PNG")
    assert papers.corner_is_black(page)


def _pages(path: Path) -> list[bytes]:
    with open_document(path, "image/tiff") as document:
        return [document.image(number).tobytes() for number in range(1, document.page_count + 1)]
