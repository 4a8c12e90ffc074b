"""A PDF form filled on a screen: the answers are form values (AcroForm), the signature was drawn with a finger."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.forms.wording import STATEMENTS
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import HEIGHT, LEFT, RIGHT, WIDTH, Sheet


def draw(sheet: Sheet, answers: Answers) -> None:
    """One page."""
    sheet.text(LEFT, 56, PRACTICE.name, 13, bold=True)
    sheet.text(LEFT, 76, "Patient Authorization for Release of Dental Records", 15, bold=True)
    sheet.rule(LEFT, 86, RIGHT, 1.2)
    _patient(sheet, answers)
    _recipient(sheet, answers)
    _choices(sheet, answers)
    y = 536.0
    for statement in STATEMENTS:
        y = sheet.paragraph(LEFT, y, RIGHT - LEFT, statement, 8.5) + 3
    _field(sheet, LEFT, 650, 260, "Expiration Date", name="expiration_date", value=answers.expires)
    _sign(sheet, answers)


def _patient(sheet: Sheet, answers: Answers) -> None:
    _field(sheet, LEFT, 116, 380, "Patient Name", name="patient_name", value=answers.patient)
    _field(sheet, 390, 116, RIGHT, "Date of Birth", name="date_of_birth", value=answers.born)
    _field(sheet, LEFT, 144, 380, "Street Address", name="patient_address", value=answers.street)
    _field(sheet, 390, 144, RIGHT, "Phone", name="patient_phone", value=answers.phone)
    _field(sheet, LEFT, 172, 300, "City, State, Zip", name="patient_city_state_zip", value=answers.town)
    _field(sheet, 310, 172, RIGHT, "Email", name="patient_email", value=answers.email)


def _recipient(sheet: Sheet, answers: Answers) -> None:
    sheet.text(LEFT, 206, "Release my records to:", 11, bold=True)
    _field(sheet, LEFT, 232, 380, "Name of Practice", name="recipient_name", value=answers.office)
    _field(sheet, 390, 232, RIGHT, "Attention", name="recipient_attention", value=answers.office_attention)
    _field(sheet, LEFT, 260, RIGHT, "Address", name="recipient_address", value=answers.office_street)
    _field(sheet, LEFT, 288, RIGHT, "City, State, Zip", name="recipient_city_state_zip", value=answers.office_town)
    _field(sheet, LEFT, 316, 300, "Phone", name="recipient_phone", value=answers.office_phone)
    _field(sheet, 310, 316, RIGHT, "Fax", name="recipient_fax", value=answers.office_fax)


def _choices(sheet: Sheet, answers: Answers) -> None:
    groups = (
        (
            350,
            "Records to release:",
            (("all", "Complete dental record"), ("xrays", "X-rays"), ("notes", "Treatment notes"), ("billing", "Billing")),
            answers.scope,
        ),
        (
            398,
            "Purpose:",
            (("transfer", "Transfer of care"), ("care", "Continuing care"), ("personal", "Personal use")),
            {answers.purpose},
        ),
        (446, "Deliver by:", (("electronic", "Electronic copy"), ("mail", "Mail"), ("pickup", "Pick up")), {answers.delivery}),
    )
    for y, title, options, chosen in groups:
        sheet.text(LEFT, y, title, 10.5, bold=True)
        for column, (key, label) in enumerate(options):
            _tick_box(sheet, LEFT + column * 135, y + 20, label, name=f"{title.split()[0].lower()}_{key}", checked=key in chosen)
    _field(sheet, LEFT, 500, RIGHT, "Reason for leaving", name="reason", value=answers.reason)


def _field(sheet: Sheet, x: float, y: float, end: float, label: str, *, name: str, value: str) -> None:
    start = sheet.text(x, y, label, 9.5) + 5
    sheet.canvas.acroForm.textfield(
        name=name,
        tooltip=label,
        value=value,
        x=start,
        y=HEIGHT - y - 5,
        width=end - start,
        height=17,
        fontName="Helvetica",
        fontSize=10,
        borderWidth=0.5,
        fillColor=None,
        relative=False,
    )


def _tick_box(sheet: Sheet, x: float, y: float, label: str, *, name: str, checked: bool) -> None:
    sheet.canvas.acroForm.checkbox(
        name=name,
        tooltip=label,
        checked=checked,
        x=x,
        y=HEIGHT - y - 2,
        size=11,
        buttonStyle="check",
        borderWidth=0.7,
        fillColor=None,
    )
    sheet.text(x + 16, y, label, 9)


def _sign(sheet: Sheet, answers: Answers) -> None:
    if answers.signed:
        sheet.signature(LEFT + 30, 712, answers.patient)
    sheet.rule(LEFT, 718, 360)
    sheet.text(LEFT, 730, "Patient Signature", 8.5)
    _field(sheet, 380, 716, RIGHT, "Date Signed", name="date_signed", value=answers.signed_on)
    sheet.text(WIDTH / 2, 768, "Fill in on screen, sign, and send to us.", 8, centre=True)
