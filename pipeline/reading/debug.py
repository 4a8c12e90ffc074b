"""The page with what the reader found drawn on it, for people who want to see why."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from schemas.base import Box
from schemas.reading import Reading, Sheet

SURE, LIKELY, UNSURE = 0.9, 0.7, 0.0
COLOURS = ((SURE, (0, 140, 60)), (LIKELY, (215, 130, 0)), (UNSURE, (205, 30, 30)))
"""Green from 0.9, amber from 0.7, red below."""
TICK, SIGN = (20, 90, 200), (140, 40, 160)
LEGEND = "green: sure, amber: likely, red: unsure; blue: ticked, brown: specially protected, violet: signature"
PROTECTED, PERSON = (130, 80, 20), (0, 130, 140)


def draw(page_image: Image.Image, reading: Reading, page: int) -> Image.Image:
    """The page as it arrived, set upright, with what was found on it: values (colour by confidence), ticks (blue), specially
    protected records (brown), several patients (teal), the signature's place (violet); at the foot a legend and the notices."""
    sheet = next((s for s in reading.sheets if s.page == page), None)
    picture = upright(page_image.convert("RGB"), sheet) if sheet else page_image.convert("RGB")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(max(12, picture.height // 130))
    for box, colour, words in _found_on(reading, page):
        _frame(pen, picture.size, box, colour, words, font)
    lines = [
        "green: sure, amber: likely, red: unsure; blue: ticked, brown: specially protected, violet: signature",
        *reading.notices,
    ]
    lines += ["this page is a copy of a photo ID"] if reading.photo_id == page else []
    lines += ["this document takes a permission back"] if reading.revokes else []
    lines += (
        [f"printed on the form: {', '.join(s.value.replace('_', ' ') for s in reading.statements)}"] if reading.statements else []
    )
    step = font.size + 6 if isinstance(font, ImageFont.FreeTypeFont) else 18
    for number, line in enumerate(reversed(lines), start=1):
        pen.text((10, picture.height - number * step), line, fill=(60, 60, 60), font=font)
    return picture


def _found_on(reading: Reading, page: int) -> Iterator[tuple[Box, tuple[int, int, int], str]]:
    """Place, colour and words of everything that was found on a page."""
    for name, field in reading.fields.items():
        if field.page == page:
            yield field.box, _colour(field.confidence), f"{name.value} = {field.value} ({field.confidence:.2f})"
    for tick in reading.ticks:
        if tick.page == page:
            yield tick.box, TICK, f"{tick.choice.value} ({tick.confidence:.2f})"
    for mark in reading.sensitive:
        if mark.page == page:
            yield mark.box, PROTECTED, f"{mark.about.value} ({mark.confidence:.2f})"
    for patient in reading.patients:
        if patient.name.page == page:
            born = f", born {patient.dob.value}" if patient.dob else ""
            yield patient.name.box, PERSON, f"{patient.name.value}{born} ({patient.name.confidence:.2f})"
    signature = reading.signature
    if signature.page == page and signature.box is not None:
        said = {True: "signed", False: "not signed", None: "signed?"}[signature.present]
        yield signature.box, SIGN, f"{said} ({signature.confidence:.2f})"


def upright(picture: Image.Image, sheet: Sheet) -> Image.Image:
    """The page set upright and straight, as it was read."""
    width, height = picture.size
    corners = [(x * width, y * height) for x, y in sheet.corners]
    first, second, _third, fourth = corners
    size = (max(1, round(math.dist(first, second))), max(1, round(math.dist(first, fourth))))
    quad = [c for corner in (corners[0], corners[3], corners[2], corners[1]) for c in corner]
    return picture.transform(size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor="white")


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
