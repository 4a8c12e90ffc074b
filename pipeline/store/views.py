"""What the commands and the desk show: lists of requests, arrivals, chores and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from pipeline.store import tables
from pipeline.store.states import State

Row = RowMapping


def requests(
    connection: Connection, *, limit: int | None = None, state: str | None = None, before: str | None = None
) -> Sequence[Row]:
    """Requests, the newest first; with `before`, only those before this one."""
    query = select(tables.requests).order_by(tables.requests.c.number.desc())
    if state:
        query = query.where(tables.requests.c.state == state)
    if before:
        query = query.where(tables.requests.c.number < int(before.removeprefix("R-")))
    return connection.execute(query.limit(limit) if limit else query).mappings().all()


def request(connection: Connection, request_id: str) -> Row | None:
    """One request, or None."""
    return connection.execute(select(tables.requests).where(tables.requests.c.id == request_id)).mappings().first()


def parts(connection: Connection, parents: Sequence[str]) -> dict[str, list[Row]]:
    """By request: what it was split into, in the order of its scan. In place of a part that was split again stand its own."""
    if not parents:
        return {}
    query = select(tables.requests).where(tables.requests.c.parent.in_(parents)).order_by(tables.requests.c.part)
    found = connection.execute(query).mappings().all()
    further = parts(connection, [row["id"] for row in found if row["state"] == State.SPLIT.value])
    listed: dict[str, list[Row]] = {}
    for row in found:
        listed.setdefault(row["parent"], []).extend(further.get(row["id"]) or [row])
    return listed


def arrivals(connection: Connection, *, since: str | None = None, limit: int | None = None) -> Sequence[Row]:
    """Every file that was in the inbox, the newest first, with its receipt."""
    query = select(tables.arrivals).order_by(tables.arrivals.c.id.desc())
    if since:
        query = query.where(tables.arrivals.c.at >= since)
    return connection.execute(query.limit(limit) if limit else query).mappings().all()


def open_chores(connection: Connection) -> Sequence[Row]:
    """What the front desk still has to do, oldest first, with the patient's name."""
    joined = tables.chores.join(tables.requests, tables.requests.c.id == tables.chores.c.request_id)
    query = select(tables.chores, tables.requests.c.patient, tables.requests.c.patient_id).select_from(joined)
    return connection.execute(query.where(tables.chores.c.done_at.is_(None)).order_by(tables.chores.c.id)).mappings().all()


def states(connection: Connection) -> dict[str, int]:
    """How many requests are in each state."""
    query = select(tables.requests.c.state, func.count()).group_by(tables.requests.c.state)
    return {str(name): int(count) for name, count in connection.execute(query)}


def outcomes(connection: Connection) -> dict[str, int]:
    """How many files became a request, repeated one, or were returned: together, every file that came in."""
    query = select(tables.arrivals.c.outcome, func.count()).group_by(tables.arrivals.c.outcome)
    return {str(name): int(count) for name, count in connection.execute(query)}


def attempts(connection: Connection, *, since: str = "", until: str = "9") -> list[dict[str, Any]]:
    """By station and outcome: how many messages it dealt with, in how many seconds and CPU seconds together. Stamps: from `since`
    on, before `until`.
    """
    inbox = tables.inbox.c
    query = select(
        inbox.station,
        inbox.outcome,
        func.count().label("count"),
        func.sum(inbox.seconds).label("seconds"),
        func.sum(inbox.cpu_seconds).label("cpu_seconds"),
    )
    query = query.where(inbox.at >= since, inbox.at < until).group_by(inbox.station, inbox.outcome)
    return [dict(row) for row in connection.execute(query).mappings()]


def timeline(connection: Connection, request_id: str) -> Sequence[Row]:
    """The delivery log's entries about one request, in order."""
    return (
        connection.execute(select(tables.log).where(tables.log.c.request_id == request_id).order_by(tables.log.c.seq))
        .mappings()
        .all()
    )


def quarantined_count(connection: Connection) -> int:
    """How many messages could not be dealt with."""
    return connection.scalar(select(func.count()).select_from(tables.quarantine)) or 0


def quarantined(connection: Connection) -> Sequence[Row]:
    """Messages that could not be dealt with, newest first."""
    return connection.execute(select(tables.quarantine).order_by(tables.quarantine.c.id.desc())).mappings().all()
