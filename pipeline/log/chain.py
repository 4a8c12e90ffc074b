"""The chain: each entry's hash covers the entry and the hash before it.

Whoever changes, removes or slips in an entry would have to compute every later hash anew; the last hash, written down
anywhere else (on paper, in a mail, in a backup), shows it. The database refuses UPDATE and DELETE besides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, RowMapping, func, insert, select, text

from pipeline.log import building, tree
from pipeline.log.rows import COLUMNS, covered, hash_of
from pipeline.store.tables import log, log_tree
from pipeline.store.times import parse, stamp
from schemas.base import JsonDict
from schemas.disclosure import LogEntry, LogEvent

GENESIS = "0" * 64
TREE_DIFFERS = (
    "The entries are whole, but the tree that is kept beside them is not theirs; `chartrelay log rebuild` makes it anew."
)


@dataclass(frozen=True)
class Note:
    """What is to be written into the log; its number and hashes come with the writing."""

    event: LogEvent
    actor: str
    patient_id: str | None = None
    patient: str | None = None
    recipient: str | None = None
    accountable: bool = False
    details: JsonDict = field(default_factory=dict)


def append(connection: Connection, request_id: str | None, at: datetime, notes: Iterable[Note]) -> None:
    """Writes the notes at the end of the chain, in the caller's transaction, with all that is made from them.

    One writer at a time: SQLite's writing transaction is exclusive already, PostgreSQL locks the table until the commit.
    """
    notes = list(notes)
    if not notes:
        return
    lock(connection)
    last = connection.execute(select(log.c.seq, log.c.hash).order_by(log.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    rows = []
    for note in notes:
        seq += 1
        row: dict[str, object] = {
            "seq": seq,
            "at": stamp(at),
            "event": note.event.value,
            "request_id": request_id,
            "actor": note.actor,
            "patient_id": note.patient_id,
            "patient": note.patient,
            "recipient": note.recipient,
            "accountable": note.accountable,
            "details": json.dumps(note.details, sort_keys=True, ensure_ascii=False),
            "previous": previous,
        }
        row["hash"] = previous = hash_of(row)
        rows.append(row)
    connection.execute(insert(log), rows)
    building.add(connection, rows)


def lock(connection: Connection) -> None:
    """Until the end of the transaction, nobody else writes into the log."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE log IN EXCLUSIVE MODE"))


class Kept(Protocol):
    """A head that was kept elsewhere (`heads.Head`)."""

    @property
    def size(self) -> int: ...
    @property
    def root(self) -> str: ...
    @property
    def chain(self) -> str: ...
    @property
    def at(self) -> str: ...


@dataclass(frozen=True)
class ChainCheck:
    """What `verify` found."""

    entries: int
    head: str
    """Hash of the last good entry: write it down elsewhere, and nobody can shorten the log unseen."""
    root: str = ""
    """Of the tree over all entries; empty where it is broken before its end."""
    broken_at: int | None = None
    sentence: str = ""

    @property
    def whole(self) -> bool:
        """Whether every entry is as it was written."""
        return self.broken_at is None


def verify(connection: Connection, expected_head: str | None = None, kept: Kept | None = None) -> ChainCheck:
    """Recomputes the whole chain and the tree over it.

    With `expected_head`, that hash must be found in the chain; with `kept`, the log must begin with the one of that head.
    """
    seq, previous, seen, growing = 0, GENESIS, expected_head in (None, GENESIS), tree.Growing()
    query = select(*COLUMNS).order_by(log.c.seq).execution_options(yield_per=1000)
    for row in connection.execute(query).mappings():
        fault = _fault(row, seq + 1, previous) or _differs(kept, seq, growing, previous)
        if fault:
            return ChainCheck(seq, previous, broken_at=row["seq"], sentence=fault)
        seq, previous = row["seq"], row["hash"]
        seen = seen or previous == expected_head
        for _ in growing.add(covered(dict(row))):
            pass
    fault = _differs(kept, seq, growing, previous) or _ends_wrong(connection, seq, growing, kept)
    if not seen:
        fault = f"The entry with hash {expected_head} is no longer there: the log was shortened or replaced."
    return ChainCheck(seq, previous, growing.root().hex(), broken_at=seq + 1 if fault else None, sentence=fault or "")


def verify_newest(connection: Connection, count: int) -> ChainCheck:
    """Recomputes the last entries alone: quick on any log, and says nothing of the entries before them."""
    newest = select(*COLUMNS).order_by(log.c.seq.desc()).limit(count + 1)
    before, *rows = reversed(connection.execute(newest).mappings().all())
    seq, previous = before["seq"], before["hash"]
    for row in rows:
        if fault := _fault(row, seq + 1, previous):
            return ChainCheck(seq, previous, broken_at=row["seq"], sentence=fault)
        seq, previous = row["seq"], row["hash"]
    return ChainCheck(seq, previous)


def _differs(kept: Kept | None, seq: int, growing: tree.Growing, previous: str) -> str | None:
    if kept is None or kept.size != seq or (kept.root, kept.chain) == (growing.root().hex(), previous):
        return None
    return f"The first {seq} entries are not those that the head of {kept.at} stands for: the log was replaced."


def _ends_wrong(connection: Connection, seq: int, growing: tree.Growing, kept: Kept | None) -> str | None:
    if kept is not None and kept.size > seq:
        return f"The head of {kept.at} stands for {kept.size} entries, and there are {seq}: the log was shortened."
    last = connection.scalar(select(func.max(log_tree.c.place)).where(log_tree.c.level == 0))
    if (last if last is not None else -1) >= seq:
        return f"The tree beside the log knows of entry {last + 1}, and the log ends with entry {seq}: it was shortened."
    return None if tree.nodes(connection, growing.edge) == growing.edge else TREE_DIFFERS


def _fault(row: RowMapping, seq: int, previous: str) -> str | None:
    if row["seq"] != seq:
        return f"Entry {seq} is missing; the next one has number {row['seq']}."
    if row["previous"] != previous:
        return f"Entry {seq} does not follow the entry before it: something was changed, removed or slipped in."
    if hash_of(dict(row)) != row["hash"]:
        return f"Entry {seq} was changed after it was written."
    return None


def entries(rows: Iterable[RowMapping]) -> Iterator[LogEntry]:
    """Rows of the log as entries."""
    for row in rows:
        body = {k: v for k, v in row.items() if k not in ("details", "at", "accountable")}
        details = json.loads(row["details"]) | ({"accountable": True} if row["accountable"] else {})
        yield LogEntry.model_validate({**body, "at": parse(row["at"]), "details": details})
