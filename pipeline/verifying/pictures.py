"""Picture originals, decoded by OpenCV: the pixels that the copy has to show, upright.

Colour is left as stored. Where a picture brings a colour profile or printing inks, viewers convert it by tables of their
own; `managed` has what they start from, and the comparison allows for one smooth change of tone.
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
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
        with _troubles():
            self._data = path.read_bytes()
            with Image.open(io.BytesIO(self._data)) as seen:
                self._is_tiff = seen.format == "TIFF"
        self.pages = _tiff_frames(self._data) if self._is_tiff else 1

    def picture(self, page: int) -> Picture:
        """Page `page`, from 1, decoded whole. Raises CannotBeShownError."""
        inks: Pixels | None = None
        with _troubles(), Image.open(io.BytesIO(self._data)) as seen:
            seen.seek(page - 1)
            turn = int(seen.getexif().get(_ORIENTATION, 1))
            mode, has_profile = seen.mode, "icc_profile" in seen.info
            if mode == "CMYK":
                inks = np.asarray(seen)  # OpenCV does not give the inks
        plain = _plain(self._decoded(page, mode), multiplied=self._is_tiff)
        if not self._is_tiff:  # OpenCV has turned a TIFF itself, and with these flags nothing else
            plain = _turned(plain, turn)
            inks = None if inks is None else _turned(inks, turn)
        managed = plain if has_profile or mode in {"LAB", "YCbCr"} else None
        return Picture(plain, managed if inks is None else inks)

    def _decoded(self, page: int, mode: str) -> NDArray[Any]:
        coded = np.frombuffer(self._data, np.uint8)
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what it has to say is in the outcome
        with _troubles():
            if not self._is_tiff:
                decoded = cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)
            else:
                # Unchanged, OpenCV would take the numbers of palette colours for greys.
                flags = cv2.IMREAD_COLOR if mode == "P" else cv2.IMREAD_UNCHANGED
                _, frames = cv2.imdecodemulti(coded, flags, range=(page - 1, page))
                decoded = frames[0] if frames else None
        if decoded is None or decoded.size == 0:
            raise CannotBeShownError("the picture cannot be decoded")
        return np.asarray(decoded)


@contextlib.contextmanager
def _troubles() -> Iterator[None]:
    """Whatever the picture libraries raise about a bad file becomes CannotBeShownError."""
    try:
        yield
    except (OSError, ValueError, TypeError, SyntaxError, EOFError, struct.error, cv2.error) as error:
        raise CannotBeShownError("the picture cannot be decoded") from error
    except Image.DecompressionBombError as error:
        raise CannotBeShownError("the picture is too large to be decoded safely") from error


def _plain(decoded: NDArray[Any], *, multiplied: bool) -> Pixels:
    """Eight bits, three channels, over white; `multiplied` if colours come already multiplied by their cover."""
    if decoded.dtype not in {np.dtype(np.uint8), np.dtype(np.uint16)}:
        raise CannotBeShownError("the picture holds measurements, not grey tones")
    bytewise = (decoded >> 8 if decoded.dtype == np.uint16 else decoded).astype(np.uint8)
    shown: Pixels = np.atleast_3d(bytewise)
    if shown.shape[2] in {2, 4}:
        cover = shown[:, :, -1:].astype(np.uint16)
        colour = shown[:, :, :-1].astype(np.uint16) * (255 if multiplied else cover)
        shown = np.minimum((colour + 255 * (255 - cover) + 127) // 255, 255).astype(np.uint8)
    return np.repeat(shown, 3, axis=2) if shown.shape[2] == 1 else np.ascontiguousarray(shown[:, :, :3])


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
