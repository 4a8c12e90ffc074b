"""The look of the pages we draw ourselves, and a plain table for them.

Made for letter paper and for a black-and-white fax: dark inks, thin rules, no tints, one accent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.duplicating.typography import SEMIBOLD, Style, draw, draw_right, wrap

PAGE = (612.0, 792.0)
LEFT, RIGHT = 54.0, 558.0
TOP, BOTTOM = 744.0, 50.0
"""Between these, in points from the foot of the page, lies what is not the label."""

_INK = (0.08, 0.08, 0.08)
_SOFT = (0.3, 0.3, 0.3)
ACCENT = (0.03, 0.28, 0.34)
"""A dark petrol: calm on a screen, black enough on a fax."""

BODY = Style(9.25, colour=_INK)
STRONG = Style(9.25, SEMIBOLD, _INK)
SOFT = Style(9.25, colour=_SOFT)
SMALL = Style(8.25, colour=_SOFT)
HEAD = Style(7.5, SEMIBOLD, ACCENT)
SECTION = Style(12, SEMIBOLD, ACCENT)
NAME = Style(13.5, SEMIBOLD, _INK)
TITLE = Style(25, SEMIBOLD, _INK)
LETTERHEAD = Style(16.5, SEMIBOLD, ACCENT)

_ROW_PADDING = 5.0
HEADER_HEIGHT = 17.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: where it lies, in points from the left edge of the paper."""

    title: str
    left: float
    right: float
    side: Literal["left", "right"] = "left"
    style: Style = BODY


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its texts already broken into lines. `target` is the item that a click on it leads to."""

    cells: tuple[tuple[str, ...], ...]
    height: float
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A place on a page in front that leads to the first page of an item."""

    front_page: int
    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points."""
    item: int


def row(columns: Sequence[Column], texts: Sequence[str], target: int | None = None) -> Row:
    """A row for these columns, as high as its longest text needs."""
    cells = tuple(
        tuple(wrap(text, column.right - column.left, column.style)) for column, text in zip(columns, texts, strict=True)
    )
    lines = max(1, *(len(cell) for cell in cells))
    return Row(cells=cells, height=lines * BODY.leading + _ROW_PADDING, target=target)


def draw_header(canvas: Any, y: float, columns: Sequence[Column]) -> float:
    """The titles of the columns, hanging from `y`; gives the y below them."""
    for column in columns:
        _put(canvas, column, y - 8, column.title, HEAD)
    _rule(canvas, y - 13, 0.8, ACCENT)
    return y - HEADER_HEIGHT


def draw_row(canvas: Any, y: float, columns: Sequence[Column], filled: Row) -> float:
    """A row hanging from `y` and the hair line under it; gives the y below them."""
    for column, lines in zip(columns, filled.cells, strict=True):
        for number, line in enumerate(lines):
            _put(canvas, column, y - 8.5 - number * BODY.leading, line, column.style)
    _rule(canvas, y - filled.height + 2.5, 0.35, (0.55, 0.55, 0.55))
    return y - filled.height


def draw_lines(canvas: Any, x: float, y: float, lines: Sequence[str], style: Style) -> float:
    """Lines of text, the first hanging from `y`; gives the y below them."""
    for line in lines:
        draw(canvas, x, y - style.size, line, style)
        y -= style.leading
    return y


def draw_section(canvas: Any, y: float, title: str, right: str) -> float:
    """A heading with a short word of summary at its right; gives the y below."""
    draw(canvas, LEFT, y - 11, title, SECTION)
    draw_right(canvas, RIGHT, y - 11, right, SOFT)
    return y - 21


def _put(canvas: Any, column: Column, y: float, text: str, style: Style) -> None:
    if column.side == "right":
        draw_right(canvas, column.right, y, text, style)
    else:
        draw(canvas, column.left, y, text, style)


def _rule(canvas: Any, y: float, weight: float, colour: tuple[float, float, float]) -> None:
    canvas.setStrokeColorRGB(*colour)
    canvas.setLineWidth(weight)
    canvas.line(LEFT, y, RIGHT, y)
