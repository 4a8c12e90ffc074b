"""The blank form: what is dark on every scan of it, so that it can be taken away from under somebody's hand.

Only the ink of printed words that stood on several scans, and of long rules and walls, is kept: where the strokes of two hands
happen to cross elsewhere, nothing remains of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms.form import MEASURE, Form
from pipeline.forms.printing import pieces_of
from pipeline.forms.recognition import Recognised
from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect
from pipeline.reading.layout import Layout
from pipeline.reading.page import PageText

DARK = 170
"""Grey levels: print is darker."""
LONG_RULE = 0.03
"""Page widths: straight ink of this length was drawn by no pen."""
MARGIN = 2
"""Pixels around a printed word that may be its ink, and by which two scans of it differ."""
THE_SAME_INK = 0.85
"""Of the ink of a word, the share that is the same on two people's scans where it is printed."""
FEWEST_DOTS = 60
"""Pixels: less ink is a speck."""
MOSTLY_PRINT = 0.75
"""Of the ink of a word: with so much of it printed, it is the form's."""
LEAST_HEIGHT = 8
"""Pixels: lower is no writing."""


@dataclass(frozen=True)
class Blank:
    """The print of a form, true where it is dark, in pixels of the scan that it was learned from."""

    mask: NDArray[np.bool_]

    @classmethod
    def common(cls, form: Form, first: Picture, found: Recognised, other: PageText, written: Sequence[Rect] = ()) -> Blank:
        """What both scans print: `first` is the page that the form was learned from, `other` the one that was recognised.

        Where something is filled in, as far as that is known (`written`, in the form's measure), only words of the list count.
        """
        dark = first < DARK
        both = dark & _laid_over(other.layout.grey < DARK, found, first.shape)
        taken = [*written, *(place.box for place in form.places)]
        pieces = [found.on_form(piece) for piece in pieces_of(other.lines)]
        free = [piece for piece in pieces if not any(piece.x_overlap(t) and piece.same_row(t, 0.3) for t in taken)]
        return cls(both & _may_be_print(form, dark, both, free))

    def also(self, found: Recognised, other: PageText) -> Blank:
        """Only what a further scan prints as well."""
        return Blank(self.mask & _laid_over(other.layout.grey < DARK, found, self.mask.shape))

    def on_page(self, found: Recognised, page: tuple[int, int]) -> NDArray[np.bool_]:
        """The print as it lies on a page of that height and width, a little thicker."""
        size = self.mask.shape[1] / MEASURE
        matrix = found.matrix @ np.diag([1 / size, 1 / size, 1.0])
        laid = cv2.warpAffine(self.mask.astype(np.uint8) * 255, matrix, (page[1], page[0]), flags=cv2.INTER_LINEAR)
        return np.asarray(cv2.dilate(laid, np.ones((2 * MARGIN + 1,) * 2, np.uint8)) > 127, dtype=np.bool_)

    def as_png(self) -> bytes:
        """To be kept: one bit for each pixel."""
        done, data = cv2.imencode(".png", self.mask.astype(np.uint8) * 255, [cv2.IMWRITE_PNG_BILEVEL, 1])
        if not done:
            raise ValueError("the blank form cannot be written as PNG")
        return data.tobytes()

    @classmethod
    def from_png(cls, data: bytes) -> Blank | None:
        """As it was kept; None where it cannot be read."""
        mask = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
        return None if mask is None else cls(np.asarray(mask > 127, dtype=np.bool_))


def _laid_over(dark: NDArray[np.bool_], found: Recognised, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The ink of the recognised page on the page that the form was learned from, thicker by what they may differ."""
    height, width = shape[:2]
    back = cv2.invertAffineTransform(found.matrix)
    back = np.diag([width / MEASURE, width / MEASURE]) @ back
    laid = cv2.warpAffine(dark.astype(np.uint8) * 255, back, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.dilate(laid, np.ones((2 * MARGIN + 1,) * 2, np.uint8)) > 127, dtype=np.bool_)


def _may_be_print(form: Form, dark: NDArray[np.bool_], both: NDArray[np.bool_], pieces: Iterable[Rect]) -> NDArray[np.bool_]:
    """Where print may be: in long straight strokes, in words that stood on several scans, and in words of which nearly all ink is
    the same on both: two hands never write so alike."""
    height, width = both.shape
    size, long = width / MEASURE, max(20, int(LONG_RULE * width))
    ink = both.astype(np.uint8)
    rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)) > 0
    rules |= cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8)) > 0
    allowed = rules.copy()
    for place, known in [*((w.place, True) for w in form.words if w.is_print), *((piece, False) for piece in pieces)]:
        scaled = Rect(*(value * size for value in place))
        x0, y0, x1, y1 = (int(v) for v in scaled.grown(MARGIN, MARGIN).within(width, height))
        here = np.s_[y0:y1, x0:x1]
        written = dark[here] & ~rules[here]
        if known or (written & both[here]).sum() >= THE_SAME_INK * max(FEWEST_DOTS, int(written.sum())):
            allowed[here] = True
    return np.asarray(allowed, dtype=np.bool_)


def is_printed(printed: NDArray[np.bool_], layout: Layout, place: Rect) -> bool:
    """Whether what is dark in a place of the page is the form's own print, for the most part."""
    x0, y0, x1, y1 = (int(v) for v in place.within(layout.width, layout.height))
    ink = layout.ink[y0:y1, x0:x1]
    return bool(ink.any() and (ink & printed[y0:y1, x0:x1]).sum() >= MOSTLY_PRINT * ink.sum())


@dataclass(frozen=True)
class Ink:
    """What was written in a room: its picture, and where it stands on the page."""

    crop: Picture
    place: Rect


def ink_in(layout: Layout, room: Rect, printed: NDArray[np.bool_] | None) -> Ink | None:
    """The writing in a room of the page, its rules and its print (as far as that is known) taken away; None if there is none."""
    x0, y0, x1, y1 = (int(v) for v in room.within(layout.width, layout.height))
    if x1 - x0 < LEAST_HEIGHT or y1 - y0 < LEAST_HEIGHT:
        return None
    crop = np.array(layout.grey[y0:y1, x0:x1])
    dark = crop < DARK
    drawn = dark & ~layout.ink[y0:y1, x0:x1]
    if printed is not None:
        drawn |= printed[y0:y1, x0:x1]
    crop[drawn] = int(np.percentile(crop, 90))
    rows, columns = np.nonzero(dark & ~drawn)
    if len(rows) < FEWEST_DOTS or np.ptp(rows) < LEAST_HEIGHT:
        return None
    top, bottom = (int(v) for v in np.percentile(rows, [0.5, 99.5]))
    left, right = (int(v) for v in np.percentile(columns, [0.3, 99.7]))
    margin = max(2, (bottom - top) // 8)
    place = Rect(x0 + left - 2 * margin, y0 + top - margin, x0 + right + 2 * margin, y0 + bottom + margin)
    x, y, right, bottom = (int(v) for v in place.within(x1, y1))
    x, y = max(x, x0), max(y, y0)
    return Ink(np.ascontiguousarray(crop[y - y0 : bottom - y0, x - x0 : right - x0]), Rect(x, y, right, bottom))
