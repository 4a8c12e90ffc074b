"""Times as the database keeps them: UTC text with milliseconds, sortable as it stands."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """2026-11-23T09:41:07.123Z. Raises ValueError for a time without zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The moment behind `stamp`."""
    return datetime.fromisoformat(text)
