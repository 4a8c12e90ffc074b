"""Two pages: From and To side by side, what and why below; statements and signature on the back."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.forms.wording import STATEMENTS
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import LEFT, RIGHT, WIDTH, Sheet

_MIDDLE = WIDTH / 2


def draw(sheet: Sheet, answers: Answers) -> None:
    """Front and back."""
    sheet.text(_MIDDLE, 52, "Authorization to Release Dental Records", 16, bold=True, centre=True)
    sheet.text(_MIDDLE, 67, "Please print clearly. Incomplete forms may delay your request.", 8.5, centre=True)
    _patient(sheet, answers)
    _from(sheet, _MIDDLE)
    _to(sheet, answers)
    _what(sheet, answers)
    _why_and_how(sheet, answers)
    sheet.text(_MIDDLE, 768, "Page 1 of 2", 8, centre=True)
    sheet.next_page()
    _back(sheet, answers)


def _patient(sheet: Sheet, answers: Answers) -> None:
    sheet.band(LEFT, 80, RIGHT - LEFT, 16, "PATIENT INFORMATION")
    sheet.blank(LEFT, 134, 370, "Patient Name:", answers.patient)
    sheet.blank(378, 134, RIGHT, "Date of Birth:", answers.born)
    sheet.blank(LEFT, 168, 370, "Address:", answers.street)
    sheet.blank(378, 168, RIGHT, "Phone:", answers.phone)
    sheet.blank(LEFT, 203, 300, "City, State, Zip:", answers.town)
    sheet.blank(308, 203, RIGHT, "Other Names Used:", answers.other_names)


def _from(sheet: Sheet, end: float) -> None:
    sheet.band(LEFT, 225, end - LEFT - 6, 16, "RELEASE RECORDS FROM")
    right = end - 8
    sheet.blank(LEFT, 276, right, "Name:", PRACTICE.name)
    sheet.blank(LEFT, 308, right, "Address:", PRACTICE.street)
    sheet.blank(LEFT, 340, right, "City/State/Zip:", f"{PRACTICE.city}, {PRACTICE.state} {PRACTICE.zip}")
    sheet.blank(LEFT, 372, right, "Phone:", PRACTICE.phone)
    sheet.blank(LEFT, 404, right, "Fax:", PRACTICE.fax)


def _to(sheet: Sheet, answers: Answers) -> None:
    left = _MIDDLE + 6
    sheet.band(left, 225, RIGHT - left, 16, "SEND RECORDS TO")
    sheet.blank(left, 276, RIGHT, "Name:", answers.office)
    sheet.blank(left, 308, RIGHT, "Address:", answers.office_street)
    sheet.blank(left, 340, RIGHT, "City/State/Zip:", answers.office_town)
    sheet.blank(left, 372, RIGHT, "Phone:", answers.office_phone)
    sheet.blank(left, 404, RIGHT, "Fax:", answers.office_fax)


def _what(sheet: Sheet, answers: Answers) -> None:
    sheet.band(LEFT, 428, RIGHT - LEFT, 16, "INFORMATION TO BE RELEASED")
    rows = (
        (("all", "Complete dental record"), ("xrays", "X-rays and images only"), ("notes", "Treatment notes")),
        (("perio", "Periodontal charting"), ("history", "Health history"), ("billing", "Billing and ledger")),
    )
    for y, row in zip((479, 509), rows, strict=True):
        for x, (key, label) in zip((LEFT + 4, LEFT + 180, LEFT + 356), row, strict=True):
            sheet.choice(x, y, label, key in answers.scope)
    sheet.blank(LEFT, 546, 250, "Dates of service from:", "")
    sheet.blank(258, 546, 400, "to:", "")
    sheet.text(408, 546, "(blank means all dates)", 8)


def _why_and_how(sheet: Sheet, answers: Answers) -> None:
    sheet.band(LEFT, 568, RIGHT - LEFT, 16, "PURPOSE AND DELIVERY")
    sheet.text(LEFT, 616, "Purpose of release:", 9.5)
    sheet.choice(150, 616, "Transfer to a new dentist", answers.purpose == "transfer")
    sheet.choice(300, 616, "Continuing care", answers.purpose == "care")
    sheet.choice(420, 616, "Personal use", answers.purpose == "personal")
    sheet.blank(LEFT, 654, RIGHT, "Reason for leaving (optional):", answers.reason)
    sheet.text(LEFT, 691, "Send by:", 9.5)
    options = (("electronic", "Secure electronic"), ("mail", "Mail"), ("fax", "Fax"), ("pickup", "Pick up"))
    for x, (key, label) in zip((150, 270, 340, 410), options, strict=True):
        sheet.choice(x, 691, label, answers.delivery == key)


def _back(sheet: Sheet, answers: Answers) -> None:
    sheet.band(LEFT, 48, RIGHT - LEFT, 16, "MY RIGHTS")
    y = 86.0
    for statement in STATEMENTS:
        sheet.text(LEFT + 2, y, "•", 9.5)
        y = sheet.paragraph(LEFT + 14, y, RIGHT - LEFT - 14, statement, 9.5) + 6
    sheet.blank(LEFT, y + 14, 330, "This authorization will expire on:", answers.expires)
    sheet.text(338, y + 14, "(one year from signing if left blank)", 8)
    y += 70
    _signature(sheet, answers, y)
    sheet.box(LEFT, y + 90, RIGHT - LEFT, 62)
    sheet.text(LEFT + 6, y + 103, "OFFICE USE ONLY", 8, bold=True)
    sheet.blank(LEFT + 6, y + 124, 230, "Received by:", "", size=8.5)
    sheet.blank(240, y + 124, 400, "Date received:", "", size=8.5)
    sheet.blank(LEFT + 6, y + 143, 230, "ID verified:", "", size=8.5)
    sheet.text(_MIDDLE, 768, "Page 2 of 2", 8, centre=True)


def _signature(sheet: Sheet, answers: Answers, y: float) -> None:
    sheet.rule(LEFT, y, 350)
    sheet.rule(400, y, RIGHT)
    if answers.signed:
        sheet.signature(LEFT + 22, y - 5, answers.patient)
    sheet.write(408, y - 3, answers.signed_on)
    sheet.text(LEFT, y + 11, "Signature of Patient or Legal Representative", 8.5)
    sheet.text(400, y + 11, "Date", 8.5)
    sheet.blank(LEFT, y + 44, 350, "Print Name:", answers.patient)
    sheet.blank(358, y + 44, RIGHT, "Relationship:", "Self")
