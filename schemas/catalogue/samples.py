"""One golden sample for each kind of message: fixed, so that the files in the catalogue only change when the language does."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from schemas.disclosure import ProofRung
from schemas.messages import (
    CopyMade,
    CopyVerified,
    DecisionMade,
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
from schemas.release import StationName

AT = datetime(2026, 11, 23, 9, 41, 7, 123000, tzinfo=UTC)


def _hash(letter: str) -> str:
    return letter * 64


RECEIVED = RequestReceived(
    id=UUID("6f0f7f3e-55a8-4b53-8a0f-5bb0e3f2c001"),
    request_id="R-000231",
    occurred_at=AT,
    scan=_hash("a"),
    media_type="application/pdf",
    size_bytes=184_320,
)
READ = RequestRead.after(RECEIVED, AT, reading=_hash("b"), pages=2)
AUTHORIZED = ReleaseAuthorized.after(READ, AT, release=_hash("c"))
GATHERED = RecordSetGathered.after(AUTHORIZED, AT, release=_hash("c"), manifest=_hash("d"), items=9, pages=31)
MADE = CopyMade.after(GATHERED, AT, release=_hash("c"), manifest=_hash("d"), copied=_hash("e"))
VERIFIED = CopyVerified.after(MADE, AT, release=_hash("c"), manifest=_hash("d"), copied=_hash("e"), report=_hash("f"))
INTENDED = DeliveryIntended.after(
    VERIFIED, AT, release=_hash("c"), manifest=_hash("d"), copied=_hash("e"), report=_hash("f"), intent=_hash("0")
)
DELIVERED = RecordSetDelivered.after(
    INTENDED, AT, release=_hash("c"), manifest=_hash("d"), receipt=_hash("1"), proof=ProofRung.REACHED
)
CLOSED = RequestClosed.after(DELIVERED, AT)
SPLIT = RequestSplit.after(READ, AT, parts=4)
DECIDED = DecisionMade(
    id=UUID("6f0f7f3e-55a8-4b53-8a0f-5bb0e3f2c002"),
    request_id="R-000231",
    occurred_at=AT,
    cause=READ.id,
    station=StationName.MATCH,
    decision=_hash("2"),
)
SAMPLES: tuple[Event, ...] = (RECEIVED, READ, AUTHORIZED, GATHERED, MADE, VERIFIED, INTENDED, DELIVERED, CLOSED, SPLIT, DECIDED)
