"""One page of an original, and whether a page of the copy shows it whole.

Where on the copy the original stands is found by looking, not by knowing how the copy was made: a PDF page must stand
there in its own size at an edge or in the middle of the copy's page, a picture where the page's pictures stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.verifying.comparing import Difference, difference, is_blank
from pipeline.verifying.pictures import Picture, PictureFile
from pipeline.verifying.viewing import Area, CannotBeShownError, Document, Pixels, View

_FINENESS = 1.5
"""Pixels a point, 108 to the inch: the digits of 4-point print are still 5 pixels high."""
_MOST_PIXELS = 5_000_000
"""A larger rendering is made coarser (PDF pages) or compared band by band (pictures)."""
_STRETCHED = 0.015
"""A picture may be shown in other proportions by this much; more is a distortion, less is rounding."""
_SLACK = 0.5
"""Points by which pages of the same size may differ."""
_OVERHANG = 0.25
"""Points by which a picture may run out of its page."""
_HAIR = 0.01
"""A picture's area is widened by this share of a pixel, so that rounding never gives it a pixel more than it has."""


@dataclass(frozen=True, slots=True)
class Look:
    """What comparing a page of the copy with a page of an original gave."""

    same: bool
    area: Area | None
    """Where on the copy's page the original stands, or should."""
    original: Pixels
    copy: Pixels
    found: Difference | None = None
    remark: str = ""
    """What is wrong beside the pixels, as the end of a sentence."""


class Leaf(Protocol):
    """One page of an original."""

    pixels: Pixels
    """The original as seen."""
    blank: bool
    """Whether it is of one colour."""

    @property
    def text(self) -> str:
        """Its text layer."""
        ...

    def seen_on(self, view: View) -> Look:
        """Compares a page of the copy with it. Raises CannotBeShownError if the page cannot be rendered."""
        ...


class PdfLeaf:
    """A page of a PDF original."""

    def __init__(self, view: View) -> None:
        self._view = view
        fineness = min(_FINENESS, math.sqrt(_MOST_PIXELS / (view.width * view.height)))
        self._size = max(1, round(view.width * fineness)), max(1, round(view.height * fineness))
        self.pixels = view.whole(*self._size)
        self.blank = is_blank(self.pixels)

    @property
    def text(self) -> str:
        """The text layer of the page."""
        return self._view.text()

    def seen_on(self, view: View) -> Look:
        """The page must be there in its own size; the first place where it is the same counts."""
        if view.width < self._view.width - _SLACK or view.height < self._view.height - _SLACK:
            whole = Area(0, 0, view.width, view.height)
            return Look(False, None, self.pixels, view.part(whole, *self._size), remark="it is smaller than its original")
        looks = []
        for area in self._places(view):
            copy = view.part(area, *self._size)
            look = Look(True, area, self.pixels, copy, difference(self.pixels, copy))
            if look.found is None:
                return look
            looks.append(look)
        nearest = min(looks, key=lambda look: look.found.pixels if look.found else 0)
        return Look(False, nearest.area, nearest.original, nearest.copy, nearest.found)

    def _places(self, view: View) -> Iterator[Area]:
        """Where a page of this size can stand: middle, left or right; top, middle or bottom. Equal places count once."""
        across, down = max(0.0, view.width - self._view.width), max(0.0, view.height - self._view.height)
        lefts = dict.fromkeys(round(across * share, 4) for share in (0.5, 0, 1))
        tops = dict.fromkeys(round(down * share, 4) for share in (0, 1, 0.5))
        for left in lefts:
            for top in tops:
                yield Area(left, top, left + self._view.width, top + self._view.height)


class PictureLeaf:
    """A picture, pixel by pixel."""

    text = ""

    def __init__(self, picture: Picture) -> None:
        self.pixels = picture.pixels
        self._managed = picture.managed
        self.blank = is_blank(picture.pixels)

    def seen_on(self, view: View) -> Look:
        """The picture must be there, every pixel of it, in its own proportions."""
        pixels = self.pixels
        rows, columns = pixels.shape[:2]
        area = view.picture_area()
        if area is None or area.width <= 0 or area.height <= 0:
            return Look(False, None, pixels, _thumbnail(view, pixels), remark="there is no picture on the page")
        if abs(math.log((area.width / area.height) / (columns / rows))) > _STRETCHED:
            return Look(False, area, pixels, _thumbnail(view, pixels), remark="the picture is stretched or cut")
        if min(area.left, area.top, view.width - area.right, view.height - area.bottom) < -_OVERHANG:
            return Look(False, area, pixels, _thumbnail(view, pixels), remark="the picture runs out of the page")
        return self._compared(view, area)

    def _compared(self, view: View, area: Area) -> Look:
        """Band by band, so that memory stays bounded; the first band that differs decides."""
        pixels, managed = self.pixels, self._managed
        rows, columns = pixels.shape[:2]
        step = rows if managed is not None else max(1, _MOST_PIXELS // columns)
        for top in range(0, rows, step):
            bottom = min(rows, top + step)
            copy = view.part(_band(area, columns, rows, top, bottom), columns, bottom - top)
            original = pixels[top:bottom]
            found = difference(original, copy, managed)
            if found:
                return Look(False, area, original, copy, found)
        return Look(True, area, pixels[:1], pixels[:1])


class Originals:
    """The originals of a set, opened one at a time."""

    def __init__(self, paths: Callable[[str], Path]) -> None:
        self._paths = paths

    @contextmanager
    def open(self, sha256: str) -> Iterator[Opened]:
        """The original with these bytes. Raises CannotBeShownError."""
        path = self._paths(sha256)
        with path.open("rb") as file:
            is_pdf = b"%PDF-" in file.read(1024)
        if is_pdf:
            with Document(path) as document:
                yield Opened(len(document), document, None)
        else:
            pictures = PictureFile(path)
            yield Opened(pictures.pages, None, pictures)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open original."""

    pages: int
    _document: Document | None
    _pictures: PictureFile | None

    @contextmanager
    def leaf(self, page: int) -> Iterator[Leaf]:
        """Page `page`, from 1. Raises CannotBeShownError."""
        if self._document is not None:
            with self._document.page(page) as view:
                yield PdfLeaf(view)
        elif self._pictures is not None:
            yield PictureLeaf(self._pictures.picture(page))
        else:
            raise CannotBeShownError("the original is not open")


def _band(area: Area, columns: int, rows: int, top: int, bottom: int) -> Area:
    """The rows `top` to `bottom` of a picture that fills the area."""
    across, down = area.width / columns, area.height / rows
    return Area(
        area.left - _HAIR * across,
        area.top + (top - _HAIR) * down,
        area.right + _HAIR * across,
        area.top + (bottom + _HAIR) * down,
    )


def _thumbnail(view: View, like: Pixels) -> Pixels:
    """The whole page of the copy, in about the height of the original."""
    rows = min(like.shape[0], 1000)
    return view.part(Area(0, 0, view.width, view.height), max(1, round(rows * view.width / view.height)), rows)
