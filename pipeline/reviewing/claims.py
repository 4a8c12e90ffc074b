"""Who works on what: requests of the exception queue that somebody has claimed, set aside until a day, or escalated.

A claim is a word among colleagues, so that two people never work on one request. It is made by comparing and setting in one
statement: of two people who claim at the same moment, one gets it. It lapses by itself, and ends with the log-off, also with
the automatic one: a claim counts only as long as its owner is at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.errors import Error
from pipeline.log.chain import Note
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.store.store import Store
from pipeline.store.tables import asides, claims, holds, people, sessions
from pipeline.store.times import parse, stamp
from pipeline.store.unit import Unit
from schemas.disclosure import LogEvent
from schemas.people import Person


class Taken(Error):
    """Somebody else is at it. The text says who, and until when."""


class NotHeld(Error):
    """There is no open entry of the queue, or it cannot be set aside like that."""


@dataclass(frozen=True)
class Claim:
    """Somebody works on a request."""

    request_id: str
    login: str
    name: str
    until: str
    """A stamp: from then on it has lapsed."""


@dataclass(frozen=True)
class Aside:
    """What people have said about an open entry of the queue."""

    until: date | None
    until_why: str
    until_who: str
    escalated_at: str
    escalated_why: str
    escalated_who: str


def claim(store: Store, request_id: str, person: Person, lasts: timedelta, idle: timedelta | None = None) -> Claim:
    """The request is theirs for so long; whoever has it already keeps it so much longer. Raises Taken, and NotHeld.

    `idle`, here and below: somebody who was not at the desk for so long is logged off, and works on nothing any more.
    """
    with store.unit() as unit:
        _open(unit, request_id)
        now = stamp(unit.at)
        row = {"login": person.login, "name": person.name, "at": now, "until": stamp(unit.at + lasts)}
        dialect = postgresql if unit.connection.dialect.name == "postgresql" else sqlite
        new = dialect.insert(claims).values(request_id=request_id, **row)
        free = or_(claims.c.until <= now, claims.c.login == person.login)
        if idle is not None:
            free = or_(free, claims.c.login.not_in(_at_the_desk(unit.at, idle)))
        mine = new.on_conflict_do_update(index_elements=["request_id"], set_=row, where=free).returning(claims.c.request_id)
        if unit.connection.execute(mine).first() is None:
            raise Taken(_taken(claims_of(unit.connection, unit.at, [request_id]).get(request_id), request_id))
    return Claim(request_id, person.login, person.name, row["until"])


def let_go(store: Store, request_id: str, person: Person) -> None:
    """They work on it no more. What is not theirs stays as it is."""
    with store.unit() as unit:
        mine = (claims.c.request_id == request_id) & (claims.c.login == person.login)
        unit.connection.execute(delete(claims).where(mine))


def let_all_go(store: Store, login: str) -> None:
    """Somebody has logged off."""
    with store.unit() as unit:
        unit.connection.execute(delete(claims).where(claims.c.login == login))


def must_be_free(store: Store, request_id: str, person: Person, idle: timedelta | None = None) -> None:
    """Raises Taken where somebody else is at work on the request."""
    with store.reading() as connection:
        found = claims_of(connection, store.clock.now(), [request_id], idle).get(request_id)
    if found and found.login != person.login:
        raise Taken(_taken(found, request_id))


def set_aside(store: Store, request_id: str, person: Person, until: date, why: str, idle: timedelta | None = None) -> None:
    """It waits until a day, and comes up again then, or when it is due. Raises NotHeld, and Taken."""
    if not why.strip():
        raise NotHeld("Say what it waits for: it goes into the delivery log.")
    if until <= store.clock.today():
        raise NotHeld("Name a day to come.")
    must_be_free(store, request_id, person, idle)
    said = {"until": until.isoformat(), "until_why": why, "until_who": person.name}
    sentence = f"{person.name} set it aside until {until:%m/%d/%Y} ({why})."
    _say(store, request_id, person, said, {"what": "pend", "why": why, "until": until.isoformat(), "sentence": sentence})


def escalate(store: Store, request_id: str, person: Person, why: str) -> None:
    """Somebody above must look; it goes to the top of the queue. Raises NotHeld."""
    if not why.strip():
        raise NotHeld("Say why somebody above must look: it goes into the delivery log.")
    said = {"escalated_at": stamp(store.clock.now()), "escalated_why": why, "escalated_who": person.name}
    sentence = f"{person.name} escalated it ({why})."
    _say(store, request_id, person, said, {"what": "escalate", "why": why, "sentence": sentence})


def claims_of(
    connection: Connection, now: datetime, request_ids: Iterable[str] | None = None, idle: timedelta | None = None
) -> Mapping[str, Claim]:
    """The claims that have not lapsed, by request; of these requests only, if named."""
    query = select(claims).where(claims.c.until > stamp(now))
    if idle is not None:
        query = query.where(claims.c.login.in_(_at_the_desk(now, idle)))
    if request_ids is not None:
        query = query.where(claims.c.request_id.in_(list(request_ids)))
    rows = connection.execute(query).mappings()
    return {row["request_id"]: Claim(row["request_id"], row["login"], row["name"], row["until"]) for row in rows}


def _at_the_desk(now: datetime, idle: timedelta) -> Select[Any]:
    """The logins of whoever is there: in some browser, and not for too long without a hand on it."""
    there = (sessions.c.step == "in") & (sessions.c.ends_at > stamp(now)) & (sessions.c.seen_at > stamp(now - idle))
    return select(people.c.login).join_from(people, sessions, sessions.c.person_id == people.c.id).where(there)


def asides_of(connection: Connection) -> Mapping[int, Aside]:
    """What was said about open entries of the queue, by their numbers."""
    query = select(asides).join(holds, holds.c.id == asides.c.hold_id).where(holds.c.settled_at.is_(None))
    return {row["hold_id"]: _aside(row) for row in connection.execute(query).mappings()}


def _aside(row: Any) -> Aside:
    return Aside(
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        until_why=row["until_why"] or "",
        until_who=row["until_who"] or "",
        escalated_at=row["escalated_at"] or "",
        escalated_why=row["escalated_why"] or "",
        escalated_who=row["escalated_who"] or "",
    )


def _say(store: Store, request_id: str, person: Person, said: Mapping[str, str], details: Mapping[str, str]) -> None:
    with store.unit() as unit:
        hold = _open(unit, request_id)
        dialect = postgresql if unit.connection.dialect.name == "postgresql" else sqlite
        new = dialect.insert(asides).values(hold_id=hold.id, **said)
        unit.connection.execute(new.on_conflict_do_update(index_elements=["hold_id"], set_=dict(said)))
        unit.log(request_id, [Note(LogEvent.DECIDED, person.name, details=dict(details))])


def _open(unit: Unit, request_id: str) -> Hold:
    found = open_holds(unit.connection, [request_id])
    if not found:
        raise NotHeld(f"{request_id} does not wait for a person any more.")
    return found[-1]


def _taken(found: Claim | None, request_id: str) -> str:
    if found is None:
        return f"Somebody else had {request_id} a moment ago; look again."
    return f"{found.name} works on {request_id} until {parse(found.until).astimezone():%H:%M}."
