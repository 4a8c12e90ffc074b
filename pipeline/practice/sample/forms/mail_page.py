"""An e-mail as it comes out of the office printer, signed with a pen by the patient at the counter."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import LEFT, RIGHT, Sheet

_X = LEFT


def draw(sheet: Sheet, answers: Answers) -> None:
    """One page."""
    sheet.text(_X, 58, PRACTICE.name, 12, bold=True)
    sheet.rule(_X, 66, RIGHT, 2)
    heads = (
        ("From:", f"{answers.patient} <{answers.email}>"),
        ("Sent:", f"{answers.signed_on} 8:14 PM"),
        ("To:", PRACTICE.email),
        ("Subject:", "Request for my dental records"),
    )
    y = 86.0
    for head, value in heads:
        sheet.text(_X, y, head, 10, bold=True)
        sheet.text(_X + 62, y, value, 10)
        y += 16
    y += 20
    for line in body(answers).splitlines():
        y = sheet.paragraph(_X, y, RIGHT - _X, line, 11) if line else y + 10
    if answers.signed:
        sheet.signature(_X + 240, y + 46, answers.patient)
        sheet.write(_X + 420, y + 46, answers.signed_on)
    sheet.text(_X, 768, "1", 8)


def body(answers: Answers) -> str:
    """The text of the mail."""
    return "\n".join(
        (
            "Hello,",
            "",
            f"{answers.reason}, and I would like my complete dental records with x-rays to be sent to my new dentist:",
            "",
            answers.office,
            answers.office_street,
            answers.office_town,
            f"Phone: {answers.office_phone}",
            f"Fax: {answers.office_fax}",
            "",
            f"My date of birth is {answers.born} and my phone number is {answers.phone}.",
            f"This request is good until {answers.expires}.",
            "",
            "Thank you,",
            answers.patient,
            f"{answers.street}, {answers.town}",
        )
    )
