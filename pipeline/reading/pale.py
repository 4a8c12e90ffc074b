"""Strokes that a scan left pale: a fine or dry pen, a pencil, a signature that a fax broke into dots.

They are told from the paper around them, not by one grey for the whole page: a shaded box is no ink, nor is a smudge or a fold,
which is broader than a stroke.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect, parts_of

Mask = NDArray[np.uint8]

BROADEST = 0.35
"""Line heights: what is broader is no stroke of a pen."""
LEAST, MOST = 14.0, 45.0
"""Grey levels from the paper around it on which a pixel may be a stroke's, on clean and on grainy paper."""
OVER_GRAIN = 5.0
"""The same, in times of how uneven the paper is."""
CLEARLY = 1.6
"""A stroke has pixels that are so many times as far from the paper."""
GAP = 0.16
"""Line heights for which a stroke may be broken off."""
SHORTEST = 0.5
"""Line heights: shorter parts are specks."""
LONGEST_STRAIGHT = 3.0
"""Line heights: what is as long and straight along the page is a rule, drawn or dotted."""
SLENDER, FLATTEST = 5.0, 0.5
"""A part so many times as long as broad, and less than so many line heights broad, is what is left of a rule or a wall."""


@dataclass(frozen=True)
class Pale:
    """How much was found, in heights of a line."""

    length: float = 0.0
    """Of all strokes together."""
    width: float = 0.0
    """From the leftmost to the rightmost."""


def pale_strokes(grey: Picture, where: Rect, height: float, left_out: Iterable[Rect]) -> Pale:
    """Strokes in a place, on a page with lines of `height` pixels; what stands in `left_out` is not among them."""
    cut = where.within(grey.shape[1], grey.shape[0])
    if cut.width < 8 or cut.height < 8:
        return Pale()
    deep = _below_paper(grey, cut, height)
    least = min(MOST, max(LEAST, OVER_GRAIN * float(np.median(deep))))
    mask = (deep > least).astype(np.uint8)
    for place in left_out:
        x0, y0, x1, y1 = (int(v) for v in place)
        left, top = int(cut.left), int(cut.top)
        mask[max(0, y0 - top) : max(0, y1 - top), max(0, x0 - left) : max(0, x1 - left)] = 0
    labels, parts = parts_of(_without_rules(_mended(mask, height), height))
    length, ends = 0.0, []
    for number, (x, y, w, h, _area) in enumerate(parts, start=1):
        inside = labels[y : y + h, x : x + w] == number
        clear = float(np.percentile(deep[y : y + h, x : x + w][inside], 90)) > CLEARLY * least
        rule = (max(w, h) > SLENDER * min(w, h) and min(w, h) < FLATTEST * height) or _is_askew(inside, height)
        if max(w, h) > SHORTEST * height and clear and not rule:
            outlines, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
            length += sum(cv2.arcLength(outline, True) for outline in outlines) / 2  # there along a stroke, and back
            ends += [x, x + w]
    return Pale(length / height, (max(ends) - min(ends)) / height if ends else 0.0)


def _is_askew(part: NDArray[np.bool_], height: float) -> bool:
    """Whether a part is one long straight stroke, whatever its slope: a rule of a page that is not flat."""
    _centre, sides, _angle = cv2.minAreaRect(cv2.findNonZero(part.astype(np.uint8)))
    short, long = sorted(sides)
    return bool(long > LONGEST_STRAIGHT * height and long > SLENDER * short and short < FLATTEST * height)


def _below_paper(grey: Picture, cut: Rect, height: float) -> NDArray[np.uint8]:
    """How much darker each pixel of a place is than the paper around it, as far as it is no broad stain."""
    broad = 2 * round(BROADEST * height / 2) + 3
    x0, y0, x1, y1 = (int(v) for v in cut)
    left, top = min(x0, broad), min(y0, broad)
    around = cv2.GaussianBlur(np.ascontiguousarray(grey[y0 - top : y1 + broad, x0 - left : x1 + broad]), (3, 3), 0)
    deep = cv2.morphologyEx(around, cv2.MORPH_BLACKHAT, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (broad, broad)))
    return np.asarray(deep[top : top + y1 - y0, left : left + x1 - x0], dtype=np.uint8)


def _mended(mask: Mask, height: float) -> Mask:
    gap = max(2, round(GAP * height))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap))), np.uint8)


def _without_rules(mask: Mask, height: float) -> Mask:
    """Without what runs straight across: rules that were too dotted or too pale to be found as such."""
    long = max(3, round(LONGEST_STRAIGHT * height))
    rules = cv2.dilate(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)), np.ones((3, 1), np.uint8))
    return np.asarray(mask & (1 - rules), np.uint8)
