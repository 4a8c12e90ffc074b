"""The outbox: messages that are committed and not yet published.

The process that wrote them publishes them right after its commit. If it dies in between, or the broker is away, the rows
stay, and any worker's relay takes them over once the claim has run out; retries wait here for their time. A message may so
be published twice, never not at all; the inbox of the station that receives it tells the second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import RowMapping, delete, func, or_, select, update

from pipeline.line.broker import Broker, Outgoing, Unroutable
from pipeline.store.store import Store
from pipeline.store.tables import outbox
from pipeline.store.times import stamp
from pipeline.store.unit import Unit
from schemas.release import StationName

BATCH = 100


class Outbox:
    """Publishes what is due."""

    def __init__(self, store: Store, broker: Broker) -> None:
        self._store = store
        self._broker = broker

    def publish(self, rows: Sequence[int]) -> None:
        """Publishes these rows, which the caller has just committed. Raises BrokerAway: they stay, for the relay."""
        if not rows:
            return
        with self._store.reading() as connection:
            found = connection.execute(select(outbox).where(outbox.c.id.in_(rows)).order_by(outbox.c.id)).mappings().all()
        self._send(found)

    def relay(self) -> int:
        """Publishes what is due and claimed by nobody; how many messages that were. Raises BrokerAway."""
        now = stamp(self._store.clock.now())
        free = (outbox.c.not_before <= now) & or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        with self._store.reading() as connection:
            if not connection.scalar(select(func.count()).select_from(select(outbox.c.id).where(free).limit(1).subquery())):
                return 0
        with self._store.unit() as unit:
            due = select(outbox.c.id).where(free).order_by(outbox.c.id).limit(BATCH)
            claim = {"claimed_until": stamp(unit.at + Unit.CLAIM)}
            claimed = (
                unit.connection.execute(update(outbox).where(outbox.c.id.in_(due), free).values(claim).returning(outbox))
                .mappings()
                .all()
            )
        self._send(sorted(claimed, key=lambda row: row["id"]))
        return len(claimed)

    def waiting(self) -> int:
        """How many messages have not left yet, retries of the future included."""
        with self._store.reading() as connection:
            return connection.scalar(select(func.count()).select_from(outbox)) or 0

    def _send(self, rows: Sequence[RowMapping]) -> None:
        if not rows:
            return
        try:
            self._broker.publish([_outgoing(row) for row in rows])
        except Unroutable:
            if len(rows) == 1:
                raise
            self._one_by_one(rows)
            return
        with self._store.unit() as unit:
            unit.connection.execute(delete(outbox).where(outbox.c.id.in_([row["id"] for row in rows])))

    def _one_by_one(self, rows: Sequence[RowMapping]) -> None:
        """A message that no queue takes must not keep the others back. Raises Unroutable once those have left."""
        refused: Unroutable | None = None
        for row in rows:
            try:
                self._send([row])
            except Unroutable as error:
                refused = error
        if refused:
            raise refused


def _outgoing(row: RowMapping) -> Outgoing:
    station = StationName(row["station"]) if row["station"] else None
    return Outgoing(row["message_id"], row["kind"], row["body"], station, row["tries"])


def pause_before(tries: int, *, first: float, longest: float, jitter: float) -> timedelta:
    """How long to wait before the next try, after `tries` failed ones: doubling from `first`, at most `longest` seconds.

    `jitter` is a random number from 0 to 1; it moves the pause by up to a quarter either way.
    """
    seconds = min(longest, first * 2 ** max(0, min(tries - 1, 40)))
    return timedelta(seconds=seconds * (0.75 + jitter / 2))
