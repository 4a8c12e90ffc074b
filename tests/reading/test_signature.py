"""Where forms are signed, with which pens, and what is not taken for a signature."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.reading.geometry import Rect
from pipeline.reading.layout import layout_of
from pipeline.reading.page import PageText
from pipeline.reading.pale import pale_strokes
from pipeline.reading.signature import find_covered, find_signing_places
from pipeline.release.policy import Policy
from tests.reading.test_fields import PATIENT, line

Row = tuple[float, float, str]
PAPER = 248
PLACE = Rect(300, 300, 900, 420)


def name(picture: Image.Image, x: int, y: int, grey: int, width: int = 3, size: int = 40) -> None:
    """A signature: loops that run to the right, without a print's straight strokes."""
    t = np.linspace(0, 6 * np.pi, 300)
    points = zip(x + 14 * t + 0.3 * size * np.sin(4 * t), y + 0.6 * size * np.cos(2 * t), strict=True)
    ImageDraw.Draw(picture).line([(float(a), float(b)) for a, b in points], fill=grey, width=width, joint="curve")


def sheet() -> Image.Image:
    return Image.fromarray(np.full((2200, 1700), PAPER, np.uint8))


def rule(picture: Image.Image, x0: int, x1: int, y: int) -> None:
    ImageDraw.Draw(picture).line([(x0, y), (x1, y)], fill=30, width=3)


def box(picture: Image.Image, place: tuple[int, int, int, int], *, fill: int | None = None) -> None:
    ImageDraw.Draw(picture).rectangle(place, outline=30 if fill is None else None, fill=fill, width=3)


def read(picture: Image.Image, *rows: Row) -> PageText:
    """The page with these words on it; they are told, not drawn."""
    lines = [line(n, *row) for n, row in enumerate((*PATIENT, *rows))]
    return PageText.of(lines, layout_of(np.asarray(picture), [one.rect for one in lines]))


def signed(picture: Image.Image, *rows: Row) -> bool | None:
    """What the only place to sign on the page says; None, too, where there is no such place."""
    places = find_signing_places(read(picture, *rows))
    assert len(places) <= 1
    return places[0].signed if places else None


def grained(grey: NDArray[np.uint8], deviation: float) -> NDArray[np.uint8]:
    noise = np.random.default_rng(3).normal(0, deviation, grey.shape)
    return np.clip(grey + noise, 0, 255).astype(np.uint8)


LABEL: Row = (100, 405, "Signature of patient:")


@pytest.mark.parametrize(("grey", "width"), [(205, 2), (190, 3), (160, 1)])
def test_a_pale_or_thin_pen_signs_but_not_surely_enough_to_release_on(grey: int, width: int) -> None:
    picture = sheet()
    rule(picture, 490, 1100, 445)
    name(picture, 560, 410, grey, width)
    (place,) = find_signing_places(read(picture, LABEL))
    assert place.signed is True
    assert place.confidence < Policy().signature_confidence


def test_a_short_pale_mark_is_left_to_a_person() -> None:
    picture = sheet()
    rule(picture, 490, 1100, 445)
    ImageDraw.Draw(picture).line([(600, 400), (640, 432), (660, 405)], fill=200, width=3)
    assert signed(picture, LABEL) is None


def test_a_smudge_a_fold_and_a_shadow_are_no_signature() -> None:
    picture = np.array(sheet())
    cv2.ellipse(picture, (700, 410), (90, 18), 0, 0, 360, 205, -1)
    picture[380:420, 480:] = np.minimum(picture[380:420, 480:], np.linspace(248, 215, 1220).astype(np.uint8))
    drawn = Image.fromarray(cv2.GaussianBlur(picture, (0, 0), 9))
    rule(drawn, 490, 1100, 445)
    assert signed(drawn, LABEL) is False


def test_grain_of_the_paper_and_specks_are_no_strokes() -> None:
    grey = np.full((700, 1200), PAPER, np.uint8)
    places = np.random.default_rng(5).integers(0, (700, 1200), (900, 2))
    grey[places[:, 0], places[:, 1]] = 0
    assert pale_strokes(grained(grey, 6), PLACE, 36, []).length < 1


def test_a_dotted_rule_is_no_stroke_and_does_not_hide_one() -> None:
    picture = sheet()
    for x in range(300, 900, 12):
        ImageDraw.Draw(picture).rectangle([x, 396, x + 6, 401], fill=40)
    empty = pale_strokes(np.asarray(picture), PLACE, 36, [])
    name(picture, 420, 370, 150)
    assert empty.length == 0
    assert pale_strokes(np.asarray(picture), PLACE, 36, []).length > 8


def test_strokes_that_a_fax_broke_into_dots_are_put_together() -> None:
    picture = sheet()
    name(picture, 420, 360, 60)
    kept = np.random.default_rng(2).random((2200, 1700)) < 0.5
    dots = np.where(kept | (np.asarray(picture) == PAPER), np.asarray(picture), np.uint8(PAPER))
    found = pale_strokes(dots, PLACE, 36, [])
    assert found.length > 6 and found.width > 4


def test_what_is_left_out_is_not_counted() -> None:
    picture = sheet()
    name(picture, 420, 360, 60)
    assert pale_strokes(np.asarray(picture), PLACE, 36, [PLACE]).length == 0


@pytest.mark.parametrize("drawn", [True, False])
def test_the_line_under_a_label_is_signed_on(drawn: bool) -> None:
    picture = sheet()
    rule(picture, 100, 900, 540)
    rule(picture, 100, 900, 700)
    if drawn:
        name(picture, 150, 505, 40)
    assert signed(picture, (100, 420, "Signature"), (100, 580, "Print your name")) is drawn


@pytest.mark.parametrize("drawn", [True, False])
def test_a_shaded_box_under_a_label_is_signed_in_and_is_no_ink(drawn: bool) -> None:
    picture = sheet()
    box(picture, (100, 450, 900, 540), fill=224)
    if drawn:
        name(picture, 150, 500, 170)
    assert signed(picture, (100, 400, "Patient signature"), (1000, 400, "Date signed")) is drawn


def test_a_rule_with_a_label_of_its_own_is_not_signed_on() -> None:
    picture = sheet()
    rule(picture, 100, 900, 540)
    name(picture, 150, 505, 40)
    assert signed(picture, (100, 420, "Signature"), (100, 550, "Printed name")) is not True


def test_a_row_of_a_table_is_signed_down_to_its_rule() -> None:
    picture = sheet()
    rule(picture, 60, 1640, 390)
    rule(picture, 60, 1640, 490)
    name(picture, 560, 462, 40, size=30)
    assert signed(picture, LABEL) is True


def test_the_walls_of_a_cell_are_no_signature() -> None:
    """The band over the cell hides where its wall begins, so that it is not known as one."""
    picture = sheet()
    box(picture, (100, 340, 1600, 392), fill=20)
    box(picture, (100, 392, 1600, 560))
    ImageDraw.Draw(picture).line([(1000, 392), (1000, 560)], fill=30, width=5)
    assert signed(picture, (120, 400, "Signature of patient or representative"), (1020, 400, "Date")) is False


BOTH = "Firma del paciente o representante legal / Signature of patient or legal representative"


@pytest.mark.parametrize("drawn", [True, False])
def test_a_long_label_in_two_languages_explains_the_line_over_it(drawn: bool) -> None:
    picture = sheet()
    rule(picture, 100, 1300, 540)
    if drawn:
        name(picture, 150, 505, 40)
    assert signed(picture, (100, 548, BOTH)) is drawn


@pytest.mark.parametrize(
    ("label", "present"),
    [
        ("Patient (or parent, if patient is under 18)", True),
        ("Patient or parent (print name)", None),
        ("Patient or legal representative:", None),
    ],
)
def test_a_label_that_only_says_who_is_signed_over_unless_it_asks_for_a_name(label: str, present: bool | None) -> None:
    picture = sheet()
    rule(picture, 100, 1300, 540)
    name(picture, 150, 505, 40)
    assert signed(picture, (100, 548, label)) is present


@pytest.mark.parametrize(
    ("sentence", "present"),
    [
        ("REVOCATION - I revoke this authorization as of", None),
        ("Revoco esta autorización a partir de", None),
        ("I understand that if I revoke it I do so in writing", True),
    ],
)
def test_who_takes_the_permission_back_has_not_signed_it(sentence: str, present: bool | None) -> None:
    picture = sheet()
    rule(picture, 490, 1100, 445)
    name(picture, 560, 410, 40)
    assert signed(picture, (100, 320, sentence), LABEL) is present


def test_choices_behind_a_label_are_not_ink_where_one_signs() -> None:
    picture = sheet()
    rule(picture, 100, 1300, 398)
    for x in (340, 640):
        box(picture, (x, 408, x + 32, 440))
    name(picture, 700, 424, 40, size=20)
    assert signed(picture, (100, 405, "Signature of:"), (380, 405, "Parent"), (680, 405, "Guardian")) is not True


def test_a_date_at_the_head_of_a_page_draws_no_large_strokes_to_the_signature() -> None:
    picture = sheet()
    name(picture, 150, 1000, 40, width=6, size=100)
    rows = ((900, 60, "Date:"), (100, 2050, "Printed name:"), (900, 2050, "Date:"))
    assert find_covered(read(picture, *rows), []) == []


@pytest.mark.parametrize("drawn", [True, False])
def test_a_label_in_brackets_explains_the_line_over_it_though_a_frame_makes_a_cell_of_what_is_under(drawn: bool) -> None:
    picture = sheet()
    box(picture, (60, 300, 1600, 700))
    rule(picture, 60, 1600, 420)
    rule(picture, 60, 1600, 520)
    name(picture, 1000, 485, 30)  # beside the label, on the next line: the relationship
    if drawn:
        name(picture, 400, 385, 30)
    assert signed(picture, (400, 435, "[Signature of patient]")) is drawn


@pytest.mark.parametrize(
    "label",
    [
        "Parent/Guardian/Patient signature",
        "Signed (patient, or parent of a minor)",
        "SignatureofPatientorLegalGuardian",
        "Patient's or Legal Guardian's Signature",
        "Parent/guardian (or student, 18+)",
    ],
)
@pytest.mark.parametrize("drawn", [True, False])
def test_who_signs_is_told_by_the_words_of_a_label_that_no_list_has(label: str, drawn: bool) -> None:
    picture = sheet()
    rule(picture, 100, 1000, 540)
    if drawn:
        name(picture, 150, 505, 40)
    assert signed(picture, (100, 548, label), (1200, 548, "Date")) is drawn


@pytest.mark.parametrize(
    "label", ["Nurse signature", "Signature of person releasing records", "Signed by the office", "Parent/guardian phone"]
)
def test_who_is_no_signer_of_the_patient_has_not_signed(label: str) -> None:
    picture = sheet()
    rule(picture, 100, 1000, 540)
    name(picture, 150, 505, 40)
    assert signed(picture, (100, 548, label), (1200, 548, "Date")) is not True


def test_a_label_that_only_says_who_signs_is_not_sure_enough_to_release_on() -> None:
    picture = sheet()
    rule(picture, 100, 1000, 540)
    name(picture, 150, 505, 40)
    (place,) = find_signing_places(read(picture, (100, 548, "Parent/guardian (or student, 18+)"), (1200, 548, "Date")))
    assert place.signed is True
    assert place.confidence < Policy().signature_confidence


def test_a_date_that_begins_before_its_label_on_the_same_rule_is_no_signature() -> None:
    picture = sheet()
    rule(picture, 100, 1600, 540)
    name(picture, 950, 505, 40)
    assert signed(picture, (300, 548, "Signature of patient"), (1250, 548, "Date"), (900, 490, "05-11-2026")) is not True


def test_the_day_of_signing_is_no_signature() -> None:
    picture = sheet()
    rule(picture, 300, 1000, 440)
    name(picture, 350, 405, 40)
    assert signed(picture, (100, 405, "Signed on")) is not True


def test_an_empty_line_beside_a_date_is_left_to_a_person_where_a_fax_may_have_lost_the_ink() -> None:
    picture = sheet()
    rule(picture, 490, 1000, 445)
    rule(picture, 1200, 1600, 445)
    rows: tuple[Row, ...] = (LABEL, (1100, 405, "Date:"))
    dated: tuple[Row, ...] = (*rows, (1250, 400, "05/11/2026"))
    assert signed(picture, *dated) is False
    specks = np.array(picture)
    at = np.random.default_rng(4).integers(500, (2200, 1700), (900, 2))
    specks[at[:, 0], at[:, 1]] = 0
    faxed = Image.fromarray(specks)
    assert signed(faxed, *rows) is False
    assert signed(faxed, *dated) is None


@pytest.mark.parametrize("drawn", [True, False])
def test_the_box_behind_a_label_is_signed_in_and_its_frame_is_no_ink(drawn: bool) -> None:
    picture = sheet()
    box(picture, (420, 385, 1300, 470))
    if drawn:
        name(picture, 560, 428, 40)
    assert signed(picture, (100, 405, "Your signature")) is drawn


def test_a_frame_that_lies_askew_is_no_signature() -> None:
    picture = sheet()
    ImageDraw.Draw(picture).line([(500, 470), (500, 400), (1500, 360)], fill=30, width=4)
    ImageDraw.Draw(picture).line([(500, 470), (1500, 430)], fill=30, width=4)
    assert signed(picture, (100, 405, "Your signature")) is not True


def test_a_cross_is_left_to_a_person() -> None:
    picture = sheet()
    rule(picture, 490, 1100, 445)
    ImageDraw.Draw(picture).line([(600, 380), (650, 440)], fill=30, width=7)
    ImageDraw.Draw(picture).line([(650, 380), (600, 440)], fill=30, width=7)
    assert signed(picture, LABEL) is None


@pytest.mark.parametrize(("typed", "size"), [("/s/ Maria Lopez", 34), ("Maria Lopez", 34), ("RECEIVED MAY 2 2026", 34)])
def test_a_typed_name_and_a_stamp_are_left_to_a_person(typed: str, size: int) -> None:
    picture = sheet()
    rule(picture, 490, 1200, 445)
    ImageDraw.Draw(picture).text((600, 400), typed, fill=20, font=ImageFont.load_default(size))
    assert signed(picture, LABEL, (600, 400, typed)) is None
    name(picture, 560, 395, 40, width=4, size=70)
    assert signed(picture, LABEL) is True


def test_who_takes_the_permission_back_in_other_words_has_not_signed_it() -> None:
    picture = sheet()
    rule(picture, 490, 1100, 445)
    name(picture, 560, 410, 40)
    assert signed(picture, (100, 320, "I take back the authorization above."), LABEL) is None


def test_a_caption_that_says_who_signs_asks_for_no_signature_under_a_line_for_a_name() -> None:
    picture = sheet()
    rule(picture, 360, 1100, 545)
    name(picture, 420, 510, 20)
    rows: tuple[Row, ...] = ((100, 505, "Printed Name:"), (420, 556, "(Patient or Legal Guardian)"))
    assert find_signing_places(read(picture, *rows)) == []


@pytest.mark.parametrize("fall", [0, 12, 30])
def test_a_pale_rule_that_lies_askew_is_no_signature(fall: int) -> None:
    picture = sheet()
    ImageDraw.Draw(picture).line([(310, 340), (890, 340 + fall)], fill=205, width=3)
    assert pale_strokes(np.asarray(picture), PLACE, 40.0, []).length == 0
