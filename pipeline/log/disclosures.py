"""The accounting of disclosures of one patient: 45 CFR 164.528, each with the four things that (b)(2) asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.base import JsonDict
from schemas.disclosure import LogEntry

COLUMNS = ("date", "recipient", "address", "description", "purpose", "entry", "request")


@dataclass(frozen=True)
class Disclosure:
    """One line of the accounting."""

    date: date
    """(i), the day here."""
    recipient: str
    address: str
    """(ii) the name of who received it and, if known, the address."""
    description: str
    """(iii) what was disclosed, briefly."""
    purpose: str
    """(iv) what for, briefly."""
    entry: int
    """Its number in the log."""
    request: str

    def row(self) -> list[str]:
        """As text, in the order of `COLUMNS`."""
        return [self.date.isoformat(), *(str(getattr(self, name)) for name in COLUMNS[1:])]

    def as_object(self) -> JsonDict:
        """As JSON."""
        return dict(zip(COLUMNS, [*self.row()[:5], self.entry, self.request], strict=True))


def disclosure(entry: LogEntry) -> Disclosure:
    """An entry of the log that tells of a delivery, as a line of the accounting."""
    details = entry.details
    return Disclosure(
        date=date.fromisoformat(details["disclosed_on"]) if "disclosed_on" in details else entry.at.astimezone().date(),
        recipient=entry.recipient or "",
        address=details.get("recipient_address") or "",
        description=details.get("description") or described(details.get("items", ())),
        purpose=details.get("purpose") or details.get("basis") or "",
        entry=entry.seq,
        request=entry.request_id or "",
    )


def described(items: Iterable[JsonDict]) -> str:
    """3 notes and 2 xray bitewing, 7 pages, of 2019 to 2026"""
    listed = list(items)
    kinds = Counter(str(item.get("kind", "")).replace("_", " ").replace("-", " ") for item in listed)
    years = sorted({str(item["date"])[:4] for item in listed if item.get("date")})
    parts = ", ".join(f"{number} × {kind}" for kind, number in sorted(kinds.items()))
    pages = sum(int(item.get("pages", 0)) for item in listed)
    time = "" if not years else f", of {years[0]}" + (f" to {years[-1]}" if years[-1] != years[0] else "")
    return f"Dental records: {parts or 'nothing'}; {pages} {'page' if pages == 1 else 'pages'}{time}"
