"""Chores of the front desk: done, by whom and when; or not done after all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from pipeline.store import tables
from pipeline.store.store import Store
from pipeline.store.times import stamp
from pipeline.store.views import Row


def tick(store: Store, chore: int, who: str, *, done: bool) -> bool:
    """Says that a chore is done, or that it is not after all; whether that is news. Who was first stays written down."""
    columns = tables.chores.c
    at, by = (stamp(store.clock.now()), who) if done else (None, None)
    with store.unit() as unit:
        still = (columns.id == chore) & (columns.done_at.is_(None) if done else columns.done_at.is_not(None))
        changed = unit.connection.execute(update(tables.chores).where(still).values(done_at=at, done_by=by))
    return changed.rowcount == 1


def done_since(connection: Connection, since: datetime) -> Sequence[Row]:
    """Chores that were done since then, the latest first, with the patient's name."""
    joined = tables.chores.join(tables.requests, tables.requests.c.id == tables.chores.c.request_id)
    query = select(tables.chores, tables.requests.c.patient).select_from(joined).where(tables.chores.c.done_at >= stamp(since))
    return connection.execute(query.order_by(tables.chores.c.done_at.desc())).mappings().all()
