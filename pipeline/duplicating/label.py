"""The label on every page: whose record, born when, requested when, page n of N.

Nguyễn Thị Ánh    Born 03/04/1985    Requested 11/02/2026                         page 12 of 45
7  Bitewing x-rays · 06/01/2024 · teeth 2-15                                           R-000123
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pikepdf import Pdf
from reportlab.pdfgen.canvas import Canvas

from pipeline.duplicating.sheet import STRIP, Frame
from pipeline.stationery.typography import SEMIBOLD, Style, draw, draw_right, shortened, width, wrap
from pipeline.stationery.words import short_day
from schemas.release import Release

_NAME = Style(size=9, font=SEMIBOLD)
_FACT = Style(size=9)
_SMALL = Style(size=7.5, colour=(0.3, 0.3, 0.3))
_GAP = 14.0
_SMALLEST = 5.0


@dataclass(frozen=True, slots=True)
class Label:
    """What one page is labelled with."""

    page: int
    pages: int
    caption: str = ""
    """What the page is, in one line; printed small, and shortened where the page is narrow."""


@dataclass(frozen=True, slots=True)
class Labeller:
    """Writes the labels of one release."""

    patient: str
    born: str
    requested: str
    request_id: str

    @classmethod
    def of(cls, release: Release, request_id: str) -> Labeller:
        """The labeller of a release."""
        patient = release.patient
        return cls(
            patient=patient.name,
            born=f"Born {short_day(patient.date_of_birth)}",
            requested=f"Requested {short_day(release.requested_on)}",
            request_id=request_id,
        )

    def print(self, canvas: Any, frame: Frame, label: Label) -> None:
        """Prints the label into the lowest `frame.strip` points of a page that is `frame.width` wide."""
        scale = frame.strip / STRIP
        canvas.saveState()
        canvas.scale(scale, scale)
        self._print(canvas, frame.margin, frame.width / scale - frame.margin, label)
        canvas.restoreState()

    def _print(self, canvas: Any, left: float, right: float, label: Label) -> None:
        canvas.setStrokeColorRGB(0.45, 0.45, 0.45)
        canvas.setLineWidth(0.5)
        canvas.line(left, STRIP - 4, right, STRIP - 4)
        request = draw_right(canvas, right, 12.5, self.request_id, _SMALL)
        draw(canvas, left, 12.5, shortened(label.caption, request - _GAP - left, _SMALL), _SMALL)
        # The number comes last, so that in no text layer a digit of something else follows it.
        number = f"page {label.page} of {label.pages}"
        self._print_whose(canvas, left, right - width(number, _NAME) - _GAP - left)
        draw_right(canvas, right, 22.5, number, _NAME)

    def _print_whose(self, canvas: Any, left: float, room: float) -> None:
        """Name and dates in one line: smaller when the name is long, in two small lines when it is very long, never cut."""
        facts = f"{self.born}     {self.requested}"
        for size in (9.0, 8.0, 7.0):
            name, fact = _NAME.at(size), _FACT.at(size)
            if width(self.patient, name) + _GAP + width(facts, fact) <= room:
                end = draw(canvas, left, 22.5, self.patient, name)
                draw(canvas, end + _GAP, 22.5, facts, fact)
                return
        style = _NAME.at(6.0)
        lines = wrap(f"{self.patient} {facts}", room, style)
        while len(lines) > 2 and style.size > _SMALLEST / 2:
            style = style.at(style.size - 0.5)
            lines = wrap(f"{self.patient} {facts}", room, style)
        for number, line in enumerate(lines):
            draw(canvas, left, 27 - number * (style.size + 0.3), line, style)


def printed_labels(labeller: Labeller, wanted: Sequence[tuple[Frame, Label]]) -> Pdf:
    """A PDF with one page for each label, as large as its strip. The same labels always give the same bytes."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    for frame, label in wanted:
        canvas.setPageSize((frame.width, frame.strip))
        labeller.print(canvas, frame, label)
        canvas.showPage()
    canvas.save()
    buffer.seek(0)
    return Pdf.open(buffer)
