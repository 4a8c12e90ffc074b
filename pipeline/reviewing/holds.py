"""What is held, why, since when, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from pipeline.store import tables
from pipeline.store.times import parse
from schemas.base import JsonDict
from schemas.decision import DecisionKind
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

    @property
    def may(self) -> list[JsonDict]:
        """What a person may do, with the command that does it; the likeliest first."""
        return [
            {"do": kind.value, "sentence": sentence, "command": f"chartrelay decide {self.request_id} {kind.value} {options}"}
            for kind, sentence, options in self._ways()
        ]

    def _ways(self) -> Iterator[tuple[DecisionKind, str, str]]:
        if self._may_be_ruled:
            yield from (way for way in _RULINGS if any(_concerns(way[0], f) for f in self.findings))
            yield DecisionKind.CORRECT, "The page says something else than was read.", "FIELD=VALUE --who NAME"
        again = f"What was wrong is mended: “{self.station}” takes it up again."
        yield DecisionKind.TRY_AGAIN, again, "--who NAME"
        yield DecisionKind.REJECT, "It is refused, and the requester gets a letter.", "--who NAME --why TEXT"
        left = self.station in (StationName.DELIVER, StationName.CLOSE)
        ends = "The request ends here." if left else "The request ends here; nothing is sent."
        yield DecisionKind.WITHDRAW, ends, "--who NAME --why TEXT"

    @property
    def _may_be_ruled(self) -> bool:
        """Whether the request has been read and not yet been handed over, as far as anybody knows."""
        settled = any(f.reason is HoldReason.DELIVERY_UNCERTAIN for f in self.findings)
        return not settled and self.station not in (StationName.WATCH, StationName.READ, StationName.CLOSE)


SECOND_PERSON = "second.second_person"
"""The rule of the release that asks for a second person (`pipeline.release.second`)."""
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


def open_holds(connection: Connection, request_ids: Sequence[str] | None = None) -> list[Hold]:
    """The open entries, oldest first; of these requests only, if named."""
    query = select(tables.holds).where(tables.holds.c.settled_at.is_(None)).order_by(tables.holds.c.id)
    if request_ids is not None:
        query = query.where(tables.holds.c.request_id.in_(request_ids))
    return [_hold(row) for row in connection.execute(query).mappings()]


def all_holds(connection: Connection, request_id: str) -> list[tuple[Hold, str | None]]:
    """Every entry there ever was for this request, oldest first, each with the decision that settled it, if any."""
    query = select(tables.holds).where(tables.holds.c.request_id == request_id).order_by(tables.holds.c.id)
    return [(_hold(row), row["decision"]) for row in connection.execute(query).mappings()]


def _hold(row: Any) -> Hold:
    findings = _FINDINGS.validate_json(row["findings"])
    return Hold(row["id"], row["request_id"], StationName(row["station"]), row["opened_at"], findings, row["message"])


def age_seconds(hold: Hold, now_stamp: str) -> float:
    """How long it has waited."""
    return (parse(now_stamp) - parse(hold.opened_at)).total_seconds()
