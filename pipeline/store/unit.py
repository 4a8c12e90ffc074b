"""The unit of work: everything that one attempt changes, in one transaction.

The inbox row, the change of state, the facts, the log entries, the holds and the outgoing messages commit together or
not at all. Nothing in here publishes: messages leave through the outbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict, TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.log import chain
from pipeline.store import facts, tables
from pipeline.store.permissions import revocations_of
from pipeline.store.states import State, state_after
from pipeline.store.times import parse, stamp
from schemas.base import Fact, kind_of, version_of
from schemas.decision import Decision
from schemas.messages import Event, encode
from schemas.release import Finding, Revocation, StationName

F = TypeVar("F", bound=Fact)
MILLISECOND = timedelta(milliseconds=1)
"""The least by which two times of the database differ."""


class Shown(TypedDict, total=False):
    """What the request row shows of the facts: for lists and filters, never for decisions."""

    patient_id: str
    patient: str
    destination: str
    channel: str
    address: str
    office_id: str
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
class Claim:
    """That records of a patient are to go to an office, after these earlier ones."""

    patient_id: str
    office_id: str
    previous: str
    """Names the release that came before it (`permissions.latest_release`); empty for the first."""


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

    # ---- what is known already ----------------------------------------------------------------------------------------

    def latest(self, model: type[F], request_id: str) -> F | None:
        """The last fact of this kind that was kept for the request, or None."""
        return facts.latest(self.connection, model, request_id)

    def decisions(self, request_id: str) -> list[Decision]:
        """What people have decided on the request, in that order."""
        return facts.decisions(self.connection, request_id)

    # ---- what came in ------------------------------------------------------------------------------------------------

    def known_scan(self, sha256: str) -> str | None:
        """The request that these bytes became, or None. One that was withdrawn may be asked for anew; a family's, when nothing of
        it is left.
        """
        joined = tables.scans.join(tables.requests, tables.requests.c.id == tables.scans.c.request_id)
        parts = tables.requests.alias("parts")
        left = select(parts.c.id).where(parts.c.parent == tables.requests.c.id, parts.c.state != State.WITHDRAWN.value).exists()
        state = tables.requests.c.state
        alive = (state != State.WITHDRAWN.value) & ((state != State.SPLIT.value) | left)
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

    def part(self, parent: str, number: int, scan: str = "") -> str:
        """A request of its own for one of several patients on the scan of `parent`, as read; or, with a `scan` that was cut out
        of it, one that is still to be read. Its id.
        """
        columns = ("scan", "file", "media_type", "received_at")
        of = self.connection.execute(select(tables.requests).where(tables.requests.c.id == parent)).mappings().one()
        row = {
            **{name: of[name] for name in columns},
            **({"scan": scan} if scan else {}),
            "changed_at": stamp(self.at),
            "state": (State.RECEIVED if scan else State.READ).value,
            "station": (StationName.WATCH if scan else StationName.MATCH).value,
            "parent": parent,
            "part": number,
        }
        made = self.connection.execute(insert(tables.requests).values(row).returning(tables.requests.c.number)).scalar_one()
        request_id = f"R-{made:06d}"
        self.connection.execute(update(tables.requests).where(tables.requests.c.number == made).values(id=request_id))
        return request_id

    # ---- what an attempt changes -------------------------------------------------------------------------------------

    def mark(self, done: Done) -> None:
        """The inbox row. Raises Conflict if the message was dealt with by another process in the meantime."""
        values = {**done.__dict__, "station": done.station.value, "at": stamp(self.at)}
        try:
            self.connection.execute(insert(tables.inbox).values(values))
        except IntegrityError:
            raise Conflict(f"{done.station} has dealt with message {done.message_id} already") from None

    def keep(self, request_id: str, found: Iterable[Fact]) -> None:
        """Keeps facts under their hashes; the same fact twice is one, and it is the latest again.

        Each comes after all that were kept before, also where a clock was put back or two machines' clocks differ: of two
        writers at one moment the request's revision lets one through.
        """
        last = self.connection.scalar(select(func.max(tables.facts.c.at)).where(tables.facts.c.request_id == request_id))
        for fact in found:
            sha256 = fact.sha256()
            last = stamp(self.at if last is None else max(self.at, parse(last) + MILLISECOND))
            known = (tables.facts.c.request_id == request_id) & (tables.facts.c.sha256 == sha256)
            again = self.connection.execute(update(tables.facts).where(known).values(at=last))
            if again.rowcount == 0:
                values = {
                    "request_id": request_id,
                    "sha256": sha256,
                    "kind": kind_of(type(fact)),
                    "version": version_of(type(fact)),
                }
                body = fact.canonical().decode()
                self.connection.execute(insert(tables.facts).values(**values, body=body, at=last))

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

    def claim(self, request_id: str, claim: Claim) -> None:
        """That this request is the one that sends. Raises Conflict if another was authorized at the same moment.

        A request that is matched anew gives up what it claimed before. If people have corrected it, it teaches once more: what
        they have left as it was read is right as well.
        """
        lesson = update(tables.form_lessons).where(tables.form_lessons.c.request_id == request_id)
        self.connection.execute(lesson.values(asked_at=stamp(self.at), taken_at=None))
        self.connection.execute(delete(tables.releases).where(tables.releases.c.request_id == request_id))
        try:
            self.connection.execute(insert(tables.releases).values(request_id=request_id, at=stamp(self.at), **claim.__dict__))
        except IntegrityError:
            raise Conflict("the same records were released to the same office at this very moment") from None

    def teach(self, request_id: str) -> None:
        """A person has corrected what was read: its scan is a lesson for the reader, who takes it before the next scan."""
        lesson = tables.form_lessons.c.request_id == request_id
        asked = {"asked_at": stamp(self.at), "taken_at": None}
        if self.connection.execute(update(tables.form_lessons).where(lesson).values(asked)).rowcount == 0:
            self.connection.execute(insert(tables.form_lessons).values(request_id=request_id, **asked))

    def void(self, request_id: str) -> None:
        """What this request claimed was never sent."""
        self.connection.execute(update(tables.releases).where(tables.releases.c.request_id == request_id).values(void=True))

    def begin_handing_over(self, request_id: str, revision: int, patient_id: str, office_id: str) -> list[Revocation]:
        """The last look before a set leaves: the revocations that stop it, or none, and then handing over has begun.

        The look and the mark are one step: of a revocation and a handing over at the same moment, one comes first, and each
        knows which (`revoke` reads the mark under the same lock). Raises Conflict unless the request is still on its way out
        at this revision: a slow attempt may have been overtaken, and a person may have decided something else since.
        """
        row = (tables.requests.c.id == request_id) & (tables.requests.c.revision == revision)
        leaving = row & (tables.requests.c.state == State.DELIVERING.value)
        if self.connection.scalar(select(tables.requests.c.id).where(leaving).with_for_update()) is None:
            raise Conflict(f"{request_id} was changed by somebody else")
        found = revocations_of(self.connection, patient_id, office_id)
        if not found:
            self.connection.execute(update(tables.requests).where(row).values(handing_over_at=stamp(self.at)))
        return found

    def revoke(
        self, patient_id: str, *, office_id: str = "", how: str, who: str, words: str = "", request_id: str | None = None
    ) -> int | None:
        """Records that a permission was taken back; its number. None where the same scan has said so before."""
        if request_id is not None:
            same = (tables.revocations.c.request_id == request_id) & (tables.revocations.c.patient_id == patient_id)
            if self.connection.scalar(select(tables.revocations.c.id).where(same)) is not None:
                return None
        values = {
            "patient_id": patient_id,
            "office_id": office_id,
            "at": stamp(self.at),
            "how": how,
            "who": who,
            "words": words,
            "request_id": request_id,
        }
        return int(
            self.connection.execute(insert(tables.revocations).values(values).returning(tables.revocations.c.id)).scalar_one()
        )

    def lift(self, revocation: int, *, who: str, why: str) -> None:
        """Ends a revocation. Raises Conflict if somebody else has ended it, or there is none."""
        where = (tables.revocations.c.id == revocation) & tables.revocations.c.lifted_at.is_(None)
        values = {"lifted_at": stamp(self.at), "lifted_by": who, "lifted_because": why}
        if self.connection.execute(update(tables.revocations).where(where).values(values)).rowcount != 1:
            raise Conflict(f"the revocation {revocation} is not in force")

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
