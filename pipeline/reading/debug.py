"""The page with what the reader found drawn on it, for people who want to see why."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

from schemas.base import Box
from schemas.reading import Reading, Sheet

Colour = tuple[int, int, int]
Font = ImageFont.ImageFont | ImageFont.FreeTypeFont

SURE, LIKELY, UNSURE = 0.9, 0.7, 0.0
COLOURS: tuple[tuple[float, Colour], ...] = ((SURE, (0, 125, 55)), (LIKELY, (200, 110, 0)), (UNSURE, (200, 25, 25)))
"""Green from 0.9, amber from 0.7, red below."""
TICK, SIGN, PROTECTED, PERSON = (20, 90, 200), (140, 40, 160), (130, 80, 20), (0, 130, 140)
GREY = (70, 70, 70)
LEGEND = (
    ("sure, 0.9 and more", COLOURS[0][1]),
    ("likely, 0.7 and more", COLOURS[1][1]),
    ("unsure", COLOURS[2][1]),
    ("ticked", TICK),
    ("signature", SIGN),
    ("specially protected", PROTECTED),
    ("one of several patients", PERSON),
)
TINT = 40
"""How much of a colour lies over what was found, of 255."""
WIDEST = 0.5
"""Of the page: the margin with the values beside it."""

Frame = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
Said = tuple[Colour, str]


def draw(page_image: Image.Image, reading: Reading, page: int) -> Image.Image:
    """The page as it arrived, set upright, what was found on it tinted and numbered (values: colour by confidence), so that all
    print stays to be read; beside it the values by their numbers, under it a legend and what concerns the whole document."""
    sheet = next((s for s in reading.sheets if s.page == page), None)
    picture = upright(page_image.convert("RGB"), sheet) if sheet else page_image.convert("RGB")
    font = ImageFont.load_default(max(11, picture.height // 100))
    places: defaultdict[tuple[float, ...], list[Said]] = defaultdict(list)
    for box, colour, words in _found_on(reading, page):
        places[tuple(box.as_list())].append((colour, words))
    found = sorted(((_pixels(place, picture.size), said) for place, said in places.items()), key=lambda f: (f[0][1], f[0][0]))
    _tint(picture, [(frame, said[0][0]) for frame, said in found], font)
    return _with_foot(_with_margin(picture, found, font), reading, page, font)


def _found_on(reading: Reading, page: int) -> Iterator[tuple[Box, Colour, str]]:
    """Place, colour and words of everything that was found on a page."""
    for name, field in reading.fields.items():
        if field.page == page:
            yield field.box, _colour(field.confidence), f"{name.value}: {field.value} ({field.confidence:.2f})"
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


def _colour(confidence: float) -> Colour:
    return next(colour for least, colour in COLOURS if confidence >= least)


def _pixels(place: Sequence[float], size: tuple[int, int]) -> Frame:
    """A box in pixels, with a little room around it."""
    (width, height), room = size, size[1] / 700
    left, top, right, bottom = place
    return (
        max(0.0, left * width - 2 * room),
        max(0.0, top * height - room),
        min(width - 1.0, max(left, right) * width + room),
        min(height - 1.0, max(top, bottom) * height + room),
    )


def _tint(picture: Image.Image, frames: Sequence[tuple[Frame, Colour]], font: Font) -> None:
    """Colours each place and puts its number at its upper left corner."""
    over = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(over)
    for frame, colour in frames:
        pen.rectangle(frame, fill=(*colour, TINT), outline=(*colour, 255), width=max(2, picture.height // 1100))
    for number, ((left, top, _right, _bottom), colour) in enumerate(frames, start=1):
        _number(pen, left - 0.6 * _high(font), top - 0.6 * _high(font), number, colour, font)
    picture.paste(over, (0, 0), over)


def _number(pen: ImageDraw.ImageDraw, x: float, y: float, number: int, colour: Colour, font: Font) -> None:
    wide = max(_high(font), pen.textlength(str(number), font=font) + 0.4 * _high(font))
    x, y = max(0.0, x), max(0.0, y)
    pen.rounded_rectangle((x, y, x + wide, y + _high(font)), radius=0.3 * _high(font), fill=(*colour, 255))
    pen.text((x + wide / 2, y + _high(font) / 2), str(number), fill=(255, 255, 255, 255), font=font, anchor="mm")


def _with_margin(picture: Image.Image, found: Sequence[tuple[Frame, Sequence[Said]]], font: Font) -> Image.Image:
    """The page with the values beside it, each as near to its place as the others leave room for."""
    step = 1.35 * _high(font)
    rows = [(number, top, colour, words) for number, ((_l, top, _r, _b), said) in enumerate(found, 1) for colour, words in said]
    heights: list[float] = []
    for top in (row[1] for row in rows):
        heights.append(max(top, heights[-1] + step if heights else 0.0))
    lowest = picture.height - step
    for at in range(len(heights) - 1, -1, -1):
        heights[at] = min(heights[at], lowest - (len(heights) - 1 - at) * step)
    measure = ImageDraw.Draw(picture)
    longest = max((measure.textlength(words, font=font) for *_row, words in rows), default=0.0)
    margin = round(min(longest + 4 * _high(font), WIDEST * picture.width)) if rows else 0
    whole = Image.new("RGB", (picture.width + margin, picture.height), "white")
    whole.paste(picture)
    pen = ImageDraw.Draw(whole)
    pen.line([(picture.width, 0), (picture.width, picture.height)], fill=GREY, width=1)
    for (number, _top, colour, words), y in zip(rows, heights, strict=True):
        _number(pen, picture.width + 0.6 * _high(font), y, number, colour, font)
        pen.text((picture.width + 2.6 * _high(font), y), words, fill=colour, font=font)
    return whole


def _with_foot(picture: Image.Image, reading: Reading, page: int, font: Font) -> Image.Image:
    """The page on a longer sheet: what the colours mean, then what was found about the document."""
    lines = list(reading.notices)
    lines += ["This page is a copy of a photo ID."] if reading.photo_id == page else []
    lines += ["This document takes a permission back."] if reading.revokes else []
    if reading.statements:
        lines.append(f"Printed on the form: {', '.join(s.value.replace('_', ' ') for s in reading.statements)}.")
    step = round(1.5 * _high(font))
    whole = Image.new("RGB", (picture.width, picture.height + step * (len(lines) + 2)), "white")
    whole.paste(picture)
    pen = ImageDraw.Draw(whole)
    pen.line([(0, picture.height), (picture.width, picture.height)], fill=GREY, width=1)
    x, y = float(step), picture.height + 0.6 * step
    for words, colour in LEGEND:
        pen.rectangle((x, y, x + _high(font), y + _high(font)), fill=colour)
        pen.text((x + 1.4 * _high(font), y), words, fill=GREY, font=font)
        x += 3 * _high(font) + pen.textlength(words, font=font)
    for number, line in enumerate(lines, start=1):
        pen.text((step, y + number * step), line, fill=GREY, font=font)
    return whole


def _high(font: Font) -> float:
    """The height of a row of words, in pixels."""
    return font.size * 1.2 if isinstance(font, ImageFont.FreeTypeFont) else 14.0
