"""Blocks of a letter as pieces of a page: how high each is, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import singledispatch

from pipeline.letters.model import Blanks, Block, Bullet, Callout, Facts, Figures, Heading, Paragraph, Point
from pipeline.letters.press import Press
from pipeline.letters.setting import HEADING, NUMBER, SMALL, SMALL_STRONG, STRONG, TEXT, Lines, set_lines
from pipeline.stationery.paper import ACCENT, BODY, HEAD, LEFT, NAME, PALE_INK, RIGHT
from pipeline.stationery.paper import STRONG as STRONG_FIGURES
from pipeline.stationery.table import HEADER_HEIGHT, Column, Row, draw_cell, draw_hair_line, row
from pipeline.stationery.typography import draw, in_latin

MEASURE = 476.0
"""Width of running text, in points: about ninety letters a line."""
_INDENT = 26.0
_BAR = 14.0
_BETWEEN_BLANKS = 18.0
_LONGEST = 18
"""Lines of a paragraph that stay together; a longer one may be parted between pages."""
_FIGURES = (
    Column("", LEFT, LEFT + 250),
    Column("", LEFT + 258, LEFT + 318, "right"),
    Column("", LEFT + 326, LEFT + 390, "right"),
    Column("", LEFT + 398, LEFT + MEASURE, "right", STRONG_FIGURES),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something of one height that is never cut. Points."""

    height: float
    above: float
    """Room over it; falls away at the top of a page."""
    print: Callable[[Press, float], None]
    """Draws it, hanging from this y."""
    stays_with_next: bool = False


@singledispatch
def pieces(block: Block) -> Iterator[Piece]:
    """The pieces of a block, in order."""
    raise TypeError(f"no such block: {block!r}")


@pieces.register
def _(block: Paragraph) -> Iterator[Piece]:
    style, strong = (SMALL, SMALL_STRONG) if block.small else (TEXT, STRONG)
    whole = set_lines(block.text, MEASURE, style, strong)
    for first in range(0, len(whole.lines), _LONGEST):
        part = Lines(whole.lines[first : first + _LONGEST], whole.leading)
        yield Piece(part.height, 0 if first else 7, _printing("P", part, LEFT))


@pieces.register
def _(block: Heading) -> Iterator[Piece]:
    lines = set_lines(block.text, MEASURE, HEADING)
    yield Piece(lines.height, 13, _printing("H2", lines, LEFT), stays_with_next=True)


@pieces.register
def _(block: Point) -> Iterator[Piece]:
    room = MEASURE - _INDENT
    what = set_lines(block.what, room, STRONG)
    todo = set_lines(block.do, room, source=block.source)

    def printed(press: Press, y: float) -> None:
        with press.inside("L", again=True), press.inside("LI"):
            with press.text("Lbl") as canvas:
                draw(canvas, LEFT, y - NUMBER.size + 2.5, str(block.number), NUMBER)
            with press.text("LBody") as canvas:
                what.draw(canvas, LEFT + _INDENT, y)
                todo.draw(canvas, LEFT + _INDENT, y - what.height - 1)

    yield Piece(what.height + todo.height + 1, 9, printed)


@pieces.register
def _(block: Bullet) -> Iterator[Piece]:
    lines = set_lines(block.text, MEASURE - _INDENT, source=block.source)

    def printed(press: Press, y: float) -> None:
        with press.inside("L", again=True), press.inside("LI"):
            with press.text("Lbl") as canvas:
                draw(canvas, LEFT + 11, y - TEXT.size, "–", STRONG)
            with press.text("LBody") as canvas:
                lines.draw(canvas, LEFT + _INDENT, y)

    yield Piece(lines.height, 4, printed)


@pieces.register
def _(block: Callout) -> Iterator[Piece]:
    title = set_lines(block.title, MEASURE - _BAR, STRONG)
    text = set_lines(block.text, MEASURE - _BAR)
    height = title.height + text.height + 3

    def printed(press: Press, y: float) -> None:
        with press.artifact() as canvas:
            canvas.setFillColorRGB(*ACCENT)
            canvas.rect(LEFT, y - height, 2.2, height, stroke=0, fill=1)
        with press.inside("Div"):
            with press.text("H2") as canvas:
                title.draw(canvas, LEFT + _BAR, y)
            with press.text("P") as canvas:
                text.draw(canvas, LEFT + _BAR, y - title.height - 1)

    yield Piece(height + 5, 15, printed)


@pieces.register
def _(block: Figures) -> Iterator[Piece]:
    yield Piece(HEADER_HEIGHT, 12, _printing_titles(block.columns), stays_with_next=True)
    for texts in block.rows:
        filled = row(_FIGURES, [in_latin(text) for text in texts])
        yield Piece(filled.height, 0, _printing_row(filled, _FIGURES))
    total = tuple(Column(c.title, c.left, c.right, c.side, STRONG_FIGURES) for c in _FIGURES)
    filled = row(total, [block.total[0], "", "", block.total[1]])
    yield Piece(filled.height + 4, 0, _printing_row(filled, total))


@pieces.register
def _(block: Facts) -> Iterator[Piece]:
    room = (RIGHT - LEFT) / max(1, len(block.values)) - 12
    columns = [(label, set_lines(value, room, NAME)) for label, value in block.values]
    height = HEAD.leading + 3 + max(lines.height for _, lines in columns)

    def printed(press: Press, y: float) -> None:
        for number, (label, lines) in enumerate(columns):
            x = LEFT + number * (room + 12)
            with press.text("P") as canvas:
                draw(canvas, x, y - HEAD.size, label, HEAD)
                lines.draw(canvas, x, y - HEAD.leading - 3)

    yield Piece(height, 8, printed)


@pieces.register
def _(block: Blanks) -> Iterator[Piece]:
    for labels in block.rows:
        yield Piece(18, 5, _printing_blanks(labels))


def _printing_blanks(labels: tuple[str, ...]) -> Callable[[Press, float], None]:
    share = (RIGHT - LEFT + _BETWEEN_BLANKS) / len(labels)

    def printed(press: Press, y: float) -> None:
        for number, label in enumerate(labels):
            x = LEFT + number * share
            with press.text("P") as canvas:
                end = draw(canvas, x, y - 14, label, BODY) + (6 if label else 0)
            with press.artifact() as canvas:
                canvas.setLineWidth(0.5)
                canvas.setStrokeColorRGB(*PALE_INK)
                canvas.line(end, y - 16, x + share - _BETWEEN_BLANKS, y - 16)

    return printed


def _printing(role: str, lines: Lines, x: float) -> Callable[[Press, float], None]:
    def printed(press: Press, y: float) -> None:
        with press.text(role) as canvas:
            lines.draw(canvas, x, y)

    return printed


def _printing_titles(titles: tuple[str, ...]) -> Callable[[Press, float], None]:
    heads = [Column("", c.left, c.right, c.side, HEAD) for c in _FIGURES]

    def printed(press: Press, y: float) -> None:
        with press.inside("Table", again=True), press.inside("TR"):
            for head, title in zip(heads, titles, strict=True):
                with press.text("TH") as canvas:
                    draw_cell(canvas, y, head, [title])
        with press.artifact() as canvas:
            canvas.setStrokeColorRGB(*ACCENT)
            canvas.setLineWidth(0.8)
            canvas.line(LEFT, y - 13, LEFT + MEASURE, y - 13)

    return printed


def _printing_row(filled: Row, columns: tuple[Column, ...]) -> Callable[[Press, float], None]:
    def printed(press: Press, y: float) -> None:
        with press.inside("Table", again=True), press.inside("TR"):
            for column, lines in zip(columns, filled.cells, strict=True):
                with press.text("TD") as canvas:
                    draw_cell(canvas, y, column, lines)
        with press.artifact() as canvas:
            draw_hair_line(canvas, y - filled.height + 2.5, right=LEFT + MEASURE)

    return printed
