"""Whatever is killed, whenever: every request is delivered once or held, none is lost, no set is sent twice."""

from __future__ import annotations

import random
import time
from datetime import date
from pathlib import Path

import pytest

from pipeline.practice.folder import PracticeFolder
from tests.servers.rabbitmq import RabbitMQServer
from tests.stories.line import Line, kill_one, running
from tests.stories.made_up import make_practice, request_pdf

SCANS = 50
FEWER = 20
"""Enough for a server that is restarted twice meanwhile."""
ATTEMPTS = 30
"""The stations make eight for each request that is delivered, hence one kill for every four requests."""
pytestmark = [pytest.mark.story, pytest.mark.timeout(900)]


def drop(folder: PracticeFolder, count: int) -> None:
    for n in range(count):
        (folder.inbox / f"scan_{n:04d}.pdf").write_bytes(request_pdf(n, date.today()))


class Killer:
    """Kills a process of the line again and again, at a random moment, each time that it has got a little further.

    By the work done and not by the clock: else a machine that is busy with other things would have more kills to bear for each
    request, and a very slow one would never get anywhere.
    """

    def __init__(self, line: Line, attempts: int) -> None:
        """`attempts`: what the line gets done between two kills, on average."""
        self._line = line
        self._attempts = attempts
        self._dice = random.Random(4711)
        self._wait_for_more(0)
        self.kills = 0

    def __call__(self) -> None:
        if self._moment is None:
            done = self._line.attempts()
            if done >= self._enough:
                self._moment = time.monotonic() + self._dice.uniform(0, 2)  # anywhere within what it is at by then
        elif time.monotonic() >= self._moment:
            kill_one(self._line, self._dice)
            self.kills += 1
            self._wait_for_more(self._line.attempts())

    def _wait_for_more(self, done: int) -> None:
        self._enough = done + self._dice.uniform(0.5, 1.5) * self._attempts
        self._moment: float | None = None


def each_was_delivered_once_or_held(line: Line, count: int = SCANS) -> None:
    requests = line.requests()
    assert len(requests) == count
    assert len({r["scan"] for r in requests}) == count
    closed = [r["id"] for r in requests if r["state"] == "closed"]
    held = [r["id"] for r in requests if r["state"] == "held"]
    assert len(closed) + len(held) == count
    assert len(closed) > count * 0.8, f"too many were held for this to prove anything: {held}"
    assert line.delivered() == dict.fromkeys(closed, 1)
    assert len(line.sets()) == len(closed)
    assert line.log_is_whole()


def test_on_the_embedded_queue(tmp_path: Path) -> None:
    folder = make_practice(tmp_path / "practice", SCANS, date.today())
    drop(folder, SCANS)
    with running(folder) as line:
        killer = Killer(line, attempts=ATTEMPTS)
        line.wait(SCANS, 850, meanwhile=killer)
        each_was_delivered_once_or_held(line)
    assert killer.kills >= 5


def test_on_rabbitmq_and_postgresql(tmp_path: Path, amqp_url: str, postgresql_url: str) -> None:
    folder = make_practice(tmp_path / "practice", SCANS, date.today())
    drop(folder, SCANS)
    with running(folder, broker=amqp_url, database=postgresql_url) as line:
        killer = Killer(line, attempts=ATTEMPTS)
        line.wait(SCANS, 850, meanwhile=killer)
        each_was_delivered_once_or_held(line)
    assert killer.kills >= 5


def test_while_rabbitmq_is_restarted(tmp_path: Path, own_rabbitmq: RabbitMQServer) -> None:
    folder = make_practice(tmp_path / "practice", FEWER, date.today())
    drop(folder, FEWER)
    with running(folder, broker=own_rabbitmq.url) as line:
        restarts = [3, FEWER // 2]

        def restart() -> None:
            done = sum(r["state"] == "closed" for r in line.requests())
            if restarts and done >= restarts[0]:
                restarts.pop(0)
                own_rabbitmq.restart()

        line.wait(FEWER, 850, meanwhile=restart)
        each_was_delivered_once_or_held(line, FEWER)
    assert not restarts
