"""The delivery log: what left, and who decided? One line that is understood, a page of answers, and the state of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection, func, select

from pipeline.log import asking, finding
from pipeline.log.asking import Name, Search, SearchError
from pipeline.log.chain import ChainCheck, entries, verify, verify_newest
from pipeline.log.words import Sort, plain
from pipeline.store.store import Store
from pipeline.store.tables import log
from schemas.disclosure import LogEntry, LogEvent

CHECK_LASTS = timedelta(minutes=1)
"""Checking reads the log: once a minute is enough, however often the page is opened."""
CHECKED_WHOLE = 20_000
"""A longer log is checked whole by `chartrelay log verify`; the page checks the newest entries of it."""


class FormError(ValueError):
    """The form holds something that is no answer to its question. The text says what."""


@dataclass(frozen=True)
class Form:
    """What was asked: the line, and what links and programs ask beside it. Empty text asks nothing."""

    line: str = ""
    patient: str = ""
    recipient: str = ""
    since: str = ""
    until: str = ""
    event: str = ""
    request: str = ""
    behind: int | None = None
    """Only entries before this number: the next page."""

    def search(self, connection: Connection, today: date) -> Search:
        """The same for the log. Raises FormError."""
        try:
            asked = asking.understood(self.line, today, finding.channels(connection))
            named = (
                *_names(self.patient, (Sort.PATIENT, Sort.NUMBER)),
                *_names(self.recipient, (Sort.TO,)),
            )
            return replace(
                asked.within(_day(self.since), _day(self.until)),
                names=(*asked.names, *named),
                events=(*asked.events, *((LogEvent(self.event).value,) if self.event else ())),
                request_id=self.request.strip().upper() or asked.request_id,
            )
        except SearchError as error:
            raise FormError(str(error)) from None
        except ValueError as error:
            raise FormError(str(error)) from None

    @property
    def query(self) -> str:
        """For links to the same question."""
        return self._query(replace(self, behind=None))

    @property
    def said(self) -> str:
        """What is asked, in one line: for the access log, and over what is printed."""
        return ", ".join(str(value) for name, value in vars(self).items() if value and name != "behind")

    def next_page(self, behind: int) -> str:
        """For the link to what lies further back."""
        return self._query(replace(self, behind=behind))

    @staticmethod
    def _query(form: Form) -> str:
        names = {"line": "q", "since": "from", "until": "to"}
        return urlencode({names.get(name, name): value for name, value in vars(form).items() if value})


@dataclass(frozen=True)
class LogPage:
    """What the page shows."""

    form: Form
    entries: tuple[LogEntry, ...]
    """The newest of those that answer, the newest first."""
    more: int | None
    """There are older ones, before this number."""


def log_page(store: Store, form: Form) -> LogPage:
    """Asks the log. Raises FormError, and Retryable when the database is away."""
    with store.reading() as connection:
        found = _asked(connection, store, form)
        return LogPage(form, found.entries, found.more)


def _asked(connection: Connection, store: Store, form: Form) -> finding.Found:
    try:
        return finding.found(connection, form.search(connection, store.clock.today()), behind=form.behind)
    except SearchError as error:
        raise FormError(str(error)) from None


def answers(store: Store, form: Form) -> Iterator[LogEntry]:
    """Everything that answers, the oldest first: for exports. Raises FormError, also in the midst of it."""
    with store.reading() as connection:
        try:
            yield from finding.all_found(connection, form.search(connection, store.clock.today()))
        except SearchError as error:
            raise FormError(str(error)) from None


def log_entry(store: Store, seq: int) -> LogEntry | None:
    """One entry, or None."""
    with store.reading() as connection:
        return next(entries(connection.execute(select(log).where(log.c.seq == seq)).mappings()), None)


@dataclass(frozen=True)
class Checked:
    """A check of the chain, and when it was made."""

    chain: ChainCheck
    at: str
    unchecked: int = 0
    """Entries before the newest ones that were not looked at."""


class ChainChecker:
    """Checks the chain when a page shows it, at most once a minute, and whenever somebody presses the button."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: Checked | None = None
        self._next = store.clock.now()

    def check(self, *, again: bool = False) -> Checked:
        """The state of the chain; looked at anew if somebody asks for that. Raises Retryable when the database is away."""
        now = self._store.clock.now()
        if self._last is None or now >= self._next or again:
            with self._store.reading() as connection:
                self._last = self._checked(connection, now.isoformat())
            self._next = now + CHECK_LASTS
        return self._last

    @staticmethod
    def _checked(connection: Connection, at: str) -> Checked:
        last = connection.scalar(select(func.max(log.c.seq))) or 0
        if last <= CHECKED_WHOLE:
            return Checked(verify(connection), at)
        newest = CHECKED_WHOLE // 10
        return Checked(verify_newest(connection, newest), at, unchecked=last - newest)


def _names(text: str, sorts: tuple[Sort, ...]) -> Iterator[Name]:
    words = plain(text)
    if text.strip() and not words:
        raise FormError(f"“{text[:20]}” is no name.")
    for word in words:
        yield Name(word, sorts if len(words) == 1 else tuple(sort for sort in sorts if sort is not Sort.NUMBER))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FormError(f"“{text[:20]}” is no date; write it as 2026-11-23.") from None
