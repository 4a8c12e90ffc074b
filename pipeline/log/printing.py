"""What an auditor takes away on paper: text, pairs and tables on our stationery."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from reportlab.pdfgen.canvas import Canvas

from pipeline.stationery.letterhead import draw_letterhead
from pipeline.stationery.paper import BODY, BOTTOM, LEFT, PAGE, RIGHT, SECTION, SMALL, SOFT, STRONG, TITLE, TOP, draw_lines
from pipeline.stationery.table import Column, draw_header, draw_row, row
from pipeline.stationery.typography import draw, draw_right, in_latin, shortened, wrap
from pipeline.stationery.words import long_day
from schemas.release import Practice

_LABEL = 118.0
_GAP = 9.0
_RUNNING = TOP - 14
_FOOT = 30.0


@dataclass(frozen=True)
class Text:
    """A paragraph; `strong` for what must not be missed."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Heading:
    """Over what follows."""

    text: str


@dataclass(frozen=True)
class Pairs:
    """What is called how, a line each."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table: its columns with their share of the width, and its rows."""

    columns: tuple[tuple[str, float], ...]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Lines:
    """Room to write by hand."""

    count: int


Block: TypeAlias = Text | Heading | Pairs | Grid | Lines


@dataclass(frozen=True)
class Sheet:
    """A document of several pages."""

    title: str
    under: str
    """One line under the title: what it holds, of which time."""
    blocks: tuple[Block, ...]
    day: date
    """The only time in it: the same sheet always gives the same bytes."""
    foot: str = ""
    """On every page: by what it can be checked."""


def printed(sheet: Sheet, practice: Practice) -> bytes:
    """The sheet as a PDF on letter paper."""
    made = io.BytesIO()
    practice = practice.model_copy(update={name: in_latin(value) for name, value in practice})
    _Setter(Canvas(made, pagesize=PAGE, invariant=1, pageCompression=1), sheet, practice).set()
    return made.getvalue()


class _Setter:
    """Puts block after block onto pages."""

    def __init__(self, canvas: Any, sheet: Sheet, practice: Practice) -> None:
        self._canvas, self._sheet, self._practice = canvas, sheet, practice
        self._page, self._y = 1, 0.0

    def set(self) -> None:
        canvas, sheet = self._canvas, self._sheet
        canvas.setTitle(sheet.title)
        canvas.setAuthor(self._practice.name)
        canvas.setCreator("ChartRelay")
        self._y = draw_letterhead(canvas, self._practice) - 20
        for line in wrap(in_latin(sheet.title), RIGHT - LEFT, TITLE.at(19)):
            self._y = draw_lines(canvas, LEFT, self._y, [line], TITLE.at(19))
        self._y = draw_lines(canvas, LEFT, self._y - 1, wrap(in_latin(sheet.under), RIGHT - LEFT, SOFT), SOFT) - _GAP
        for block in sheet.blocks:
            self._block(block)
        self._end_page()
        canvas.save()

    def _block(self, block: Block) -> None:
        match block:
            case Text():
                style = STRONG if block.strong else BODY
                for line in wrap(in_latin(block.text), RIGHT - LEFT, style):
                    self._need(style.leading)
                    self._y = draw_lines(self._canvas, LEFT, self._y, [line], style)
            case Heading():
                self._need(60)
                draw(self._canvas, LEFT, self._y - 14, in_latin(block.text), SECTION)
                self._y -= 12
            case Pairs():
                for name, value in block.pairs:
                    self._pair(name, value)
            case Grid():
                self._grid(block)
            case Lines():
                for _ in range(block.count):
                    self._need(22)
                    self._y -= 20
                    self._canvas.setStrokeColorRGB(0.55, 0.55, 0.55)
                    self._canvas.setLineWidth(0.35)
                    self._canvas.line(LEFT, self._y, RIGHT, self._y)
        self._y -= _GAP

    def _pair(self, name: str, value: str) -> None:
        lines = wrap(in_latin(value), RIGHT - LEFT - _LABEL, BODY) or [""]
        self._need(BODY.leading * min(len(lines), 4) + 2)
        draw(self._canvas, LEFT, self._y - BODY.size, in_latin(name), SOFT)
        for line in lines:
            self._need(BODY.leading)
            self._y = draw_lines(self._canvas, LEFT + _LABEL, self._y, [line], BODY)
        self._y -= 2

    def _grid(self, grid: Grid) -> None:
        columns = tuple(_columns(grid.columns))
        rows = [row(columns, [in_latin(text) for text in texts]) for texts in grid.rows]
        self._need(17 + (rows[0].height if rows else 0))
        self._y = draw_header(self._canvas, self._y, columns)
        for filled in rows:
            if self._need(filled.height):
                self._y = draw_header(self._canvas, self._y, columns)
            self._y = draw_row(self._canvas, self._y, columns, filled)

    def _need(self, height: float) -> bool:
        """A new page where so much does not fit; says whether there is one."""
        if self._y - height >= BOTTOM + 6:
            return False
        self._end_page()
        self._page += 1
        draw(self._canvas, LEFT, TOP, shortened(self._practice.name, 230, STRONG), STRONG)
        draw_right(self._canvas, RIGHT, TOP, shortened(in_latin(self._sheet.title), 250, SOFT), SOFT)
        self._y = _RUNNING
        return True

    def _end_page(self) -> None:
        foot = shortened(in_latin(self._sheet.foot), 420, SMALL)
        draw(self._canvas, LEFT, _FOOT, foot, SMALL)
        draw_right(self._canvas, RIGHT, _FOOT, f"{long_day(self._sheet.day)} · page {self._page}", SMALL)
        self._canvas.showPage()


def _columns(shares: Sequence[tuple[str, float]]) -> Iterator[Column]:
    room, left, whole = RIGHT - LEFT, LEFT, sum(share for _, share in shares)
    for title, share in shares:
        width = room * share / whole
        yield Column(title, left, left + width - 7, style=SMALL)
        left += width
