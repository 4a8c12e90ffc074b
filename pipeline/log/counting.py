"""Nothing is lost and nothing is made up: what came in, what was gathered and what was sent, counted twice over any time.

Each equation takes its two sides from records that are written by different hands: the receipts of the inbox beside the
log, the manifests beside the log, intents beside proofs. Where they differ, something is missing, and the difference says
how much.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from pipeline.log.finding import local_midnight
from pipeline.store.states import State
from pipeline.store.tables import arrivals, facts, log, requests
from pipeline.store.times import stamp
from schemas.base import JsonDict, kind_of
from schemas.disclosure import LogEvent
from schemas.record_set import Manifest

FAILED = frozenset({State.WITHDRAWN, State.REJECTED, State.HELD})
AT_ONCE = 500


@dataclass(frozen=True)
class Equation:
    """`whole` on the one side, what it must be made up of on the other."""

    name: str
    whole: str
    """What is counted on the left."""
    left: int
    right: tuple[tuple[str, int], ...]
    """What it is made up of, each with its count."""
    sources: str
    """Where the two sides come from."""

    @property
    def difference(self) -> int:
        """Left less right: 0 where nothing is missing."""
        return self.left - sum(number for _, number in self.right)

    @property
    def sentence(self) -> str:
        """files in 14 = requests 12 + repeats 1 + returned 1"""
        return f"{self.whole} {self.left:,} = " + " + ".join(f"{what} {number:,}" for what, number in self.right)

    def as_object(self) -> JsonDict:
        """As JSON."""
        return {
            "equation": self.name,
            self.whole: self.left,
            **dict(self.right),
            "difference": self.difference,
            "sources": self.sources,
        }


@dataclass(frozen=True)
class _Period:
    since: str
    before: str


def counts(connection: Connection, since: date | None = None, until: date | None = None) -> tuple[Equation, ...]:
    """The four equations over these days (both included, local time); left open, from the first or to the last."""
    period = _Period(
        stamp(local_midnight(since)) if since else "",
        stamp(local_midnight(until + timedelta(days=1))) if until else "9",
    )
    return _files(connection, period), _parts(connection, period), _pages(connection, period), _sends(connection, period)


def _files(connection: Connection, period: _Period) -> Equation:
    came_in = select(func.count()).select_from(arrivals).where(arrivals.c.at >= period.since, arrivals.c.at < period.before)
    events = Counter(
        row["event"] for row in _entries(connection, period, LogEvent.RECEIVED, LogEvent.REPEATED, LogEvent.RETURNED)
    )
    right = (
        ("requests", events[LogEvent.RECEIVED]),
        ("repeats", events[LogEvent.REPEATED]),
        ("returned", events[LogEvent.RETURNED]),
    )
    return Equation("files", "files in", connection.scalar(came_in) or 0, right, "receipts of the inbox, against the log")


def _parts(connection: Connection, period: _Period) -> Equation:
    """What was split, of several patients or of several requests in one scan: each part is a request, and each is in the log."""
    split = {
        row["request_id"]: json.loads(row["details"]).get("parts", ()) for row in _entries(connection, period, LogEvent.SPLIT)
    }
    whole = sorted(request_id for request_id, parts in split.items() if parts)
    made = sum(
        connection.scalar(select(func.count()).where(requests.c.parent.in_(whole[begin : begin + AT_ONCE]))) or 0
        for begin in range(0, len(whole), AT_ONCE)
    )
    right = (("named in the log", sum(len(parts) for parts in split.values())),)
    return Equation("parts", "parts of what was split", made, right, "requests that came of others, against the log")


def _pages(connection: Connection, period: _Period) -> Equation:
    sent = withheld = 0
    manifests: Counter[tuple[str, str]] = Counter()
    for row in _entries(connection, period, LogEvent.DELIVERED):
        details = json.loads(row["details"])
        sent += int(details.get("pages", 0))
        withheld += sum(int(one.get("pages", 0)) for one in details.get("withheld", ()))
        manifests[row["request_id"], details.get("manifest", "")] += 1
    gathered = sum(_gathered(connection, manifests))
    right = (("pages sent", sent), ("pages withheld", withheld))
    return Equation("pages", "pages gathered", gathered, right, "manifests of what was delivered, against the log")


def _gathered(connection: Connection, manifests: Mapping[tuple[str, str], int]) -> Iterator[int]:
    """Pages of each manifest, what it withholds among them. One manifest that was delivered twice counts twice."""
    wanted = sorted({request_id for request_id, _ in manifests})
    for begin in range(0, len(wanted), AT_ONCE):
        some = facts.c.request_id.in_(wanted[begin : begin + AT_ONCE])
        for row in connection.execute(select(facts).where(some, facts.c.kind == kind_of(Manifest))):
            manifest = json.loads(row.body)
            pages = sum(int(one["pages"]) for one in (*manifest["items"], *manifest["withheld"]))
            yield manifests.get((row.request_id, row.sha256), 0) * pages


def _sends(connection: Connection, period: _Period) -> Equation:
    """An intent is a send. What has no proof has failed where a person has ended or must settle it, or where it was sent again
    because a person has found out that it did not arrive; else it is under way.
    """
    intents = {_key(row): row for row in _entries(connection, period, LogEvent.INTENDED)}
    since = _Period(period.since, "9")
    of_these = {str(row["request_id"]) for row in intents.values()}
    told = list(_about(connection, of_these, since, LogEvent.INTENDED, LogEvent.DELIVERED))
    proven = Counter(_key(row) for row in told if row["event"] == LogEvent.DELIVERED.value)
    repeated = {str(json.loads(row["details"]).get("follows", "")) for row in told if row["event"] == LogEvent.INTENDED.value}
    proofs = sum(number for key, number in proven.items() if key in intents) + _unannounced(connection, period, intents)
    open_ones = {key: str(row["request_id"]) for key, row in intents.items() if key not in proven}
    states = _states(connection, open_ones.values())
    failed = sum(key in repeated or states.get(request_id, "") in FAILED for key, request_id in open_ones.items())
    right = (("proofs", proofs), ("failures", failed), ("under way", len(open_ones) - failed))
    return Equation("sends", "sends", len(intents), right, "intents, against proofs of delivery and where the requests stand")


def _unannounced(connection: Connection, period: _Period, intents: Mapping[str, Any]) -> int:
    """Deliveries of this time that nobody had written down before they left: there must be none."""
    here = {_key(row): str(row["request_id"]) for row in _entries(connection, period, LogEvent.DELIVERED)}
    missing = {key: request_id for key, request_id in here.items() if key not in intents}
    before = _about(connection, missing.values(), _Period("", period.since), LogEvent.INTENDED) if period.since else ()
    return len(missing.keys() - {_key(row) for row in before})


def _about(connection: Connection, request_ids: Iterable[str], period: _Period, *events: LogEvent) -> Iterator[RowMapping]:
    """The entries of these kinds about these requests alone: few, however long the log is."""
    wanted = sorted(set(request_ids))
    for begin in range(0, len(wanted), AT_ONCE):
        query = select(log.c.event, log.c.request_id, log.c.details).where(
            log.c.request_id.in_(wanted[begin : begin + AT_ONCE]),
            log.c.event.in_([event.value for event in events]),
            log.c.at >= period.since,
            log.c.at < period.before,
        )
        yield from connection.execute(query).mappings()


def _states(connection: Connection, request_ids: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(request_ids))
    found: dict[str, str] = {}
    for begin in range(0, len(wanted), AT_ONCE):
        some = select(requests.c.id, requests.c.state).where(requests.c.id.in_(wanted[begin : begin + AT_ONCE]))
        found |= {str(row.id): str(row.state) for row in connection.execute(some)}
    return found


def _entries(connection: Connection, period: _Period, *events: LogEvent) -> Iterator[RowMapping]:
    query = select(log.c.event, log.c.request_id, log.c.details).where(
        log.c.event.in_([event.value for event in events]), log.c.at >= period.since, log.c.at < period.before
    )
    yield from connection.execute(query.order_by(log.c.seq).execution_options(yield_per=1000)).mappings()


def _key(row: RowMapping) -> str:
    return str(json.loads(row["details"]).get("key") or f"of {row['request_id']}")
