"""Where things are on an upright page."""

from __future__ import annotations

from schemas.base import Box

Rectangle = tuple[float, float, float, float]
"""left, top, right, bottom in any unit, measured downwards from the top."""


def fraction(place: Rectangle, page: Rectangle) -> Box | None:
    """`place` as a Box on `page`, cut at its edges; None where nothing of it lies on the page."""
    width, height = page[2] - page[0], page[3] - page[1]
    if width <= 0 or height <= 0:
        return None
    left, right = sorted(_within((x - page[0]) / width) for x in (place[0], place[2]))
    top, bottom = sorted(_within((y - page[1]) / height) for y in (place[1], place[3]))
    if left == right or top == bottom:
        return None
    return Box(left=left, top=top, right=right, bottom=bottom)


def turned(box: Box, quarter_turns: int) -> Box:
    """The box on the page once the page is turned clockwise by 0 to 3 quarter turns."""
    for _ in range(quarter_turns % 4):
        box = Box(left=1 - box.bottom, top=box.left, right=1 - box.top, bottom=box.right)
    return box


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))
