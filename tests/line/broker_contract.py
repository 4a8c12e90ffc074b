"""What every queue engine of the line must do. A subclass supplies `broker()`."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.line.broker import Broker, Consumer, Incoming, Outgoing, Topology, Unroutable
from schemas.release import StationName

READ, MATCH, CLOSE = StationName.READ, StationName.MATCH, StationName.CLOSE
PLAN = Topology(
    takes={READ: frozenset({"request.received"}), MATCH: frozenset({"request.read"}), CLOSE: frozenset({"request.read"})},
    delivery_limit=2,
    announced=frozenset({"request.closed"}),
)
SOON = 20.0
"""Seconds within which something that must happen does, also on a slow machine."""


def message(kind: str = "request.received", body: bytes = b"{}", **more: object) -> Outgoing:
    return Outgoing(str(uuid4()), kind, body, **more)  # type: ignore[arg-type]


def must_receive(consumer: Consumer) -> Incoming:
    found = consumer.receive(SOON)
    assert found is not None, "nothing came"
    return found


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes true; the brokers' counters lag behind their queues."""
    end = time.monotonic() + SOON
    pause = threading.Event()
    while not holds():
        if time.monotonic() > end:
            return False
        pause.wait(0.02)
    return True


class BrokerContract:
    """The promises of `pipeline.line.broker`."""

    @pytest.fixture
    def connect(self) -> Callable[[], Broker]:
        """Opens one more connection to the same broker, as another process would."""
        raise NotImplementedError

    @pytest.fixture
    def broker(self, connect: Callable[[], Broker]) -> Broker:
        return connect()

    def test_a_message_arrives_as_it_was_sent(self, broker: Broker) -> None:
        sent = message(body='{"é": "\u2028"}'.encode(), tries=3)
        with broker.consume([READ]) as consumer:
            broker.publish([sent])
            got = must_receive(consumer)
            assert (got.station, got.body, got.tries, got.dead) == (READ, sent.body, 3, False)
            got.ack()

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no such signals here")
    def test_a_signal_that_lasts_longer_than_the_wait_does_not_make_it_endless(self, broker: Broker) -> None:
        """As when a worker is told to stop while it waits: CPython 3.11 forgets the end of a wait in queue.SimpleQueue."""
        handled = []
        before = signal.signal(signal.SIGALRM, lambda *_: (time.sleep(1.0), handled.append(True)))
        with broker.consume([READ]) as consumer:
            helper = threading.Timer(SOON, broker.publish, args=([message()],))  # ends the wait where it is endless
            helper.start()
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            got = consumer.receive(0.6)
            helper.cancel()
        signal.signal(signal.SIGALRM, before)
        assert (handled, got) == ([True], None)

    def test_every_station_that_takes_the_kind_gets_it_and_no_other(self, broker: Broker) -> None:
        broker.publish([message("request.read")])
        with broker.consume([READ, MATCH, CLOSE]) as consumer:
            got = [must_receive(consumer), must_receive(consumer)]
            assert {g.station for g in got} == {MATCH, CLOSE}
            for g in got:
                g.ack()
            assert consumer.receive(0.3) is None

    def test_a_message_for_one_station_goes_to_that_one_only(self, broker: Broker) -> None:
        broker.publish([message("request.read", station=MATCH)])
        with broker.consume([READ, MATCH, CLOSE]) as consumer:
            got = must_receive(consumer)
            got.ack()
            assert got.station is MATCH
            assert consumer.receive(0.3) is None

    def test_a_kind_that_nobody_takes_is_refused_and_not_lost_in_silence(self, broker: Broker) -> None:
        with pytest.raises(Unroutable):
            broker.publish([message("nobody.takes_this")])

    def test_a_kind_that_is_only_announced_needs_no_taker(self, broker: Broker) -> None:
        broker.publish([message("request.closed")])
        assert all(depth.empty for depth in broker.depths().values())

    def test_what_was_published_before_anybody_listened_waits(self, connect: Callable[[], Broker]) -> None:
        connect().publish([message(body=b"1"), message(body=b"2")])
        with connect().consume([READ]) as consumer:
            bodies = []
            for _ in range(2):
                got = must_receive(consumer)
                bodies.append(got.body)
                got.ack()
            assert bodies == [b"1", b"2"]

    def test_an_acked_message_never_comes_again(self, connect: Callable[[], Broker]) -> None:
        broker = connect()
        broker.publish([message()])
        with broker.consume([READ]) as consumer:
            must_receive(consumer).ack()
        with connect().consume([READ]) as consumer:
            assert consumer.receive(0.5) is None
        assert eventually(lambda: broker.depths()[READ].empty)

    def test_a_message_given_back_comes_again(self, broker: Broker) -> None:
        broker.publish([message(body=b"again")])
        with broker.consume([READ]) as consumer:
            must_receive(consumer).give_back()
            got = must_receive(consumer)
            assert got.body == b"again"
            got.ack()

    def test_what_a_consumer_leaves_unacked_goes_to_the_next(self, connect: Callable[[], Broker]) -> None:
        connect().publish([message(body=b"left")])
        with connect().consume([READ]) as consumer:
            must_receive(consumer)
        with connect().consume([READ]) as consumer:
            got = must_receive(consumer)
            assert got.body == b"left"
            got.ack()

    def test_a_message_at_work_is_given_to_nobody_else(self, connect: Callable[[], Broker]) -> None:
        connect().publish([message()])
        with connect().consume([READ]) as first, connect().consume([READ]) as second:
            got = first.receive(SOON) or second.receive(SOON)
            assert got is not None
            assert second.receive(1.0) is None
            assert first.receive(0.1) is None
            got.ack()

    def test_a_message_delivered_too_often_becomes_a_dead_letter_of_its_station(self, broker: Broker) -> None:
        broker.publish([message(body=b"poison")])
        with broker.consume([READ, MATCH]) as consumer:
            got, living = must_receive(consumer), 0
            while not got.dead:
                living += 1
                assert living <= PLAN.delivery_limit + 1
                got.give_back()
                got = must_receive(consumer)
            assert living >= PLAN.delivery_limit
            assert (got.station, got.body) == (READ, b"poison")
            got.ack()
            assert eventually(lambda: broker.depths()[READ].empty)

    def test_a_dead_letter_waits_for_as_long_as_nobody_deals_with_it(self, broker: Broker) -> None:
        broker.publish([message()])
        with broker.consume([READ]) as consumer:
            while not (got := must_receive(consumer)).dead:
                got.give_back()
            for _ in range(5):
                got.give_back()
                got = must_receive(consumer)
                assert got.dead
            got.ack()

    def test_two_consumers_share_the_work_and_nothing_comes_twice(self, connect: Callable[[], Broker]) -> None:
        bodies = [str(n).encode() for n in range(40)]
        connect().publish([message(body=b) for b in bodies])
        seen: list[bytes] = []

        def work() -> None:
            with connect().consume([READ]) as consumer:
                while (got := consumer.receive(1.5)) is not None:
                    seen.append(got.body)
                    got.ack()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == sorted(bodies)

    def test_depths_count_what_waits(self, broker: Broker) -> None:
        assert set(broker.depths()) == set(PLAN.takes)
        broker.publish([message(), message()])
        assert eventually(lambda: broker.depths()[READ].ready == 2)
        assert broker.depths()[MATCH].empty

    def test_an_ack_after_the_consumer_is_closed_is_void(self, connect: Callable[[], Broker]) -> None:
        connect().publish([message()])
        with connect().consume([READ]) as consumer:
            got = must_receive(consumer)
        got.ack()
        with connect().consume([READ]) as consumer:
            must_receive(consumer).ack()

    # Each engine runs this one: what one of them found is no example for the other, so nothing is remembered.
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=5))
    def test_any_bytes_arrive_unchanged_and_in_order(self, broker: Broker, bodies: list[bytes]) -> None:
        broker.publish([message(body=body) for body in bodies])
        with broker.consume([READ]) as consumer:
            for body in bodies:
                got = must_receive(consumer)
                assert got.body == body
                got.ack()
