"""Plain text set on letter pages: the same places for the words that are told and the words that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from pipeline.documents import refusal
from pipeline.documents.document import Word
from schemas.base import Box

# All measures in inches.
_PAGE = (8.5, 11.0)
_MARGIN = 1.0
_FONT_SIZE = 11 / 72
_HEIGHT = 13.5 / 72  # of a word from the top of its highest letter to the bottom of its lowest
_LINE = 15 / 72
_LINES_ON_PAGE = int((_PAGE[1] - 2 * _MARGIN) / _LINE)
_SPACE = 0.045  # between words; wider than the font has it, so that an OCR engine sees it
_SET_AT = 300  # dpi at which words are measured; drawn at any other they keep their places
_LONGEST_WORD = 60  # characters: longer ones are broken, so that none runs off the page or takes forever to measure


@dataclass(frozen=True)
class TextPage:
    """One page of set text."""

    words: tuple[Word, ...]

    def drawn(self, dpi: int) -> Image.Image:
        """Black on white, mode L, `info["dpi"]` set."""
        # Small letters are drawn large and made smaller: drawn small, they are moved to whole pixels and run together.
        drawn_at = max(dpi, _SET_AT)
        picture = Image.new("L", _pixels(drawn_at), 255)
        pen = ImageDraw.Draw(picture)
        for word in self.words:
            place = (word.box.left * picture.width, word.box.bottom * picture.height)
            pen.text(place, word.text, fill=0, font=_font(drawn_at), anchor="ld")
        if dpi != drawn_at:
            picture = picture.resize(_pixels(dpi), Image.Resampling.LANCZOS)
        picture.info["dpi"] = (float(dpi), float(dpi))
        return picture


def set_text(text: str, most_pages: int) -> list[TextPage]:
    """The text on as many pages as it needs, at least one. Raises Refused for more than `most_pages`."""
    pages: list[TextPage] = []
    for lines in _page_by_page(_broken(text)):
        if len(pages) == most_pages:
            raise refusal.too_many_pages(most_pages)
        pages.append(TextPage(tuple(_placed(lines))))
    return pages or [TextPage(())]


def _page_by_page(lines: Iterable[str]) -> Iterator[list[str]]:
    page: list[str] = []
    for line in lines:
        if len(page) == _LINES_ON_PAGE:
            yield page
            page = []
        page.append(line)
    if page:
        yield page


def _broken(text: str) -> Iterator[str]:
    """Lines no wider than the page."""
    for paragraph in text.split("\n"):
        line = ""
        for word in _short_words(paragraph):
            longer = f"{line} {word}" if line else word
            if line and _line_width(longer) > _PAGE[0] - 2 * _MARGIN:
                yield line
                longer = word
            line = longer
        yield line


def _line_width(line: str) -> float:
    words = line.split()
    return sum(_width(word) for word in words) + _SPACE * (len(words) - 1)


def _short_words(paragraph: str) -> Iterator[str]:
    for word in paragraph.split():
        for start in range(0, len(word), _LONGEST_WORD):
            yield word[start : start + _LONGEST_WORD]


def _placed(lines: list[str]) -> Iterator[Word]:
    for number, line in enumerate(lines, start=1):
        left = _MARGIN
        bottom = _MARGIN + number * _LINE
        for text in line.split():
            right = left + _width(text)
            box = Box(
                left=left / _PAGE[0],
                top=(bottom - _HEIGHT) / _PAGE[1],
                right=min(1.0, right / _PAGE[0]),
                bottom=bottom / _PAGE[1],
            )
            yield Word(text=text, box=box, line=number)
            left = right + _SPACE


def _pixels(dpi: int) -> tuple[int, int]:
    return round(_PAGE[0] * dpi), round(_PAGE[1] * dpi)


@lru_cache(maxsize=4096)
def _width(text: str) -> float:
    return float(_font(_SET_AT).getlength(text)) / _SET_AT


@lru_cache(maxsize=8)
def _font(dpi: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that comes with Pillow: nothing need be installed."""
    return ImageFont.load_default(_FONT_SIZE * dpi)
