"""RabbitMQ (AMQP 0-9-1) through pika: the only file that knows pika.

What lies on the server, so that anybody's client can join:

    exchange chartrelay (topic, durable)               routing key = the kind of the message, such as request.read
    queue chartrelay.STATION (quorum, durable)         bound to the kinds that the station takes; explicit delivery limit
    exchange chartrelay.dead (direct, durable)         what was delivered too often, routing key = the station
    queue chartrelay.STATION.dead (quorum, durable)    served by the same workers, which hold the request for a person

Published persistent, mandatory and confirmed; acked by hand after the commit, one message at a time for each station.

pika's connections belong to one thread. Here that is an I/O thread which does nothing else, so heartbeats are answered
however long a station reads; everybody else hands it work and waits. When the server goes away it reconnects with a
growing, jittered pause, and everything that was not acked comes again.
"""

from __future__ import annotations

import contextlib
import functools
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

from pipeline.errors import SettingsError
from pipeline.line.broker import BrokerAway, Depth, Outgoing, Topology, Unroutable
from schemas.release import StationName

T = TypeVar("T")

EXCHANGE = "chartrelay"
DEAD_EXCHANGE = "chartrelay.dead"
TRIES_HEADER = "x-chartrelay-tries"
ANSWER_SECONDS = 30.0
"""How long a publisher waits for the I/O thread before it takes the broker for gone."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0
"""Seconds between two tries to connect."""
NO_LIMIT = 1_000_000
"""A dead letter waits for as long as it takes; RabbitMQ 4 would give quorum queues a limit of 20 otherwise."""


def queue_name(station: StationName) -> str:
    """chartrelay.read"""
    return f"{EXCHANGE}.{station.value}"


def parameters(url: str) -> pika.URLParameters:
    """Connection parameters from an AMQP URL: amqps:// means TLS with the server's name checked.

    Raises SettingsError; the text never holds the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
        raise SettingsError(
            "line.broker is no AMQP URL; write embedded, or amqp://user:password@host:5672/vhost (amqps:// with TLS)"
        )
    try:
        found = pika.URLParameters(url)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"line.broker: the options after ? are not right: {type(error).__name__}") from None
    if "heartbeat" not in parts.query:
        found.heartbeat = 30
    if "blocked_connection_timeout" not in parts.query:
        found.blocked_connection_timeout = 60  # a server short of memory or disk blocks publishers without a word
    found.client_properties = {"connection_name": "chartrelay"}
    return found


class RabbitBroker:
    """The Broker port over RabbitMQ."""

    def __init__(self, url: str, topology: Topology, *, name: str = "chartrelay") -> None:
        self.topology = topology
        self._parameters = parameters(url)
        self._parameters.client_properties = {"connection_name": name}
        self._io: _Io | None = None
        self._lock = threading.Lock()

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Publishes and waits for the server's confirmation of every message."""
        if messages:
            self._thread().call(functools.partial(_publish, messages=messages, announced=self.topology.announced))

    def consume(self, stations: Sequence[StationName]) -> RabbitConsumer:
        """A consumer with a connection of its own, so that a flood of publishing never delays an ack."""
        return RabbitConsumer(self._parameters, self.topology, stations)

    def depths(self) -> dict[StationName, Depth]:
        """Counts of all queues, as the server tells them (a passive declare tells what is ready, not what is at work)."""
        return self._thread().call(functools.partial(_depths, stations=list(self.topology.takes)))

    def close(self) -> None:
        """Ends the connection."""
        with self._lock:
            if self._io:
                self._io.close()
                self._io = None

    def _thread(self) -> _Io:
        with self._lock:
            if self._io is None:
                self._io = _Io(self._parameters, functools.partial(_ready_to_publish, topology=self.topology))
            return self._io


def declare(channel: BlockingChannel, topology: Topology) -> None:
    """Makes exchanges, queues and bindings where they are missing."""
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    channel.exchange_declare(DEAD_EXCHANGE, "direct", durable=True)
    for station, kinds in topology.takes.items():
        name = queue_name(station)
        channel.queue_declare(
            name,
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-delivery-limit": topology.delivery_limit,
                "x-dead-letter-exchange": DEAD_EXCHANGE,
                "x-dead-letter-routing-key": station.value,
                # a dead letter is only gone from here once it lies safely there
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )
        channel.queue_declare(f"{name}.dead", durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": NO_LIMIT})
        channel.queue_bind(f"{name}.dead", DEAD_EXCHANGE, station.value)
        for kind in sorted(kinds):
            channel.queue_bind(name, EXCHANGE, kind)


def _ready_to_publish(channel: BlockingChannel, topology: Topology) -> None:
    declare(channel, topology)
    channel.confirm_delivery()


def _publish(channel: BlockingChannel, messages: Sequence[Outgoing], announced: frozenset[str]) -> None:
    for message in messages:
        exchange, key = ("", queue_name(message.station)) if message.station else (EXCHANGE, message.kind)
        properties = pika.BasicProperties(
            message_id=message.message_id,
            type=message.kind,
            app_id="chartrelay",
            content_type="application/json",
            delivery_mode=pika.DeliveryMode.Persistent,
            headers={TRIES_HEADER: message.tries},
        )
        try:
            channel.basic_publish(exchange, key, message.body, properties, mandatory=message.kind not in announced)
        except pika.exceptions.UnroutableError:
            raise Unroutable(f"no queue takes {message.kind}") from None
        except pika.exceptions.NackError:
            raise BrokerAway("RabbitMQ refused a message: a queue is full or has lost its quorum") from None


def _depths(channel: BlockingChannel, stations: Sequence[StationName]) -> dict[StationName, Depth]:
    def ready(name: str) -> int:
        return int(channel.queue_declare(name, passive=True).method.message_count)

    return {s: Depth(ready(queue_name(s)), None, ready(f"{queue_name(s)}.dead")) for s in stations}


def _lost(_frame: Any) -> None:
    """The server ended a subscription (its queue was removed, its node failed over): connect and declare afresh."""
    raise pika.exceptions.ConsumerCancelled()


@dataclass(frozen=True)
class Received:
    """A message from RabbitMQ, bound to the connection that brought it."""

    consumer: RabbitConsumer
    session: int
    tag: int
    station: StationName
    body: bytes
    tries: int
    dead: bool
    earlier: int
    """Deliveries before this one that ended without an ack."""

    def ack(self) -> None:
        """Tells the server that it is dealt with; on a connection that is gone this is void, and it comes again."""
        self.consumer.answer(self.session, lambda channel: channel.basic_ack(self.tag))

    def give_back(self) -> None:
        """Lets the server deliver it again."""
        self.consumer.answer(self.session, lambda channel: channel.basic_nack(self.tag, requeue=True))


class RabbitConsumer:
    """Receives from the queues of some stations, and from their dead-letter queues."""

    def __init__(self, connect: pika.ConnectionParameters, topology: Topology, stations: Sequence[StationName]) -> None:
        self._stations = tuple(stations)
        self._topology = topology
        # No SimpleQueue: where a signal meets the end of its timeout, CPython 3.11 waits in it for ever, and no worker stops.
        self._arriving: queue.Queue[Received] = queue.Queue()
        self._at_hand: list[Received] = []
        self._session = 0
        self._io = _Io(connect, self._subscribe)

    def _subscribe(self, channel: BlockingChannel) -> None:
        """Runs in the I/O thread at every new connection."""
        self._session += 1
        declare(channel, self._topology)
        channel.add_on_cancel_callback(_lost)
        channel.basic_qos(prefetch_count=1)  # for each consumer: one message at work, one queue never starves another
        for station in self._stations:
            for dead in (False, True):
                name = queue_name(station) + (".dead" if dead else "")
                channel.basic_consume(name, functools.partial(self._received, station, dead, self._session))

    def _received(
        self,
        station: StationName,
        dead: bool,
        session: int,
        _channel: Any,
        method: Any,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        tries = (properties.headers or {}).get(TRIES_HEADER, 0)
        tries = tries if isinstance(tries, int) else 0  # a stranger's message may say anything
        earlier = (properties.headers or {}).get("x-delivery-count", 0)
        self._arriving.put(Received(self, session, method.delivery_tag, station, body, tries, dead, earlier))

    def receive(self, timeout: float) -> Received | None:
        """The next message, waiting up to `timeout` seconds; leftovers of an earlier connection are passed over.

        Of those that wait in this process, one for each station at the most, the least often delivered comes first, and
        chance decides between equals: a message that brings workers down must not take its neighbours along each time.
        """
        end = time.monotonic() + timeout
        while True:
            arrived = self._arrived(0 if self._at_hand else end - time.monotonic())
            self._at_hand = [m for m in (*self._at_hand, *arrived) if m.session == self._session]
            if self._at_hand:
                found = min(self._at_hand, key=lambda m: (m.earlier, random.random()))  # noqa: S311 -- nothing secret about it
                self._at_hand.remove(found)
                return found
            if time.monotonic() >= end:
                return None

    def _arrived(self, timeout: float) -> Iterator[Received]:
        """What has arrived, waiting for the first of it."""
        with contextlib.suppress(queue.Empty):
            if timeout > 0:
                yield self._arriving.get(timeout=timeout)
            while True:
                yield self._arriving.get_nowait()

    def answer(self, session: int, act: Callable[[BlockingChannel], None]) -> None:
        """Acks or nacks on the connection that brought the message; void if that is gone."""

        def on_same(channel: BlockingChannel) -> None:
            if session == self._session:
                act(channel)

        with contextlib.suppress(BrokerAway):
            self._io.call(on_same)

    def close(self) -> None:
        """Ends the connection; the server gives what was not acked to others."""
        self._io.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


CLOSING = "the connection to RabbitMQ is being closed"


class _Io(threading.Thread):
    """The thread that owns one connection: keeps it open, and does on its channel what others ask."""

    def __init__(self, connect: pika.ConnectionParameters, prepare: Callable[[BlockingChannel], None]) -> None:
        super().__init__(name="amqp", daemon=True)
        self._parameters = connect
        self._prepare = prepare
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._channel: BlockingChannel | None = None
        self._connection: BlockingConnection | None = None
        self._calls: queue.SimpleQueue[tuple[Callable[[BlockingChannel], Any], Future[Any]]] = queue.SimpleQueue()
        self._ended = threading.Event()
        """Set once nobody serves the calls any more."""
        self.start()

    def call(self, act: Callable[[BlockingChannel], T]) -> T:
        """Does `act` with the channel, in the I/O thread, and gives its result. Raises BrokerAway, or what `act` raises."""
        future: Future[T] = Future()
        self._calls.put((act, future))
        self._wake()
        if self._ended.is_set():  # an ack after the close: it is refused at once, not after a long wait
            self._refuse_all(CLOSING)
        try:
            return future.result(ANSWER_SECONDS)
        except FutureTimeout:
            future.cancel()
            raise BrokerAway("RabbitMQ does not answer") from None

    def close(self) -> None:
        """Ends the thread and its connection."""
        self._stopping.set()
        self._wake()
        self.join(10)

    def _wake(self) -> None:
        with self._guard:
            if self._connection is not None:
                with contextlib.suppress(pika.exceptions.AMQPError):
                    self._connection.add_callback_threadsafe(self._serve)

    def run(self) -> None:
        """Connects, serves, and connects again, until told to stop."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                with contextlib.closing(BlockingConnection(self._parameters)) as connection:
                    channel = connection.channel()
                    self._prepare(channel)
                    with self._guard:
                        self._connection, self._channel = connection, channel
                    pause = FIRST_PAUSE
                    self._serve()
                    while not self._stopping.is_set():
                        connection.process_data_events(time_limit=1)
                        if not channel.is_open:  # pika raises nothing where the server closes the channel alone
                            raise pika.exceptions.ChannelWrongStateError("the server closed the channel")
                        self._serve()
            except Exception as error:  # whatever it is: without this thread the worker would be deaf
                self._refuse_all(f"RabbitMQ cannot be reached: {type(error).__name__}")
                self._forget()
                # a growing, jittered pause: a hundred workers must not knock at the same moment
                self._stopping.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311
                pause = min(pause * 2, LONGEST_PAUSE)
        self._forget()
        self._ended.set()
        self._refuse_all(CLOSING)

    def _forget(self) -> None:
        with self._guard:
            self._connection = self._channel = None

    def _serve(self) -> None:
        """Does what was asked for meanwhile. Errors of the connection end it; the caller is told either way."""
        while self._channel is not None:
            try:
                act, future = self._calls.get_nowait()
            except queue.Empty:
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(act(self._channel))
            except (pika.exceptions.AMQPError, OSError) as error:
                future.set_exception(BrokerAway(f"RabbitMQ went away: {type(error).__name__}"))
                raise
            except Exception as error:
                future.set_exception(error)

    def _refuse_all(self, why: str) -> None:
        while True:
            try:
                _, future = self._calls.get_nowait()
            except queue.Empty:
                return
            if future.set_running_or_notify_cancel():
                future.set_exception(BrokerAway(why))
