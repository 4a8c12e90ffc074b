"""PDF documents: pages drawn by PDFium, words through pdfplumber, form values through pikepdf.

PDFium is not thread-safe, not even for different documents, so every call into it happens under one lock.
"""

from __future__ import annotations

import contextlib
import math
import threading
from typing import BinaryIO

import pypdfium2
from PIL import Image
from pypdfium2 import raw as pdfium

from pipeline.documents import refusal
from pipeline.documents.document import Document, FormValue, Word
from pipeline.documents.kinds import MediaType
from pipeline.documents.limits import Limits
from pipeline.documents.pdf_form import PdfForm
from pipeline.documents.pdf_structure import check_structure, why_unopenable
from pipeline.documents.pdf_words import PdfWords
from pipeline.documents.source import Source, stream_of

_PDFIUM = threading.RLock()
_CHECK_DPI = 18  # drawing a page this coarsely still decodes everything on it
_POINTS_PER_INCH = 72
_LONGEST_PAPER, _LETTER_HEIGHT = 24.0, 11.0  # inches
_LOCKED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


class PdfDocument(Document):
    """A PDF. One that only an owner password protects opens like any other."""

    media_type = MediaType.PDF

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._text = PdfWords(source)
        self._form = PdfForm(source)
        self._stack = contextlib.ExitStack()
        try:
            with _PDFIUM, refusal.mapping_faults():
                # By stream, not by path: PDFium takes only paths that are UTF-8.
                self._pdf = _open(self._stack.enter_context(stream_of(source)), source)
                self._stack.callback(self._pdf.close)
                self.page_count = _counted(len(self._pdf), limits)
                self._pdf.init_forms()
        except BaseException:
            self.close()
            raise

    def image(self, page: int, dpi: int = 300) -> Image.Image:
        """The page in RGB at `dpi`, coarser where it would have more pixels than the limit."""
        self._require(page)
        with _PDFIUM, refusal.mapping_faults():
            sheet = self._pdf[page - 1]
            try:
                scale, used = _scale(sheet.get_size(), dpi, self._limits.max_pixels)
                _require_modest_images(sheet, self._limits.max_pixels)
                bitmap = sheet.render(scale=scale)
                picture: Image.Image = bitmap.to_pil().convert("RGB")
                bitmap.close()
            finally:
                sheet.close()
        picture.info["dpi"] = (used, used)
        return picture

    def words(self, page: int) -> tuple[Word, ...]:
        """The text layer. Text that PDF software hid behind a scanned picture counts too."""
        self._require(page)
        return self._text.on_page(page)

    def form_values(self, page: int) -> tuple[FormValue, ...]:
        """The AcroForm fields whose widgets lie on the page."""
        self._require(page)
        return self._form.on_page(page)

    def check(self) -> None:
        """Whether the file is whole and every page can be drawn. Raises Refused."""
        check_structure(self._source, self.page_count)
        for page in range(1, self.page_count + 1):
            self.image(page, _CHECK_DPI)

    def close(self) -> None:
        """Lets go of the file."""
        self._text.close()
        self._form.close()
        with _PDFIUM:
            self._stack.close()


def _open(stream: BinaryIO, source: Source) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _LOCKED:
            raise refusal.encrypted() from error
        raise why_unopenable(source) from error


def _counted(pages: int, limits: Limits) -> int:
    if pages < 1:
        raise refusal.no_pages()
    if pages > limits.max_pages:
        raise refusal.too_many_pages(limits.max_pages)
    return pages


def _scale(size: tuple[float, float], dpi: int, max_pixels: int) -> tuple[float, float]:
    """Pixels a point, and the dpi that makes, for a page of `size` points.

    Apps that scan with a telephone make pages a yard high, a point for each pixel. Such a page is taken for a letter
    page, as a picture without a resolution is; drawn as large as it claims to be, it would only take a hundred times
    the memory and show no more.
    """
    longest = max(*size, 1.0)
    inches = longest / _POINTS_PER_INCH
    if inches > _LONGEST_PAPER:
        inches = _LETTER_HEIGHT
    most = math.sqrt(max_pixels / max(size[0] * size[1], 1.0))
    scale = min(dpi * inches / longest, most)
    return scale, round(scale * longest / inches, 3)


def _require_modest_images(sheet: pypdfium2.PdfPage, max_pixels: int) -> None:
    """Refuses a page with an image that PDFium would have to unpack into more than `max_pixels`, however small it is drawn."""
    for image in sheet.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]):
        width, height = image.get_px_size()
        if width * height > max_pixels:
            raise refusal.too_many_pixels(max_pixels)
