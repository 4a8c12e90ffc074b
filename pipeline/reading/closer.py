"""A closer look where there is ink that belongs to no line: the detector sees the whole page at once, and misses some.

An address squeezed into a small box is written too small for it, so it is looked for where a label has no answer. And print that
a large hand touches may be missed, labels and headings among it; such letters are looked for everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import cv2
import numpy as np

from pipeline.reading.engines import Engine, EngineError, Picture
from pipeline.reading.geometry import Rect, around, parts_of
from pipeline.reading.labels import Hit
from pipeline.reading.page import PageText
from pipeline.reading.places import places_of
from pipeline.reading.preparation import crop_line
from pipeline.reading.text import TextLine, line_from

LONG_ANSWERS = frozenset({"address", "name_address", "street", "city_state_zip", "email", "name"})
"""Labels whose answers are long, and so written small where there is little room."""
ANSWERED = 0.9
"""How likely the place of words is, from 0 to 1, that answer a label for good."""
ENLARGED = 3.0
"""Times: how much larger the detector sees the place."""
LARGEST = 1600
"""Pixels: the long side of the enlarged place at most."""
FEWEST_LETTERS = 8
"""Pieces of ink in a place that may be writing."""
LOWEST, HIGHEST = 5, 40
"""Pixels: the height of a small letter."""
WEAK = 0.7
"""Score of a line below which it is found and read again."""
BETTER = 0.05
"""By so much the mean score of letters must be higher to be believed more."""
ENOUGH = 0.7
"""Share of a line's letters that must be found again."""
EDGE = 4
"""Pixels from the edge of a place: a line that comes so near is cut off there."""
MOSTLY = 0.5
COVERED = 0.3
"""Share of a found line that known lines may cover."""
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


def with_small_writing(page: PageText, grey: Picture, engine: Engine) -> PageText:
    """The page with the lines that are only found where one looks closer; as it is where the engine fails."""
    lines = list(page.lines)
    with suppress(EngineError):
        for place in _apart([*_unseen(page), *_badly_read(page)]):
            lines = _with_better(lines, _whole(_lines_at(place, grey, engine, len(lines), 1.0), place, page))
        for place in _unanswered(page):
            lines += _new(_lines_at(place, grey, engine, len(lines), ENLARGED), lines)
    return page if lines == list(page.lines) else PageText.of(lines, page.layout)


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


def _whole(lines: Sequence[TextLine], place: Rect, page: PageText) -> list[TextLine]:
    """Those that the edge of the place does not cut."""
    left, right = place.left + EDGE, place.right - EDGE
    return [
        line
        for line in lines
        if (line.rect.left > left or left < 2 * EDGE) and (line.rect.right < right or right > page.layout.width - 2 * EDGE)
    ]


def _with_better(lines: list[TextLine], found: Sequence[TextLine]) -> list[TextLine]:
    """The lines with those of a closer look that are new, or that are read better than the one line in whose place they are."""
    known = list(lines)
    for line in lines:
        others = [k for k in known if k is not line]
        instead = [f for f in _new(found, others) if _share(f.rect, line.rect) > MOSTLY]
        if line.score() < WEAK and _letters_of(instead) > ENOUGH * _letters_of([line]):
            if _certainty(instead) > _certainty([line]) + BETTER:
                known = others
    return known + _new(found, known)


def _letters_of(lines: Sequence[TextLine]) -> int:
    return sum(len(line.key[0]) for line in lines)


def _certainty(lines: Sequence[TextLine]) -> float:
    """The mean score of all letters."""
    scores = [letter.score for line in lines for letter in line.letters if letter.char != " "]
    return sum(scores) / len(scores) if scores else 0.0


def _new(found: Sequence[TextLine], known: Sequence[TextLine]) -> list[TextLine]:
    """Those that are not, for a third or more, a line that is known."""
    return [f for f in found if not any(_share(f.rect, line.rect) > COVERED for line in known)]


def _share(rect: Rect, of: Rect) -> float:
    """The share of the first that the second covers."""
    return of.x_overlap(rect) * of.y_overlap(rect) / max(1.0, rect.width * rect.height)


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


def _unanswered(page: PageText) -> Iterator[Rect]:
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


def _lines_at(place: Rect, grey: Picture, engine: Engine, number: int, enlarged: float) -> list[TextLine]:
    """The lines that are found in the enlarged place, numbered from `number` on."""
    height, width = grey.shape
    x0, y0, x1, y1 = (int(v) for v in place.within(width, height))
    crop = grey[y0:y1, x0:x1]
    if min(crop.shape) < LOWEST:
        return []
    ratio = min(enlarged, LARGEST / max(crop.shape))
    large = cv2.resize(crop, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_CUBIC)
    corners = [
        c / ratio + np.array([x0, y0], dtype=np.float32) for c in engine.detect(np.asarray(large, dtype=np.uint8), LARGEST)
    ]
    read = engine.recognize([crop_line(grey, c) for c in corners]) if corners else []
    found = [line_from(number + n, c, text) for n, (c, text) in enumerate(zip(corners, read, strict=True))]
    return [line for line in found if line is not None]
