"""A line of toy stations over a real store and a real queue, for what the runner must do whatever a station does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from pipeline.line.broker import Broker, Incoming, Topology
from pipeline.line.embedded import EmbeddedBroker
from pipeline.line.outbox import Outbox
from pipeline.settings import LineSettings
from pipeline.store.store import Store
from schemas.base import kind_of
from schemas.messages import RequestRead, RequestReceived
from schemas.reading import Reading
from schemas.release import StationName
from workers.bench import Bench
from workers.station import AskPerson, Done, Outcome, Runner, Station

READING = Reading(scan="a" * 64, pages=1)
EMPTY_BENCH = Bench(*cast("Any", [None] * 10))
"""Toys need no tools."""


def reads(message: RequestReceived, bench: Bench) -> Done:
    """A station that always succeeds."""
    return Done((RequestRead.after(message, message.occurred_at, reading=READING.sha256(), pages=1),), facts=(READING,))


class Toys:
    """One store, one queue, one runner; stations are handed in by the test."""

    def __init__(self, store: Store, tmp_path: Path, **settings: Any) -> None:
        self.settings = LineSettings(first_pause_seconds=1, **settings)
        self.store = store
        self.broker: Broker = EmbeddedBroker(
            tmp_path / "queue.db",
            Topology(
                takes={
                    StationName.READ: frozenset({kind_of(RequestReceived)}),
                    StationName.MATCH: frozenset({kind_of(RequestRead)}),
                },
                delivery_limit=self.settings.delivery_limit,
            ),
        )
        self.outbox = Outbox(store, self.broker)
        self.runner = Runner(EMPTY_BENCH, store, self.outbox, self.settings)
        self.consumer = self.broker.consume([StationName.READ, StationName.MATCH])

    def station(self, work: Callable[[Any, Bench], Done | AskPerson]) -> Station:
        """`work` in the place of the reader."""
        return Station(StationName.READ, (RequestReceived,), (RequestRead,), work, "")

    def drop(self) -> RequestReceived:
        """A scan has arrived; its message is on the way."""
        with self.store.unit() as unit:
            request_id = unit.new_request(scan="a" * 64, file="scan.pdf", media_type="application/pdf")
            message = RequestReceived(
                id=uuid4(), request_id=request_id, occurred_at=unit.at, scan="a" * 64, media_type="application/pdf", size_bytes=9
            )
            unit.send(message)
        self.outbox.publish(unit.sent)
        return message

    def next(self, timeout: float = 0.3) -> Incoming | None:
        """The next message of any station."""
        return self.consumer.receive(timeout)

    def attempt(self, work: Callable[[Any, Bench], Done | AskPerson]) -> Outcome | None:
        """One attempt of the reader at its next message."""
        incoming = self.next(5)
        assert incoming is not None
        return self.runner.attempt(self.station(work), incoming)

    def close(self) -> None:
        """Lets go of the queue."""
        self.consumer.close()
        self.broker.close()
