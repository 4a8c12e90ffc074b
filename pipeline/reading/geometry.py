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
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=connectivity)
    return np.asarray(labels, dtype=np.int32), stats[1:].tolist()


def around(rects: list[Rect]) -> Rect:
    """The smallest rectangle that holds all. Raises ValueError for none."""
    return Rect(min(r.left for r in rects), min(r.top for r in rects), max(r.right for r in rects), max(r.bottom for r in rects))
