"""Letters about a request: made from what the store has, kept in the vault, and written into the delivery log.

The log gets the kind of letter, its language, its SHA-256 and who printed it, and no word of it. The bytes lie in the vault under
that hash, so that an auditor can see what was written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from pipeline.closing.chores import ChoreKind
from pipeline.letters import (
    Addressee,
    Callee,
    CannotWrite,
    Language,
    LetterKind,
    Matter,
    addressee_of,
    at_home,
    certain,
    letter,
    printed,
)
from pipeline.log import chain
from pipeline.log.chain import Note
from pipeline.reviewing.corrections import corrected
from pipeline.reviewing.holds import all_holds, open_holds
from pipeline.store import facts, tables, views
from pipeline.store.permissions import revocations_of
from pipeline.store.states import FINAL, State
from pipeline.store.store import Store
from pipeline.store.times import parse
from pipeline.store.vault import Vault
from schemas.decision import Decision, DecisionKind, Rulings
from schemas.disclosure import LogEntry, LogEvent
from schemas.fee import Fee
from schemas.reading import Reading
from schemas.release import HoldReason, Match, Patient, Practice, Release, Revocation

_LEFT = (LogEvent.INTENDED, LogEvent.DELIVERED)
"""Once one of these is in the log, a copy may have left."""
_HELD = (LetterKind.MISSING, LetterKind.CALL)
"""Letters about an open hold."""
_TURNED_AWAY = (State.REJECTED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letter, and what a person adds to it; what is left out comes from what was decided on the request."""

    kind: LetterKind
    who: str
    """Who prints it."""
    language: Language = Language.EN
    until: date | None = None
    because: tuple[str, ...] = ()
    reason: str = ""
    what: str = ""
    fee: Fee | None = None
    """What the copy will cost, where that is known."""


@dataclass(frozen=True, slots=True)
class Made:
    """A letter, printed and kept."""

    pdf: bytes
    sha256: str
    address: tuple[str, ...]
    again: bool = False
    """Whether it is the one that was made before."""


def write(store: Store, vault: Vault, practice: Practice, request_id: str, wanted: Wanted) -> Made:
    """Makes the letter, keeps it and notes it. Raises CannotWrite, and Retryable when the vault or the database is away."""
    if not wanted.who.strip():
        raise CannotWrite("A letter needs the name of the person who prints it: say who.")
    known = _Known(store, request_id)
    made = _as_before(known, vault, wanted) or _anew(known, vault, practice, wanted)
    note = Note(
        LogEvent.LETTER,
        wanted.who,
        patient_id=known.row["patient_id"],
        patient=known.row["patient"],
        recipient=made.address[0] if made.address else None,
        details={"kind": wanted.kind.value, "language": wanted.language.value, "sha256": made.sha256},
    )
    with store.unit() as unit:
        unit.log(request_id, [note])
    return made


def _anew(known: _Known, vault: Vault, practice: Practice, wanted: Wanted) -> Made:
    matter = known.matter(practice, wanted)
    pdf = printed(letter(wanted.kind, matter, wanted.language), practice)
    return Made(pdf, vault.put(pdf), matter.to.lines)


def _as_before(known: _Known, vault: Vault, wanted: Wanted) -> Made | None:
    """The extension letter that was made already: the rule knows one (45 CFR 164.524(b)(2)(iii)), and printers jam."""
    if wanted.kind is not LetterKind.EXTENSION:
        return None
    for entry in known.log:
        if entry.event is LogEvent.LETTER and entry.details["kind"] == wanted.kind:
            if wanted.until or wanted.because or wanted.reason:
                raise CannotWrite(
                    f"The time for {known.request_id} was extended by a letter of {entry.at.astimezone():%m/%d/%Y}, and the rule "
                    "allows one extension. Without a day and reasons, that letter is printed again."
                )
            pdf = vault.read(entry.details["sha256"])
            address = (entry.recipient,) if entry.recipient else ()
            return Made(pdf, hashlib.sha256(pdf).hexdigest(), address, again=True)
    return None


class _Known:
    """What the store knows of a request."""

    def __init__(self, store: Store, request_id: str) -> None:
        self.request_id = request_id
        self._today = store.clock.today()
        with store.reading() as connection:
            row = views.request(connection, request_id)
            if row is None:
                raise CannotWrite(f"There is no request {request_id}.")
            self.row: Any = row
            self.log: list[LogEntry] = list(chain.entries(views.timeline(connection, request_id)))
            held = open_holds(connection, [request_id])
            self._held = bool(held)
            last = held or [hold for hold, _ in all_holds(connection, request_id)[-1:]]
            self._findings = tuple(finding for hold in last for finding in hold.findings)
            self._decisions = facts.decisions(connection, request_id)
            self._revocations = revocations_of(connection, row["patient_id"]) if row["patient_id"] else []
            self._chores = set(connection.scalars(select(tables.chores.c.kind).where(tables.chores.c.request_id == request_id)))
        self._match = store.latest(Match, request_id)
        self._release = store.latest(Release, request_id)
        reading = store.latest(Reading, request_id)
        self._reading = corrected(reading, Rulings.of(self._decisions)) if reading else None

    def matter(self, practice: Practice, wanted: Wanted) -> Matter:
        """What the letter is made of. Raises CannotWrite where it does not suit where the request stands."""
        self._must_suit(wanted.kind)
        decided = self._decided(wanted.kind)
        match, patient, revocation = self._match, self._patient, self._revocation
        own = wanted.because or wanted.reason
        return Matter(
            request_id=self.request_id,
            received_on=parse(self.row["received_at"]).astimezone().date(),
            day=self._today,
            practice=practice,
            to=self._to(wanted.kind),
            certain=patient is not None,
            nothing_left=not any(entry.event in _LEFT for entry in self.log),
            rejected=State(self.row["state"]) in _TURNED_AWAY,
            findings=self._findings,
            until=wanted.until or (decided.until if decided else None),
            due=self._first_due(),
            because=wanted.because,
            reason=wanted.reason or (decided.why if decided and not own else ""),
            what=wanted.what,
            fee=wanted.fee,
            revocation=revocation,
            revoked_on=revocation.at.astimezone().date() if revocation else None,
            patient=_callee(patient or self._likeliest()),
            office=Callee(match.destination.name, match.destination.phone) if match and match.destination else None,
        )

    def _first_due(self) -> date | None:
        """The last day before anybody took more time: of the two, the letter that says so names both."""
        if self._match is not None and self._match.due:
            return self._match.due
        return date.fromisoformat(self.row["due"]) if self.row["due"] else None

    def _must_suit(self, kind: LetterKind) -> None:
        if kind in _HELD and not self._held:
            raise CannotWrite(f"{self.request_id} is not held: nothing is missing on it.")
        if kind is LetterKind.EXTENSION and State(self.row["state"]) in FINAL:
            raise CannotWrite(f"{self.request_id} is {self.row['state']}: there is nothing left to take longer.")
        if kind is LetterKind.WELCOME and ChoreKind.WELCOME_BACK.value not in self._chores:
            raise CannotWrite(
                f"{self.request_id} is not one after which this letter fits: it is for patients who leave for a reason that is "
                "nobody’s fault, once their records have left."
            )

    def _decided(self, kind: LetterKind) -> Decision | None:
        """What a person decided that the letter tells: its reason was asked for as one that the requester reads."""
        what = {LetterKind.EXTENSION: DecisionKind.EXTEND, LetterKind.DENIAL: DecisionKind.REJECT}.get(kind)
        return next((one for one in reversed(self._decisions) if one.what is what), None)

    @property
    def _patient(self) -> Patient | None:
        """The patient, where it is beyond doubt who that is: found without a doubt, or decided upon and released.

        A request that was matched anew after its release may be about somebody else by now.
        """
        found = self._match.patient if self._match is not None else None
        if self._release is not None and self._release.patient == found:
            return found
        return found if certain(self._match) else None

    def _likeliest(self) -> Patient | None:
        """Whom a call could make certain: the one who nearly fits, and nobody where several do."""
        if self._match is None or any(f.reason is HoldReason.SEVERAL_PATIENTS for f in self._match.findings):
            return None
        candidates = self._match.candidates
        return self._match.patient or (candidates[0].patient if len(candidates) == 1 else None)

    def _to(self, kind: LetterKind) -> Addressee:
        """Whoever asks; the patient at home for what is between the practice and them alone."""
        if kind in (LetterKind.WELCOME, LetterKind.REVOKED) and self._patient is not None:
            return at_home(self._patient)
        return addressee_of(self._reading, self._match, self._patient)

    @property
    def _revocation(self) -> Revocation | None:
        """The one that came with this request, else the patient's latest; else the scan that says so, of whomever."""
        theirs = self._revocations if self._patient is not None else []
        ours = [one for one in theirs if one.request_id == self.request_id]
        if theirs:
            return (ours or theirs)[-1]
        if self._reading is None or not self._reading.revokes:
            return None
        received = parse(self.row["received_at"])
        return Revocation(id=0, patient_id="", at=received, how="scan", who="read", request_id=self.request_id)


def _callee(patient: Patient | None) -> Callee | None:
    return Callee(patient.name, patient.phone) if patient else None
