"""A whole line as processes, for stories: started, killed and watched from outside."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pipeline.log import chain
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from pipeline.store import tables, views
from pipeline.store.states import State
from pipeline.store.store import Store
from workers.cli.run import line_posts
from workers.supervisor import Supervisor
from workers.wiring import store_for

RESTING = {State.CLOSED, State.HELD, State.WITHDRAWN}


class Line:
    """The processes of a line on one practice's folder."""

    def __init__(self, folder: PracticeFolder, supervisor: Supervisor, store: Store) -> None:
        self.folder = folder
        self.supervisor = supervisor
        self.store = store

    def requests(self) -> list[dict[str, Any]]:
        """All requests, the oldest first."""
        with self.store.reading() as connection:
            return [dict(row) for row in reversed(views.requests(connection))]

    def attempts(self) -> int:
        """How many messages the stations have dealt with so far."""
        with self.store.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(tables.inbox)).scalar_one())

    def rests(self, count: int) -> bool:
        """Whether so many requests have come in and all are delivered or held, with an empty inbox."""
        found = self.requests()
        return len(found) >= count and all(State(r["state"]) in RESTING for r in found) and not list(self.folder.inbox.iterdir())

    def wait(self, count: int, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Until it rests. Raises AssertionError with where everything stands if that takes too long."""
        end = time.monotonic() + seconds
        while not self.rests(count):
            if time.monotonic() > end:
                standing = [(r["id"], r["state"], r["station"]) for r in self.requests() if State(r["state"]) not in RESTING]
                raise AssertionError(f"the line does not come to rest: {standing}, inbox {list(self.folder.inbox.iterdir())}")
            meanwhile()
            time.sleep(0.1)  # the processes are other people's: there is nothing here to wait on

    def delivered(self) -> dict[str, int]:
        """How often the log says that each request was delivered."""
        counts: dict[str, int] = {}
        with self.store.reading() as connection:
            for row in connection.execute(select(tables.log.c.request_id).where(tables.log.c.event == "delivered")):
                counts[row.request_id] = counts.get(row.request_id, 0) + 1
        return counts

    def sets(self) -> list[Path]:
        """The complete sets at all destinations."""
        return [
            s
            for office in self.folder.outgoing.iterdir()
            if not office.name.startswith(".")
            for s in office.iterdir()
            if not s.name.startswith(".")
        ]

    def log_is_whole(self) -> bool:
        """Whether the chain of the delivery log is unbroken."""
        with self.store.reading() as connection:
            return chain.verify(connection).whole


@contextmanager
def running(folder: PracticeFolder, *, readers: int = 1, **line: str) -> Iterator[Line]:
    """The line as `chartrelay up` runs it, without the desk; `line` are settings of the section [line]."""
    environment = {
        "CHARTRELAY_INBOX__QUIET_SECONDS": "0.2",
        "CHARTRELAY_INBOX__RESCAN_SECONDS": "1",
        "CHARTRELAY_LINE__LEASE_SECONDS": "2",
        "CHARTRELAY_LINE__FIRST_PAUSE_SECONDS": "0.5",
        "CHARTRELAY_LINE__LONGEST_PAUSE_SECONDS": "3",
        "CHARTRELAY_LINE__DELIVERY_LIMIT": "20",
        **{f"CHARTRELAY_LINE__{key.upper()}": value for key, value in line.items()},
    }
    settings = load(folder.settings_file, **({"line": line} if line else {}))
    store = store_for(folder, settings)
    posts = line_posts(folder, settings, readers=readers, desk=False)
    with Supervisor(posts, environment, log=folder.var / "line.jsonl", longest_pause=0.5) as supervisor:
        yield Line(folder, supervisor, store)
    store.engine.dispose()


def kill_one(line: Line, dice: random.Random) -> None:
    """SIGKILL for a random process of the line, as the kernel does it when memory is short."""
    pids = line.supervisor.pids()
    if pids:
        with suppress(ProcessLookupError):
            os.kill(dice.choice(list(pids.values())), signal.SIGKILL)
