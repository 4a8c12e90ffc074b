"""How often somebody may knock: counted by address in memory, so that a flood stays short and costs little.

What must survive a restart, wrong passwords, is counted in the database instead (`pipeline.people.lockout`).
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=1)


class Pace:
    """At most so many within a minute for each address."""

    ADDRESSES = 1000
    """Beyond these the longest known are forgotten: a flood must not fill the memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: dict[str, deque[datetime]] = {}

    def too_many(self, who: str, at: datetime) -> bool:
        """Whether they must wait."""
        times = self._times.get(who, deque())
        return len(times) == self._most and at - times[0] < WITHIN

    def note(self, who: str, at: datetime) -> None:
        """One more."""
        if who not in self._times and len(self._times) >= self.ADDRESSES:
            del self._times[next(iter(self._times))]
        self._times.setdefault(who, deque(maxlen=self._most)).append(at)
