"""The pages of the desk over years of work: milliseconds a page, asked in process through the application, on both databases.

The practice is made up in bulk: requests of every state with their facts, holds, receipts, chores, attempts, accesses, and the
delivery log as the benchmark `log` makes it. Somebody who may see everything is logged in, and each page is asked as their
browser would, the guard and the access log included. The rival of the same run is plain SQL that fetches the rows which the
page is made of, without any of it.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Table, func, insert, select, text
from starlette.testclient import TestClient

from benchmarks import log as log_benchmark
from benchmarks import servers
from benchmarks.measuring import Spread, Tell, percentile
from benchmarks.showing import Page
from pipeline.clock import HandClock
from pipeline.desk.app import Desk, make_app
from pipeline.desk.key import cookie_name
from pipeline.desk.porter import Porter
from pipeline.line.broker import Depth
from pipeline.people import accounts
from pipeline.people.sessions import open_session
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import Settings
from pipeline.store import tables
from pipeline.store.database import connect, database_url
from pipeline.store.states import FINAL, State
from pipeline.store.store import Store
from pipeline.store.times import stamp
from pipeline.store.vault import Vault
from schemas.base import Fact, kind_of
from schemas.disclosure import DeliveryReceipt
from schemas.messages import RequestRead, encode
from schemas.people import Role
from schemas.reading import Reading
from schemas.record_set import CompletenessReport, Manifest
from schemas.release import Finding, HoldReason, Match, Practice, Release, StationName
from tests.desk import morning
from tests.documents.papers import pdf
from tests.servers.processes import ServerUnavailableError

NAME = "desk"
REQUESTS = 100_000
ENTRIES = 300_000
NOW = morning.START.replace(year=2026, month=11, day=24)
HELD, MOVING = 0.01, 0.004
"""Parts of all requests that wait for a person, or are on their way: hundreds at a time, which is a very busy practice."""
ENDED = {State.CLOSED: 0.94, State.WITHDRAWN: 0.03, State.REJECTED: 0.02, State.SPLIT: 0.01}
PER_REQUEST = 7
"""Attempts, and accesses, that each request leaves behind."""
AT_ONCE = 20_000
KEY = morning.KEY
ADDRESS = "http://127.0.0.1:8471"
SLOWEST = 100.0
"""Milliseconds: no page's median may be above."""


@dataclass(frozen=True)
class Asked:
    """A page, and the rows that it is made of."""

    name: str
    path: str
    rows: str
    """SQL: the rival."""


PAGES = (
    Asked("board", "/", "SELECT * FROM requests WHERE state NOT IN ('closed','withdrawn','rejected','split','delivered')"),
    Asked(
        "queue",
        "/queue",
        "SELECT r.*, h.* FROM holds h JOIN requests r ON r.id = h.request_id WHERE h.settled_at IS NULL ORDER BY h.id",
    ),
    Asked(
        "queue, one reason",
        "/queue?reason=no_patient",
        "SELECT r.*, h.* FROM holds h JOIN requests r ON r.id = h.request_id WHERE h.settled_at IS NULL ORDER BY h.id",
    ),
    Asked(
        "queue, overdue",
        "/queue?show=overdue",
        "SELECT r.*, h.* FROM holds h JOIN requests r ON r.id = h.request_id WHERE h.settled_at IS NULL ORDER BY h.id",
    ),
    Asked("request, held", "/requests/{held}", "SELECT * FROM facts WHERE request_id = '{held}'"),
    Asked("request, closed", "/requests/{closed}", "SELECT * FROM facts WHERE request_id = '{closed}'"),
    Asked("log", "/log", "SELECT * FROM log ORDER BY seq DESC LIMIT 50"),
    Asked(
        "log, name and month", "/log?q=ruiz+2026-10", "SELECT * FROM log WHERE patient LIKE '%Ruiz%' ORDER BY seq DESC LIMIT 50"
    ),
    Asked("counts of a month", "/log/counts?from=2026-11-01&to=2026-11-30", "SELECT * FROM log WHERE at LIKE '2026-11-%'"),
    Asked("accounting", "/log/accounting?patient=p00042", "SELECT * FROM log WHERE patient_id = 'p00042' AND accountable"),
    Asked("release", "/releases/{closed}", "SELECT * FROM log WHERE request_id = '{closed}'"),
    Asked("access", "/access", "SELECT * FROM accesses ORDER BY id DESC LIMIT 200"),
    Asked("access, a patient", "/access?patient=p00042", "SELECT * FROM accesses WHERE patient_id = 'p00042'"),
    Asked("people", "/people", "SELECT * FROM people"),
    Asked("metrics", "/metrics", "SELECT state, count(*) FROM requests GROUP BY state"),
    Asked("API: requests", "/api/requests", "SELECT * FROM requests ORDER BY number DESC LIMIT 1000"),
    Asked("API: held requests", "/api/requests?state=held", "SELECT * FROM requests WHERE state = 'held'"),
    Asked(
        "API: queue", "/api/queue", "SELECT r.*, h.* FROM holds h JOIN requests r ON r.id = h.request_id WHERE settled_at IS NULL"
    ),
    Asked("API: log of a request", "/api/log?request={closed}", "SELECT * FROM log WHERE request_id = '{closed}'"),
)


def run(page: Page, *, rounds: int = 15, requests: int = REQUESTS, entries: int = ENTRIES) -> None:
    """Prints a table for each database."""
    with ExitStack() as stack:
        tell = stack.enter_context(page.progress())
        place = Path(stack.enter_context(TemporaryDirectory(prefix="chartrelay-benchmark-", dir=os.environ.get("TMPDIR"))))
        urls = {"SQLite": database_url("sqlite", place / "desk.db")}
        try:
            urls["PostgreSQL"] = database_url(stack.enter_context(servers.postgresql()), place)
        except ServerUnavailableError as reason:
            page.remark(f"PostgreSQL is left out: {reason}")
        for name, url in urls.items():
            engine = connect(url)
            office = Office(engine, place / name, requests, entries, tell)
            rows = list(_measured(office, rounds, tell))
            slow = [str(row[0]) for row in rows if float(row[1]) > SLOWEST]
            said = f"slower than {SLOWEST:.0f} ms: {', '.join(slow)}" if slow else f"every median is below {SLOWEST:.0f} ms"
            note = f"{requests:,} requests, {entries:,} entries of the log, {office.held:,} held; {rounds} rounds; {said}"
            headings = ["page", "ms, median", "ms, 95 %", "CPU ms", "kB", "plain SQL: ms", "times the SQL"]
            page.rows(NAME, f"Pages of the desk, {name}", headings, rows, note)
            engine.dispose()


def _measured(office: Office, rounds: int, tell: Tell) -> Iterator[list[str | float]]:
    browser = office.browser()
    for asked in PAGES:
        tell(asked.name)
        path, sql = (said.format(held=office.one_held, closed=office.one_closed) for said in (asked.path, asked.rows))
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        ours, theirs, cpu = [], [], []
        for _ in range(rounds):
            began = time.process_time()
            ours.append(_took(partial(browser.get, path)))
            cpu.append(1000 * (time.process_time() - began))
            theirs.append(_took(partial(office.plain, sql)))
        mine, other = Spread(tuple(ours)), Spread(tuple(theirs))
        own = Spread(tuple(cpu)).median
        yield [
            asked.name, mine.median, percentile(ours, 95), own, len(answer.content) / 1000, other.median, mine.over(other).median
        ]  # fmt: skip


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


# ---- the practice ----------------------------------------------------------------------------------------------------------


class Office:
    """A practice of many years, and somebody at its desk."""

    def __init__(self, engine: Engine, root: Path, requests: int, entries: int, tell: Tell) -> None:
        self.folder = PracticeFolder(root)
        self.folder.create()
        self.engine = engine
        tell("the delivery log")
        log_benchmark.made(engine, entries, tell)
        self.store = Store(engine, HandClock(NOW))
        self.vault = Vault(self.folder.vault)
        self.scan = self.vault.put(_paper())
        self._random = random.Random(11)
        self._fill(requests, tell)
        with self.store.reading() as connection:
            self.held = connection.scalar(select(func.count()).where(tables.requests.c.state == State.HELD.value)) or 0
        self.one_held, self.one_closed = self._one(State.HELD, "desc"), self._one(State.CLOSED, "asc")

    def _one(self, state: State, order: str) -> str:
        column = tables.requests.c.number
        query = select(tables.requests.c.id).where(tables.requests.c.state == state.value).offset(10).limit(1)
        with self.store.reading() as connection:
            return str(connection.scalar(query.order_by(getattr(column, order)())))

    def browser(self) -> TestClient:
        """The browser of somebody who may see everything."""
        settings = Settings(practice=Practice(name="Maple Street Family Dentistry"))
        depths = {station: Depth(0, 0, 0) for station in StationName}
        desk = Desk(self.store, self.vault, self.folder, settings, morning.CARDS, lambda: depths, KEY)
        with self.store.unit() as unit:
            roles = frozenset({Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR})
            person = accounts.add(unit.connection, unit.at, login="ana", name="Ana Ortiz", roles=roles, by="a benchmark")
            secret = open_session(unit.connection, unit.at, Porter(desk).limits, person_id=person.id, address="testclient")
        made = TestClient(make_app(desk), base_url=ADDRESS, follow_redirects=False)
        made.cookies.set(cookie_name(KEY, secure=False), secret)
        return made

    def plain(self, sql: str) -> int:
        """The rows, and nothing done with them."""
        with self.store.reading() as connection:
            return len(connection.execute(text(sql)).all())

    # ---- in bulk ------------------------------------------------------------------------------------------------------

    def _fill(self, requests: int, tell: Tell) -> None:
        rows = [self._request(number, requests) for number in range(1, requests + 1)]
        steps: list[tuple[Table, Callable[[Sequence[dict[str, Any]]], Iterator[dict[str, Any]]]]] = [
            (tables.requests, iter),
            (tables.arrivals, self._arrivals),
            (tables.facts, self._facts),
            (tables.holds, self._holds),
            (tables.inbox, self._attempts),
            (tables.accesses, self._accesses),
            (tables.chores, self._chores),
        ]
        for table, make in steps:
            tell(str(table.name))
            self._insert(table, make(rows))
        with self.engine.begin() as connection:
            connection.execute(text("ANALYZE"))

    def _insert(self, table: Table, rows: Iterator[dict[str, Any]]) -> None:
        some: list[dict[str, Any]] = []
        with self.engine.begin() as connection:
            for row in rows:
                some.append(row)
                if len(some) == AT_ONCE:
                    connection.execute(insert(table), some)
                    some.clear()
            if some:
                connection.execute(insert(table), some)
            if self.engine.dialect.name == "postgresql" and table is tables.requests:
                connection.execute(text("SELECT setval(pg_get_serial_sequence('requests', 'number'), max(number)) FROM requests"))

    def _request(self, number: int, requests: int) -> dict[str, Any]:
        """The newest are those that move and wait."""
        state = self._state(number / requests)
        came = NOW - timedelta(minutes=(requests - number) * 6 * 365 * 480 / requests)
        done = state is State.CLOSED
        who = f"{self._random.choice(log_benchmark.FIRST)} {self._random.choice(log_benchmark.LAST)}"
        return {
            "number": number,
            "id": f"R-{number:06d}",
            "scan": self.scan,
            "file": f"scan_{number}.pdf",
            "media_type": "application/pdf",
            "received_at": stamp(came),
            "changed_at": stamp(came if state in FINAL else NOW - timedelta(minutes=5)),
            "state": state.value,
            "station": StationName.CLOSE.value if done else StationName.MATCH.value,
            "revision": 6,
            "patient_id": f"p{self._random.randrange(20_000):05d}",
            "patient": who,
            "destination": f"{self._random.choice(log_benchmark.PLACES)} Dental",
            "channel": "folder",
            "address": "lakeside",
            "office_id": f"O-{self._random.randrange(300)}",
            "pathway": "patient_directive",
            "due": (came.date() + timedelta(days=30)).isoformat(),
            "items": 12,
            "pages": 30,
            "proof": "reached" if done else None,
            "delivered_at": stamp(came + timedelta(hours=1)) if done else None,
        }

    def _state(self, place: float) -> State:
        if place > 1 - MOVING:
            return self._random.choice((State.RECEIVED, State.READ, State.AUTHORIZED, State.COPIED, State.DELIVERING))
        if place > 1 - MOVING - 4 * HELD and self._random.random() < 0.25:
            return State.HELD
        return self._random.choices(list(ENDED), list(ENDED.values()))[0]

    def _arrivals(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            said = {"file": row["file"], "at": row["received_at"], "size_bytes": 1000, "scan": row["scan"]}
            taken = {"outcome": "request", "request_id": row["id"], "token": f"{row['number']:064x}"}
            yield said | taken | {"sentence": f"Taken as {row['id']}.", "advice": ""}

    def _facts(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same for all: what a page costs is reading them, not what they say."""
        known = [_kept(fact) for fact in _examples()]
        for row in rows:
            closed = row["state"] == State.CLOSED.value
            for fact in known if closed else known[:2]:
                yield {**fact, "request_id": row["id"], "at": row["changed_at"]}

    def _holds(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        reasons = (HoldReason.NO_PATIENT, HoldReason.DESTINATION_DIFFERS, HoldReason.NOT_SIGNED, HoldReason.UNREADABLE)
        for row in rows:
            is_held = row["state"] == State.HELD.value
            if not is_held and row["number"] % 4:
                continue
            finding = Finding(reason=self._random.choice(reasons), sentence="The fax on the form is not the one that is known.")
            listed = json.dumps([finding.model_dump(mode="json", exclude_none=True)])
            message = RequestRead(id=UUID(int=row["number"]), request_id=row["id"], occurred_at=NOW, reading="0" * 64, pages=1)
            done = {} if is_held else {"settled_at": row["changed_at"], "decision": "0" * 64}
            opened = {"request_id": row["id"], "station": "match", "message": encode(message), "findings": listed}
            yield {"settled_at": None, "decision": None} | opened | {"opened_at": row["received_at"]} | done

    def _attempts(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            for station in list(StationName)[1 : 1 + PER_REQUEST]:
                told = {"station": station.value, "message_id": f"{row['number']:036d}", "kind": "request.read"}
                yield told | {
                    "request_id": row["id"],
                    "outcome": "done",
                    "at": row["received_at"],
                    "seconds": 0.4,
                    "cpu_seconds": 0.3,
                }

    def _accesses(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            for _ in range(PER_REQUEST // 2):
                who = {"person_id": 1, "login": self._random.choice(("ana", "ben", "chris")), "address": "10.0.0.5"}
                what = {"act": "see_requests", "kind": "request page", "request_id": row["id"], "patient_id": row["patient_id"]}
                yield {"at": row["received_at"], "outcome": "200", "detail": "", **who, **what}

    def _chores(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows[::5]:
            recent = row["number"] > len(rows) * 0.998
            told = {"request_id": row["id"], "kind": "balance", "sentence": "Settle the balance of $40.00."}
            done = {"done_at": None, "done_by": None} if recent else {"done_at": row["changed_at"], "done_by": "Ana Ortiz"}
            yield told | done


def _examples() -> tuple[Fact, ...]:
    """What is kept of a request, as in the tests' busy morning."""
    with TemporaryDirectory() as place:
        made = morning.Morning(Path(place) / "practice")
        request_id = morning.delivered(made)
        kinds = (Reading, Match, Release, Manifest, CompletenessReport, DeliveryReceipt)
        found = tuple(fact for kind in kinds if (fact := made.store.latest(kind, request_id)))
        made.store.engine.dispose()
    return found


def _kept(fact: Fact) -> dict[str, Any]:
    return {"sha256": fact.sha256(), "kind": kind_of(type(fact)), "version": 1, "body": fact.canonical().decode()}


def _paper() -> bytes:
    with TemporaryDirectory() as place:
        return pdf(Path(place), 2).read_bytes()
