"""Accounts: who they are, what they may do, and who made them. A login is for one person and is never used again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from pipeline.people.faults import PeopleError
from pipeline.store.tables import people
from pipeline.store.times import stamp
from schemas.people import Person, Role

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
LONGEST_NAME = 80
KEEP_ONE = "There must be an administrator who can log in; make another one first."


@dataclass(frozen=True)
class Account:
    """Somebody who may log in, or might once."""

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    password: str | None
    """As `passwords.hashed` gives it."""
    totp: str | None
    """Sealed."""
    totp_new: str | None
    subject: str | None
    made_at: str
    disabled_at: str | None

    @property
    def person(self) -> Person:
        """The same for the desk."""
        return Person(id=self.id, login=self.login, name=self.name, roles=self.roles)

    @property
    def can_log_in(self) -> bool:
        """Whether there is any way in."""
        return self.disabled_at is None and (self.password is not None or self.subject is not None)


def by_id(connection: Connection, person_id: int) -> Account | None:
    """The account of this number."""
    return _one(connection, people.c.id == person_id)


def by_login(connection: Connection, login: str) -> Account | None:
    """The account of this login, in any case."""
    return _one(connection, people.c.login == login.strip().lower())


def by_subject(connection: Connection, subject: str) -> Account | None:
    """The account that is linked to this identity of the practice's own login."""
    return _one(connection, people.c.subject == subject)


def named(connection: Connection, login: str) -> Account:
    """The account of this login. Raises PeopleError if there is none."""
    account = by_login(connection, login)
    if account is None:
        raise PeopleError(f"There is no account “{login}”; “chartrelay user list” shows those that there are.", "login")
    return account


def everybody(connection: Connection) -> Sequence[Account]:
    """All accounts, by login."""
    return [_account(row) for row in connection.execute(select(people).order_by(people.c.login)).mappings()]


def administered(connection: Connection, but: int | None = None) -> bool:
    """Whether there is an administrator who can log in; `but` is one who does not count."""
    return any(one.can_log_in and Role.ADMINISTRATOR in one.roles and one.id != but for one in everybody(connection))


def add(connection: Connection, at: datetime, *, login: str, name: str, roles: Iterable[Role], by: str) -> Account:
    """A new account, with no way in yet. Raises PeopleError for a login or name that will not do."""
    login, name = login.strip().lower(), " ".join(name.split())
    _check(connection, login, name)
    row = {"login": login, "name": name, "roles": _text(roles), "made_at": stamp(at), "made_by": by}
    connection.execute(insert(people).values(row))
    return named(connection, login)


def give_roles(connection: Connection, account: Account, roles: Iterable[Role]) -> None:
    """Exactly these from now on. Raises PeopleError where nobody would be left to look after people."""
    wanted = frozenset(roles)
    if Role.ADMINISTRATOR in account.roles - wanted and not administered(connection, but=account.id):
        raise PeopleError(KEEP_ONE, "roles")
    change(connection, account.id, roles=_text(wanted))


def disable(connection: Connection, account: Account, at: datetime) -> None:
    """No way in from now on; what they did stays theirs. Raises PeopleError as `give_roles` does."""
    if Role.ADMINISTRATOR in account.roles and not administered(connection, but=account.id):
        raise PeopleError(KEEP_ONE)
    change(connection, account.id, disabled_at=stamp(at))


def enable(connection: Connection, account: Account) -> None:
    """The same way in as before."""
    change(connection, account.id, disabled_at=None)


def change(connection: Connection, person_id: int, **values: Any) -> None:
    """Sets columns of one account."""
    connection.execute(update(people).where(people.c.id == person_id).values(values))


def roles_in(text: str) -> frozenset[Role]:
    """The roles behind a column; what this version does not know gives no right."""
    return frozenset(Role(word) for word in text.split() if word in set(Role))


def _text(roles: Iterable[Role]) -> str:
    wanted = sorted({role.value for role in roles})
    if not wanted:
        raise PeopleError(f"Give at least one role: {', '.join(Role)}.", "roles")
    return " ".join(wanted)


def _check(connection: Connection, login: str, name: str) -> None:
    if not _LOGIN.fullmatch(login):
        raise PeopleError("A login has two to 64 small letters, digits and . _ @ + -, such as ana or ana.gomez.", "login")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PeopleError(f"A name is needed, of at most {LONGEST_NAME} characters: it is written beside every decision.", "name")
    if by_login(connection, login):
        raise PeopleError(f"There is an account “{login}” already; a login is never used for somebody else.", "login")
    if connection.scalar(select(people.c.id).where(func.lower(people.c.name) == name.lower())) is not None:
        raise PeopleError(f"There is somebody called “{name}” already; the log could not tell the two apart.", "name")


def _one(connection: Connection, condition: Any) -> Account | None:
    row = connection.execute(select(people).where(condition)).mappings().first()
    return _account(row) if row else None


def _account(row: RowMapping) -> Account:
    fields = {name: row[name] for name in Account.__dataclass_fields__}
    return Account(**{**fields, "roles": roles_in(row["roles"])})
