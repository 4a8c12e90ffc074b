"""What happens to a sheet on its way to us: the scanner, the fax, the phone camera, the worn-out copier.

Pictures are numpy arrays of uint8, grey (rows, columns) or colour (rows, columns, 3) in RGB; resolutions in dots per inch.
"""

from __future__ import annotations

import io
from datetime import date
from time import strptime, struct_time
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from pipeline.practice.sample.texture import noise, soften

Picture = NDArray[np.uint8]

FAX_DPI = (204, 196)
"""Fax, fine resolution: dots per inch across and down (ITU-T T.4)."""


def on_paper(pdf: bytes, dpi: int, *, colour: bool = False) -> list[Picture]:
    """The pages of a PDF as they look on paper."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            _as_picture(page.render(scale=dpi / 72, grayscale=not colour, rev_byteorder=True).to_numpy()) for page in document
        ]
    finally:
        document.close()


def scanned(page: Picture, chance: np.random.Generator, *, skew: float = 0.0) -> Picture:
    """Through a sheet feeder: off-white paper, a little blur and noise, specks, and `skew` degrees askew."""
    askew = _turned(page, skew + chance.normal(0, 0.12))
    soft = soften(askew, 0.7).astype(np.float32)
    grain = noise(chance, (page.shape[0], page.shape[1]), 3.0)
    soft = 12 + soft * (236 / 255) + (grain if page.ndim == 2 else grain[..., None])
    return _specked(_as_picture(soft), chance, 30)


def faint(page: Picture, chance: np.random.Generator) -> Picture:
    """From a copier short of toner: pale, and paler in a band down the sheet."""
    rows, columns = page.shape[:2]
    across = np.linspace(0, 1, columns, dtype=np.float32)
    strength = 0.46 - 0.12 * np.exp(-(((across - chance.uniform(0.6, 0.8)) / 0.12) ** 2))
    ink = (255 - soften(page, 0.8).astype(np.float32)) * strength
    return _as_picture(243 - ink + noise(chance, (rows, columns), 4.0))


def copied_dark(page: Picture, chance: np.random.Generator) -> Picture:
    """From a copier with dirty glass: a shadow along the edge, a grey ground and more specks."""
    rows, columns = page.shape[:2]
    edge = np.exp(-np.linspace(0, 40, columns, dtype=np.float32))[None, :] * 90
    ground = cv2.resize(chance.normal(0, 5, (12, 9)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
    soft = soften(page, 0.9).astype(np.float32) * 0.83 + 22 + ground - edge
    return _specked(_as_picture(soft + noise(chance, page.shape[:2], 5.0)), chance, 160)


def faxed(page: Picture, chance: np.random.Generator, header: str) -> Picture:
    """Black and white at `FAX_DPI`, with the sender's line on top and, here and there, a dropped scan line."""
    columns, rows = 1728, 2156
    small = cv2.resize(page, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    small += noise(chance, (rows, columns), 16.0)
    bits = np.where(small < 168, 0, 255).astype(np.uint8)
    for row in chance.integers(60, rows, 5):
        bits[row] = bits[row - 1]
    cv2.rectangle(bits, (0, 0), (columns, 34), 255, -1)
    cv2.putText(bits, header, (40, 27), cv2.FONT_HERSHEY_DUPLEX, 0.72, 0, 1, cv2.LINE_8)
    return bits


def photographed(page: Picture, chance: np.random.Generator, size: tuple[int, int] = (1944, 2592)) -> Picture:
    """With a phone, held askew over a table: perspective, a warm light, the shadow of the hand. `size` is (width, height)."""
    width, height = size
    margin = 0.055
    corners = np.array([[margin, margin], [1 - margin, margin], [1 - margin, 1 - margin], [margin, 1 - margin]])
    corners = (corners + chance.uniform(-0.028, 0.028, (4, 2))) * (width, height)
    rows, columns = page.shape[:2]
    sheet = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    lens = cv2.getPerspectiveTransform(sheet, corners.astype(np.float32))
    paper = cv2.warpPerspective(page, lens, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpPerspective(np.full((rows, columns), 255, np.uint8), lens, size)
    cast = soften(inside, 14).astype(np.float32)[..., None] / 255
    covered = inside[..., None].astype(np.float32) / 255
    seen = paper.astype(np.float32) * 0.93 * covered + _table(chance, size) * (1 - 0.45 * cast) * (1 - covered)
    lit = soften(seen * _light(chance, size), 0.8)
    return _as_picture(lit + noise(chance, (height, width), 3.5)[..., None])


def upside_down(page: Picture) -> Picture:
    """Fed in the wrong way round."""
    return np.ascontiguousarray(page[::-1, ::-1])


def black_and_white(page: Picture) -> Picture:
    """What a scanner set to black and white makes of a grey page."""
    return np.where(page < 150, 0, 255).astype(np.uint8)


# -- files -------------------------------------------------------------------------------------------------------------


def as_pdf(pages: list[Picture], dpi: int, day: date, *, quality: int = 70) -> bytes:
    """A scanner's PDF: one JPEG a page, no text."""
    first, *rest = [Image.fromarray(page) for page in pages]
    buffer = io.BytesIO()
    first.save(
        buffer,
        "PDF",
        save_all=True,
        append_images=rest,
        resolution=dpi,
        quality=quality,
        producer="Office Scanner",
        creationDate=_midnight(day),
        modDate=_midnight(day),
    )
    return buffer.getvalue()


def as_fax_tiff(pages: list[Picture], dpi: tuple[int, int] = FAX_DPI) -> bytes:
    """A multi-page TIFF in CCITT G4, one bit a pixel."""
    first, *rest = [Image.fromarray(page).convert("1", dither=Image.Dither.NONE) for page in pages]
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=rest, compression="group4", dpi=dpi)
    return buffer.getvalue()


def as_phone_jpeg(picture: Picture, *, quality: int = 84) -> bytes:
    """A phone's JPEG: the sensor lies on its side, and EXIF orientation 6 says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Example"
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.rot90(picture, 1))).save(buffer, "JPEG", quality=quality, exif=exif)
    return buffer.getvalue()


# -- matter ------------------------------------------------------------------------------------------------------------


def _as_picture(values: NDArray[Any]) -> Picture:
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values.squeeze())
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _turned(page: Picture, degrees: float) -> Picture:
    rows, columns = page.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1.0)
    white = (255, 255, 255)
    return _as_picture(cv2.warpAffine(page, turn, (columns, rows), flags=cv2.INTER_LINEAR, borderValue=white))


def _specked(page: Picture, chance: np.random.Generator, count: int) -> Picture:
    rows, columns = page.shape[:2]
    for _ in range(count):
        place = (int(chance.integers(0, columns)), int(chance.integers(0, rows)))
        grey = int(chance.integers(70, 190))
        cv2.circle(page, place, int(chance.integers(0, 2)), (grey, grey, grey), -1)
    return page


def _table(chance: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float32]:
    """Wood, seen from above."""
    width, height = size
    streaks = cv2.resize(chance.normal(0, 1, (180, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(streaks[..., None] * (14, 12, 9) + (122, 88, 60), np.float32)


def _light(chance: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float32]:
    """A lamp to one side, warm, and the soft shadow of an arm from below."""
    width, height = size
    y, x = np.mgrid[0:64, 0:48].astype(np.float32) / np.array([64, 48], np.float32)[:, None, None]
    lamp = 1.02 - 0.22 * x - 0.10 * y
    arm = 1 - 0.26 / (1 + np.exp(-(y - 0.55 - 0.5 * (x - chance.uniform(0.05, 0.2))) * 22))
    light = cv2.resize((lamp * arm).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(light[..., None] * (1.0, 0.975, 0.92), np.float32)


def _midnight(day: date) -> struct_time:
    return strptime(day.isoformat(), "%Y-%m-%d")
