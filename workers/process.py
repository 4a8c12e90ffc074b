"""A worker process: receives for its stations, one message at a time, and relays the outbox in between.

It stops between two attempts when told to, and at once when an attempt hangs: then the process ends itself, the queue
delivers the message again, and after too many such ends the message is a dead letter and its request held for a person.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from pipeline.errors import Retryable
from pipeline.line.broker import Incoming
from schemas.release import StationName
from workers.catalogue import STATIONS
from workers.wiring import House, in_line_order

RECEIVE_SECONDS = 0.5
AWAY_SECONDS = 2.0
"""Between two attempts at a message whose end cannot be written down, because the database is away."""
RELAY_SECONDS = 0.5
HUNG = 70
"""Exit status of a process that ended itself because an attempt hung."""


class HangGuard:
    """Ends the process when one attempt takes longer than allowed: a hung decoder cannot be interrupted otherwise."""

    def __init__(self, seconds: float, end: Callable[[int], None] = os._exit) -> None:
        self._seconds = seconds
        self._end = end
        self._timer: threading.Timer | None = None

    def __enter__(self) -> None:
        self._timer = threading.Timer(self._seconds, self._hung)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()

    def _hung(self) -> None:
        structlog.get_logger().error("an attempt hangs, the worker ends itself", seconds=self._seconds)
        self._end(HUNG)


def serve(house: House, stations: Sequence[StationName], stopping: threading.Event) -> None:
    """Works for these stations until `stopping` is set."""
    log = structlog.get_logger()
    names = in_line_order(stations)
    log.info("at work", stations=[name.value for name in names])
    relayed = float("-inf")
    _look_at_the_queues(house)
    with house.broker.consume(names) as consumer:
        while not stopping.is_set():
            incoming = consumer.receive(RECEIVE_SECONDS)
            if incoming is not None:
                while not _attempted(house, incoming) and not stopping.wait(AWAY_SECONDS):
                    pass
            if time.monotonic() - relayed >= RELAY_SECONDS:
                relay(house)
                relayed = time.monotonic()
    log.info("went home", stations=[name.value for name in names])


def _attempted(house: House, incoming: Incoming) -> bool:
    with HangGuard(house.settings.reading.attempt_seconds):
        return house.runner.attempt(STATIONS[incoming.station], incoming) is not None


def _look_at_the_queues(house: House) -> None:
    """Says at once, in a sentence, what a consumer would only meet again and again."""
    try:
        house.broker.depths()
    except Retryable as error:
        structlog.get_logger().warning("the queues cannot be served yet", why=str(error))


def relay(house: House) -> None:
    """Publishes what is due in the outbox, all of it; a broker or database that is away is only noted."""
    try:
        while house.outbox.relay():
            pass
    except Retryable as error:
        structlog.get_logger().warning("the outbox waits", why=str(error))
