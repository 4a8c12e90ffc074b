"""Memory of an idle worker process, by station: what one more worker costs a machine before it has done anything.

Beside it a Python that has imported what everybody needs and nothing of ours: SQLAlchemy, pika, pydantic.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import Figure, Spread, Tell, beside, cpu_seconds_of, in_turn
from benchmarks.showing import Page
from pipeline.practice.folder import PracticeFolder
from schemas.release import StationName
from workers.catalogue import LINE

NAME = "memory"
BARE = "bare libraries"
BARE_CODE = "import sys, sqlalchemy, pika, pydantic; sys.stdin.read()"
TOGETHER = "all but watch and read"
"""As `chartrelay up` puts them together."""
STARTING_SECONDS = 60.0
POSTS: dict[str, list[str]] = {
    **{name: [name] for name in (StationName.WATCH.value, *(station.name.value for station in LINE))},
    TOGETHER: [station.name.value for station in LINE if station.name is not StationName.READ],
    "desk": ["desk"],
}


def run(page: Page, *, rounds: int = 3) -> None:
    """Prints the table."""
    if not Path("/proc/self/status").exists():
        page.remark("memory: only measured on Linux; left out.")
        return
    with TemporaryDirectory(prefix="chartrelay-benchmark-") as folder, page.progress() as tell:
        practice = PracticeFolder(Path(folder) / "practice")
        practice.create()
        figures = measured(practice, rounds, tell)
    note = (
        "Resident set size: libraries that several processes share are counted in each. "
        "The reader loads its models with its first page."
    )
    page.figures(NAME, "Memory of an idle process", figures, note)


def measured(practice: PracticeFolder, rounds: int, tell: Tell) -> list[Figure]:
    """Each process started, left to come to rest, and looked at."""

    def megabytes(name: str) -> float:
        with started(practice, name) as pid:
            return resident_mb(pid)

    spreads: dict[str, Spread] = in_turn({n: lambda n=n: megabytes(n) for n in (*POSTS, BARE)}, rounds, tell, warm_up=False)  # type: ignore[misc]
    return beside(spreads, dict.fromkeys(POSTS, BARE), "MB")


@contextmanager
def started(practice: PracticeFolder, name: str) -> Iterator[int]:
    """The id of the process, once it has come to rest."""
    worker = ["-m", "workers.cli", "worker", *POSTS.get(name, ()), "--home", str(practice.root), "--until-stdin-closes"]
    command = [sys.executable, *(["-c", BARE_CODE] if name == BARE else worker)]
    environment = {**os.environ, "CHARTRELAY_DESK__PORT": "0"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        _rests(process, name)
        yield process.pid
    finally:
        _end(process)


def _rests(process: subprocess.Popen[bytes], name: str) -> None:
    """Waits until the process has used next to no CPU for two seconds together."""
    idle, end, before = 0, time.monotonic() + STARTING_SECONDS, 0.0
    while idle < 2:
        time.sleep(1)
        assert process.poll() is None, f"{name} did not start"
        assert time.monotonic() < end, f"{name} does not come to rest"
        now = cpu_seconds_of(process.pid)
        idle = idle + 1 if now - before < 0.1 and now > 0.2 else 0
        before = now


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def resident_mb(pid: int | str = "self", *, most: bool = False) -> float:
    """Megabytes of a process that lie in memory (VmRSS), or have at the worst moment (VmHWM)."""
    wanted = "VmHWM:" if most else "VmRSS:"
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(wanted):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"the kernel tells no {wanted}")
