"""The store: reading what is known, and opening units of work to change it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError, OperationalError

from pipeline.clock import Clock, SystemClock
from pipeline.errors import Retryable
from pipeline.store import facts, permissions, tables
from pipeline.store.states import State
from pipeline.store.unit import Unit
from schemas.base import Fact
from schemas.decision import Decision
from schemas.release import Revocation, StationName

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class RequestRow:
    """What a station needs to know of the request row before it begins."""

    id: str
    state: State
    revision: int
    scan: str
    file: str
    media_type: str
    received_at: str
    patient: str | None
    patient_id: str | None = None
    office_id: str | None = None
    parent: str | None = None
    part: int | None = None
    handing_over_at: str | None = None
    delivered_at: str | None = None
    station: str = StationName.WATCH.value


class Store:
    """One database. Shared by the threads of a process; every transaction has its own connection."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self.engine = engine
        self.clock = clock or SystemClock()
        postgresql = engine.dialect.name == "postgresql"
        self._one_picture: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if postgresql else {"reading": True}

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A reading transaction: one consistent picture, in nobody's way. Raises Retryable when the database is away."""
        try:
            with self.engine.connect().execution_options(**self._one_picture) as connection, connection.begin():
                yield connection
        except OperationalError as error:
            raise Retryable(f"the database cannot be read: {_reason(error)}") from error

    @contextlib.contextmanager
    def unit(self) -> Iterator[Unit]:
        """A unit of work: commits at the end of the block, rolls back if the block raises.

        Raises Retryable when the database is away, locked or full.
        """
        try:
            with self.engine.connect() as connection, connection.begin():
                yield Unit(connection, self.clock.now())
        except OperationalError as error:
            raise Retryable(f"the database cannot be written: {_reason(error)}") from error

    def request(self, request_id: str) -> RequestRow | None:
        """The request, or None."""
        columns = [tables.requests.c[name] for name in RequestRow.__dataclass_fields__]
        with self.reading() as connection:
            row = connection.execute(select(*columns).where(tables.requests.c.id == request_id)).mappings().first()
        return RequestRow(**{**row, "state": State(row["state"])}) if row else None

    def fact(self, model: type[F], request_id: str, sha256: str) -> F:
        """The fact that a message names. Raises StoreDamaged if it is not there or not what its hash says."""
        with self.reading() as connection:
            return facts.fact(connection, model, request_id, sha256)

    def latest(self, model: type[F], request_id: str) -> F | None:
        """The last fact of this kind that was kept for the request, or None. Raises StoreDamaged."""
        with self.reading() as connection:
            return facts.latest(connection, model, request_id)

    def decisions(self, request_id: str) -> list[Decision]:
        """What people have decided on the request, in that order. Raises StoreDamaged."""
        with self.reading() as connection:
            return facts.decisions(connection, request_id)

    def since(self, model: type[F], request_id: str, earlier: Fact) -> list[F]:
        """The facts of this kind that were kept for the request after that one, in that order. Raises StoreDamaged."""
        with self.reading() as connection:
            return facts.since(connection, model, request_id, earlier)

    def revocations(self, patient_id: str, office_id: str | None = None) -> list[Revocation]:
        """The revocations in force of this patient; with `office_id`, those that stop a copy for it."""
        with self.reading() as connection:
            return permissions.revocations_of(connection, patient_id, office_id)

    def dealt_with(self, station: str, message_id: str) -> bool:
        """Whether the station has dealt with the message already."""
        where = (tables.inbox.c.station == station) & (tables.inbox.c.message_id == message_id)
        with self.reading() as connection:
            return connection.scalar(select(tables.inbox.c.message_id).where(where)) is not None

    def held_message(self, request_id: str, decision: str) -> bytes | None:
        """The message that a decision lets the station take up again."""
        where = (tables.holds.c.request_id == request_id) & (tables.holds.c.decision == decision)
        with self.reading() as connection:
            return connection.scalar(select(tables.holds.c.message).where(where).order_by(tables.holds.c.id.desc()).limit(1))


def _reason(error: DBAPIError) -> str:
    """The driver's reason in its first line: it names files and tables, never values."""
    return str(error.orig).splitlines()[0][:200] if error.orig else type(error).__name__
