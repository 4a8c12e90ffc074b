"""The embedded queue keeps the contract, and what only a file can promise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.line.broker import Broker, BrokerAway
from pipeline.line.embedded import EmbeddedBroker
from tests.line.broker_contract import PLAN, READ, BrokerContract, eventually, message, must_receive

LEASE = 1.0

DIES_AT_WORK = """
import os, sys, pathlib
from tests.line.broker_contract import PLAN, READ
from pipeline.line.embedded import EmbeddedBroker
got = EmbeddedBroker(pathlib.Path(sys.argv[1]), PLAN, lease_seconds=1.0).consume([READ]).receive(20)
print(got.body.decode(), flush=True)
os._exit(9)
"""


class TestEmbedded(BrokerContract):
    @pytest.fixture
    def connect(self, tmp_path: Path) -> Iterator[Callable[[], Broker]]:
        opened: list[EmbeddedBroker] = []

        def open_one() -> Broker:
            opened.append(EmbeddedBroker(tmp_path / "queue.db", PLAN, lease_seconds=LEASE))
            return opened[-1]

        yield open_one
        for broker in opened:
            broker.close()

    def test_a_message_outlives_the_process_that_died_at_work_on_it(self, broker: Broker, tmp_path: Path) -> None:
        broker.publish([message(body=b"survivor")])
        died = subprocess.run(
            [sys.executable, "-c", DIES_AT_WORK, str(tmp_path / "queue.db")], capture_output=True, text=True, check=False
        )
        assert (died.returncode, died.stdout.strip()) == (9, "survivor")
        with broker.consume([READ]) as consumer:
            got = must_receive(consumer)
            assert got.body == b"survivor"
            got.ack()

    def test_a_lease_is_kept_for_as_long_as_its_holder_lives(self, broker: Broker) -> None:
        broker.publish([message()])
        with broker.consume([READ]) as first, broker.consume([READ]) as second:
            got = must_receive(first)
            assert second.receive(LEASE * 2.5) is None
            got.ack()

    def test_what_is_at_work_is_counted_as_such(self, broker: Broker) -> None:
        broker.publish([message()])
        with broker.consume([READ]) as consumer:
            got = must_receive(consumer)
            assert broker.depths()[READ].working == 1
            got.ack()
        assert eventually(lambda: broker.depths()[READ].empty)

    def test_a_queue_file_that_cannot_be_written_is_said_so_and_not_a_traceback(self, tmp_path: Path) -> None:
        (tmp_path / "folder.db").mkdir()
        with pytest.raises(BrokerAway, match="queue file"):
            EmbeddedBroker(tmp_path / "folder.db", PLAN)
