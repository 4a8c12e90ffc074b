"""Pictures: every pixel as the file has it, turned and sized by the page, never by computing the picture anew.

A picture that says believably how large it is on paper (a scan) keeps that size. Any other, such as an x-ray or a photo,
is fitted onto a letter page, upright or across, whichever leaves it larger.
"""

from __future__ import annotations

from pathlib import Path

from pikepdf import Dictionary, Pdf
from PIL import Image

from pipeline.duplicating import coding
from pipeline.duplicating.sheet import STRIP, Box, Sheet
from pipeline.duplicating.trouble import UnreadableError

_LETTER = (612.0, 792.0)
_MARGIN = 24.0
_COARSEST = 96.0
"""A small picture is not blown up beyond this many pixels an inch."""
_SCAN_DPI = (100.0, 1300.0)
_SCAN_INCHES = (4.5, 18.0)
_ORIENTATION = 0x0112

# How the unit square with the stored picture is laid onto the page, by EXIF orientation (EXIF 2.32, tag 274): the stored
# row 0 and column 0 are, as seen, 1 top left, 2 top right, 3 bottom right, 4 bottom left, 5 left top, 6 right top, ...
_TURNS: dict[int, tuple[int, int, int, int, int, int]] = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}


class Pictures:
    """A picture file: one page, or as many as a TIFF has frames."""

    def __init__(self, path: Path) -> None:
        """Opens the file. Raises UnreadableError."""
        with coding.troubles():
            self._image = Image.open(path)
            self.pages = getattr(self._image, "n_frames", 1) if self._image.format == "TIFF" else 1
        self._path = path

    def close(self) -> None:
        """Lets go of the file."""
        self._image.close()

    def place(self, page: int, pdf: Pdf) -> Sheet:
        """Page `page` (from 1) as a sheet of `pdf`. Raises UnreadableError."""
        with coding.troubles():
            self._image.seek(page - 1)
            turn = self._image.getexif().get(_ORIENTATION, 1)
            dpi = self._image.info.get("dpi", (0.0, 0.0))
            coded = coding.coded(self._image, self._path)
        if not (coded.width and coded.height):
            raise UnreadableError("the picture has no pixels")
        return _sheet(coded, 1 if coded.upright else turn, (float(dpi[0]), float(dpi[1])), pdf)


def _sheet(coded: coding.Coded, turn: int, dpi: tuple[float, float], pdf: Pdf) -> Sheet:
    a, b, c, d, e, f = _TURNS.get(turn, _TURNS[1])
    sideways = a == 0
    wide, high = (coded.height, coded.width) if sideways else (coded.width, coded.height)
    box, place = _laid_out(wide, high, (dpi[1], dpi[0]) if sideways else dpi)
    w, h = place.width, place.height
    matrix = (a * w, b * h, c * w, d * h, e * w + place.left, f * h + place.bottom)
    content = f"q {' '.join(f'{v:.4f}' for v in matrix)} cm /Picture Do Q".encode()
    resources = Dictionary(XObject=Dictionary(Picture=coded.stream(pdf)))
    return Sheet(box=box, content=content, resources=resources, weight=len(coded.data))


def _laid_out(wide: int, high: int, dpi: tuple[float, float]) -> tuple[Box, Box]:
    """The page and the picture's place on it, for a picture of this many pixels as seen."""
    if all(_SCAN_DPI[0] <= d <= _SCAN_DPI[1] for d in dpi):
        size = (wide / dpi[0], high / dpi[1])
        if all(_SCAN_INCHES[0] <= inches <= _SCAN_INCHES[1] for inches in size):
            paper = Box(0, 0, size[0] * 72, size[1] * 72)
            return paper, paper
    return _fitted(wide, high)


def _fitted(wide: int, high: int) -> tuple[Box, Box]:
    """A letter page (less the strip that it will get) with the picture in its middle."""
    page_wide, page_high = _LETTER if wide <= high else (_LETTER[1], _LETTER[0])
    page_high -= STRIP
    scale = min((page_wide - 2 * _MARGIN) / wide, (page_high - _MARGIN) / high, 72 / _COARSEST)
    w, h = wide * scale, high * scale
    left, bottom = (page_wide - w) / 2, (page_high - h) / 2
    return Box(0, 0, page_wide, page_high), Box(left, bottom, left + w, bottom + h)
