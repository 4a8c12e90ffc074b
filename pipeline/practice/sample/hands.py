"""Hands that fill forms: handwriting with the unevenness of a person, a typewriter, and signatures drawn as strokes.

All draw on a reportlab canvas in points, origin bottom left. Sizes are in points, angles in degrees.
"""

from __future__ import annotations

import math
import random
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from pipeline.practice.sample.signature import strokes_of

Ink = tuple[float, float, float]

BLUE_BALLPOINT: Ink = (0.10, 0.16, 0.55)
BLACK_BALLPOINT: Ink = (0.10, 0.10, 0.13)
BLACK_FELT: Ink = (0.05, 0.05, 0.06)
BLUE_BLACK: Ink = (0.08, 0.12, 0.33)
RIBBON: Ink = (0.13, 0.13, 0.14)


class Hand(NamedTuple):
    """How one person (or machine) writes."""

    font: str
    """The stem of a file in `fonts/`, or the name of a Base-14 font."""
    size: float
    ink: Ink
    slant: float = 0.0
    """Mean lean of the letters to the right."""
    unrest: float = 1.0
    """How uneven the letters are: 0 is a printer, 1 a careful adult, 2 somebody in a hurry."""
    spacing: float = 0.0
    """Extra space after each letter, as a share of the size."""

    @property
    def font_name(self) -> str:
        """The name under which reportlab knows the font; registers it the first time."""
        if self.font in pdfmetrics.standardFonts:
            return self.font
        if self.font not in pdfmetrics.getRegisteredFontNames():
            source = files("pipeline.practice").joinpath("fonts", f"{self.font}.ttf")
            with source.open("rb") as stream:
                pdfmetrics.registerFont(TTFont(self.font, stream))
        return self.font

    def width(self, text: str) -> float:
        """About how wide `text` gets, in points."""
        return float(pdfmetrics.stringWidth(text, self.font_name, self.size)) + len(text) * self.spacing * self.size

    def write(self, canvas: Any, chance: random.Random, x: float, y: float, text: str, *, room: float | None = None) -> None:
        """Writes `text` from (x, y), smaller where it would not fit into `room` points."""
        shrink = min(1.0, room / self.width(text)) if room and text else 1.0
        uneven = self.unrest * shrink
        drift = chance.uniform(-0.5, 0.7) * uneven
        line = canvas.beginText()
        line.setFillColorRGB(*self.ink)
        for sign in text:
            size = self.size * shrink * (1 + chance.gauss(0, 0.022) * self.unrest)
            lean = math.tan(math.radians(self.slant + chance.gauss(0, 1.6) * self.unrest))
            turn = math.radians(chance.gauss(0, 0.9) * self.unrest)
            drift += chance.gauss(0, 0.13) * uneven - 0.08 * drift
            cos, sin = math.cos(turn), math.sin(turn)
            line.setFont(self.font_name, size)
            line.setTextTransform(cos, sin, lean * cos - sin, lean * sin + cos, x, y + drift)
            line.textOut(sign)
            step = pdfmetrics.stringWidth(sign, self.font_name, self.size) * shrink + self.spacing * self.size * shrink
            x += step + chance.gauss(0, 0.10) * uneven
        canvas.drawText(line)

    def tick(self, canvas: Any, chance: random.Random, x: float, y: float, size: float) -> None:
        """Marks a square of `size` points whose lower left corner is (x, y): a tick that overshoots it a little, or a cross."""
        ends: tuple[tuple[float, float], ...] = ((0.1, 0.55), (0.4, 0.08), (1.15, 1.25))
        if chance.random() < 0.45 or self.font.startswith("Courier"):
            ends = ((-0.05, 1.05), (1.05, -0.05), (0.5, 0.5), (0.0, -0.05), (1.08, 1.1))
        points = [(x + size * (u + chance.gauss(0, 0.05)), y + size * (v + chance.gauss(0, 0.05))) for u, v in ends]
        pen = self._pen(canvas, 1.25)
        pen.moveTo(*points[0])
        for point in points[1:]:
            pen.lineTo(*point)
        canvas.drawPath(pen, stroke=1, fill=0)
        canvas.restoreState()

    def sign(self, canvas: Any, chance: random.Random, x: float, y: float, name: str, *, height: float = 9.0) -> None:
        """Signs `name` from (x, y): joined strokes, thicker where the pen comes down, with a flourish."""
        canvas.saveState()
        canvas.setStrokeColorRGB(*self.ink)
        canvas.setLineCap(1)
        for stroke in strokes_of(name, chance):
            for (u0, v0), (u1, v1) in pairwise(stroke):
                canvas.setLineWidth(0.75 + (0.55 if v1 < v0 else 0.0))
                canvas.line(x + u0 * height, y + v0 * height, x + u1 * height, y + v1 * height)
        canvas.restoreState()

    def _pen(self, canvas: Any, width: float) -> Any:
        canvas.saveState()
        canvas.setStrokeColorRGB(*self.ink)
        canvas.setLineWidth(width)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        return canvas.beginPath()


MARGARET = Hand("handlee", 13.5, BLUE_BALLPOINT, slant=3)
CHIDI = Hand("grape-nuts", 14.5, BLACK_FELT, slant=-3, spacing=0.02)
HANNAH = Hand("dekko", 14, BLUE_BLACK, slant=2, unrest=1.1, spacing=0.02)
JOSE = Hand("mali", 11.5, BLACK_BALLPOINT, slant=4, unrest=1.2)
TYPEWRITER = Hand("Courier", 10.5, RIBBON, unrest=0.25)
COMPUTER = Hand("Helvetica", 10, (0.0, 0.0, 0.0), unrest=0.0)
