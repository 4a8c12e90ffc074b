"""A typed letter, signed with a pen: no form at all."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import Sheet

_X, _W = 84.0, 444.0


def draw(sheet: Sheet, answers: Answers) -> None:
    """One page."""
    y = 90.0
    for line in (answers.patient, answers.street, answers.town, answers.phone, answers.email):
        sheet.text(_X, y, line, 11.5)
        y += 15
    sheet.text(_X, y + 14, answers.signed_on, 11.5)
    y += 44
    for line in (PRACTICE.name, PRACTICE.street, f"{PRACTICE.city}, {PRACTICE.state} {PRACTICE.zip}"):
        sheet.text(_X, y, line, 11.5)
        y += 15
    sheet.text(_X, y + 16, f"Re: {answers.patient}, date of birth {answers.born}", 11.5, bold=True)
    y += 46
    for paragraph in _paragraphs(answers):
        y = sheet.paragraph(_X, y, _W, paragraph, 11.5) + 9
    y = _address(sheet, answers, y)
    y = (
        sheet.paragraph(_X, y, _W, f"You may act on this letter until {answers.expires}, unless I write to you otherwise.", 11.5)
        + 9
    )
    sheet.text(_X, y + 6, "Sincerely,", 11.5)
    if answers.signed:
        sheet.signature(_X + 8, y + 52, answers.patient)
    sheet.text(_X, y + 76, answers.patient, 11.5)


def _paragraphs(answers: Answers) -> tuple[str, ...]:
    return (
        "Dear records department,",
        f"{answers.reason}. Thank you for the care you have given me over the years.",
        "Please send a copy of my complete dental record, including all x-rays, treatment notes and periodontal charts, "
        "to my new dentist:",
    )


def _address(sheet: Sheet, answers: Answers, y: float) -> float:
    lines = (
        answers.office,
        answers.office_street,
        answers.office_town,
        f"Phone: {answers.office_phone}",
        f"Fax: {answers.office_fax}",
    )
    for line in lines:
        sheet.text(_X + 30, y, line, 11.5)
        y += 15
    return y + 9
