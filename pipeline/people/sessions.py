"""Sessions: who is at the desk in which browser, until they log out, are idle for too long, or the working day is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from pipeline.people.sealing import fingerprint, fresh
from pipeline.store.store import Store
from pipeline.store.tables import sessions
from pipeline.store.times import stamp

CODE_LASTS = timedelta(minutes=5)
"""Between the password and the second factor."""
SEEN_EVERY = timedelta(seconds=30)
"""How exactly it is noted when somebody was last there: not every picture needs to be written down."""


class Step(StrEnum):
    """How far somebody has come."""

    IN = "in"
    CODE = "code"
    """The password was right; the second factor is still asked for."""


@dataclass(frozen=True)
class Limits:
    """How long a session lasts."""

    idle: timedelta
    whole: timedelta


@dataclass(frozen=True)
class Session:
    """One browser in which somebody has logged in."""

    hash: str
    person_id: int
    step: Step
    how: str
    opened_at: str
    seen_at: str
    address: str


def open_session(
    connection: Connection,
    at: datetime,
    limits: Limits,
    *,
    person_id: int,
    address: str,
    step: Step = Step.IN,
    how: str = "password",
) -> str:
    """The secret for the cookie of a new session: always a new one, so that nobody can have known it before."""
    connection.execute(delete(sessions).where(sessions.c.ends_at <= stamp(at)))
    secret = fresh()
    row = {"hash": fingerprint(secret), "person_id": person_id, "step": step.value, "how": how, "address": address[:64]}
    ends = at + (limits.whole if step is Step.IN else CODE_LASTS)
    connection.execute(insert(sessions).values(row | {"opened_at": stamp(at), "seen_at": stamp(at), "ends_at": stamp(ends)}))
    return secret


def find(connection: Connection, at: datetime, limits: Limits, secret: str) -> Session | None:
    """The session behind a cookie; None if there is none, or it has ended."""
    query = select(sessions).where(sessions.c.hash == fingerprint(secret), *_alive(at, limits))
    row = connection.execute(query).mappings().first()
    return _session(row) if row else None


def seen(store: Store, session: Session) -> None:
    """Somebody is there: the time until the automatic log-off begins anew. Raises Retryable."""
    now = store.clock.now()
    if session.seen_at > stamp(now - SEEN_EVERY):
        return
    with store.unit() as unit:
        unit.connection.execute(update(sessions).where(sessions.c.hash == session.hash).values(seen_at=stamp(now)))


def of_person(connection: Connection, at: datetime, limits: Limits, person_id: int) -> Sequence[Session]:
    """Where this person is logged in, the newest first."""
    mine = (sessions.c.person_id == person_id) & (sessions.c.step == Step.IN.value)
    query = select(sessions).where(mine, *_alive(at, limits)).order_by(sessions.c.opened_at.desc())
    return [_session(row) for row in connection.execute(query).mappings()]


def end(connection: Connection, hashed: str) -> None:
    """This one is over."""
    connection.execute(delete(sessions).where(sessions.c.hash == hashed))


def end_all(connection: Connection, person_id: int, but: str = "") -> int:
    """All of this person are over, save the one with the hash `but`; how many there were."""
    return connection.execute(delete(sessions).where(sessions.c.person_id == person_id, sessions.c.hash != but)).rowcount


def _alive(at: datetime, limits: Limits) -> tuple[ColumnElement[bool], ...]:
    return sessions.c.ends_at > stamp(at), sessions.c.seen_at > stamp(at - limits.idle)


def _session(row: RowMapping) -> Session:
    fields = {name: row[name] for name in Session.__dataclass_fields__}
    return Session(**{**fields, "step": Step(row["step"])})
