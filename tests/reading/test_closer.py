"""Writing that is not found, or badly read, where one looks at the whole page at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.reading.closer import BETTER, EDGE, looked_closer
from pipeline.reading.engines import DETECTION_LIMIT, Engines, Glyph, LineText, Picture, RapidEngine
from pipeline.reading.geometry import Rect
from pipeline.reading.layout import Layout
from pipeline.reading.overlooked import MOST_PLACES, WEAK, doubtful_places
from pipeline.reading.page import PageText
from pipeline.reading.preparation import crop_line
from pipeline.reading.reader import Reader
from pipeline.reading.text import Letter, TextLine
from schemas.reading import FieldName
from tests.reading.forms import HEIGHT, WIDTH, Paper, read, scanned
from tests.reading.test_fields import found


def form_with_a_small_box(written: str) -> Paper:
    """A form whose box for the recipient's address leaves hardly any room behind its label."""
    paper = Paper()
    paper.write(500, 80, "AUTHORIZATION TO RELEASE RECORDS", 40)
    paper.write(120, 220, "Patient Name:").write(390, 220, "Maria Lopez").rule(380, 1000, 262)
    paper.write(1050, 220, "Date of Birth:").write(1300, 220, "03/04/1979").rule(1280, 1600, 262)
    paper.write(120, 440, "Release records to:").write(520, 440, "Baker Orthodontics").rule(500, 1300, 482)
    paper.pen.rectangle([120, 560, 660, 760], outline=30, width=3)
    paper.write(134, 580, "Mailing Address:").write(405, 572, written, 13)
    paper.write(120, 1400, "Signature of patient:").rule(480, 1080, 1442)
    return paper


def test_an_empty_box_stays_empty(reader: Reader, tmp_path: Path) -> None:
    found = read(reader, tmp_path, scanned(form_with_a_small_box("")))
    assert FieldName.DESTINATION_STREET not in found.fields


class Overlooking(RapidEngine):
    """An engine that does not find, on the whole page, the lines that begin with some words."""

    def __init__(self, *overlooked: str) -> None:
        super().__init__()
        self._overlooked = overlooked
        self.looks = 0

    def detect(self, page: Picture, limit: int = DETECTION_LIMIT) -> NDArray[np.float32]:
        """All lines but those, the first time."""
        self.looks += 1
        corners = super().detect(page, limit)
        if self.looks > 1:
            return corners
        texts = [line.text for line in self.recognize([crop_line(page, c) for c in corners])]
        return corners[[not text.startswith(self._overlooked) for text in texts]]


@pytest.fixture(scope="module")
def overlooking() -> Overlooking:
    """It loads its networks once."""
    return Overlooking("Release records to", "Date of", "9 Mill")


def test_a_small_address_is_found_where_its_label_has_no_other_answer(overlooking: Overlooking) -> None:
    overlooking.looks = 0
    form = form_with_a_small_box("9 Mill Lane, Beverly, MA 01915")
    values = {w.found.name: w.found.value.text for w in Reader(Engines(overlooking)).read_picture(form.picture).values}
    assert values[FieldName.DESTINATION_ZIP] == "01915"
    assert values[FieldName.DESTINATION_STREET] == "9 Mill Lane"


def two_parts() -> Paper:
    """A form in which only a heading says whose the lower half is."""
    paper = Paper().write(120, 120, "Patient Name:").write(390, 120, "Maria Lopez").rule(380, 1000, 162)
    paper.write(120, 240, "Date of Birth:").write(1000, 240, "03/04/1979").rule(340, 1300, 282)
    paper.write(120, 400, "Release records to:")
    return paper.write(120, 500, "Phone:").write(390, 500, "(617) 555-0111").rule(380, 1000, 542)


def test_a_label_and_a_heading_that_were_overlooked_are_found_and_what_they_ask_for_is_read(overlooking: Overlooking) -> None:
    overlooking.looks = 0
    page = Reader(Engines(overlooking)).read_picture(two_parts().picture)
    values = {w.found.name: w.found.value.text for w in page.values}
    assert values[FieldName.PATIENT_DOB] == "1979-03-04"
    assert values[FieldName.DESTINATION_PHONE] == "(617) 555-0111"
    assert overlooking.looks > 1


def test_a_page_with_nothing_overlooked_is_looked_at_once(overlooking: Overlooking) -> None:
    overlooking.looks = 1  # from now on it finds all
    Reader(Engines(overlooking)).read_picture(two_parts().picture)
    assert overlooking.looks == 2


STEP = 18
"""Pixels from one letter to the next."""
Row = tuple[float, float, str, float]
"""Where a line begins, what it says, and how sure its letters are."""


def rect_of(row: Row, height: float = 40) -> Rect:
    return Rect(row[0], row[1], row[0] + STEP * len(row[2]), row[1] + height)


def line(number: int, row: Row, height: float = 40) -> TextLine:
    x, _y, text, score = row
    letters = tuple(Letter(c, x + STEP * i, x + STEP * i + 16, score) for i, c in enumerate(text))
    return TextLine(number, rect_of(row, height), letters)


def paper() -> Picture:
    return np.full((HEIGHT, WIDTH), 250, np.uint8)


def page_of(*lines: TextLine, grey: Picture | None = None) -> PageText:
    return PageText.of(lines, Layout(paper() if grey is None else grey, (), (), ()))


@dataclass
class Finding(RapidEngine):
    """An engine that finds the lines it has ready, wherever it looks closer at their places."""

    rows: Sequence[Row]
    places: Sequence[Rect]
    """Those that are looked at, one after the other."""
    looks: int = 0
    seen: list[Row] = field(default_factory=list)
    """What it found at the last place."""

    def detect(self, page: Picture, limit: int = DETECTION_LIMIT) -> NDArray[np.float32]:
        """Those that are in the next of the places."""
        place = self.places[self.looks].within(WIDTH, HEIGHT)
        self.looks += 1
        self.seen = [row for row in self.rows if rect_of(row).x_overlap(place) and rect_of(row).y_overlap(place)]
        moved = [rect_of((x - int(place.left), y - int(place.top), text, score)) for x, y, text, score in self.seen]
        corners = [[(r.left, r.top), (r.right, r.top), (r.right, r.bottom), (r.left, r.bottom)] for r in moved]
        return np.asarray(corners, dtype=np.float32).reshape(-1, 4, 2)

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """What they say."""
        return [
            LineText(text, score, tuple(Glyph(c, i / len(text), (i + 0.9) / len(text), score) for i, c in enumerate(text)))
            for _x, _y, text, score in self.seen
        ]


def closer(page: PageText, *rows: Row) -> PageText:
    """The page after a closer look that finds these lines."""
    return looked_closer(page, page.layout.grey, Finding(rows, doubtful_places(page)))


def texts(page: PageText) -> list[str]:
    return sorted(each.text for each in page.lines)


NAME: Row = (100, 100, "Patient Name: Ann Lee", 0.99)
BADLY_READ: Row = (100, 300, "Dale 0f B1rfh: 3/4/1979", 0.5)
BETTER_READ: Row = (100, 300, "Date of Birth: 3/4/1979", 0.95)


def test_a_badly_read_line_gives_way_to_a_better_reading_of_the_same_place() -> None:
    page = closer(page_of(line(0, NAME), line(1, BADLY_READ)), BETTER_READ)
    assert texts(page) == sorted([NAME[2], BETTER_READ[2]])
    assert found(page)[FieldName.PATIENT_DOB] == "1979-03-04"


@pytest.mark.parametrize(
    "instead",
    [
        (100, 300, "Date of Birth: 3/4/1979", 0.5 + BETTER / 2),
        (100, 300, "Date of", 0.99),
        (100, 345, "Date of Birth: 3/4/1979", 0.99),
    ],
    ids=["no better", "fewer letters", "elsewhere"],
)
def test_a_badly_read_line_stays_where_the_closer_look_says_no_more(instead: Row) -> None:
    assert BADLY_READ[2] in texts(closer(page_of(line(0, NAME), line(1, BADLY_READ)), instead))


def test_two_rows_that_were_taken_for_one_line_become_two() -> None:
    both = line(1, BADLY_READ, height=90)
    page = closer(page_of(line(0, NAME), line(2, (100, 600, "Phone:", 0.99)), both), BETTER_READ, (100, 350, "City: Salem", 0.95))
    assert texts(page) == sorted([NAME[2], "Phone:", BETTER_READ[2], "City: Salem"])


def test_a_line_that_is_well_read_is_neither_changed_nor_taken_twice() -> None:
    well_read: Row = (100, 350, "City: Salem", WEAK)
    page = closer(page_of(line(0, well_read), line(1, BADLY_READ)), BETTER_READ, (100, 350, "City: Sa1em", 0.99))
    assert texts(page) == sorted([well_read[2], BETTER_READ[2]])


def test_a_line_that_the_edge_of_the_place_cuts_is_not_taken_unless_the_page_ends_there() -> None:
    bad: Row = (500, 300, "Dale 0f B1rfh", 0.5)
    page = page_of(line(0, NAME), line(1, bad))
    (place,) = doubtful_places(page)
    for cut in (place.left + EDGE - 2, place.right - EDGE + 2 - STEP * len("City")):
        assert texts(closer(page, (cut, 345, "City", 0.99))) == texts(page)
    assert "City" in texts(closer(page, (place.left + EDGE + 2, 345, "City", 0.99)))
    at_the_edge = page_of(line(0, NAME), line(1, (42, 300, "Dale 0f B1rfh", 0.5)))
    assert "City" in texts(closer(at_the_edge, (3, 345, "City", 0.99)))


def test_lines_are_numbered_anew_so_that_none_has_the_number_of_another() -> None:
    rows = [NAME, BADLY_READ, (100, 500, "Phone: (978) 555-0142", 0.99)]
    page = closer(page_of(*(line(n, row) for n, row in enumerate(rows))), BETTER_READ, (700, 300, "MRN: 4711", 0.95))
    assert [each.number for each in page.lines] == list(range(len(page.lines)))
    values = found(page)
    assert values[FieldName.PATIENT_NAME] == "Ann Lee" and values[FieldName.PATIENT_PHONE] == "(978) 555-0142"


def test_a_page_on_which_all_is_well_read_stays_as_it_is_and_is_not_looked_at_again() -> None:
    page, engine = page_of(line(0, NAME), line(1, BETTER_READ)), Finding((), ())
    assert looked_closer(page, page.layout.grey, engine) is page and engine.looks == 0


def with_letters(grey: Picture, x: int, y: int, count: int, height: int = 30) -> Picture:
    """Strokes side by side, as high as letters."""
    for at in range(count):
        grey[y : y + height, x + 24 * at : x + 24 * at + 14] = 20
    return grey


def test_letters_side_by_side_in_no_line_are_looked_at_and_specks_and_known_lines_are_not() -> None:
    unseen = with_letters(paper(), 600, 1000, 4)
    (place,) = doubtful_places(page_of(line(0, NAME), grey=unseen))
    assert place.holds(600, 1000) and place.holds(690, 1030)
    for grey in (
        with_letters(paper(), 600, 1000, 2),
        with_letters(paper(), 600, 1000, 4, height=6),
        with_letters(paper(), 600, 1000, 4, height=70),
        with_letters(paper(), 110, 105, 4),
    ):
        assert doubtful_places(page_of(line(0, NAME), grey=grey)) == []


def test_places_that_overlap_are_looked_at_as_one() -> None:
    upper, close, far = ((100.0, y, "Dale 0f B1rfh", 0.5) for y in (300, 360, 900))
    first, last = doubtful_places(page_of(line(0, NAME), *(line(n, row) for n, row in enumerate((upper, close, far), 1))))
    assert first.top < 300 and first.bottom > 400 and last.top > 800
    grey = with_letters(paper(), 400, 310, 5)  # right beside the line above
    assert len(doubtful_places(page_of(line(0, NAME), line(1, upper), grey=grey))) == 1


def test_of_each_kind_only_so_many_places_are_looked_at_the_longest_rows_of_letters_first() -> None:
    grey, bad = paper(), []
    for row in range(MOST_PLACES + 3):
        bad.append(line(row + 1, (100, 200 + 180 * row, "Dale 0f B1rfh", 0.5)))
        with_letters(grey, 900, 200 + 180 * row, 4 + row)
    places = doubtful_places(page_of(line(0, NAME), *bad, grey=grey))
    letters = [place for place in places if place.left > 600]
    assert len(places) == 2 * MOST_PLACES and len(letters) == MOST_PLACES
    assert min(place.top for place in letters) > 200 + 180 * 2
