"""A practice with its desk in a process of its own, as `chartrelay up` starts it, and what goes on behind it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from pipeline.desk.key import cookie_name, key_for
from pipeline.people import accounts
from pipeline.people.administering import Administration
from pipeline.people.links import set_up_link
from pipeline.people.sessions import Limits, open_session
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from pipeline.store import views
from pipeline.store.states import State
from pipeline.store.store import Store
from schemas.people import Role
from schemas.release import StationName
from tests.servers.processes import READY_WITHIN, ServerUnavailableError, free_ports
from tests.stories.front_desk import WHOLE_LINE, let_the_line_run
from workers.wiring import store_for


class ServedPractice:
    """The practice, seen from behind its desk."""

    def __init__(self, folder: PracticeFolder, url: str) -> None:
        self.folder = folder
        self.url = url
        self.store: Store = store_for(folder, load(folder.settings_file))

    def cookie(self, login: str) -> tuple[str, str]:
        """Name and secret of the cookie of a new session of this person: as if they had logged in."""
        with self.store.unit() as unit:
            account = accounts.named(unit.connection, login)
            limits = Limits(timedelta(hours=1), timedelta(hours=1))
            secret = open_session(unit.connection, unit.at, limits, person_id=account.id, address="127.0.0.1")
        return cookie_name(key_for(self.folder), secure=False), secret

    def first_link(self) -> str:
        """The address that `chartrelay up` shows as long as nobody looks after people."""
        return f"/link/{set_up_link(self.store)}"

    def token(self, name: str, *roles: Role) -> str:
        """The secret of a new token for a program."""
        return Administration(self.store, "a test").add_token(name, roles, 30)

    def the_line_runs(self, stations: Sequence[StationName] = WHOLE_LINE) -> None:
        """Until these stations have nothing left to do; in this process, so that a test knows when."""
        let_the_line_run(self.folder, stations)

    def state(self, request_id: str) -> State:
        """Where a request stands."""
        row = self.store.request(request_id)
        assert row is not None
        return row.state

    def request_of(self, file: str) -> str:
        """The number of the request that a file became."""
        with self.store.reading() as connection:
            return next(str(row["id"]) for row in views.requests(connection) if row["file"] == file)


@contextmanager
def served(made: Path, root: Path) -> Iterator[ServedPractice]:
    """A copy of a practice with its desk open, until the end of the block. Raises ServerUnavailableError."""
    folder = PracticeFolder(shutil.copytree(made, root / "practice"))
    [port] = free_ports(1)
    practice = ServedPractice(folder, f"http://127.0.0.1:{port}")
    with (root / "desk.log").open("wb") as said:
        desk = subprocess.Popen(
            [sys.executable, "-m", "workers.cli", "worker", "desk", "--home", str(folder.root), "--until-stdin-closes"],
            env={**os.environ, "CHARTRELAY_DESK__PORT": str(port), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,  # so it ends with this process, however that ends
            stdout=said,
            stderr=said,
        )
        try:
            _wait_for(desk, practice.url, root / "desk.log")
            yield practice
        finally:
            desk.communicate()
            practice.store.engine.dispose()


def _wait_for(desk: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while not _answers(url):
        if desk.poll() is not None or time.monotonic() > end:
            raise ServerUnavailableError(f"the desk did not open:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        time.sleep(0.05)  # it is another process: there is nothing here to wait on


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").text.startswith("ok")
    except httpx.TransportError:
        return False
