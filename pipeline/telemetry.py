"""What the line tells about itself: one structured log line an attempt, and metrics. Never patient data.

A log line holds station, kind, ids, outcome, seconds and the sort of error; names, dates of birth, file names and
sentences of findings stay in the database. On a terminal the lines are for people, elsewhere they are JSON.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "station", "stations", "kind", "message_id", "request_id", "outcome", "tries", "seconds",
        "cpu_seconds", "reasons", "error", "why", "process", "exit_code", "pid", "count", "reader", "host", "port", "pause",
    }
)  # fmt: skip
"""The only keys that a log line may have: whatever else somebody passes is dropped, in case it names a patient."""


MOST_PLACES = 8
"""So many calls above a mistake are told of."""


def _only_allowed(_logger: Any, _name: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    return {key: value for key, value in line.items() if key in ALLOWED}


def set_up(stream: TextIO | None = None, *, json: bool | None = None) -> None:
    """Sends log lines to `stream` (stderr). `json` None: JSON unless the stream is a terminal."""
    out = stream or sys.stderr
    as_json = not out.isatty() if json is None else json
    shown: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=out.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    # Libraries log and warn of what they work on; some of it is patient data. Only that something happened is passed on.
    logging.basicConfig(level=logging.ERROR, handlers=[_Discreet()], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _tell_mistake
    threading.excepthook = lambda told: _tell_mistake(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _tell_mistake(told.exc_type, told.exc_value, told.exc_traceback)


def _tell_mistake(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """In place of the traceback of a mistake that nobody caught: its sort and its place. Its text may quote patient data."""
    if issubclass(kind, KeyboardInterrupt):
        return
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    structlog.get_logger().error("ended by a mistake", error=kind.__name__, why=" < ".join(reversed(places[-MOST_PLACES:])))


class _Discreet(logging.Handler):
    """Passes on which library complained, not what it said."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().warning("a library complained", why=record.name, error=record.levelname)


REGISTRY = CollectorRegistry()
"""Our own metrics only."""

ATTEMPTS = Counter(
    "chartrelay_attempts", "Attempts at messages, by station and outcome.", ["station", "outcome"], registry=REGISTRY
)
SECONDS = Histogram(
    "chartrelay_attempt_seconds",
    "Wall time of attempts, by station.",
    ["station"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
