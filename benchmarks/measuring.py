"""Measuring side by side: rounds that alternate, spreads in place of single numbers, ratios taken round by round.

A machine grows slower and faster while one measures. So every contestant runs once in every round, the order turns around
from round to round, the first round is thrown away, and a ratio compares two figures of the same round only.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Measure = Callable[[], float]
"""Does its work once, and gives the figure."""
Tell = Callable[[str], None]
"""Told what is being done just now."""


@dataclass(frozen=True)
class Spread:
    """What the rounds gave, in their order."""

    rounds: tuple[float, ...]

    @property
    def least(self) -> float:
        """The smallest figure of any round."""
        return min(self.rounds)

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.rounds)

    @property
    def most(self) -> float:
        """The largest figure of any round."""
        return max(self.rounds)

    def over(self, other: Spread) -> Spread:
        """Our figure as a multiple of the other's, round by round."""
        return Spread(tuple(mine / theirs for mine, theirs in zip(self.rounds, other.rounds, strict=True)))


@dataclass(frozen=True)
class Figure:
    """One thing that was measured; with a rival, also as a multiple of the rival's figure."""

    name: str
    unit: str
    spread: Spread
    rival: str | None = None
    ratio: Spread | None = None


def in_turn(contestants: Mapping[str, Measure], rounds: int, tell: Tell, *, warm_up: bool = True) -> dict[str, Spread]:
    """Every contestant once in every round, forwards and backwards by turns."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(0 if warm_up else 1, rounds + 1):
        names = list(reversed(list(contestants))) if number and number % 2 == 0 else list(contestants)
        for name in names:
            tell(f"round {number} of {rounds}: {name}" if number else f"warming up: {name}")
            figure = contestants[name]()
            if number:
                taken[name].append(figure)
    return {name: Spread(tuple(figures)) for name, figures in taken.items()}


def beside(spreads: Mapping[str, Spread], rivals: Mapping[str, str], unit: str) -> list[Figure]:
    """The spreads as figures; `rivals` says beside whom each contestant is set."""
    return [
        Figure(name, unit, spread, rivals.get(name), spread.over(spreads[rivals[name]]) if name in rivals else None)
        for name, spread in spreads.items()
    ]


def percentile(figures: Sequence[float], percent: float) -> float:
    """The figure that so many in a hundred do not exceed (nearest rank)."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, max(0, -int(-percent * len(ordered) // 100) - 1))]


# ---- what a process has used -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Used:
    """Seconds on the clock, and of processors: this process, its children, and those that have ended."""

    seconds: float
    cpu_seconds: float

    def __add__(self, other: Used) -> Used:
        return Used(self.seconds + other.seconds, self.cpu_seconds + other.cpu_seconds)

    def __sub__(self, other: Used) -> Used:
        return Used(self.seconds - other.seconds, self.cpu_seconds - other.cpu_seconds)


NOTHING = Used(0.0, 0.0)


def used() -> Used:
    """Used so far; the difference of two is what lies between them."""
    times = os.times()
    ended = times.children_user + times.children_system
    return Used(time.perf_counter(), times.user + times.system + ended + sum(map(cpu_seconds_of, children())))


def used_here() -> Used:
    """The same of this process alone."""
    return Used(time.perf_counter(), time.process_time())


def children() -> list[int]:
    """The processes that this one has started and that live; none where the system does not tell (only Linux does)."""
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        return []
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]


def cpu_seconds_of(pid: int) -> float:
    """CPU seconds of a process and of the children it has waited for; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


# ---- where it was measured -----------------------------------------------------------------------------------------------


def machine() -> dict[str, object]:
    """What a reader of the figures must know of the machine."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "flush_ms": round(Spread(tuple(flushes(100))).median, 3),
    }


def flushes(count: int) -> Iterator[float]:
    """Milliseconds that the disk takes to write a page safely: what every commit pays at least once."""
    page = b"x" * 4096
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "flushed").open("wb", buffering=0) as file:
        for _ in range(count):
            file.write(page)
            began = time.perf_counter()
            os.fsync(file.fileno())
            yield (time.perf_counter() - began) * 1000
