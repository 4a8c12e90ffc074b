"""Where on a page something may be overlooked: ink that is in no line, lines that are hardly legible, labels without an answer.

An address squeezed into a small box is written too small for the detector, so it is looked for where a label has no answer. Print
that a large hand touches is missed as well, labels and headings among it; such letters are looked for everywhere. And where two
rows were taken for one line, hardly a letter of it is certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from pipeline.reading.geometry import Rect, around, parts_of
from pipeline.reading.labels import Hit
from pipeline.reading.page import PageText
from pipeline.reading.places import places_of

LONG_ANSWERS = frozenset({"address", "name_address", "street", "city_state_zip", "email", "name"})
"""Labels whose answers are long, and so written small where there is little room."""
ANSWERED = 0.9
"""How likely the place of words is, from 0 to 1, that answer a label for good."""
FEWEST_LETTERS = 8
"""Pieces of ink in a place that may be writing."""
LOWEST, HIGHEST = 5, 40
"""Pixels: the height of a small letter."""
WEAK = 0.7
"""Score of a line below which it is found and read again."""
LEAST = 0.25
"""Of the height of most lines: what is lower is no letter but a speck or a dot."""
SPARSE = 0.12
"""Share of its bounding box that a letter's ink fills at least."""
FEWEST_IN_A_ROW = 3
"""Letters side by side in no line, from which it is worth to look."""
MOST_PLACES = 8
"""Of a page that are looked at; noise has more."""
FAINT = 30
"""Shades that a faint stroke is darker than its paper."""
OVER_THE_WALL = 0.6
"""Label heights: so far a hand may stand over the wall of its cell."""
TALLEST = 10
"""Label heights of a place that is looked at."""


def doubtful_places(page: PageText) -> list[Rect]:
    """Places whose letters are in no line, or in one that is badly read, with what is around them; none overlap."""
    return _apart([*_unseen(page), *_badly_read(page)])


def _usual(page: PageText) -> float:
    """The height of most lines."""
    return float(np.median([line.rect.height for line in page.lines])) if page.lines else 0.0


def _badly_read(page: PageText) -> list[Rect]:
    """Lines of which hardly a letter is certain: two may have been taken for one, or a piece of a hand for a line."""
    usual = _usual(page)
    bad = [line.rect for line in page.lines if line.score() < WEAK and 0.6 * usual < line.rect.height]
    return [r.grown(usual, 0.6 * usual) for r in bad][:MOST_PLACES]


def _apart(places: Sequence[Rect]) -> list[Rect]:
    """The places, those that overlap as one."""
    apart: list[Rect] = []
    for place in places:
        while touching := [r for r in apart if r.x_overlap(place) > 0 and r.y_overlap(place) > 0]:
            apart = [r for r in apart if r not in touching]
            place = around([place, *touching])  # noqa: PLW2901  # grown to hold what it touches
        apart.append(place)
    return apart


def _unseen(page: PageText) -> list[Rect]:
    """Where letters stand side by side that are in no line, with what is around them; the longest first."""
    layout = page.layout
    usual = _usual(page)
    if not usual:
        return []
    ink = layout.ink.astype(np.uint8)
    for rect in [line.rect for line in page.lines] + list(layout.boxes) + list(layout.bands):
        left, top, right, bottom = (int(v) for v in rect.grown(4, 2).within(layout.width, layout.height))
        ink[top:bottom, left:right] = 0
    near = np.zeros_like(ink)
    letters = []
    for x, y, width, height, area in parts_of(ink)[1]:
        if LEAST * usual <= height <= usual and width <= 2 * usual and area > SPARSE * width * height:
            letters.append((x + width / 2, y + height / 2))
            near[y : y + height, max(0, x - int(0.5 * usual)) : x + width + int(0.5 * usual)] = 1
    numbers, rows = parts_of(near)
    counts = np.bincount([numbers[int(y), int(x)] for x, y in letters], minlength=len(rows) + 1)
    found = [Rect(x, y, x + w, y + h) for (x, y, w, h, _a), n in zip(rows, counts[1:], strict=True) if n >= FEWEST_IN_A_ROW]
    return [r.grown(3 * usual, 1.2 * usual) for r in sorted(found, key=lambda r: -r.width)[:MOST_PLACES]]


def unanswered_places(page: PageText) -> Iterator[Rect]:
    """Where the answer of a label should stand that has none, if there is ink which belongs to no line."""
    seen: list[Rect] = []
    for hit in page.labels:
        if hit.phrase.key not in LONG_ANSWERS or any(likely >= ANSWERED for _words, likely in places_of(page, hit)):
            continue
        place = _place_of(page, hit)
        if place is not None and place not in seen and _letters(page, place) >= FEWEST_LETTERS:
            seen.append(place)
            yield place


def _place_of(page: PageText, hit: Hit) -> Rect | None:
    """The cell of a label, or the strip over the rule to its right."""
    label, layout = hit.rect, page.layout
    cell = layout.cell(label)
    if cell is not None:
        height = min(cell.height, TALLEST * label.height)
        return Rect(cell.left, cell.top, cell.right, cell.top + height).grown(0, OVER_THE_WALL * label.height)
    rule = layout.rule_right(label)
    if rule is None:
        return None
    return Rect(label.right, rule.top - 1.6 * label.height, rule.right, rule.top + 0.4 * label.height)


def _letters(page: PageText, place: Rect) -> int:
    """How many strokes in a place may be small letters of no line that is known, be they faint."""
    x0, y0, x1, y1 = (int(v) for v in place.within(page.layout.width, page.layout.height))
    if min(x1 - x0, y1 - y0) < HIGHEST:
        return 0
    grey = cv2.blur(page.layout.grey[y0:y1, x0:x1], (3, 3))  # a speck of a pixel is no letter
    ink = (grey < np.median(grey) - FAINT).astype(np.uint8)
    for line in page.lines:
        left, top, right, bottom = (int(v) for v in line.rect.grown(3, 3))
        ink[max(0, top - y0) : max(0, bottom - y0), max(0, left - x0) : max(0, right - x0)] = 0
    _labels, parts = parts_of(ink)
    return sum(LOWEST <= h <= HIGHEST and w <= 3 * HIGHEST for _x, _y, w, h, _area in parts)
