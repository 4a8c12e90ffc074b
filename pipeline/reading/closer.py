"""A closer look where a label has no answer and yet there is ink: an address squeezed into a small box is written so small that
the detector, which sees the whole page at once, does not find it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.engines import Engine, EngineError, Picture
from pipeline.reading.geometry import Rect, parts_of
from pipeline.reading.labels import Hit
from pipeline.reading.page import PageText
from pipeline.reading.places import places_of
from pipeline.reading.preparation import crop_line
from pipeline.reading.text import TextLine, line_from

LONG_ANSWERS = frozenset({"address", "name_address", "street", "city_state_zip", "email", "name"})
"""Labels whose answers are long, and so written small where there is little room."""
ANSWERED = 0.9
"""How likely the place of words is, from 0 to 1, that answer a label for good."""
ENLARGED = 3
"""Times: how much larger the detector sees the place."""
LARGEST = 1600
"""Pixels: the long side of the enlarged place at most."""
FEWEST_LETTERS = 8
"""Pieces of ink in a place that may be writing."""
LOWEST, HIGHEST = 5, 40
"""Pixels: the height of a small letter."""
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
        for place in _unanswered(page):
            lines += _lines_in(place, grey, engine, lines)
    return page if len(lines) == len(page.lines) else PageText.of(lines, page.layout)


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


def _lines_in(place: Rect, grey: Picture, engine: Engine, known: Sequence[TextLine]) -> list[TextLine]:
    """The lines found in the enlarged place that are not known yet."""
    height, width = grey.shape
    x0, y0, x1, y1 = (int(v) for v in place.within(width, height))
    crop = grey[y0:y1, x0:x1]
    if min(crop.shape) < LOWEST:
        return []
    ratio = min(float(ENLARGED), LARGEST / max(crop.shape))
    large = cv2.resize(crop, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_CUBIC)
    corners = [
        c / ratio + np.array([x0, y0], dtype=np.float32) for c in engine.detect(np.asarray(large, dtype=np.uint8), LARGEST)
    ]
    new = [c for c in corners if not any(_covers(line.rect, c) for line in known)]
    read = engine.recognize([crop_line(grey, c) for c in new]) if new else []
    found = [line_from(len(known) + n, c, text) for n, (c, text) in enumerate(zip(new, read, strict=True))]
    return [line for line in found if line is not None]


def _covers(line: Rect, corners: NDArray[np.float32]) -> bool:
    """Whether a found line is, for a third or more, one that is known."""
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    found = Rect(left, top, right, bottom)
    return line.x_overlap(found) * line.y_overlap(found) > 0.3 * found.width * found.height
