"""The access log: who looked at which patient's data, who logged in, who changed whose rights (45 CFR 164.312(b)).

The delivery log tells what left the practice; this one tells who looked. It only grows: the database refuses to change or
remove a row.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from pipeline.store.tables import accesses, requests
from pipeline.store.times import stamp
from schemas.people import Person

LONGEST_DETAIL = 300


@dataclass(frozen=True)
class Access:
    """Something that somebody looked at or did."""

    login: str
    """For a program, `token:` and its name."""
    act: str
    kind: str
    outcome: str
    """shown, done, refused, not there or failed"""
    person_id: int | None = None
    request_id: str | None = None
    patient_id: str | None = None
    address: str = ""
    detail: str = ""


@dataclass(frozen=True)
class AccessEntry(Access):
    """One row of the log."""

    id: int = 0
    at: str = ""


def by_person(person: Person, *, act: str, kind: str, outcome: str, address: str, detail: str = "") -> Access:
    """What this person did."""
    known = None if person.machine else person.id
    return Access(person.login, act, kind, outcome, person_id=known, address=address, detail=detail)


def write(connection: Connection, at: datetime, access: Access) -> None:
    """One row. Whose patient a request is about, the row finds out by itself."""
    values: dict[str, object] = asdict(access) | {"at": stamp(at), "detail": access.detail[:LONGEST_DETAIL]}
    values |= {"login": access.login[:80], "kind": access.kind[:48], "address": access.address[:64]}
    if access.request_id and not access.patient_id:
        values["patient_id"] = select(requests.c.patient_id).where(requests.c.id == access.request_id).scalar_subquery()
    connection.execute(insert(accesses).values(values))


@dataclass(frozen=True)
class AccessQuestion:
    """Filters, all of which must hold; None asks nothing."""

    person: str | None = None
    """A login, or a part of one."""
    request_id: str | None = None
    patient: str | None = None
    """A patient's number, or part of the name under which a request of theirs is known."""
    since: date | None = None
    until: date | None = None
    """First and last day, in local time."""
    kind: str | None = None
    """Part of it."""

    def conditions(self, connection: Connection) -> list[ColumnElement[bool]]:
        """The same for the database. Whatever is a patient's number is not looked for among the names of all requests."""
        found: list[ColumnElement[bool]] = []
        if self.person:
            found.append(accesses.c.login.contains(self.person.lower(), autoescape=True))
        if self.request_id:
            found.append(accesses.c.request_id == self.request_id)
        if self.patient:
            number = requests.c.patient_id == self.patient
            known = connection.scalar(select(requests.c.id).where(number).limit(1)) is not None
            name = func.lower(requests.c.patient).contains(self.patient.lower(), autoescape=True)
            theirs = select(requests.c.id).where(number if known else name)
            found.append(or_(accesses.c.patient_id == self.patient, accesses.c.request_id.in_(theirs)))
        if self.since:
            found.append(accesses.c.at >= stamp(_midnight(self.since)))
        if self.until:
            found.append(accesses.c.at < stamp(_midnight(self.until + timedelta(days=1))))
        if self.kind:
            found.append(accesses.c.kind.contains(self.kind, autoescape=True))
        return found


def ask(connection: Connection, question: AccessQuestion, *, limit: int | None = None) -> list[AccessEntry]:
    """The rows that answer the question, the newest first."""
    query = select(accesses).where(*question.conditions(connection)).order_by(accesses.c.id.desc())
    rows = connection.execute(query.limit(limit) if limit else query).mappings()
    return [AccessEntry(**row) for row in rows]


def count(connection: Connection, question: AccessQuestion) -> int:
    """How many there are."""
    return connection.scalar(select(func.count()).select_from(accesses).where(*question.conditions(connection))) or 0


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min).astimezone()
