"""Links that work once: the set-up of the first administrator, an invitation, a new password after the old one was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.people import accounts
from pipeline.people.sealing import fingerprint, fresh
from pipeline.store.store import Store
from pipeline.store.tables import links
from pipeline.store.times import stamp


class LinkKind(StrEnum):
    """What a link is for."""

    SET_UP = "set up"
    INVITATION = "invitation"
    RESET = "reset"


LASTS = {LinkKind.SET_UP: timedelta(hours=24), LinkKind.INVITATION: timedelta(days=3), LinkKind.RESET: timedelta(hours=24)}


@dataclass(frozen=True)
class Link:
    """What a link that still works leads to."""

    kind: LinkKind
    person_id: int | None


def make(connection: Connection, at: datetime, kind: LinkKind, *, by: str, person_id: int | None = None) -> str:
    """The secret of a new link. Earlier links of the same person stop working."""
    connection.execute(delete(links).where(links.c.person_id.is_(None) if person_id is None else links.c.person_id == person_id))
    secret = fresh()
    row = {"hash": fingerprint(secret), "kind": kind.value, "person_id": person_id, "made_at": stamp(at), "made_by": by}
    connection.execute(insert(links).values(row | {"ends_at": stamp(at + LASTS[kind])}))
    return secret


def find(connection: Connection, at: datetime, secret: str) -> Link | None:
    """What the link leads to; None if it never was one, was used, has ended, or has nothing left to do."""
    alive = (links.c.hash == fingerprint(secret)) & links.c.used_at.is_(None) & (links.c.ends_at > stamp(at))
    row = connection.execute(select(links.c.kind, links.c.person_id).where(alive)).first()
    if row is None:
        return None
    link = Link(LinkKind(row.kind), row.person_id)
    if link.person_id is None:
        return None if accounts.administered(connection) else link
    account = accounts.by_id(connection, link.person_id)
    return link if account and account.disabled_at is None else None


def use(connection: Connection, at: datetime, secret: str) -> Link | None:
    """The same, and from now on it works no more: of two who use it at one moment, one is told no."""
    link = find(connection, at, secret)
    alive = (links.c.hash == fingerprint(secret)) & links.c.used_at.is_(None)
    used = connection.execute(update(links).where(alive).values(used_at=stamp(at)))
    return link if used.rowcount == 1 else None


def forget(connection: Connection, person_id: int) -> None:
    """No open link of this person works any more."""
    connection.execute(delete(links).where(links.c.person_id == person_id, links.c.used_at.is_(None)))


def set_up_link(store: Store) -> str | None:
    """The secret of a link for the first administrator; None where there is one already. Raises Retryable."""
    with store.unit() as unit:
        if accounts.administered(unit.connection):
            return None
        return make(unit.connection, unit.at, LinkKind.SET_UP, by="the command line")
