"""A closer look at places of a page: the detector sees the whole page at once, at half its size, and misses some of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import cv2
import numpy as np

from pipeline.reading.engines import Engine, EngineError, Picture
from pipeline.reading.geometry import Rect
from pipeline.reading.overlooked import LOWEST, WEAK, doubtful_places, unanswered_places
from pipeline.reading.page import PageText
from pipeline.reading.preparation import crop_line
from pipeline.reading.text import TextLine, line_from

ENLARGED = 3.0
"""Times: how much larger the detector sees the place."""
LARGEST = 1600
"""Pixels: the long side of the enlarged place at most."""
BETTER = 0.05
"""By so much the mean score of letters must be higher to be believed more."""
ENOUGH = 0.7
"""Share of a line's letters that must be found again."""
EDGE = 4
"""Pixels from the edge of a place: a line that comes so near is cut off there."""
MOSTLY = 0.5
COVERED = 0.3
"""Share of a found line that known lines may cover."""


def looked_closer(page: PageText, grey: Picture, engine: Engine) -> PageText:
    """The page with the lines that are only found where one looks closer; of a failing engine those found until then."""
    lines = list(page.lines)
    with suppress(EngineError):
        for place in doubtful_places(page):
            lines = _with_better(lines, _whole(_lines_at(place, grey, engine, 1.0), place, page))
        for place in unanswered_places(page):
            lines += _new(_lines_at(place, grey, engine, ENLARGED), lines)
    if lines == list(page.lines):
        return page
    return PageText.of([replace(line, number=number) for number, line in enumerate(lines)], page.layout)


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
        as_long = _letters_of(instead) > ENOUGH * _letters_of([line])
        if line.score() < WEAK and as_long and _certainty(instead) > _certainty([line]) + BETTER:
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


def _lines_at(place: Rect, grey: Picture, engine: Engine, enlarged: float) -> list[TextLine]:
    """The lines that are found in the enlarged place."""
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
    found = [line_from(n, c, text) for n, (c, text) in enumerate(zip(corners, read, strict=True))]
    return [line for line in found if line is not None]
