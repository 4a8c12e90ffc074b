"""The rivals of the line: the least that takes a message from one queue, puts one into the next and loses none.

None of them keeps a request, its state, a fact or a log; what the line costs beyond them is the price of that.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pika

from benchmarks.measuring import Used, used_here

TAKEN, GIVEN = "bare.taken", "bare.given"
"""The queue a rival takes from, and the one it gives to."""


class BarePika:
    """RabbitMQ by hand: two quorum queues; publish confirmed and mandatory, then ack; one message at a time."""

    def __init__(self, url: str, body: bytes) -> None:
        self._url = url
        self._body = body
        self._connection, self._channel = self._connect()
        for name in (TAKEN, GIVEN):
            self._channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})

    def pass_on(self, count: int) -> Used:
        """What it takes to pass on so many messages that lie ready."""
        for _ in range(count):
            self._put(self._channel, TAKEN)
        began = used_here()
        arrived = self._channel.consume(TAKEN, inactivity_timeout=30)
        for _ in range(count):
            self._one(self._channel, next(arrived)[0])
        spent = used_here() - began
        self._channel.cancel()
        given = self._channel.queue_purge(GIVEN).method.message_count
        assert given == count, f"{given} of {count} arrived"
        return spent

    @contextmanager
    def waiting(self) -> Iterator[SimpleQueue[float]]:
        """A consumer in a thread of its own; tells when each message was done."""
        done: SimpleQueue[float] = SimpleQueue()
        stopping = threading.Event()

        def serve() -> None:
            connection, channel = self._connect()
            for method, _, _ in channel.consume(TAKEN, inactivity_timeout=0.5):
                if method is not None:
                    self._one(channel, method)
                    done.put(time.perf_counter())
                if stopping.is_set():
                    break
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield done
        finally:
            stopping.set()
            thread.join()
            self._channel.queue_purge(GIVEN)

    def prepare(self) -> None:
        """Nothing lies ready before it is published."""

    def publish(self) -> None:
        """One message."""
        self._put(self._channel, TAKEN)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _connect(self) -> tuple[Any, Any]:
        connection = pika.BlockingConnection(pika.URLParameters(self._url))
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=1)
        return connection, channel

    def _one(self, channel: Any, method: Any) -> None:
        self._put(channel, GIVEN)
        channel.basic_ack(method.delivery_tag)

    def _put(self, channel: Any, queue: str) -> None:
        properties = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
        channel.basic_publish("", queue, self._body, properties, mandatory=True)


class BareSqlite:
    """SQLite by hand: read the oldest, one commit to put the next, one to delete it; each is flushed to the disk."""

    def __init__(self, folder: Path, body: bytes) -> None:
        self._body = body
        self._db = sqlite3.connect(folder / "bare.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, body BLOB NOT NULL)")
        self._db.execute("CREATE INDEX by_queue ON messages (queue, id)")

    def pass_on(self, count: int) -> Used:
        """What it takes to pass on so many messages that lie ready."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO messages (queue, body) VALUES (?, ?)", [(TAKEN, self._body)] * count)
        self._db.execute("COMMIT")
        began = used_here()
        for _ in range(count):
            row = self._db.execute("SELECT id, body FROM messages WHERE queue = ? ORDER BY id LIMIT 1", (TAKEN,)).fetchone()
            self._db.execute("INSERT INTO messages (queue, body) VALUES (?, ?)", (GIVEN, row[1]))
            self._db.execute("DELETE FROM messages WHERE id = ?", (row[0],))
        spent = used_here() - began
        given = self._db.execute("DELETE FROM messages WHERE queue = ?", (GIVEN,)).rowcount
        assert given == count, f"{given} of {count} arrived"
        return spent

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


class PersistQueue:
    """persist-queue's SQLiteAckQueue, as it comes: get, put, ack, a flushed commit each. (PyPI: persist-queue, BSD.)"""

    def __init__(self, folder: Path, body: bytes) -> None:
        """Raises ImportError where it is not installed."""
        from persistqueue import SQLiteAckQueue

        self._body = body
        self._taken: Any = SQLiteAckQueue(str(folder / "taken"))
        self._given: Any = SQLiteAckQueue(str(folder / "given"))

    def pass_on(self, count: int) -> Used:
        """What it takes to pass on so many messages that lie ready."""
        for _ in range(count):
            self._taken.put(self._body)
        before = self._given.size
        began = used_here()
        for _ in range(count):
            body = self._taken.get(block=False)
            self._given.put(body)
            self._taken.ack(body)
        spent = used_here() - began
        given = self._given.size - before
        assert given == count, f"{given} of {count} arrived"
        self._taken.clear_acked_data(keep_latest=0, max_delete=count)
        return spent

    def close(self) -> None:
        """Closes the files."""
        self._taken.close()
        self._given.close()
