"""RabbitMQ keeps the contract, and speaks AMQP as others expect it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import amqp
import jsonschema
import pytest

from pipeline.errors import SettingsError
from pipeline.line.broker import Broker, BrokerAway
from pipeline.line.rabbitmq import RabbitBroker, parameters, queue_name
from tests.line.broker_contract import PLAN, READ, BrokerContract, message, must_receive
from tests.servers.rabbitmq import RabbitMQServer


class TestRabbitMQ(BrokerContract):
    @pytest.fixture
    def connect(self, amqp_url: str) -> Iterator[Callable[[], Broker]]:
        opened: list[RabbitBroker] = []

        def open_one() -> Broker:
            opened.append(RabbitBroker(amqp_url, PLAN))
            return opened[-1]

        yield open_one
        for broker in opened:
            broker.close()

    def test_the_connection_outlives_work_that_takes_longer_than_the_heartbeat(self, amqp_url: str) -> None:
        broker = RabbitBroker(f"{amqp_url}?heartbeat=1", PLAN)
        try:
            with broker.consume([READ]) as consumer:
                broker.publish([message()])
                got = must_receive(consumer)
                threading.Event().wait(4)  # the server hangs up after two missed heartbeats
                got.ack()
                assert consumer.receive(1.0) is None, "the connection was lost, and the message came again"
        finally:
            broker.close()


def test_a_consumer_goes_on_after_the_server_was_restarted(own_rabbitmq: RabbitMQServer) -> None:
    broker = RabbitBroker(own_rabbitmq.url, PLAN)
    with broker.consume([READ]) as consumer:
        broker.publish([message(body=b"before")])
        first = must_receive(consumer)
        own_rabbitmq.restart()
        first.ack()  # void: that connection is gone
        got = consumer.receive(90)
        assert got is not None and got.body == b"before"
        got.ack()
        broker.publish([message(body=b"after")])
        again = must_receive(consumer)
        assert again.body == b"after"
        again.ack()
    broker.close()


def test_publishing_to_a_server_that_is_away_says_so(own_rabbitmq: RabbitMQServer) -> None:
    broker = RabbitBroker(own_rabbitmq.url, PLAN)
    broker.publish([message()])
    own_rabbitmq.stop()
    with pytest.raises(BrokerAway):
        broker.publish([message()])
    broker.close()


def test_queues_are_quorum_queues_with_an_explicit_limit(amqp_url: str) -> None:
    """Declaring with other arguments is refused by the server: so these are the ones."""
    broker = RabbitBroker(amqp_url, PLAN)
    broker.publish([message()])
    with amqp.Connection(**_address(amqp_url)) as connection:
        channel = connection.channel()
        with pytest.raises(amqp.PreconditionFailed):
            channel.queue_declare(
                queue_name(READ), durable=True, auto_delete=False, arguments={"x-queue-type": "quorum", "x-delivery-limit": 99}
            )
    broker.close()


def test_somebody_elses_client_reads_a_message_with_its_properties(amqp_url: str) -> None:
    from schemas.catalogue.samples import SAMPLES
    from schemas.messages import RequestRead, encode, schema

    sample = next(s for s in SAMPLES if isinstance(s, RequestRead))
    broker = RabbitBroker(amqp_url, PLAN)
    broker.publish([message("request.read", encode(sample))])
    with amqp.Connection(**_address(amqp_url)) as connection:
        got = connection.channel().basic_get("chartrelay.match")
        assert got is not None
        assert (got.properties["content_type"], got.properties["type"], got.properties["delivery_mode"]) == (
            "application/json",
            "request.read",
            2,
        )
        jsonschema.validate(json.loads(got.body), schema(RequestRead), format_checker=jsonschema.FormatChecker())
    broker.close()


@pytest.mark.parametrize("url", ["http://host", "amqp://", "embeded", "amqp://host?heartbeat=often"])
def test_a_url_that_is_none_is_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(SettingsError, match="broker"):
        parameters(url)
    with pytest.raises(SettingsError) as caught:
        parameters("amqq://user:hunter2@host/")
    assert "hunter2" not in str(caught.value)


def test_amqps_means_tls_with_the_servers_name_checked() -> None:
    made = parameters("amqps://user:secret@broker.example/vhost")
    assert made.ssl_options is not None
    assert made.ssl_options.context.check_hostname
    assert made.port == 5671


def _address(url: str) -> dict[str, str]:
    found = parameters(url)
    return {
        "host": f"{found.host}:{found.port}",
        "userid": found.credentials.username,
        "password": found.credentials.password,
        "virtual_host": found.virtual_host,
    }
