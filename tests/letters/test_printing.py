"""Letters on paper: seen in the window of the envelope, whole on their pages, in embedded type, the same every time."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pdfplumber
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.letters import Addressee, Callee, Language, LetterKind
from pipeline.letters.envelope import FOLDS, MAY_BE_SEEN, SEEN
from pipeline.letters.pieces import MEASURE
from pipeline.letters.setting import set_lines
from pipeline.stationery.typography import in_latin
from schemas.release import HoldReason
from tests.letters.making import ANA, FIRM, PRACTICE, TWELVE, enough, fee_of, found, matter, pdf, texts

WRITTEN = [(kind, Language.EN) for kind in LetterKind] + [
    (kind, Language.ES) for kind in (LetterKind.MISSING, LetterKind.EXTENSION, LetterKind.REVOKED)
]
LONG = Addressee(
    "Maximiliana Theodora Featherstonehaugh-Cholmondeley of Upper and Lower Something",
    street="1234 A Street With a Very Long Name Indeed, Building 17, Apartment 1204 (Rear Entrance)",
    city="Winchester-on-the-Severn",
    state="MD",
    zip="21401",
)


def words(data: bytes, page: int = 0) -> list[dict[str, Any]]:
    """The words of a page with their places, in points from its top left corner."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return list(document.pages[page].extract_words())


def in_the_window(data: bytes) -> str:
    """What could come to be seen through the window."""
    seen = [
        word
        for word in words(data)
        if word["x1"] > MAY_BE_SEEN.left
        and word["x0"] < MAY_BE_SEEN.right
        and MAY_BE_SEEN.top < word["bottom"]
        and word["top"] < MAY_BE_SEEN.bottom
    ]
    return " ".join(str(word["text"]) for word in seen)


# ---- the envelope --------------------------------------------------------------------------------------------------------


def test_the_window_of_a_number_10_envelope_is_where_it_is() -> None:
    assert tuple(round(v, 1) for v in SEEN) == (63, 180, 315, 228)
    assert tuple(round(v, 1) for v in MAY_BE_SEEN) == (-9, 147, 387, 261)


@pytest.mark.parametrize(("kind", "language"), [(k, la) for k, la in WRITTEN if k is not LetterKind.CALL])
def test_the_address_and_nothing_else_shows_in_the_window(kind: LetterKind, language: Language) -> None:
    data = pdf(kind, enough(kind), language)
    assert in_the_window(data) == "Ana Whitefeather 7 Cedar Street, Apt 3 Camden, ME 04843"


def test_an_address_of_four_lines_is_seen_however_the_paper_slides() -> None:
    data = pdf(LetterKind.MISSING, enough(LetterKind.MISSING, to=FIRM))
    address = [w for w in words(data) if w["text"] in {"Hart,", "Attn:", "Quay", "04101"}]
    assert len(address) == 4
    for word in address:
        assert SEEN.left <= word["x0"]
        assert word["x1"] <= SEEN.right
        assert SEEN.top - 1 <= word["top"]
        assert word["bottom"] <= SEEN.bottom + 1


def test_a_long_address_stays_in_the_window_and_keeps_the_line_that_the_post_needs() -> None:
    data = pdf(LetterKind.MISSING, enough(LetterKind.MISSING, to=LONG))
    assert in_the_window(data).endswith("Winchester-on-the-Severn, MD 21401")
    assert max(w["x1"] for w in words(data) if SEEN.top < w["top"] < SEEN.bottom and w["x0"] < 387) <= SEEN.right


def test_nobody_known_leaves_the_window_empty() -> None:
    assert in_the_window(pdf(LetterKind.MISSING, enough(LetterKind.MISSING, to=Addressee("")))) == ""


def test_the_paper_is_marked_where_it_is_folded() -> None:
    with pdfplumber.open(io.BytesIO(pdf(LetterKind.WELCOME, enough(LetterKind.WELCOME)))) as document:
        marks = [line["top"] for line in document.pages[0].lines if line["x1"] < 30]
    assert marks == pytest.approx(FOLDS)


# ---- pages ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.CALL])
def test_an_ordinary_letter_is_one_page(kind: LetterKind) -> None:
    three = (found(HoldReason.NOT_SIGNED), found(HoldReason.NO_PATIENT), found(HoldReason.SCOPE_UNCLEAR))
    assert len(texts(pdf(kind, enough(kind, findings=three)))) == 1


@pytest.mark.parametrize("language", list(Language))
def test_twelve_points_go_over_to_a_second_page_and_none_is_cut(language: Language) -> None:
    data = pdf(LetterKind.MISSING, matter(findings=TWELVE, to=LONG), language)
    first, second = texts(data)
    assert ("page 1 of 2" if language is Language.EN else "página 1 de 2") in first
    assert "Harbor Lane Dental" in second
    everything = first + second
    assert all(f" {number} " in everything for number in range(1, 13))
    for page in (0, 1):
        body = [w for w in words(data, page) if w["bottom"] < 740]
        assert max(w["bottom"] for w in body) <= 792 - 56
        assert max(w["x1"] for w in body) <= 558.5
        assert not overlapping(words(data, page))


def overlapping(found_words: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Words that are printed over each other."""
    return [
        (a["text"], b["text"])
        for n, a in enumerate(found_words)
        for b in found_words[n + 1 :]
        if min(a["x1"], b["x1"]) - max(a["x0"], b["x0"]) > 1 and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 4
    ]


@pytest.mark.parametrize(("kind", "language"), WRITTEN)
def test_nothing_is_printed_over_anything_else(kind: LetterKind, language: Language) -> None:
    long = PRACTICE.model_copy(update={"name": "The Very Reverend Doctor Somebody’s Center for Gentle Family Dentistry, " * 3})
    for practice in (PRACTICE, long):
        data = pdf(kind, enough(kind, practice=practice), language)
        for page in range(len(texts(data))):
            assert overlapping(words(data, page)) == []


def test_a_letterhead_of_any_length_stays_above_the_window() -> None:
    long = PRACTICE.model_copy(update={"name": "Center for Gentle Family Dentistry and Oral Surgery " * 5})
    data = pdf(LetterKind.MISSING, enough(LetterKind.MISSING, practice=long))
    assert in_the_window(data).startswith("Ana Whitefeather")
    assert "…" in texts(data)[0]


def test_a_long_fee_goes_over_pages_row_by_row() -> None:
    many = fee_of(*((f"item {n}", 1, "0.25") for n in range(60)))
    pages = texts(pdf(LetterKind.FEE, enough(LetterKind.FEE, fee=many)))
    assert len(pages) == 3
    assert all(f"Item {n} " in " ".join(pages) for n in range(60))


def test_no_page_holds_nothing_but_the_closing() -> None:
    for lines in range(1, 40):
        about = enough(LetterKind.EXTENSION, reason="We are sorry that it takes so long, and here is one more line. " * lines)
        for page in texts(pdf(LetterKind.EXTENSION, about)):
            assert "Sincerely" not in page or "only time" in page


def test_the_slip_takes_half_a_page_and_a_long_one_the_whole() -> None:
    with pdfplumber.open(io.BytesIO(pdf(LetterKind.CALL, enough(LetterKind.CALL)))) as document:
        (page,) = document.pages
        assert max(word["bottom"] for word in page.extract_words()) < 396
    long = replace(enough(LetterKind.CALL), office=None, patient=Callee("Ana " * 150, "(207) 555-0177"))
    assert "page 1 of 1" in texts(pdf(LetterKind.CALL, long))[0]
    assert overlapping(words(pdf(LetterKind.CALL, long))) == []


# ---- type ----------------------------------------------------------------------------------------------------------------

NAMES = {
    "Nguyễn Thị Ánh": "Nguyễn Thị Ánh",
    "Łukasz Żółć": "Łukasz Żółć",
    "Seán Ó’Brien": "Seán Ó’Brien",
    "Δήμητρα": "Δήμητρα",
    "Дмитрий Щукин": "Дмитрий Щукин",
    "王小明": "WangXiaoMing",
    "김철수": "GimCheolSu",
    "דוד לוי": "Dvd Lvy",
}


@pytest.mark.parametrize(("name", "printed_as"), NAMES.items())
def test_a_name_of_any_script_is_in_the_window_in_embedded_letters(name: str, printed_as: str) -> None:
    data = pdf(LetterKind.MISSING, enough(LetterKind.MISSING, to=replace(ANA, name=name)))
    assert in_the_window(data).startswith(printed_as)
    assert fonts_embedded(data)


def fonts_embedded(data: bytes) -> bool:
    """Whether every font of the file is inside it."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        fonts = [t for t in opened.objects if isinstance(t, pikepdf.Dictionary) and t.get("/Type") == "/Font"]
        simple = [font for font in fonts if font.Subtype != "/Type0"]
        return bool(simple) and all("/FontFile2" in font.FontDescriptor for font in simple)


@given(name=st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_no_name_stops_a_letter(name: str) -> None:
    to = Addressee(name, attention=name, street=name, city=name)
    assert texts(
        pdf(LetterKind.MISSING, enough(LetterKind.MISSING, to=to, practice=PRACTICE.model_copy(update={"name": name or "x"})))
    )
    assert pdf(LetterKind.EXTENSION, enough(LetterKind.EXTENSION, reason=name))


def test_letters_that_the_type_lacks_are_written_in_latin_ones_and_others_left_alone() -> None:
    assert in_latin("José 王 Ωmega\x00") == "José Wang Ωmega"


def test_words_stay_whole_and_bold_ones_are_set_with_the_sign_behind_them() -> None:
    lines = set_lines("It waits until **December 24, 2026**. Then it ends.", 90).lines
    assert ["".join(text for text, _ in line) for line in lines] == ["It waits until", "December 24, 2026.", "Then it ends."]
    assert [text for text, _ in lines[1]] == ["December 24, 2026", "."]


def test_a_source_goes_behind_the_last_line_or_below_it() -> None:
    assert not set_lines("Short.", MEASURE, source="45 CFR 164.508").source_below
    assert set_lines("A line as long as can be. " * 4, 460, source="45 CFR 164.508(c)(1)(vi)").source_below


# ---- the file ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "language"), WRITTEN)
def test_the_same_letter_gives_the_same_bytes(kind: LetterKind, language: Language) -> None:
    assert pdf(kind, enough(kind), language) == pdf(kind, enough(kind), language)


@pytest.mark.parametrize(("kind", "language"), WRITTEN)
def test_the_file_says_what_it_is_in_which_language_and_of_which_day(kind: LetterKind, language: Language) -> None:
    with pikepdf.open(io.BytesIO(pdf(kind, enough(kind), language))) as opened:
        assert str(opened.Root.Lang) == f"{language}-US"
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        assert str(opened.docinfo.CreationDate) == "D:20261124000000Z"
        with opened.open_metadata() as xmp:
            assert xmp["dc:title"] == str(opened.docinfo.Title)
            assert xmp["dc:creator"] == ["Harbor Lane Dental"]
        for thing in opened.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert not {"/JS", "/AA", "/URI", "/EF", "/A", "/OpenAction"} & set(thing.keys())
    assert fonts_embedded(pdf(kind, enough(kind), language))


def roles(piece: Any) -> list[str]:
    """The roles of a piece of the structure and of all within it, in reading order."""
    kids = [kid for kid in piece.K if isinstance(kid, pikepdf.Dictionary)] if isinstance(piece.K, pikepdf.Array) else [piece.K]
    return [*([str(piece.S)] if "/S" in piece else []), *(role for kid in kids for role in roles(kid))]


def test_a_letter_can_be_read_aloud_in_its_order() -> None:
    with pikepdf.open(io.BytesIO(pdf(LetterKind.MISSING, matter(findings=TWELVE)))) as opened:
        found_roles = roles(opened.Root.StructTreeRoot)
        assert found_roles.count("/H1") == 1
        assert found_roles.count("/LI") == found_roles.count("/LBody") == 12
        assert found_roles.count("/L") == 1
        assert found_roles.index("/H1") < found_roles.index("/L") < found_roles.index("/H2")
        numbers = opened.Root.StructTreeRoot.ParentTree.Nums
        for page_number, page in enumerate(opened.pages):
            marks = page.Contents.read_bytes().count(b"/MCID")
            assert numbers[2 * page_number] == page.obj.StructParents == page_number
            assert len(numbers[2 * page_number + 1]) == marks


def test_a_table_of_fees_is_one_for_those_who_hear_it() -> None:
    with pikepdf.open(io.BytesIO(pdf(LetterKind.FEE, enough(LetterKind.FEE)))) as opened:
        found_roles = roles(opened.Root.StructTreeRoot)
    assert found_roles.count("/Table") == 1
    assert (found_roles.count("/TR"), found_roles.count("/TH"), found_roles.count("/TD")) == (4, 4, 12)
