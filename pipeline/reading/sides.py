"""On which side of their boxes the words of a form's choices stand: "[ ] Fax  [ ] Mail" or "Fax [ ]  Mail [ ]".

A single box between two choices does not tell. The ends of its row do: where words stand before the first box and none
behind the last, the boxes stand behind their words. Nearly all forms set their boxes before the words, so that a list is
believed to do otherwise only where all its rows say so.

In a table the words may have one cell and the box the next. A box that is alone in its cell belongs to the cell before or
behind it; else its words are in its own cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reading.geometry import Rect
from pipeline.reading.page import PageText

ENOUGH = 3
"""Boxes of a list that stand behind their words, at least, before it is believed."""
NEAR_WIDTHS, NEAR_HEIGHTS = 2.6, 1.8
"""Words behind a box are its own up to so many widths of it, or heights of their line."""
ONE_LIST = 4.5
"""Heights of a box and a half: rows that are no farther apart are one list."""


@dataclass(frozen=True)
class _Row:
    """Boxes on one row of a list: in one cell, or each beside the cell of its words."""

    boxes: tuple[Rect, ...]
    before: bool
    """Whether words stand before the first box that do not head the row; `behind`: whether any follow the last one."""
    behind: bool


@dataclass(frozen=True)
class Sides:
    """The boxes of a page that are not plainly before their words."""

    behind: frozenset[Rect]
    """Those whose words stand to their left."""
    doubtful: frozenset[Rect]
    """Those on rows that look so, in lists that do not."""


def sides_of(page: PageText, boxes: Sequence[Rect]) -> Sides:
    """On which side of its words each box stands, by the rows of its list and, where they are too few, by the other lists."""
    lists = _lists([_row(page, some) for some in _rows(page, boxes)])
    sides = [_stand_behind(some) for some in lists]
    whole_page = True in sides and False not in sides
    behind: set[Rect] = set()
    doubtful: set[Rect] = set()
    for some, side in zip(lists, sides, strict=True):
        for row in some:
            if row.before and not row.behind:
                if side or (side is None and whole_page):
                    behind |= set(row.boxes)
                elif len(row.boxes) > 1:
                    doubtful |= set(row.boxes)
    return Sides(frozenset(behind), frozenset(doubtful))


def _stand_behind(rows: Sequence[_Row]) -> bool | None:
    """What the rows of a list say; None where that is too little."""
    if any(row.behind and not row.before for row in rows):
        return False
    if any(row.behind for row in rows):
        return None
    return True if sum(len(row.boxes) for row in rows if row.before) >= ENOUGH else None


def words_before(page: PageText, box: Rect, boxes: Sequence[Rect]) -> tuple[int, int] | None:
    """The index of the line before a box, and in it that of the first letter of the box's own words."""
    floor = _floor(page, box, boxes)
    best: tuple[float, int, int] | None = None
    for number, line in enumerate(page.lines):
        if not line.rect.same_row(box, 0.45) or line.rect.left > box.left:
            continue
        own = [i for i, c in enumerate(line.letters) if c.char.isalnum() and floor <= c.left and c.right < box.middle[0]]
        if len(own) > 1 and (best is None or line.letters[own[-1]].right > best[0]):
            best = line.letters[own[-1]].right, number, own[0]
    return None if best is None else best[1:]


def _floor(page: PageText, box: Rect, boxes: Sequence[Rect]) -> float:
    """Where the words of a box begin at the earliest: behind the box before it, or at the wall of the cell that holds them."""
    before = [b.right for b in boxes if b.right < box.left and b.same_row(box)]
    left, _right = walls_of_words(page, box)
    return max([*before, left], default=0.0) - 0.3 * box.width


def walls_of_words(page: PageText, box: Rect) -> tuple[float, float]:
    """Between which walls the words of a box stand: those of its cell, and of the next cells where it is alone in its own."""
    walls = [wall for wall in page.layout.down if wall.top <= box.middle[1] <= wall.bottom]
    left = sorted((wall.right for wall in walls if wall.right < box.left), reverse=True)
    right = sorted(wall.left for wall in walls if wall.left > box.right)
    if left and right and not _has_words(page, box, left[0], right[0]):
        left, right = left[1:] or left, right[1:] or right
    return (left[0] if left else 0.0), (right[0] if right else float(page.layout.width))


def _has_words(page: PageText, box: Rect, left: float, right: float) -> bool:
    """Whether any letters stand on the row of a box between two walls, but for what was made of a mark in it."""
    near = box.grown(0.5 * box.width, 0)
    return any(
        c.char.isalnum() and left < (c.left + c.right) / 2 < right and not near.left < (c.left + c.right) / 2 < near.right
        for line in page.lines
        if line.rect.same_row(box, 0.45)
        for c in line.letters
    )


def _rows(page: PageText, boxes: Sequence[Rect]) -> list[list[Rect]]:
    rows: list[list[Rect]] = []
    for box in sorted(boxes, key=lambda b: b.left):
        for row in rows:
            if row[-1].same_row(box, 0.5) and walls_of_words(page, box)[0] < walls_of_words(page, row[-1])[1]:
                row.append(box)
                break
        else:
            rows.append([box])
    return sorted(rows, key=lambda row: row[0].top)


def _row(page: PageText, boxes: Sequence[Rect]) -> _Row:
    first, last = boxes[0], boxes[-1]
    words = words_before(page, first, boxes)
    before = words is not None and not _heads_row(page, words[0], first)
    reach = last.right + NEAR_WIDTHS * last.width
    wall = walls_of_words(page, last)[1]
    behind = any(
        line.rect.same_row(last, 0.45)
        and any(
            c.char.isalpha()
            and last.right - 0.35 * last.width <= c.left < min(wall, max(reach, last.right + NEAR_HEIGHTS * line.rect.height))
            for c in line.letters
        )
        for line in page.lines
    )
    return _Row(tuple(boxes), before, behind)


def _heads_row(page: PageText, number: int, box: Rect) -> bool:
    """Whether the words before a box end in a colon: "Send by: [ ] Fax  [ ] Mail"."""
    said = "".join(c.char for c in page.lines[number].letters if c.right < box.middle[0])
    return said.rstrip(" □☐").endswith(":")


def _lists(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Rows that follow one another closely."""
    lists: list[list[_Row]] = []
    for row in rows:
        box = row.boxes[0]
        if lists and box.top - lists[-1][-1].boxes[0].top < ONE_LIST * 1.5 * box.height:
            lists[-1].append(row)
        else:
            lists.append([row])
    return lists
