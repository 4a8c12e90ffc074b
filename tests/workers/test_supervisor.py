"""Processes are kept running, end together, and end by themselves when nobody keeps them or when they hang."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from structlog.testing import capture_logs

import workers.supervisor
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from schemas.messages import RequestReceived, decode
from schemas.release import StationName
from tests.documents import papers
from tests.workers.inbox import Inbox
from workers.process import HUNG, HangGuard
from workers.supervisor import Post, Supervisor
from workers.wiring import house

SECONDS = 60.0
"""For what happens within a second unless the machine is very busy."""
CHILD = (sys.executable, "-m", "tests.workers.child")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


class Line:
    """The socket on which children say that they are at work."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(SECONDS)
        self._open: list[Call] = []

    @property
    def port(self) -> str:
        """As an argument."""
        return str(self._socket.getsockname()[1])

    def post(self, name: str = "child", habit: str = "works") -> Post:
        """A child of this habit."""
        return Post(name, (self.port, habit))

    def next(self) -> Call:
        """The next child that says so."""
        call = Call(self._socket.accept()[0])
        self._open.append(call)
        return call

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for call in self._open:
            call.close()
        self._socket.close()


class Call:
    """One child, as heard on its line."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS)
        self._connection = connection
        self._heard = connection.makefile("r")
        self.pid = int(self._heard.readline())

    def last_words(self) -> str:
        """What it says before it ends; waits for that end. Empty if it was killed."""
        try:
            return self._heard.read().strip()
        except ConnectionError:
            return ""

    def close(self) -> None:
        """Hangs up."""
        self._heard.close()
        self._connection.close()


@pytest.fixture
def line() -> Iterator[Line]:
    with Line() as opened:
        yield opened


@POSIX
def test_a_process_that_dies_is_started_again(line: Line) -> None:
    with Supervisor([line.post()], {}, longest_pause=0.1, program=CHILD) as supervisor:
        first = line.next()
        assert supervisor.pids() == {"child": first.pid}
        os.kill(first.pid, signal.SIGKILL)
        assert first.last_words() == ""
        second = line.next()
        assert supervisor.pids() == {"child": second.pid}
        assert supervisor.deaths == 1
    assert second.last_words() == "went home"


@POSIX
def test_the_death_of_one_is_not_the_death_of_others(line: Line) -> None:
    with Supervisor([line.post("a"), line.post("b")], {}, longest_pause=0.1, program=CHILD) as supervisor:
        line.next()
        line.next()
        before = supervisor.pids()
        os.kill(before["a"], signal.SIGKILL)
        again = line.next()
        assert supervisor.pids() == {"a": again.pid, "b": before["b"]}


def test_one_that_keeps_dying_is_started_after_ever_longer_pauses(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.supervisor, "FIRST_PAUSE", 0.01)
    supervisor = Supervisor([line.post(habit="falls")], {}, longest_pause=0.05, program=CHILD)
    monkeypatch.setattr(supervisor._kept[0], "pause", 0.01)
    with capture_logs() as told, supervisor:
        for _ in range(6):
            line.next()
    pauses = [entry["pause"] for entry in told if entry["event"] == "a process ended and is started again"]
    assert pauses[:5] == [0.01, 0.02, 0.04, 0.05, 0.05]
    assert {entry["exit_code"] for entry in told} == {3}


def test_a_process_that_cannot_be_started_just_now_is_started_later(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """When memory is short the kernel kills a reader, and refuses to start another until there is some again."""
    real, refusals = subprocess.Popen, iter([12, 12])

    def short_of_memory(*given: object, **named: object) -> subprocess.Popen[bytes]:
        for code in refusals:
            raise OSError(code, os.strerror(code))
        return real(*given, **named)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(workers.supervisor.subprocess, "Popen", short_of_memory)
    with capture_logs() as told, Supervisor([line.post()], {}, longest_pause=0.1, program=CHILD):
        child = line.next()
    assert child.last_words() == "went home"
    assert [entry["event"] for entry in told] == ["a process cannot be started"] * 2


def test_at_the_end_all_finish_what_they_are_at_and_go_home(line: Line) -> None:
    with Supervisor([line.post("a"), line.post("b"), line.post("c")], {}, program=CHILD) as supervisor:
        calls = [line.next() for _ in range(3)]
        assert len(supervisor.pids()) == 3
    assert [call.last_words() for call in calls] == ["went home"] * 3
    assert supervisor.pids() == {}
    assert supervisor.deaths == 0


def test_one_that_does_not_go_home_is_sent(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.supervisor, "STOP_SECONDS", 0.2)
    with Supervisor([line.post(habit="stays"), line.post()], {}, program=CHILD) as supervisor:
        calls = [line.next(), line.next()]
    assert sorted(call.last_words() for call in calls) == ["", "went home"]
    assert supervisor.pids() == {}


@POSIX
def test_children_go_home_when_the_supervisor_is_killed(line: Line) -> None:
    program = (
        "import sys, threading\n"
        "from workers.supervisor import Post, Supervisor\n"
        f"with Supervisor([Post(n, ('{line.port}', 'works')) for n in 'ab'], {{}}, program={CHILD!r}):\n"
        "    threading.Event().wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as supervisor:
        calls = [line.next(), line.next()]
        supervisor.kill()
    assert [call.last_words() for call in calls] == ["went home", "went home"]


def test_a_worker_goes_home_when_its_standard_input_closes(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path / "practice")
    folder.create()
    with worker(folder, "match", "--until-stdin-closes") as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["event"] == "at work"
        _, rest = process.communicate(timeout=SECONDS)  # closes its input
    assert process.returncode == 0
    assert json.loads(rest.splitlines()[-1])["event"] == "went home"


@POSIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_worker_goes_home_when_it_is_told_to_by_a_signal(tmp_path: Path, name: str) -> None:
    folder = PracticeFolder(tmp_path / "practice")
    folder.create()
    with worker(folder, "watch") as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["event"] == "at work"
        process.send_signal(getattr(signal, name))
        _, rest = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert json.loads(rest.splitlines()[-1])["event"] == "went home"


# ---- attempts that hang --------------------------------------------------------------------------------------------------


def test_an_attempt_that_takes_too_long_ends_the_process() -> None:
    ended: list[int] = []
    hung = threading.Event()

    def end(status: int) -> None:
        ended.append(status)
        hung.set()

    with HangGuard(0.05, end):
        assert hung.wait(SECONDS)
    assert ended == [HUNG]


def test_an_attempt_that_ends_in_time_ends_nothing() -> None:
    ended: list[int] = []
    guard = HangGuard(SECONDS, ended.append)
    with guard:
        pass
    assert guard._timer is not None
    guard._timer.join(SECONDS)
    assert not guard._timer.is_alive()
    assert ended == []


def test_the_message_of_a_worker_that_hung_is_delivered_again(tmp_path: Path) -> None:
    """The reader never comes back from its decoder; its process ends itself, and another one gets the message."""
    inbox = Inbox(tmp_path)
    papers.pdf(inbox.folder.inbox)
    inbox.settle()
    inbox.close()
    hangs = (
        "import functools, threading\n"
        "import workers.process, workers.catalogue, dataclasses\n"
        "from schemas.release import StationName\n"
        "workers.process.HangGuard = functools.partial(lambda real, seconds: real(0.3), workers.process.HangGuard)\n"
        "reads = workers.catalogue.STATIONS[StationName.READ]\n"
        "workers.catalogue.STATIONS[StationName.READ] = dataclasses.replace(reads, work=lambda *_: threading.Event().wait())\n"
        "from workers.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", hangs, "worker", "read", "--home", str(inbox.folder.root)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "CHARTRELAY_LINE__LEASE_SECONDS": "0.5"},
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == HUNG, done.stderr
    assert json.loads(done.stderr.splitlines()[-1])["event"] == "an attempt hangs, the worker ends itself"
    with house(inbox.folder, load(inbox.folder.settings_file)) as opened, opened.broker.consume([StationName.READ]) as consumer:
        incoming = consumer.receive(SECONDS)
        assert incoming is not None
        assert not incoming.dead
        assert isinstance(decode(incoming.body), RequestReceived)
        assert opened.store.request("R-000001") is not None


def worker(folder: PracticeFolder, *arguments: str) -> subprocess.Popen[str]:
    """A real worker, whose log is read line by line."""
    return subprocess.Popen(
        [sys.executable, "-m", "workers.cli", "worker", *arguments, "--home", str(folder.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
