"""Places on a page image, in pixels from the top left corner."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.base import Box


class Rect(NamedTuple):
    """An upright rectangle in pixels; right and bottom are outside."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Never negative."""
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        """Never negative."""
        return max(0.0, self.bottom - self.top)

    @property
    def middle(self) -> tuple[float, float]:
        """Centre, as (x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def x_overlap(self, other: Rect) -> float:
        """Pixels of width that both share."""
        return max(0.0, min(self.right, other.right) - max(self.left, other.left))

    def y_overlap(self, other: Rect) -> float:
        """Pixels of height that both share."""
        return max(0.0, min(self.bottom, other.bottom) - max(self.top, other.top))

    def same_row(self, other: Rect, share: float = 0.5) -> bool:
        """Whether both stand on one line of text: they share that part of the lower one's height."""
        return self.y_overlap(other) >= share * max(1.0, min(self.height, other.height))

    def holds(self, x: float, y: float) -> bool:
        """Whether the point is inside."""
        return self.left <= x < self.right and self.top <= y < self.bottom

    def grown(self, dx: float, dy: float) -> Rect:
        """Wider by `dx` and higher by `dy` on each side."""
        return Rect(self.left - dx, self.top - dy, self.right + dx, self.bottom + dy)

    def within(self, width: float, height: float) -> Rect:
        """Cut to a page of that size."""
        return Rect(
            min(max(0.0, self.left), width),
            min(max(0.0, self.top), height),
            max(0.0, min(width, self.right)),
            max(0.0, min(height, self.bottom)),
        )

    def as_box(self, width: float, height: float) -> Box:
        """The same place in fractions of a page of `width` x `height` pixels."""
        inside = self.within(width, height)
        return Box(left=inside.left / width, top=inside.top / height, right=inside.right / width, bottom=inside.bottom / height)


def parts_of(mask: NDArray[np.bool_] | NDArray[np.uint8], connectivity: int = 8) -> tuple[NDArray[np.int32], list[list[int]]]:
    """The connected parts of a mask: the number of each pixel's part (0 is the ground), and of each part, from 1 on, its left,
    top, width, height and area. A mask without pixels has none; OpenCV would crash on it."""
    if not mask.size:
        return np.zeros(mask.shape, dtype=np.int32), []
    ink = np.ascontiguousarray(mask).view(np.uint8)
    count, labels = cv2.connectedComponents(ink, connectivity=connectivity)
    places = cv2.findNonZero(ink)
    if places is None:
        return np.asarray(labels, dtype=np.int32), []
    # OpenCV's own statistics go through every pixel of the ground as well and take three times as long
    xs, ys = places.reshape(-1, 2).T
    numbers = labels[ys, xs] - 1
    order = np.argsort(numbers.astype(np.uint16) if count <= 1 << 16 else numbers, kind="stable")
    areas = np.bincount(numbers, minlength=count - 1)
    ends = np.cumsum(areas)
    firsts = ends - areas
    xs, ys = xs[order], ys[order]  # part by part, each from its top row to its lowest
    left, right = np.minimum.reduceat(xs, firsts), np.maximum.reduceat(xs, firsts)
    top, low = ys[firsts], ys[ends - 1]
    parts = np.stack([left, top, right - left + 1, low - top + 1, areas], axis=1)
    return np.asarray(labels, dtype=np.int32), parts.tolist()


def holes_of(dark: NDArray[np.uint8], widths: tuple[int, int], share: float) -> list[tuple[int, int, int, int, int]]:
    """
    The pieces of paper that ink closes in: left, top, width, height and area of each, from the top down. Only those of such
    `widths` (pixels, least and most) that may fill such a share of their bounding box. The edge of the page closes as ink does.
    """
    found = []
    outlines, nested = cv2.findContours(np.pad(dark, 1, constant_values=1), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for outline, (*_, parent) in zip(outlines, nested[0].tolist(), strict=True):
        if parent < 0:
            continue
        x, y, w, h = cv2.boundingRect(outline)  # of the ink around it, on a page with a rim of a pixel
        w, h = w - 2, h - 2
        # Pick's theorem: half of the outline's own pixels, and it has two in every row and column, are no paper inside
        if widths[0] <= w <= widths[1] and cv2.contourArea(outline) - max(w, h) >= share * w * h - 1:
            found.append((x, y, w, h, _area(dark[y : y + h, x : x + w])))
    return sorted(found, key=lambda hole: (hole[1], hole[0]))


def _area(dark: NDArray[np.uint8]) -> int:
    """The pixels of the piece of paper that reaches from side to side and from the top to the foot of a picture."""
    height, width = dark.shape
    _labels, parts = parts_of(1 - dark, connectivity=4)
    return next(area for _x, _y, w, h, area in parts if w == width and h == height)


def around(rects: list[Rect]) -> Rect:
    """The smallest rectangle that holds all. Raises ValueError for none."""
    return Rect(min(r.left for r in rects), min(r.top for r in rects), max(r.right for r in rects), max(r.bottom for r in rects))
