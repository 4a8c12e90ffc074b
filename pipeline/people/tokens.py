"""Tokens of programs that ask the desk's API: with roles, an end, and a name; shown once, kept as a hash."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from pipeline.people.accounts import roles_in
from pipeline.people.faults import PeopleError
from pipeline.people.sealing import fingerprint, fresh
from pipeline.store.tables import tokens
from pipeline.store.times import stamp
from schemas.people import Person, Role

BEGINNING = "chartrelay_"
"""So that programs which look for forgotten secrets know one when they see it."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


@dataclass(frozen=True)
class Token:
    """A token as it is listed; its secret is nowhere."""

    id: int
    name: str
    roles: frozenset[Role]
    made_at: str
    made_by: str
    ends_at: str
    revoked_at: str | None


def add(connection: Connection, at: datetime, *, name: str, roles: Iterable[Role], ends_at: datetime, by: str) -> str:
    """The secret of a new token. Raises PeopleError for a name that will not do, for no role, and for an end that has been."""
    wanted = sorted({role.value for role in roles})
    if not _NAME.fullmatch(name):
        raise PeopleError("A token's name has small letters, digits and . _ -, such as prometheus.", "name")
    if not wanted:
        raise PeopleError(f"Give at least one role: {', '.join(Role)}.", "roles")
    if Role.ADMINISTRATOR in wanted:
        raise PeopleError("A token looks after no people: administrator is for persons. An auditor reads as much.", "roles")
    if ends_at <= at:
        raise PeopleError("The token would have ended already.", "days")
    if connection.scalar(select(tokens.c.id).where(tokens.c.name == name)) is not None:
        raise PeopleError(f"There is or was a token “{name}”; the access log could not tell the two apart.", "name")
    secret = BEGINNING + fresh()
    row = {"name": name, "hash": fingerprint(secret), "roles": " ".join(wanted), "made_at": stamp(at), "made_by": by}
    connection.execute(insert(tokens).values(row | {"ends_at": stamp(ends_at)}))
    return secret


def bearer(connection: Connection, at: datetime, secret: str) -> Person | None:
    """The program that shows this token; None if it is none, has ended, or was revoked."""
    alive = (tokens.c.hash == fingerprint(secret)) & (tokens.c.ends_at > stamp(at)) & tokens.c.revoked_at.is_(None)
    row = connection.execute(select(tokens.c.id, tokens.c.name, tokens.c.roles).where(alive)).first()
    if row is None:
        return None
    called = f"token:{row.name}"
    return Person(id=row.id, login=called, name=called, roles=roles_in(row.roles), machine=True)


def revoke(connection: Connection, at: datetime, name: str) -> None:
    """It is worth nothing from now on. Raises PeopleError if there is none, or none any more."""
    alive = (tokens.c.name == name) & tokens.c.revoked_at.is_(None)
    if connection.execute(update(tokens).where(alive).values(revoked_at=stamp(at))).rowcount != 1:
        raise PeopleError(
            f"There is no token “{name}” that could be revoked; “chartrelay token list” shows those that there are."
        )


def every_token(connection: Connection) -> Sequence[Token]:
    """All tokens that there ever were, by name."""
    rows = connection.execute(select(tokens).order_by(tokens.c.name)).mappings()
    return [_token(row) for row in rows]


def _token(row: RowMapping) -> Token:
    fields = {name: row[name] for name in Token.__dataclass_fields__}
    return Token(**{**fields, "roles": roles_in(row["roles"])})
