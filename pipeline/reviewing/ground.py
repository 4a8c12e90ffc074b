"""What every decision stands on: the open entry of the queue, the message that it holds, and how it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from pipeline.errors import Error
from pipeline.log.chain import Note
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.store.store import RequestRow
from pipeline.store.unit import Unit
from schemas.base import JsonDict
from schemas.decision import Decision, DecisionKind, told
from schemas.disclosure import LogEvent
from schemas.messages import Event, RecordSetDelivered, UnknownMessage, decode

DECISIONS = UUID("b2a4a1c8-54a5-4d0e-9d4c-0d4c1f7f3c55")
"""The namespace of the ids of decisions."""

_WITHOUT_A_SENTENCE = frozenset({DecisionKind.TRY_AGAIN, DecisionKind.WITHDRAW, DecisionKind.REJECT})
"""What was decided says it all."""


class NotPossible(Error):
    """The decision cannot be taken: the text says why, for the person."""


def held(unit: Unit, request: RequestRow) -> Hold:
    """The open entry of the queue. Raises NotPossible where there is none."""
    hold = open_hold(unit, request.id)
    if hold is None:
        raise NotPossible(f"{request.id} is not held; there is nothing to decide.")
    return hold


def open_hold(unit: Unit, request_id: str) -> Hold | None:
    """The open entry of the queue, or None."""
    holds = open_holds(unit.connection, [request_id])
    return holds[-1] if holds else None


def understood(hold: Hold) -> Event:
    """The message that is held. Raises NotPossible for one of another version."""
    message = understood_or_none(hold)
    if message is None:
        raise NotPossible(f"{hold.request_id} cannot be taken up: this version of ChartRelay does not understand what was held.")
    return message


def understood_or_none(hold: Hold) -> Event | None:
    """The message that is held, if this version understands it."""
    try:
        return cast("Event", decode(hold.message))
    except UnknownMessage:
        return None


def not_left(hold: Hold) -> Event:
    """The message that is held, of a request of which nothing can have left. Raises NotPossible for any other.

    Taken up at an earlier station, it would get another key, and under that its destination has nothing.
    """
    message = understood(hold)
    if isinstance(message, RecordSetDelivered):
        raise NotPossible(f"{hold.request_id} was delivered: it is too late to decide on it.")
    if hold.uncertain:
        raise NotPossible(f"It is not known whether {hold.request_id} arrived: let it try again, or find that out first.")
    return message


def note(decision: Decision, changes: Sequence[JsonDict] = ()) -> Note:
    """The decision as it goes into the log."""
    details: dict[str, Any] = {"what": decision.what.value, "why": decision.why}
    if changes:
        details["changes"] = list(changes)
    if decision.what not in _WITHOUT_A_SENTENCE:
        details["sentence"] = told(decision)
    return Note(LogEvent.DECIDED, decision.who, details=details)
