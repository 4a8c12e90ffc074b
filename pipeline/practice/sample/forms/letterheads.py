"""The letterheads of those who write to a practice: an oral surgeon, an insurer, a law firm. Each gives the y below it."""

from __future__ import annotations

from typing import Any

from pipeline.practice.sample.hands import Ink
from pipeline.practice.sample.sheet import HEIGHT, RIGHT, WIDTH, Sheet
from schemas.release import Destination

_X = 78.0
_TEAL: Ink = (0.05, 0.38, 0.42)
_NAVY: Ink = (0.09, 0.17, 0.36)
_WINE: Ink = (0.38, 0.08, 0.12)
_GREY: Ink = (0.35, 0.37, 0.40)


def surgeon(sheet: Sheet, office: Destination) -> float:
    """A river's bend in a disc, the name beside it, the address in a line below."""
    _river(sheet.canvas, _X + 18, HEIGHT - 68, 18)
    sheet.text(_X + 48, 66, office.name, 21, bold=True, ink=_TEAL)
    sheet.text(_X + 48, 82, "Amos Keller, DDS, MD  ·  Oral and Maxillofacial Surgery", 9.5, ink=_GREY)
    sheet.rule(_X, 98, RIGHT - 30, 1.1, _TEAL)
    sheet.text(_X, 111, _where(office), 9, ink=_GREY)
    return 136.0


def insurer(sheet: Sheet, office: Destination) -> float:
    """A band across the sheet, the department at its right."""
    sheet.canvas.setFillColorRGB(*_NAVY)
    sheet.canvas.rect(0, HEIGHT - 74, WIDTH, 74, stroke=0, fill=1)
    _chevrons(sheet.canvas, _X, HEIGHT - 52)
    sheet.text(_X + 42, 48, office.name, 19, bold=True, ink=(1, 1, 1))
    sheet.text(RIGHT - 132, 48, "CLAIMS DEPARTMENT", 9, ink=(0.80, 0.86, 0.95), spaced=0.8)
    sheet.text(_X, 92, _where(office), 9, ink=_GREY)
    return 116.0


def law_firm(sheet: Sheet, name: str, address: str) -> float:
    """The names in the middle, wide apart, between two pairs of rules."""
    middle = WIDTH / 2
    for y, weight in ((50.0, 1.6), (53.5, 0.5), (97.0, 0.5), (100.5, 1.6)):
        sheet.rule(_X, y, WIDTH - _X, weight, _WINE)
    sheet.text(middle, 77, name.upper(), 19, bold=True, centre=True, ink=_WINE, spaced=3.4)
    sheet.text(middle, 91, "ATTORNEYS AT LAW", 8.5, centre=True, ink=_GREY, spaced=2.4)
    sheet.text(middle, 114, address, 9, centre=True, ink=_GREY)
    return 136.0


def _where(office: Destination) -> str:
    place = f"{office.street}, {office.city}, {office.state} {office.zip}"
    return f"{place}   ·   Phone {office.phone}   ·   Fax {office.fax}"


def _river(canvas: Any, x: float, y: float, radius: float) -> None:
    """A disc with three waves."""
    canvas.setFillColorRGB(*_TEAL)
    canvas.circle(x, y, radius, stroke=0, fill=1)
    canvas.setStrokeGray(1)
    canvas.setLineWidth(2)
    canvas.setLineCap(1)
    for drop in (6.5, 0.0, -6.5):
        reach = (radius**2 - (abs(drop) + 3.5) ** 2) ** 0.5
        canvas.bezier(x - reach, y + drop, x - reach / 3, y + drop + 8, x + reach / 3, y + drop - 8, x + reach, y + drop)


def _chevrons(canvas: Any, x: float, y: float) -> None:
    """Falling water: three chevrons, paler downwards."""
    canvas.setLineWidth(3.2)
    canvas.setLineCap(0)
    for step, grey in enumerate((1.0, 0.8, 0.6)):
        canvas.setStrokeColorRGB(grey, grey, min(1, grey + 0.1))
        top = y + 20 - step * 8
        path = canvas.beginPath()
        path.moveTo(x, top)
        path.lineTo(x + 13, top - 9)
        path.lineTo(x + 26, top)
        canvas.drawPath(path, stroke=1, fill=0)
