"""What Prometheus may know: counts and ages, never a name, a file or a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.desk.standing_still import standing_still
from pipeline.errors import Retryable
from pipeline.line.broker import Depth
from pipeline.reviewing.holds import age_seconds, open_holds
from pipeline.store import views
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.times import stamp
from pipeline.telemetry import REGISTRY
from pipeline.webhooks.notices import untold as untold_of
from schemas.release import StationName

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(store: Store, depths: Callable[[], Mapping[StationName, Depth]]) -> bytes:
    """This process's own metrics, and what the database and the queues tell about the whole line.

    Raises Retryable when the database is away; queues that are away are left out.
    """
    registry = CollectorRegistry()
    registry.register(_Line(store, depths))
    return generate_latest(REGISTRY) + generate_latest(registry)


class _Line(Collector):
    """Looks when it is asked."""

    def __init__(self, store: Store, depths: Callable[[], Mapping[StationName, Depth]]) -> None:
        self._store = store
        self._depths = depths

    def describe(self) -> list[Metric]:
        """Nothing beforehand: else registering would look already."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All families."""
        moment = self._store.clock.now()
        with self._store.reading() as connection:
            states, outcomes, attempts = views.states(connection), views.outcomes(connection), views.attempts(connection)
            holds, quarantined = open_holds(connection), len(views.quarantined(connection))
            still, untold = len(standing_still(connection, moment)), untold_of(connection)
        now = stamp(moment)
        yield _gauge("chartrelay_requests", "Requests, by state.", "state", {s.value: states.get(s.value, 0) for s in State})
        yield _counter("chartrelay_arrivals", "Files that came in, by outcome.", "outcome", outcomes)
        held = {station.value: sum(hold.station is station for hold in holds) for station in StationName}
        yield _gauge("chartrelay_holds_open", "Requests that wait for a person, by station.", "station", held)
        oldest = max((age_seconds(hold, now) for hold in holds), default=0.0)
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
