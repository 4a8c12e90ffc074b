"""A subpoena for records, as courts print them: the caption between rules, numbered lines at the left, a seal."""

from __future__ import annotations

import math
from typing import NamedTuple

from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import HEIGHT, RIGHT, WIDTH, Sheet

_X, _END = 104.0, RIGHT - 24
_FIRST, _STEP, _LINES = 70.0, 24.0, 28
_SEAL = (0.45, 0.12, 0.16)


class Case(NamedTuple):
    """What the paper is about."""

    court: str
    county: str
    plaintiff: str
    defendant: str
    number: str
    patient: str
    born: str
    deliver_to: str
    return_day: str
    issued_on: str
    issued_by: str


def draw(sheet: Sheet, case: Case) -> None:
    """One page."""
    _margin(sheet)
    sheet.text(WIDTH / 2 + 18, 94, case.court.upper(), 12.5, bold=True, centre=True)
    sheet.text(WIDTH / 2 + 18, 112, case.county.upper(), 12.5, bold=True, centre=True)
    _caption(sheet, case)
    y = 298.0
    for paragraph in _paragraphs(case):
        y = sheet.paragraph(_X, y, _END - _X, paragraph, 11.5) + 11
    _signature(sheet, case)
    sheet.text(WIDTH / 2 + 18, 762, "SUBPOENA DUCES TECUM  -  Page 1 of 1", 8.5, centre=True)


def _margin(sheet: Sheet) -> None:
    """Line numbers, and the double rule at their right."""
    for number in range(_LINES):
        sheet.text(62, _FIRST + number * _STEP, f"{number + 1}", 9.5, centre=True)
    sheet.canvas.setLineWidth(0.7)
    sheet.canvas.setStrokeGray(0)
    for x in (80, 83):
        sheet.canvas.line(x, 24, x, HEIGHT - 24)


def _caption(sheet: Sheet, case: Case) -> None:
    middle = 330.0
    sheet.text(_X, 142, f"{case.plaintiff},", 11.5)
    sheet.text(_X + 120, 160, "Plaintiff,", 11.5)
    sheet.text(_X + 20, 178, "v.", 11.5)
    sheet.text(_X, 196, f"{case.defendant},", 11.5)
    sheet.text(_X + 120, 214, "Defendant.", 11.5)
    for y in range(142, 224, 12):
        sheet.text(middle - 10, y, ")", 11.5)
    sheet.text(middle + 14, 148, f"Case No. {case.number}", 11.5)
    sheet.text(middle + 14, 178, "SUBPOENA DUCES TECUM", 12.5, bold=True)
    sheet.text(middle + 14, 196, "(Production of records)", 11.5)
    sheet.rule(_X, 224, middle - 12, 0.8)
    sheet.text(_X, 250, f"TO:  Custodian of Records, {PRACTICE.name}", 11.5, bold=True)
    sheet.text(_X + 26, 265, f"{PRACTICE.street}, {PRACTICE.city}, {PRACTICE.state} {PRACTICE.zip}", 11.5)


def _paragraphs(case: Case) -> tuple[str, ...]:
    return (
        f"YOU ARE HEREBY COMMANDED to produce, on or before {case.return_day}, true copies of all dental records, radiographs, "
        f"photographs and billing statements of {case.patient}, date of birth {case.born}, from January 1, 2022, to the "
        "present.",
        f"The copies shall be delivered to {case.deliver_to}.",
        "This subpoena does not require you to appear in person. Production with a completed declaration of the custodian is "
        "sufficient compliance.",
        "Failure to comply may be punished as contempt of this court. Objections must be served in writing before the date "
        "stated above.",
    )


def _signature(sheet: Sheet, case: Case) -> None:
    y = 610.0
    sheet.text(_X, y, f"ISSUED this day, {case.issued_on}.", 11.5)
    sheet.signature(_X + 20, y + 56, case.issued_by)
    sheet.rule(_X, y + 62, _X + 220, 0.8)
    sheet.text(_X, y + 76, f"{case.issued_by}, Clerk of the Court", 11)
    _seal(sheet, _END - 62, HEIGHT - y - 54)


def _seal(sheet: Sheet, x: float, y: float) -> None:
    """A rubber stamp: two rings, rays, and the words around."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setStrokeColorRGB(*_SEAL)
    canvas.setFillColorRGB(*_SEAL)
    canvas.translate(x, y)
    canvas.rotate(-7)
    for radius, weight in ((48, 1.8), (44, 0.7), (29, 0.9)):
        canvas.setLineWidth(weight)
        canvas.circle(0, 0, radius, stroke=1, fill=0)
    canvas.setFont("Times-Bold", 9)
    words = "CLERK OF THE COURT  ·  ALDER COUNTY  ·  "
    for place, sign in enumerate(words):
        canvas.saveState()
        canvas.rotate(90 - place * 360 / len(words))
        canvas.drawCentredString(0, 33.5, sign)
        canvas.restoreState()
    canvas.setLineWidth(0.8)
    for ray in range(24):
        turn = ray * math.tau / 24
        inner, outer = 12, 21 if ray % 2 else 25
        canvas.line(inner * math.cos(turn), inner * math.sin(turn), outer * math.cos(turn), outer * math.sin(turn))
    canvas.circle(0, 0, 9, stroke=1, fill=0)
    canvas.restoreState()
