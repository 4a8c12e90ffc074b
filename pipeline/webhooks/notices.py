"""What is still to be told to whom: fed from the delivery log, which is durable and in order.

Nothing is told within a transaction of the line. Each endpoint has a position in the log; what was written after it becomes a
notice, once, and the position moves on in the same transaction. So a notice is made for each entry, however often the process
dies; it may be sent twice, and bears the same id both times.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from pipeline.store.store import Store
from pipeline.store.tables import log, notices, webhooks
from pipeline.store.times import stamp
from schemas.disclosure import LogEvent

TYPES: Mapping[LogEvent, str] = {LogEvent.HELD: "request.held", LogEvent.DELIVERED: "request.delivered"}
"""Entries that are told, and what they are called there."""
AT_ONCE = 500
"""So many of one endpoint are claimed at a time."""
CLAIM = timedelta(minutes=2)
"""How long whoever has claimed a notice has to send it before others may: far longer than one try takes."""
KEPT = timedelta(days=30)
"""What was told is forgotten after so long."""


@dataclass(frozen=True)
class Notice:
    """One thing to tell one endpoint."""

    endpoint: str
    seq: int
    message_id: str
    body: str
    tries: int
    """Tries that were made before."""


@dataclass(frozen=True)
class Tally:
    """How one endpoint stands."""

    waiting: int
    dead: int
    oldest: str | None
    """When the oldest entry was written that is not told yet."""
    status: str
    """What the last try that failed met."""


def endpoint_of(url: str) -> str:
    """What the database calls an endpoint. Its address may hold a secret, so it is not kept."""
    return hashlib.sha256(url.encode()).hexdigest()


def register(store: Store, urls: Iterable[str]) -> None:
    """An endpoint that is new is told what happens from now on."""
    with store.unit() as unit:
        known = set(unit.connection.scalars(select(webhooks.c.endpoint)))
        last = unit.connection.scalar(select(func.max(log.c.seq))) or 0
        for endpoint in {endpoint_of(url) for url in urls} - known:
            unit.connection.execute(insert(webhooks).values(endpoint=endpoint, position=last))


def feed(store: Store, urls: Iterable[str], types: Sequence[str]) -> int:
    """Makes notices of what was written into the log since the last time; how many."""
    made = 0
    with store.unit() as unit:
        last = unit.connection.scalar(select(func.max(log.c.seq))) or 0
        for endpoint in sorted({endpoint_of(url) for url in urls}):
            made += _feed(unit.connection, endpoint, last, types)
        unit.connection.execute(delete(notices).where(notices.c.done_at <= stamp(unit.at - KEPT)))
    return made


def _feed(connection: Connection, endpoint: str, last: int, types: Sequence[str]) -> int:
    where = webhooks.c.endpoint == endpoint
    position = connection.scalar(select(webhooks.c.position).where(where).with_for_update())
    if position is None or position >= last:
        return 0
    told = [event.value for event, kind in TYPES.items() if kind in types]
    fresh = select(log.c.seq, log.c.at).where(log.c.seq > position, log.c.seq <= last, log.c.event.in_(told))
    rows = connection.execute(fresh.order_by(log.c.seq)).all()
    if rows:
        connection.execute(
            insert(notices), [{"endpoint": endpoint, "seq": row.seq, "not_before": row.at, "tries": 0} for row in rows]
        )
    connection.execute(update(webhooks).where(where).values(position=last))
    return len(rows)


def claim(store: Store, urls: Iterable[str]) -> list[Notice]:
    """What is due and claimed by nobody, claimed for us; of each endpoint the oldest first, however much waits for another."""
    now = stamp(store.clock.now())
    open_ones = notices.c.done_at.is_(None) & notices.c.dead_at.is_(None)
    free = open_ones & (notices.c.not_before <= now) & or_(notices.c.claimed_until.is_(None), notices.c.claimed_until <= now)
    free &= notices.c.endpoint.in_(endpoints := sorted({endpoint_of(url) for url in urls}))
    with store.reading() as connection:
        if connection.scalar(select(notices.c.seq).where(free).limit(1)) is None:
            return []
    with store.unit() as unit:
        oldest = select(notices.c.endpoint, notices.c.seq, notices.c.tries).where(free).order_by(notices.c.seq).limit(AT_ONCE)
        found = [row for one in endpoints for row in unit.connection.execute(oldest.where(notices.c.endpoint == one)).all()]
        until = {"claimed_until": stamp(unit.at + CLAIM)}
        ours = [
            row
            for row in found
            if unit.connection.execute(update(notices).where(_this(row.endpoint, row.seq), free).values(until)).rowcount
        ]
        bodies = _bodies(unit.connection, {row.seq for row in ours})
    return [Notice(row.endpoint, row.seq, *bodies[row.seq], row.tries) for row in ours]


def _bodies(connection: Connection, seqs: set[int]) -> dict[int, tuple[str, str]]:
    """Id and body by entry. The request's number and the entry's are all that is told."""
    query = select(log.c.seq, log.c.at, log.c.event, log.c.request_id, log.c.hash).where(log.c.seq.in_(seqs))
    return {
        row.seq: (
            f"msg_{row.hash[:32]}",
            json.dumps(
                {
                    "type": TYPES[LogEvent(row.event)],
                    "timestamp": row.at,
                    "data": {"request_id": row.request_id, "entry": row.seq},
                }
            ),
        )
        for row in connection.execute(query)
    }


# ---- how it ended --------------------------------------------------------------------------------------------------------


def told(store: Store, notice: Notice) -> None:
    """It arrived."""
    with store.unit() as unit:
        values = {"done_at": stamp(unit.at), "claimed_until": None, "tries": notice.tries + 1, "status": ""}
        unit.connection.execute(update(notices).where(_this(notice.endpoint, notice.seq)).values(values))


def failed(store: Store, notice: Notice, status: str, pause: timedelta | None) -> None:
    """It did not arrive: it is tried again after the pause; with None never, unless somebody says so."""
    with store.unit() as unit:
        values = {"tries": notice.tries + 1, "claimed_until": None, "status": status[:120]}
        ends = {"dead_at": stamp(unit.at)} if pause is None else {"not_before": stamp(unit.at + pause)}
        unit.connection.execute(update(notices).where(_this(notice.endpoint, notice.seq)).values(values | ends))


def give_back(store: Store, unasked: Sequence[Notice]) -> None:
    """They were claimed and not tried: whoever asks next may have them."""
    with store.unit() as unit:
        for notice in unasked:
            free = update(notices).where(_this(notice.endpoint, notice.seq)).values(claimed_until=None)
            unit.connection.execute(free)


def send_again(store: Store) -> int:
    """Everything that was given up is tried once more, from the first pause on; how many that are."""
    with store.unit() as unit:
        anew = {"dead_at": None, "tries": 0, "not_before": stamp(unit.at)}
        return unit.connection.execute(update(notices).where(notices.c.dead_at.is_not(None)).values(anew)).rowcount


def tally(connection: Connection, url: str) -> Tally:
    """How the endpoint stands."""
    mine = notices.c.endpoint == endpoint_of(url)
    open_ones = mine & notices.c.done_at.is_(None) & notices.c.dead_at.is_(None)
    dead = mine & notices.c.dead_at.is_not(None)
    first = connection.scalar(select(func.min(notices.c.seq)).where(open_ones))
    met = select(notices.c.status).where(mine, notices.c.status != "").order_by(notices.c.seq.desc()).limit(1)
    return Tally(
        waiting=connection.scalar(select(func.count()).select_from(notices).where(open_ones)) or 0,
        dead=connection.scalar(select(func.count()).select_from(notices).where(dead)) or 0,
        oldest=connection.scalar(select(log.c.at).where(log.c.seq == first)) if first else None,
        status=connection.scalar(met) or "",
    )


def untold(connection: Connection) -> dict[str, int]:
    """Of all endpoints together: how many notices wait, and how many were given up."""
    query = select(func.count(), func.count(notices.c.dead_at)).select_from(notices).where(notices.c.done_at.is_(None))
    every, dead = connection.execute(query).one()
    return {"waiting": every - dead, "dead": dead}


def _this(endpoint: str, seq: int) -> ColumnElement[bool]:
    return (notices.c.endpoint == endpoint) & (notices.c.seq == seq)
