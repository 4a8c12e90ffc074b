"""Setting text: running words, some of them bold, in lines of a given width."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline.stationery.paper import ACCENT, INK, PALE_INK
from pipeline.stationery.typography import SEMIBOLD, Style, draw, in_latin, width, wrap

TEXT = Style(10.5, colour=INK)
STRONG = Style(10.5, SEMIBOLD, INK)
SMALL = Style(8.5, colour=PALE_INK)
SMALL_STRONG = Style(8.5, SEMIBOLD, PALE_INK)
SOURCE = Style(7.25, colour=PALE_INK)
HEADING = Style(11.5, SEMIBOLD, ACCENT)
NUMBER = Style(15, SEMIBOLD, ACCENT)
TITLE = Style(22, SEMIBOLD, INK)

Run = tuple[str, Style]
Line = tuple[Run, ...]
_GAP = 6.0
"""Between the text and the small source behind it, in points."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Set text; the small source, if any, at the end of the last line or in a line of its own."""

    lines: tuple[Line, ...]
    leading: float
    source: str = ""
    source_below: bool = False

    @property
    def height(self) -> float:
        """In points."""
        return len(self.lines) * self.leading + (SOURCE.leading if self.source_below else 0)

    def draw(self, canvas: Any, x: float, y: float) -> None:
        """Prints the lines, the first hanging from `y`."""
        base, end = y, x
        for line in self.lines:
            base, end = y - line[0][1].size, x
            for text, style in line:
                end = draw(canvas, end, base, text, style)
            y -= self.leading
        if self.source:
            below = y - SOURCE.size - 1
            draw(canvas, *((x, below) if self.source_below else (end + _GAP, base)), self.source, SOURCE)


def set_lines(text: str, room: float, style: Style = TEXT, strong: Style = STRONG, source: str = "") -> Lines:
    """The text in lines no wider than `room` points; what stands between ** is `strong`."""
    lines: list[list[Run]] = [[]]
    for word in _words(in_latin(text), room, style, strong):
        spaced = [(f" {word[0][0]}", word[0][1]), *word[1:]] if lines[-1] else word
        if lines[-1] and _wide([*lines[-1], *spaced]) > room:
            lines.append([])
            spaced = word
        lines[-1] += spaced
    made = tuple(tuple(_joined(line)) for line in lines if line)
    below = bool(source) and (not made or _wide(list(made[-1])) + _GAP + width(source, SOURCE) > room)
    return Lines(made, style.leading, source, below)


def _words(text: str, room: float, style: Style, strong: Style) -> list[list[Run]]:
    """The words, each as runs: a bold date and the full stop behind it are one word."""
    words: list[list[Run]] = [[]]
    for number, part in enumerate(text.split("**")):
        for piece in re.findall(r"\s+|\S+", part):
            if piece.isspace():
                words.append([])
            else:
                words[-1].append((piece, strong if number % 2 else style))
    return [fitting for word in words if word for fitting in _broken(word, room)]


def _broken(word: list[Run], room: float) -> list[list[Run]]:
    """The word; or one that is wider than a line in pieces, a web address after its slashes."""
    if _wide(word) <= room:
        return [word]
    return [[(piece, style)] for text, style in word for piece in wrap(text.replace("/", "/ "), room, style)]


def _wide(line: list[Run]) -> float:
    return sum(width(text, style) for text, style in line)


def _joined(line: list[Run]) -> list[Run]:
    """Neighbours of one style in one run, so that the text reads in one piece."""
    joined: list[Run] = []
    for text, style in line:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined
