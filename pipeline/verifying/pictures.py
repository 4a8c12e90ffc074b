"""Picture originals, decoded by OpenCV: the pixels that the copy has to show, upright.

Colour is left as stored. Where a picture brings a colour profile or printing inks, viewers convert it by tables of their
own; `managed` has what they start from, and the comparison allows for one smooth change of tone.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.verifying.viewing import CannotBeShownError, Pixels

_ORIENTATION = 0x0112
_DEEPEST_CHAIN = 100_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture."""

    pixels: Pixels
    """Rows of BGR bytes."""
    managed: NDArray[np.uint8] | None = None
    """Where viewers convert the colour: the samples as stored, three channels or four inks."""


class PictureFile:
    """A picture file: one page, or as many as a TIFF has frames."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises CannotBeShownError."""
        try:
            self._data = path.read_bytes()
            with Image.open(io.BytesIO(self._data)) as seen:
                self._turn = int(seen.getexif().get(_ORIENTATION, 1))
                self._managed = seen.mode in {"CMYK", "LAB", "YCbCr"} or "icc_profile" in seen.info
                self._is_cmyk = seen.mode == "CMYK"
                self._is_tiff = seen.format == "TIFF"
        except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
            raise CannotBeShownError("the picture cannot be opened") from error
        self.pages = _tiff_frames(self._data) if self._is_tiff else 1

    def picture(self, page: int) -> Picture:
        """Page `page`, from 1, decoded whole. Raises CannotBeShownError."""
        coded = np.frombuffer(self._data, np.uint8)
        flags = cv2.IMREAD_UNCHANGED
        try:
            if self._is_tiff:
                _, frames = cv2.imdecodemulti(coded, flags, range=(page - 1, page))
                decoded = frames[0] if frames else None
            else:
                decoded = cv2.imdecode(coded, flags)
        except cv2.error as error:
            raise CannotBeShownError("the picture cannot be decoded") from error
        if decoded is None or decoded.size == 0:
            raise CannotBeShownError("the picture cannot be decoded")
        # OpenCV turns a TIFF itself, and with `IMREAD_UNCHANGED` nothing else.
        upright = _plain(decoded) if self._is_tiff else _turned(_plain(decoded), self._turn)
        if not self._managed:
            return Picture(upright)
        return Picture(upright, self._inks(page) if self._is_cmyk else upright)

    def _inks(self, page: int) -> Pixels:
        """The four inks, which OpenCV does not give."""
        try:
            with Image.open(io.BytesIO(self._data)) as stored:
                stored.seek(page - 1)
                inks = np.asarray(stored)
        except (OSError, ValueError, EOFError) as error:
            raise CannotBeShownError("the picture cannot be decoded") from error
        return inks if self._is_tiff else _turned(inks, self._turn)


def _plain(decoded: NDArray[Any]) -> Pixels:
    """Eight bits, three channels, over white."""
    bytewise = (decoded >> 8 if decoded.dtype == np.uint16 else decoded).astype(np.uint8)
    shown: Pixels = np.atleast_3d(bytewise)
    if shown.shape[2] == 1:
        return np.repeat(shown, 3, axis=2)
    if shown.shape[2] == 3:
        return shown
    cover = shown[:, :, 3:].astype(np.uint16)
    mixed: Pixels = ((shown[:, :, :3] * cover + 255 * (255 - cover) + 127) // 255).astype(np.uint8)
    return mixed


def _turned(stored: Pixels, turn: int) -> Pixels:
    """Upright, as the file's orientation asks (EXIF 2.32, tag 274)."""
    seen = stored
    if turn in {5, 6, 7, 8}:
        seen = seen.transpose(1, 0, 2)
    if turn in {2, 3, 6, 7}:
        seen = seen[:, ::-1]
    if turn in {3, 4, 7, 8}:
        seen = seen[::-1]
    return np.ascontiguousarray(seen)


def _tiff_frames(data: bytes) -> int:
    """How many pictures are chained in a TIFF or BigTIFF (TIFF 6.0, section 2), counted by following the chain."""
    order = "<" if data[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", data, 2)[0] == 43
    count, entry, link = ("Q", 20, "Q") if big else ("H", 12, "I")
    try:
        (at,) = struct.unpack_from(order + link, data, 8 if big else 4)
        seen: set[int] = set()
        while at and at not in seen and len(seen) < _DEEPEST_CHAIN:
            seen.add(at)
            (entries,) = struct.unpack_from(order + count, data, at)
            (at,) = struct.unpack_from(order + link, data, at + struct.calcsize(count) + entries * entry)
    except struct.error as error:
        raise CannotBeShownError("the TIFF is cut short") from error
    return len(seen)
