"""Whether two renderings of a page are the same, and where they are not.

Original and copy are rendered by the same engine onto the same pixel grid, so a faithful copy gives the same pixels, bar
rounding. That allows limits at which one changed digit, one lost dot of a decimal point or a picture coded anew shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.verifying.viewing import Pixels

_PLAIN = 20
"""From this difference of brightness on (of 255), a pixel is plainly another one."""
_PLAIN_PIXELS = 4
_FAINT = 4
_FAINT_SHARE = 0.005
"""This share of faintly different pixels is no rounding any more: a picture was coded anew."""

_MANAGED_PLAIN = 48
_MANAGED_FAINT = 14
_MANAGED_SHARE = 0.02
_MOST_CHANGE_OF_TONE = 70.0
_FIT_PIXELS = 20_000

_BLANK_TONES = 32
_BLANK_PIXELS = 40


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two renderings differ: left, top, right, bottom in pixels, and how many pixels do."""

    box: tuple[int, int, int, int]
    pixels: int


def difference(original: Pixels, copy: Pixels, managed: NDArray[np.uint8] | None = None) -> Difference | None:
    """The difference between two renderings of the same size, or nothing if they are the same.

    `managed` are the samples of a picture whose colours viewers convert; one smooth change of tone is then allowed for.
    """
    if np.array_equal(original, copy):
        return None
    if managed is None:
        return _found(cv2.absdiff(original, copy).max(axis=2), _PLAIN, _FAINT, _FAINT_SHARE)
    expected = _toned(managed, copy)
    if float(cv2.absdiff(original, copy).mean()) > _MOST_CHANGE_OF_TONE:
        expected = original
    return _found(cv2.absdiff(expected, copy).max(axis=2), _MANAGED_PLAIN, _MANAGED_FAINT, _MANAGED_SHARE)


def is_blank(pixels: Pixels) -> bool:
    """Whether a page is of one colour, apart from a few specks."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    ground = int(np.bincount(grey.ravel(), minlength=256).argmax())
    return int(np.count_nonzero(cv2.absdiff(grey, np.full_like(grey, ground)) > _BLANK_TONES)) < _BLANK_PIXELS


def _found(apart: NDArray[np.uint8], plain: int, faint: int, share: float) -> Difference | None:
    shown = apart > plain
    if np.count_nonzero(shown) < _PLAIN_PIXELS:
        shown = apart > faint
        if np.count_nonzero(shown) <= share * shown.size:
            return None
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Difference(box=box, pixels=int(np.count_nonzero(shown)))


def _toned(samples: NDArray[np.uint8], copy: Pixels) -> Pixels:
    """The samples as the viewer would show them, by the smooth change of tone that fits best (least squares, second degree)."""
    flat, shown = samples.reshape(-1, samples.shape[2]), copy.reshape(-1, 3)
    some = np.linspace(0, len(flat) - 1, min(len(flat), _FIT_PIXELS)).astype(np.int64)
    weights, *_ = np.linalg.lstsq(_terms(flat[some]), shown[some].astype(np.float32), rcond=None)
    toned = np.empty_like(shown)
    for start in range(0, len(flat), 1 << 18):
        piece = slice(start, start + (1 << 18))
        toned[piece] = np.clip(_terms(flat[piece]) @ weights, 0, 255).round().astype(np.uint8)
    return toned.reshape(copy.shape)


def _terms(samples: NDArray[np.uint8]) -> NDArray[np.float32]:
    """One, every channel, and every product of two channels."""
    channels = samples.astype(np.float32) / 255
    first, second = np.triu_indices(channels.shape[1])
    return np.column_stack([np.ones(len(channels), np.float32), channels, channels[:, first] * channels[:, second]])
