"""A plain sheet of long lines to write on, as many offices type up for themselves."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.forms.wording import NO_CONDITION, PASSED_ON, REVOKE
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import RIGHT, WIDTH, Sheet

_X = 60.0


def draw(sheet: Sheet, answers: Answers) -> None:
    """One page."""
    sheet.text(WIDTH / 2, 70, "REQUEST FOR TRANSFER OF DENTAL RECORDS", 14, bold=True, centre=True)
    sheet.blank(_X, 112, RIGHT, "Patient's Name", answers.patient, size=11)
    sheet.blank(_X, 140, 300, "Birth Date", answers.born, size=11)
    sheet.blank(310, 140, RIGHT, "Telephone", answers.phone, size=11)
    sheet.blank(_X, 168, RIGHT, "Home Address", f"{answers.street}, {answers.town}", size=11)
    sheet.text(_X, 204, "I hereby request and authorize", 11)
    sheet.text(_X + 165, 204, PRACTICE.name, 11, bold=True)
    sheet.text(_X, 222, "to send a copy of my records to:", 11)
    sheet.blank(_X, 252, RIGHT, "New Dentist", answers.office, size=11)
    sheet.blank(_X, 280, RIGHT, "Address", f"{answers.office_street}, {answers.office_town}", size=11)
    sheet.blank(_X, 308, 300, "Phone", answers.office_phone, size=11)
    sheet.blank(310, 308, RIGHT, "Fax", answers.office_fax, size=11)
    _what_and_why(sheet, answers)
    _sign(sheet, answers)


def _what_and_why(sheet: Sheet, answers: Answers) -> None:
    sheet.text(_X, 346, "Please include:", 11)
    options = (("all", "All dental records"), ("xrays", "X-rays only"), ("notes", "Chart notes"), ("billing", "Billing history"))
    for x, (key, label) in zip((_X, 190, 300, 400), options, strict=True):
        sheet.choice(x, 370, label, key in answers.scope, 10)
    sheet.text(_X, 402, "The purpose of this release is:", 11)
    reasons = (("transfer", "Changing dentists"), ("care", "Second opinion"), ("personal", "Personal"))
    for x, (key, label) in zip((_X, 190, 320), reasons, strict=True):
        sheet.choice(x, 426, label, answers.purpose == key, 10)
    sheet.blank(_X, 456, RIGHT, "Reason for change", answers.reason, size=11)
    sheet.blank(_X, 484, 320, "This authorization expires on", answers.expires, size=11)
    y = 520.0
    for statement in (REVOKE, NO_CONDITION, PASSED_ON):
        y = sheet.paragraph(_X, y, RIGHT - _X, statement, 9.5) + 5


def _sign(sheet: Sheet, answers: Answers) -> None:
    if answers.signed:
        sheet.signature(_X + 90, 668, answers.patient)
    sheet.text(_X, 672, "Signature  X", 11)
    sheet.rule(_X + 66, 674, 390)
    sheet.blank(400, 672, RIGHT, "Date", answers.signed_on, size=11)
    sheet.text(_X + 66, 686, "Patient, or parent or guardian of a minor", 8)
