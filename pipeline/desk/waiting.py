"""The exception queue: what needs a person now?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from sqlalchemy import Connection, select

from pipeline.desk import words
from pipeline.reviewing.claims import Aside, Claim, asides_of, claims_of
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.store import tables
from pipeline.store.store import Store
from pipeline.store.views import Row
from schemas.people import Person
from schemas.release import HoldReason, StationName

RISKY = frozenset(
    {
        HoldReason.REVOKED,
        HoldReason.DELIVERY_UNCERTAIN,
        HoldReason.COPY_FAULTY,
        HoldReason.SEVERAL_PATIENTS,
        HoldReason.PATIENT_DIFFERS,
        HoldReason.DESTINATION_DIFFERS,
    }
)
"""Where a hasty word would send a record to the wrong place, or a wrong record: of the same day, these come first."""


PAGE_ROWS = 100
"""Lines on one page: more than somebody reads, and few enough to be there at once."""


class Show(StrEnum):
    """Which entries are listed."""

    OPEN = ""
    """All but what is set aside."""
    MINE = "mine"
    FREE = "free"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    ASIDE = "aside"


@dataclass(frozen=True)
class Sought:
    """What is asked of the queue."""

    reason: HoldReason | None = None
    show: Show = Show.OPEN
    behind: int = 0
    """Lines that come before the first one on the page."""

    @property
    def address(self) -> str:
        """The page that answers it."""
        reason, behind = self.reason.value if self.reason else "", str(self.behind) if self.behind else ""
        asked = {"show": self.show.value, "reason": reason, "behind": behind}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/queue?{query}" if query else "/queue"

    def of(self, show: Show) -> str:
        """The address of the same with another choice."""
        return replace(self, show=show, behind=0).address

    def because(self, reason: HoldReason | None) -> str:
        """The address of the same with another reason, or with all of them."""
        return replace(self, reason=reason, behind=0).address

    def page(self, behind: int) -> str:
        """The address of another page of the same."""
        return replace(self, behind=max(0, behind)).address


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
    aside: Aside | None
    claim: Claim | None
    mine: bool
    """Whether whoever looks has claimed it."""
    resting: bool
    """Set aside, and neither its day nor its due date has come."""

    @property
    def escalated(self) -> bool:
        """Whether somebody above must look."""
        return bool(self.aside and self.aside.escalated_at)

    @property
    def shows(self) -> tuple[Show, ...]:
        """The lists that it is on."""
        if self.resting:
            return (Show.ASIDE,)
        also = (
            (self.mine, Show.MINE),
            (self.claim is None, Show.FREE),
            (self.overdue, Show.OVERDUE),
            (self.escalated, Show.ESCALATED),
        )
        return (Show.OPEN, *(show for so, show in also if so))


@dataclass(frozen=True)
class Waiting:
    """The whole queue, the most pressing first."""

    rows: tuple[HeldShown, ...]
    total: int
    """Without the filters."""
    overdue: int
    today: int
    week: int
    """Due today or on the six days after."""
    oldest: str | None
    """How long the oldest has waited."""
    reasons: Mapping[HoldReason, int]
    shows: Mapping[Show, int]
    sought: Sought
    found: int = 0
    """How many lines answer the filters, on all pages together."""

    @property
    def chosen(self) -> HoldReason | None:
        """The filter."""
        return self.sought.reason


def held_requests(connection: Connection, *, after: int = 0, limit: int | None = None) -> list[tuple[Row, Hold]]:
    """Every open entry with its request, the oldest first; only those after an entry, and so many at most."""
    holds = open_holds(connection, after=after, limit=limit)
    theirs = select(tables.holds.c.request_id).where(tables.holds.c.settled_at.is_(None))
    wanted = theirs if limit is None else sorted({hold.request_id for hold in holds})
    query = select(tables.requests).where(tables.requests.c.id.in_(wanted))
    requests = {row["id"]: row for row in connection.execute(query).mappings()}
    return [(requests[hold.request_id], hold) for hold in holds]


def waiting(
    store: Store, sought: Sought = Sought(), person: Person | None = None, idle: timedelta | None = None, *, every: bool = False
) -> Waiting:
    """The open entries that are asked for, a page of them; with `every`, all. Raises Retryable when the database is away."""
    today, now = store.clock.today(), store.clock.now()
    with store.reading() as connection:
        held = held_requests(connection)
        claims, asides = claims_of(connection, now, idle=idle), asides_of(connection)
    dues = [_day(row["due"]) for row, _ in held]
    held_shown = [
        _shown(row, hold, store, claims.get(hold.request_id), asides.get(hold.id), person)
        for row, hold in sorted(held, key=lambda pair: _pressing(pair[0], pair[1], asides.get(pair[1].id)))
    ]
    shown = [one for one in held_shown if sought.reason in (None, *one.reasons) and sought.show in one.shows]
    return Waiting(
        rows=tuple(shown if every else shown[sought.behind : sought.behind + PAGE_ROWS]),
        found=len(shown),
        total=len(held),
        overdue=sum(due is not None and due < today for due in dues),
        today=sum(due == today for due in dues),
        week=sum(due is not None and today <= due < today + timedelta(days=7) for due in dues),
        oldest=words.age(min(hold.opened_at for _, hold in held), now) if held else None,
        reasons=Counter(reason for _, hold in held for reason in _reasons(hold)),
        shows=Counter(show for one in held_shown for show in one.shows),
        sought=sought,
    )


def next_after(queue: Waiting, request_id: str) -> str | None:
    """The request to look at after this one: the next that nobody else works on, then from the beginning; None: all is done."""
    free = [row.request_id for row in queue.rows if row.mine or row.claim is None or row.request_id == request_id]
    at = free.index(request_id) + 1 if request_id in free else 0
    return next((one for one in (*free[at:], *free[:at]) if one != request_id), None)


def _pressing(row: Row, hold: Hold, aside: Aside | None) -> tuple[bool, str, bool, str]:
    """What somebody has escalated, then by the day, of one day by the risk, then the oldest."""
    escalated = bool(aside and aside.escalated_at)
    return not escalated, row["due"] or "9999", RISKY.isdisjoint(_reasons(hold)), hold.opened_at


def _shown(row: Row, hold: Hold, store: Store, claim: Claim | None, aside: Aside | None, person: Person | None) -> HeldShown:
    today, due = store.clock.today(), _day(row["due"])
    pressing = due is not None and due <= today
    return HeldShown(
        request_id=hold.request_id,
        due=words.due_in_words(row["due"], today),
        overdue=due is not None and due < today,
        pressing=pressing,
        patient=row["patient"],
        why=hold.findings[0].sentence if hold.findings else "A person is asked.",
        more=max(0, len(hold.findings) - 1),
        reasons=_reasons(hold),
        age=words.age(hold.opened_at, store.clock.now()),
        station=hold.station,
        file=row["file"] or "",
        aside=aside,
        claim=claim,
        mine=bool(claim and person and claim.login == person.login),
        resting=bool(aside and aside.until and aside.until > today) and not pressing,
    )


def _reasons(hold: Hold) -> tuple[HoldReason, ...]:
    return tuple(dict.fromkeys(finding.reason for finding in hold.findings))


def _day(due: str | None) -> date | None:
    return date.fromisoformat(due) if due else None
