"""The events of the line, in the past tense, in the order in which a request lives them.

A message carries ids, hashes, kinds, counts and times, never patient data: what was read, decided and gathered stays
in the database and the vault, and the message names it by SHA-256.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self, Union, get_args
from uuid import UUID, uuid5

from pydantic import Field, TypeAdapter, ValidationError

from schemas.base import Frozen, Moment, RequestId, Sha256, Version1, kind_of, version_of
from schemas.disclosure import ProofRung
from schemas.release import StationName


class UnknownMessage(ValueError):
    """The bytes are no message of this language: unknown kind, version or field, or not JSON at all."""


class Event(Frozen):
    """What every message carries."""

    id: UUID
    """The same event always has the same id: derived from its cause, so that work done twice is recognised."""
    request_id: RequestId
    occurred_at: Moment
    cause: UUID | None = None
    """The message that led to this one; null for the first."""

    @classmethod
    def after(cls, cause: Event, at: datetime, **body: Any) -> Self:
        """The event that follows from `cause`. Its id is a UUIDv5 of the cause and the kind, hence repeatable."""
        request_id = body.pop("request_id", cause.request_id)
        name = f"{kind_of(cls)}/{request_id}"
        return cls(id=uuid5(cause.id, name), request_id=request_id, occurred_at=at, cause=cause.id, **body)


class RequestReceived(Event):
    """A scan was taken from the inbox; its bytes are in the vault."""

    kind: Literal["request.received"] = "request.received"
    version: Version1 = 1
    scan: Sha256
    """The scan as it arrived."""
    media_type: str
    size_bytes: Annotated[int, Field(ge=1)]


class RequestRead(Event):
    """The reader has been over every page."""

    kind: Literal["request.read"] = "request.read"
    version: Version1 = 1
    reading: Sha256
    """The `Reading`."""
    pages: Annotated[int, Field(ge=1)]


class ReleaseAuthorized(Event):
    """One patient, one destination, one basis: the record set may be gathered and sent."""

    kind: Literal["release.authorized"] = "release.authorized"
    version: Version1 = 1
    release: Sha256
    """The `Release`."""


class RecordSetGathered(Event):
    """Everything the chart lists within the scope is in the vault."""

    kind: Literal["record_set.gathered"] = "record_set.gathered"
    version: Version1 = 1
    release: Sha256
    manifest: Sha256
    """The `Manifest`."""
    items: Annotated[int, Field(ge=1)]
    pages: Annotated[int, Field(ge=0)]


class CopyMade(Event):
    """The originals are copied bit for bit, and the labelled PDF is written."""

    kind: Literal["copy.made"] = "copy.made"
    version: Version1 = 1
    release: Sha256
    manifest: Sha256
    copied: Sha256
    """The `Copy`."""


class CopyVerified(Event):
    """Every page of the copy was compared with its original, and nothing was found."""

    kind: Literal["copy.verified"] = "copy.verified"
    version: Version1 = 1
    release: Sha256
    manifest: Sha256
    copied: Sha256
    report: Sha256
    """The `CompletenessReport`."""


class DeliveryIntended(Event):
    """The line is about to hand the set over. Committed before anything leaves, so that a crash leaves a trace."""

    kind: Literal["delivery.intended"] = "delivery.intended"
    version: Version1 = 1
    release: Sha256
    manifest: Sha256
    copied: Sha256
    report: Sha256
    intent: Sha256
    """The `DeliveryIntent`."""


class RecordSetDelivered(Event):
    """The set was handed over, and this much is proven of it."""

    kind: Literal["record_set.delivered"] = "record_set.delivered"
    version: Version1 = 1
    release: Sha256
    manifest: Sha256
    receipt: Sha256
    """The `DeliveryReceipt`."""
    proof: ProofRung


class RequestClosed(Event):
    """The chart note is written, the request filed, the chores listed."""

    kind: Literal["request.closed"] = "request.closed"
    version: Version1 = 1


class RequestSplit(Event):
    """Several patients were named on one request; each has a request of its own now."""

    kind: Literal["request.split"] = "request.split"
    version: Version1 = 1
    parts: Annotated[int, Field(ge=2)]
    """How many."""


class DecisionMade(Event):
    """A person decided on a held request; the line goes on from there."""

    kind: Literal["decision.made"] = "decision.made"
    version: Version1 = 1
    station: StationName
    """The station that held the request and now takes it up again."""
    decision: Sha256
    """The `Decision`."""


Message = Annotated[
    Union[  # noqa: UP007 -- get_args() below needs the plain Union
        RequestReceived,
        RequestRead,
        ReleaseAuthorized,
        RecordSetGathered,
        CopyMade,
        CopyVerified,
        DeliveryIntended,
        RecordSetDelivered,
        RequestClosed,
        RequestSplit,
        DecisionMade,
    ],
    Field(discriminator="kind"),
]
MESSAGES: tuple[type[Event], ...] = get_args(get_args(Message)[0])
_ADAPTER: TypeAdapter[Any] = TypeAdapter(Message)


def encode(message: Event) -> bytes:
    """The message as UTF-8 JSON, as it travels."""
    return message.model_dump_json().encode()


def decode(data: bytes) -> Any:
    """The message in `data`.

    Raises UnknownMessage for anything that the language does not have; the text names the field, never its value.
    """
    try:
        return _ADAPTER.validate_json(data)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'message'}: {e['type']}" for e in error.errors(include_input=False))
        raise UnknownMessage(f"not a message of this line: {faults}") from None


def schema(model: type[Event]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind, with its `$id`."""
    made = model.model_json_schema(mode="serialization")
    name = f"{kind_of(model)}.v{version_of(model)}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:chartrelay:message:{name}", **made}


def pretty(value: Any) -> str:
    """JSON as it is kept in `schemas/catalogue/`."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
