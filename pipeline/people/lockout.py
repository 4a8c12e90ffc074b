"""Lock-out: wrong tries are counted, and each one beyond a few costs a longer pause.

Counted are three things, and they survive a restart. A login from one address: five tries, then pauses that double up to
a quarter of an hour; this stops whoever guesses at one person. An address alone, more patiently, because a whole practice
may come from one; this stops whoever tries one password on many logins. A login from all addresses together, save those
where the person has got in before; this stops guessing from many places, and yet nobody can shut a person out of their
own practice. Logins that do not exist are counted just the same, so pauses tell nobody who has an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import Connection, RowMapping, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.people.sealing import fingerprint
from pipeline.store.tables import accesses, tries
from pipeline.store.times import parse, stamp


@dataclass(frozen=True)
class Patience:
    """How many wrong tries cost nothing, and how the pauses grow from there."""

    free: int
    longest: timedelta

    def pause(self, failures: int) -> timedelta:
        """After so many wrong tries."""
        beyond = failures - self.free
        return timedelta() if beyond < 0 else min(FIRST_PAUSE * 2 ** min(beyond, 10), self.longest)


FIRST_PAUSE = timedelta(seconds=30)
PAIR = Patience(5, timedelta(minutes=15))
ADDRESS = Patience(30, timedelta(minutes=5))
LOGIN = Patience(20, timedelta(minutes=5))
FORGOTTEN = timedelta(hours=12)
"""After so long without a wrong try, counting begins anew."""
KNOWN_FOR = timedelta(days=30)
"""An address where the person got in within this time is theirs."""


def begin(connection: Connection, at: datetime, login: str, address: str) -> timedelta:
    """Counts a try before it is made, so that many at one moment are many; how long to wait instead, if it is too soon.

    Call `succeeded` when it was right.
    """
    counted = sorted(_counted(connection, at, login, address).items(), key=itemgetter(0))  # so that nobody waits in a ring
    known = {key: _locked(connection, at, key) for key, _ in counted}
    wait = max(parse(row["until"]) - at for row in known.values())
    if wait > timedelta():
        return wait
    for key, patience in counted:
        row = known[key]
        failures = 1 if parse(row["last_at"]) < at - FORGOTTEN else row["failures"] + 1
        values = {"failures": failures, "last_at": stamp(at), "until": stamp(at + patience.pause(failures))}
        connection.execute(update(tries).where(tries.c.key == key).values(values))
    return timedelta()


def succeeded(connection: Connection, login: str, address: str) -> None:
    """It was the right password: the pair's count is over, and the try was no wrong one."""
    connection.execute(delete(tries).where(tries.c.key == _pair(login, address)))
    others = tries.c.key.in_([_alone("address", address), _alone("login", login)])
    one_less = {"failures": tries.c.failures - 1, "until": tries.c.last_at}
    connection.execute(update(tries).where(others, tries.c.failures > 0).values(one_less))


def forgive(connection: Connection, login: str) -> None:
    """An administrator has let the person choose a new password: their login's count begins anew."""
    connection.execute(delete(tries).where(tries.c.key == _alone("login", login)))


def _counted(connection: Connection, at: datetime, login: str, address: str) -> dict[str, Patience]:
    counted = {_pair(login, address): PAIR, _alone("address", address): ADDRESS}
    if not _knows(connection, at, login, address):
        counted[_alone("login", login)] = LOGIN
    return counted


def _knows(connection: Connection, at: datetime, login: str, address: str) -> bool:
    """Whether this person has got in from there lately."""
    theirs = (accesses.c.login == login) & (accesses.c.address == address)
    got_in = (accesses.c.kind == "login") & (accesses.c.outcome == "done") & (accesses.c.at > stamp(at - KNOWN_FOR))
    return connection.scalar(select(accesses.c.id).where(theirs, got_in).limit(1)) is not None


def _locked(connection: Connection, at: datetime, key: str) -> RowMapping:
    """What was counted so far; nobody else looks at it before we are done, so that of many at one moment each counts."""
    nothing_yet = {"key": key, "failures": 0, "last_at": stamp(at), "until": stamp(at)}
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(kind.insert(tries).values(nothing_yet).on_conflict_do_nothing())
    query = select(tries.c.failures, tries.c.last_at, tries.c.until).where(tries.c.key == key)
    return connection.execute(query.with_for_update()).mappings().one()


def _pair(login: str, address: str) -> str:
    return fingerprint(f"login and address\n{login}\n{address}")


def _alone(what: str, value: str) -> str:
    return fingerprint(f"{what}\n{value}")
