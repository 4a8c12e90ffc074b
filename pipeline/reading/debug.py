"""The page with what the reader found drawn on it, for people who want to see why."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from schemas.base import Box
from schemas.reading import Reading

SURE, LIKELY, UNSURE = 0.9, 0.7, 0.0
COLOURS = ((SURE, (0, 140, 60)), (LIKELY, (215, 130, 0)), (UNSURE, (205, 30, 30)))
"""Green from 0.9, amber from 0.7, red below."""
TICK, SIGN = (20, 90, 200), (140, 40, 160)


def draw(page_image: Image.Image, reading: Reading, page: int) -> Image.Image:
    """A copy of the upright page with its values (colour by confidence), ticks (blue) and the signature's place (violet)."""
    picture = page_image.convert("RGB")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(max(12, picture.height // 130))
    for name, field in reading.fields.items():
        if field.page == page:
            _frame(
                pen,
                picture.size,
                field.box,
                _colour(field.confidence),
                f"{name.value} = {field.value} ({field.confidence:.2f})",
                font,
            )
    for tick in reading.ticks:
        if tick.page == page:
            _frame(pen, picture.size, tick.box, TICK, tick.choice.value, font)
    signature = reading.signature
    if signature.page == page and signature.box is not None:
        said = {True: "signed", False: "not signed", None: "signed?"}[signature.present]
        _frame(pen, picture.size, signature.box, SIGN, f"{said} ({signature.confidence:.2f})", font)
    return picture


def _colour(confidence: float) -> tuple[int, int, int]:
    return next(colour for least, colour in COLOURS if confidence >= least)


def _frame(
    pen: ImageDraw.ImageDraw,
    size: tuple[int, int],
    box: Box,
    colour: tuple[int, int, int],
    words: str,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
) -> None:
    width, height = size
    place = (box.left * width, box.top * height, max(box.right, box.left) * width, max(box.bottom, box.top) * height)
    pen.rectangle(place, outline=colour, width=max(2, height // 900))
    pen.text((place[0], max(0.0, place[1] - height / 110)), words, fill=colour, font=font)
