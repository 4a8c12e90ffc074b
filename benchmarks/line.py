"""The line itself: messages a second, and milliseconds a message, through a station that does nothing.

The outbox, the inbox, the store, the queue and the runner are the real ones; only the work is left out. So this is what
every attempt costs on top of its work, and beside it the least that the same queue can cost.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any, Protocol, cast
from uuid import uuid4

from benchmarks import servers
from benchmarks.measuring import Figure, Spread, Tell, Used, beside, in_turn, percentile, used_here
from benchmarks.rivals import BarePika, BareSqlite, PersistQueue
from benchmarks.showing import Page
from pipeline import telemetry
from pipeline.clock import SystemClock
from pipeline.line.broker import Broker, Consumer, Topology
from pipeline.line.embedded import EmbeddedBroker
from pipeline.line.outbox import Outbox
from pipeline.line.rabbitmq import RabbitBroker
from pipeline.settings import LineSettings
from pipeline.store.database import connect, database_url, migrate
from pipeline.store.store import Store
from schemas.base import kind_of
from schemas.messages import RequestRead, RequestReceived, encode
from schemas.reading import Reading
from schemas.release import StationName
from tests.servers.processes import ServerUnavailableError
from workers.bench import Bench
from workers.process import HangGuard
from workers.station import Done, Outcome, Runner, Station

NAME = "line"
PIKA, SQLITE, PERSIST_QUEUE = "bare pika", "bare sqlite3", "persist-queue"
EMBEDDED, RABBIT_SQLITE, RABBIT_POSTGRESQL = "line: embedded, SQLite", "line: RabbitMQ, SQLite", "line: RabbitMQ, PostgreSQL"

READING = Reading(scan="a" * 64, pages=1)
TAKES = Topology(
    takes={StationName.READ: frozenset({kind_of(RequestReceived)}), StationName.MATCH: frozenset({kind_of(RequestRead)})}
)
PATIENCE_SECONDS = 30.0


def does_nothing(message: RequestReceived, _bench: Bench) -> Done:
    """The station: one message in, one message and one small fact out, and no work."""
    return Done((RequestRead.after(message, message.occurred_at, reading=READING.sha256(), pages=1),), facts=(READING,))


STATION = Station(StationName.READ, (RequestReceived,), (RequestRead,), does_nothing, "")


class Contestant(Protocol):
    """Somebody who takes a message from one queue and puts one into the next."""

    def pass_on(self, count: int) -> Used:
        """What it takes to pass on so many messages that lie ready."""
        ...


class DoNothingLine:
    """A store, a queue, and the reader's place taken by a station that does nothing."""

    def __init__(self, database: str, file: Path, broker: Broker) -> None:
        engine = connect(database_url(database, file))
        migrate(engine)
        self._store = Store(engine, SystemClock())
        self._broker = broker
        self._outbox = Outbox(self._store, broker)
        self._settings = LineSettings()
        self._runner = Runner(Bench(*cast("Any", [None] * 10)), self._store, self._outbox, self._settings)
        self._ready: Sequence[Any] = ()
        self._scans = 0

    def pass_on(self, count: int) -> Used:
        """What so many attempts take, one after another in one process."""
        self._arrive(count)
        self.publish()
        with self._broker.consume([StationName.READ]) as consumer:
            began = used_here()
            for _ in range(count):
                self._attempt(consumer)
            spent = used_here() - began
        self._clear(count)
        return spent

    def prepare(self) -> None:
        """A request is committed, and its message lies in the outbox."""
        self._arrive(1)

    def publish(self) -> None:
        """Its message leaves the outbox for the queue."""
        self._outbox.publish(self._ready)
        self._ready = ()

    @contextmanager
    def waiting(self) -> Iterator[SimpleQueue[float]]:
        """A worker in a thread of its own; tells when each message was acked."""
        done: SimpleQueue[float] = SimpleQueue()
        stopping = threading.Event()

        def serve() -> None:
            with self._broker.consume([StationName.READ]) as consumer:
                while not stopping.is_set():
                    if self._attempt(consumer, 0.5):
                        done.put(time.perf_counter())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield done
        finally:
            stopping.set()
            thread.join()
            self._clear()

    def close(self) -> None:
        """Lets go of the database; the broker is its maker's."""
        self._store.engine.dispose()

    def _arrive(self, count: int) -> None:
        with self._store.unit() as unit:
            for _ in range(count):
                self._scans += 1
                scan = f"{self._scans:064x}"
                request_id = unit.new_request(scan=scan, file="scan.pdf", media_type="application/pdf")
                unit.send(_received(request_id, scan))
        self._ready = unit.sent

    def _attempt(self, consumer: Consumer, patience: float = PATIENCE_SECONDS) -> bool:
        """One attempt as a worker makes it. False if no message came and that is no fault."""
        incoming = consumer.receive(patience)
        if incoming is None:
            assert patience < PATIENCE_SECONDS, "a message was lost"
            return False
        with HangGuard(60):
            outcome = self._runner.attempt(STATION, incoming)
        assert outcome is Outcome.DONE, outcome
        return True

    def _clear(self, expected: int | None = None) -> None:
        """Every message must lie at the next station, and none in the outbox; then they go away."""
        waiting = self._broker.depths()[StationName.MATCH].ready
        assert expected in (None, waiting), f"{waiting} of {expected} arrived"
        assert self._outbox.waiting() == 0
        with self._broker.consume([StationName.MATCH]) as consumer:
            for _ in range(waiting):
                incoming = consumer.receive(PATIENCE_SECONDS)
                assert incoming is not None
                incoming.ack()


def _received(request_id: str, scan: str) -> RequestReceived:
    now = SystemClock().now()
    return RequestReceived(
        id=uuid4(), request_id=request_id, occurred_at=now, scan=scan, media_type="application/pdf", size_bytes=9
    )


# ---- who takes part ------------------------------------------------------------------------------------------------------


class Field:
    """The contestants, made one by one; whoever cannot take part is named with the reason."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.root = Path(stack.enter_context(TemporaryDirectory(prefix="chartrelay-benchmark-")))
        self.contestants: dict[str, Contestant] = {}
        self.absent: list[str] = []
        self.body = encode(does_nothing(_received("R-000001", "0" * 64), cast("Bench", None)).emits[0])

    def folder(self, name: str) -> Path:
        """A folder of one's own."""
        made = self.root / name
        made.mkdir()
        return made

    def embedded(self) -> None:
        """The embedded queue and what it is set beside."""
        folder = self.folder("embedded")
        broker = EmbeddedBroker(folder / "queue.db", TAKES)
        self._stack.callback(broker.close)
        self._add(EMBEDDED, DoNothingLine("sqlite", folder / "chartrelay.db", broker))
        self._add(SQLITE, BareSqlite(self.folder("bare"), self.body))
        try:
            self._add(PERSIST_QUEUE, PersistQueue(self.folder("persist-queue"), self.body))
        except ImportError:
            self.absent.append("persist-queue is not installed (pip install persist-queue): left out.")

    def rabbitmq(self) -> None:
        """RabbitMQ with each database, and what they are set beside."""
        try:
            url = self._stack.enter_context(servers.rabbitmq())
        except ServerUnavailableError as reason:
            self.absent.append(f"Without RabbitMQ: {reason}")
            return
        self._add(RABBIT_SQLITE, DoNothingLine("sqlite", self.folder("rabbitmq") / "chartrelay.db", self._broker(url)))
        self._add(PIKA, BarePika(url, self.body))
        try:
            database = self._stack.enter_context(servers.postgresql())
        except ServerUnavailableError as reason:
            self.absent.append(f"Without PostgreSQL: {reason}")
            return
        other = self._stack.enter_context(servers.rabbitmq())
        self._add(RABBIT_POSTGRESQL, DoNothingLine(database, self.root, self._broker(other)))

    def _broker(self, url: str) -> Broker:
        broker = RabbitBroker(url, TAKES, name="benchmark")
        self._stack.callback(broker.close)
        return broker

    def _add(self, name: str, contestant: DoNothingLine | BarePika | BareSqlite | PersistQueue) -> None:
        self._stack.callback(contestant.close)
        self.contestants[name] = contestant


# ---- what is measured ----------------------------------------------------------------------------------------------------

BESIDE = {EMBEDDED: SQLITE, PERSIST_QUEUE: SQLITE, RABBIT_SQLITE: PIKA, RABBIT_POSTGRESQL: PIKA}


def throughput(field: Field, messages: int, rounds: int, tell: Tell) -> tuple[list[Figure], list[Figure]]:
    """Messages a second of everybody, and CPU milliseconds a message of our process (the servers' own are not in it)."""
    spent: dict[str, list[Used]] = {name: [] for name in field.contestants}

    def measure(name: str) -> float:
        spent[name].append(field.contestants[name].pass_on(messages))
        return messages / spent[name][-1].seconds

    rates = in_turn({name: partial(measure, name) for name in field.contestants}, rounds, tell)
    cpu = {name: Spread(tuple(use.cpu_seconds * 1000 / messages for use in found[1:])) for name, found in spent.items()}
    return beside(rates, _rivals(rates), "messages/s"), beside(cpu, _rivals(cpu), "CPU ms a message")


def latencies(field: Field, messages: int, rounds: int, tell: Tell) -> tuple[list[Figure], list[Figure]]:
    """Milliseconds from before the publishing to after the ack, one message at a time: median and 95th percentile of rounds."""
    waiters = {name: c for name, c in field.contestants.items() if isinstance(c, DoNothingLine | BarePika)}
    late: dict[str, list[float]] = {name: [] for name in waiters}

    def measure(name: str) -> float:
        found = one_by_one(waiters[name], messages)
        late[name].append(percentile(found, 95))
        return percentile(found, 50)

    middle = in_turn({name: partial(measure, name) for name in waiters}, rounds, tell, warm_up=False)
    tail = {name: Spread(tuple(found)) for name, found in late.items()}
    return beside(middle, _rivals(middle), "ms, median"), beside(tail, _rivals(tail), "ms, 95th percentile")


def _rivals(taking_part: Mapping[str, object]) -> dict[str, str]:
    return {name: rival for name, rival in BESIDE.items() if name in taking_part and rival in taking_part}


def one_by_one(waiter: DoNothingLine | BarePika, messages: int) -> list[float]:
    """Milliseconds of each message. A random pause before each: whoever looks every so often must be met at any moment."""
    dice, found = random.Random(1), []
    with waiter.waiting() as done:
        for _ in range(messages):
            waiter.prepare()
            time.sleep(dice.uniform(0.01, 0.06))
            began = time.perf_counter()
            waiter.publish()
            found.append((done.get(timeout=PATIENCE_SECONDS) - began) * 1000)
    return found


def run(page: Page, *, rounds: int = 5, messages: int = 300) -> None:
    """Prints the tables."""
    with ExitStack() as stack, page.progress() as tell:
        field = Field(stack)
        telemetry.set_up(stack.enter_context((field.root / "log.jsonl").open("w")), json=True)
        tell("starting servers")
        field.embedded()
        field.rabbitmq()
        rates, cpu = throughput(field, messages, rounds, tell)
        middle, tail = latencies(field, max(20, messages // 10), rounds, tell)
    for sentence in field.absent:
        page.remark(sentence)
    note = "The line keeps the request, its state, a fact and the inbox in the same transaction; its rivals keep nothing."
    page.figures(NAME, f"Through a station that does nothing, {messages} messages a round, one process", [*rates, *cpu], note)
    page.figures(NAME, "From published to done, one message at a time", [*middle, *tail])
