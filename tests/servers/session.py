"""The servers that one run of pytest shares.

The process that pytest was started as makes a folder, and names it in the environment, where the workers of pytest-xdist find it.
Whichever process needs a server first starts it in this folder; all others attach to it.
The watcher, at the other end of a pipe, notices when the first process ends, in whatever way, and clears up what is left.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Self, TypeVar

from tests.servers.postgresql import PostgreSQL, PostgreSQLServer
from tests.servers.processes import READY_WITHIN, PrivateServer, ServerUnavailableError, wait_for_server
from tests.servers.rabbitmq import RabbitMQ, RabbitMQServer
from tests.servers.watcher import clear

_SESSION = "CHARTRELAY_TEST_SERVERS"
_ADDRESS = "address.json"

Shared = TypeVar("Shared", RabbitMQ, PostgreSQL)
Private = TypeVar("Private", bound=PrivateServer)

_OWN: dict[type[RabbitMQ | PostgreSQL], type[RabbitMQServer | PostgreSQLServer]] = {
    RabbitMQ: RabbitMQServer,
    PostgreSQL: PostgreSQLServer,
}


class ServerSession:
    """The shared servers, seen from one process of the run."""

    def __init__(self, folder: Path, watcher: "subprocess.Popen[bytes] | None") -> None:
        """`folder` holds a folder for each server; `watcher` is there in the process that opened the session."""
        self._folder = folder
        self._watcher = watcher

    @classmethod
    def open(cls) -> Self:
        """Join the session that the environment names; if it names none, open one."""
        if _SESSION in os.environ:
            return cls(Path(os.environ[_SESSION]), None)
        folder = Path(tempfile.mkdtemp(prefix="chartrelay-tests-"))
        folder.chmod(0o711)  # PostgreSQL may run under another account, which must get through to its own folder
        os.environ[_SESSION] = str(folder)
        watcher = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.watcher", folder],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return cls(folder, watcher)

    def close(self) -> None:
        """End all servers, if it was this process that opened the session."""
        if self._watcher is not None:
            clear(self._folder)
            self._watcher.communicate()
            del os.environ[_SESSION]

    def prepare(self, kind: type[RabbitMQ | PostgreSQL]) -> None:
        """Start the shared server of this kind, unless it is there already or the environment names one. Does not wait for it.

        Raises `ServerUnavailableError` if it is not installed.
        """
        own = _OWN[kind]
        folder = self._folder / kind.__name__
        if kind.from_environment() or folder.exists():
            return
        _require(own)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:  # another worker was quicker
            return
        server = own(folder)
        server.launch()
        (folder / "address.tmp").write_text(json.dumps(asdict(server)), encoding="utf-8")
        (folder / "address.tmp").rename(folder / _ADDRESS)

    def shared(self, kind: type[Shared]) -> Shared:
        """The server that the environment names, else the one that all tests of this run share; running.

        Raises `ServerUnavailableError`.
        """
        named = kind.from_environment()
        if named is not None:
            return named
        self.prepare(kind)
        folder = self._folder / kind.__name__
        server = kind(**self._address(folder))
        wait_for_server(kind.__name__, server.answers, folder)
        return server

    def private(self, kind: type[Private]) -> Private:
        """A new server for one test alone, which may stop it; not started. Raises `ServerUnavailableError`."""
        _require(kind)
        folder = self._folder / f"{kind.__name__}-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
        return kind(folder)

    @staticmethod
    def _address(folder: Path) -> dict[str, str]:
        """What the process that starts the shared server writes down about it, as soon as it is there."""
        deadline = time.monotonic() + READY_WITHIN
        while not (folder / _ADDRESS).exists():
            if time.monotonic() > deadline:
                raise ServerUnavailableError(f"{folder.name} was not started by the process that wanted to")
            time.sleep(0.02)
        address: dict[str, str] = json.loads((folder / _ADDRESS).read_text(encoding="utf-8"))
        return address


def _require(kind: type[PrivateServer]) -> None:
    """Raises `ServerUnavailableError` where no server of this kind can be started."""
    if os.name == "nt":
        raise ServerUnavailableError(
            f"{kind.kind}: tests start servers on Linux and macOS; on Windows, name one in AMQP_URL or DATABASE_URL"
        )
    kind.program()
