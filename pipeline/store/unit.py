"""The unit of work: everything that one attempt changes, in one transaction.

The inbox row, the change of state, the facts, the log entries, the holds and the outgoing messages commit together or
not at all. Nothing in here publishes: messages leave through the outbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.log import chain
from pipeline.store import tables
from pipeline.store.states import State, state_after
from pipeline.store.times import stamp
from schemas.base import Fact, kind_of, version_of
from schemas.messages import Event, encode
from schemas.release import Finding, StationName


class Shown(TypedDict, total=False):
    """What the request row shows of the facts: for lists and filters, never for decisions."""

    patient_id: str
    patient: str
    destination: str
    channel: str
    address: str
    pathway: str
    due: str
    items: int
    pages: int
    proof: str
    delivered_at: str


class Conflict(Exception):
    """Somebody else changed the request, or did the same work, in the meantime. Nothing was written."""


@dataclass(frozen=True)
class Arrival:
    """What became of a file in the inbox."""

    file: str
    outcome: str
    """request, repeat or returned"""
    size_bytes: int
    scan: str | None
    request_id: str | None
    sentence: str
    advice: str
    token: str
    """A hash that tells this very file from one of the same name or the same bytes that was dropped later."""


@dataclass(frozen=True)
class Chore:
    """Something for the front desk to do."""

    kind: str
    sentence: str


@dataclass(frozen=True)
class Done:
    """What an attempt leaves in the inbox: that it happened, and what it took."""

    station: StationName
    message_id: str
    kind: str
    request_id: str
    outcome: str
    seconds: float
    cpu_seconds: float


class Unit:
    """One open writing transaction."""

    CLAIM = timedelta(seconds=15)
    """How long the process that wrote outgoing messages has to publish them before others may."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        self.connection = connection
        self.at = at
        self.sent: list[int] = []
        """Outbox rows of this unit that may leave now, claimed for the process that wrote them."""

    # ---- what came in ------------------------------------------------------------------------------------------------

    def known_scan(self, sha256: str) -> str | None:
        """The request that these bytes became, or None. One that was withdrawn may be asked for anew."""
        joined = tables.scans.join(tables.requests, tables.requests.c.id == tables.scans.c.request_id)
        alive = tables.requests.c.state != State.WITHDRAWN.value
        query = select(tables.scans.c.request_id).select_from(joined).where(tables.scans.c.sha256 == sha256, alive)
        return self.connection.scalar(query)

    def new_request(self, *, scan: str, file: str, media_type: str) -> str:
        """A new request for these bytes; its id. Raises Conflict if another process has just taken the same bytes."""
        row = {
            "scan": scan,
            "file": file,
            "media_type": media_type,
            "received_at": stamp(self.at),
            "changed_at": stamp(self.at),
            "state": State.RECEIVED.value,
            "station": StationName.WATCH.value,
        }
        number = self.connection.execute(insert(tables.requests).values(row).returning(tables.requests.c.number)).scalar_one()
        request_id = f"R-{number:06d}"
        self.connection.execute(update(tables.requests).where(tables.requests.c.number == number).values(id=request_id))
        if self.known_scan(scan) is None:
            self.connection.execute(delete(tables.scans).where(tables.scans.c.sha256 == scan))
        try:
            self.connection.execute(insert(tables.scans).values(sha256=scan, request_id=request_id, at=stamp(self.at)))
        except IntegrityError:
            raise Conflict(f"the scan {scan} was taken by another process") from None
        return request_id

    def arrival(self, arrival: Arrival) -> None:
        """The receipt for a file that was in the inbox. Raises Conflict if another process has written it already."""
        try:
            self.connection.execute(insert(tables.arrivals).values(**arrival.__dict__, at=stamp(self.at)))
        except IntegrityError:
            raise Conflict("another process has taken this file") from None

    # ---- what an attempt changes -------------------------------------------------------------------------------------

    def mark(self, done: Done) -> None:
        """The inbox row. Raises Conflict if the message was dealt with by another process in the meantime."""
        values = {**done.__dict__, "station": done.station.value, "at": stamp(self.at)}
        try:
            self.connection.execute(insert(tables.inbox).values(values))
        except IntegrityError:
            raise Conflict(f"{done.station} has dealt with message {done.message_id} already") from None

    def keep(self, request_id: str, facts: Iterable[Fact]) -> None:
        """Keeps facts under their hashes; the same fact twice is one."""
        for fact in facts:
            sha256 = fact.sha256()
            known = select(tables.facts.c.sha256).where(tables.facts.c.request_id == request_id, tables.facts.c.sha256 == sha256)
            if self.connection.scalar(known) is None:
                values = {
                    "request_id": request_id,
                    "sha256": sha256,
                    "kind": kind_of(type(fact)),
                    "version": version_of(type(fact)),
                }
                body = fact.canonical().decode()
                self.connection.execute(insert(tables.facts).values(**values, body=body, at=stamp(self.at)))

    def change(
        self, request_id: str, revision: int, *, station: StationName, state: State | None = None, shown: Shown | None = None
    ) -> None:
        """Changes the request row. Raises Conflict unless it still has this revision."""
        values: dict[str, Any] = {
            "revision": revision + 1,
            "changed_at": stamp(self.at),
            "station": station.value,
            **(shown or {}),
        }
        if state is not None:
            values["state"] = state.value
        where = (tables.requests.c.id == request_id) & (tables.requests.c.revision == revision)
        if self.connection.execute(update(tables.requests).where(where).values(values)).rowcount != 1:
            raise Conflict(f"{request_id} was changed by somebody else")

    def log(self, request_id: str | None, notes: Sequence[chain.Note]) -> None:
        """Writes into the delivery log."""
        chain.append(self.connection, request_id, self.at, notes)

    def chores(self, request_id: str, chores: Iterable[Chore]) -> None:
        """Lists chores for the front desk; the same chore twice is one."""
        for chore in chores:
            same = (
                (tables.chores.c.request_id == request_id)
                & (tables.chores.c.kind == chore.kind)
                & (tables.chores.c.sentence == chore.sentence)
            )
            if self.connection.scalar(select(tables.chores.c.id).where(same)) is None:
                self.connection.execute(
                    insert(tables.chores).values(request_id=request_id, kind=chore.kind, sentence=chore.sentence)
                )

    def hold(self, request_id: str, station: StationName, message: Event | bytes, findings: Sequence[Finding]) -> None:
        """An entry of the exception queue, with the message to take up again."""
        body = message if isinstance(message, bytes) else encode(message)
        listed = json.dumps([f.model_dump(mode="json", exclude_none=True) for f in findings], ensure_ascii=False)
        values = {
            "request_id": request_id,
            "station": station.value,
            "message": body,
            "findings": listed,
            "opened_at": stamp(self.at),
        }
        self.connection.execute(insert(tables.holds).values(values))

    def settle(self, request_id: str, decision: str) -> None:
        """Closes the open holds of the request by a decision."""
        where = (tables.holds.c.request_id == request_id) & tables.holds.c.settled_at.is_(None)
        self.connection.execute(update(tables.holds).where(where).values(settled_at=stamp(self.at), decision=decision))

    def quarantine(
        self,
        *,
        station: StationName,
        body: bytes,
        why: str,
        traceback: str,
        message_id: str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Keeps a message that could not be dealt with, for those who mend the program."""
        values = {"station": station.value, "message_id": message_id, "request_id": request_id, "body": body, "why": why}
        self.connection.execute(insert(tables.quarantine).values(**values, traceback=traceback, at=stamp(self.at)))

    # ---- what goes out -----------------------------------------------------------------------------------------------

    def send(self, event: Event) -> None:
        """Puts a message into the outbox, for every station that takes its kind."""
        self._out(event, station=None, tries=0, not_before=self.at)

    def send_to(self, station: StationName, event: Event, *, tries: int = 0, after: timedelta = timedelta(0)) -> None:
        """Puts a message into the outbox for one station, not before `after` has passed: a retry, or a decision."""
        self._out(event, station=station, tries=tries, not_before=self.at + after)

    def _out(self, event: Event, *, station: StationName | None, tries: int, not_before: datetime) -> None:
        now = not_before <= self.at
        values = {
            "message_id": str(event.id),
            "kind": kind_of(type(event)),
            "station": station.value if station else None,
            "body": encode(event),
            "tries": tries,
            "not_before": stamp(not_before),
            "claimed_until": stamp(self.at + self.CLAIM) if now else None,
        }
        row = self.connection.execute(insert(tables.outbox).values(values).returning(tables.outbox.c.id)).scalar_one()
        if now:
            self.sent.append(row)

    def advance(
        self, request_id: str, revision: int, station: StationName, events: Sequence[Event], shown: Shown | None = None
    ) -> None:
        """Sends the events and moves the request to the state that the last of them stands for."""
        states = [state for event in events if (state := state_after(event))]
        self.change(request_id, revision, station=station, state=states[-1] if states else None, shown=shown)
        for event in events:
            self.send(event)
