"""A driver license as it comes out of the office copier: a small card in the upper half of an empty sheet."""

from __future__ import annotations

from pipeline.practice.sample.answers import us_date
from pipeline.practice.sample.hands import Ink
from pipeline.practice.sample.sheet import HEIGHT, WIDTH, Sheet
from schemas.release import Patient

_X, _Y, _W, _H = (WIDTH - 292) / 2, 132.0, 292.0, 184.0
"""Left, top, width and height of the card in points: a card is 3.37 by 2.13 inches, and copiers enlarge it."""
_BLUE: Ink = (0.16, 0.30, 0.52)
_PALE: Ink = (0.86, 0.91, 0.96)
_SKIN, _HAIR, _COAT = (0.78, 0.64, 0.54), (0.30, 0.24, 0.20), (0.30, 0.36, 0.44)


def draw(sheet: Sheet, patient: Patient, issued: str, expires: str) -> None:
    """One page."""
    canvas = sheet.canvas
    canvas.setFillColorRGB(0.95, 0.97, 0.98)
    canvas.setStrokeGray(0.45)
    canvas.setLineWidth(0.8)
    canvas.roundRect(_X, HEIGHT - _Y - _H, _W, _H, 9, stroke=1, fill=1)
    canvas.setFillColorRGB(*_PALE)
    canvas.rect(_X + 1, HEIGHT - _Y - 36, _W - 2, 28, stroke=0, fill=1)
    sheet.text(_X + 12, _Y + 28, "OREGON", 17, bold=True, ink=_BLUE, spaced=2)
    sheet.text(_X + 132, _Y + 27, "DRIVER LICENSE", 12, bold=True, ink=_BLUE, spaced=0.6)
    _portrait(sheet, _X + 14, _Y + 46, 78, 96)
    sheet.signature(_X + 18, _Y + 166, f"{patient.first_name[0]} {patient.last_name}", height=5.0)
    _lines(sheet, patient, issued, expires)


def _lines(sheet: Sheet, patient: Patient, issued: str, expires: str) -> None:
    x, y = _X + 106, _Y + 50
    rows = (
        (("4d DL", f"X{patient.patient_id}555"), ("9 CLASS", "C")),
        (("4a ISS", issued), ("4b EXP", expires)),
        (("1", patient.last_name.upper()),),
        (("2", f"{patient.first_name} {patient.middle_name}".strip().upper()),),
        (("8", f"{patient.street.upper()}"),),
        (("", f"{patient.city.upper()} {patient.state} {patient.zip}"),),
        (("3 DOB", us_date(patient.date_of_birth)),),
        (("15 SEX", "F"), ("16 HGT", "5-06"), ("18 EYES", "GRN")),
    )
    for row in rows:
        left = x
        for label, value in row:
            end = sheet.text(left, y, label, 7.5, ink=_BLUE) + 4 if label else x + 9
            left = sheet.text(end, y, value, 9.5, bold=True) + 10
        y += 15.5


def _portrait(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """A face that is nobody's: head, hair and shoulders before a pale ground."""
    canvas, bottom, middle = sheet.canvas, HEIGHT - y - height, x + width / 2
    canvas.saveState()
    frame = canvas.beginPath()
    frame.rect(x, bottom, width, height)
    canvas.clipPath(frame, stroke=0, fill=0)
    for colour, left, low, wide, high in (
        (_PALE, x - 9, bottom - 9, width + 18, height + 18),
        (_HAIR, middle - 27, bottom + 22, 54, 66),
        (_COAT, middle - 38, bottom - 34, 76, 62),
        (_SKIN, middle - 8, bottom + 18, 16, 24),
        (_SKIN, middle - 19, bottom + 30, 38, 48),
    ):
        canvas.setFillColorRGB(*colour)
        canvas.ellipse(left, low, left + wide, low + high, stroke=0, fill=1)
    _face(sheet, middle, bottom + 54)
    canvas.restoreState()


def _face(sheet: Sheet, x: float, y: float) -> None:
    canvas = sheet.canvas
    canvas.setFillColorRGB(*_HAIR)
    for side in (-1, 1):
        canvas.circle(x + side * 8, y + 3, 1.8, stroke=0, fill=1)
    canvas.setStrokeColorRGB(*_HAIR)
    canvas.setLineWidth(1)
    canvas.bezier(x - 7, y - 11, x - 3, y - 14, x + 3, y - 14, x + 7, y - 11)
    canvas.bezier(x, y + 2, x + 2, y - 4, x + 2, y - 5, x - 1, y - 5)
