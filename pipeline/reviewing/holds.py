"""What is held, why, since when, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from pipeline.store import tables
from pipeline.store.times import parse
from schemas.base import JsonDict
from schemas.decision import DecisionKind
from schemas.release import Finding, StationName

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
        """What a person may do, with the command that does it."""
        command = f"chartrelay decide {self.request_id}"
        left = self.station in (StationName.DELIVER, StationName.CLOSE)
        ends = "The request ends here." if left else "The request ends here; nothing is sent."
        return [
            {
                "do": DecisionKind.TRY_AGAIN.value,
                "sentence": f"What was wrong is mended: “{self.station}” takes it up again.",
                "command": f"{command} try_again --who NAME",
            },
            {
                "do": DecisionKind.WITHDRAW.value,
                "sentence": ends,
                "command": f"{command} withdraw --who NAME --why TEXT",
            },
        ]


def open_holds(connection: Connection, request_ids: Sequence[str] | None = None) -> list[Hold]:
    """The open entries, oldest first; of these requests only, if named."""
    query = select(tables.holds).where(tables.holds.c.settled_at.is_(None)).order_by(tables.holds.c.id)
    if request_ids is not None:
        query = query.where(tables.holds.c.request_id.in_(request_ids))
    return [_hold(row) for row in connection.execute(query).mappings()]


def _hold(row: Any) -> Hold:
    findings = _FINDINGS.validate_json(row["findings"])
    return Hold(row["id"], row["request_id"], StationName(row["station"]), row["opened_at"], findings, row["message"])


def age_seconds(hold: Hold, now_stamp: str) -> float:
    """How long it has waited."""
    return (parse(now_stamp) - parse(hold.opened_at)).total_seconds()
