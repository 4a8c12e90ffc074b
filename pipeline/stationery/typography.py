"""Type for the pages we draw ourselves: every name prints, whatever script it is written in.

Source Sans (shipped beside this file, SIL Open Font License) has Latin with all accents, Greek and Cyrillic. Chinese,
Japanese and Korean go to the fonts that PDF viewers bring along for these scripts. A character of any other script
prints as an empty box, but the text behind it stays right, so it can be searched, copied and checked.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from anyascii import anyascii
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "SourceSans3-Regular"
SEMIBOLD = "SourceSans3-Semibold"
ELLIPSIS = "…"

_NOT_PRINTED = frozenset({"Cc", "Cs", "Cn"})
"""Unicode categories: control characters, surrogates, and what is no character yet."""
_FONTS = Path(__file__).with_name("fonts")
_CJK = {"hangul": "HYGothic-Medium", "kana": "HeiseiKakuGo-W5", "han": "STSong-Light"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text looks. Sizes in points; colour as red, green and blue from 0 to 1."""

    size: float = 9.5
    font: str = REGULAR
    colour: tuple[float, float, float] = (0.1, 0.1, 0.1)

    @property
    def leading(self) -> float:
        """From one base line to the next, in points."""
        return self.size * 1.32

    def at(self, size: float) -> Style:
        """The same in another size."""
        return Style(size=size, font=self.font, colour=self.colour)


def width(text: str, style: Style) -> float:
    """How wide the text prints, in points."""
    return sum(float(pdfmetrics.stringWidth(piece, font, style.size)) for font, piece in _runs(text, style.font))


def draw(canvas: Any, x: float, y: float, text: str, style: Style) -> float:
    """Prints one line from `x` on the base line `y`; gives the x where it ends."""
    canvas.setFillColorRGB(*style.colour)
    for font, piece in _runs(text, style.font):
        canvas.setFont(font, style.size)
        if font in _CJK.values() or piece[0] in _glyphs(font):
            canvas.drawString(x, y, piece)
        else:
            _draw_boxes(canvas, x, y, piece)
        x += float(pdfmetrics.stringWidth(piece, font, style.size))
    return x


def _draw_boxes(canvas: Any, x: float, y: float, piece: str) -> None:
    """Empty boxes that stand for these characters: the text behind them is given beside (ISO 32000-1, 14.9.4)."""
    canvas.addLiteral(f"/Span <</ActualText <FEFF{piece.encode('utf-16-be').hex().upper()}>>> BDC")
    canvas.drawString(x, y, piece)
    canvas.addLiteral("EMC")


def draw_right(canvas: Any, right: float, y: float, text: str, style: Style) -> float:
    """Prints one line that ends at `right`; gives the x where it begins."""
    left = right - width(text, style)
    draw(canvas, left, y, text, style)
    return left


def wrap(text: str, room: float, style: Style) -> list[str]:
    """The text in lines no wider than `room` points; a word that is wider alone is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if width(longer, style) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, room, style)
        lines.extend(whole)
    if line:
        lines.append(line)
    return lines


def shortened(text: str, room: float, style: Style) -> str:
    """The text, or as much of it as fits into `room` points with an ellipsis."""
    if width(text, style) <= room:
        return text
    while text and width(text + ELLIPSIS, style) > room:
        text = text[:-1]
    return text.rstrip(" ,;·") + ELLIPSIS


def in_latin(text: str) -> str:
    """The text with every character that Source Sans lacks written in Latin letters: 王小明 becomes WangXiaoMing.

    For pages that must not depend on the fonts of whoever opens them, and for envelopes, which the post reads in Latin letters.
    """
    latin = ""
    for character in unicodedata.normalize("NFC", text):
        if character in _glyphs(REGULAR):
            latin += character
        elif unicodedata.category(character) not in _NOT_PRINTED:
            written = anyascii(character)
            latin += written if latin[-1:].isalnum() else written[:1].upper() + written[1:]
    return latin


def _broken(word: str, room: float, style: Style) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, style) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


@lru_cache(maxsize=4096)
def _runs(text: str, font: str) -> tuple[tuple[str, str], ...]:
    """The text as printable pieces, each with the font that has it. Accents are composed; control characters are dropped."""
    glyphs = _glyphs(font)
    composed = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in _NOT_PRINTED)
    pieces = groupby(composed, key=lambda c: (font, True) if c in glyphs else (_other_font(c, font), False))
    return tuple((name, "".join(run)) for (name, _), run in pieces)


def _other_font(character: str, font: str) -> str:
    """The font for a character that Source Sans lacks. Scripts are told apart by the character's Unicode name."""
    name = unicodedata.name(character, "")
    if name.startswith("HANGUL"):
        return _cjk("hangul")
    if name.startswith(("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")):
        return _cjk("kana")
    if name.startswith(("CJK", "IDEOGRAPHIC", "FULLWIDTH")) and ord(character) <= 0xFFFF:
        return _cjk("han")
    return font


@lru_cache
def _glyphs(font: str) -> frozenset[str]:
    """The characters of a shipped font, which is loaded when first asked for."""
    loaded = TTFont(font, str(_FONTS / f"{font}.ttf"))
    pdfmetrics.registerFont(loaded)
    return frozenset(chr(code) for code in loaded.face.charToGlyph)


@lru_cache
def _cjk(script: str) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(_CJK[script]))
    return _CJK[script]
