"""One attempt at one message, as a pipe of small steps.

    receive -> decode -> dealt with already? -> work -> settle -> publish -> ack

A station itself is only the step `work`: a function from a message to what follows from it. Everything else happens here,
once for all stations: the inbox row, the change of state, the facts, the log and the outgoing messages are one
transaction; the message is acked after that commit and never before. A process may be killed between any two lines: what
was not committed is done again, what was committed is recognised by the inbox.

An attempt ends in one of five outcomes and nothing else. Whatever a station raises that is neither `Retryable` nor
`NeedsPerson` is a bug: the message is quarantined, and the request shown as held by the system.
"""

from __future__ import annotations

import json
import random
import re
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog

from pipeline import telemetry
from pipeline.errors import NeedsPerson, Retryable
from pipeline.line.broker import Incoming
from pipeline.line.outbox import Outbox, pause_before
from pipeline.log.chain import Note
from pipeline.settings import LineSettings
from pipeline.store.states import FINAL, State, state_after
from pipeline.store.store import RequestRow, Store
from pipeline.store.unit import Chore, Claim, Conflict, Shown, Unit
from pipeline.store.unit import Done as InboxRow
from schemas.base import Fact, kind_of
from schemas.disclosure import LogEvent
from schemas.messages import DecisionMade, Event, RequestRead, UnknownMessage, decode
from schemas.reading import Reading
from schemas.release import Finding, HoldReason, StationName
from workers.bench import Bench
from workers.permitted import STOPPED_BY_A_REVOCATION, still_permitted


@dataclass(frozen=True)
class Part:
    """One of several patients on a scan, who gets a request of their own."""

    reading: Reading
    """The scan as far as it is about this patient."""


@dataclass(frozen=True)
class TakenBack:
    """A scan that takes a permission back."""

    patient_id: str
    words: str
    """For the log and the list of revocations."""


@dataclass(frozen=True)
class Done:
    """The work is done, and this follows from it."""

    emits: tuple[Event, ...]
    facts: tuple[Fact, ...] = ()
    shown: Shown = field(default_factory=Shown)
    notes: tuple[Note, ...] = ()
    chores: tuple[Chore, ...] = ()
    claim: Claim | None = None
    """The release that this request makes, for whoever asks for the same again."""
    parts: tuple[Part, ...] = ()
    """Requests that this one is split into."""


@dataclass(frozen=True)
class AskPerson:
    """A person must decide; what was found so far is kept for them."""

    findings: tuple[Finding, ...]
    facts: tuple[Fact, ...] = ()
    shown: Shown = field(default_factory=Shown)
    taken_back: TakenBack | None = None


Work = Callable[[Any, Bench], Done | AskPerson]
"""A station: one message in, what follows from it out. It never acks, publishes, commits, sleeps or logs."""


@dataclass(frozen=True)
class Station:
    """A row of the catalogue."""

    name: StationName
    takes: tuple[type[Event], ...]
    gives: tuple[type[Event], ...]
    work: Work
    holds_when: str
    """When it asks a person, for the documentation and the desk."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of messages that its queue receives; decisions come to it alone, not by kind."""
        return frozenset(kind_of(kind) for kind in self.takes)


class Outcome(StrEnum):
    """How an attempt can end."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    RETRY_LATER = "retry_later"
    ASKED_PERSON = "asked_person"
    QUARANTINED = "quarantined"


@dataclass
class Attempt:
    """One attempt, on its way through the steps."""

    station: Station
    incoming: Incoming
    message: Event | None = None
    """The message as received."""
    subject: Event | None = None
    """What the station works on: the message, or the held message that a decision takes up again."""
    not_understood: bytes | None = None
    """The held message that a decision takes up again, where this version does not understand it."""
    request: RequestRow | None = None
    began: float = field(default_factory=time.perf_counter)
    cpu_began: float = field(default_factory=time.process_time)

    def inbox_row(self, outcome: Outcome) -> InboxRow:
        """What the inbox keeps of it."""
        assert self.message is not None  # noqa: S101 -- only called once the message is decoded
        return InboxRow(
            station=self.station.name,
            message_id=str(self.message.id),
            kind=kind_of(type(self.message)),
            request_id=self.message.request_id,
            outcome=outcome.value,
            seconds=round(time.perf_counter() - self.began, 4),
            cpu_seconds=round(time.process_time() - self.cpu_began, 4),
        )


class Runner:
    """Makes attempts."""

    def __init__(self, bench: Bench, store: Store, outbox: Outbox, settings: LineSettings) -> None:
        self._bench = bench
        self._store = store
        self._outbox = outbox
        self._settings = settings
        self._log = structlog.get_logger()

    def attempt(self, station: Station, incoming: Incoming) -> Outcome | None:
        """One attempt at one message, to its end.

        None if not even its end could be written down, because the database is away: the message stays in hand, for
        another attempt. It is not given back, or a short absence of the database would make dead letters of the innocent.
        """
        attempt = Attempt(station, incoming)
        try:
            outcome, unit = self._settled(attempt)
        except Retryable as error:  # the database is away: nothing was written, the queue keeps the message
            self._tell(attempt, None, error=str(error))
            return None
        if unit is not None:
            try:
                self._outbox.publish(unit.sent)
            except Retryable as error:  # the relay will
                self._log.warning("left in the outbox", why=str(error), station=station.name.value)
        incoming.ack()
        self._tell(attempt, outcome)
        return outcome

    # ---- the steps ---------------------------------------------------------------------------------------------------

    def _settled(self, attempt: Attempt) -> tuple[Outcome, Unit | None]:
        """Works, and writes down how it ended. Works once more where somebody else changed the request meanwhile.

        Where that goes on and on, it gives way, which counts as a try: what never ends is at last for a person.
        """
        for work in (*[self._work] * 5, _gives_way):
            with suppress(Conflict):
                return self._once(attempt, work)
        raise Retryable("the request keeps changing under the station's hands")

    def _once(self, attempt: Attempt, work: Callable[[Attempt], object]) -> tuple[Outcome, Unit | None]:
        try:
            if not self._begin(attempt):
                return Outcome.ALREADY_DONE, None
            return self._settle(attempt, work(attempt))
        except UnknownMessage as error:
            return self._quarantine(attempt, str(error))
        except NeedsPerson as error:
            return self._ask(attempt, AskPerson(error.findings))
        except Retryable as error:
            return self._retry(attempt, error)
        except Conflict:
            raise
        except Exception as error:
            return self._quarantine(attempt, type(error).__name__, traceback.format_exc())

    def _settle(self, attempt: Attempt, result: object) -> tuple[Outcome, Unit]:
        """What the answer of the station leads to. Whatever the types say: an answer that is none is never success."""
        match result:
            case Done():
                return self._done(attempt, result)
            case AskPerson():
                return self._ask(attempt, result)
            case _:
                return self._quarantine(attempt, f"the station answered with {type(result).__name__}")

    def _begin(self, attempt: Attempt) -> bool:
        """Decodes, and looks whether there is anything to do."""
        attempt.message = decode(attempt.incoming.body)
        attempt.request = self._store.request(attempt.message.request_id)
        if attempt.request is None:
            raise UnknownMessage(f"there is no request {attempt.message.request_id} here")
        if attempt.request.state in FINAL or self._store.dealt_with(attempt.station.name, str(attempt.message.id)):
            return False
        subject = self._subject(attempt, attempt.message)
        if not isinstance(subject, attempt.station.takes):
            raise UnknownMessage(f"{attempt.station.name} does not take {kind_of(type(subject))}")
        if attempt.request.state is not state_after(subject):
            # A stranger's message, or one that was overtaken: the request stays as it is.
            raise UnknownMessage(f"{attempt.request.id} is {attempt.request.state}, not where {kind_of(type(subject))} leaves it")
        attempt.subject = subject
        return True

    def _subject(self, attempt: Attempt, message: Event) -> Event:
        if not isinstance(message, DecisionMade):
            return message
        held = self._store.held_message(message.request_id, message.decision)
        if held is None:
            raise UnknownMessage(f"the decision {message.decision} settles nothing that is held")
        try:
            taken_up = decode(held)
        except UnknownMessage:
            attempt.not_understood = held
            raise
        return self._subject(attempt, taken_up)

    def _work(self, attempt: Attempt) -> Done | AskPerson:
        if attempt.incoming.dead:
            return AskPerson((_brought_down(attempt.station.name, self._settings.delivery_limit),))
        if isinstance(attempt.subject, STOPPED_BY_A_REVOCATION):
            still_permitted(attempt.request, self._bench)
        return attempt.station.work(attempt.subject, replace(self._bench, row=attempt.request))

    # ---- the five ends -----------------------------------------------------------------------------------------------

    def _done(self, attempt: Attempt, done: Done) -> tuple[Outcome, Unit]:
        assert attempt.request is not None  # noqa: S101 -- _begin has seen to it
        strangers = [kind_of(type(e)) for e in done.emits if not isinstance(e, attempt.station.gives)]
        if strangers or not done.emits:
            return self._quarantine(attempt, f"the catalogue does not let {attempt.station.name} give {strangers or 'nothing'}")
        with self._closing(attempt, Outcome.DONE) as unit:
            unit.keep(attempt.request.id, done.facts)
            unit.advance(attempt.request.id, attempt.request.revision, attempt.station.name, done.emits, done.shown)
            unit.chores(attempt.request.id, done.chores)
            if done.claim:
                unit.claim(attempt.request.id, done.claim)
            unit.log(attempt.request.id, [*done.notes, *self._split(attempt, unit, done.parts)])
        return Outcome.DONE, unit

    def _split(self, attempt: Attempt, unit: Unit, parts: tuple[Part, ...]) -> list[Note]:
        """A request of its own for each part, as read: they are born with this unit, or not at all."""
        assert attempt.request is not None and attempt.subject is not None  # noqa: S101 -- as above
        made = []
        for number, part in enumerate(parts, start=1):
            request_id = unit.part(attempt.request.id, number)
            unit.keep(request_id, [part.reading])
            told = {"reading": part.reading.sha256(), "pages": max(part.reading.pages, 1)}
            unit.send(RequestRead.after(attempt.subject, unit.at, request_id=request_id, **told))
            made.append(request_id)
        if not made:
            return []
        sentence = f"{len(made)} patients are named: {', '.join(made)} are about one each."
        return [Note(LogEvent.SPLIT, attempt.station.name.value, details={"parts": made, "sentence": sentence})]

    def _ask(self, attempt: Attempt, ask: AskPerson) -> tuple[Outcome, Unit]:
        assert attempt.request is not None and attempt.subject is not None  # noqa: S101 -- as above
        request, name = attempt.request, attempt.station.name
        with self._closing(attempt, Outcome.ASKED_PERSON) as unit:
            unit.keep(request.id, ask.facts)
            unit.change(request.id, request.revision, station=name, state=State.HELD, shown=ask.shown)
            unit.hold(request.id, name, attempt.subject, ask.findings)
            unit.log(request.id, [_held_note(name, ask), *_taken_back(unit, request, name, ask.taken_back)])
        return Outcome.ASKED_PERSON, unit

    def _retry(self, attempt: Attempt, error: Retryable) -> tuple[Outcome, Unit]:
        tries = attempt.incoming.tries + 1
        if attempt.message is None or attempt.subject is None:
            raise error  # not even the request could be looked up: the database is away
        if tries >= self._settings.tries:
            return self._ask(attempt, AskPerson((_given_up(attempt.station.name, tries, error),)))
        jitter = random.random()  # noqa: S311 -- nothing secret about it
        first, longest = self._settings.first_pause_seconds, self._settings.longest_pause_seconds
        pause = pause_before(tries, first=first, longest=longest, jitter=jitter)
        with self._store.unit() as unit:
            unit.send_to(attempt.station.name, attempt.message, tries=tries, after=max(pause, timedelta(milliseconds=1)))
        self._log.info(
            "will try again",
            station=attempt.station.name.value,
            why=str(error),
            tries=tries,
            pause=round(pause.total_seconds(), 1),
        )
        return Outcome.RETRY_LATER, unit

    def _quarantine(self, attempt: Attempt, why: str, trace: str = "") -> tuple[Outcome, Unit]:
        name, message, request = attempt.station.name, attempt.message, attempt.request
        readable = trace.replace("\0", "�")  # PostgreSQL keeps no NUL in a text
        with self._store.unit() as unit:
            message_id, request_id = (
                (str(message.id), message.request_id) if message else (None, _named_in(attempt.incoming.body))
            )
            body = attempt.incoming.body
            unit.quarantine(station=name, body=body, why=why, traceback=readable, message_id=message_id, request_id=request_id)
            held = attempt.subject or attempt.not_understood
            if message and request and held and request.state not in FINAL:
                unit.mark(attempt.inbox_row(Outcome.QUARANTINED))
                self._hold_by_system(unit, request, name, held, why)
            elif message is None and request_id:
                self._hold_if_stuck(unit, request_id, name, body, why)
        return Outcome.QUARANTINED, unit

    def _hold_if_stuck(self, unit: Unit, request_id: str, station: StationName, body: bytes, why: str) -> None:
        """For a message of another version, say: nobody else will move its request on."""
        request = self._store.request(request_id)
        if request and request.state not in FINAL | {State.HELD}:
            self._hold_by_system(unit, request, station, body, why)

    def _hold_by_system(self, unit: Unit, request: RequestRow, station: StationName, message: Event | bytes, why: str) -> None:
        held = AskPerson((_bug(station, why),))
        unit.change(request.id, request.revision, station=station, state=State.HELD)
        unit.hold(request.id, station, message, held.findings)
        unit.log(request.id, [_held_note(station, held)])

    @contextmanager
    def _closing(self, attempt: Attempt, outcome: Outcome) -> Iterator[Unit]:
        with self._store.unit() as unit:
            unit.mark(attempt.inbox_row(outcome))
            yield unit

    # ---- telling -----------------------------------------------------------------------------------------------------

    def _tell(self, attempt: Attempt, outcome: Outcome | None, error: str | None = None) -> None:
        seconds, name = time.perf_counter() - attempt.began, attempt.station.name.value
        ending = outcome.value if outcome else "interrupted"
        telemetry.ATTEMPTS.labels(name, ending).inc()
        telemetry.SECONDS.labels(name).observe(seconds)
        message = attempt.message
        told = {
            "station": name,
            "kind": kind_of(type(message)) if message else None,
            "request_id": message.request_id if message else None,
            "message_id": str(message.id) if message else None,
            "outcome": ending,
            "tries": attempt.incoming.tries + 1,
            "seconds": round(seconds, 3),
            "why": error,
        }
        tell = self._log.warning if outcome in (None, Outcome.QUARANTINED) else self._log.info
        tell("attempt", **{key: value for key, value in told.items() if value is not None})


def _gives_way(_attempt: Attempt) -> object:
    raise Retryable("the request keeps changing under the station's hands")


def _taken_back(unit: Unit, request: RequestRow, station: StationName, back: TakenBack | None) -> list[Note]:
    """Records the revocation that a scan carries, once."""
    if back is None:
        return []
    number = unit.revoke(back.patient_id, how="scan", who=station.value, words=back.words, request_id=request.id)
    if number is None:
        return []
    told = {"revocation": number, "how": "scan", "words": back.words}
    return [Note(LogEvent.REVOKED, station.value, patient_id=back.patient_id, patient=request.patient, details=told)]


def _named_in(body: bytes) -> str | None:
    """The request that a message speaks of, where the message itself cannot be understood."""
    try:
        named = json.loads(body)["request_id"]
    except (ValueError, KeyError, TypeError, RecursionError):  # the last: brackets a hundred thousand deep
        return None
    return named if isinstance(named, str) and re.fullmatch(r"R-\d{6,}", named) else None


def _held_note(station: StationName, ask: AskPerson) -> Note:
    sentences = [f.sentence for f in ask.findings]
    shown = ask.shown
    return Note(
        LogEvent.HELD,
        station.value,
        patient_id=shown.get("patient_id"),
        patient=shown.get("patient"),
        recipient=shown.get("destination"),
        details={"reasons": [f.reason.value for f in ask.findings], "sentences": sentences},
    )


def _brought_down(station: StationName, limit: int) -> Finding:
    return Finding(
        reason=HoldReason.SYSTEM_FAULT,
        sentence=f"The station “{station}” broke off {limit} times while it worked on this request.",
        cure="Ask whoever looks after ChartRelay to look at the log of that time; then let it try again, or release by hand.",
    )


def _given_up(station: StationName, tries: int, error: Retryable) -> Finding:
    return Finding(
        reason=HoldReason.SYSTEM_FAULT,
        sentence=f"The station “{station}” tried {tries} times without success: {error}.",
        cure="Mend what it names, then let it try again.",
    )


def _bug(station: StationName, why: str) -> Finding:
    return Finding(
        reason=HoldReason.SYSTEM_FAULT,
        sentence=f"ChartRelay itself made a mistake in the station “{station}” ({why}).",
        cure="Ask whoever looks after ChartRelay; the details are in the quarantine. Then let it try again, or release by hand.",
    )
