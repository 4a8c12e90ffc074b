"""Where one signs: on the rule over the label, beside it or under it, in the rest of its cell, in a shaded box."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.reading.geometry import Rect, around, parts_of
from pipeline.reading.labels import Hit
from pipeline.reading.page import PageText
from pipeline.reading.places import explains
from pipeline.reading.words import is_form_text

ON_ONE_LINE = 6
"""Pixels by which pieces of one rule may lie apart in height: a signature that crosses a thin rule breaks it."""
DEEPEST = 4.5
"""Heights of a label down to the rule of the line under it."""
NEAREST = 1.0
"""The same at least: a rule that is closer underlines the label."""
NEXT_ROW = 1.6
"""The same behind a colon, where a nearer rule is the end of its row."""
UNDER_IT = 0.9
"""Heights of a label at most from a rule down to the label that explains it."""
CLOSE = 0.5
"""The same where that is certain."""
LOWEST_ROW = 2.0
"""Heights of a label down to the end of its row."""
SHADE = 10
"""Grey levels by which a shaded box is darker than the paper."""
DARKEST_SHADE = 150
LEAST_ROOM = 1.2
"""Heights of a label that are room enough to sign in."""


AT_THE_EDGE = 3.0
"""Heights of a label at most from the wall of its cell; one in brackets, or in the middle, stands under a line in a frame."""


def signing_line(page: PageText, hit: Hit) -> Rect | None:
    """The place to sign that a label asks to be signed; None where there is none."""
    rect, layout = hit.rect, page.layout
    height = rect.height
    right_stop = _right_stop(page, hit)
    asks_right = hit.line.text[hit.end : hit.end + 2].strip()[:1] in (":", "_") and not _choices_follow(page, rect)
    over = rule_over(page, rect)
    cell = layout.cell(rect)
    under = over is not None and cell is not None and (explains(hit) or rect.left - cell.left > AT_THE_EDGE * height)
    if not under and (cell is None or cell.width < rect.width + BESIDE * height):
        box = _box_beside(page, hit)
        if box is not None:
            return box
    if cell is not None and cell.height > 1.2 * height and not asks_right and not under:
        return _in_cell(cell, rect, right_stop)
    if over is not None and not asks_right:
        end = min(over.right, _next_under(page, hit, over), right_stop)
        return Rect(max(over.left, rect.left - 6 * height), over.top - 2.4 * height, end, over.top - 1)
    beside = layout.rule_right(rect)
    if beside is None and cell is None:
        beneath = _under(page, hit, right_stop, asks_right=asks_right)
        if beneath is not None:
            return beneath
    end = min(right_stop, _end_of_rule(page, beside, right_stop) + height if beside else rect.right + 16 * height)
    end = min(end, cell.right if cell else end)
    if end - rect.right < 2 * height:
        return None
    bottom = rect.bottom + 0.25 * height if beside else _end_of_row(page, rect)
    return Rect(rect.right + 0.3 * height, rect.top - 0.9 * height, end - 0.3 * height, bottom)


BESIDE = 3.0
"""Heights of a label at most between it and the box beside it."""
WIDE = 5.0
"""The same that a box is at least wide."""


def _box_beside(page: PageText, hit: Hit) -> Rect | None:
    """The inside of the box, or of the next cell of the row, that begins right behind a label."""
    rect, layout = hit.rect, page.layout
    reach = BESIDE * rect.height
    walls = [w for w in layout.down if -6 < w.left - rect.right < reach and w.y_overlap(rect) > 0.5 * rect.height]
    wall = min(walls, key=lambda w: w.left, default=None)
    if wall is None:
        return None
    box = layout.cell(Rect(wall.right + 6, rect.top, wall.right + 6 + rect.height, rect.bottom))
    if box is None or box.width < WIDE * rect.height or any(box.holds(*h.rect.middle) for h in page.labels):
        return None
    return box.grown(-4, -4)


def _end_of_row(page: PageText, label: Rect) -> float:
    """The rule under the row of a table in which a label stands, else little below the label."""
    height = label.height
    rules = [r.top - 1 for r in page.layout.across if r.left < label.left and r.right > label.right + 4 * height]
    return min((y for y in rules if 0 < y - label.bottom < LOWEST_ROW * height), default=label.bottom + 0.25 * height)


def _right_stop(page: PageText, hit: Hit) -> float:
    """Where the next label or the next wall on the row begins."""
    rect = hit.rect
    others = [h.rect for h in page.labels if h is not hit and (h.line is not hit.line or h.start != hit.start)]
    row = [r.left for r in others if r.left > rect.right and r.same_row(rect, 0.5)]
    below = rect.grown(0, 0.5 * rect.height)
    walls = [w.left for w in page.layout.down if w.left > rect.right and w.y_overlap(below) > 0.4 * rect.height]
    return min([*row, *walls], default=float(page.layout.width) - rect.height)


def _next_under(page: PageText, hit: Hit, rule: Rect) -> float:
    """How far a label may have the rule over it that another one stands under as well: half the way to that, for what is
    written there may begin before it."""
    row = [h.rect for h in page.labels if h.rect.left > hit.rect.right and h.rect.same_row(hit.rect, 0.5)]
    return min(((hit.rect.right + r.left) / 2 for r in row if r.left < rule.right), default=rule.right)


def _choices_follow(page: PageText, label: Rect) -> bool:
    """Whether boxes to tick stand behind a label ("Signature of: [ ] Parent"): then nobody signs there."""
    return any(b.same_row(label) and 0 < b.left - label.right < 2 * label.height for b in page.layout.boxes)


def rule_over(page: PageText, rect: Rect) -> Rect | None:
    """The rule right over a label, or the piece of it that a large signature has left."""
    layout = page.layout
    rule = layout.rule_above(rect, UNDER_IT * rect.height)
    pieces = [
        r
        for r in layout.across
        if -0.35 * rect.height <= rect.top - r.bottom <= UNDER_IT * rect.height and rect.left < r.left < rect.right
    ]
    if rule is None and pieces:
        whole = around(pieces)
        return Rect(rect.left, whole.top, whole.right, whole.bottom)
    return rule


def _end_of_rule(page: PageText, rule: Rect, right_stop: float) -> float:
    """Where a rule ends with its last piece, however wide the gap that a signature has left in it."""
    pieces = [r.right for r in page.layout.across if abs(r.top - rule.top) < ON_ONE_LINE and rule.left < r.left < right_stop]
    return max([rule.right, *pieces])


def _in_cell(cell: Rect, label: Rect, right_stop: float) -> Rect:
    """The part of a cell that its label leaves free: under it if there is room, else over it, else beside it."""
    right = min(cell.right, right_stop) - 4
    below, above = cell.bottom - label.bottom, label.top - cell.top
    if max(below, above) < 0.8 * label.height:
        return Rect(label.right + 4, cell.top + 3, right, cell.bottom - 3)
    if below >= above:
        return Rect(label.left, label.bottom, right, cell.bottom - 3)
    return Rect(label.left, cell.top + 3, right, label.top)


def _under(page: PageText, hit: Hit, right_stop: float, *, asks_right: bool) -> Rect | None:
    """The shaded box, or the line to write on, under a label that has nothing drawn to its right."""
    rect = hit.rect
    box = _shaded(page, rect, min(rect.left, hit.line.rect.left), right_stop)
    if box is not None:
        return Rect(box.left, rect.bottom - 0.2 * rect.height, min(box.right, right_stop), box.bottom)
    height = min(rect.height, float(np.median([line.rect.height for line in page.lines])))
    top = rect.top + height  # a signature that touches the label makes it high
    nearest = NEAREST if not asks_right else NEXT_ROW
    rules = [
        r
        for r in page.layout.across
        if nearest * height < r.top - top < DEEPEST * height
        and r.left < rect.left + 2 * height
        and r.right > rect.left + 4 * height
    ]
    rule = min(rules, key=lambda r: r.top, default=None)
    if rule is None or _claimed(page, hit, rule):
        return None
    end = min(right_stop, _end_of_rule(page, rule, right_stop))
    return Rect(max(rule.left, rect.left - height), rect.bottom, end, rule.top - 1)


def _claimed(page: PageText, hit: Hit, rule: Rect) -> bool:
    """Whether the form's own words stand between a label and a rule, or right under the rule, which is then theirs."""
    rect = hit.rect
    printed = [h.rect for h in page.labels if h is not hit]
    own = [line for line in page.lines if line is not hit.line and is_form_text(line.text, allowed=0)]
    printed += [page.layout.tight(line.rect) for line in own]
    return any(
        r.x_overlap(rule) > 0 and (rect.bottom < r.middle[1] < rule.top or 0 < r.top - rule.bottom < CLOSE * r.height)
        for r in printed
        if r.left < rect.right or not r.same_row(rect, 0.3)
    )


def _paper_under(page: PageText, label: Rect) -> float:
    """Grey of the paper that the letters of a label stand on."""
    x0, y0, x1, y1 = (int(v) for v in label.within(page.layout.width, page.layout.height))
    cut = page.layout.grey[y0:y1, x0:x1]
    return float(np.percentile(cut, 80)) if cut.size else 255.0


def _shaded(page: PageText, label: Rect, left: float, right_stop: float) -> Rect | None:
    """A box of grey paper right under a label, the printed line around which begins at `left`."""
    height = label.height
    top = label.bottom - 0.2 * height
    reach = Rect(left - 2 * height, top, min(right_stop, page.layout.width), label.bottom + 4 * height)
    x0, y0, x1, y1 = (int(v) for v in reach.within(page.layout.width, page.layout.height))
    if x1 - x0 < 6 * height or y1 - y0 < height:
        return None
    grey = cv2.medianBlur(np.ascontiguousarray(page.layout.grey[y0:y1, x0:x1]), 15)
    paper = float(np.median(page.layout.grey[::8, ::8]))
    if _paper_under(page, label) < paper - SHADE:  # the label's own cell is grey
        return None
    _numbers, parts = parts_of((grey < paper - SHADE) & (grey > DARKEST_SHADE))
    boxes = [
        Rect(x0 + x, y0 + y, x0 + x + w, y0 + y + h)
        for x, y, w, h, area in parts
        if h > LEAST_ROOM * height and w > 6 * height and area > 0.7 * w * h
    ]
    near = [b for b in boxes if -0.6 * height < b.top - label.bottom < height and b.left < label.right]
    return min(near, key=lambda b: b.top, default=None)
