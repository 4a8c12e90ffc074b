"""Keeps the processes of a one-machine line running: starts them, starts them again when they die, ends them together.

Each process is a `chartrelay worker` of its own, so a decoder that brings down a reader brings down nothing else. A child
ends by itself when its standard input closes: that is how it is told to stop, and it happens of its own accord when the
supervisor is killed, on every system.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a process that died is started again; doubling while it keeps dying."""
HEALTHY_SECONDS = 30.0
"""A process that lived this long has its pause forgotten."""
STOP_SECONDS = 30.0
"""How long a process may take to finish what it is at before it is killed, which is safe, only not polite."""


@dataclass(frozen=True)
class Post:
    """A process to keep running."""

    name: str
    arguments: tuple[str, ...]
    """What follows `chartrelay`."""


@dataclass
class _Kept:
    post: Post
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    start_at: float = 0.0
    deaths: int = field(default=0)


class Supervisor:
    """Use it in a `with`: the processes run inside the block."""

    def __init__(
        self,
        posts: Sequence[Post],
        environment: Mapping[str, str],
        *,
        log: Path | None = None,
        longest_pause: float = LONGEST_PAUSE,
        program: Sequence[str] = (sys.executable, "-m", "workers.cli"),
    ) -> None:
        """`environment` is added to our own; the processes' log lines are appended to `log` (None: to our own stderr).
        `program` is `chartrelay`, and gets the arguments of each post."""
        self._program = tuple(program)
        self._longest_pause = longest_pause
        self._log_stream = log.open("ab") if log else None
        self._kept = [_Kept(post) for post in posts]
        self._environment = {**os.environ, **environment}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        self._log = structlog.get_logger()

    @property
    def deaths(self) -> int:
        """How often a process ended without being told to."""
        return sum(kept.deaths for kept in self._kept)

    def pids(self) -> dict[str, int]:
        """The processes that run now, by post."""
        return {kept.post.name: kept.process.pid for kept in self._kept if kept.process and kept.process.poll() is None}

    def __enter__(self) -> Supervisor:
        for kept in self._kept:
            self._start(kept)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        for kept in self._kept:
            if kept.process and kept.process.stdin:
                with contextlib.suppress(OSError):
                    kept.process.stdin.close()
        end = time.monotonic() + STOP_SECONDS
        for kept in self._kept:
            if kept.process is None:
                continue
            try:
                kept.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                kept.process.kill()
                kept.process.wait()
        if self._log_stream:
            self._log_stream.close()

    def _start(self, kept: _Kept) -> None:
        """Starts the process, or puts that off: a machine short of memory cannot just now, and may soon."""
        command, log = [*self._program, *kept.post.arguments], self._log_stream
        try:
            kept.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=self._environment)  # noqa: S603 -- our own program
        except OSError as error:
            self._log.error("a process cannot be started", process=kept.post.name, why=error.strerror, pause=kept.pause)
            self._put_off(kept)
        else:
            kept.started = time.monotonic()

    def _put_off(self, kept: _Kept) -> None:
        kept.start_at = time.monotonic() + kept.pause
        kept.pause = min(kept.pause * 2, self._longest_pause)

    def _keep(self) -> None:
        while not self._stopping.wait(0.2):
            for kept in self._kept:
                self._look_after(kept)

    def _look_after(self, kept: _Kept) -> None:
        now = time.monotonic()
        if kept.process is None:
            if now >= kept.start_at:
                self._start(kept)
            return
        code = kept.process.poll()
        if code is None:
            return
        kept.deaths += 1
        if now - kept.started > HEALTHY_SECONDS:
            kept.pause = FIRST_PAUSE
        self._log.warning("a process ended and is started again", process=kept.post.name, exit_code=code, pause=kept.pause)
        if kept.process.stdin:
            with contextlib.suppress(OSError):
                kept.process.stdin.close()
        kept.process = None
        self._put_off(kept)


def stop_with_stdin(stopping: threading.Event) -> None:
    """Sets `stopping` once standard input closes: the child's half of the arrangement."""

    def wait() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 1):  # not sys.stdin: its lock would be held by this thread when the process ends
                pass
        stopping.set()

    threading.Thread(target=wait, name="stdin", daemon=True).start()
