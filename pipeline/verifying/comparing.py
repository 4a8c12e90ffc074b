"""Whether two renderings of a page are the same, and where they are not.

Original and copy are rendered by the same engine onto the same pixel grid, so a faithful copy gives the same pixels, bar
rounding. That allows limits at which one changed digit, one lost dot of a decimal point or a picture coded anew shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.verifying.viewing import Pixels


@dataclass(frozen=True, slots=True)
class Limits:
    """What is no longer the same."""

    plain: int
    """From this difference of brightness on (of 255), a pixel is plainly another one ..."""
    plain_pixels: int
    """... and so many of them are a fault."""
    faint: int
    faint_share: float
    """This share of pixels that differ by more than `faint` is no rounding any more: a picture was coded anew."""


_EXACT = Limits(plain=20, plain_pixels=2, faint=4, faint_share=0.005)
_MANAGED = Limits(plain=48, plain_pixels=64, faint=14, faint_share=0.02)
"""After a fitted change of tone; the fit is off by a few steps, and by more for the rarest shades."""
_MOST_CHANGE_OF_TONE = 70.0

_BLANK_TONES = 32
_BLANK_PIXELS = 40


Spot = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""
MOST_SPOTS = 40
_ONE_SPOT = 15
"""Pixels: what lies nearer together is one place to a person who looks."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two renderings differ: left, top, right, bottom in pixels, and how many pixels do."""

    box: Spot
    pixels: int
    spots: tuple[Spot, ...] = ()
    """The single places within the box, the largest first; at most `MOST_SPOTS`."""


def difference(original: Pixels, copy: Pixels, managed: NDArray[np.uint8] | None = None) -> Difference | None:
    """The difference between two renderings of the same size, or nothing if they are the same.

    `managed` are the samples of a picture whose colours viewers convert; one smooth change of tone is then allowed for.
    """
    if np.array_equal(original, copy):
        return None
    if managed is None:
        return _found(_apart(original, copy), _EXACT)
    expected = _toned(managed, copy)
    if float(cv2.absdiff(original, copy).mean()) > _MOST_CHANGE_OF_TONE:
        expected = original
    return _found(_apart(expected, copy), _MANAGED)


def is_blank(pixels: Pixels) -> bool:
    """Whether a page is of one colour, apart from a few specks."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    tones = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    ground = int(tones.argmax())
    near = tones[max(0, ground - _BLANK_TONES) : ground + _BLANK_TONES + 1].sum()
    return bool(grey.size - near < _BLANK_PIXELS)


def _apart(one: Pixels, other: Pixels) -> NDArray[np.uint8]:
    """How far each pixel is off, in the channel where it is off most."""
    blue, green, red = cv2.split(cv2.absdiff(one, other))
    return np.asarray(cv2.max(cv2.max(blue, green), red), dtype=np.uint8)


def _found(apart: NDArray[np.uint8], limits: Limits) -> Difference | None:
    shown = apart > limits.plain
    if np.count_nonzero(shown) < limits.plain_pixels:
        shown = apart > limits.faint
        if np.count_nonzero(shown) <= limits.faint_share * shown.size:
            return None
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Difference(box=box, pixels=int(np.count_nonzero(shown)), spots=_spots(shown))


def _spots(shown: NDArray[np.bool_]) -> tuple[Spot, ...]:
    """The places where pixels differ, those near each other taken together; the largest first."""
    joined = cv2.dilate(shown.astype(np.uint8), np.ones((_ONE_SPOT, _ONE_SPOT), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    widest = sorted(stats[1:count], key=lambda spot: -int(spot[cv2.CC_STAT_AREA]))[:MOST_SPOTS]
    return tuple((int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in widest)


def _toned(samples: NDArray[np.uint8], copy: Pixels) -> Pixels:
    """The samples as the viewer would show them, by the smooth change of tone that fits best (least squares)."""
    flat, shown = samples.reshape(-1, samples.shape[2]), copy.reshape(-1, 3)
    # One pixel of each shade: a few white letters weigh as much as the wide dark ground around them.
    _, some = np.unique(_shades(flat), return_index=True)
    weights, *_ = np.linalg.lstsq(_terms(flat[some]), shown[some].astype(np.float32), rcond=None)
    toned = np.empty_like(shown)
    for start in range(0, len(flat), 1 << 18):
        piece = slice(start, start + (1 << 18))
        toned[piece] = np.clip(_terms(flat[piece]) @ weights, 0, 255).round().astype(np.uint8)
    return toned.reshape(copy.shape)


def _shades(samples: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """A number for each pixel, the same for pixels of nearly the same colour."""
    numbers = np.zeros(len(samples), np.uint32)
    for channel in samples.T:
        numbers = (numbers << 5) | (channel >> 3)
    return numbers


def _terms(samples: NDArray[np.uint8]) -> NDArray[np.float32]:
    """One, and every product of one, two or three channels."""
    channels = samples.astype(np.float32) / 255
    columns = [np.ones(len(channels), np.float32)]
    for degree in (1, 2, 3):
        for which in combinations_with_replacement(range(channels.shape[1]), degree):
            columns.append(channels[:, which].prod(axis=1))
    return np.column_stack(columns)
