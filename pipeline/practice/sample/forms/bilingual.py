"""One page in English and Spanish, each label twice."""

from __future__ import annotations

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import LEFT, RIGHT, WIDTH, Sheet

_RIGHTS = (
    "I may revoke this authorization in writing at any time, except for records already sent. My treatment does not depend on my "
    "signature. The recipient may share the records again, and privacy laws may then no longer protect them.",
    "Puedo revocar esta autorización por escrito en cualquier momento, salvo lo que ya se haya enviado. Mi tratamiento "
    "no depende de mi firma. El destinatario puede volver a divulgar los registros, y entonces "
    "las leyes de privacidad pueden no protegerlos.",
)


def draw(sheet: Sheet, answers: Answers) -> None:
    """One page."""
    sheet.text(WIDTH / 2, 54, "Authorization to Release Dental Records", 15, bold=True, centre=True)
    sheet.text(WIDTH / 2, 72, "Autorización para divulgar registros dentales", 12, centre=True)
    sheet.rule(LEFT, 82, RIGHT, 1.5)
    _patient(sheet, answers)
    _recipient(sheet, answers)
    _choices(sheet, answers)
    y = 560.0
    for text in _RIGHTS:
        y = sheet.paragraph(LEFT, y, RIGHT - LEFT, text, 8.5) + 4
    _sign(sheet, answers)


def _patient(sheet: Sheet, answers: Answers) -> None:
    sheet.blank(LEFT, 108, RIGHT, "Patient Name / Nombre del paciente:", answers.patient)
    sheet.blank(LEFT, 136, 320, "Date of Birth / Fecha de nacimiento:", answers.born)
    sheet.blank(328, 136, RIGHT, "Phone / Teléfono:", answers.phone)
    sheet.blank(LEFT, 164, RIGHT, "Address / Dirección:", f"{answers.street}, {answers.town}")


def _recipient(sheet: Sheet, answers: Answers) -> None:
    sheet.text(LEFT, 194, "I authorize / Autorizo a:", 9.5)
    sheet.text(LEFT + 112, 194, PRACTICE.name, 10.5, bold=True)
    sheet.rule(LEFT, 206, RIGHT)
    sheet.text(LEFT, 224, "Release records to / Enviar los registros a:", 10.5, bold=True)
    sheet.blank(LEFT, 250, RIGHT, "Name of Office / Nombre del consultorio:", answers.office)
    sheet.blank(LEFT, 278, RIGHT, "Office Address / Dirección:", f"{answers.office_street}, {answers.office_town}")
    sheet.blank(LEFT, 306, 300, "Phone / Teléfono:", answers.office_phone)
    sheet.blank(308, 306, RIGHT, "Fax:", answers.office_fax)


def _choices(sheet: Sheet, answers: Answers) -> None:
    sheet.text(LEFT, 338, "Information to be released / Información que se divulgará:", 10.5, bold=True)
    scope = (
        ("all", "Entire dental record / Expediente dental completo"),
        ("xrays", "X-rays / Radiografías"),
        ("notes", "Treatment notes / Notas de tratamiento"),
        ("billing", "Billing records / Facturación"),
    )
    for y, x, (key, label) in zip((360, 360, 382, 382), (LEFT, 320, LEFT, 320), scope, strict=True):
        sheet.choice(x, y, label, key in answers.scope)
    sheet.text(LEFT, 414, "Purpose / Propósito:", 10.5, bold=True)
    purposes = (
        ("transfer", "Change of dentist / Cambio de dentista"),
        ("care", "Continuing care / Atención continua"),
        ("personal", "Personal use / Uso personal"),
    )
    for y, x, (key, label) in zip((436, 436, 458), (LEFT, 320, LEFT), purposes, strict=True):
        sheet.choice(x, y, label, answers.purpose == key)
    sheet.blank(LEFT, 490, RIGHT, "Reason / Motivo:", answers.reason)
    sheet.blank(LEFT, 520, 360, "Expiration date / Fecha de caducidad:", answers.expires)


def _sign(sheet: Sheet, answers: Answers) -> None:
    y = 672.0
    if answers.signed:
        sheet.signature(LEFT + 30, y - 5, answers.patient)
    sheet.write(410, y - 3, answers.signed_on)
    sheet.rule(LEFT, y, 370)
    sheet.rule(400, y, RIGHT)
    sheet.text(LEFT, y + 12, "Signature of patient / Firma del paciente", 8.5)
    sheet.text(400, y + 12, "Date signed / Fecha de la firma", 8.5)
    sheet.blank(LEFT, y + 44, 370, "Relationship / Parentesco:", "Self")
