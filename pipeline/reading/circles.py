"""Printed circles to tick, as some forms have them instead of squares.

An O is round, too. A circle to tick has paper on both sides, a thin line, and others of its size on the page.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.geometry import Rect, holes_of

FEWEST = 3
"""Circles of one size, two of them empty: fewer are letters, or a part of an emblem."""
ALIKE = 3
"""Pixels by which the circles of one form differ in size."""
ROUND = (0.72, 0.84)
"""Share of its bounding box that the paper in a circle fills: least and most; a whole disc fills 0.785."""
SMALLEST_HOLE, LARGEST = 14, 60
"""Pixels: the paper inside the smallest circle, and the largest circle, on a page of about 2200 to 2600 pixels."""
THIN, THICKEST = 4, 0.2
"""Pixels, and share of its radius: a thicker line is that of a letter."""
MOST_MARKED = 3
"""Circles that look marked for each clean one, at most."""
FARTHEST = 8
"""Heights of a circle: in a column a marked one is no farther from a clean one."""
DRAWN = 0.85
"""Share of its ring that is ink, where a mark runs over it."""


def find_circles(dark: NDArray[np.uint8], least: float) -> list[Rect]:
    """The circles of a page, of at least `least` pixels, marked ones among them."""
    clean = _alike([circle for circle in _clean(dark) if circle.height >= least])
    if len(clean) < FEWEST - 1:
        return []
    side = round(float(np.median([max(c.width, c.height) for c in clean])))
    marked = [c for c in _marked(dark, side, clean) if not any(c.x_overlap(o) and c.y_overlap(o) for o in clean)]
    if len(marked) > MOST_MARKED * len(clean):  # letters of a hand
        marked = []
    return clean + marked if len(clean) + len(marked) >= FEWEST else []


def _alike(circles: Sequence[Rect]) -> list[Rect]:
    """Those of the size that most share."""
    sizes = [[c for c in circles if abs(c.width - one.width) <= ALIKE and abs(c.height - one.height) <= ALIKE] for one in circles]
    return max(sizes, key=len, default=[])


def _clean(dark: NDArray[np.uint8]) -> list[Rect]:
    """Thin rings around round pieces of paper, with paper on both sides."""
    found = []
    for x, y, w, h, area in holes_of(dark, (SMALLEST_HOLE, LARGEST), ROUND[0]):
        if 0.88 <= w / h <= 1.14 and ROUND[0] <= area / (w * h) <= ROUND[1]:
            line = _line(dark, x, y, w, h)
            if line is not None:
                found.append(Rect(x - line, y - line, x + w + line, y + h + line))
    return [circle for circle in found if _alone(dark, circle)]


def _line(dark: NDArray[np.uint8], x: int, y: int, w: int, h: int) -> int | None:
    """How thick the ring is, measured along the four axes; None where one of them says otherwise."""
    cx, cy = x + w // 2, y + h // 2
    most = max(THIN, round(THICKEST * w / 2) + 1)
    rays = (
        dark[cy, max(0, x - most - 1) : x][::-1],
        dark[cy, x + w : x + w + most + 1],
        dark[max(0, y - most - 1) : y, cx][::-1],
        dark[y + h : y + h + most + 1, cx],
    )
    runs = [int(np.argmin(ray)) if ray.size and not ray.all() else most + 1 for ray in rays]
    return max(runs) if min(runs) >= 1 and max(runs) <= most else None


def _alone(dark: NDArray[np.uint8], circle: Rect) -> bool:
    """Whether nothing stands within a third of its width to the left and to the right."""
    x0, y0, x1, y1 = (int(v) for v in circle)
    room = max(4, (x1 - x0) // 3)
    sides = dark[y0:y1, max(0, x0 - room) : max(0, x0 - 1)], dark[y0:y1, x1 + 1 : x1 + room]
    return all(side.size == 0 or float(side.mean()) < 0.03 for side in sides)


def _marked(dark: NDArray[np.uint8], side: int, clean: Sequence[Rect]) -> list[Rect]:
    """Places in a row or a column of the clean ones where ink runs along the ring."""
    ring = np.zeros((side, side), np.float32)
    middle = (side - 1) / 2
    ys, xs = np.mgrid[0:side, 0:side]
    away = np.hypot(xs - middle, ys - middle)
    ring[np.abs(away - (side / 2 - 1.5)) < 1] = 1
    near, strips = 0.3 * side, []
    for low, high in _joined([(c.top - near, c.top + near) for c in clean]):
        strips.append((0, max(0, low), dark[max(0, low) : high + side]))
    for low, high in _joined([(c.left - near, c.left + near) for c in clean]):
        strips.append((max(0, low), 0, dark[:, max(0, low) : high + side]))
    places = sorted((place for x, y, strip in strips for place in _ringed(strip, ring / ring.sum(), x, y)), key=lambda p: -p[0])
    found: list[Rect] = []
    for _share, place in places:
        listed = any(
            abs(place.top - c.top) <= near or (abs(place.left - c.left) <= near and abs(place.top - c.top) < FARTHEST * side)
            for c in clean
        )
        if listed and not any(place.x_overlap(f) and place.y_overlap(f) for f in found):
            found.append(place)
    return found


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """The spans from left to right, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], int(high) + 1)
        else:
            joined.append((int(low), int(high) + 1))
    return joined


def _ringed(dark: NDArray[np.uint8], ring: NDArray[np.float32], x: int, y: int) -> list[tuple[float, Rect]]:
    """Places of a strip whose top left corner is at x, y, and the share of the ring that is ink, where that is most."""
    side = ring.shape[0]
    share = cv2.filter2D(cv2.dilate(dark, np.ones((3, 3), np.uint8)), cv2.CV_32F, ring, anchor=(0, 0))
    peaks = (share >= DRAWN) & (cv2.dilate(share, np.ones((5, 5), np.uint8)) == share)
    peaks[dark.shape[0] - side + 1 :] = False
    peaks[:, dark.shape[1] - side + 1 :] = False
    quarter, half = side // 4, side // 2
    found = []
    for top, left in np.argwhere(peaks).tolist():
        inner = dark[top + quarter : top + quarter + half, left + quarter : left + quarter + half]
        if float(inner.mean()) < DRAWN:
            place = Rect(float(x + left), float(y + top), float(x + left + side), float(y + top + side))
            found.append((float(share[top, left]), place))
    return found
