"""Lines of text on a page, letter by letter, so that a label can end and a value begin in the middle of a line."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.reading.engines import LineText
from pipeline.reading.geometry import Rect

WIDE_GAP = 2.4
"""Two letters this many usual steps apart stand in different words, whatever the engine says."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter and where it stands from left to right, in pixels of the page."""

    char: str
    left: float
    right: float
    score: float


@dataclass(frozen=True)
class TextLine:
    """One line, or the part of a line that stands on its own. Letters are in reading order, spaces among them."""

    number: int
    rect: Rect
    letters: tuple[Letter, ...]
    printed: bool = False
    """Whether the text comes from the file itself and not from a picture."""
    slope: float = 0.0
    """Pixels down for each pixel to the right; `rect` holds the line's height in its middle."""

    @cached_property
    def text(self) -> str:
        """All letters."""
        return "".join(letter.char for letter in self.letters)

    @cached_property
    def key(self) -> tuple[str, tuple[int, ...]]:
        """The letters and digits in lower case without accents, and the index in `letters` of each."""
        kept = [(c, i) for i, letter in enumerate(self.letters) for c in plain(letter.char)]
        return "".join(c for c, _ in kept), tuple(i for _, i in kept)

    def part(self, start: int, end: int) -> Rect:
        """The place of letters `start` to `end` (outside)."""
        left, right = self.letters[start].left, self.letters[max(start, end - 1)].right
        sunk = self.slope * ((left + right) / 2 - self.rect.middle[0])
        return Rect(left, self.rect.top + sunk, right, self.rect.bottom + sunk)

    def score(self, start: int = 0, end: int | None = None) -> float:
        """The lowest but one of the letters' scores: one weak letter makes a weak word, one speck does not."""
        scores = sorted(letter.score for letter in self.letters[start:end] if letter.char != " ")
        return 0.0 if not scores else scores[min(1, len(scores) - 1)]


def plain(text: str) -> str:
    """Letters and digits only, lower case, no accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if c.isascii() and c.isalnum())


def line_from(number: int, corners: NDArray[np.float32], read: LineText) -> TextLine | None:
    """A line as an engine read it, or None if it read nothing."""
    if not read.glyphs:
        return None
    left, right = float(corners[[0, 3], 0].min()), float(corners[[1, 2], 0].max())
    top, bottom = float(corners[[0, 1], 1].mean()), float(corners[[2, 3], 1].mean())
    width = right - left
    letters = [Letter(g.char, left + g.left * width, left + g.right * width, g.score) for g in read.glyphs]
    fall = float((corners[1, 1] - corners[0, 1] + corners[2, 1] - corners[3, 1]) / 2) / max(1.0, width)
    return TextLine(
        number, Rect(left, top, right, max(bottom, top + 4)), tuple(_spaced(letters)), slope=fall if abs(fall) < 0.1 else 0.0
    )


def _spaced(letters: list[Letter]) -> list[Letter]:
    """With a space wherever the gap is wide: engines drop the spaces between print that stands apart."""
    steps = sorted(b.left - a.left for a, b in pairwise(letters) if a.char != " " and b.char != " ")
    usual = steps[len(steps) // 2] if len(steps) > 3 else 1e9
    spaced: list[Letter] = []
    for letter in letters:
        if spaced and letter.char.isupper() and spaced[-1].char.isalnum() and letter.left - spaced[-1].left > WIDE_GAP * usual:
            spaced.append(Letter(" ", spaced[-1].right, letter.left, 1.0))
        spaced.append(letter)
    return spaced
