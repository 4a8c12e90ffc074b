"""Whether a set has arrived, on a person's word: where the courier cannot know, somebody asks the destination.

The word is about one try, which it names by its key. The station takes it up: a set that has arrived is delivered, with the
word as its proof; one that has not is sent again under another key, and never before nothing can be shown under the first.
"""

from __future__ import annotations

from uuid import uuid5

from pipeline.reviewing.ground import DECISIONS, NotPossible, held, note, understood
from pipeline.store import facts
from pipeline.store.states import AFTER
from pipeline.store.store import RequestRow
from pipeline.store.unit import Unit
from schemas.base import kind_of
from schemas.decision import Decision, DecisionKind
from schemas.disclosure import DeliveryIntent
from schemas.messages import DecisionMade, DeliveryIntended
from schemas.release import StationName


def say(unit: Unit, request: RequestRow, decision: Decision) -> None:
    """Writes down that the set has or has not arrived, and has the station go on from there.

    Raises NotPossible where that is known, and where nobody says how it was found out.
    """
    hold = held(unit, request)
    message = understood(hold)
    if not isinstance(message, DeliveryIntended) or not hold.uncertain:
        raise NotPossible(f"It is not uncertain whether {request.id} has arrived: there is nothing to find out.")
    if not decision.why.strip():
        raise NotPossible("Say why you are sure: it goes into the delivery log.")
    if decision.what is DecisionKind.ARRIVED and not decision.seen.strip():
        raise NotPossible("Say how you found out that it has arrived: whom you asked, how, and when.")
    intent = facts.fact(unit.connection, DeliveryIntent, request.id, message.intent)
    decision = decision.model_copy(update={"about_key": intent.key})
    sha256 = decision.sha256()
    unit.keep(request.id, [decision])
    unit.settle(request.id, sha256)
    again = uuid5(DECISIONS, f"{request.id}/{hold.id}")
    event = DecisionMade(
        id=again,
        request_id=request.id,
        occurred_at=decision.at,
        cause=message.id,
        station=StationName.DELIVER,
        decision=sha256,
    )
    unit.change(request.id, request.revision, station=StationName.DELIVER, state=AFTER[kind_of(DeliveryIntended)])
    unit.send_to(StationName.DELIVER, event)
    unit.log(request.id, [note(decision)])
