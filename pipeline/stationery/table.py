"""A plain table: titles over a rule in the accent, rows over hair lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.stationery.paper import ACCENT, BODY, HEAD, LEFT, RIGHT, SECTION, SOFT
from pipeline.stationery.typography import Style, draw, draw_right, wrap

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
    """One row, its texts already broken into lines. `target` is what a click on it leads to, where it leads anywhere."""

    cells: tuple[tuple[str, ...], ...]
    height: float
    target: int | None = None


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
        draw_cell(canvas, y, column, lines)
    draw_hair_line(canvas, y - filled.height + 2.5)
    return y - filled.height


def draw_cell(canvas: Any, y: float, column: Column, lines: Sequence[str]) -> None:
    """One cell of a row that hangs from `y`."""
    for number, line in enumerate(lines):
        _put(canvas, column, y - 8.5 - number * BODY.leading, line, column.style)


def draw_hair_line(canvas: Any, y: float, right: float = RIGHT) -> None:
    """The thin rule under a row."""
    _rule(canvas, y, 0.35, (0.55, 0.55, 0.55), right)


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


def _rule(canvas: Any, y: float, weight: float, colour: tuple[float, float, float], right: float = RIGHT) -> None:
    canvas.setStrokeColorRGB(*colour)
    canvas.setLineWidth(weight)
    canvas.line(LEFT, y, right, y)
