"""The watcher over a real practice's folder, database and queue, with clocks that are turned by hand."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pipeline.intake.returning
import pipeline.intake.taking
import workers.watch
from pipeline.clock import HandClock
from pipeline.line.embedded import EmbeddedBroker
from pipeline.line.outbox import Outbox
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from pipeline.store import views
from pipeline.store.unit import Unit
from pipeline.store.vault import Vault
from schemas.messages import RequestReceived, decode
from schemas.release import StationName
from tests.workers.steps import Seam
from workers.watch import Watch
from workers.wiring import house

NOTE = ".why.txt"
"""What the name of a note adds to the name of its file."""
TAKING: tuple[Seam, ...] = (
    (Vault, "put_stream"),
    (workers.watch, "inspect_isolated"),
    (Unit, "new_request"),
    (Unit, "arrival"),
    (Outbox, "publish"),
    (EmbeddedBroker, "publish"),
    (workers.watch, "withdraw"),
    (pipeline.intake.taking, "flush_folder"),
    (workers.watch, "sha256_of"),
    (workers.watch, "finish"),
    (pipeline.intake.taking, "remove"),
    (workers.watch, "return_file"),
    (pipeline.intake.returning, "write_new"),
    (pipeline.intake.returning, "move_to_new"),
    (os, "link"),
)
"""The steps by which a file is taken."""
LONG_ENOUGH = 30.0
"""Seconds after which also an empty file counts as finished."""


class Inbox:
    """A practice with an inbox. Its watchers have a clock that the test turns; so have its database and outbox."""

    def __init__(self, root: Path, **line: str) -> None:
        self.folder = PracticeFolder(root / "practice")
        self.folder.create()
        self.seconds = 0.0
        self.clock = HandClock()
        self._told: set[tuple[UUID, str]] = set()
        self._opened = ExitStack()
        settings = load(self.folder.settings_file, line=line, inbox={"max_pages": 4, "max_megabytes": 0.2})
        self.house = self._opened.enter_context(house(self.folder, settings, clock=self.clock))

    def drop(self, name: str, data: bytes) -> Path:
        """A file is put into the inbox, whole."""
        path = self.folder.inbox / name
        path.write_bytes(data)
        return path

    def watch(self) -> Watch:
        """A watcher that has just been started."""
        return Watch(self.house.bench, self.house.store, self.house.outbox, seconds=lambda: self.seconds)

    def settle(self, watch: Watch | None = None) -> None:
        """The watcher looks, time passes, it looks again: everything that can be taken is."""
        watch = watch or self.watch()
        for _ in range(4):
            watch.look()
            self.seconds += LONG_ENOUGH
            self.clock.turn(LONG_ENOUGH)

    def names(self) -> list[str]:
        """What lies in the inbox, hidden names included."""
        return sorted(os.listdir(self.folder.inbox))  # noqa: PTH208 -- names are what is compared

    def returned(self) -> dict[str, str]:
        """The files given back, each with the text of its note. Fails where one is without the other."""
        names = {path.name for path in self.folder.returned.iterdir()}
        notes = {name for name in names if name.endswith(NOTE)}
        assert {name + NOTE for name in names - notes} == notes, "a file without its note, or a note without its file"
        return {note.removesuffix(NOTE): (self.folder.returned / note).read_text(encoding="utf-8-sig") for note in sorted(notes)}

    def outcomes(self) -> dict[str, int]:
        """How many files became a request, repeated one, or were returned."""
        with self.house.store.reading() as connection:
            return views.outcomes(connection)

    def arrivals(self) -> list[tuple[str, str]]:
        """Every file that came in, with what became of it, the oldest first."""
        with self.house.store.reading() as connection:
            return [(row["file"], row["outcome"]) for row in reversed(views.arrivals(connection))]

    def requests(self) -> dict[str, str]:
        """The files that became a request: id by name."""
        with self.house.store.reading() as connection:
            return {row["file"]: row["id"] for row in views.requests(connection)}

    def scans(self) -> list[bytes]:
        """What the vault keeps of the scans that became requests, the oldest first."""
        with self.house.store.reading() as connection:
            return [self.house.bench.vault.read(row["scan"]) for row in reversed(views.requests(connection))]

    def announced(self) -> Counter[str]:
        """The requests that the reader was told of so far: messages of the same id count once, as its inbox sees them."""
        self.clock.turn(60)  # what a dead watcher left in the outbox is free by now
        self.house.outbox.relay()
        with self.house.broker.consume([StationName.READ]) as consumer:
            while (incoming := consumer.receive(0.1)) is not None:
                message = decode(incoming.body)
                assert isinstance(message, RequestReceived)
                self._told.add((message.id, message.request_id))
                incoming.ack()
        return Counter(request_id for _, request_id in self._told)

    def close(self) -> None:
        """Lets go of database and queue."""
        self._opened.close()
