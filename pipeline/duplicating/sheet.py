"""One page of the copy: the original's page, whole and in its own size, with a strip added below it for the label.

The page grows by the strip; nothing of the original is scaled, cropped or covered. What lay outside the original's
visible box stays invisible, because the page is drawn through a form that clips to that box. Coordinates stay those of
the original page, so notes and highlights keep their places.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, Stream

STRIP = 36.0
"""Height of the strip on a page as wide as a letter, in points. Its lowest sixth of an inch stays empty, for printers
that cannot print so near the edge."""
NARROWEST = 380.0
"""A narrower page is widened to this, in points, so that the label stays readable."""
LETTER_WIDTH = 612.0

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a page's own units, lower left to upper right."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Right minus left."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Top minus bottom."""
        return self.top - self.bottom

    def as_array(self) -> Array:
        """The rectangle as PDF writes it."""
        return Array([round(v, 4) for v in (self.left, self.bottom, self.right, self.top)])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of an original, ready to be placed. All objects belong to the PDF that the page goes into."""

    box: Box
    """What of the page is visible."""
    content: bytes
    """The page's drawing operators."""
    resources: Any
    rotate: int = 0
    """Degrees clockwise for display: 0, 90, 180 or 270."""
    unit: float = 1.0
    """Points a unit (`UserUnit`)."""
    group: Any = None
    annotations: list[Any] = field(default_factory=list)
    weight: int = 0
    """About how many bytes of memory it holds until it is saved."""

    @property
    def frame(self) -> Frame:
        """The page as it is seen, with its strip."""
        sideways = self.rotate in {90, 270}
        wide, high = (self.box.height, self.box.width) if sideways else (self.box.width, self.box.height)
        return Frame.around(wide * self.unit, high * self.unit)


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of a page as it is seen, upright, in points."""

    width: float
    """Of the page with its strip; more than the original's only if that was very narrow."""
    height: float
    strip: float
    """Height of the strip, which lies at the bottom."""
    side: float = 0.0
    """What was added left and right, each."""
    margin: float = 18.0
    """How far the label keeps from the edges, on a page as wide as a letter."""

    @classmethod
    def around(cls, wide: float, high: float) -> Frame:
        """The frame of an original of this size. On posters the strip grows with the page, so it survives reduction."""
        width = max(wide, NARROWEST)
        strip = STRIP * max(1.0, width / (1.6 * LETTER_WIDTH))
        return cls(width=width, height=high + strip, strip=strip, side=(width - wide) / 2)


def make_page(pdf: Pdf, sheet: Sheet, label: Any) -> Dictionary:
    """The page dictionary: the original through a clipping form, then the label's form in the strip."""
    original = Stream(
        pdf,
        zlib.compress(sheet.content),
        Dictionary(
            Type=Name.XObject, Subtype=Name.Form, BBox=sheet.box.as_array(), Resources=sheet.resources, Filter=Name.FlateDecode
        ),
    )
    media = _enlarged(sheet)
    content = f"q /Original Do Q q {_numbers(_label_place(sheet, media))} cm /Label Do Q".encode()
    page = Dictionary(
        Type=Name.Page,
        MediaBox=media.as_array(),
        Resources=Dictionary(XObject=Dictionary(Original=original, Label=label)),
        Contents=pdf.make_stream(content),
    )
    if sheet.rotate:
        page.Rotate = sheet.rotate
    if sheet.unit != 1:
        page.UserUnit = sheet.unit
    if sheet.group is not None:
        page.Group = sheet.group
    if sheet.annotations:
        page.Annots = pdf.make_indirect(Array(sheet.annotations))
    return page


def _enlarged(sheet: Sheet) -> Box:
    """The box with the strip at the edge that is the lower one when the page is seen."""
    box, frame = sheet.box, sheet.frame
    strip, side = frame.strip / sheet.unit, frame.side / sheet.unit
    if sheet.rotate == 90:
        return Box(box.left, box.bottom - side, box.right + strip, box.top + side)
    if sheet.rotate == 180:
        return Box(box.left - side, box.bottom, box.right + side, box.top + strip)
    if sheet.rotate == 270:
        return Box(box.left - strip, box.bottom - side, box.right, box.top + side)
    return Box(box.left - side, box.bottom - strip, box.right + side, box.top)


def _label_place(sheet: Sheet, media: Box) -> Matrix:
    """From the strip's own points (x to the right, y up, as seen) to the page's units."""
    scale = 1 / sheet.unit
    if sheet.rotate == 90:
        return (0, scale, -scale, 0, media.right, media.bottom)
    if sheet.rotate == 180:
        return (-scale, 0, 0, -scale, media.right, media.top)
    if sheet.rotate == 270:
        return (0, -scale, scale, 0, media.left, media.top)
    return (scale, 0, 0, scale, media.left, media.bottom)


def _numbers(matrix: Matrix) -> str:
    return " ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in matrix)
