"""What is drawn on a page besides letters: rules to write on, the walls of table cells, boxes to tick."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.circles import find_circles
from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect, around, holes_of, parts_of

INK = 150
"""Grey levels below this are ink on a flattened page (paper is about 250)."""
ROOMIEST_CELL = 8
"""A frame higher than so many lines is a part of the form, not the cell of one value."""
THICKEST_RULE = 14
"""Pixels: what is thicker is a dark area."""
THICKEST_BAND = 110
"""Pixels: half an inch."""
MOST_STEP = 7
"""Pixels by which the next piece of a rule may lie higher or lower."""
TOUCHING = 5
"""Pixels between a wall and the rule that it ends on."""
LONG_WALL, SHORT_WALL = 170, 100
"""Pixels: an upright rule of this length is no stroke of a pen; the shorter one, where it ends on a horizontal rule."""
LEAST_GAP, LEAST_PIECE = 6, 40
"""Pixels of paper between two rules that stand end to end, and of the shorter of them."""
LONGEST_PIECE = 500
"""Pixels: a rule is looked at in pieces of this length."""
SMALLEST_HOLE, LARGEST_BOX = 8, 60
"""Pixels: the paper inside the smallest box to tick, and the sides of the largest, on a page of about 2200 to 2600 pixels."""
STROKE = 20
"""Pixels: so long is a side of the smallest box whose frame is told from letters by its straight strokes alone."""
SMALLEST_SHARE = 0.42
"""Of the height of most lines: what is smaller is the bowl of a letter."""
SQUARE = 0.86
"""Share of its bounding box that the paper inside a clean box fills: that inside an O or a D fills less."""
ALIKE = 3
"""Pixels by which the boxes of one form differ in size."""
DRAWN, SURELY_DRAWN = 215, 240
"""Least share of ink along a side of a frame, in 255ths: of one in line with a clean box, and of any other."""
FULLEST = 215
"""Most ink inside a frame with a tick, in 255ths."""
PLAIN_SIDE = 20
"""Pixels: no letter is so large a frame."""


@dataclass(frozen=True)
class Layout:
    """The drawn parts of one page, in pixels."""

    grey: Picture
    across: tuple[Rect, ...]
    """Horizontal rules."""
    down: tuple[Rect, ...]
    """Vertical rules."""
    boxes: tuple[Rect, ...]
    """Squares and circles to tick, their frame included."""
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
        """Where the page is dark, rules left out, but not the strokes that cross them."""
        dark = self.grey < INK
        ink = dark.copy()
        for rule in self.across:
            x0, y0, x1, y1 = (int(v) for v in rule.grown(1, 1).within(self.width, self.height))
            crossing = dark[max(0, y0 - 2), x0:x1] & dark[min(self.height - 1, y1 + 1), x0:x1]
            ink[y0:y1, x0:x1] &= crossing
        for rule in self.down:
            x0, y0, x1, y1 = (int(v) for v in rule.grown(1, 1).within(self.width, self.height))
            ink[y0:y1, x0:x1] = False
        return np.asarray(ink, dtype=np.bool_)

    def rule_above(self, place: Rect, reach: float) -> Rect | None:
        """The rule right over `place` (at most `reach` pixels higher) on which a value may have been written."""
        near = [
            r
            for r in self.across
            if -0.35 * place.height <= place.top - r.bottom <= reach and r.left - 2 * place.height <= place.left < r.right
        ]
        return max(near, key=lambda r: r.bottom, default=None)

    def rules_right(self, place: Rect) -> list[Rect]:
        """The rules that start at the end of `place` on its line of writing, or run through there; two where rows are close."""
        low, high = place.top + 0.4 * place.height, place.bottom + 0.5 * place.height
        return [
            r
            for r in self.across
            if low <= r.top <= high and r.right > place.right + place.height and r.left < place.right + 3 * place.height
        ]

    def rule_right(self, place: Rect) -> Rect | None:
        """That of `rules_right` which is nearest to the foot of `place`, to the end of its last piece."""
        near = self.rules_right(place)
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

    def pieces(self, rule: Rect) -> list[Rect]:
        """A horizontal rule cut where there is nothing but paper in its way: what a pen breaks has ink there."""
        x0, y0, x1, y1 = (int(v) for v in rule.grown(0, MOST_STEP).within(self.width, self.height))
        ink = (self.grey[y0:y1, x0:x1] < INK).any(axis=0)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], ink, [False])).astype(np.int8)))
        pieces: list[Rect] = []
        for start, end in edges.reshape(-1, 2).tolist():
            if pieces and x0 + start - pieces[-1].right < LEAST_GAP:
                pieces[-1] = Rect(pieces[-1].left, rule.top, x0 + end, rule.bottom)
            else:
                pieces.append(Rect(x0 + start, rule.top, x0 + end, rule.bottom))
        return [piece for piece in pieces if piece.width > LEAST_PIECE]

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
    across = _bars(_cut(runs, LONGEST_PIECE, flat=True), flat=True)
    standing = cv2.dilate(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8)), np.ones((1, 2), np.uint8))
    standing = cv2.morphologyEx(standing, cv2.MORPH_OPEN, np.ones((max(55, height // 42), 1), np.uint8))
    down = _bars(_cut(standing, LONGEST_PIECE // 2, flat=False), flat=False)
    down = tuple(rule for rule in down if _between_light(dark, rule))
    across = tuple(rule for rule in _linked(across) if not any(_stroke_of(rule, line) for line in text))
    bands = _bands(runs, dark)
    boxes = _boxes(dark, SMALLEST_SHARE * float(np.median([line.height for line in text])) if text else 0.0)
    down = tuple(rule for rule in down if not _side_of_boxes(rule, boxes) and _is_wall(rule, down, (*across, *bands)))
    return Layout(grey, across, down, boxes, bands)


def _is_wall(rule: Rect, others: Sequence[Rect], across: Sequence[Rect]) -> bool:
    """Whether an upright rule is long, or stands between two horizontal ones: strokes of a large hand do neither."""
    whole = rule
    for other in sorted(others, key=lambda r: r.top):  # with its pieces above and below
        apart = max(whole.top - other.bottom, other.top - whole.bottom)
        if abs(other.middle[0] - rule.middle[0]) < MOST_STEP and apart < MOST_STEP:
            whole = around([whole, other])
    ends = [r for r in across if r.left - MOST_STEP < rule.middle[0] < r.right + MOST_STEP]
    over = any(r.top - TOUCHING < whole.top < r.bottom + TOUCHING for r in ends)
    under = any(r.top - TOUCHING < whole.bottom < r.bottom + TOUCHING for r in ends)
    return whole.height >= LONG_WALL or (over and under) or ((over or under) and whole.height >= SHORT_WALL)


def _side_of_boxes(rule: Rect, boxes: Sequence[Rect]) -> bool:
    """Whether an upright rule is nothing but the sides of boxes that stand one on the other."""
    x = rule.middle[0]
    covered = sum(b.y_overlap(rule) for b in boxes if min(abs(b.left - x), abs(b.right - x)) < 0.3 * b.width)
    return covered > 0.6 * rule.height


def _cut(mask: NDArray[np.uint8], length: int, *, flat: bool) -> NDArray[np.uint8]:
    """Long bars in pieces: on a page that lies a little askew a long rule takes as much room across as a thick one."""
    pieces = mask.copy()
    if flat:
        pieces[:, length::length] = 0
    else:
        pieces[length::length] = 0
    return pieces


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
    """Rules that go on in one line, with small gaps (where a pen crossed them), as one."""
    linked: list[tuple[Rect, Rect]] = []  # the whole rule and its last piece
    for rule in sorted(rules, key=lambda r: (r.left, r.top)):
        for i, (whole, last) in enumerate(linked):
            if abs(last.middle[1] - rule.middle[1]) < MOST_STEP and -2 <= rule.left - last.right < 16:
                linked[i] = around([whole, rule]), rule
                break
        else:
            linked.append((rule, rule))
    return [whole for whole, _ in linked]


def _bars(mask: NDArray[np.uint8], *, flat: bool) -> tuple[Rect, ...]:
    """The long thin parts of a mask; thick ones are dark areas, not rules."""
    bars = []
    for x, y, w, h in _parts(mask):
        if (h if flat else w) <= THICKEST_RULE and (w if flat else h) > 3 * (h if flat else w):
            bars.append(Rect(x, y, x + w, y + h))
    return tuple(bars)


def _bands(mask: NDArray[np.uint8], dark: NDArray[np.uint8]) -> tuple[Rect, ...]:
    """The thick parts of a mask that are much wider than high and mostly dark."""
    parts = [(x, y, w, h) for x, y, w, h in _parts(mask) if THICKEST_RULE < h <= THICKEST_BAND and w > 5 * h]
    return tuple(Rect(x, y, x + w, y + h) for x, y, w, h in parts if float(dark[y : y + h, x : x + w].mean()) > 0.6)


def _parts(mask: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of the connected parts of a mask that is mostly empty: outlines are quicker than labels."""
    outlines, nested = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if nested is None:
        return []
    found = [cv2.boundingRect(o) for o, (*_, parent) in zip(outlines, nested[0].tolist(), strict=True) if parent < 0]
    return sorted(((x, y, w, h) for x, y, w, h in found), key=lambda r: (r[1], r[0]))


def _boxes(dark: NDArray[np.uint8], least: float = 0.0) -> tuple[Rect, ...]:
    """Squares of at least `least` pixels whose four sides are drawn; a tick through them does not matter.

    Clean squares, with nothing but paper inside, tell the sizes that this form uses and where its boxes stand; frames of those
    sizes are then looked for in their columns and rows.
    """
    dark = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))  # a fax breaks thin lines
    clean = [box for box in _clean_boxes(dark) if box.height >= least]
    sides = _usual_sides(clean)
    alike = [[b for b in clean if abs(b.width - w) <= ALIKE and abs(b.height - h) <= ALIKE] for w, h in sides]
    # where every box of the page is ticked, as often where there is but one, none of them is clean: straight strokes tell it
    drawn = [box for box in _drawn_boxes(dark) if box.height >= least and _paper_around(dark, box)]
    found: list[Rect] = []
    for places in (*alike, *(_frames(dark, side, boxes) for side, boxes in zip(sides, alike, strict=True)), drawn):
        found += [p for p in places if not any(p.x_overlap(f) and p.y_overlap(f) for f in found)]
    found += [p for p in find_circles(dark, least) if not any(p.x_overlap(f) and p.y_overlap(f) for f in found)]
    return tuple(sorted(found, key=lambda r: (r.top, r.left)))


def _clean_boxes(dark: NDArray[np.uint8]) -> list[Rect]:
    """Thin frames around square pieces of paper, with paper to their left and right."""
    found = []
    for x, y, w, h, area in holes_of(dark, (SMALLEST_HOLE, LARGEST_BOX), SQUARE):
        if SMALLEST_HOLE <= h <= LARGEST_BOX and 0.75 <= w / h <= 1.33 and area >= SQUARE * w * h:
            box = _framed(dark, x, y, w, h)
            if box is not None and _paper_beside(dark, box):
                found.append(box)
    return found


def _drawn_boxes(dark: NDArray[np.uint8]) -> list[Rect]:
    """Squares of straight strokes, whatever is drawn inside: a cross touches its frame, and leaves no piece of paper square."""
    flat = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, STROKE), np.uint8))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((STROKE, 1), np.uint8))
    labels, parts = parts_of(flat | upright)
    found = []
    for number, (x, y, w, h, _area) in enumerate(parts, start=1):
        fits = STROKE <= w <= LARGEST_BOX and STROKE <= h <= LARGEST_BOX and 0.75 <= w / h <= 1.33
        if fits and _all_sides(labels[y : y + h, x : x + w] == number):
            found.append(Rect(x, y, x + w, y + h))
    return found


def _all_sides(part: NDArray[np.bool_]) -> bool:
    """Whether ink runs along all four sides, and the middle is not filled."""
    depth = max(3, round(min(part.shape) * 0.18))
    sides = (part[:depth].any(axis=0), part[-depth:].any(axis=0), part[:, :depth].any(axis=1), part[:, -depth:].any(axis=1))
    middle = part[part.shape[0] // 4 : -part.shape[0] // 4, part.shape[1] // 4 : -part.shape[1] // 4]
    return all(float(side.mean()) >= 0.9 for side in sides) and float(middle.mean()) < 0.5


def _framed(dark: NDArray[np.uint8], x: int, y: int, w: int, h: int) -> Rect | None:
    """The outer edges of the thin frame around a piece of paper; None where what surrounds it is no thin frame."""
    rows, columns = slice(y + h // 6, y + h - h // 6), slice(x + w // 6, x + w - w // 6)
    most = max(4, min(w, h) // 2)
    left = _thickness(dark[rows, x - i : x - i + 1] for i in range(1, min(most + 1, x) + 1))
    right = _thickness(dark[rows, x + w + i : x + w + i + 1] for i in range(most + 1)) if left else None
    if left is None or right is None:
        return None
    top = _thickness(dark[y - i : y - i + 1, columns] for i in range(1, min(most + 1, y) + 1))
    bottom = _thickness(dark[y + h + i : y + h + i + 1, columns] for i in range(most + 1))
    if top is None and bottom is None:
        return None
    top, bottom = top or bottom or left, bottom or top or left  # one may touch the rule of a table
    return Rect(x - left, y - top, x + w + right, y + h + bottom)


def _thickness(strips: Iterable[NDArray[np.uint8]]) -> int | None:
    """How many strips, from the first on, are mostly ink; None for none, or where no paper follows."""
    for number, strip in enumerate(strips):
        if strip.size == 0 or 2 * np.count_nonzero(strip) < strip.size:
            return number or None
    return None


def _paper_beside(dark: NDArray[np.uint8], box: Rect) -> bool:
    """Whether nothing touches a square's left or right side: letters touch, or nearly touch, their neighbours."""
    x0, y0, x1, y1 = (int(v) for v in box)
    before = dark[y0:y1, max(0, x0 - max(4, (x1 - x0) // 3)) : max(0, x0 - 1)]
    after = dark[y0:y1, x1 + 1 : x1 + max(3, (x1 - x0) // 6)]
    return all(side.size == 0 or float(side.mean()) < 0.06 for side in (before, after))


def _usual_sides(boxes: Sequence[Rect]) -> list[tuple[int, int]]:
    """The (width, height) that several squares share, at most three, the most frequent first."""
    rest = [(round(b.width), round(b.height)) for b in boxes]
    sides: list[tuple[int, int]] = []
    most = 0
    while rest and len(sides) < 3:
        best = max(sorted(set(rest)), key=lambda s: sum(abs(s[0] - o[0]) < ALIKE and abs(s[1] - o[1]) < ALIKE for o in rest))
        near = [o for o in rest if abs(best[0] - o[0]) <= ALIKE and abs(best[1] - o[1]) <= ALIKE]
        if sides and (len(near) < 2 or len(near) < 0.07 * most):
            break
        sides.append(best)
        most = most or len(near)
        rest = [o for o in rest if o not in near]
    return sides


def _frames(dark: NDArray[np.uint8], side: tuple[int, int], clean: Sequence[Rect]) -> list[Rect]:
    """Places where ink runs along the four sides of a box of this size, with paper around, in line with a clean box."""
    w, h = side
    rows, columns = dark.shape
    if rows <= 2 * h + 12 or columns <= 2 * w + 12:
        return []
    # a side may be a pixel off; shares of ink are counted in 255ths: bytes are small
    flat = cv2.boxFilter(cv2.dilate(dark, np.ones((3, 1), np.uint8)) * 255, -1, (w - 4, 1), anchor=(0, 0))
    upright = cv2.boxFilter(cv2.dilate(dark, np.ones((1, 3), np.uint8)) * 255, -1, (1, h - 4), anchor=(0, 0))
    top, bottom = flat[1 : rows - h, 2 : columns - w], flat[h - 2 : rows - 3, 2 : columns - w]
    left, right = upright[2 : rows - h, 1 : columns - w], upright[2 : rows - h, w - 2 : columns - 3]
    height, width = min(top.shape[0], bottom.shape[0], left.shape[0]), min(top.shape[1], left.shape[1], right.shape[1])
    score = np.minimum.reduce([m[:height, :width] for m in (top, bottom, left, right)])
    peaks = cv2.findNonZero(((score >= DRAWN) & (cv2.dilate(score, np.ones((5, 5), np.uint8)) == score)).view(np.uint8))
    if peaks is None:
        return []
    xs, ys = peaks.reshape(-1, 2).T
    inside = cv2.boxFilter(dark * 255, -1, (w - 8, h - 8), anchor=(0, 0))[4 : 4 + height, 4 : 4 + width]
    hollow = inside[ys, xs] <= FULLEST  # in large dark areas every place has ink along four sides
    drawn = hollow & (_in_line(xs, ys, side, clean) | ((score[ys, xs] >= SURELY_DRAWN) & (w >= PLAIN_SIDE)))
    xs, ys = xs[drawn], ys[drawn]
    places: list[Rect] = []
    for i in np.argsort(-score[ys, xs].astype(np.int16), kind="stable").tolist():
        place = Rect(float(xs[i]), float(ys[i]), float(xs[i] + w), float(ys[i] + h))
        taken = any(abs(place.left - p.left) < w and abs(place.top - p.top) < h for p in places)
        if not taken and _paper_around(dark, place):
            places.append(place)
    return places


def _in_line(xs: NDArray[np.int32], ys: NDArray[np.int32], side: tuple[int, int], clean: Sequence[Rect]) -> NDArray[np.bool_]:
    """Whether a clean box stands in the column or row of a box with this top left corner: forms set their boxes so."""
    near = 0.3 * side[0]
    columns, rows = np.zeros(xs.max() + 1, dtype=bool), np.zeros(ys.max() + 1, dtype=bool)
    for box in clean:
        columns[max(0, math.ceil(box.left - near + 1e-9)) : math.ceil(box.left + near)] = True
        rows[max(0, math.ceil(box.top - near + 1e-9)) : math.ceil(box.top + near)] = True
    return np.asarray(columns[xs] | rows[ys], dtype=np.bool_)


def _paper_around(dark: NDArray[np.uint8], place: Rect) -> bool:
    """Whether only single strokes cross the strips around a frame: letters have neighbours. Words may follow closely."""
    x0, y0, x1, y1 = (int(v) for v in place)
    before = dark[y0:y1, max(0, x0 - max(5, (x1 - x0) // 3)) : max(0, x0 - 2)].max(axis=1, initial=0)
    after = dark[y0:y1, x1 + 2 : x1 + 4].max(axis=1, initial=0)
    over, under = (
        dark[max(0, y0 - 4) : max(0, y0 - 2), x0:x1].max(axis=0, initial=0),
        dark[y1 + 2 : y1 + 4, x0:x1].max(axis=0, initial=0),
    )
    beside = float(before.mean()) < 0.4 and float(after.mean()) < 0.6
    return beside and all(not 0.6 <= float(s.mean()) <= 0.95 for s in (over, under))  # the rule of a table may touch it
