"""Nothing about a patient leaves database, vault and destination: names are marked, and searched for everywhere else."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import amqp
import pytest
import structlog

from pipeline import telemetry
from pipeline.clock import HandClock
from pipeline.desk.metrics import metrics_text
from pipeline.errors import Retryable
from pipeline.line.broker import Outgoing
from pipeline.line.embedded import EmbeddedBroker
from pipeline.line.rabbitmq import RabbitBroker, parameters
from pipeline.practice.folder import CONTENTS_COLUMNS, DIRECTORY_COLUMNS, PracticeFolder, csv_text
from pipeline.settings import LineSettings, load
from pipeline.store import views
from schemas.messages import decode
from schemas.release import StationName
from tests.stories import made_up
from tests.stories.commands import chartrelay
from workers.bench import Bench
from workers.catalogue import STATIONS, topology
from workers.station import Outcome, Station
from workers.watch import Watch
from workers.wiring import house

pytestmark = pytest.mark.story

FIRST, LAST, OFFICE, FOLDER, FILE = "Xanthippa", "Quorvath", "Vexillarium", "zolfram", "Mirkwold"
MARKS = (FIRST, LAST, OFFICE, FOLDER, FILE, "010-7", "Elm Street", "Briarcomb")
"""In the names of patients, an office, its folder, scans and chart files, and in phone numbers and streets."""
PATIENTS = 5
SIGNED = date.today() - timedelta(days=1)
"""In every time zone this day is over."""


def marks_in(text: str | bytes) -> list[str]:
    """The marks that show in it, in any case."""
    shown = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text).casefold()
    return [mark for mark in MARKS if mark.casefold() in shown]


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PracticeFolder:
    """A practice in which everything about patients and offices carries a mark, with one scan for every way to end."""
    monkeypatch.setattr(made_up, "FIRST", tuple(FIRST + letter for letter in "abcdefghij"))
    monkeypatch.setattr(made_up, "LAST", tuple(LAST + letter for letter in "abcdefghij"))
    offices = [("vex", f"{OFFICE} Dental", "12 Briarcomb Road", "(555) 010-7101", "(555) 010-7102")]
    monkeypatch.setattr(made_up, "OFFICES", tuple(offices))
    folder = made_up.make_practice(tmp_path / "practice", PATIENTS, SIGNED)
    with folder.directory_csv.open(encoding="utf-8", newline="") as stream:
        rows = [{**row, "address": FOLDER} for row in csv.DictReader(stream)]
    folder.directory_csv.write_text(csv_text(DIRECTORY_COLUMNS, rows), encoding="utf-8")
    for chart in folder.charts.iterdir():
        mark_chart(chart)
    drop(folder, "delivered", made_up.request_pdf(0, SIGNED))
    drop(folder, "held", made_up.request_pdf(1, SIGNED, signed=False))
    drop(folder, "bug", made_up.request_pdf(2, SIGNED))
    drop(folder, "retried", made_up.request_pdf(3, SIGNED))
    drop(folder, "given up", made_up.request_pdf(4, SIGNED))
    drop(folder, "returned", f"{FIRST} {LAST} sent no document".encode())
    drop(folder, "twice", made_up.request_pdf(0, SIGNED))
    return folder


def drop(folder: PracticeFolder, how: str, data: bytes) -> None:
    (folder.inbox / f"{FILE} {how}.pdf").write_bytes(data)


def mark_chart(chart: Path) -> None:
    """Renames the files of the chart, and its list of them."""
    with (chart / "contents.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        (chart / row["file"]).rename(chart / f"{FILE} {row['file']}")
        row["file"], row["description"] = f"{FILE} {row['file']}", f"{row['description']} of {LAST}"
    (chart / "contents.csv").write_text(csv_text(CONTENTS_COLUMNS, rows), encoding="utf-8")


@dataclasses.dataclass
class Traces:
    """What the line left behind outside of database, vault and destination."""

    log: io.StringIO = dataclasses.field(default_factory=io.StringIO)
    published: list[Outgoing] = dataclasses.field(default_factory=list)
    names: set[str] = dataclasses.field(default_factory=set)
    outcomes: list[Outcome | None] = dataclasses.field(default_factory=list)
    metrics: bytes = b""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log, line by line."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[Traces]:
    """Everything that is logged and published from here on."""
    found, hooks = Traces(), (sys.excepthook, threading.excepthook, sys.unraisablehook)
    telemetry.set_up(found.log)
    for broker in (EmbeddedBroker, RabbitBroker):
        publish = broker.publish

        def tapped(self: Any, messages: Sequence[Outgoing], publish: Any = publish) -> None:
            found.published.extend(messages)
            publish(self, messages)

        monkeypatch.setattr(broker, "publish", tapped)
    yield found
    structlog.reset_defaults()
    logging.basicConfig(force=True)
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def buggy(message: Any, bench: Bench) -> Any:
    """A station with a mistake, in whose text the patient is quoted."""
    raise KeyError(f"{FIRST} {LAST}, born 02/03/1952, is not in the table")


def away(message: Any, bench: Bench) -> Any:
    """A station whose share is away; the error underneath names the file."""
    try:
        Path(f"/nowhere/{LAST}/{FILE}.pdf").read_bytes()
    except OSError as error:
        raise Retryable(f"the share is away: {error.strerror}") from error


def station_for(name: StationName, file: str) -> Station:
    """The real station, except for those requests that are to meet a fault."""
    real = STATIONS[name]
    if name is StationName.MATCH and file == f"{FILE} bug.pdf":
        return dataclasses.replace(real, work=buggy)
    if name is StationName.GATHER and file == f"{FILE} given up.pdf":
        return dataclasses.replace(real, work=away)
    return real


def run_the_line(folder: PracticeFolder, traces: Traces, **line: Any) -> None:
    """From the inbox to the end of every request, in this process, with a clock that jumps over the pauses."""
    clock, seconds = HandClock(datetime.now(UTC)), iter(range(0, 10_000, 100))
    settings = load(folder.settings_file, line={"tries": 3, **line})
    with house(folder, settings, clock=clock) as opened:
        watch = Watch(opened.bench, opened.store, opened.outbox, seconds=lambda: float(next(seconds)))
        watch.look()
        watch.look()
        outgoing = folder.outgoing.rename(folder.root / "unplugged")
        with opened.broker.consume([name for name in StationName if name is not StationName.WATCH]) as consumer:
            for _ in range(4):
                while (incoming := consumer.receive(1.0)) is not None:
                    file = getattr(opened.store.request(decode(incoming.body).request_id), "file", "")
                    traces.outcomes.append(opened.runner.attempt(station_for(incoming.station, file), incoming))
                    traces.names |= {str(path.relative_to(folder.var)) for path in folder.var.rglob("*")}
                if outgoing.exists():
                    outgoing.rename(folder.outgoing)
                clock.turn(3600)
                opened.outbox.relay()
        traces.metrics = metrics_text(opened.store, opened.broker.depths)
        with opened.store.reading() as connection:
            states = {row["file"].removeprefix(f"{FILE} "): row["state"] for row in views.requests(connection)}
            assert states == {
                "delivered.pdf": "closed",
                "held.pdf": "held",
                "bug.pdf": "held",
                "retried.pdf": "closed",
                "given up.pdf": "held",
            }
            assert LAST in views.quarantined(connection)[0]["traceback"], "the marks were where they belong"
            assert views.outcomes(connection) == {"request": 5, "returned": 1, "repeat": 1}


def nothing_shows(traces: Traces) -> None:
    assert marks_in(traces.log.getvalue()) == []
    assert marks_in(traces.metrics) == []
    assert b"chartrelay_attempts" in traces.metrics
    for message in traces.published:
        assert marks_in(message.body) == []
        assert marks_in(f"{message.message_id} {message.kind} {message.station}") == []
    assert len({message.kind for message in traces.published}) == 9, "every kind of message went by, but for decisions"
    assert [name for name in traces.names if marks_in(name)] == []
    assert any(name.startswith("vault") for name in traces.names)


def every_attempt_is_told(traces: Traces) -> None:
    attempts = [line for line in traces.lines if line["event"] == "attempt"]
    assert [line["outcome"] for line in attempts] == [outcome.value for outcome in traces.outcomes if outcome]
    assert {"done", "asked_person", "retry_later", "quarantined"} <= {line["outcome"] for line in attempts}
    for line in attempts:
        assert {"station", "kind", "request_id", "message_id", "outcome", "seconds", "tries", "level", "timestamp"} <= set(line)
        assert line["station"] in list(StationName)
        assert line["request_id"].startswith("R-")
        assert line["seconds"] >= 0
    assert {key for line in traces.lines for key in line} <= telemetry.ALLOWED


def test_no_mark_shows_in_logs_queues_metrics_and_file_names(practice: PracticeFolder, traces: Traces) -> None:
    run_the_line(practice, traces)
    nothing_shows(traces)
    every_attempt_is_told(traces)


def test_no_mark_shows_to_those_who_listen_on_rabbitmq(
    practice: PracticeFolder, traces: Traces, amqp_url: str, postgresql_url: str
) -> None:
    with closing(RabbitBroker(amqp_url, topology(LineSettings()))) as broker:
        broker.depths()  # declares the exchange that we listen on
    found = parameters(amqp_url)
    with amqp.Connection(
        host=f"{found.host}:{found.port}",
        userid=found.credentials.username,
        password=found.credentials.password,
        virtual_host=found.virtual_host,
    ) as connection:
        channel = connection.channel()
        channel.queue_declare("listener", durable=False, exclusive=True)
        channel.queue_bind("listener", "chartrelay", "#")
        run_the_line(practice, traces, broker=amqp_url, database=postgresql_url)
        heard = []
        while (message := channel.basic_get("listener", no_ack=True)) is not None:
            heard.append(f"{message.body} {message.properties} {message.delivery_info}")
    assert len(heard) >= 5 + 4 + 2 * 7
    assert [marks for text in heard if (marks := marks_in(text))] == []
    nothing_shows(traces)
    every_attempt_is_told(traces)


def test_no_mark_shows_in_what_the_processes_of_the_line_leave_in_var(practice: PracticeFolder) -> None:
    """As in an office: `chartrelay up`, whose workers write one log file."""
    for fault in ("bug", "retried", "given up"):  # without a fault they would only be delivered as well
        (practice.inbox / f"{FILE} {fault}.pdf").unlink()
    done = chartrelay(
        "up",
        "--once",
        home=practice.root,
        environment={"CHARTRELAY_INBOX__QUIET_SECONDS": "0.2", "CHARTRELAY_INBOX__RESCAN_SECONDS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    logs = list(practice.var.rglob("*.jsonl"))
    lines = [json.loads(line) for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
    assert sum(line["event"] == "attempt" for line in lines) >= 2 + 2 + 6
    assert [log.name for log in logs if marks_in(log.read_bytes())] == []
    assert [path.name for path in practice.var.rglob("*") if marks_in(str(path.relative_to(practice.var)))] == []
    assert marks_in(done.stderr) == []


def test_a_worker_that_falls_over_its_own_mistake_does_not_print_what_it_had_in_hands(practice: PracticeFolder) -> None:
    """A mistake outside of any attempt ends the process; its traceback would quote what the mistake was about."""
    program = (
        "from pipeline.line.embedded import EmbeddedConsumer\n"
        f"def falls(self, timeout): raise KeyError('{FIRST} {LAST}')\n"
        "EmbeddedConsumer.receive = falls\n"
        "from workers.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "worker", "match", "--home", str(practice.root)],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert marks_in(done.stderr + done.stdout) == []
    last = json.loads(done.stderr.splitlines()[-1])
    assert last["error"] == "KeyError"
    assert "falls" in last["why"], "whoever mends it must know where it happened"


# ---- the log by itself ---------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_log_is_json_except_on_a_terminal(traces: Traces) -> None:
    structlog.get_logger().info("attempt", station="read")
    assert traces.lines[0]["station"] == "read"
    terminal = Terminal()
    telemetry.set_up(terminal)
    structlog.get_logger().info("attempt", station="read")
    assert "attempt" in terminal.getvalue()
    assert "{" not in terminal.getvalue()


def test_a_key_that_is_not_allowed_is_dropped(traces: Traces) -> None:
    structlog.get_logger().info("attempt", station="read", patient=f"{FIRST} {LAST}", file=FILE, exc_info=KeyError(LAST))
    assert set(traces.lines[0]) == {"event", "station", "level", "timestamp"}


def test_what_a_library_says_is_not_passed_on(traces: Traces) -> None:
    logging.getLogger("a.library").error("cannot decode %s", f"{FIRST} {LAST}")
    try:
        raise ValueError(LAST)
    except ValueError:
        logging.getLogger("another").exception("of %s", LAST)
    assert marks_in(traces.log.getvalue()) == []
    assert [line["why"] for line in traces.lines] == ["a.library", "another"]


def test_what_a_library_warns_of_is_not_passed_on(traces: Traces) -> None:
    """Warnings of Python go to stderr, which is the log file of `chartrelay up`; with a line of the source, and a text."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from pipeline import telemetry; telemetry.set_up()\nimport warnings; warnings.warn('Tag of {FIRST} {LAST} is odd')",
        ],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": "default"},
        check=True,
    )
    assert marks_in(done.stderr) == []
