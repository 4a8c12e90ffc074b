"""The commands as a person or a program runs them, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STOP_SECONDS = 60


def chartrelay(
    *arguments: str | Path, home: Path | None = None, environment: Mapping[str, str] | None = None, seconds: float = 600
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        _command(arguments, home),
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **(environment or {})},
        timeout=seconds,
        check=False,
    )


def objects(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What a command printed with --json: one object a line, and nothing else."""
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def workers(
    stations: Sequence[Sequence[str]], home: Path, log: Path, environment: Mapping[str, str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes `chartrelay worker STATION...`, one for each of `stations`; asked to end, as a service manager does it."""
    with log.open("ab") as stream:
        running = [
            subprocess.Popen(_command(("worker", *names), home), stdout=stream, stderr=stream, env={**os.environ, **environment})
            for names in stations
        ]
        try:
            yield running
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(STOP_SECONDS)


def _command(arguments: Sequence[str | Path], home: Path | None) -> list[str]:
    where = ["--home", str(home)] if home else []
    return [sys.executable, "-m", "workers.cli", *map(str, arguments), *where]
