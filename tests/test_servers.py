"""The servers that tests rely on are what they promise: separate for each test, and as durable as the real thing."""

import os
import subprocess
import sys
from pathlib import Path

import pika
import psycopg
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.conftest import do_without
from tests.servers.postgresql import PostgreSQL, libpq_url
from tests.servers.processes import ServerUnavailableError
from tests.servers.rabbitmq import RabbitMQ, RabbitMQServer

_QUEUE = "letters"
_QUORUM = {"x-queue-type": "quorum"}


def _channel(url: str) -> BlockingChannel:
    """A channel with confirms, on a connection that lives as long as the channel."""
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.confirm_delivery()
    return channel


def _publish(channel: BlockingChannel, body: bytes) -> None:
    channel.queue_declare(_QUEUE, durable=True, arguments=_QUORUM)
    persistent = pika.BasicProperties(delivery_mode=2)
    channel.basic_publish("", _QUEUE, body, persistent, mandatory=True)


def _take(channel: BlockingChannel) -> bytes | None:
    """The next message; waits for it up to ten seconds."""
    _, _, body = next(channel.consume(_QUEUE, auto_ack=True, inactivity_timeout=10))
    return body  # type: ignore[no-any-return]


def test_a_message_goes_in_and_comes_out_on_a_virtual_host(amqp_url: str) -> None:
    channel = _channel(amqp_url)
    _publish(channel, b"a letter")
    assert _take(channel) == b"a letter"
    channel.connection.close()


def test_a_virtual_host_knows_nothing_of_another(rabbitmq: RabbitMQ) -> None:
    one, other = rabbitmq.new_vhost(), rabbitmq.new_vhost()
    channel = _channel(one)
    _publish(channel, b"a letter")
    assert rabbitmq.queues(one) == [_QUEUE]
    assert rabbitmq.queues(other) == []
    channel.connection.close()
    rabbitmq.drop_vhost(one)
    rabbitmq.drop_vhost(other)


def test_a_confirmed_message_survives_that_the_broker_is_restarted_and_then_killed(own_rabbitmq: RabbitMQServer) -> None:
    url = own_rabbitmq.url
    _publish(_channel(url), b"a letter")
    own_rabbitmq.restart()
    own_rabbitmq.kill()
    assert not own_rabbitmq.answers()
    own_rabbitmq.start()
    channel = _channel(url)
    assert _take(channel) == b"a letter"
    channel.connection.close()


def test_a_database_answers(postgresql_url: str) -> None:
    with psycopg.connect(libpq_url(postgresql_url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_database_knows_nothing_of_another(postgresql: PostgreSQL) -> None:
    one, other = postgresql.new_database(), postgresql.new_database()
    with psycopg.connect(libpq_url(one)) as connection:
        connection.execute("CREATE TABLE letters (body text)")
    with psycopg.connect(libpq_url(other)) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT body FROM letters")
    postgresql.drop_database(one)
    postgresql.drop_database(other)


_RUN = """
import signal
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.session import ServerSession

server = ServerSession.open().private(PostgreSQLServer)
server.start()
print(server.url, server.folder, flush=True)
signal.pause()
"""


def test_a_run_that_is_killed_leaves_no_server_and_no_file_behind(postgresql: PostgreSQL) -> None:
    assert postgresql.answers()  # PostgreSQL is installed
    environment = {name: value for name, value in os.environ.items() if name != "CHARTRELAY_TEST_SERVERS"}
    with subprocess.Popen([sys.executable, "-c", _RUN], env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        url, folder = run.stdout.readline().split()
        assert PostgreSQL(url).answers()
        run.kill()
        run.stdout.read()  # ends when nobody can write there any more: when the watcher has ended, too
    assert not PostgreSQL(url).answers()
    session = Path(folder).parent
    assert not list(session.parent.glob(f"{session.name}*"))


@pytest.mark.parametrize("ci", ["", "0", "false"])
def test_a_test_whose_server_is_missing_is_skipped_on_a_laptop(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(pytest.skip.Exception, match="is not installed"):
        do_without(ServerUnavailableError("RabbitMQ is not installed"))


def test_a_test_whose_server_is_missing_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="is not installed"):
        do_without(ServerUnavailableError("RabbitMQ is not installed"))
