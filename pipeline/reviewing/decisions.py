"""A person's decision, as a message like any other: the line goes on from there."""

from __future__ import annotations

from uuid import UUID, uuid5

from pipeline.errors import Error
from pipeline.log.chain import Note
from pipeline.reviewing.holds import open_holds
from pipeline.store.states import AFTER, FINAL, State
from pipeline.store.store import Store
from pipeline.store.unit import Unit
from schemas.base import kind_of
from schemas.disclosure import LogEvent
from schemas.messages import DecisionMade, decode
from schemas.release import Decision, DecisionKind, StationName

DECISIONS = UUID("b2a4a1c8-54a5-4d0e-9d4c-0d4c1f7f3c55")
"""The namespace of the ids of decisions."""


class NotPossible(Error):
    """The decision cannot be taken: the text says why, for the person."""


def decide(store: Store, request_id: str, what: DecisionKind, *, who: str, why: str = "") -> Unit:
    """Writes the decision down and sets the line in motion; gives the unit whose messages may be published at once.

    Raises NotPossible for a request that is unknown, ended, not held, or being handed over at this moment.
    """
    request = store.request(request_id)
    if request is None:
        raise NotPossible(f"There is no request {request_id}.")
    if request.state in FINAL:
        raise NotPossible(f"{request_id} is {request.state} already.")
    decision = Decision(what=what, who=who, why=why, at=store.clock.now())
    match what:
        case DecisionKind.TRY_AGAIN:
            return _try_again(store, request_id, request.revision, decision)
        case DecisionKind.WITHDRAW:
            if request.state in (State.DELIVERING, State.DELIVERED):
                raise NotPossible(f"{request_id} is {request.state}: it is too late to withdraw it.")
            return _withdraw(store, request_id, request.revision, decision)


def _try_again(store: Store, request_id: str, revision: int, decision: Decision) -> Unit:
    with store.unit() as unit:
        holds = open_holds(unit.connection, [request_id])
        if not holds:
            raise NotPossible(f"{request_id} is not held; there is nothing to try again.")
        hold = holds[-1]
        message = decode(hold.message)
        sha256 = decision.sha256()
        unit.keep(request_id, [decision])
        unit.settle(request_id, sha256)
        unit.change(request_id, revision, station=hold.station, state=AFTER.get(kind_of(type(message)), State.RECEIVED))
        event = DecisionMade(
            id=uuid5(DECISIONS, f"{request_id}/{hold.id}"),
            request_id=request_id,
            occurred_at=decision.at,
            cause=message.id,
            station=hold.station,
            decision=sha256,
        )
        unit.send_to(hold.station, event)
        unit.log(request_id, [_note(decision)])
    return unit


def _withdraw(store: Store, request_id: str, revision: int, decision: Decision) -> Unit:
    with store.unit() as unit:
        unit.keep(request_id, [decision])
        unit.settle(request_id, decision.sha256())
        unit.change(request_id, revision, station=StationName.MATCH, state=State.WITHDRAWN)
        unit.log(request_id, [_note(decision), Note(LogEvent.WITHDRAWN, decision.who)])
    return unit


def _note(decision: Decision) -> Note:
    return Note(LogEvent.DECIDED, decision.who, details={"what": decision.what.value, "why": decision.why})
