"""What private servers have in common: free ports, a process with a pid file, waiting until it answers."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

READY_WITHIN = 60.0
"""Seconds a server may take until it answers; a slow core needs ten."""

ENDED_WITHIN = 20.0
"""Seconds a server may take to end in good order; RabbitMQ with its management API takes six."""

PID_FILE = "server.pid"
"""In the folder of each running server: the id of its process, which leads a process group. The watcher goes by it."""

_PORTS = range(20_000, 32_000)
"""Below what systems use for outgoing connections, so that a port stays free while its server is restarted."""


class ServerUnavailable(Exception):
    """The server is not installed, did not start, or cannot do what a test needs of it. The text is for a developer."""


def free_ports(count: int) -> list[int]:
    """Different TCP ports of the loopback address on which nothing listens now."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with contextlib.suppress(OSError), socket.socket() as candidate:
            candidate.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise ServerUnavailable("no free TCP ports between 20000 and 32000")


def launch(
    command: Sequence[str | Path], folder: Path, *, environment: Mapping[str, str], user: str | None = None
) -> subprocess.Popen[bytes]:
    """Start a server in its own process group, its output in `folder/output.log`, its id in the pid file; return at once.

    `user` is the account to run as, for servers that refuse to run as root.
    """
    with (folder / "output.log").open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=user,
            group=user and primary_group(user),
            extra_groups=[] if user else None,
        )
    (folder / PID_FILE).write_text(str(process.pid), encoding="ascii")
    return process


def primary_group(user: str) -> int:
    """The id of a user's own group."""
    import pwd

    return pwd.getpwnam(user).pw_gid


def until(answered: Callable[[], bool], *, alive: Callable[[], bool], server: str, folder: Path) -> None:
    """Wait until a server answers.

    Raises `ServerUnavailable` with the end of its output when it dies before that or takes too long.
    """
    deadline = time.monotonic() + READY_WITHIN
    while not answered():
        if not alive() or time.monotonic() > deadline:
            raise ServerUnavailable(f"{server} did not start:\n{last_words(folder)}")
        time.sleep(0.05)


def last_words(folder: Path) -> str:
    """The last lines that a server printed."""
    output = folder / "output.log"
    return "\n".join(output.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]) if output.exists() else "(no output)"


def pid_in(folder: Path) -> int | None:
    """The process that runs in this folder, as far as its pid file knows."""
    try:
        return int((folder / PID_FILE).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def is_alive(pid: int) -> bool:
    """Whether this process runs; if it is our child and has ended, it is also laid to rest."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def end(folder: Path, *signals: signal.Signals) -> None:
    """End the server of this folder: each signal in turn, the last of them being final, until its process is gone."""
    pid = pid_in(folder)
    if pid is None:
        return
    for number in signals:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)
        deadline = time.monotonic() + ENDED_WITHIN
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
    (folder / PID_FILE).unlink(missing_ok=True)
