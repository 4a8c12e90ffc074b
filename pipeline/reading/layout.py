"""What is drawn on a page besides letters: rules to write on, the walls of table cells, boxes to tick."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect

INK = 150
"""Grey levels below this are ink on a flattened page (paper is about 250)."""
SMALLEST_BOX, LARGEST_BOX = 13, 60
"""Pixels: the sides of boxes to tick, on a page of about 2200 to 2600 pixels."""


@dataclass(frozen=True)
class Layout:
    """The drawn parts of one page, in pixels."""

    grey: Picture
    across: tuple[Rect, ...]
    """Horizontal rules."""
    down: tuple[Rect, ...]
    """Vertical rules."""
    boxes: tuple[Rect, ...]
    """Squares to tick, their frame included."""

    @property
    def width(self) -> int:
        """Of the page, in pixels."""
        return int(self.grey.shape[1])

    @property
    def height(self) -> int:
        """Of the page, in pixels."""
        return int(self.grey.shape[0])

    @cached_property
    def ink(self) -> NDArray[np.bool_]:
        """Where the page is dark, rules left out."""
        dark = self.grey < INK
        for rule in self.across + self.down:
            x0, y0, x1, y1 = (int(v) for v in rule.grown(1, 1).within(self.width, self.height))
            dark[y0:y1, x0:x1] = False
        return np.asarray(dark, dtype=np.bool_)

    def rule_above(self, place: Rect, reach: float) -> Rect | None:
        """The rule right over `place` (at most `reach` pixels higher) on which a value may have been written."""
        near = [r for r in self.across if -0.35 * place.height <= place.top - r.bottom <= reach and r.left - 2 * place.height <= place.left < r.right]
        return max(near, key=lambda r: r.bottom, default=None)

    def rule_right(self, place: Rect) -> Rect | None:
        """The rule that starts at the end of `place` on its line of writing, or runs through there."""
        low, high = place.top + 0.4 * place.height, place.bottom + 0.5 * place.height
        near = [r for r in self.across if low <= r.top <= high and r.right > place.right + place.height and r.left < place.right + 3 * place.height]
        return min(near, key=lambda r: abs(r.top - place.bottom), default=None)

    def cell(self, place: Rect) -> Rect | None:
        """The table cell around `place`, if rules close it on all four sides."""
        x, y = place.middle
        left = max((r.right for r in self.down if r.right <= place.left + 6 and r.top <= y <= r.bottom), default=None)
        right = min((r.left for r in self.down if r.left >= place.right - 6 and r.top <= y <= r.bottom), default=None)
        top = max((r.bottom for r in self.across if r.bottom <= y and r.left <= x <= r.right), default=None)
        bottom = min((r.top for r in self.across if r.top >= y and r.left <= x <= r.right), default=None)
        if left is None or right is None or top is None or bottom is None:
            return None
        return Rect(left, top, right, bottom)

    def wall_between(self, left: Rect, right: Rect) -> bool:
        """Whether a vertical rule stands between two places on one line."""
        y = (max(left.top, right.top) + min(left.bottom, right.bottom)) / 2
        return any(left.right - 4 <= r.left <= right.left + 4 and r.top <= y <= r.bottom for r in self.down)


def layout_of(grey: Picture) -> Layout:
    """Finds rules and boxes on an upright, flattened page."""
    dark = (grey < 185).astype(np.uint8)
    height, width = grey.shape
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, 7), np.uint8))
    thick = np.ones((3, 1), np.uint8)
    across = _bars(cv2.dilate(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, max(45, width // 36)), np.uint8)), thick), flat=True)
    standing = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((7, 1), np.uint8))
    down = _bars(cv2.morphologyEx(standing, cv2.MORPH_OPEN, np.ones((max(55, height // 42), 1), np.uint8)), flat=False)
    return Layout(grey, across, down, _boxes(dark))


def _bars(mask: NDArray[np.uint8], *, flat: bool) -> tuple[Rect, ...]:
    """The long thin parts of a mask; thick ones are dark areas, not rules."""
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    bars = []
    for x, y, w, h, _area in stats[1:count].tolist():
        if (h if flat else w) <= 14 and (w if flat else h) > 3 * (h if flat else w):
            bars.append(Rect(x, y, x + w, y + h))
    return tuple(bars)


def _boxes(dark: NDArray[np.uint8]) -> tuple[Rect, ...]:
    """Squares whose four sides are drawn; a tick through them does not matter."""
    length = SMALLEST_BOX - 2
    flat = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    frame = cv2.morphologyEx(flat | upright, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(frame, connectivity=8)
    found = []
    for number, (x, y, w, h, _area) in enumerate(stats[1:count].tolist(), start=1):
        if not (SMALLEST_BOX <= w <= LARGEST_BOX and SMALLEST_BOX <= h <= LARGEST_BOX and 0.7 <= w / h <= 1.45):
            continue
        if _framed(labels[y : y + h, x : x + w] == number):
            found.append(Rect(x, y, x + w, y + h))
    return tuple(found)


def _framed(part: NDArray[np.bool_]) -> bool:
    """Whether ink runs along all four sides."""
    depth = max(3, round(min(part.shape) * 0.22))
    sides = (part[:depth].any(axis=0), part[-depth:].any(axis=0), part[:, :depth].any(axis=1), part[:, -depth:].any(axis=1))
    return all(float(side.mean()) >= 0.8 for side in sides)
