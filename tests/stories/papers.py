"""Papers for stories: typed, with a text layer, so that reading them takes a moment; signed by a drawn hand."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from pipeline.practice.sample.forms import typed
from pipeline.practice.sample.hands import COMPUTER
from pipeline.practice.sample.sheet import Sheet
from tests.stories.made_up import PRACTICE, sign

TOWN = f"{PRACTICE.city}, {PRACTICE.state} {PRACTICE.zip}"
STATEMENTS = (
    "I may revoke this authorization in writing at any time by a letter to the practice, except for what was sent before.",
    "My treatment does not depend on whether I sign: the practice will not condition treatment or payment on this authorization.",
    "The recipient may redisclose the records, and federal privacy rules may then no longer protect them.",
)
"""45 CFR 164.508(c)(2)(i) to (iii)."""


@dataclass(frozen=True)
class Person:
    """A patient of the practice."""

    patient_id: str
    first: str
    last: str
    born: date
    phone: str
    street: str
    pays: str

    @property
    def name(self) -> str:
        """In spoken order."""
        return f"{self.first} {self.last}"

    def row(self) -> dict[str, str]:
        """As roster.csv has them."""
        return {
            "patient_id": self.patient_id,
            "last_name": self.last,
            "first_name": self.first,
            "date_of_birth": self.born.isoformat(),
            "phone": self.phone,
            "street": self.street,
            "city": PRACTICE.city,
            "state": PRACTICE.state,
            "zip": PRACTICE.zip,
            "guarantor_id": self.pays,
            "status": "active",
            "balance": "0.00",
        }


@dataclass(frozen=True)
class Office:
    """Where copies go; trusted."""

    office_id: str
    name: str
    street: str
    phone: str
    fax: str
    kind: str

    def row(self) -> dict[str, str]:
        """As directory.csv has it."""
        return {
            "office_id": self.office_id,
            "name": self.name,
            "street": self.street,
            "city": PRACTICE.city,
            "state": PRACTICE.state,
            "zip": PRACTICE.zip,
            "phone": self.phone,
            "fax": self.fax,
            "channel": "folder",
            "address": self.office_id,
            "trusted": "yes",
            "kind": self.kind,
        }


@dataclass(frozen=True)
class Paper:
    """A request form, filled in. What is left empty is not on it."""

    people: Sequence[Person]
    office: Office
    records: str = "Complete dental record"
    holder: str = PRACTICE.name
    purpose: str = "continuing care"
    signed_on: date | None = None
    expires: date | None = None
    signer: str = ""
    """Printed beside the signature."""
    relationship: str = ""
    statements: Sequence[str] = ()
    signed: bool = True
    number: str = ""
    """In the corner: the same request on another sheet has other bytes."""

    def pdf(self) -> bytes:
        """One page."""
        buffer = io.BytesIO()
        page = Canvas(buffer, pagesize=letter, invariant=1)
        page.setFont("Helvetica-Bold", 15)
        page.drawString(72, 740, "Request for a copy of dental records")
        page.setFont("Helvetica", 11)
        page.drawString(520, 760, self.number)
        y = 700.0
        for label, value in self._rows():
            page.drawString(72, y, label)
            page.drawString(230, y, value)
            y -= 24
        page.drawString(72, y, "Records to be released:")
        page.drawString(230, y, f"[X] {self.records}")
        y = self._statements(page, y - 30)
        if self.signed:
            self._signature(page, y - 40)
        page.save()
        return buffer.getvalue()

    def _rows(self) -> Iterator[tuple[str, str]]:
        yield from self._who()
        if self.holder:
            yield "Release records from:", self.holder
        yield "Release records to:", self.office.name
        yield "Address:", f"{self.office.street}, {TOWN}"
        yield "Phone:", self.office.phone
        yield "Fax:", self.office.fax
        if self.purpose:
            yield "Purpose:", self.purpose
        if self.expires:
            yield "Expiration date:", f"{self.expires:%m/%d/%Y}"

    def _who(self) -> Iterator[tuple[str, str]]:
        first, *others = self.people
        if not others:
            yield "Patient name:", first.name
            yield "Date of birth:", f"{first.born:%m/%d/%Y}"
            yield "Patient phone:", first.phone
            return
        yield "Patients of our family, name and date of birth:", ""
        for person in self.people:
            yield "", f"{person.name}, {person.born:%m/%d/%Y}"

    def _statements(self, page: Canvas, y: float) -> float:
        page.setFont("Helvetica", 9)
        for statement in self.statements:
            for line in simpleSplit(statement, "Helvetica", 9, 460):
                page.drawString(72, y, line)
                y -= 12
            y -= 3
        page.setFont("Helvetica", 11)
        return y

    def _signature(self, page: Canvas, y: float) -> None:
        page.drawString(72, y, "Signature:")
        page.line(140, y - 4, 360, y - 4)
        sign(page, random.Random(self.signer or self.people[0].name), 152.0, y + 4)
        if self.signed_on:
            page.drawString(400, y, "Date:")
            page.drawString(440, y, f"{self.signed_on:%m/%d/%Y}")
        if self.signer:
            page.drawString(72, y - 30, "Requester's name:")
            page.drawString(200, y - 30, self.signer)
        if self.relationship:
            page.drawString(72, y - 54, "Relationship to patient:")
            page.drawString(200, y - 54, self.relationship)


def letter_from(sender: Sequence[str], about: Person, words: str, signed_by: str, under: Sequence[str]) -> bytes:
    """A typed letter about a patient's records, signed with a pen."""
    said = typed.Letter(
        sender=tuple(sender),
        day=f"{date.today() - timedelta(days=1):%m/%d/%Y}",
        to=(PRACTICE.name, PRACTICE.street, TOWN),
        subject=f"Re: {about.name}, date of birth {about.born:%m/%d/%Y}",
        paragraphs=(words,),
        signer=signed_by,
        under=tuple(under),
    )
    with Sheet(COMPUTER, random.Random(signed_by), face="Times-Roman") as sheet:
        typed.draw(sheet, said)
    return sheet.pdf()


def in_a_year() -> date:
    """When most permissions end."""
    return date.today() + timedelta(days=365)
