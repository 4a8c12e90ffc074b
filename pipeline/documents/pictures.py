"""Scans that are pictures: TIFF with one page or many, JPEG, PNG, through Pillow."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import numpy as np
from PIL import ExifTags, Image, ImageOps

from pipeline.documents import refusal
from pipeline.documents.document import Document
from pipeline.documents.kinds import MediaType
from pipeline.documents.limits import Limits
from pipeline.documents.source import Source, stream_of
from pipeline.documents.tiff_structure import CutOff, count_pages, require_data

_DECODERS = {MediaType.TIFF: "TIFF", MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}
_LETTER = (8.5, 11.0)  # inches
_PAPER = (2.0, 24.0)  # inches: the longer side of what a practice scans, from a card to a large form

Resolution = tuple[float, float]
"""Dots per inch, across and down."""


class PictureDocument(Document):
    """A TIFF, JPEG or PNG. Only a TIFF has more than one page: further frames of the others are previews."""

    def __init__(self, source: Source, media_type: MediaType, limits: Limits) -> None:
        self.media_type = media_type
        self._limits = limits
        with refusal.mapping_faults():
            self._stream = stream_of(source)
        try:
            with self._opened() as file:
                self.page_count = self._count(file)
        except BaseException:
            self.close()
            raise

    def image(self, page: int, dpi: int = 300) -> Image.Image:
        """The page upright, in RGB or L, with square pixels; a finer scan is made smaller to `dpi`, a coarser one left."""
        self._require(page)
        with self._opened(page) as file:
            picture, resolution = _upright(file)
            return _at(dpi, _eight_bit(picture), resolution)

    def check(self) -> None:
        """Decodes every page whole. Raises Refused."""
        for page in range(1, self.page_count + 1):
            with self._opened(page) as file:
                file.load()

    def close(self) -> None:
        """Lets go of the file."""
        self._stream.close()

    @contextlib.contextmanager
    def _opened(self, page: int = 1) -> Iterator[Image.Image]:
        """The page, not yet decoded. Opened anew each time: Pillow forgets how a page lay once it has loaded it."""
        with refusal.mapping_faults(), self._telling_what_is_missing(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures (`Limits` decide) and odd metadata, which is not used
            self._stream.seek(0)
            with Image.open(self._stream, formats=[_DECODERS[self.media_type]]) as file:
                if page > 1:
                    file.seek(page - 1)
                if file.width * file.height > self._limits.max_pixels:
                    raise refusal.too_many_pixels(self._limits.max_pixels)
                yield file

    @contextlib.contextmanager
    def _telling_what_is_missing(self) -> Iterator[None]:
        """Refuses what Pillow calls too large, and as truncated a TIFF that cannot be read because it breaks off."""
        try:
            yield
        except Image.DecompressionBombError as error:
            raise refusal.too_many_pixels(self._limits.max_pixels) from error
        except CutOff as error:
            raise refusal.truncated() from error
        except refusal.Refused:
            raise
        except Exception as error:
            if self.media_type is MediaType.TIFF:
                self._require_data(error)
            raise

    def _require_data(self, fault: Exception) -> None:
        try:
            require_data(self._stream, self._limits.max_pages)
        except CutOff:
            raise refusal.truncated() from fault

    def _count(self, file: Image.Image) -> int:
        """Pages; of a TIFF as its own tables and as Pillow count them, which must be the same."""
        if self.media_type is not MediaType.TIFF:
            return 1
        pages = count_pages(self._stream, self._limits.max_pages)
        if pages > self._limits.max_pages:
            raise refusal.too_many_pages(self._limits.max_pages)
        if _seen_by_pillow(file, pages) != pages:
            raise refusal.damaged()
        return pages


def _seen_by_pillow(file: Image.Image, most: int) -> int:
    """Pages that Pillow finds, counted to `most` + 1 at the highest."""
    with contextlib.suppress(EOFError):
        for page in range(most + 1):
            file.seek(page)
        return most + 1
    return file.tell() + 1


def _upright(file: Image.Image) -> tuple[Image.Image, Resolution | None]:
    """The page as it is to be looked at (EXIF and TIFF tag 274, Orientation), and its resolution the same way round."""
    lies_on_its_side = file.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
    resolution = _declared(file)
    ImageOps.exif_transpose(file, in_place=True)  # a copy of a page at the limit would be half a gigabyte
    if resolution is not None and lies_on_its_side:
        resolution = resolution[1], resolution[0]
    return file, resolution


def _declared(file: Image.Image) -> Resolution | None:
    """Dots per inch across and down as the file says, or None where it does not say or the paper would be absurd."""
    try:
        across, down = (float(value) for value in file.info["dpi"])
        longest = max(file.width / across, file.height / down)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if across > 0 and down > 0 and _PAPER[0] <= longest <= _PAPER[1] else None


def _eight_bit(picture: Image.Image) -> Image.Image:
    """The picture in L or RGB: deep gray scaled to 8 bits, what is transparent laid on white paper."""
    if picture.mode in ("L", "RGB"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _scaled(picture)
    if picture.has_transparency_data:
        paper = Image.new("RGB", picture.size, "white")
        ink = picture.convert("RGBA")
        paper.paste(ink, mask=ink.getchannel("A"))
        return paper
    return picture.convert("L" if picture.mode == "LA" else "RGB")


def _scaled(picture: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(picture, dtype=np.float32))
    darkest, brightest = float(values.min()), float(values.max())
    if picture.mode.startswith("I;16") or (darkest >= 0 and 255 < brightest <= 65535):
        darkest, brightest = 0.0, 65535.0
    span = brightest - darkest or 1.0
    return Image.fromarray(((values - darkest) * (255.0 / span)).clip(0, 255).astype(np.uint8))


def _at(dpi: int, picture: Image.Image, declared: Resolution | None) -> Image.Image:
    """The picture with square pixels and at most `dpi`; its resolution in `info["dpi"]`.

    A fax has twice as many dots across as down (204 by 98 or 196, ITU-T T.4); its rows are stretched, not its columns cut.
    """
    across, down = declared or _guessed(picture.size)
    finest = max(across, down)
    used = min(float(dpi), finest)
    size = (max(1, round(picture.width * used / across)), max(1, round(picture.height * used / down)))
    upright = picture.copy() if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)
    upright.info = {"dpi": (used, used)}
    return upright


def _guessed(size: tuple[int, int]) -> Resolution:
    """A photo or a nameless scan is taken for a letter page that fills it."""
    dots = max(max(size) / max(_LETTER), min(size) / min(_LETTER))
    return dots, dots
