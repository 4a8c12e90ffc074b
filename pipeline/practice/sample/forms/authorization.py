"""A complete authorization (45 CFR 164.508(c)): every element has its own numbered section, and the statements are printed."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.forms.wording import NO_CONDITION, PASSED_ON, REVOKE
from pipeline.practice.sample.hands import Ink
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import LEFT, RIGHT, WIDTH, Sheet

_GREEN: Ink = (0.10, 0.32, 0.26)
_PURPOSES = (("care", "Continuing care"), ("transfer", "Transfer of care"), ("personal", "At my own request"))
_RECORDS = (
    ("all", "Complete dental record"),
    ("xrays", "X-rays and images"),
    ("notes", "Treatment notes"),
    ("billing", "Billing"),
)


def draw(sheet: Sheet, answers: Answers, *, with_expiry: bool = True) -> None:
    """One page. `with_expiry=False` leaves the section out that says when it ends, as forms that lawyers bring do."""
    sheet.text(WIDTH / 2, 54, "AUTHORIZATION FOR RELEASE OF", 14, bold=True, centre=True, ink=_GREEN)
    sheet.text(WIDTH / 2, 72, "PROTECTED HEALTH INFORMATION", 14, bold=True, centre=True, ink=_GREEN)
    sheet.rule(LEFT, 84, RIGHT, 1.2, _GREEN)
    titles = iter(range(1, 9))

    def section(y: float, title: str) -> None:
        sheet.band(LEFT, y, RIGHT - LEFT, 15, f"{next(titles)}.  {title}", ink=_GREEN)

    section(94, "Patient")
    sheet.blank(LEFT, 128, 360, "Patient name:", answers.patient)
    sheet.blank(368, 128, RIGHT, "Date of birth:", answers.born)
    sheet.blank(LEFT, 152, 360, "Address:", f"{answers.street}, {answers.town}")
    sheet.blank(368, 152, RIGHT, "Phone:", answers.phone)
    section(166, "Who may release the information")
    sheet.blank(LEFT, 200, RIGHT, "Name of practice:", PRACTICE.name)
    section(214, "Who may receive it")
    sheet.blank(LEFT, 248, 360, "Name:", answers.office)
    sheet.blank(368, 248, RIGHT, "Attention:", answers.office_attention)
    sheet.blank(LEFT, 272, RIGHT, "Address:", f"{answers.office_street}, {answers.office_town}")
    sheet.blank(LEFT, 296, 300, "Phone:", answers.office_phone)
    sheet.blank(308, 296, RIGHT, "Fax:", answers.office_fax)
    section(310, "What information")
    for x, (key, label) in zip((LEFT, 190, 318, 440), _RECORDS, strict=True):
        sheet.choice(x, 344, label, key in answers.scope)
    section(358, "Purpose")
    for x, (key, label) in zip((LEFT, 190, 318), _PURPOSES, strict=True):
        sheet.choice(x, 392, label, answers.purpose == key)
    sheet.blank(LEFT, 416, RIGHT, "Reason:", answers.reason)
    y = 430.0
    if with_expiry:
        section(y, "Expiration")
        sheet.blank(LEFT, y + 34, 330, "This authorization expires on:", answers.expires)
        y += 48
    section(y, "What I should know")
    y += 32
    for statement in (REVOKE, NO_CONDITION, PASSED_ON):
        sheet.text(LEFT + 2, y, "•", 9.5)
        y = sheet.paragraph(LEFT + 14, y, RIGHT - LEFT - 14, statement, 9.5) + 5
    section(y, "Signature")
    _sign(sheet, answers, y + 62)


def _sign(sheet: Sheet, answers: Answers, y: float) -> None:
    if answers.signed:
        sheet.signature(LEFT + 22, y - 5, answers.patient)
    sheet.write(412, y - 3, answers.signed_on)
    sheet.rule(LEFT, y, 370)
    sheet.rule(400, y, RIGHT)
    sheet.text(LEFT, y + 12, "Signature of patient or personal representative", 8.5)
    sheet.text(400, y + 12, "Date signed", 8.5)
    sheet.blank(LEFT, y + 40, 300, "Print name:", answers.patient)
    sheet.blank(308, y + 40, RIGHT, "Relationship to patient:", "Self")
