"""Finding entries: the numbers that answer a search, page by page, the newest or the oldest first.

The search begins with its rarest word and looks the others up entry by entry, so what it costs does not grow with the
log but with the rarest thing that is asked for. A page ends where the next one begins (its last number), not after a
count, so the last page costs what the first does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, union_all

from pipeline.log.asking import Name, Search, SearchError
from pipeline.log.chain import entries
from pipeline.log.rows import COLUMNS
from pipeline.log.words import Sort, mark
from pipeline.store.tables import log, log_days, log_found, log_words
from pipeline.store.times import stamp
from schemas.disclosure import LogEntry

PAGE = 100
EXPORT_PAGE = 1000
MOST_WORDS = 200
"""Different words that one beginning may stand for."""
SHORTEST = 3
"""Letters from which on a word is taken as a beginning."""


@dataclass(frozen=True)
class Found:
    """One page of answers."""

    entries: tuple[LogEntry, ...]
    more: int | None
    """Ask on from behind this number; None where this was all."""


def found(
    connection: Connection, search: Search, *, behind: int | None = None, newest_first: bool = True, limit: int = PAGE
) -> Found:
    """The entries that answer, from behind that number on. Raises SearchError."""
    numbers = _numbers(connection, search, behind, newest_first, limit + 1)
    shown = numbers[:limit]
    rows = connection.execute(select(*COLUMNS).where(log.c.seq.in_(shown)).order_by(_order(log.c.seq, newest_first)))
    return Found(tuple(entries(rows.mappings())), shown[-1] if len(numbers) > limit else None)


def all_found(connection: Connection, search: Search) -> Iterator[LogEntry]:
    """Every entry that answers, the oldest first, without holding them all. Raises SearchError."""
    behind: int | None = None
    while True:
        page = found(connection, search, behind=behind, newest_first=False, limit=EXPORT_PAGE)
        yield from page.entries
        if page.more is None:
            return
        behind = page.more


@dataclass(frozen=True)
class _Group:
    """Words of which an entry must have one."""

    words: tuple[int, ...]
    entries: int


@dataclass(frozen=True)
class _Bounds:
    """Between which numbers the answer lies, both included, and between which times."""

    lowest: int | None = None
    highest: int | None = None
    since: str | None = None
    before: str | None = None

    def hold(self, seq: ColumnElement[int], at: ColumnElement[str] | None) -> list[ColumnElement[bool]]:
        """The same for the database; without `at`, it is looked up."""
        held: list[ColumnElement[bool]] = []
        if self.lowest is not None:
            held.append(seq >= self.lowest)
        if self.highest is not None:
            held.append(seq <= self.highest)
        if self.since or self.before:
            there = select(log.c.at).where(log.c.seq == seq).correlate_except(log).scalar_subquery() if at is None else at
            held += [there >= self.since] if self.since else []
            held += [there < self.before] if self.before else []
        return held


def _numbers(connection: Connection, search: Search, behind: int | None, newest_first: bool, limit: int) -> list[int]:
    bounds = _bounds(connection, search, behind, newest_first)
    groups = [_group(connection, name) for name in search.names]
    kinds = _kinds(connection, search) if search.of_a_kind else None
    if bounds is None or any(not group.words for group in (*groups, *([kinds] if kinds else []))):
        return []
    if search.request_id or not (groups or kinds):
        query = _of_the_log(search.request_id, groups, kinds, bounds, newest_first, limit)
    else:
        query = _of_the_rarest(groups, kinds, bounds, newest_first, limit)
    return list(connection.execute(query).scalars())


def _of_the_log(
    request_id: str | None, groups: Sequence[_Group], kinds: _Group | None, bounds: _Bounds, newest_first: bool, limit: int
) -> Select[Any]:
    query = select(log.c.seq).where(*bounds.hold(log.c.seq, log.c.at))
    if request_id:
        query = query.where(log.c.request_id == request_id)
    query = query.where(*(_has(group, log.c.seq) for group in (*groups, *([kinds] if kinds else []))))
    return query.order_by(_order(log.c.seq, newest_first)).limit(limit)


def _of_the_rarest(
    groups: Sequence[_Group], kinds: _Group | None, bounds: _Bounds, newest_first: bool, limit: int
) -> Select[Any]:
    rarest = min((*groups, *([kinds] if kinds else [])), key=lambda group: group.entries)
    others = [group for group in groups if group is not rarest]
    arms = []
    for number, word in enumerate(rarest.words):
        here = log_found.alias(f"found_{number}")
        arm = select(here.c.seq).where(here.c.word == word, *bounds.hold(here.c.seq, None))
        if kinds is not None and kinds is not rarest:
            arm = arm.where(here.c.kind.in_(kinds.words))
        arm = arm.where(*_may_have(others, here.c.marks), *(_has(group, here.c.seq) for group in others))
        arms.append(select(arm.order_by(_order(here.c.seq, newest_first)).limit(limit).subquery().c.seq))
    together = union_all(*arms).subquery()
    # an entry may have several words of one group: it is counted once
    return select(together.c.seq).distinct().order_by(_order(together.c.seq, newest_first)).limit(limit)


def _may_have(groups: Sequence[_Group], marks: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """What the row itself tells of the entry's other words: where a bit is missing, the word is."""
    mask = reduce(or_, (mark(group.words[0]) for group in groups if len(group.words) == 1), 0)
    return [marks.op("&")(mask) == mask] if mask else []


def _has(group: _Group, seq: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the entry has one of the words. OFFSET 0 keeps PostgreSQL from reading all entries of a common word instead."""
    other = log_found.alias()
    looked = select(literal(1)).where(other.c.word.in_(group.words), other.c.seq == seq).offset(0)
    return looked.correlate_except(other).exists()


def _order(column: ColumnElement[int], newest_first: bool) -> ColumnElement[int]:
    return column.desc() if newest_first else column.asc()


# ---- words -------------------------------------------------------------------------------------------------------------------


def _group(connection: Connection, name: Name) -> _Group:
    """The words that a name stands for. Raises SearchError where they are too many."""
    conditions = []
    for sort in name.sorts:
        word, beginning = f"{sort}:{name.word}", not name.whole and sort is not Sort.NUMBER and len(name.word) >= SHORTEST
        conditions.append((log_words.c.word >= word) & (log_words.c.word < word + "{") if beginning else log_words.c.word == word)
    arms = [select(log_words.c.id, log_words.c.entries).where(condition) for condition in conditions]
    rows = connection.execute(union_all(*arms).limit(MOST_WORDS + 1)).all()
    if len(rows) > MOST_WORDS:
        raise SearchError(
            f"More than {MOST_WORDS} names begin with “{name.word}”; write more of it, or ={name.word} for that word alone."
        )
    return _Group(tuple(row.id for row in rows), sum(row.entries for row in rows))


def channels(connection: Connection) -> frozenset[str]:
    """The channels that the log knows."""
    return frozenset(row.word.split("|")[2] for row in _all_kinds(connection)) - {""}


def _all_kinds(connection: Connection) -> Sequence[Any]:
    word = log_words.c.word
    return connection.execute(select(log_words).where((word >= f"{Sort.KIND}:") & (word < f"{Sort.KIND};"))).all()


def _kinds(connection: Connection, search: Search) -> _Group:
    """The kinds of entry that the search asks for: there are few in any log."""
    asked = (search.events, search.pathways, search.channels, search.proofs)
    fits = [
        row
        for row in _all_kinds(connection)
        if all(part in some for part, some in zip(row.word.partition(":")[2].split("|"), asked, strict=True) if some)
    ]
    return _Group(tuple(row.id for row in fits), sum(row.entries for row in fits))


# ---- days --------------------------------------------------------------------------------------------------------------------


def _bounds(connection: Connection, search: Search, behind: int | None, newest_first: bool) -> _Bounds | None:
    """None where no entry can answer. The days narrow the numbers down, the times decide."""
    lowest, highest = (None, behind - 1 if behind is not None else None) if newest_first else (behind, None)
    lowest = lowest + 1 if lowest is not None else None
    since = stamp(local_midnight(search.since)) if search.since else None
    before = stamp(local_midnight(search.until + timedelta(days=1))) if search.until else None
    if since or before:
        days = select(func.min(log_days.c.first).label("first"), func.max(log_days.c.last).label("last"))
        days = days.where(log_days.c.day >= since[:10]) if since else days
        days = days.where(log_days.c.day <= before[:10]) if before else days
        first, last = connection.execute(days).one()
        if first is None:
            return None
        lowest, highest = max(lowest or 1, first), min(highest, last) if highest is not None else last
    return _Bounds(lowest, highest, since, before)


def local_midnight(day: date) -> datetime:
    """The moment at which the day begins here."""
    return datetime.combine(day, time.min).astimezone()
