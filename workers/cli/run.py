"""up and worker: the whole line on one machine, or one process of a line that runs on many."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated

import structlog
import typer

from pipeline import telemetry
from pipeline.errors import SettingsError
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import Settings, reader_processes
from pipeline.store.store import Store
from schemas.release import StationName
from workers.catalogue import LINE
from workers.cli.common import DEFAULT_HOME, Broker, Database, Home, ending_well, fail, open_practice, out
from workers.cli.show import Follower, summary
from workers.process import serve
from workers.supervisor import Post, Supervisor, stop_with_stdin
from workers.watch import Watch
from workers.webhooks import serve_webhooks, teller_of
from workers.wiring import house

DESK, WEBHOOKS = "desk", "webhooks"
ALONE = (StationName.WATCH.value, DESK, WEBHOOKS)
"""Each of these runs in a process of its own."""
STUCK_SECONDS = 900.0
"""`up --once` gives up when nothing at all has happened for so long."""
LOG_BYTES = 20_000_000
"""A log file of this size is put aside at the next start; one earlier file is kept."""


# ---- worker --------------------------------------------------------------------------------------------------------------


def worker(
    stations: Annotated[
        list[str], typer.Argument(metavar="STATION...", help=f"One or several of: {', '.join([*StationName, DESK, WEBHOOKS])}.")
    ],
    home: Home = DEFAULT_HOME,
    broker: Broker = None,
    database: Database = None,
    metrics_port: Annotated[int | None, typer.Option(help="Serve Prometheus metrics of this process on this port.")] = None,
    metrics_host: Annotated[str, typer.Option(help="The address to serve them on.")] = "127.0.0.1",
    until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Run one process of the line, for one station or several; as many of them as you like, on as many machines."""
    names = _stations(stations)
    telemetry.set_up()
    stopping = threading.Event()
    _stop_on_signals(stopping)
    if until_stdin_closes:
        stop_with_stdin(stopping)
    with ending_well():
        folder, settings = open_practice(home, broker=broker, database=database)
        if metrics_port is not None:
            _serve_metrics(metrics_host, metrics_port)
        with house(folder, settings, name=f"chartrelay {' '.join(stations)}") as opened:
            if names == [DESK]:
                from workers.desk import serve_desk  # noqa: PLC0415 -- the stations need no web server

                serve_desk(opened, stopping)
            elif names == [WEBHOOKS]:
                serve_webhooks(opened, stopping)
            elif names == [StationName.WATCH]:
                Watch(opened.bench, opened.store, opened.outbox).run(stopping)
            else:
                serve(opened, [StationName(name) for name in names], stopping)


def _stations(given: list[str]) -> list[str]:
    known = [*StationName, DESK, WEBHOOKS]
    for name in given:
        if name not in known:
            raise typer.BadParameter(f"there is no station {name!r}; the stations are {', '.join(known)}")
    alone = set(ALONE) & set(given)
    if alone and len(set(given)) > 1:
        raise typer.BadParameter(f"{' and '.join(sorted(alone))} runs in a process of its own")
    return given


def _stop_on_signals(stopping: threading.Event) -> None:
    """The first signal lets the attempt at hand end; the second ends the process, which is safe at any moment."""
    asked: SimpleQueue[int] = SimpleQueue()
    before = False

    def pass_on() -> None:
        asked.get()
        stopping.set()

    def stop(number: int, _frame: object) -> None:
        nonlocal before
        if before:
            sys.exit(128 + number)
        before = True
        asked.put(number)  # `stopping` itself has a lock, which the interrupted code may hold just now

    threading.Thread(target=pass_on, name="signals", daemon=True).start()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


def _serve_metrics(host: str, port: int) -> None:
    from prometheus_client import start_http_server  # noqa: PLC0415 -- only who asks for it

    try:
        start_http_server(port, addr=host, registry=telemetry.REGISTRY)
    except OSError as error:
        raise SettingsError(f"--metrics-port {port}: {error.strerror}") from None
    structlog.get_logger().info("metrics", host=host, port=port)


# ---- up ------------------------------------------------------------------------------------------------------------------


def up(
    once: Annotated[bool, typer.Option("--once", help="Empty the line, then exit.")] = False,
    home: Home = DEFAULT_HOME,
    broker: Broker = None,
    database: Database = None,
    readers: Annotated[int | None, typer.Option(min=1, help="Reader processes; left out: one for every two processors.")] = None,
    desk: Annotated[bool, typer.Option("--desk/--no-desk", help="Serve the desk.")] = True,
) -> None:
    """Run the whole line on this machine: watcher, stations and desk."""
    telemetry.set_up()
    with ending_well():
        folder, settings = open_practice(home, broker=broker, database=database)
        with house(folder, settings) as opened:
            opened.bench.vault.sweep()
            opened.broker.depths()  # a broker that is away is said now, not by every worker
            store = opened.store
            if settings.webhooks.urls:
                teller_of(opened)  # from here on everything is told; a secret that is none is said now
        if desk and not once:
            _address_is_free(settings.desk.host, settings.desk.port)
        stopping = threading.Event()
        _stop_on_signals(stopping)
        environment = {
            key: value for key, value in (("CHARTRELAY_LINE__BROKER", broker), ("CHARTRELAY_LINE__DATABASE", database)) if value
        }
        posts = line_posts(folder, settings, readers=readers, desk=desk and not once, webhooks=not once)
        follower = Follower(store, folder, settings, with_desk=desk and not once)
        with Supervisor(posts, environment, log=_log_file(folder)), follower:
            finished = _follow(follower, store, folder, stopping, once=once)
        if once and settings.webhooks.urls:
            with house(folder, settings) as opened:
                teller_of(opened).tell()
        if once:
            out.print(summary(store))
            if not finished and not stopping.is_set():
                fail("The line stands still. What it says is in var/log/line.jsonl; chartrelay doctor may know why.")


def _address_is_free(host: str, port: int) -> None:
    """An address that is taken is said now: what is printed as the desk would be somebody else's. Raises AddressError."""
    from pipeline.desk.serving import listening  # noqa: PLC0415 -- the web framework, only where it is shown

    with listening(host, port):
        pass


def line_posts(
    folder: PracticeFolder, settings: Settings, *, readers: int | None, desk: bool, webhooks: bool = False
) -> list[Post]:
    """One process for the watcher, one for each reader, one for all other stations, one for the desk; and one that tells others
    what happens, where anybody is told.
    """
    others = [station.name.value for station in LINE if station.name is not StationName.READ]
    plan = {
        "watch": ["watch"],
        **{f"read {n + 1}": ["read"] for n in range(readers or reader_processes(settings))},
        "line": others,
    }
    if desk:
        plan[DESK] = [DESK]
    if webhooks and settings.webhooks.urls:
        plan[WEBHOOKS] = [WEBHOOKS]
    tail = ("--home", str(folder.root), "--until-stdin-closes")
    return [Post(name, ("worker", *stations, *tail)) for name, stations in plan.items()]


def _log_file(folder: PracticeFolder) -> Path:
    file = folder.var / "log" / "line.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LOG_BYTES:
        file.replace(file.with_suffix(".1.jsonl"))
    return file


def _follow(follower: Follower, store: Store, folder: PracticeFolder, stopping: threading.Event, *, once: bool) -> bool:
    """Shows what happens until told to stop, or, with `once`, until the line is empty; whether it became so."""
    quiet_since = time.monotonic()
    while not stopping.wait(0.25):
        if follower.tell():
            quiet_since = time.monotonic()
        if once and follower.line_is_empty():
            return True
        if once and time.monotonic() - quiet_since > STUCK_SECONDS:
            return False
    return False
