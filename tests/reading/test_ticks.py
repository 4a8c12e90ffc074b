"""Boxes are told from letters, and marks from what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from pipeline.reading.geometry import Rect, parts_of
from pipeline.reading.layout import layout_of
from pipeline.reading.reader import Reader
from schemas.reading import Choice
from tests.reading.forms import Paper, read, scanned
from tests.stories.made_up import request_pdf


def choices(*, heading: str = "Information to be released:") -> Paper:
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 240, heading)
    for number, words in enumerate(("Progress notes", "Lab results", "X-rays", "Billing records", "Medication list")):
        paper.box(150, 320 + 60 * number, words)
    return paper.write(120, 700, "Release records to: Oak Dental").write(120, 780, "Fax: (617) 555-0111")


A_LINE = Rect(100, 100, 900, 144)
"""The height of a line of this print, with the room around its letters."""


def test_letters_are_no_boxes() -> None:
    paper = Paper()
    for row, text in enumerate(("PROTECTED BOOKS ABOUT DOORS", "ABDOPQR 0869 B8", "Please Patient Room Date")):
        paper.write(120, 200 + 90 * row, text)
    assert layout_of(np.asarray(paper.picture), [A_LINE]).boxes == ()


def test_every_empty_box_is_found() -> None:
    assert len(layout_of(np.asarray(choices().picture), [A_LINE]).boxes) == 5


def test_a_tick_that_runs_over_its_box_marks_that_box_alone(reader: Reader, tmp_path: Path) -> None:
    paper = choices()
    paper.pen.line([(140, 458), (168, 482), (215, 405)], fill=20, width=6)
    assert read(reader, tmp_path, scanned(paper)).checked() == [Choice.SCOPE_XRAYS]


def test_a_box_that_stands_alone_and_is_crossed_is_ticked(reader: Reader, tmp_path: Path) -> None:
    """No empty box of the page tells how its boxes look."""
    found = read(reader, tmp_path, request_pdf(1, date(2026, 11, 23)), "request.pdf")
    assert found.checked() == ["scope.all"]


def test_a_cross_that_hides_its_box_counts(reader: Reader, tmp_path: Path) -> None:
    paper = choices()
    for ends in ([(138, 368), (192, 422)], [(192, 368), (138, 422)]):
        paper.pen.line(ends, fill=15, width=9)
    assert read(reader, tmp_path, scanned(paper)).checked() == [Choice.SCOPE_LABS]


def test_a_list_says_what_it_is_about_where_no_heading_does(reader: Reader, tmp_path: Path) -> None:
    paper = choices(heading="Check what you need")
    paper.box(150, 620, "Sleep studies", ticked=True)
    assert read(reader, tmp_path, scanned(paper)).checked() == [Choice.SCOPE_ITEM]


@pytest.mark.parametrize("level", [235, 200])
def test_shadowed_boxes_are_empty_until_they_are_marked(reader: Reader, tmp_path: Path, level: int) -> None:
    paper = choices()
    for number in range(5):
        y = 320 + 60 * number
        paper.pen.line([(153, y + 32), (182, y + 32), (182, y + 3)], fill=40, width=5)
    paper.picture = Image.fromarray(np.minimum(np.asarray(paper.picture), level))
    assert read(reader, tmp_path, scanned(paper)).checked() == []


def without_boxes() -> Paper:
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 240, "Records to be released:").write(200, 330, "Progress notes").write(200, 390, "Lab results")
    return paper.write(200, 450, "Billing records").write(200, 510, "Entire record").write(200, 570, "X-rays")


def test_a_tick_that_runs_into_its_words_counts(reader: Reader, tmp_path: Path) -> None:
    paper = without_boxes()
    paper.pen.line([(170, 412), (178, 426), (205, 388)], fill=20, width=5)
    assert read(reader, tmp_path, scanned(paper)).checked() == [Choice.SCOPE_LABS]


def test_a_box_at_the_end_of_a_row_is_of_the_words_that_follow_under_it(reader: Reader, tmp_path: Path) -> None:
    paper = choices().write(120, 860, "How to send it:").box(420, 866, "Paper copy").box(680, 866, "Compact disc")
    paper.box(960, 866, "", ticked=True).write(120, 910, "Plain e-mail, which others may be able to read on its way")
    assert read(reader, tmp_path, scanned(paper)).checked() == [Choice.DELIVERY_ITEM]


def test_an_emblem_in_the_letterhead_is_no_mark(reader: Reader, tmp_path: Path) -> None:
    paper = Paper()
    paper.pen.polygon([(60, 20), (130, 20), (130, 110), (60, 110)], fill=40)
    paper.pen.text((150, 60), "Medical records", fill=30, font=ImageFont.load_default(34))
    paper.write(120, 160, "Patient Name: Maria Lopez").write(900, 160, "Date of Birth: 03/04/1979")
    paper.write(120, 260, "Records to be released:").write(200, 330, "Progress notes").write(200, 390, "Lab results")
    paper.write(200, 450, "Billing records").write(200, 510, "X-rays")
    assert read(reader, tmp_path, scanned(paper)).checked() == []


def test_a_place_without_pixels_has_no_ink_and_no_parts() -> None:
    assert parts_of(np.zeros((0, 40), dtype=bool))[1] == []
    assert Rect(-30, 10, -5, 40).within(100, 100).width == 0


SCOPE = ("Complete record", "Panorex / Ceph", "Treatment notes", "Account ledger", "Health history", "Lab results")


def in_columns(draw: Callable[[Paper, int, int, str, bool], None], *, ticked: Sequence[str]) -> Paper:
    """Two rows of three choices."""
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 240, "Records to be released:")
    for number, words in enumerate(SCOPE):
        draw(paper, 130 + 500 * (number % 3), 320 + 70 * (number // 3), words, words in ticked)
    return paper.write(120, 700, "Release records to: Oak Dental").write(120, 780, "Fax: (617) 555-0111")


def cross(paper: Paper, x: int, y: int, side: int) -> None:
    for ends in ([(x, y), (x + side, y + side)], [(x + side, y), (x, y + side)]):
        paper.pen.line(ends, fill=15, width=5)


def boxed_behind(paper: Paper, x: int, y: int, words: str, ticked: bool) -> None:
    paper.write(x, y - 4, words).box(x + 420, y, "", ticked=ticked)


def circled(paper: Paper, x: int, y: int, words: str, ticked: bool) -> None:
    paper.pen.ellipse([x, y, x + 32, y + 32], outline=30, width=3)
    if ticked:
        cross(paper, x - 2, y - 2, 36)
    paper.write(x + 52, y - 4, words)


def ruled(paper: Paper, x: int, y: int, words: str, ticked: bool) -> None:
    paper.rule(x, x + 70, y + 34)
    if ticked:
        cross(paper, x + 18, y - 6, 34)
    paper.write(x + 84, y - 4, words)


def bracketed(paper: Paper, x: int, y: int, words: str, ticked: bool) -> None:
    paper.write(x, y - 4, "[").write(x + 46, y - 4, "]")
    if ticked:
        cross(paper, x + 14, y + 2, 30)
    paper.write(x + 76, y - 4, words)


def bulleted(paper: Paper, x: int, y: int, words: str, ticked: bool) -> None:
    paper.write(x, y - 4, "o")
    if ticked:
        cross(paper, x - 6, y + 2, 34)
    paper.write(x + 44, y - 4, words)


def in_cells(paper: Paper, x: int, y: int, words: str, ticked: bool) -> None:
    """The words in one cell of a table, the box in the next."""
    for wall in (x - 20, x + 370, x + 480):
        paper.pen.line([(wall, y - 20), (wall, y + 50)], fill=30, width=2)
    paper.rule(x - 20, x + 480, y - 20).rule(x - 20, x + 480, y + 50)
    paper.write(x, y - 4, words).box(x + 410, y, "", ticked=ticked)


DRAWN = [boxed_behind, circled, ruled, bracketed, bulleted, in_cells]


@pytest.mark.parametrize("draw", DRAWN)
def test_a_form_may_print_its_places_to_tick_in_other_ways(
    reader: Reader, tmp_path: Path, draw: Callable[[Paper, int, int, str, bool], None]
) -> None:
    paper = in_columns(draw, ticked=("Panorex / Ceph", "Account ledger"))
    assert sorted(read(reader, tmp_path, scanned(paper)).checked()) == [Choice.SCOPE_BILLING, Choice.SCOPE_XRAYS]


@pytest.mark.parametrize("draw", DRAWN)
def test_places_without_a_mark_are_not_ticked(
    reader: Reader, tmp_path: Path, draw: Callable[[Paper, int, int, str, bool], None]
) -> None:
    assert read(reader, tmp_path, scanned(in_columns(draw, ticked=()))).checked() == []


def test_the_words_before_a_row_tell_reasons_from_ways_of_sending(reader: Reader, tmp_path: Path) -> None:
    paper = choices().write(120, 880, "Why:").box(300, 880, "moving", ticked=True).box(600, 880, "a summer job", ticked=True)
    paper.write(120, 950, "How:").box(300, 950, "fax").box(600, 950, "by carrier pigeon", ticked=True)
    found = read(reader, tmp_path, scanned(paper)).checked()
    assert sorted(found) == [Choice.DELIVERY_ITEM, Choice.PURPOSE_ITEM, Choice.PURPOSE_TRANSFER]


def test_a_choice_whose_words_are_not_understood_is_never_sure(reader: Reader, tmp_path: Path) -> None:
    paper = choices().box(150, 620, "Sealants / fluoride", ticked=True)
    (tick,) = read(reader, tmp_path, scanned(paper)).ticks
    assert tick.choice is Choice.SCOPE_ITEM
    assert tick.confidence < 0.9


def test_a_letter_of_another_size_is_no_box_to_tick(reader: Reader, tmp_path: Path) -> None:
    paper = choices().box(150, 620, "Models")
    paper.pen.rectangle([900, 322, 922, 344], outline=30, width=3)
    paper.pen.line([(904, 326), (918, 340)], fill=15, width=4)
    paper.write(940, 316, "Photos")
    assert read(reader, tmp_path, scanned(paper)).checked() == []


def test_the_letter_o_is_no_circle_to_tick() -> None:
    paper = Paper()
    for row, text in enumerate(("Oral Only OOO Office O", "O or Other 0 Ombudsman", "Dr. O. Olson QO")):
        paper.write(120, 200 + 90 * row, text, 48)
    assert layout_of(np.asarray(paper.picture), [A_LINE]).boxes == ()


def test_a_known_choice_that_goes_on_with_a_limit_is_left_to_a_person(reader: Reader, tmp_path: Path) -> None:
    paper = choices().box(150, 620, "Entire record (last 2 years)", ticked=True)
    (tick,) = read(reader, tmp_path, scanned(paper)).ticks
    assert tick.choice is Choice.SCOPE_ALL
    assert tick.confidence <= 0.5


def test_a_choice_of_two_things_is_none_of_them(reader: Reader, tmp_path: Path) -> None:
    paper = choices().box(150, 620, "X-rays and progress notes", ticked=True)
    assert read(reader, tmp_path, scanned(paper)).checked() == [Choice.SCOPE_ITEM]
