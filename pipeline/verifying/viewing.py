"""Looking at PDF pages as a reader sees them: pixels, words and where the pictures stand.

Everything here goes through PDFium, which has no part in making the copy. Arrays are rows of BGR bytes, upright as seen.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1

Pixels = NDArray[np.uint8]

_NESTED = 15
"""How deep forms within forms are followed."""


class CannotBeShown(Exception):
    """A file or page cannot be opened or rendered. The text names no patient."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a page as seen, in points from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Right minus left."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Bottom minus top."""
        return self.bottom - self.top

    def around(self, other: Area) -> Area:
        """The smallest area that holds both."""
        return Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


class Document:
    """An open PDF. A context manager."""

    def __init__(self, path: Path) -> None:
        """Opens the file. Raises CannotBeShown."""
        try:
            self._pdf = pdfium.PdfDocument(path)
        except (pdfium.PdfiumError, OSError) as error:
            raise CannotBeShown("the PDF cannot be opened") from error
        self._redraw = False
        if self._pdf.get_formtype() != c.FORMTYPE_NONE:
            self._redraw = _asks_for_redrawing(path)
            if not self._redraw:
                self._pdf.init_forms()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pdf.close()

    def __len__(self) -> int:
        return len(self._pdf)

    @contextlib.contextmanager
    def page(self, number: int) -> Iterator[View]:
        """Page `number`, from 1. Raises CannotBeShown."""
        try:
            page = self._pdf[number - 1]
            if self._redraw:
                # PDFium would draw the answers anew in its own type; what the file itself shows is the standard.
                c.FPDFPage_Flatten(page, c.FLAT_NORMALDISPLAY)
                page.close()
                page = self._pdf[number - 1]
        except pdfium.PdfiumError as error:
            raise CannotBeShown("the page cannot be opened") from error
        try:
            yield View(page)
        finally:
            page.close()


class View:
    """One open page."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.width, self.height = (float(side) for side in page.get_size())
        """In points, as seen."""

    def whole(self, columns: int, rows: int) -> Pixels:
        """The page in this many pixels, with notes and filled fields. Raises CannotBeShown."""
        bitmap = _blank(columns, rows)
        try:
            c.FPDF_RenderPageBitmap(bitmap, self._page, 0, 0, columns, rows, 0, c.FPDF_ANNOT)
            if self._page.formenv:
                c.FPDF_FFLDraw(self._page.formenv, bitmap, self._page, 0, 0, columns, rows, 0, c.FPDF_ANNOT)
            return _pixels(bitmap)
        finally:
            bitmap.close()

    def part(self, area: Area, columns: int, rows: int) -> Pixels:
        """Only this area, in exactly this many pixels; what is outside of the page is white."""
        across, down = columns / area.width, rows / area.height
        bitmap = _blank(columns, rows)
        matrix = c.FS_MATRIX(across, 0, 0, down, -area.left * across, -area.top * down)
        clip = c.FS_RECTF(0, 0, columns, rows)
        try:
            c.FPDF_RenderPageBitmapWithMatrix(bitmap, self._page, matrix, clip, c.FPDF_ANNOT)
            return _pixels(bitmap)
        finally:
            bitmap.close()

    def text(self) -> str:
        """All words of the text layer, in reading order."""
        words = self._page.get_textpage()
        try:
            return str(words.get_text_range())
        except pdfium.PdfiumError:
            return ""
        finally:
            words.close()

    def text_outside(self, area: Area) -> str:
        """The words of the text layer that lie outside of the area, all spaces taken out."""
        words = self._page.get_textpage()
        try:
            kept = []
            for index in range(words.count_chars()):
                x, y = self._seen(*_middle(words.get_charbox(index)))
                if not (area.left <= x <= area.right and area.top <= y <= area.bottom):
                    kept.append(chr(c.FPDFText_GetUnicode(words, index)))
            return "".join("".join(kept).split())
        finally:
            words.close()

    def picture_area(self) -> Area | None:
        """Where the page's pictures stand, together; nothing for a page without any."""
        found: Area | None = None
        for corners in _pictures(self._page.raw, None, 0):
            for x, y in corners:
                seen = self._seen(x, y)
                point = Area(*seen, *seen)
                found = point if found is None else found.around(point)
        return found

    def _seen(self, x: float, y: float) -> tuple[float, float]:
        """From the page's own coordinates to points from the top left corner as seen."""
        across, down = ctypes.c_int(), ctypes.c_int()
        fine = 1000  # PDFium answers in whole pixels: a thousand to the point
        c.FPDF_PageToDevice(
            self._page, 0, 0, round(self.width * fine), round(self.height * fine), 0, x, y, across, down
        )
        return across.value / fine, down.value / fine
