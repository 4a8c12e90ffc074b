"""How people write letters in the sample: the day in words, the address of an office in lines, a pen for the signature."""

from __future__ import annotations

from pipeline.practice.sample import hands
from pipeline.practice.sample.desk import Desk
from pipeline.practice.sample.people import PRACTICE
from schemas.release import Destination, Patient

PEN = hands.COMPUTER._replace(ink=hands.BLUE_BALLPOINT)
"""Types, and signs with a ballpoint pen."""
TABLET = hands.COMPUTER._replace(ink=hands.BLUE_BLACK)
"""Fills in on a screen, and signs on it with a finger."""

TO_US = (PRACTICE.name, PRACTICE.street, f"{PRACTICE.city}, {PRACTICE.state} {PRACTICE.zip}")


def in_words(desk: Desk, days_ago: int) -> str:
    """The day as letters have it: November 3, 2026."""
    day = desk.day(days_ago)
    return f"{day:%B} {day.day}, {day.year}"


def own_address(patient: Patient) -> tuple[str, ...]:
    """Name and address at the head of a private letter."""
    return (patient.name, patient.street, f"{patient.city}, {patient.state} {patient.zip}", patient.phone)


def as_block(office: Destination) -> str:
    """The office in lines of their own, set in (`typed.Letter.paragraphs`)."""
    return f"\t{office.name}\n{office.street}\n{_town(office)}\nPhone: {office.phone}\nFax: {office.fax}"


def in_line(office: Destination) -> str:
    """The office as part of a sentence."""
    return f"{office.name}, {office.street}, {_town(office)}"


def _town(office: Destination) -> str:
    return f"{office.city}, {office.state} {office.zip}"
