"""Text that a file brings along: its text layer and the values of its form fields, as lines of the page.

A file that is typed is not read from its picture: its letters are certain. A text layer under a scanned picture is only
what some other program once read there; it is left alone and the picture is read.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np

from pipeline.documents import Document, FormKind, FormValue, Word
from pipeline.reading.geometry import Rect
from pipeline.reading.layout import Layout
from pipeline.reading.text import Letter, TextLine
from schemas.base import Box

FEWEST_WORDS = 12
"""A page with fewer words in its text layer is read from its picture: a stamp or a page number is not its text."""
CRISP = 0.985
"""A page drawn from letters is nearly all paper white or dark ink; a scan is not."""


def typed_lines(document: Document, number: int, layout: Layout) -> tuple[TextLine, ...]:
    """The page's own text as lines, or () if it has none worth more than its picture."""
    words = document.words(number)
    if len(words) < FEWEST_WORDS or not _drawn(layout):
        return ()
    lines = [line for _, group in groupby(words, key=lambda w: w.line) for line in _split(list(group), layout)]
    filled = [
        _filled(value, layout)
        for value in document.form_values(number)
        if value.kind in (FormKind.TEXT, FormKind.CHOICE) and value.value
    ]
    covered = [f.rect for f in filled]
    kept = [
        line
        for line in lines
        if not any(c.x_overlap(line.rect) > 0.6 * line.rect.width and c.same_row(line.rect) for c in covered)
    ]
    return tuple(TextLine(i, line.rect, line.letters, printed=True) for i, line in enumerate([*kept, *filled]))


def _drawn(layout: Layout) -> bool:
    """Whether the page is drawn from letters and lines, and not one picture of a sheet: it has no noise at all."""
    rim = np.concatenate([layout.grey[: layout.height // 60].ravel(), layout.grey[-layout.height // 60 :].ravel()])
    return float((rim >= 248).mean()) >= CRISP and float(np.std(rim[rim >= 248])) < 0.5


def _pixels(box: Box, layout: Layout) -> Rect:
    return Rect(box.left * layout.width, box.top * layout.height, box.right * layout.width, box.bottom * layout.height)


def _letters(text: str, rect: Rect) -> list[Letter]:
    step = rect.width / max(1, len(text))
    return [Letter(c, rect.left + i * step, rect.left + (i + 1) * step, 1.0) for i, c in enumerate(text)]


def _split(words: list[Word], layout: Layout) -> list[TextLine]:
    """The words of one line, parted where a gap is wider than two letters are high."""
    lines: list[TextLine] = []
    letters: list[Letter] = []
    places: list[Rect] = []
    for word in words:
        place = _pixels(word.box, layout)
        if places and place.left - places[-1].right > 2 * place.height:
            lines.append(_line(letters, places))
            letters, places = [], []
        if letters:
            letters.append(Letter(" ", places[-1].right, place.left, 1.0))
        letters += _letters(word.text, place)
        places.append(place)
    return [*lines, _line(letters, places)] if places else lines


def _line(letters: list[Letter], places: list[Rect]) -> TextLine:
    rect = Rect(places[0].left, min(p.top for p in places), places[-1].right, max(p.bottom for p in places))
    return TextLine(0, rect, tuple(letters), printed=True)


def _filled(value: FormValue, layout: Layout) -> TextLine:
    rect = _pixels(value.box, layout)
    text = " ".join(value.value.split())
    width = min(rect.width, 0.5 * rect.height * len(text)) if text else rect.width
    place = Rect(rect.left, rect.top, rect.left + max(width, 1.0), rect.bottom)
    return TextLine(0, place, tuple(_letters(text, place)), printed=True)
