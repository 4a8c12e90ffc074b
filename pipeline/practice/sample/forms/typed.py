"""A typed letter of one page, in a person's own words or on an office's letterhead, signed with a pen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pipeline.practice.sample.sheet import WIDTH, Sheet

Head = Callable[[Sheet], float]
"""Draws what is printed at the top of an office's paper, and gives the y below it."""

_X, _WIDTH = 78.0, WIDTH - 156
_LINE = 14.0


class Letter(NamedTuple):
    """What stands on it, from top to bottom."""

    day: str
    to: tuple[str, ...]
    subject: str
    paragraphs: tuple[str, ...]
    """One that begins with a tab is a list: a line each, set in."""
    signer: str
    under: tuple[str, ...]
    """Typed under the signature: the name, and who that is."""
    sender: tuple[str, ...] = ()
    """The writer's own name and address, where there is no letterhead."""
    greeting: str = "Dear records department,"
    closing: str = "Sincerely,"
    enclosed: str = ""


def draw(sheet: Sheet, letter: Letter, head: Head | None = None, *, size: float = 11.0) -> None:
    """One page."""
    y = _lines(sheet, letter.sender, 84.0, size) if head is None else head(sheet)
    sheet.text(_X, y + 14, letter.day, size)
    y = _lines(sheet, letter.to, y + 44, size)
    y = _paragraph(sheet, letter.subject, y + 16, size, bold=True) + 8
    for paragraph in (letter.greeting, *letter.paragraphs):
        if paragraph.startswith("\t"):
            y = _lines(sheet, tuple(paragraph.strip().split("\n")), y, size, x=_X + 26) + 9
        else:
            y = _paragraph(sheet, paragraph, y, size) + 8
    sheet.text(_X, y + 6, letter.closing, size)
    sheet.signature(_X + 8, y + 46, letter.signer)
    y = _lines(sheet, letter.under, y + 68, size)
    if letter.enclosed:
        sheet.text(_X, y + 12, f"Enclosure: {letter.enclosed}", size - 1.5)


def _lines(sheet: Sheet, lines: tuple[str, ...], y: float, size: float, *, x: float = _X) -> float:
    for line in lines:
        sheet.text(x, y, line, size)
        y += _LINE
    return y


def _paragraph(sheet: Sheet, text: str, y: float, size: float, *, bold: bool = False) -> float:
    if bold:
        sheet.text(_X, y, text, size, bold=True)
        return y + _LINE
    return sheet.paragraph(_X, y, _WIDTH, text, size)
