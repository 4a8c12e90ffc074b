"""The delivery log: what left, and who decided? Questions from a form, the newest answers, and the state of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import func, select

from pipeline.log.chain import ChainCheck, entries, verify
from pipeline.log.questions import Question
from pipeline.store.store import Store
from pipeline.store.tables import log
from schemas.disclosure import LogEntry, LogEvent

MOST_ENTRIES = 500
"""On the page; exports hold all."""
CHECK_LASTS = timedelta(minutes=1)
"""Checking reads the whole log: once a minute is enough, however often the page is opened."""


class FormError(ValueError):
    """The form holds something that is no answer to its question. The text says what."""


@dataclass(frozen=True)
class Form:
    """The search form as it was filled in; empty text asks nothing."""

    patient: str = ""
    recipient: str = ""
    since: str = ""
    until: str = ""
    event: str = ""
    request: str = ""

    def question(self) -> Question:
        """The same for the log. Raises FormError."""
        try:
            return Question(
                patient=self.patient.strip() or None,
                recipient=self.recipient.strip() or None,
                since=_day(self.since),
                until=_day(self.until),
                events=(LogEvent(self.event),) if self.event else (),
                request_id=self.request.strip().upper() or None,
            )
        except ValueError as error:
            raise FormError(str(error)) from None

    @property
    def query(self) -> str:
        """For links to the same question."""
        names = {"since": "from", "until": "to"}
        return urlencode({names.get(name, name): value for name, value in vars(self).items() if value})


@dataclass(frozen=True)
class LogPage:
    """What the page shows."""

    form: Form
    found: int
    entries: tuple[LogEntry, ...]
    """The newest of those found, the newest first."""


def log_page(store: Store, form: Form) -> LogPage:
    """Asks the log. Raises FormError, and Retryable when the database is away."""
    conditions = form.question().conditions()
    newest = select(log).where(*conditions).order_by(log.c.seq.desc()).limit(MOST_ENTRIES)
    with store.reading() as connection:
        found = connection.scalar(select(func.count()).select_from(log).where(*conditions)) or 0
        return LogPage(form, found, tuple(entries(connection.execute(newest).mappings())))


def log_entry(store: Store, seq: int) -> LogEntry | None:
    """One entry, or None."""
    with store.reading() as connection:
        return next(entries(connection.execute(select(log).where(log.c.seq == seq)).mappings()), None)


@dataclass(frozen=True)
class Checked:
    """A check of the chain, and when it was made."""

    chain: ChainCheck
    at: str


class ChainChecker:
    """Checks the chain when it is asked for, at most once a minute."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: Checked | None = None
        self._next = store.clock.now()

    def check(self) -> Checked:
        """The state of the chain. Raises Retryable when the database is away."""
        now = self._store.clock.now()
        if self._last is None or now >= self._next:
            with self._store.reading() as connection:
                self._last = Checked(verify(connection), now.isoformat())
            self._next = now + CHECK_LASTS
        return self._last


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FormError(f"“{text[:20]}” is no date; write it as 2026-11-23.") from None
