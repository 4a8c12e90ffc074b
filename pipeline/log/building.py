"""What is made from the log so that it can be searched and proven: words, days and the tree.

All of it follows from the entries alone. New entries add theirs in the transaction that writes them; `build` makes
everything from an old log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from pipeline.log import tree
from pipeline.log.rows import COLUMNS, Row, covered
from pipeline.log.words import mark, words_of
from pipeline.store.tables import log, log_days, log_found, log_tree, log_words

T = TypeVar("T")
AT_ONCE = 20_000
"""Entries that are held in memory while an old log is gone through."""
MOST_PARAMETERS = 500
"""In one statement: SQLite refuses too many."""


def add(connection: Connection, rows: Sequence[Row]) -> None:
    """For new entries, in the order of their numbers. The caller holds the lock that makes it the only writer."""
    _grow_tree(connection, rows)
    _note_days(connection, rows)
    _note_words(connection, rows)


def build(connection: Connection) -> None:
    """Everything anew, from the first entry on."""
    for table in (log_found, log_words, log_days, log_tree):
        connection.execute(delete(table))
    rows = connection.execute(select(*COLUMNS).order_by(log.c.seq).execution_options(yield_per=AT_ONCE)).mappings()
    for some in _batches(rows, AT_ONCE):
        add(connection, [dict(row) for row in some])


# ---- the tree --------------------------------------------------------------------------------------------------------------


def _grow_tree(connection: Connection, rows: Sequence[Row]) -> None:
    growing = tree.growing(connection, int(str(rows[0]["seq"])) - 1)
    new = [(*place, digest) for row in rows for place, digest in growing.add(covered(row))]
    _put(connection, log_tree, ("level", "place", "hash"), new)


# ---- days ------------------------------------------------------------------------------------------------------------------


def _note_days(connection: Connection, rows: Sequence[Row]) -> None:
    days: dict[str, tuple[int, int]] = {}
    for row in rows:
        day, seq = row["at"][:10], row["seq"]
        days[day] = (days.get(day, (seq, seq))[0], seq)
    for day, (first, last) in days.items():
        known = connection.execute(update(log_days).where(log_days.c.day == day).values(last=last)).rowcount
        if not known:
            connection.execute(insert(log_days).values(day=day, first=first, last=last))


# ---- words -----------------------------------------------------------------------------------------------------------------


def _note_words(connection: Connection, rows: Sequence[Row]) -> None:
    of_rows = [(row["seq"], *words_of(row)) for row in rows]
    times = Counter(word for _, _, words in of_rows for word in words)
    ids = _counted(connection, times)
    found = []
    for seq, kind, words in of_rows:
        marks = reduce(or_, (mark(ids[word]) for word in words))
        found += [(ids[word], seq, ids[kind], marks) for word in words]
    _put(connection, log_found, ("word", "seq", "kind", "marks"), sorted(found))


def _counted(connection: Connection, times: Mapping[str, int]) -> dict[str, int]:
    """The words' ids, with their entries counted; new words are written down."""
    ids: dict[str, int] = {}
    for some in _batches(sorted(times), MOST_PARAMETERS):
        ids |= {row.word: row.id for row in connection.execute(select(log_words).where(log_words.c.word.in_(some)))}
    known = [{"this": ids[word], "more": times[word]} for word in ids]
    if known:
        more = update(log_words).where(log_words.c.id == bindparam("this"))
        connection.execute(more.values(entries=log_words.c.entries + bindparam("more")), known)
    new = [{"word": word, "entries": times[word]} for word in sorted(times) if word not in ids]
    for few in _batches(new, MOST_PARAMETERS // 2):
        made = connection.execute(insert(log_words).values(few).returning(log_words.c.id, log_words.c.word))
        ids |= {row.word: row.id for row in made}
    return ids


# ---- many rows at once -----------------------------------------------------------------------------------------------------


def _put(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts the rows; PostgreSQL takes many of them by COPY, which is far quicker."""
    if connection.dialect.name == "postgresql" and len(rows) > 1000:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    these = iter(items)
    while some := list(islice(these, size)):
        yield some
