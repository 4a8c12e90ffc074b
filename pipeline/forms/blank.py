"""The blank form: what is dark on every scan of it, so that it can be taken away from under somebody's hand.

Only the ink of printed words that stood on several scans, and of long rules and walls, is kept: where the strokes of two hands
happen to cross elsewhere, nothing remains of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms.form import MEASURE, Form
from pipeline.forms.recognition import Recognised
from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect
from pipeline.reading.layout import Layout

DARK = 170
"""Grey levels: print is darker."""
LONG_RULE = 0.03
"""Page widths: straight ink of this length was drawn by no pen."""
MARGIN = 2
"""Pixels around a printed word that may be its ink, and by which two scans of it differ."""
FEWEST_DOTS = 60
"""Pixels: less ink is a speck."""
LEAST_HEIGHT = 8
"""Pixels: lower is no writing."""


@dataclass(frozen=True)
class Blank:
    """The print of a form, true where it is dark, in pixels of the scan that it was learned from."""

    mask: NDArray[np.bool_]

    @classmethod
    def common(cls, form: Form, first: Picture, found: Recognised, other: Picture) -> Blank:
        """What both scans print: `first` is the page that the form was learned from, `other` the one that was recognised."""
        both = (first < DARK) & _laid_over((other < DARK), found, first.shape)
        return cls(both & _may_be_print(form, both))

    def also(self, found: Recognised, other: Picture) -> Blank:
        """Only what a further scan prints as well."""
        return Blank(self.mask & _laid_over((other < DARK), found, self.mask.shape))

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


def _may_be_print(form: Form, both: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where print may be: in words that stood on several scans, and in long straight strokes."""
    height, width = both.shape
    size, long = width / MEASURE, max(20, int(LONG_RULE * width))
    ink = both.astype(np.uint8)
    allowed = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)) > 0
    allowed |= cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8)) > 0
    for word in form.words:
        if word.is_print:
            scaled = Rect(*(value * size for value in word.place))
            x0, y0, x1, y1 = (int(v) for v in scaled.grown(MARGIN, MARGIN).within(width, height))
            allowed[y0:y1, x0:x1] = True
    return np.asarray(allowed, dtype=np.bool_)


@dataclass(frozen=True)
class Ink:
    """What was written in a room: its picture, and where it stands on the page."""

    crop: Picture
    place: Rect


def ink_in(layout: Layout, room: Rect, found: Recognised, blank: Blank | None) -> Ink | None:
    """The writing in a room of the page, rules and print taken away; None where there is none."""
    x0, y0, x1, y1 = (int(v) for v in room.within(layout.width, layout.height))
    if x1 - x0 < LEAST_HEIGHT or y1 - y0 < LEAST_HEIGHT:
        return None
    crop = np.array(layout.grey[y0:y1, x0:x1])
    dark = crop < DARK
    printed = dark & ~layout.ink[y0:y1, x0:x1]
    if blank is not None:
        printed |= blank.on_page(found, (layout.height, layout.width))[y0:y1, x0:x1]
    crop[printed] = int(np.percentile(crop, 90))
    rows, columns = np.nonzero(dark & ~printed)
    if len(rows) < FEWEST_DOTS or np.ptp(rows) < LEAST_HEIGHT:
        return None
    top, bottom = (int(v) for v in np.percentile(rows, [0.5, 99.5]))
    left, right = (int(v) for v in np.percentile(columns, [0.3, 99.7]))
    margin = max(2, (bottom - top) // 8)
    place = Rect(x0 + left - 2 * margin, y0 + top - margin, x0 + right + 2 * margin, y0 + bottom + margin)
    x, y, right, bottom = (int(v) for v in place.within(x1, y1))
    x, y = max(x, x0), max(y, y0)
    return Ink(np.ascontiguousarray(crop[y - y0 : bottom - y0, x - x0 : right - x0]), Rect(x, y, right, bottom))
