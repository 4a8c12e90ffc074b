"""A letter on paper: on as many pages as it needs, or a slip on half of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.letters import around
from pipeline.letters.model import Letter
from pipeline.letters.pieces import MEASURE, Piece, pieces
from pipeline.letters.press import Press
from pipeline.letters.setting import STRONG, TEXT, set_lines
from pipeline.stationery.paper import LEFT, PAGE
from pipeline.stationery.typography import in_latin
from schemas.release import Practice

_END = 58.0
_HALF = PAGE[1] / 2
_END_OF_SLIP = _HALF + 40
"""Nothing of the text stands lower: points from the foot of the paper."""
_FOOT, _FOOT_OF_SLIP = 34.0, _HALF + 16
_BELOW_RUNNING_HEAD = 714.0

Placed = tuple[float, Piece]


def printed(letter: Letter, practice: Practice) -> bytes:
    """The letter as a PDF on letter paper. The same letter always gives the same bytes."""
    practice = practice.model_copy(update={name: in_latin(value) for name, value in practice})
    press = Press()
    if letter.half:
        pages, foot = _slip(press, letter, practice)
    else:
        pages, foot = _placed([*_all_pieces(letter)], around.draw_head(press, letter, practice), _END), _FOOT
    for number, page in enumerate(pages, start=1):
        if number > 1:
            around.draw_running_head(press, letter, practice)
        for y, piece in page:
            piece.print(press, y)
        around.draw_foot(press, letter, foot, letter.page.format(page=number, pages=len(pages)))
        press.end_page()
    return press.pdf(title=letter.title, author=practice.name, language=f"{letter.language.value}-US", day=letter.day)


def _slip(press: Press, letter: Letter, practice: Practice) -> tuple[list[list[Placed]], float]:
    """The upper half of the sheet, with a line to cut along; the whole sheet where half is too small."""
    first = around.draw_slip_head(press, letter, practice)
    all_pieces = [*_all_pieces(letter)]
    pages = _placed(all_pieces, first, _END_OF_SLIP)
    if len(pages) > 1:
        return _placed(all_pieces, first, _END), _FOOT
    around.draw_cut(press, _HALF)
    return pages, _FOOT_OF_SLIP


def _all_pieces(letter: Letter) -> Iterator[Piece]:
    if letter.greeting:
        yield _closed_up([letter.greeting])
    of_blocks = [piece for block in letter.blocks for piece in pieces(block)]
    if not letter.closing:
        yield from of_blocks
        return
    yield from of_blocks[:-1]
    yield from (replace(piece, stays_with_next=True) for piece in of_blocks[-1:])  # no page with nothing but “Sincerely”
    yield _closed_up(letter.closing, above=14)


def _closed_up(texts: Sequence[str], above: float = 4) -> Piece:
    """The greeting; or “Sincerely”, the practice and whom to ask. Never parted."""
    parts = [set_lines(text, MEASURE, style) for text, style in zip(texts, (TEXT, STRONG, TEXT), strict=False)]
    between = 6 if len(parts) > 1 else 0
    height = sum(part.height for part in parts) + between

    def print_them(press: Press, y: float) -> None:
        for number, part in enumerate(parts):
            with press.text("P") as canvas:
                part.draw(canvas, LEFT, y)
            y -= part.height + (between if number == 0 else 0)

    return Piece(height, above, print_them)


def _placed(all_pieces: Sequence[Piece], first: float, end: float) -> list[list[Placed]]:
    """The pieces on pages, each with the y that it hangs from. What heads something goes over to the next page with it."""
    pages: list[list[Placed]] = [[]]
    y = first
    for number, piece in enumerate(all_pieces):
        above = piece.above if pages[-1] else 0
        if y - above - _together(all_pieces[number:]) < end and pages[-1]:
            pages.append([])
            y, above = _BELOW_RUNNING_HEAD, 0
        y -= above
        pages[-1].append((y, piece))
        y -= piece.height
    return pages


def _together(following: Sequence[Piece]) -> float:
    """How high the first of them is, with those that it stays with."""
    height = following[0].height
    for before, piece in pairwise(following):
        if not before.stays_with_next:
            break
        height += piece.above + piece.height
    return height
