"""What left, when, to whom, on what basis, who decided, with what proof."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Fact, Frozen, JsonDict, Moment, RequestId, Sha256, Version1


class ProofRung(StrEnum):
    """How far a delivery is proven, weakest first."""

    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    REACHED = "reached"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"

    @property
    def height(self) -> int:
        """0 for the lowest rung."""
        return list(ProofRung).index(self)


class DeliveryIntent(Fact):
    """Written down before anything leaves: what goes where under which key."""

    kind: Literal["delivery_intent"] = "delivery_intent"
    version: Version1 = 1
    key: Annotated[str, Field(pattern=r"^[a-z0-9-]{8,80}$")]
    """The idempotency key: the destination never gets two sets under one key."""
    channel: str
    address: str
    intended_at: Moment
    follows: str = ""
    """The key of the try before, of which a person has found out that it did not arrive; empty for the first."""


class Enclosure(Frozen):
    """One file that left."""

    name: str
    """Its path within the set."""
    sha256: Sha256
    size_bytes: int


class DeliveryReceipt(Fact):
    """What a courier can prove."""

    kind: Literal["delivery_receipt"] = "delivery_receipt"
    version: Version1 = 1
    key: str
    channel: str
    address: str
    proof: ProofRung
    delivered_at: Moment
    enclosures: tuple[Enclosure, ...]
    sentence: str
    """What was seen at the destination, for the auditor."""
    told_by: str = ""
    """Who found out that the set had arrived, where the courier could not know; empty where it has seen so itself."""


class LogEvent(StrEnum):
    """What the delivery log records."""

    RECEIVED = "received"
    RETURNED = "returned"
    REPEATED = "repeated"
    SPLIT = "split"
    HELD = "held"
    DECIDED = "decided"
    AUTHORIZED = "authorized"
    VERIFIED = "verified"
    INTENDED = "intended"
    DELIVERED = "delivered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    REVOKED = "revoked"
    LIFTED = "lifted"
    LETTER = "letter"
    BREACH = "breach"


class LogEntry(Frozen):
    """One entry of the delivery log. `hash` covers everything else, `previous` included: a chain."""

    seq: Annotated[int, Field(ge=1)]
    at: Moment
    event: LogEvent
    request_id: RequestId | None
    actor: str
    """The station, or the person, that did it."""
    patient_id: str | None = None
    patient: str | None = None
    recipient: str | None = None
    details: JsonDict = {}
    previous: Sha256
    hash: Sha256
