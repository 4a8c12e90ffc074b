"""The scan's pages as pictures for the screen, and the places of single fields cut out of them.

JPEG is right here and only here: it is a picture to look at; what is copied and sent comes from the vault bit for bit.
"""

from __future__ import annotations

import io
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from pipeline.desk.upright import upright
from pipeline.documents import Limits, Refused, open_document
from pipeline.store.vault import Vault, VaultDamaged
from schemas.base import Box
from schemas.reading import Reading, Sheet

QUALITY = 88
KEPT_BYTES = 96_000_000
"""What the cache may hold: some hundreds of pages."""
AROUND_FIELD = 0.006
"""Of the page, on each side of a field that is cut out: handwriting leaves its box."""


class Rendering(StrEnum):
    """How large a page is drawn."""

    PAGE = "page"
    LARGE = "large"
    SMALL = "small"
    """To tell the pages of a scan apart."""

    @property
    def dpi(self) -> int:
        """Dots per inch to aim at."""
        return {Rendering.SMALL: 30, Rendering.PAGE: 120, Rendering.LARGE: 240}[self]


@dataclass(frozen=True)
class SeenPage:
    """One page of a scan: as it arrived or, where the reader turned, straightened or cut it out, as the reader saw it."""

    scan: str
    media_type: str
    number: int
    reading: Reading | None = None

    @property
    def sheet(self) -> Sheet | None:
        """Where the page that was read lies on the page that arrived; None where they are the same."""
        sheets = self.reading.sheets if self.reading else ()
        return next((sheet for sheet in sheets if sheet.page == self.number), None)

    def etag(self, rendering: Rendering) -> str:
        """The same name for the same picture, for ever."""
        seen = self.reading.sha256() if self.reading and self.sheet else "as-it-arrived"
        return f"{self.scan}-{self.number}-{rendering.dpi}-{QUALITY}-{seen}"


class PictureError(Exception):
    """There is no such page, or it cannot be drawn (any more)."""


class Pictures:
    """Draws pages, one at a time, and keeps what was drawn. Used by all threads of the desk."""

    def __init__(self, vault: Vault, limits: Limits) -> None:
        self._vault = vault
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._page_counts: dict[str, int] = {}

    def page_count(self, scan: str, media_type: str) -> int:
        """Pages of the scan. Raises PictureError, and Retryable when the disk fails."""
        if scan not in self._page_counts:
            with self._lock:
                self._page_counts[scan] = self._counted(scan, media_type)
        return self._page_counts[scan]

    def page(self, page: SeenPage, rendering: Rendering) -> bytes:
        """A page as JPEG, upright. Raises PictureError, and Retryable when the disk fails."""
        name = page.etag(rendering)
        with self._lock:
            if name not in self._kept:
                self._keep(name, self._drawn(page, rendering))
            self._kept.move_to_end(name)
            return self._kept[name]

    def place(self, page: SeenPage, box: Box) -> bytes:
        """One place on a page as JPEG. Raises as `page` does."""
        with Image.open(io.BytesIO(self.page(page, Rendering.PAGE))) as picture:
            return _as_jpeg(picture.crop(pixels_around(box, picture.size)))

    def _counted(self, scan: str, media_type: str) -> int:
        try:
            with open_document(self._vault.path(scan), media_type, self._limits) as document:
                return document.page_count
        except (Refused, VaultDamaged, ValueError) as error:
            raise PictureError(type(error).__name__) from error

    def _drawn(self, page: SeenPage, rendering: Rendering) -> bytes:
        try:
            with open_document(self._vault.path(page.scan), page.media_type, self._limits) as document:
                arrived = document.image(page.number, rendering.dpi)
                return _as_jpeg(upright(arrived, page.sheet) if page.sheet else arrived)
        except (Refused, VaultDamaged, IndexError, ValueError) as error:
            raise PictureError(type(error).__name__) from error

    def _keep(self, name: str, picture: bytes) -> None:
        self._kept[name] = picture
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > KEPT_BYTES:
            self._kept.popitem(last=False)


def _as_jpeg(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def pixels_around(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) in pixels, with a little around: inside the picture and never empty, whatever was read."""
    (left, right), (top, bottom) = _stretch(box.left, box.right, size[0]), _stretch(box.top, box.bottom, size[1])
    return left, top, right, bottom


def _stretch(begin: float, end: float, length: int) -> tuple[int, int]:
    """From where to where along one side, at least one pixel."""
    first, last = (_within(edge, length) for edge in (begin - AROUND_FIELD, end + AROUND_FIELD))
    first = min(first, length - 1)
    return first, max(last, first + 1)


def _within(fraction: float, length: int) -> int:
    return round(min(max(fraction, 0.0), 1.0) * length) if math.isfinite(fraction) else 0
