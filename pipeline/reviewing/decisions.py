"""A person's decision, as a message like any other: the line goes on from there."""

from __future__ import annotations

from typing import cast
from uuid import UUID, uuid5

from pipeline.errors import Error
from pipeline.log.chain import Note
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.store.states import AFTER, FINAL, State
from pipeline.store.store import RequestRow, Store
from pipeline.store.unit import Conflict, Unit
from schemas.base import kind_of
from schemas.decision import Decision, DecisionKind
from schemas.disclosure import LogEvent
from schemas.messages import (
    CopyMade,
    DecisionMade,
    DeliveryIntended,
    Event,
    RecordSetDelivered,
    RecordSetGathered,
    ReleaseAuthorized,
    UnknownMessage,
    decode,
)
from schemas.release import StationName

DECISIONS = UUID("b2a4a1c8-54a5-4d0e-9d4c-0d4c1f7f3c55")
"""The namespace of the ids of decisions."""

ANEW = (ReleaseAuthorized, RecordSetGathered, CopyMade)
"""Held at one of these, a request is gathered anew when it is tried again."""


class NotPossible(Error):
    """The decision cannot be taken: the text says why, for the person."""


def decide(store: Store, request_id: str, what: DecisionKind, *, who: str, why: str = "") -> Unit:
    """Writes the decision down and sets the line in motion; gives the unit whose messages may be published at once.

    Raises NotPossible for a request that is unknown, ended, not held, being handed over or delivered, or that somebody
    else has decided upon at the same moment; and for a decision that nobody takes: the log names a person for each.
    """
    if not who.strip():
        raise NotPossible("A decision needs the name of the person who takes it: say who.")
    request = store.request(request_id)
    if request is None:
        raise NotPossible(f"There is no request {request_id}.")
    if request.state in FINAL:
        raise NotPossible(f"{request_id} is {request.state} already.")
    decision = Decision(what=what, who=who, why=why, at=store.clock.now())
    act = {DecisionKind.TRY_AGAIN: _try_again, DecisionKind.WITHDRAW: _withdraw}[what]
    try:
        with store.unit() as unit:
            act(unit, request, decision)
    except Conflict:
        raise NotPossible(f"{request_id} was changed at this very moment; look at it again.") from None
    return unit


def _try_again(unit: Unit, request: RequestRow, decision: Decision) -> None:
    hold = _open_hold(unit, request.id)
    if hold is None:
        raise NotPossible(f"{request.id} is not held; there is nothing to try again.")
    message = _understood(hold)
    sha256 = decision.sha256()
    unit.keep(request.id, [decision])
    unit.settle(request.id, sha256)
    event: Event
    if isinstance(message, ANEW):
        # The chart may have been mended since: what was gathered and copied from it is gathered and copied anew.
        station = StationName.GATHER
        anew = uuid5(DECISIONS, f"{request.id}/{hold.id}/anew")
        event = ReleaseAuthorized(
            id=anew, request_id=request.id, occurred_at=decision.at, cause=message.id, release=message.release
        )
        state = AFTER[kind_of(ReleaseAuthorized)]
    else:
        station = hold.station
        again = uuid5(DECISIONS, f"{request.id}/{hold.id}")
        event = DecisionMade(
            id=again, request_id=request.id, occurred_at=decision.at, cause=message.id, station=station, decision=sha256
        )
        state = AFTER[kind_of(type(message))]
    unit.change(request.id, request.revision, station=station, state=state)
    unit.send_to(station, event)
    unit.log(request.id, [_note(decision)])


def _withdraw(unit: Unit, request: RequestRow, decision: Decision) -> None:
    hold = _open_hold(unit, request.id)
    uncertain = False
    if hold is not None and (at := _understood_or_none(hold)) is not None:
        if isinstance(at, RecordSetDelivered):
            raise NotPossible(f"{request.id} was delivered: it is too late to withdraw it.")
        uncertain = isinstance(at, DeliveryIntended)
    if request.state in (State.DELIVERING, State.DELIVERED):
        raise NotPossible(f"{request.id} is {request.state}: it is too late to withdraw it.")
    unit.keep(request.id, [decision])
    unit.settle(request.id, decision.sha256())
    unit.change(request.id, request.revision, station=hold.station if hold else StationName.WATCH, state=State.WITHDRAWN)
    said = "It is not known whether the set had arrived." if uncertain else "Nothing was sent."
    ended = Note(LogEvent.WITHDRAWN, decision.who, patient=request.patient, details={"sentence": said, "uncertain": uncertain})
    unit.log(request.id, [_note(decision), ended])


def _open_hold(unit: Unit, request_id: str) -> Hold | None:
    holds = open_holds(unit.connection, [request_id])
    return holds[-1] if holds else None


def _understood(hold: Hold) -> Event:
    message = _understood_or_none(hold)
    if message is None:
        raise NotPossible(f"{hold.request_id} cannot be taken up: this version of ChartRelay does not understand what was held.")
    return message


def _understood_or_none(hold: Hold) -> Event | None:
    try:
        return cast("Event", decode(hold.message))
    except UnknownMessage:
        return None


def _note(decision: Decision) -> Note:
    return Note(LogEvent.DECIDED, decision.who, details={"what": decision.what.value, "why": decision.why})
