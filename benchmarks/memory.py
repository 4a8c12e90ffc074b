"""Memory of an idle worker process, by station: what one more worker costs a machine before it has done anything.

Beside it a Python that has imported what everybody needs and nothing of ours: SQLAlchemy, pika, pydantic.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import Figure, Spread, Tell, beside, in_turn
from benchmarks.showing import Page
from pipeline.practice.folder import PracticeFolder
from schemas.release import StationName
from workers.catalogue import LINE

NAME = "memory"
BARE = "Python, SQLAlchemy, pika, pydantic"
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
    if not Path("/proc/self/smaps_rollup").exists():
        page.remark("memory: only Linux tells what of a process is its own; left out.")
        return
    with TemporaryDirectory(prefix="chartrelay-benchmark-") as folder, page.progress() as tell:
        practice = PracticeFolder(Path(folder) / "practice")
        practice.create()
        figures = measured(practice, rounds, tell)
    note = "Proportional set size: pages that several processes share are divided among them. The reader loads its models with the first page."
    page.figures(NAME, "Memory of an idle process", figures, note)


def measured(practice: PracticeFolder, rounds: int, tell: Tell) -> list[Figure]:
    """Each process started, left to come to rest, and looked at."""

    def megabytes(name: str) -> float:
        with started(practice, name) as process:
            return proportional_mb(process.pid)

    spreads: dict[str, Spread] = in_turn({n: lambda n=n: megabytes(n) for n in (*POSTS, BARE)}, rounds, tell, warm_up=False)  # type: ignore[misc]
    return beside(spreads, dict.fromkeys(POSTS, BARE), "MB")


@contextmanager
def started(practice: PracticeFolder, name: str) -> Iterator[subprocess.Popen[str]]:
    """The process, once it has said that it is at work."""
    if name == BARE:
        code = "import sys, sqlalchemy, pika, pydantic; print('at work', file=sys.stderr, flush=True); sys.stdin.read()"
        command = [sys.executable, "-c", code]
    else:
        worker = ["-m", "workers.cli", "worker", *POSTS[name], "--home", str(practice.root), "--until-stdin-closes"]
        command = [sys.executable, *worker]
    environment = {**os.environ, "CHARTRELAY_DESK__PORT": "0"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    with ExitStack() as stack:
        stack.callback(_end, process)
        assert process.stderr is not None
        for line in process.stderr:
            if "at work" in line or "http://" in line:
                break
        else:
            raise AssertionError(f"{name} did not start")
        _settle(process.pid)
        yield process


def _settle(pid: int) -> None:
    """Waits until the process has grown no more for half a second: some libraries load in the background."""
    last, since, end = proportional_mb(pid), time.monotonic(), time.monotonic() + STARTING_SECONDS
    while time.monotonic() - since < 0.5 and time.monotonic() < end:
        time.sleep(0.1)
        now = proportional_mb(pid)
        if abs(now - last) > 0.5:
            last, since = now, time.monotonic()


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stderr is not None
    process.stdin.close()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stderr.close()


def proportional_mb(pid: int) -> float:
    """Megabytes of a process as the kernel shares them out (Pss)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the kernel tells no Pss")
