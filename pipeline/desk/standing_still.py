"""Requests that stand still: nobody is asked about them, and yet nothing happens.

Every other trouble shows itself: a hold, a message in quarantine, a queue that is away. This one is what is left when a
message was lost on the way, or when the station that should take it does not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from pipeline.store import tables
from pipeline.store.states import FINAL, State
from pipeline.store.times import stamp

LONGEST_REST = timedelta(hours=1)
"""No station works that long at one request, nor does a retry wait that long."""


def standing_still(connection: Connection, now: datetime) -> Sequence[str]:
    """Their numbers, the one that has stood longest first."""
    moving = [state.value for state in State if state not in {*FINAL, State.HELD}]
    columns = tables.requests.c
    query = select(columns.id).where(columns.state.in_(moving), columns.changed_at < stamp(now - LONGEST_REST))
    return connection.scalars(query.order_by(columns.changed_at)).all()
