"""A sheet of paper to draw a form on: printed parts, and the same hand filling them.

Points from the top left corner of a US Letter page; y is the baseline of a text.
"""

from __future__ import annotations

import io
import random
from types import TracebackType
from typing import Any, Self

from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from pipeline.practice.sample.hands import Hand, Ink

BLACK: Ink = (0.0, 0.0, 0.0)
WIDTH, HEIGHT = letter
LEFT, RIGHT = 48.0, WIDTH - 48.0


class Sheet:
    """A PDF under the pen. Used as a context manager; `pdf()` gives the bytes afterwards, the same for the same strokes."""

    def __init__(self, hand: Hand, chance: random.Random, *, face: str = "Helvetica", encrypt: Any = None) -> None:
        self.hand = hand
        self.chance = chance
        self.face = face
        self._buffer = io.BytesIO()
        self.canvas: Any = Canvas(self._buffer, pagesize=letter, invariant=True, encrypt=encrypt)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.canvas.save()

    def pdf(self) -> bytes:
        """The finished file."""
        return self._buffer.getvalue()

    def next_page(self) -> None:
        """Turns to a new sheet."""
        self.canvas.showPage()

    # -- printed ---------------------------------------------------------------------------------------------------

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9.5,
        *,
        bold: bool = False,
        centre: bool = False,
        ink: Ink = BLACK,
        spaced: float = 0.0,
    ) -> float:
        """Prints a line, its letters `spaced` points apart, and gives the x where it ends."""
        face = _bold(self.face) if bold else self.face
        width = float(stringWidth(text, face, size)) + spaced * max(0, len(text) - 1)
        left = x - width / 2 if centre else x
        self.canvas.setFillColorRGB(*ink)
        self.canvas.setFont(face, size)
        self.canvas.drawString(left, HEIGHT - y, text, charSpace=spaced)
        return left + width

    def paragraph(self, x: float, y: float, width: float, text: str, size: float = 8.5) -> float:
        """Prints text in lines of at most `width` points and gives the baseline after the last."""
        for line in simpleSplit(text, self.face, size, width):
            self.text(x, y, line, size)
            y += size * 1.25
        return y

    def rule(self, x: float, y: float, end: float, weight: float = 0.7, ink: Ink = BLACK) -> None:
        """A horizontal line."""
        self.canvas.setStrokeColorRGB(*ink)
        self.canvas.setLineWidth(weight)
        self.canvas.line(x, HEIGHT - y, end, HEIGHT - y)

    def box(self, x: float, y: float, width: float, height: float, weight: float = 0.8) -> None:
        """A frame; (x, y) is its top left corner."""
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(weight)
        self.canvas.rect(x, HEIGHT - y - height, width, height)

    def band(
        self, x: float, y: float, width: float, height: float, title: str, *, size: float = 9.5, ink: Ink = (0.2, 0.2, 0.2)
    ) -> None:
        """A dark heading bar with white text; (x, y) is its top left corner."""
        self.canvas.setFillColorRGB(*ink)
        self.canvas.rect(x, HEIGHT - y - height, width, height, stroke=0, fill=1)
        self.canvas.setFillGray(1)
        self.canvas.setFont(_bold(self.face), size)
        self.canvas.drawString(x + 5, HEIGHT - y - height + (height - size) / 2 + 1.5, title)

    # -- filled in -------------------------------------------------------------------------------------------------

    def write(self, x: float, y: float, text: str, room: float | None = None) -> None:
        """The hand writes."""
        if text:
            self.hand.write(self.canvas, self.chance, x, HEIGHT - y, text, room=room)

    def blank(self, x: float, y: float, end: float, label: str, value: str, *, size: float = 9.5) -> None:
        """A label with a line to write on up to `end`, and what is written on it."""
        start = self.text(x, y, label, size) + 4
        self.rule(start, y + 2, end)
        self.write(start + 3, y - 0.5, value, end - start - 5)

    def cell(self, x: float, y: float, width: float, height: float, label: str, *, value: str) -> None:
        """A boxed field with its small label inside the top left corner."""
        self.box(x, y, width, height)
        self.text(x + 4, y + 9, label, 7)
        self.write(x + 8, y + height - 6, value, width - 14)

    def choice(self, x: float, y: float, label: str, chosen: bool, size: float = 9.0) -> float:
        """A check box with its label, ticked by the hand if chosen; gives the x where the label ends."""
        self.box(x, y - size + 1, size, size, 0.8)
        if chosen:
            self.hand.tick(self.canvas, self.chance, x, HEIGHT - y - 1, size)
        return self.text(x + size + 5, y, label, size)

    def signature(self, x: float, y: float, name: str, *, height: float = 9.0) -> None:
        """The hand signs; `height` is that of a small letter in points."""
        self.hand.sign(self.canvas, self.chance, x, HEIGHT - y, name, height=height)


def _bold(face: str) -> str:
    return {"Times-Roman": "Times-Bold"}.get(face, f"{face}-Bold")
