"""One page ruled into boxes, each with a small label in its corner: made to be faxed."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.forms.wording import NO_CONDITION, PASSED_ON, REVOKE
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import WIDTH, Sheet

_X, _W = 45.0, WIDTH - 90
_ROW = 33.0


def draw(sheet: Sheet, answers: Answers) -> None:
    """One page."""
    sheet.text(WIDTH / 2, 60, PRACTICE.name, 14, bold=True, centre=True)
    sheet.text(
        WIDTH / 2, 74, f"{PRACTICE.street}, {PRACTICE.city}, {PRACTICE.state} {PRACTICE.zip}   Fax {PRACTICE.fax}", 9, centre=True
    )
    sheet.text(WIDTH / 2, 96, "RECORDS RELEASE FORM", 13, bold=True, centre=True)
    _patient(sheet, answers, 106)
    _recipient(sheet, answers, 232)
    _records(sheet, answers, 358)
    _purpose(sheet, answers, 437)
    _statements(sheet, 518)
    _signature(sheet, answers, 628)


def _row(sheet: Sheet, y: float, *cells: tuple[str, str, float]) -> None:
    """Cells side by side: label, value, share of the width."""
    x = _X
    for label, value, share in cells:
        sheet.cell(x, y, _W * share, _ROW, label, value=value)
        x += _W * share


def _patient(sheet: Sheet, answers: Answers, y: float) -> None:
    sheet.band(_X, y, _W, 14, "1. Patient", size=9)
    _row(sheet, y + 14, ("Patient's full name", answers.patient, 0.62), ("Date of birth", answers.born, 0.38))
    _row(sheet, y + 14 + _ROW, ("Street address", answers.street, 0.62), ("Telephone", answers.phone, 0.38))
    _row(
        sheet,
        y + 14 + 2 * _ROW,
        ("City", answers.city, 0.38),
        ("State", answers.state, 0.12),
        ("Zip", answers.zip, 0.18),
        ("Maiden or former name", answers.other_names, 0.32),
    )


def _recipient(sheet: Sheet, answers: Answers, y: float) -> None:
    sheet.band(_X, y, _W, 14, "2. Send my records to", size=9)
    _row(sheet, y + 14, ("Name of dentist or practice", answers.office, 0.62), ("Attention", answers.office_attention, 0.38))
    _row(sheet, y + 14 + _ROW, ("Street address", answers.office_street, 0.62), ("Telephone", answers.office_phone, 0.38))
    _row(
        sheet,
        y + 14 + 2 * _ROW,
        ("City", answers.office_city, 0.32),
        ("State", answers.office_state, 0.12),
        ("Zip", answers.office_zip, 0.18),
        ("Fax", answers.office_fax, 0.38),
    )


def _records(sheet: Sheet, answers: Answers, y: float) -> None:
    sheet.band(_X, y, _W, 14, "3. Records to send", size=9)
    sheet.box(_X, y + 14, _W, 52)
    options = (("all", "Entire dental record"), ("xrays", "Dental x-rays"), ("notes", "Progress notes"))
    more = (("plan", "Treatment plan"), ("billing", "Account ledger"), ("history", "Medical history"))
    for line, row in enumerate((options, more)):
        for column, (key, label) in enumerate(row):
            sheet.choice(_X + 10 + column * 172, y + 34 + line * 22, label, key in answers.scope)


def _purpose(sheet: Sheet, answers: Answers, y: float) -> None:
    sheet.band(_X, y, _W, 14, "4. Purpose and expiration", size=9)
    sheet.box(_X, y + 14, _W, 54)
    sheet.choice(_X + 10, y + 33, "Change of dentist", answers.purpose == "transfer")
    sheet.choice(_X + 150, y + 33, "Continuing care", answers.purpose == "care")
    sheet.choice(_X + 290, y + 33, "At my request", answers.purpose == "personal")
    sheet.blank(_X + 10, y + 58, 330, "Reason:", answers.reason)
    sheet.blank(338, y + 58, _X + _W - 8, "Expires on:", answers.expires)


def _statements(sheet: Sheet, y: float) -> None:
    sheet.band(_X, y, _W, 14, "5. Please read before signing", size=9)
    sheet.box(_X, y + 14, _W, 74)
    line = y + 30
    for statement in (REVOKE, NO_CONDITION, PASSED_ON):
        line = sheet.paragraph(_X + 8, line, _W - 16, statement, 8.5) + 4


def _signature(sheet: Sheet, answers: Answers, y: float) -> None:
    sheet.box(_X, y, _W * 0.68, 46)
    sheet.text(_X + 4, y + 9, "Signature of patient or representative", 7)
    sheet.box(_X + _W * 0.68, y, _W * 0.32, 46)
    sheet.text(_X + _W * 0.68 + 4, y + 9, "Date signed", 7)
    if answers.signed:
        sheet.signature(_X + 40, y + 36, answers.patient)
    sheet.write(_X + _W * 0.68 + 14, y + 36, answers.signed_on)
    _row(sheet, y + 46, ("Printed name", answers.patient, 0.62), ("Relationship to patient", "Self", 0.38))
