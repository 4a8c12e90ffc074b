"""What is held, why, since when, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, func, select

from pipeline.store import tables
from schemas.base import JsonDict, kind_of
from schemas.decision import DecisionKind
from schemas.messages import DeliveryIntended, RecordSetDelivered, RequestReceived, UnknownMessage, decode
from schemas.release import Finding, HoldReason, StationName

_FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])


@dataclass(frozen=True)
class Hold:
    """An open entry of the exception queue."""

    id: int
    request_id: str
    station: StationName
    opened_at: str
    findings: tuple[Finding, ...]
    message: bytes
    handing_over: bool = False
    """Whether the line has begun to hand the set over: from then on it may have left."""

    @property
    def uncertain(self) -> bool:
        """Whether it is not known if the set has arrived."""
        return self.handing_over or any(f.reason is HoldReason.DELIVERY_UNCERTAIN for f in self.findings)

    @property
    def may(self) -> list[JsonDict]:
        """What a person may do, with the command that does it; the likeliest first."""
        return [
            {"do": kind.value, "sentence": sentence, "command": f"chartrelay decide {self.request_id} {kind.value} {options}"}
            for kind, sentence, options in self._ways()
        ]

    def _ways(self) -> Iterator[tuple[DecisionKind, str, str]]:
        kind = self._kind
        if kind == kind_of(RecordSetDelivered):
            yield self._again
            return
        if self.uncertain:
            yield from _FOUND_OUT if kind == kind_of(DeliveryIntended) else ()
        elif kind == kind_of(RequestReceived):
            yield _SPLIT
        elif kind:
            yield from (way for way in _RULINGS if any(_concerns(way[0], f) for f in self.findings))
            yield DecisionKind.CORRECT, "The page says something else than was read.", "FIELD=VALUE --who NAME"
            yield _SPLIT
            if not any(f.rule == SECOND_PERSON for f in self.findings):
                yield DecisionKind.ASK_SECOND, "A second person must agree before it leaves.", "--who NAME --why TEXT"
        if kind:
            yield self._again
        if not self.uncertain:
            yield DecisionKind.REJECT, "It is refused, and the requester gets a letter.", "--who NAME --why TEXT"
        ends = "The request ends here." if self.uncertain else "The request ends here; nothing is sent."
        yield DecisionKind.WITHDRAW, ends, "--who NAME --why TEXT"

    @property
    def _again(self) -> tuple[DecisionKind, str, str]:
        said = f"What was wrong is mended: “{self.station}” takes it up again."
        return DecisionKind.TRY_AGAIN, said, "--who NAME"

    @property
    def _kind(self) -> str:
        """Of the message that is held: how far the request had come. Empty where this version does not understand it."""
        try:
            return kind_of(type(decode(self.message)))
        except UnknownMessage:
            return ""


SECOND_PERSON = "second.second_person"
"""The rule of the release that asks for a second person (`pipeline.release.second`)."""
_SPLIT = (
    DecisionKind.SPLIT,
    "It is several requests: of several patients, or scanned in one go.",
    "NAME=BIRTHDATE NAME=BIRTHDATE --who NAME --why TEXT, or --pages 1-2,3",
)
_FOUND_OUT: tuple[tuple[DecisionKind, str, str], ...] = (
    (DecisionKind.ARRIVED, "Somebody has found out that it has arrived.", "--seen TEXT --who NAME --why TEXT"),
    (DecisionKind.NOT_ARRIVED, "Somebody has found out that it has not arrived: it is sent again.", "--who NAME --why TEXT"),
)
_RULINGS: tuple[tuple[DecisionKind, str, str], ...] = (
    (DecisionKind.SECOND, "A second person has looked at all of it, and agrees.", "--who NAME"),
    (DecisionKind.PATIENT, "It is this patient.", "--patient ID --who NAME --why TEXT"),
    (
        DecisionKind.DESTINATION,
        "It is this office of the directory, and it was called back on a number that is not from the request.",
        "--office ID --called NUMBER --who NAME",
    ),
    (
        DecisionKind.IDENTITY,
        "It was verified who asks, or by what authority.",
        "--method photo_id --seen TEXT --who NAME",
    ),
    (DecisionKind.PATHWAY, "It belongs to this pathway.", "--pathway NAME --who NAME --why TEXT"),
    (DecisionKind.ACCEPT, "Somebody has looked, and the copy may leave all the same.", "--who NAME --why TEXT"),
)
_ABOUT: dict[DecisionKind, frozenset[HoldReason]] = {
    DecisionKind.PATIENT: frozenset(
        {HoldReason.NO_PATIENT, HoldReason.SEVERAL_PATIENTS, HoldReason.PATIENT_DIFFERS, HoldReason.UNREADABLE}
    ),
    DecisionKind.DESTINATION: frozenset({HoldReason.DESTINATION_UNKNOWN, HoldReason.DESTINATION_DIFFERS}),
    DecisionKind.IDENTITY: frozenset({HoldReason.PATHWAY_UNCLEAR, HoldReason.ELEMENT_MISSING, HoldReason.NOT_SIGNED}),
    DecisionKind.PATHWAY: frozenset({HoldReason.PATHWAY_UNCLEAR}),
}


def _concerns(kind: DecisionKind, finding: Finding) -> bool:
    """Whether a decision of this kind may settle the finding."""
    if kind is DecisionKind.SECOND or finding.rule == SECOND_PERSON:
        return kind is DecisionKind.SECOND and finding.rule == SECOND_PERSON
    return finding.acceptable if kind is DecisionKind.ACCEPT else finding.reason in _ABOUT[kind]


def open_holds(
    connection: Connection, request_ids: Sequence[str] | None = None, *, after: int = 0, limit: int | None = None
) -> list[Hold]:
    """The open entries, oldest first; of these requests only, if named; only those after an entry, and so many at most."""
    query = _with_request().where(tables.holds.c.settled_at.is_(None)).order_by(tables.holds.c.id)
    if request_ids is not None:
        query = query.where(tables.holds.c.request_id.in_(request_ids))
    if after:
        query = query.where(tables.holds.c.id > after)
    if limit is not None:
        query = query.limit(limit)
    return [_hold(row) for row in connection.execute(query).mappings()]


def held_at(connection: Connection) -> dict[StationName, int]:
    """How many open entries each station has made."""
    query = select(tables.holds.c.station, func.count()).where(tables.holds.c.settled_at.is_(None))
    return {StationName(name): int(count) for name, count in connection.execute(query.group_by(tables.holds.c.station))}


def waiting_since(connection: Connection) -> str | None:
    """When the oldest open entry was made."""
    oldest: str | None = connection.scalar(select(func.min(tables.holds.c.opened_at)).where(tables.holds.c.settled_at.is_(None)))
    return oldest


def all_holds(connection: Connection, request_id: str) -> list[tuple[Hold, str | None]]:
    """Every entry there ever was for this request, oldest first, each with the decision that settled it, if any."""
    query = _with_request().where(tables.holds.c.request_id == request_id).order_by(tables.holds.c.id)
    return [(_hold(row), row["decision"]) for row in connection.execute(query).mappings()]


def _with_request() -> Select[Any]:
    joined = tables.holds.join(tables.requests, tables.requests.c.id == tables.holds.c.request_id)
    return select(tables.holds, tables.requests.c.handing_over_at).select_from(joined)


def _hold(row: Any) -> Hold:
    return Hold(
        id=row["id"],
        request_id=row["request_id"],
        station=StationName(row["station"]),
        opened_at=row["opened_at"],
        findings=_FINDINGS.validate_json(row["findings"]),
        message=row["message"],
        handing_over=row["handing_over_at"] is not None,
    )
