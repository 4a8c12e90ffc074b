"""The states of a request, each reached by one message."""

from __future__ import annotations

from enum import StrEnum

from schemas.base import kind_of
from schemas.messages import (
    CopyMade,
    CopyVerified,
    DeliveryIntended,
    Event,
    RecordSetDelivered,
    RecordSetGathered,
    ReleaseAuthorized,
    RequestClosed,
    RequestRead,
    RequestReceived,
    RequestSplit,
)


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    READ = "read"
    AUTHORIZED = "authorized"
    GATHERED = "gathered"
    COPIED = "copied"
    VERIFIED = "verified"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    CLOSED = "closed"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    """A person refused it; the requester gets a letter."""
    SPLIT = "split"
    """Several patients: each of them has a request of its own now."""


AFTER: dict[str, State] = {
    kind_of(kind): state
    for kind, state in (
        (RequestReceived, State.RECEIVED),
        (RequestRead, State.READ),
        (ReleaseAuthorized, State.AUTHORIZED),
        (RecordSetGathered, State.GATHERED),
        (CopyMade, State.COPIED),
        (CopyVerified, State.VERIFIED),
        (DeliveryIntended, State.DELIVERING),
        (RecordSetDelivered, State.DELIVERED),
        (RequestClosed, State.CLOSED),
        (RequestSplit, State.SPLIT),
    )
}
"""The state that a request is in once the message of this kind is sent."""

FINAL = frozenset({State.CLOSED, State.WITHDRAWN, State.REJECTED, State.SPLIT})
"""States that nothing leads out of."""


UNDER_WAY = frozenset(State) - FINAL - {State.DELIVERED}
"""States of requests that move or wait: few at any time, however many there have been."""


def state_after(event: Event) -> State | None:
    """The state that the event stands for; None where it does not change it."""
    return AFTER.get(kind_of(type(event)))
