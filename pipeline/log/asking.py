"""One line that an auditor writes, understood: `ruiz 2026-11 folder`, `to lakeside by ana`, `R-000012`.

Every word must hold. What the line says of days, requests, events, pathways, channels and proofs is told apart from names
by its looks; a name may be the patient's, the recipient's or the decider's, unless it says which: `patient:`, `to:`, `by:`.
`#1182` is a patient's number, `=ann` is that very word.
"""

from __future__ import annotations

import re
import shlex
from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from pipeline.log.words import Sort, plain
from schemas.disclosure import LogEvent, ProofRung
from schemas.release import PathwayName

NAMES = (Sort.PATIENT, Sort.NUMBER, Sort.TO, Sort.BY)
"""What a word without a colon may be."""
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


class SearchError(ValueError):
    """The line cannot be answered. The text says why, and what to write."""


@dataclass(frozen=True)
class Name:
    """A word of a name: it is found at the beginning of a word, where it has three letters or more."""

    word: str
    sorts: tuple[Sort, ...] = NAMES
    whole: bool = False
    """Only this very word."""


@dataclass(frozen=True)
class Search:
    """What must hold of an entry. Empty asks nothing."""

    names: tuple[Name, ...] = ()
    events: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    request_id: str | None = None
    since: date | None = None
    """First day, local time."""
    until: date | None = None
    """Last day, local time."""

    @property
    def of_a_kind(self) -> bool:
        """Whether it asks for events, pathways, channels or proofs."""
        return bool(self.events or self.pathways or self.channels or self.proofs)

    def within(self, since: date | None, until: date | None) -> Search:
        """The same, and within these days as well."""
        first = max((day for day in (self.since, since) if day), default=None)
        last = min((day for day in (self.until, until) if day), default=None)
        return replace(self, since=first, until=last)


def understood(line: str, today: date, channels: Collection[str] = ()) -> Search:
    """The search behind a line; `channels` are those that are understood without saying so. Raises SearchError."""
    reader = _Reader(today, frozenset(channels))
    try:
        words = shlex.split(line.replace("'", "’"))
    except ValueError:
        words = line.replace('"', " ").split()
    for word in _joined(words):
        reader.take(word)
    return reader.search


def _joined(words: list[str]) -> list[str]:
    """With what belongs together in one: `2026-11-01 to 2026-11-23`, `nov 2026`, `to lakeside`, `patient access`."""
    joined: list[str] = []
    rest = [word for word in words if word not in ("–", "-")]
    while rest:
        word, *rest = rest
        low = word.lower()
        if rest and low in ("from", "since", "until", "by", "to") and not _between_days(joined, low, rest[0]):
            joined.append(f"{low}:{rest.pop(0)}")
        elif low == "to" and rest and joined:
            joined[-1] = f"{joined[-1]}..{rest.pop(0)}"
        elif rest and _month(low) and re.fullmatch(r"\d{4}", rest[0]):
            joined.append(f"{rest.pop(0)}-{_month(low):02d}")
        elif rest and f"{low}_{rest[0].lower()}" in _PHRASES:
            joined.append(f"{low}_{rest.pop(0).lower()}")
        else:
            joined.append(word)
    return joined


def _between_days(before: list[str], word: str, after: str) -> bool:
    """Whether `to` stands between two days."""
    return word == "to" and bool(before) and _is_day(before[-1].removeprefix("from:")) and _is_day(after)


_PHRASES = frozenset(name.value for name in (*PathwayName, *ProofRung))
_SHAPES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), lambda y, m, d: (y, m, d)),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), lambda m, d, y: (y, m, d)),
)
_REQUEST = re.compile(r"r-?0*(\d{1,12})", re.IGNORECASE)


def _is_day(word: str) -> bool:
    return bool(re.fullmatch(r"\d{4}(-\d{1,2}){0,2}|\d{1,2}/\d{1,2}/\d{4}|today|yesterday", word.lower()))


def _month(word: str) -> int | None:
    return next((n for n, month in enumerate(MONTHS, start=1) if len(word) >= 3 and month.startswith(word)), None)


def days_of(word: str, today: date) -> tuple[date, date] | None:
    """First and last day of `2026-11-23`, `11/23/2026`, `2026-11`, `2026`, `today`; None for what is no date.

    Raises SearchError for a date that there is not.
    """
    low = word.lower()
    if low in ("today", "yesterday"):
        day = today - timedelta(days=low == "yesterday")
        return day, day
    try:
        for shape, order in _SHAPES:
            if found := shape.fullmatch(low):
                day = date(*order(*map(int, found.groups())))
                return day, day
        if found := re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", low):
            year, month = int(found[1]), int(found[2] or 0)
            if not 1990 <= year <= 2100:
                return None
            last = monthrange(year, month or 12)[1]
            return date(year, month or 1, 1), date(year, month or 12, last)
    except ValueError:
        raise SearchError(f"There is no day “{word[:20]}”.") from None
    return None


def last_month(word: str, today: date) -> tuple[date, date] | None:
    """First and last day of `january`: this year's, or last year's where this year's is still to come. None for another word."""
    month = _month(word.lower())
    return days_of(f"{today.year - (month > today.month)}-{month}", today) if month else None


@dataclass
class _Reader:
    """Takes one word after the other."""

    today: date
    channels: frozenset[str]
    search: Search = field(default_factory=Search)

    def take(self, word: str) -> None:
        if (found := _REQUEST.fullmatch(word)) and (word[1] == "-" or len(found[1]) > 1 or "0" in word):
            self.search = replace(self.search, request_id=f"R-{int(found[1]):06d}")
        elif not (self._said(word) or self._days(word) or self._kind(word)):
            self._name(word, NAMES)

    def _said(self, word: str) -> bool:
        """`patient:ruiz`"""
        label, colon, value = word.partition(":")
        take = self._labelled().get(label.lower()) if colon else None
        if take and value:
            take(value)
        return take is not None

    def _labelled(self) -> Mapping[str, Callable[[str], None]]:
        return {
            "patient": lambda value: self._name(value, (Sort.PATIENT, Sort.NUMBER)),
            "to": lambda value: self._name(value, (Sort.TO,)),
            "recipient": lambda value: self._name(value, (Sort.TO,)),
            "by": lambda value: self._name(value, (Sort.BY,)),
            "from": lambda value: self._bound(value, first=True),
            "since": lambda value: self._bound(value, first=True),
            "until": lambda value: self._bound(value, first=False),
            "event": lambda value: self._add("events", value, LogEvent),
            "pathway": lambda value: self._add("pathways", value, PathwayName),
            "proof": lambda value: self._add("proofs", value, ProofRung),
            "channel": lambda value: self._add("channels", value, None),
            "request": self.take,
        }

    def _bound(self, value: str, *, first: bool) -> None:
        begin, between, end = value.partition("..")
        if between and first:
            self._range(begin, end)
        elif days := days_of(value, self.today) or last_month(value, self.today):
            self.search = self.search.within(days[0] if first else None, None if first else days[1])
        elif first:  # “from lakeside”: nothing comes from anywhere in this log but from ourselves
            self._name(value, NAMES)
        else:
            raise SearchError(f"“{value[:20]}” is no date; write it as 2026-11-23.")

    def _days(self, word: str) -> bool:
        begin, between, end = word.partition("..")
        if between:
            return self._range(begin, end)
        days = days_of(word, self.today)
        if days:
            self.search = self.search.within(*days)
        return days is not None

    def _range(self, begin: str, end: str) -> bool:
        first, last = days_of(begin, self.today), days_of(end, self.today)
        if (begin and not first) or (end and not last) or not (first or last):
            raise SearchError(f"“{begin[:20]}..{end[:20]}” is no time; write it as 2026-11-01..2026-11-23.")
        self.search = self.search.within(first[0] if first else None, last[1] if last else None)
        return True

    def _kind(self, word: str) -> bool:
        low = word.lower().replace("-", "_")
        for name, words in (("events", LogEvent), ("pathways", PathwayName), ("proofs", ProofRung)):
            if low in {each.value for each in words}:
                self._add(name, low, None)
                return True
        if low in self.channels:
            self._add("channels", low, None)
            return True
        return False

    def _add(self, name: str, value: str, words: type[LogEvent | PathwayName | ProofRung] | None) -> None:
        value = value.lower() if words is None else value.lower().replace("-", "_").replace(" ", "_")
        if words is not None and value not in {each.value for each in words}:
            raise SearchError(f"“{value[:30]}” is none of: {', '.join(each.value for each in words)}.")
        more: dict[str, Any] = {name: (*getattr(self.search, name), value)}
        self.search = replace(self.search, **more)

    def _name(self, text: str, sorts: tuple[Sort, ...]) -> None:
        if text.startswith("#") and len(text) > 1:
            self._names(Name(text[1:].lower(), (Sort.NUMBER,), whole=True))
            return
        whole, parts = text.startswith("="), plain(text)
        if not parts:
            raise SearchError(f"“{text[:20]}” is no word that an entry could be found by.")
        if len(parts) > 1 or parts[0] != text.lower():
            sorts = tuple(sort for sort in sorts if sort is not Sort.NUMBER)
        self._names(*(Name(part, sorts, whole) for part in parts))

    def _names(self, *names: Name) -> None:
        self.search = replace(self.search, names=(*self.search.names, *names))
