"""What Prometheus may know: counts and ages, never a name, a file or a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from pipeline.desk.standing_still import standing_still
from pipeline.errors import Retryable
from pipeline.line.broker import Depth
from pipeline.reviewing.holds import held_at, waiting_since
from pipeline.store import views
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.times import parse, stamp
from pipeline.telemetry import REGISTRY
from pipeline.webhooks.notices import untold as untold_of
from schemas.release import StationName

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(store: Store, depths: Callable[[], Mapping[StationName, Depth]], attempts: Attempts | None = None) -> bytes:
    """This process's own metrics, and what the database and the queues tell about the whole line.

    Raises Retryable when the database is away; queues that are away are left out.
    """
    registry = CollectorRegistry()
    registry.register(_Line(store, depths, attempts or Attempts()))
    return generate_latest(REGISTRY) + generate_latest(registry)


class Attempts:
    """What the stations have dealt with since the beginning. What was written down an hour ago and longer does not change, so it
    is added up once.
    """

    def __init__(self) -> None:
        self._until = ""
        self._sums: dict[tuple[str, str], Sum] = {}
        self._lock = threading.Lock()

    def all(self, connection: Connection, now: datetime) -> list[dict[str, Any]]:
        """By station and outcome: how many messages, in how many seconds and CPU seconds together."""
        settled = stamp(now - AN_HOUR)
        with self._lock:
            if settled > self._until:
                self._sums = _added(self._sums, views.attempts(connection, since=self._until, until=settled))
                self._until = settled
            sums = _added(self._sums, views.attempts(connection, since=self._until))
        return [
            {"station": station, "outcome": outcome, "count": count, "seconds": seconds, "cpu_seconds": cpu_seconds}
            for (station, outcome), (count, seconds, cpu_seconds) in sorted(sums.items())
        ]


Sum = tuple[int, float, float]
AN_HOUR = timedelta(hours=1)


def _added(sums: Mapping[tuple[str, str], Sum], rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Sum]:
    found = dict(sums)
    for row in rows:
        count, seconds, cpu_seconds = found.get((row["station"], row["outcome"]), (0, 0.0, 0.0))
        found[row["station"], row["outcome"]] = (
            count + row["count"],
            seconds + row["seconds"],
            cpu_seconds + row["cpu_seconds"],
        )
    return found


class _Line(Collector):
    """Looks when it is asked."""

    def __init__(self, store: Store, depths: Callable[[], Mapping[StationName, Depth]], attempts: Attempts) -> None:
        self._store = store
        self._depths = depths
        self._attempts = attempts

    def describe(self) -> list[Metric]:
        """Nothing beforehand: else registering would look already."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All families."""
        moment = self._store.clock.now()
        with self._store.reading() as connection:
            states, outcomes = views.states(connection), views.outcomes(connection)
            attempts = self._attempts.all(connection, moment)
            held, since, quarantined = held_at(connection), waiting_since(connection), views.quarantined_count(connection)
            still, untold = len(standing_still(connection, moment)), untold_of(connection)
        yield _gauge("chartrelay_requests", "Requests, by state.", "state", {s.value: states.get(s.value, 0) for s in State})
        yield _counter("chartrelay_arrivals", "Files that came in, by outcome.", "outcome", outcomes)
        by_station = {station.value: held.get(station, 0) for station in StationName}
        yield _gauge("chartrelay_holds_open", "Requests that wait for a person, by station.", "station", by_station)
        oldest = (moment - parse(since)).total_seconds() if since else 0.0
        yield GaugeMetricFamily("chartrelay_hold_oldest_seconds", "Age of the oldest of them; 0 if there is none.", value=oldest)
        yield GaugeMetricFamily(
            "chartrelay_requests_standing_still",
            "Requests that nobody is asked about and that have not moved for an hour.",
            value=still,
        )
        yield GaugeMetricFamily("chartrelay_quarantined", "Messages that no station could deal with.", value=quarantined)
        yield _gauge("chartrelay_webhooks", "Notices that no webhook has taken.", "part", untold)
        yield from _dealt_with(attempts)
        yield from self._queues()

    def _queues(self) -> Iterator[Metric]:
        try:
            depths = self._depths()
        except Retryable:
            yield GaugeMetricFamily("chartrelay_queues_reachable", "Whether the queues could be asked.", value=0)
            return
        yield GaugeMetricFamily("chartrelay_queues_reachable", "Whether the queues could be asked.", value=1)
        family = GaugeMetricFamily("chartrelay_queue_messages", "Messages in a station's queue.", labels=["station", "part"])
        for station, depth in depths.items():
            for part, number in (("ready", depth.ready), ("working", depth.working), ("dead", depth.dead)):
                if number is not None:
                    family.add_metric([station.value, part], number)
        yield family


def _dealt_with(attempts: list[dict[str, object]]) -> Iterator[Metric]:
    """From the inbox, hence of all processes and since the beginning."""
    for column, name, text in (
        ("count", "chartrelay_messages_dealt_with", "Messages that stations have dealt with, by outcome."),
        ("seconds", "chartrelay_station_seconds", "Wall time that this took."),
        ("cpu_seconds", "chartrelay_station_cpu_seconds", "CPU time that this took."),
    ):
        family = CounterMetricFamily(name, text, labels=["station", "outcome"])
        for row in attempts:
            family.add_metric([str(row["station"]), str(row["outcome"])], float(str(row[column])))
        yield family


def _gauge(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _counter(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
