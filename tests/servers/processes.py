"""What private servers have in common: free ports, a process in a folder, waiting until it answers."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

READY_WITHIN = 60.0
"""Seconds a server may take until it answers; a slow core needs ten."""

_ENDED_WITHIN = 20.0
"""Seconds a server may take to end in good order; RabbitMQ with its management API takes six."""

_PID_FILE = "server.pid"
"""In the folder of each running server: the id of its process, which leads a process group."""

_PORTS = range(20_000, 32_000)
"""Below what systems use for outgoing connections, so that a port stays free while its server is restarted."""


class ServerUnavailableError(Exception):
    """The server is not installed, did not start, or cannot do what a test needs of it. The text is for a developer."""


class PrivateServer(ABC):
    """A server of our own in a folder: can be stopped, killed and started again, and keeps its data meanwhile."""

    kind: ClassVar[str]
    """What it is, for people."""
    ask_to_end: ClassVar[str]
    """The name of the signal on which it ends in good order."""
    end_at_once: ClassVar[str]
    """The name of the signal on which it drops everything."""

    def __init__(self, folder: Path) -> None:
        """Lay out a server in an empty folder; it does not run before `start`. Raises `ServerUnavailableError`."""
        self.folder = folder

    @staticmethod
    @abstractmethod
    def program() -> Path:
        """The program to start. Raises `ServerUnavailableError` with what to install."""

    @abstractmethod
    def launch(self) -> None:
        """Start the server and return at once."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes connections now."""

    def start(self) -> None:
        """Start the server, and wait until it takes connections. Raises `ServerUnavailableError` when it does not."""
        self.launch()
        wait_for_server(self.kind, self.answers, self.folder)

    def stop(self) -> None:
        """End the server in good order, as an administrator would."""
        end(self.folder, self.ask_to_end)

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        end(self.folder, self.end_at_once)

    def restart(self) -> None:
        """Stop the server in good order, and start it again at the same address."""
        self.stop()
        self.start()


def free_ports(count: int) -> list[int]:
    """Different TCP ports of the loopback address on which nothing listens now."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with contextlib.suppress(OSError), socket.socket() as candidate:
            candidate.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise ServerUnavailableError("no free TCP ports between 20000 and 32000")


def launch(shell_command: str, folder: Path, environment: Mapping[str, str], *, user: str | None = None) -> None:
    """Start a server by a shell command that becomes it (`exec`), as leader of a process group; its output goes to `output.log`.

    `user` is the account to run as, for servers that refuse to run as root.
    """
    account = {"user": user, "group": primary_group(user), "extra_groups": list[int]()} if user else {}
    with (folder / "output.log").open("ab") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", shell_command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **account,  # type: ignore[call-overload]
        )
    process.returncode = 0  # it outlives this object, which need not warn of that: see `_is_alive` and the watcher
    try:
        (folder / _PID_FILE).write_text(str(process.pid), encoding="ascii")
    except FileNotFoundError:  # the run ended this very moment, and the folder is gone
        os.killpg(process.pid, signal.SIGKILL)
        raise


def primary_group(user: str) -> int:
    """The id of a user's own group."""
    import pwd

    return pwd.getpwnam(user).pw_gid


def wait_for_server(kind: str, answers: Callable[[], bool], folder: Path) -> None:
    """Wait until the server in this folder answers.

    Raises `ServerUnavailableError` with the end of its output when it dies before that, or takes too long.
    """
    deadline = time.monotonic() + READY_WITHIN
    while not answers():
        if not _is_alive(_pid_in(folder)) or time.monotonic() > deadline:
            raise ServerUnavailableError(f"{kind} did not start:\n{_last_words(folder)}")
        time.sleep(0.05)


def end(folder: Path, signal_name: str) -> None:
    """End the server of this folder, if one runs there, by a signal; then kill what is left of its process group."""
    pid = _pid_in(folder)
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, getattr(signal, signal_name))
        deadline = time.monotonic() + _ENDED_WITHIN
        while _is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    (folder / _PID_FILE).unlink(missing_ok=True)


def _pid_in(folder: Path) -> int | None:
    try:
        return int((folder / _PID_FILE).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def _is_alive(pid: int | None) -> bool:
    """Whether this process runs. One that has ended counts as such, even if nobody has asked for its exit status yet."""
    if pid is None:
        return False
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2]
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # no Linux
        return True
    return not state.startswith("Z")


def _last_words(folder: Path) -> str:
    """The last lines that a server printed."""
    output = (folder / "output.log").read_text(encoding="utf-8", errors="replace")
    return "\n".join(output.splitlines()[-20:])
