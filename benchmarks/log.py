"""Searching the delivery log: milliseconds to the first page, on both databases, beside LIKE over the text of the entries.

The log is made up: as many entries as asked for, over six years, chained and indexed as the line would have done it (but in
bulk). Names follow a long-tailed pattern: some are common, most are rare. Every search is asked with the cache of the
database warm, as an auditor's second search is.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, insert, text

from benchmarks import servers
from benchmarks.measuring import Spread, Tell, percentile
from benchmarks.showing import Page
from pipeline.log import building
from pipeline.log.asking import Search, understood
from pipeline.log.chain import GENESIS, Note
from pipeline.log.finding import PAGE, channels, found
from pipeline.log.rows import COLUMNS, hash_of
from pipeline.log.tree import inclusion
from pipeline.store.database import connect, database_url, migrate
from pipeline.store.store import Store
from pipeline.store.tables import log, log_days
from pipeline.store.times import stamp
from schemas.disclosure import LogEvent
from tests.servers.processes import ServerUnavailableError

NAME = "log"
ENTRIES = 1_000_000
LAST_DAY = date(2026, 11, 24)
DAYS = 6 * 365
AT_ONCE = 20_000
A_REQUEST = (LogEvent.RECEIVED, LogEvent.AUTHORIZED, LogEvent.VERIFIED, LogEvent.INTENDED, LogEvent.DELIVERED, LogEvent.CLOSED)
STATIONS = {"received": "watch", "authorized": "policy", "verified": "verify", "closed": "close"}
FIRST = (
    "Maria",
    "James",
    "Linda",
    "Robert",
    "Ana",
    "Daniel",
    "Wei",
    "Fatima",
    "Olga",
    "John",
    "Elena",
    "Samuel",
    "Grace",
    "Noor",
)
LAST = ("Ruiz", "Smith", "Chen", "Okafor", "Novak", "Garcia", "Oyelaran", "Haddad", "Kim", "Jensen", "Silva", "Moreau", "Patel")
PLACES = ("Lakeside", "Hill", "River", "Oak", "Cedar", "Summit", "Harbor", "Valley", "Sunset", "Maple", "Prairie", "Canyon")
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta")
STYLES = ("Family Dental", "Dental Group", "Orthodontics", "Oral Surgery", "Dental Care", "Endodontics")
STAFF = ("Ana Ortiz", "Ben Walsh", "Chris Yeo", "Dana Fox")
SEARCHES = {
    "everything": "",
    "a common surname": "ruiz",
    "first and last name": "maria ruiz",
    "a rare name": "tasuro",
    "a beginning": "oyel",
    "a patient's number": "#p00042",
    "a recipient": "to lakeside",
    "a word of most recipients": "to dental",
    "one day": "2023-05-17",
    "a month, years ago": "2021-03 delivered",
    "a request": "R-012345",
    "a pathway": "treatment",
    "a channel and a proof": "folder handed_over",
    "a decider": "by walsh",
    "name, office, year": "ruiz dental 2022",
    "decider, pathway, month": "by ortiz authorization 2024-07",
    "name that never went there": "to:dental surgery patient:tasuro",
    "two common, never together": "to:orthodontics to:endodontics",
    "nothing": "nobodyatall",
}


def run(page: Page, *, rounds: int = 5, entries: int = ENTRIES) -> None:
    """Prints a table for each database, and what writing and proving cost."""
    with ExitStack() as stack:
        tell = stack.enter_context(page.progress())
        place = Path(stack.enter_context(TemporaryDirectory(prefix="chartrelay-benchmark-", dir=os.environ.get("TMPDIR"))))
        urls = {"SQLite": database_url("sqlite", place / "log.db")}
        try:
            urls["PostgreSQL"] = database_url(stack.enter_context(servers.postgresql()), place)
        except ServerUnavailableError as reason:
            page.remark(f"PostgreSQL is left out: {reason}")
        for name, url in urls.items():
            engine = connect(url)
            _measure(page, engine, name, rounds, entries, tell)
            engine.dispose()


def _measure(page: Page, engine: Engine, name: str, rounds: int, entries: int, tell: Tell) -> None:
    tell(f"{name}: writing {entries:,} entries")
    took = made(engine, entries, tell)
    store = Store(engine)
    rows: list[list[str | float]] = []
    for what, line in SEARCHES.items():
        tell(f"{name}: {what}")
        ours, theirs, answers = _side_by_side(store, line, rounds)
        rows.append([f"{what}: {line}"[:58], float(answers), ours.median, ours.most, theirs.median, theirs.median / ours.median])
    headings = ["search", "answers on the page", "ms, median", "ms, most", "LIKE: ms", "times quicker"]
    note = f"{entries:,} entries, {rounds} rounds; the worst median is {max(row[2] for row in rows):.1f} ms."
    page.rows(NAME, f"First page of a search, {name}", headings, rows, note)
    page.rows(NAME, f"Writing and proving, {name}", ["", "ms"], _other_costs(store, entries, took))


def _side_by_side(store: Store, line: str, rounds: int) -> tuple[Spread, Spread, int]:
    with store.reading() as connection:
        search = understood(line, LAST_DAY, channels(connection))
        ours, answers = _timed(rounds, lambda: len(found(connection, search).entries))
        theirs, _ = _timed(max(1, rounds // 2), lambda: len(by_like(connection, search)))
    return ours, theirs, answers


def _timed(rounds: int, work: Callable[[], int]) -> tuple[Spread, int]:
    answers, figures = work(), []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        figures.append(1000 * (time.perf_counter() - began))
    return Spread(tuple(figures)), answers


def by_like(connection: Connection, search: Search) -> list[Any]:
    """What a program does that keeps no index of words: LIKE over the text, from the newest entry on."""
    conditions, values = ["1 = 1"], dict[str, Any]()
    words = [name.word for name in search.names]
    words += [f'"{word}"' for some in (search.pathways, search.channels, search.proofs) for word in some]
    for number, word in enumerate(words):
        conditions.append(
            f"lower(coalesce(patient_id,'') || ' ' || coalesce(patient,'') || ' ' || coalesce(recipient,'') || ' ' || details) "
            f"LIKE :w{number}"
        )
        values[f"w{number}"] = f"%{word}%"
    for column, value in (("request_id", search.request_id), ("event", search.events[0] if search.events else None)):
        if value:
            conditions.append(f"{column} || '' = :{column}")
            values[column] = value
    if search.since and search.until:
        conditions.append("at || '' >= :since AND at || '' < :until")
        values |= {"since": search.since.isoformat(), "until": (search.until + timedelta(days=1)).isoformat()}
    query = f"SELECT * FROM log WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT {PAGE}"  # noqa: S608 - our own words
    return list(connection.execute(text(query), values))


def _other_costs(store: Store, entries: int, took: float) -> list[list[str | float]]:
    def appended() -> int:
        with store.unit() as unit:
            unit.log("R-000001", [Note(LogEvent.DELIVERED, "deliver", "p01182", "Maria Ruiz", "Lakeside Family Dental")])
        return 1

    days = count(1)

    def bare() -> int:
        with store.unit() as unit:
            unit.connection.execute(insert(log_days).values(day=f"0001-{next(days):05d}", first=1, last=1))
        return 1

    def proven() -> int:
        with store.reading() as connection:
            return len(inclusion(connection, entries // 3, entries))

    rows: list[list[str | float]] = [["making the log in bulk, each entry", 1000 * took / entries]]
    for what, work in (
        ("one entry in a transaction of its own", appended),
        ("a transaction with one row of another table", bare),
        ("the proof of an entry", proven),
    ):
        spread, _ = _timed(50, work)
        rows.append([what, percentile(spread.rounds, 50)])
    return rows


# ---- the log ---------------------------------------------------------------------------------------------------------------


def made(engine: Engine, entries: int, tell: Tell) -> float:
    """Fills the log; gives the seconds it took."""
    migrate(engine)
    began = time.perf_counter()
    rows = islice(_entries(entries), entries)
    done, previous = 0, GENESIS
    while some := list(islice(rows, AT_ONCE)):
        for row in some:
            row["previous"] = previous
            row["hash"] = previous = hash_of(row)
        with engine.begin() as connection:
            _insert(connection, some)
            building.add(connection, some)
        done += len(some)
        tell(f"{done:,} entries")
    took = time.perf_counter() - began
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
    return took


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if connection.dialect.name != "postgresql":
        connection.execute(insert(log), rows)
        return
    names = [column.name for column in COLUMNS]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY log ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _entries(entries: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(9961)
    first = datetime(2026, 11, 24, tzinfo=UTC) - timedelta(days=DAYS)
    step, seq = timedelta(days=DAYS) / entries, 0
    for request in range(1, entries // len(A_REQUEST) + 2):
        patient, who = _patient(chance)
        to = f"{_tailed(chance, PLACES)} {chance.choice(STYLES)}"
        pathway = chance.choices(("treatment", "authorization", "patient_access", "third_party"), (50, 30, 18, 2))[0]
        decider = "policy" if chance.random() < 0.8 else chance.choice(STAFF)
        proof = chance.choices(("reached", "handed_over", "opened"), (90, 1, 9))[0]
        whole = {
            "pathway": pathway,
            "channel": "folder",
            "proof": proof,
            "decided_by": decider,
            "pages": 14,
            "items": [_item(chance)],
        }
        for event in A_REQUEST:
            seq += 1
            details = {"delivered": whole, "authorized": {"pathway": pathway}, "intended": {"channel": "folder"}}.get(event, {})
            known = event is not LogEvent.RECEIVED
            yield {
                "seq": seq,
                "at": stamp(first + step * seq),
                "event": event.value,
                "request_id": f"R-{request:06d}",
                "actor": STATIONS.get(event, "deliver"),
                "patient_id": patient if known else None,
                "patient": who if known else None,
                "recipient": to if known else None,
                "accountable": event is LogEvent.DELIVERED and pathway == "third_party",
                "details": json.dumps(details, sort_keys=True, ensure_ascii=False),
            }


def _patient(chance: random.Random) -> tuple[str, str]:
    number = chance.randrange(40_000)
    names = random.Random(number)
    return f"p{number:05d}", f"{_tailed(names, FIRST)} {_tailed(names, LAST)}"


def _tailed(chance: random.Random, names: Sequence[str]) -> str:
    """Every other time one of the names, the first of them most often; else one of some thousands of rare ones."""
    if chance.random() < 0.5:
        return names[min(int(chance.expovariate(0.25)), len(names) - 1)]
    return "".join(chance.choice(SYLLABLES) for _ in range(3)).capitalize()


def _item(chance: random.Random) -> dict[str, Any]:
    return {"number": 1, "file": "notes.pdf", "kind": "notes", "pages": 14, "sha256": f"{chance.getrandbits(256):064x}"}
