"""When a file in the inbox is finished.

Scanners, copies over a network and mail programs write a file in pieces, close it and open it again. A file counts as
finished once its size, its time and its identity have been the same for a while. Only the tracker's own clock measures
that while: the time in a file is set by other machines, and may lie in the future.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.errors import Retryable
from pipeline.intake.inbox import Candidate, Unsafe, open_inside

_EMPTY_FACTOR = 10.0
"""A scanner makes the empty file when it starts and fills it when the last page is through."""


@dataclass(frozen=True)
class _Sight:
    """How a file looked, and since when it has looked so."""

    state: tuple[int, int, int, int]
    since: float


class StabilityTracker:
    """Remembers how each file looked at the last observation."""

    def __init__(self, quiet_seconds: float, clock: Callable[[], float], *, empty_seconds: float | None = None) -> None:
        """`clock` gives seconds that never go back (time.monotonic). A file without a byte must stay unchanged for
        `empty_seconds` (ten times `quiet_seconds` unless given) before it counts as finished, and empty."""
        self._quiet = quiet_seconds
        self._empty = empty_seconds if empty_seconds is not None else quiet_seconds * _EMPTY_FACTOR
        self._clock = clock
        self._seen: dict[str, _Sight] = {}

    def observe(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Takes note of all files that are in the inbox now and gives those that are finished.

        A finished file that is not taken is given again next time. A file that is not among `candidates` is forgotten.
        """
        now = self._clock()
        seen: dict[str, _Sight] = {}
        finished: list[Candidate] = []
        for candidate in candidates:
            before = self._seen.get(candidate.name)
            sight = before if before is not None and before.state == candidate.state else _Sight(candidate.state, now)
            seen[candidate.name] = sight
            if now - sight.since >= self._needed(candidate) and _can_be_read(candidate):
                finished.append(candidate)
        self._seen = seen
        return finished

    @property
    def waiting(self) -> int:
        """How many files were there at the last observation, finished ones that were not taken included."""
        return len(self._seen)

    def _needed(self, candidate: Candidate) -> float:
        return self._quiet if candidate.size else self._empty


def _can_be_read(candidate: Candidate) -> bool:
    """On Windows a file that its writer still holds open cannot be opened; elsewhere this catches missing rights."""
    try:
        with open_inside(candidate.path.parent, candidate.name):
            return True
    except (Retryable, Unsafe):
        return False
