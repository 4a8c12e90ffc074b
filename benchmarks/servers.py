"""The private servers of the tests, for a benchmark: as they would run in a practice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.postgresql import PostgreSQL, PostgreSQLServer
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.session import ServerSession


class DurablePostgreSQL(PostgreSQLServer):
    """The tests' server writes nothing through to the disk; this one does, as a practice's must."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._settings |= {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "128MB"}


@contextmanager
def rabbitmq() -> Iterator[str]:
    """The address of an empty virtual host, on the server that AMQP_URL names or on one of our own.

    Raises ServerUnavailableError.
    """
    with _session() as session:
        server = session.shared(RabbitMQ)
        url = server.new_vhost()
        try:
            yield url
        finally:
            server.drop_vhost(url)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database, on the server that DATABASE_URL names or on one of our own.

    Raises ServerUnavailableError.
    """
    with _session() as session:
        server = PostgreSQL.from_environment()
        if server is None:
            server = session.private(DurablePostgreSQL)
            server.start()
        url = server.new_database()
        try:
            yield url
        finally:
            server.drop_database(url)


@contextmanager
def _session() -> Iterator[ServerSession]:
    session = ServerSession.open()
    try:
        yield session
    finally:
        session.close()
