"""Blur and grain that stay cheap: a whole practice is drawn in seconds."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

_Number = TypeVar("_Number", np.uint8, np.float32)


def as_mask(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0 to 255 becomes 0 to 1."""
    return np.asarray(picture, np.float32) / np.float32(255)


def soften(picture: NDArray[_Number], sigma: float) -> NDArray[_Number]:
    """About a Gaussian blur of `sigma` pixels: large ones as two box filters. The picture keeps its type."""
    if sigma < 2.5:
        width = 2 * int(np.ceil(2.5 * sigma)) + 1
        return np.asarray(cv2.GaussianBlur(picture, (width, width), sigma), picture.dtype)
    width = 2 * round(sigma * 1.22) + 1
    return np.asarray(cv2.blur(cv2.blur(picture, (width, width)), (width, width)), picture.dtype)


def noise(chance: np.random.Generator, shape: tuple[int, int], strength: float) -> NDArray[np.float32]:
    """Grain of mean 0 and deviation `strength`. One tile is drawn and laid side by side; no eye finds the seams."""
    tile = chance.standard_normal((331, 367), dtype=np.float32) * np.float32(strength)
    across = (-(-shape[0] // 331), -(-shape[1] // 367))
    return np.asarray(np.tile(tile, across)[: shape[0], : shape[1]], np.float32)
