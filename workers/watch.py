"""watch: a finished file in the inbox becomes a request, or comes back with a note; none vanishes.

The order is what keeps a file safe: its bytes into the vault, then the row committed, only then is it moved. Killed in
between, the next look finds the file again and recognises it by its token: the same file, not a new arrival.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import structlog
from sqlalchemy import RowMapping, select

from pipeline.documents import Inspection, Refused, inspect_isolated
from pipeline.documents.refusal import empty, too_large
from pipeline.errors import Retryable
from pipeline.intake import (
    Candidate,
    Changed,
    Hints,
    StabilityTracker,
    Unsafe,
    candidates,
    finish,
    leftovers,
    mark_of,
    open_inside,
    original_name,
    put_back,
    return_file,
    withdraw,
)
from pipeline.line.outbox import Outbox
from pipeline.log.chain import Note
from pipeline.store import tables
from pipeline.store.store import Store
from pipeline.store.times import parse
from pipeline.store.unit import Arrival, Conflict, Unit
from pipeline.store.vault import sha256_of
from schemas.disclosure import LogEvent
from schemas.messages import RequestReceived
from workers.bench import Bench

ARRIVALS = UUID("4f0f6a52-6f5b-4a4c-8a75-6a2d9bd7d7f1")
"""The namespace of the ids of first messages."""


@dataclass(frozen=True)
class Taken:
    """A file whose bytes are safe, or that is returned unread."""

    candidate: Candidate
    scan: str | None
    found: Inspection | Refused

    @property
    def token(self) -> str:
        """A hash that tells this very file from every other, also from a copy that kept its time and got its number."""
        told = (*self.candidate.state, self.candidate.renewed_ns, self.scan)
        return hashlib.sha256("/".join(map(str, told)).encode()).hexdigest()

    @property
    def shown_name(self) -> str:
        """The file's name, as far as it can be written down."""
        return self.candidate.name.encode("utf-8", "replace").decode()


def _wake_when(stopping: threading.Event, hints: Hints) -> None:
    stopping.wait()
    hints.wake()


def _age(candidate: Candidate) -> tuple[int, str]:
    """First come, first served: so the repeat of two equal files is the later one, as far as their times tell."""
    return candidate.modified_ns, candidate.name


def _require_untouched(candidate: Candidate, now: os.stat_result) -> None:
    """Raises Changed unless the file is still as `candidate` saw it: what was read of it may be half of it."""
    if (now.st_size, now.st_mtime_ns, now.st_dev, now.st_ino) != candidate.state:
        raise Changed("written to, or exchanged, while it was read")


class Watch:
    """Looks through the inbox."""

    def __init__(self, bench: Bench, store: Store, outbox: Outbox, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._bench = bench
        self._store = store
        self._outbox = outbox
        self._inbox = bench.folder.inbox
        self._settings = bench.settings.inbox
        self._tracker = StabilityTracker(self._settings.quiet_seconds, seconds)
        self._log = structlog.get_logger()

    def run(self, stopping: threading.Event) -> None:
        """Looks whenever something may have happened, and every so often anyway, until `stopping` is set."""
        self._log.info("at work", stations=["watch"])
        with Hints(self._inbox, self._settings.polling) as hints:
            threading.Thread(target=_wake_when, args=(stopping, hints), daemon=True).start()
            while not stopping.is_set():
                self.look()
                soon = min(max(self._settings.quiet_seconds / 2, 0.1), self._settings.rescan_seconds)
                hints.wait(soon if self._tracker.waiting else self._settings.rescan_seconds)
        self._log.info("went home", stations=["watch"])

    def look(self) -> int:
        """One look: takes what is finished, and ends what a crash has left half done. How many files are still waiting."""
        try:
            for path in list(leftovers(self._inbox)):
                self._each(lambda path=path: self._resume(path))  # type: ignore[misc]
            for candidate in sorted(self._tracker.observe(candidates(self._inbox)), key=_age):
                self._each(lambda candidate=candidate: self._take(candidate))  # type: ignore[misc]
            return sum(1 for _ in candidates(self._inbox))
        except Retryable as error:
            self._log.warning("the inbox cannot be looked through", why=str(error))
            return 1

    def _each(self, act: Callable[[], None]) -> None:
        """One file's trouble is not the next one's."""
        try:
            act()
        except (Retryable, Changed, Unsafe, Conflict, FileNotFoundError) as error:  # the last: another watcher was quicker
            self._log.info("a file waits for the next look", why=type(error).__name__)
        except Exception as error:
            self._log.error("a file could not be taken", error=type(error).__name__)

    # ---- taking ------------------------------------------------------------------------------------------------------

    def _take(self, candidate: Candidate) -> None:
        taken = self._secure(candidate)
        arrival = self._known(taken.token)
        if arrival is None:
            self._receive(taken)
            arrival = self._known(taken.token)
        if arrival is not None:
            self._move(withdraw(candidate, taken.token), arrival)

    def _secure(self, candidate: Candidate) -> Taken:
        """Puts the bytes into the vault and looks at them there. What is empty or too large is not even copied."""
        limits = self._settings.limits
        if candidate.size == 0:
            return Taken(candidate, None, empty())
        if candidate.size > limits.max_bytes:
            return Taken(candidate, None, too_large(limits.max_bytes))
        with open_inside(self._inbox, candidate.name) as stream:
            scan = self._bench.vault.put_stream(stream)
            _require_untouched(candidate, os.fstat(stream.fileno()))
        try:
            return Taken(candidate, scan, inspect_isolated(self._bench.vault.path(scan), limits, name=candidate.name))
        except Refused as refusal:
            return Taken(candidate, scan, refusal)

    def _receive(self, taken: Taken) -> None:
        """Commits what becomes of the file: a request, a repeat of one, or a return."""
        with self._store.unit() as unit:
            event = self._enter(unit, taken)
        self._log.info("received", outcome=event.value)
        try:
            self._outbox.publish(unit.sent)
        except Retryable as error:  # the relay will
            self._log.warning("left in the outbox", why=str(error))

    def _enter(self, unit: Unit, taken: Taken) -> LogEvent:
        if isinstance(taken.found, Refused):
            return self._write(unit, taken, LogEvent.RETURNED, "returned", None, taken.found.sentence, taken.found.advice)
        assert taken.scan is not None  # noqa: S101 -- only a Refused has none
        earlier = unit.known_scan(taken.scan)
        if earlier is not None:
            sentence = f"This is the same file, byte for byte, as the one that became request {earlier}."
            advice = (
                "You need do nothing: the earlier request is being dealt with. If the patient asks anew, scan the new request."
            )
            return self._write(unit, taken, LogEvent.REPEATED, "repeat", earlier, sentence, advice)
        request_id = unit.new_request(scan=taken.scan, file=taken.shown_name, media_type=taken.found.media_type.value)
        unit.send(
            RequestReceived(
                id=uuid5(ARRIVALS, f"{request_id}/{taken.scan}"),
                request_id=request_id,
                occurred_at=unit.at,
                scan=taken.scan,
                media_type=taken.found.media_type.value,
                size_bytes=taken.found.size_bytes,
            )
        )
        return self._write(unit, taken, LogEvent.RECEIVED, "request", request_id, f"Taken as request {request_id}.", "")

    def _write(
        self, unit: Unit, taken: Taken, event: LogEvent, outcome: str, request_id: str | None, sentence: str, advice: str
    ) -> LogEvent:
        name, size = taken.shown_name, taken.candidate.size
        unit.arrival(Arrival(name, outcome, size, taken.scan, request_id, sentence, advice, taken.token))
        unit.log(request_id, [Note(event, "watch", details={"file": name, "scan": taken.scan, "sentence": sentence})])
        return event

    # ---- moving, once the row is committed ---------------------------------------------------------------------------

    def _move(self, path: Path, arrival: RowMapping) -> None:
        """Out of the inbox: gone, for its bytes are in the vault; or into `returned/` with its note."""
        if arrival["scan"] is not None and sha256_of(path) != arrival["scan"]:
            put_back(path)  # somebody wrote into it at the last moment: what it is now has not been taken
            return
        if arrival["outcome"] == "request":
            finish(path)
            return
        at = parse(arrival["at"]).astimezone()
        return_file(path, self._bench.folder.returned, original_name(path), arrival["sentence"], arrival["advice"], at)

    def _resume(self, path: Path) -> None:
        """A file that was on its way out when the watcher died."""
        arrival = self._known(mark_of(path))
        if arrival is None:
            put_back(path)
        else:
            self._move(path, arrival)

    def _known(self, token: str) -> RowMapping | None:
        """What became of the file with this token; its first digits are enough."""
        with self._store.reading() as connection:
            same = tables.arrivals.c.token.between(token, token + "g")  # what begins so, found through the index
            return connection.execute(select(tables.arrivals).where(same)).mappings().first()
