"""What every word of the line's language is made of: frozen, strict, and refusing what it does not know."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the bytes, lower-case hex")]
RequestId = Annotated[str, Field(pattern=r"^R-\d{6,}$", description="the number the practice knows the request by")]
Confidence = Annotated[float, Field(ge=0, le=1, description="how likely the value is right, 0 to 1")]
PageNumber = Annotated[int, Field(ge=1, description="page number, counted from 1")]


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    PlainSerializer(lambda m: m.isoformat(timespec="milliseconds").replace("+00:00", "Z"), when_used="json"),
]
"""A point in time, always UTC; written as 2026-11-23T09:41:07.123Z."""


class Frozen(BaseModel):
    """A value: it cannot be changed, and a field nobody declared is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="constants")


class Fact(Frozen):
    """Something a station found out about a request; kept in the database, named in messages by its hash.

    Facts hold patient data and never travel; a message carries `sha256()` of the fact instead (a claim check).
    Subclasses declare `kind` and `version` as literals.
    """

    def canonical(self) -> bytes:
        """The fact as UTF-8 JSON with sorted keys and no spaces: the same fact always gives the same bytes."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def sha256(self) -> str:
        """The fact's name in messages."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @classmethod
    def from_canonical(cls, data: bytes | str) -> Self:
        """The fact back from `canonical()`. Raises pydantic.ValidationError for another kind, version or field."""
        return cls.model_validate_json(data)


def kind_of(model: type[BaseModel]) -> str:
    """The literal `kind` of a message or fact class."""
    return str(model.model_fields["kind"].default)


def version_of(model: type[BaseModel]) -> int:
    """The literal `version` of a message or fact class."""
    return int(model.model_fields["version"].default)


class Box(Frozen):
    """A place on an upright page, in fractions of its width and height, from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def as_list(self) -> list[float]:
        """[left, top, right, bottom], rounded to four places: the form used in `chartrelay read --json`."""
        return [round(v, 4) for v in (self.left, self.top, self.right, self.bottom)]


JsonDict = dict[str, Any]
Version1 = Literal[1]
