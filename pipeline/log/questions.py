"""The questions that auditors ask of the delivery log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select

from pipeline.log.chain import entries
from pipeline.store.tables import log
from pipeline.store.times import stamp
from schemas.disclosure import LogEntry, LogEvent

ACCOUNTING_YEARS = 6
"""45 CFR 164.528(a)(1): disclosures in the six years before the request for an accounting."""


@dataclass(frozen=True)
class Question:
    """Filters, all of which must hold; None asks nothing."""

    patient: str | None = None
    """Part of a name, in any case, or a patient id."""
    recipient: str | None = None
    """Part of the recipient's name, in any case."""
    since: date | None = None
    """First day, in local time."""
    until: date | None = None
    """Last day, in local time."""
    events: tuple[LogEvent, ...] = ()
    request_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database."""
        found: list[ColumnElement[bool]] = []
        if self.patient:
            found.append(or_(log.c.patient_id == self.patient, _contains(log.c.patient, self.patient)))
        if self.recipient:
            found.append(_contains(log.c.recipient, self.recipient))
        if self.since:
            found.append(log.c.at >= stamp(_local_midnight(self.since)))
        if self.until:
            found.append(log.c.at < stamp(_local_midnight(self.until + timedelta(days=1))))
        if self.events:
            found.append(log.c.event.in_([event.value for event in self.events]))
        if self.request_id:
            found.append(log.c.request_id == self.request_id)
        return found


def ask(connection: Connection, question: Question) -> Iterator[LogEntry]:
    """The entries that answer the question, in the order in which they were written."""
    query = select(log).where(*question.conditions()).order_by(log.c.seq)
    yield from entries(connection.execute(query.execution_options(yield_per=500)).mappings())


def accounting(connection: Connection, patient_id: str, today: date) -> Iterator[LogEntry]:
    """The accounting of disclosures of one patient (45 CFR 164.528): what belongs in it, of the last six years."""
    first = accounting_since(today)
    query = select(log).where(
        log.c.patient_id == patient_id,
        log.c.event.in_([LogEvent.DELIVERED.value, LogEvent.BREACH.value]),
        log.c.accountable,
        log.c.at >= stamp(_local_midnight(first)),
    )
    yield from entries(connection.execute(query.order_by(log.c.seq)).mappings())


def accounting_since(today: date) -> date:
    """The first day of an accounting that is asked for today."""
    return _years_before(today, ACCOUNTING_YEARS)


def _contains(column: ColumnElement[str | None], words: str) -> ColumnElement[bool]:
    return func.lower(column).contains(words.lower(), autoescape=True)


def _local_midnight(day: date) -> datetime:
    return datetime.combine(day, time.min).astimezone()


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
