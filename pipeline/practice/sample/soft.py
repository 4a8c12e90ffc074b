"""Blurring that stays cheap: large blurs as two box filters, small ones with a kernel no longer than needed."""

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
    """About a Gaussian blur of `sigma` pixels; the picture keeps its type."""
    if sigma < 2.5:
        width = 2 * int(np.ceil(2.5 * sigma)) + 1
        return np.asarray(cv2.GaussianBlur(picture, (width, width), sigma), picture.dtype)
    width = 2 * round(sigma * 1.22) + 1
    return np.asarray(cv2.blur(cv2.blur(picture, (width, width)), (width, width)), picture.dtype)
