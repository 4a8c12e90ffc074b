"""Time as a thing that is handed in: tests turn the hands of a clock instead of waiting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        ...

    def today(self) -> date:
        """The day at the practice, in its local time."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The day in the machine's own time zone: deadlines count the practice's days."""
        return datetime.now(UTC).astimezone().date()


class HandClock:
    """A clock that stands still until it is turned."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Where the hands are."""
        return self._now

    def today(self) -> date:
        """The day where the hands are, in UTC."""
        return self._now.date()

    def turn(self, seconds: float) -> None:
        """Moves the hands forward."""
        self._now += timedelta(seconds=seconds)
