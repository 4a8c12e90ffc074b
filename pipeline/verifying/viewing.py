"""Looking at PDF pages as a reader sees them: pixels, words and where the pictures stand.

Everything here goes through PDFium, which has no part in making the copy. Arrays are rows of BGR bytes, upright as seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

Matrix = NDArray[np.float64]

_UNIT_SQUARE = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
_NESTED = 15
"""How deep forms within forms are followed."""


class CannotBeShownError(Exception):
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
        """Opens the file. Raises CannotBeShownError."""
        try:
            self._pdf = pdfium.PdfDocument(path)
        except (pdfium.PdfiumError, OSError) as error:
            raise CannotBeShownError("the PDF cannot be opened") from error
        self._has_form = self._pdf.get_formtype() != c.FORMTYPE_NONE

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pdf.close()

    def __len__(self) -> int:
        return len(self._pdf)

    @contextlib.contextmanager
    def page(self, number: int) -> Iterator[View]:
        """Page `number`, from 1. Raises CannotBeShownError."""
        try:
            page = self._pdf[number - 1]
            if self._has_form:
                # PDFium could draw the answers in its own type; how the file itself shows them is the standard.
                c.FPDFPage_Flatten(page, c.FLAT_NORMALDISPLAY)
                page.close()
                page = self._pdf[number - 1]
        except pdfium.PdfiumError as error:
            raise CannotBeShownError("the page cannot be opened") from error
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
        self._box = page.get_bbox()
        self._turn = page.get_rotation()

    def whole(self, columns: int, rows: int) -> Pixels:
        """The page in this many pixels, with notes and filled fields. Raises CannotBeShownError."""
        bitmap = _blank(columns, rows)
        try:
            c.FPDF_RenderPageBitmap(bitmap, self._page, 0, 0, columns, rows, 0, c.FPDF_ANNOT)
            return _pixels(bitmap)
        finally:
            bitmap.close()

    def part(self, area: Area, columns: int, rows: int) -> Pixels:
        """Only this area, in exactly this many pixels; what is outside of the page is white. Raises CannotBeShownError."""
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
        """The words of the text layer that stand outside of the area: below, above, left and right of it."""
        words = self._page.get_textpage()
        try:
            return " ".join(self._words_in(words, band) for band in self.around(area))
        finally:
            words.close()

    def text_inside(self, area: Area) -> str:
        """The words of the text layer that stand inside the area."""
        words = self._page.get_textpage()
        try:
            return self._words_in(words, area)
        finally:
            words.close()

    def around(self, area: Area) -> list[Area]:
        """What of the page lies below, above, left and right of an area, where that is more than a hair."""
        bands = (
            Area(0, area.bottom, self.width, self.height),
            Area(0, 0, self.width, area.top),
            Area(0, area.top, area.left, area.bottom),
            Area(area.right, area.top, self.width, area.bottom),
        )
        return [band for band in bands if band.width > 1 and band.height > 1]

    def _words_in(self, words: Any, area: Area) -> str:
        x0, y0 = self._unseen(area.left, area.top)
        x1, y1 = self._unseen(area.right, area.bottom)
        try:
            return str(words.get_text_bounded(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
        except pdfium.PdfiumError:
            return ""

    def picture_area(self) -> Area | None:
        """Where the page's pictures stand, together; nothing for a page without any."""
        found: Area | None = None
        for corners in _pictures(self._page.raw, np.eye(3), 0):
            for x, y in corners:
                seen = self._seen(x, y)
                point = Area(*seen, *seen)
                found = point if found is None else found.around(point)
        return found

    def _seen(self, x: float, y: float) -> tuple[float, float]:
        """From the page's own coordinates to points from the top left corner as seen."""
        left, bottom, right, top = self._box
        turned = {0: (x - left, top - y), 90: (y - bottom, x - left), 180: (right - x, y - bottom), 270: (top - y, right - x)}
        return turned[self._turn]

    def _unseen(self, x: float, y: float) -> tuple[float, float]:
        """The way back."""
        left, bottom, right, top = self._box
        turned = {0: (left + x, top - y), 90: (left + y, bottom + x), 180: (right - x, bottom + y), 270: (right - y, top - x)}
        return turned[self._turn]


def _pictures(parent: Any, within: Matrix, depth: int) -> Iterator[list[tuple[float, float]]]:
    """The corners of each picture on a page or in a form, in the page's own coordinates."""
    in_form = depth > 0
    count = c.FPDFFormObj_CountObjects(parent) if in_form else c.FPDFPage_CountObjects(parent)
    for index in range(max(0, count)):
        thing = c.FPDFFormObj_GetObject(parent, index) if in_form else c.FPDFPage_GetObject(parent, index)
        kind = c.FPDFPageObj_GetType(thing)
        if kind == c.FPDF_PAGEOBJ_IMAGE:
            place = _matrix(thing) @ within
            yield [(float(x), float(y)) for x, y, _ in (np.array([*corner, 1.0]) @ place for corner in _UNIT_SQUARE)]
        elif kind == c.FPDF_PAGEOBJ_FORM and depth < _NESTED:
            yield from _pictures(thing, _matrix(thing) @ within, depth + 1)


def _matrix(thing: Any) -> Matrix:
    """A page object's matrix, for row vectors (ISO 32000-1, 8.3.4)."""
    raw = c.FS_MATRIX()
    c.FPDFPageObj_GetMatrix(thing, raw)
    return np.array([[raw.a, raw.b, 0], [raw.c, raw.d, 0], [raw.e, raw.f, 1]], dtype=np.float64)


def _blank(columns: int, rows: int) -> Any:
    bitmap = pdfium.PdfBitmap.new_native(columns, rows, c.FPDFBitmap_BGR)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, columns, rows)
    return bitmap


def _pixels(bitmap: Any) -> Pixels:
    return np.ascontiguousarray(bitmap.to_numpy())
