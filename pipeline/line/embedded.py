"""The embedded queue: one SQLite file, for an office with one machine and no server.

Messages are really serialised and really leased: a message that was received belongs to its receiver for a few seconds,
a thread renews the lease for as long as the process lives, and when it dies the lease runs out and the message comes
again. Any number of processes may share the file. WAL and full synchronisation: what `publish` has accepted survives a
power cut.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.line.broker import BrokerAway, Depth, Outgoing, Topology, Unroutable
from schemas.release import StationName

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body BLOB NOT NULL,
    tries INTEGER NOT NULL,
    deliveries INTEGER NOT NULL DEFAULT 0,
    dead INTEGER NOT NULL DEFAULT 0,
    lease TEXT,
    leased_until REAL
);
CREATE INDEX IF NOT EXISTS messages_by_station ON messages (station, id);
"""
NAP_SECONDS = 0.04
"""How often an idle consumer looks whether the file has changed; SQLite tells that without reading a page."""


class EmbeddedBroker:
    """The Broker port over one SQLite file."""

    def __init__(self, file: Path, topology: Topology, *, lease_seconds: float = 15.0) -> None:
        self.file = file
        self.topology = topology
        self.lease_seconds = lease_seconds
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: list[sqlite3.Connection] = []
        self._own_writes = 0
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with self._writing() as db:
                for statement in filter(str.strip, SCHEMA.split(";")):
                    db.execute(statement)
        except OSError as error:
            raise BrokerAway(f"the queue file cannot be made: {error.strerror}") from error

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """All of the messages, in one transaction."""
        rows = [
            (station.value, m.message_id, m.body, m.tries)
            for m in messages
            for station in ([m.station] if m.station else self._stations_for(m.kind))
        ]
        with self._writing() as db:
            db.executemany("INSERT INTO messages (station, message_id, body, tries) VALUES (?, ?, ?, ?)", rows)

    def _stations_for(self, kind: str) -> list[StationName]:
        stations = self.topology.stations_for(kind)
        if not stations and kind not in self.topology.announced:
            raise Unroutable(f"no station takes {kind}")
        return stations

    def consume(self, stations: Sequence[StationName]) -> EmbeddedConsumer:
        """A consumer with a lease of its own."""
        return EmbeddedConsumer(self, stations)

    def depths(self) -> dict[StationName, Depth]:
        """Counts of all queues, as of now."""
        now = time.time()
        with self._reading() as db:
            rows = db.execute(
                "SELECT station, sum(NOT dead AND coalesce(leased_until, 0) <= ?), sum(coalesce(leased_until, 0) > ?), "
                "sum(dead AND coalesce(leased_until, 0) <= ?) FROM messages GROUP BY station",
                (now, now, now),
            ).fetchall()
        found = {StationName(name): Depth(ready, working, dead) for name, ready, working, dead in rows}
        return {station: found.get(station, Depth(0, 0, 0)) for station in self.topology.takes}

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for db in self._open:
                db.close()
            self._open.clear()
            self._local = threading.local()

    # ---- for the consumer --------------------------------------------------------------------------------------------

    def lease_next(self, stations: Sequence[StationName], lease: str, let_go: Callable[[int], None]) -> Leased | None:
        """Leases the first free message of the stations, the last station first: what is nearly done is finished first."""
        now = time.time()
        with self._writing() as db:
            for station in reversed(stations):
                row = db.execute(
                    "SELECT id, message_id, body, tries, deliveries, dead FROM messages "
                    "WHERE station = ? AND coalesce(leased_until, 0) <= ? ORDER BY id LIMIT 1",
                    (station.value, now),
                ).fetchone()
                if row is None:
                    continue
                number, _, body, tries, deliveries, dead = row
                dead = dead or deliveries >= self.topology.delivery_limit
                db.execute(
                    "UPDATE messages SET lease = ?, leased_until = ?, deliveries = deliveries + 1, dead = ? WHERE id = ?",
                    (lease, now + self.lease_seconds, dead, number),
                )
                return Leased(self, number, lease, station, body, tries, bool(dead), let_go)
        return None

    def renew(self, lease: str, numbers: Sequence[int]) -> None:
        """Prolongs the lease of these messages."""
        until = time.time() + self.lease_seconds
        with self._writing() as db:
            db.executemany(
                "UPDATE messages SET leased_until = ? WHERE lease = ? AND id = ?", [(until, lease, n) for n in numbers]
            )

    def remove(self, number: int, lease: str) -> None:
        """Takes an acked message away, if the lease still holds; otherwise somebody else has it now."""
        with self._writing() as db:
            db.execute("DELETE FROM messages WHERE id = ? AND lease = ?", (number, lease))

    def free(self, lease: str, number: int | None = None) -> None:
        """Ends the lease of one message, or of all under this name."""
        with self._writing() as db:
            db.execute(
                "UPDATE messages SET lease = NULL, leased_until = NULL WHERE lease = ? AND id = coalesce(?, id)", (lease, number)
            )

    def version(self) -> tuple[int, int]:
        """Changes whenever anybody has written: SQLite counts the others' writes, we count our own."""
        with self._reading() as db:
            return int(db.execute("PRAGMA data_version").fetchone()[0]), self._own_writes

    # ---- connections -------------------------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = sqlite3.connect(self.file, timeout=30, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            self._local.db = db
            with self._lock:
                self._open.append(db)
        return db

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            self._own_writes += 1
        except sqlite3.Error as error:
            raise BrokerAway(f"the queue file cannot be written: {error}") from error

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.Error as error:
            raise BrokerAway(f"the queue file cannot be read: {error}") from error


@dataclass(frozen=True)
class Leased:
    """A message on lease."""

    broker: EmbeddedBroker
    number: int
    lease: str
    station: StationName
    body: bytes
    tries: int
    dead: bool
    let_go: Callable[[int], None]
    """Ends the renewing of the lease, so that it runs out where even letting go fails."""

    def ack(self) -> None:
        """It goes away. A queue file that is away just now lets it come again; the inbox knows it."""
        self.let_go(self.number)
        with contextlib.suppress(BrokerAway):
            self.broker.remove(self.number, self.lease)

    def give_back(self) -> None:
        """It comes again at once."""
        self.let_go(self.number)
        with contextlib.suppress(BrokerAway):
            self.broker.free(self.lease, self.number)


class EmbeddedConsumer:
    """Looks for messages, and keeps what it has while it lives."""

    def __init__(self, broker: EmbeddedBroker, stations: Sequence[StationName]) -> None:
        self._broker = broker
        self._stations = tuple(stations)
        self._lease = uuid.uuid4().hex
        self._closed = threading.Event()
        self._at_hand: set[int] = set()
        self._seen: tuple[int, int] | None = None
        self._looked_at = 0.0
        self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._renewer.start()

    def receive(self, timeout: float) -> Leased | None:
        """The next message, waiting up to `timeout` seconds for one."""
        end = time.monotonic() + timeout
        while True:
            try:
                found = self._look()
            except BrokerAway:
                found = None
            if found is not None or time.monotonic() >= end:
                return found
            self._closed.wait(min(NAP_SECONDS, max(0.0, end - time.monotonic())))

    def _look(self) -> Leased | None:
        """Leases a message. An unchanged file is only searched now and then, for leases that ran out."""
        version = self._broker.version()
        now = time.monotonic()
        if version == self._seen and now - self._looked_at < min(1.0, self._broker.lease_seconds / 4):
            return None
        found = self._broker.lease_next(self._stations, self._lease, self._at_hand.discard)
        if found is None:
            self._seen, self._looked_at = version, now
        else:
            self._at_hand.add(found.number)
            self._seen = None
        return found

    def _renew(self) -> None:
        while not self._closed.wait(self._broker.lease_seconds / 3):
            with contextlib.suppress(BrokerAway):
                self._broker.renew(self._lease, list(self._at_hand))

    def close(self) -> None:
        """Ends the leases, so that others need not wait for them to run out."""
        self._closed.set()
        self._renewer.join()
        with contextlib.suppress(BrokerAway):
            self._broker.free(self._lease)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
