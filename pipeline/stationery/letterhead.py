"""The head of every first page: the practice's name, where it is and how to reach it, over a bar in the accent."""

from __future__ import annotations

from typing import Any

from pipeline.stationery.paper import ACCENT, LEFT, LETTERHEAD, RIGHT, SMALL, TOP, draw_lines
from pipeline.stationery.typography import draw_right, shortened, wrap
from pipeline.stationery.words import listed, named
from schemas.release import Practice

_NAME_ROOM = 290.0


def draw_letterhead(canvas: Any, practice: Practice) -> float:
    """The head from the top of the page; gives the y of the bar's foot. Without a canvas it only measures."""
    lines = [
        practice.street,
        listed([practice.city, f"{practice.state} {practice.zip}"], ", "),
        listed([named("Phone", practice.phone), named("Fax", practice.fax)]),
        practice.email,
    ]
    lines = [line for line in lines if line]
    names = _in_two_lines(practice.name)
    below = TOP - max(len(lines) * SMALL.leading, len(names) * LETTERHEAD.leading) - 9
    if canvas:
        draw_lines(canvas, LEFT, TOP + 3, names, LETTERHEAD)
        for number, line in enumerate(lines):
            draw_right(canvas, RIGHT, TOP - 8 - number * SMALL.leading, line, SMALL)
        canvas.setFillColorRGB(*ACCENT)
        canvas.rect(LEFT, below, RIGHT - LEFT, 1.6, stroke=0, fill=1)
    return below


def _in_two_lines(name: str) -> list[str]:
    """The name; one that is longer than two lines ends with an ellipsis."""
    lines = wrap(name, _NAME_ROOM, LETTERHEAD)
    return lines if len(lines) <= 2 else [lines[0], shortened(" ".join(lines[1:]), _NAME_ROOM, LETTERHEAD)]
