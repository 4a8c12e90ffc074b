"""The exception queue: what needs a person now?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from pipeline.desk import words
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.store import tables
from pipeline.store.store import Store
from pipeline.store.views import Row
from schemas.release import HoldReason, StationName


@dataclass(frozen=True)
class HeldShown:
    """One line: a request that waits for a person."""

    request_id: str
    due: str
    overdue: bool
    pressing: bool
    """Due today or over."""
    patient: str | None
    why: str
    """The first finding."""
    more: int
    """How many findings there are besides."""
    reasons: tuple[HoldReason, ...]
    age: str
    station: StationName
    file: str


@dataclass(frozen=True)
class Waiting:
    """The whole queue, the most pressing first."""

    rows: tuple[HeldShown, ...]
    total: int
    """Without the filter."""
    overdue: int
    today: int
    week: int
    """Due today or on the six days after."""
    reasons: Mapping[HoldReason, int]
    chosen: HoldReason | None
    """The filter."""


def held_requests(connection: Connection) -> list[tuple[Row, Hold]]:
    """Every open entry with its request, the oldest first."""
    holds = open_holds(connection)
    query = select(tables.requests).where(tables.requests.c.id.in_({hold.request_id for hold in holds}))
    requests = {row["id"]: row for row in connection.execute(query).mappings()}
    return [(requests[hold.request_id], hold) for hold in holds]


def waiting(store: Store, chosen: HoldReason | None = None) -> Waiting:
    """The open entries; of one reason only, if chosen. Raises Retryable when the database is away."""
    today = store.clock.today()
    with store.reading() as connection:
        held = held_requests(connection)
    dues = [_day(row["due"]) for row, _ in held]
    pressing_first = sorted(held, key=lambda pair: (pair[0]["due"] or "9999", pair[1].opened_at))
    return Waiting(
        rows=tuple(_shown(row, hold, store) for row, hold in pressing_first if chosen in (None, *_reasons(hold))),
        total=len(held),
        overdue=sum(due is not None and due < today for due in dues),
        today=sum(due == today for due in dues),
        week=sum(due is not None and today <= due < today + timedelta(days=7) for due in dues),
        reasons=Counter(reason for _, hold in held for reason in _reasons(hold)),
        chosen=chosen,
    )


def _shown(row: Row, hold: Hold, store: Store) -> HeldShown:
    today, due = store.clock.today(), _day(row["due"])
    return HeldShown(
        request_id=hold.request_id,
        due=words.due_in_words(row["due"], today),
        overdue=due is not None and due < today,
        pressing=due is not None and due <= today,
        patient=row["patient"],
        why=hold.findings[0].sentence if hold.findings else "A person is asked.",
        more=max(0, len(hold.findings) - 1),
        reasons=_reasons(hold),
        age=words.age(hold.opened_at, store.clock.now()),
        station=hold.station,
        file=row["file"] or "",
    )


def _reasons(hold: Hold) -> tuple[HoldReason, ...]:
    return tuple(dict.fromkeys(finding.reason for finding in hold.findings))


def _day(due: str | None) -> date | None:
    return date.fromisoformat(due) if due else None
