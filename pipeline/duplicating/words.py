"""The words of the cover sheet, the contents and the stamp: record kinds and their captions as a front desk says them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.stationery.words import listed, short_day
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


def span(days: Iterable[date | None]) -> str:
    """From the earliest to the latest day."""
    known = sorted(day for day in days if day)
    if not known:
        return ""
    first, last = short_day(known[0]), short_day(known[-1])
    return first if first == last else f"{first} – {last}"


def caption(item: Item) -> str:
    """One line about an item: what it is, of when, which teeth, and what the chart calls it."""
    teeth = f"teeth {item.teeth}" if item.teeth else ""
    return listed([KIND_WORDS[item.kind], short_day(item.date), teeth, item.description])
