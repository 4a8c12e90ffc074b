"""What is drawn on a page besides letters: rules to write on, the walls of table cells, boxes to tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect

INK = 150
"""Grey levels below this are ink on a flattened page (paper is about 250)."""
ROOMIEST_CELL = 8
"""A frame higher than so many lines is a part of the form, not the cell of one value."""
THICKEST_RULE = 14
"""Pixels: what is thicker is a dark area."""
THICKEST_BAND = 110
"""Pixels: half an inch."""
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
    bands: tuple[Rect, ...] = ()
    """Dark bars with white letters, which head a part of the form; a cell may lean on one."""

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
        near = [
            r
            for r in self.across
            if -0.35 * place.height <= place.top - r.bottom <= reach and r.left - 2 * place.height <= place.left < r.right
        ]
        return max(near, key=lambda r: r.bottom, default=None)

    def rule_right(self, place: Rect) -> Rect | None:
        """The rule that starts at the end of `place` on its line of writing, or runs through there."""
        low, high = place.top + 0.4 * place.height, place.bottom + 0.5 * place.height
        near = [
            r
            for r in self.across
            if low <= r.top <= high and r.right > place.right + place.height and r.left < place.right + 3 * place.height
        ]
        rule = min(near, key=lambda r: abs(r.top - place.bottom), default=None)
        while rule is not None:  # a pen that crosses a thin rule breaks it
            more = [
                r
                for r in self.across
                if abs(r.top - rule.top) < 6 and r.left > rule.left and -4 < r.left - rule.right < 4 * place.height
            ]
            if not more:
                break
            rule = Rect(rule.left, rule.top, max(r.right for r in more), rule.bottom)
        return rule

    def tight(self, place: Rect) -> Rect:
        """The height of the ink in `place`, where that is clearly less than its own."""
        x0, y0, x1, y1 = (int(v) for v in place.within(self.width, self.height))
        rows = np.flatnonzero(self.ink[y0:y1, x0:x1].mean(axis=1) > 0.03) if x1 > x0 and y1 > y0 else np.empty(0)
        if rows.size == 0 or rows[-1] - rows[0] < 0.3 * place.height:
            return place
        return Rect(place.left, y0 + float(rows[0]) - 3, place.right, y0 + float(rows[-1]) + 4)

    def cell(self, place: Rect) -> Rect | None:
        """The table cell around `place`, if rules close it on all four sides."""
        y = place.middle[1]
        left = max((r.right for r in self.down if r.right <= place.left + 6 and r.top <= y <= r.bottom), default=None)
        right = min((r.left for r in self.down if r.left >= place.right - 6 and r.top <= y <= r.bottom), default=None)
        if left is None or right is None:
            return None
        slack = 0.08 * (right - left) + 6  # a rule to write on does not reach from wall to wall
        walls = [r for r in self.across + self.bands if r.left <= left + slack and r.right >= right - slack]
        top = max((r.bottom for r in walls if r.bottom <= y), default=None)
        bottom = min((r.top for r in walls if r.top >= y), default=None)
        if top is None or bottom is None:
            return None
        if bottom - top > ROOMIEST_CELL * place.height:
            return None
        return Rect(left, top, right, bottom)

    def wall_between(self, left: Rect, right: Rect) -> bool:
        """Whether a vertical rule stands between two places on one line."""
        y = (max(left.top, right.top) + min(left.bottom, right.bottom)) / 2
        return any(left.right - 4 <= r.left <= right.left + 4 and r.top <= y <= r.bottom for r in self.down)


def layout_of(grey: Picture, text: Sequence[Rect] = ()) -> Layout:
    """Finds rules and boxes on an upright, flattened page. `text`: where lines of text are, whose strokes are no rules."""
    dark = (grey < 185).astype(np.uint8)
    height, width = grey.shape
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    thick = np.ones((3, 1), np.uint8)
    runs = cv2.dilate(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, max(45, width // 40)), np.uint8)), thick)
    across = _bars(runs, flat=True)
    standing = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8))
    down = _bars(cv2.morphologyEx(standing, cv2.MORPH_OPEN, np.ones((max(55, height // 42), 1), np.uint8)), flat=False)
    down = tuple(rule for rule in down if _between_light(dark, rule))
    across = tuple(rule for rule in _linked(across) if not any(_stroke_of(rule, line) for line in text))
    return Layout(grey, across, down, _boxes(dark, text), _bands(runs, dark))


def _between_light(dark: NDArray[np.uint8], rule: Rect) -> bool:
    """Whether a vertical rule has paper on one side at least: a raster or a bar code has not."""
    x0, y0, x1, y1 = (int(v) for v in rule)
    left, right = dark[y0:y1, max(0, x0 - 9) : max(0, x0 - 3)], dark[y0:y1, x1 + 3 : x1 + 9]
    return any(side.size == 0 or float(side.mean()) < 0.2 for side in (left, right)) and not all(
        side.size and float(side.mean()) > 0.12 for side in (left, right)
    )


def _stroke_of(rule: Rect, line: Rect) -> bool:
    """Whether a horizontal bar is part of a line's letters: in their middle, and not longer than the line."""
    y = rule.middle[1]
    inside = line.top + 0.12 * line.height < y < line.bottom - 0.22 * line.height
    return (
        inside
        and rule.left > line.left - line.height
        and rule.right < line.right + line.height
        and rule.width < 0.85 * line.width
    )


def _linked(rules: tuple[Rect, ...]) -> list[Rect]:
    """Rules on one height with small gaps (where a pen crossed them) as one."""
    linked: list[Rect] = []
    for rule in sorted(rules, key=lambda r: (r.left, r.top)):
        for i, other in enumerate(linked):
            if abs(other.middle[1] - rule.middle[1]) < 5 and -2 <= rule.left - other.right < 16:
                linked[i] = Rect(other.left, min(other.top, rule.top), rule.right, max(other.bottom, rule.bottom))
                break
        else:
            linked.append(rule)
    return linked


def _bars(mask: NDArray[np.uint8], *, flat: bool) -> tuple[Rect, ...]:
    """The long thin parts of a mask; thick ones are dark areas, not rules."""
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    bars = []
    for x, y, w, h, _area in stats[1:count].tolist():
        if (h if flat else w) <= THICKEST_RULE and (w if flat else h) > 3 * (h if flat else w):
            bars.append(Rect(x, y, x + w, y + h))
    return tuple(bars)


def _bands(mask: NDArray[np.uint8], dark: NDArray[np.uint8]) -> tuple[Rect, ...]:
    """The thick parts of a mask that are much wider than high and mostly dark."""
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    parts = [(x, y, w, h) for x, y, w, h, _area in stats[1:count].tolist() if THICKEST_RULE < h <= THICKEST_BAND and w > 5 * h]
    return tuple(Rect(x, y, x + w, y + h) for x, y, w, h in parts if float(dark[y : y + h, x : x + w].mean()) > 0.6)


def _boxes(dark: NDArray[np.uint8], text: Sequence[Rect]) -> tuple[Rect, ...]:
    """Squares whose four sides are drawn; a tick through them does not matter.

    Squares that stand alone tell the sizes that this form uses; squares of those sizes are then looked for everywhere.
    """
    clean = _clean_boxes(dark)
    found: list[Rect] = []
    for side in _usual_sides(dark, clean, text):
        for place in _boxes_of(dark, side):
            if not any(place.x_overlap(f) and place.y_overlap(f) for f in found):
                found.append(place)
    return tuple(sorted(found, key=lambda r: (r.top, r.left)))


def _clean_boxes(dark: NDArray[np.uint8]) -> list[Rect]:
    """Squares that touch nothing else."""
    length = SMALLEST_BOX - 2
    flat = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    frame = cv2.morphologyEx(flat | upright, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(frame, connectivity=8)
    found = []
    for number, (x, y, w, h, _area) in enumerate(stats[1:count].tolist(), start=1):
        if not (SMALLEST_BOX <= w <= LARGEST_BOX and SMALLEST_BOX <= h <= LARGEST_BOX and 0.75 <= w / h <= 1.35):
            continue
        hollow = dark[y + h // 4 : y + h - h // 4, x + w // 4 : x + w - w // 4].mean() < 0.5
        if hollow and _framed(labels[y : y + h, x : x + w] == number):
            found.append(Rect(x, y, x + w, y + h))
    return found


def _framed(part: NDArray[np.bool_]) -> bool:
    """Whether ink runs along all four sides."""
    depth = max(3, round(min(part.shape) * 0.18))
    sides = (part[:depth].any(axis=0), part[-depth:].any(axis=0), part[:, :depth].any(axis=1), part[:, -depth:].any(axis=1))
    return all(float(side.mean()) >= 0.85 for side in sides)


def _usual_sides(dark: NDArray[np.uint8], boxes: Sequence[Rect], text: Sequence[Rect]) -> list[tuple[int, int]]:
    """The (width, height) that several squares share, at most two, the most frequent first; letters are no squares."""
    least = 0.42 * float(np.median([line.height for line in text])) if text else 0.0
    rest = [(round(b.width), round(b.height)) for b in boxes if b.height >= least and _paper_before(dark, b)]
    sides: list[tuple[int, int]] = []
    most = 0
    while rest and len(sides) < 2:
        best = max(set(rest), key=lambda s: sum(abs(s[0] - o[0]) <= 2 and abs(s[1] - o[1]) <= 2 for o in rest))
        near = [o for o in rest if abs(best[0] - o[0]) <= 2 and abs(best[1] - o[1]) <= 2]
        if sides and (len(near) < 2 or len(near) < 0.4 * most):
            break
        sides.append(best)
        most = most or len(near)
        rest = [o for o in rest if o not in near]
    return sides


def _paper_before(dark: NDArray[np.uint8], box: Rect) -> bool:
    """Whether nothing stands close to the left of a square: words begin with a box, but boxes do not end words."""
    x, y, w, h = int(box.left), int(box.top), int(box.width), int(box.height)
    before = dark[y : y + h, max(0, x - int(0.6 * w)) : max(0, x - 2)].any(axis=0)
    return before.size == 0 or float(before.mean()) < 0.2


def _boxes_of(dark: NDArray[np.uint8], side: tuple[int, int]) -> list[Rect]:
    """Places where ink runs along the four sides of a box of this size."""
    w, h = side
    thick = cv2.dilate(dark, np.ones((3, 3), np.uint8)) * 255  # shares of ink are counted in 255ths: bytes are small
    flat = cv2.boxFilter(thick, -1, (w - 4, 1), anchor=(0, 0))
    upright = cv2.boxFilter(thick, -1, (1, h - 4), anchor=(0, 0))
    rows, columns = dark.shape
    if rows <= 2 * h + 4 or columns <= 2 * w + 4:
        return []
    top, bottom = flat[1 : rows - h, 2 : columns - w], flat[h - 2 : rows - 3, 2 : columns - w]
    left, right = upright[2 : rows - h, 1 : columns - w], upright[2 : rows - h, w - 2 : columns - 3]
    height, width = min(top.shape[0], bottom.shape[0], left.shape[0]), min(top.shape[1], left.shape[1], right.shape[1])
    score = np.minimum.reduce([m[:height, :width] for m in (top, bottom, left, right)])
    solid = cv2.boxFilter(dark * 255, -1, (max(3, w // 2), max(3, h // 2)), anchor=(0, 0))
    score[solid[h // 4 : h // 4 + height, w // 4 : w // 4 + width] > 242] = 0
    around_it = cv2.boxFilter(dark * 255, -1, (2 * w, 2 * h))  # white letters on a dark band are no boxes
    score[around_it[h // 2 : h // 2 + height, w // 2 : w // 2 + width] > 127] = 0
    peaks = cv2.dilate(score, np.ones((5, 5), np.uint8)) == score
    places: list[Rect] = []
    ys, xs = np.nonzero((score >= 219) & peaks)
    for i in np.argsort(-score[ys, xs].astype(np.int16), kind="stable").tolist():
        x, y = int(xs[i]), int(ys[i])
        if all(abs(x - p.left) > w * 0.7 or abs(y - p.top) > h * 0.7 for p in places) and _stands_alone(dark, x, y, w, h):
            places.append(Rect(x, y, x + w, y + h))
    return places


def _stands_alone(dark: NDArray[np.uint8], x: int, y: int, w: int, h: int) -> bool:
    """Whether there is paper to the left and right: letters touch their neighbours, boxes may only be stacked."""
    near, far = 2, max(4, w // 4)
    sides = (
        dark[y : y + h, max(0, x - far) : max(0, x - near)].any(axis=1),
        dark[y : y + h, x + w + near : x + w + far - 1].any(axis=1),
    )
    return all(side.size == 0 or float(side.mean()) < 0.72 for side in sides)
