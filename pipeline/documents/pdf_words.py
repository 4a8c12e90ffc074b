"""The text layer of a PDF, through pdfplumber."""

from __future__ import annotations

import contextlib
from typing import Any

import pdfplumber
from pdfplumber.utils import cluster_objects

from pipeline.documents.document import Word
from pipeline.documents.places import fraction
from pipeline.documents.source import Source, stream_of

_SAME_LINE = 3.0  # points between the middles of words that stand on one line


class PdfWords:
    """Reads words page by page; opens the file when first asked.

    A text layer that cannot be read counts as none: the page is still there to be looked at.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stack = contextlib.ExitStack()
        self._pdf: Any = None

    def on_page(self, page: int) -> tuple[Word, ...]:
        """The words of the page (from 1), line by line."""
        try:
            return self._read(page)
        except Exception:  # pdfminer raises nearly everything on files that PDFium can still draw
            return ()

    def close(self) -> None:
        """Lets go of the file."""
        self._stack.close()

    def _read(self, page: int) -> tuple[Word, ...]:
        if self._pdf is None:
            # pdfplumber is not closed itself: that reads all pages again, and raises on broken ones.
            self._pdf = pdfplumber.open(self._stack.enter_context(stream_of(self._source)))
        sheet = self._pdf.pages[page - 1]
        try:
            found = [word | {"middle": (word["top"] + word["bottom"]) / 2} for word in sheet.extract_words()]
            return _in_lines(found, sheet.cropbox)
        finally:
            sheet.close()


def _in_lines(found: list[dict[str, Any]], page: tuple[float, float, float, float]) -> tuple[Word, ...]:
    words: list[Word] = []
    for number, line in enumerate(cluster_objects(found, "middle", _SAME_LINE), start=1):
        for word in sorted(line, key=lambda w: w["x0"]):
            box = fraction((word["x0"], word["top"], word["x1"], word["bottom"]), page)
            if box is not None:
                words.append(Word(text=word["text"], box=box, line=number))
    return tuple(words)
