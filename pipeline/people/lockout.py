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

from sqlalchemy import Connection, delete, insert, select, update

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
    counted = _counted(connection, at, login, address)
    wait = max((_until(connection, key) - at for key in counted), default=timedelta())
    if wait > timedelta():
        return wait
    for key, patience in counted.items():
        _count(connection, at, key, patience)
    return timedelta()


def succeeded(connection: Connection, login: str, address: str) -> None:
    """It was the right password: the pair's count is over, and the try was no wrong one."""
    connection.execute(delete(tries).where(tries.c.key == _pair(login, address)))
    others = tries.c.key.in_([_alone("address", address), _alone("login", login)])
    connection.execute(update(tries).where(others, tries.c.failures > 0).values(failures=tries.c.failures - 1))


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


def _until(connection: Connection, key: str) -> datetime:
    until = connection.scalar(select(tries.c.until).where(tries.c.key == key))
    return parse(until or "2000-01-01T00:00:00.000Z")


def _count(connection: Connection, at: datetime, key: str, patience: Patience) -> None:
    row = connection.execute(select(tries.c.failures, tries.c.last_at).where(tries.c.key == key)).first()
    fresh = row is None or parse(row.last_at) < at - FORGOTTEN
    failures = 1 if row is None or fresh else row.failures + 1
    values = {"failures": failures, "last_at": stamp(at), "until": stamp(at + patience.pause(failures))}
    if row is None:
        connection.execute(insert(tries).values(values | {"key": key}))
    else:
        connection.execute(update(tries).where(tries.c.key == key).values(values))


def _pair(login: str, address: str) -> str:
    return fingerprint(f"login and address\n{login}\n{address}")


def _alone(what: str, value: str) -> str:
    return fingerprint(f"{what}\n{value}")
