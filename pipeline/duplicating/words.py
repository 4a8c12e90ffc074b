"""The words of the cover sheet, the contents and the stamp: record kinds, dates and counts as a front desk says them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from schemas.record_set import Item, ItemKind

KIND_WORDS: dict[ItemKind, str] = {
    ItemKind.XRAY_FMX: "Full-mouth x-rays",
    ItemKind.XRAY_BITEWING: "Bitewing x-rays",
    ItemKind.XRAY_PERIAPICAL: "Periapical x-rays",
    ItemKind.XRAY_PANO: "Panoramic x-ray",
    ItemKind.XRAY_CEPH: "Cephalometric x-ray",
    ItemKind.CBCT: "3-D scan (CBCT)",
    ItemKind.PHOTO: "Photographs",
    ItemKind.PERIO_CHART: "Periodontal chart",
    ItemKind.TOOTH_CHART: "Tooth chart",
    ItemKind.NOTES: "Treatment notes",
    ItemKind.TREATMENT_PLAN: "Treatment plan",
    ItemKind.HEALTH_HISTORY: "Health history",
    ItemKind.CONSENT: "Signed consents",
    ItemKind.REFERRAL: "Referrals",
    ItemKind.LAB: "Laboratory records",
    ItemKind.PRESCRIPTION: "Prescriptions",
    ItemKind.LEDGER: "Account ledger",
    ItemKind.INSURANCE: "Insurance papers",
    ItemKind.OTHER: "Other records",
}


# Not strftime: its month names follow the machine's locale, and the same set must always give the same bytes.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_day(day: date) -> str:
    """As in a letter: March 4, 1985."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def short_day(day: date | None) -> str:
    """As in a table or a stamp: 03/04/1985; nothing for no date."""
    return f"{day:%m/%d}/{day.year:04d}" if day else ""


def span(days: Iterable[date | None]) -> str:
    """From the earliest to the latest day."""
    known = sorted(day for day in days if day)
    if not known:
        return ""
    first, last = short_day(known[0]), short_day(known[-1])
    return first if first == last else f"{first} – {last}"


def counted(number: int, noun: str) -> str:
    """1 page, 2 pages."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(parts: Iterable[str], between: str = " · ") -> str:
    """The parts that say something, in one line."""
    return between.join(part for part in (part.strip() for part in parts) if part)


def caption(item: Item) -> str:
    """One line about an item: what it is, of when, which teeth, and what the chart calls it."""
    teeth = f"teeth {item.teeth}" if item.teeth else ""
    return listed([KIND_WORDS[item.kind], short_day(item.date), teeth, item.description])
