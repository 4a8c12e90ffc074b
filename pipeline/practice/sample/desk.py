"""Where the scans of the sample are made: the roster and the directory of a day, a seed for all hands, and the ways in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

import numpy as np
from reportlab.lib.pdfencrypt import StandardEncryption

from pipeline.practice.sample import paper
from pipeline.practice.sample.answers import Answers, as_on_file, us_date
from pipeline.practice.sample.dice import dice, grain
from pipeline.practice.sample.forms import Form
from pipeline.practice.sample.hands import COMPUTER, Hand
from pipeline.practice.sample.people import PRACTICE, directory, roster
from pipeline.practice.sample.sheet import Sheet
from pipeline.practice.sample.summary import Expected
from schemas.release import Destination, Patient

PACIFIC = timezone(timedelta(hours=-8))


class Scan(NamedTuple):
    """One file for the inbox."""

    name: str
    data: bytes
    expected: Expected


class Desk:
    """The roster and the directory of a day, and one seed for all hands."""

    def __init__(self, today: date, seed: int) -> None:
        self.today = today
        self.seed = seed
        self._patients = {patient.patient_id: patient for patient in roster(today)}
        self._offices = {office.office_id: office for office in directory()}

    def patient(self, patient_id: str) -> Patient:
        """As the roster has them."""
        return self._patients[patient_id]

    def office(self, office_id: str) -> Destination:
        """As the directory has it."""
        return self._offices[office_id]

    def answers(self, patient_id: str, office_id: str, days_ago: int, reason: str) -> Answers:
        """What this patient writes when everything is right."""
        return as_on_file(self._patients[patient_id], self._offices[office_id], self.day(days_ago), reason)

    def pdf(self, form: Form, hand: Hand, answers: Answers, *, face: str = "Helvetica", password: str = "") -> bytes:
        """The filled form as a PDF, before it becomes paper."""
        lock = StandardEncryption(password, canPrint=1, strength=128) if password else None
        with Sheet(hand, dice(self.seed, answers.patient, answers.office), face=face, encrypt=lock) as sheet:
            form(sheet, answers)
        return sheet.pdf()

    def typed(self, draw: Callable[[Sheet], None], about: str, *, hand: Hand = COMPUTER, face: str = "Times-Roman") -> bytes:
        """Anything else that is typed, as a PDF; `about` seeds the hand that signs it."""
        with Sheet(hand, dice(self.seed, "typed", about), face=face) as sheet:
            draw(sheet)
        return sheet.pdf()

    def chance(self, *about: str) -> np.random.Generator:
        """Noise for one sheet."""
        return grain(self.seed, *about)

    def day(self, days_ago: int) -> date:
        """A day not long ago; negative: one that is still to come."""
        return self.today - timedelta(days=days_ago)


def as_fax(desk: Desk, form: Form, hand: Hand, answers: Answers, number: str) -> bytes:
    """The filled form by fax, with the sender's line on top of every page."""
    pages = paper.on_paper(desk.pdf(form, hand, answers), 250)
    sent = f"{us_date(desk.day(1))} 09:4{number[-1]}   FROM: {answers.phone}   TO: {PRACTICE.fax}"
    heads = (f"{sent}   P.{n}/{len(pages)}" for n in range(1, len(pages) + 1))
    return paper.as_fax_tiff(
        [paper.faxed(page, desk.chance(number, head), head) for page, head in zip(pages, heads, strict=True)]
    )


def as_mail(desk: Desk, number: str, sender: Patient, subject: str, text: str, *, attached: bytes = b"") -> bytes:
    """An e-mail of two days ago, saved from the mail program; `attached` is a PDF."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{sender.name} <{sender.email}>"
    mail["To"] = PRACTICE.email
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.combine(desk.day(2), time(18, 2, int(number) % 60), PACIFIC))
    mail["Message-ID"] = f"<{number}.sample@example.com>"
    mail.set_content(text)
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="pdf", filename="request.pdf")
        mail.set_boundary(f"----=_chartrelay_sample_{number}")
    return mail.as_bytes()
