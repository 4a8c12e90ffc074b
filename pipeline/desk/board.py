"""The board: where is my scan? What it shows, as values; `board.html` gives them their look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from pipeline.desk import standing, words
from pipeline.desk.given import Desk, StationCard
from pipeline.desk.standing import Heading, Standing
from pipeline.desk.standing_still import standing_still
from pipeline.errors import Retryable
from pipeline.line.broker import Depth
from pipeline.reviewing.holds import Hold, held_at, open_holds
from pipeline.reviewing.ticking import done_since
from pipeline.store import tables, views
from pipeline.store.states import UNDER_WAY, State
from pipeline.store.times import stamp
from pipeline.store.views import Row
from schemas.base import kind_of
from schemas.reading import Reading
from schemas.release import StationName

MOST_ROWS = 200
"""Files in one list; what is beyond is counted, and found under its request."""
SOON_DAYS = 6
"""Today and the six days after are a week."""


@dataclass(frozen=True)
class StationShown:
    """A station and what lies before it. None where the queue does not tell."""

    card: StationCard
    waiting: int | None
    working: int | None
    held: int
    broken_off: int
    """Messages that brought the station down too often."""


@dataclass(frozen=True)
class FileShown:
    """One line of the list: a file, and what became of it."""

    key: str
    at: str
    file: str
    standing: Standing
    request_id: str | None = None
    pages: int | None = None
    """Of the scan, once it is read."""
    patient: str | None = None
    destination: str | None = None


@dataclass(frozen=True)
class DueShown:
    """A request whose last day is near."""

    request_id: str
    due: str
    overdue: bool
    patient: str | None
    file: str
    heading: Heading


@dataclass(frozen=True)
class Board:
    """Everything on the board."""

    today: date
    stations: tuple[StationShown, ...]
    queues_away: bool
    """Whether the queues could not be asked."""
    counts: Mapping[Heading, int]
    """The files of today, each under one heading."""
    oldest: str | None
    """The age of the oldest request that is neither delivered nor ended."""
    files: tuple[FileShown, ...]
    """Of today, the newest first."""
    earlier: tuple[FileShown, ...]
    """Of days before, not finished yet."""
    unlisted: int
    still: Sequence[str]
    """Requests that stand still."""
    chores: Sequence[Row]
    done: Sequence[Row]
    """Chores that were done today."""
    due: tuple[DueShown, ...]
    """What has to be answered within a week, and is not."""

    @property
    def dropped(self) -> int:
        """Every file that came in today."""
        return sum(self.counts.values())

    @property
    def accounted(self) -> int:
        """Those whose whereabouts are known: all of them, or something is wrong."""
        return self.dropped - self.counts[Heading.UNKNOWN]

    @property
    def shown_counts(self) -> list[tuple[Heading, int]]:
        """In the order of the line; what seldom happens only when it has."""
        seldom = (Heading.WITHDRAWN, Heading.REPEATED, Heading.UNKNOWN)
        return [(heading, self.counts[heading]) for heading in Heading if self.counts[heading] or heading not in seldom]

    @property
    def empty(self) -> bool:
        """Whether nothing has come in and nothing is open."""
        return not (self.files or self.earlier or self.chores or self.done)


class ScanPages:
    """How many pages the scans have that were read. A reading never changes, so each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, connection: Connection, request_ids: Sequence[str]) -> dict[str, int]:
        """By request; those that were not read yet are left out."""
        facts = tables.facts.c
        of_these = facts.request_id.in_(request_ids) & (facts.kind == kind_of(Reading))
        found = connection.execute(select(facts.request_id, facts.sha256).where(of_these).order_by(facts.at)).all()
        new = {row.sha256 for row in found} - self._known.keys()
        for body in connection.scalars(select(facts.body).where(of_these, facts.sha256.in_(new))) if new else ():
            reading = Reading.from_canonical(body)
            self._known[reading.sha256()] = reading.pages
        return {row.request_id: self._known[row.sha256] for row in found}


def board(desk: Desk, scan_pages: ScanPages) -> Board:
    """Looks at the queues and at the database, once each. Raises Retryable when the database is away."""
    clock = desk.store.clock
    now, today = clock.now(), clock.today()
    queues = _asked(desk)
    with desk.store.reading() as connection:
        held = held_at(connection)
        arrivals = views.arrivals(connection, since=stamp(_midnight(today)))
        earlier, unlisted = _unfinished(connection, {row["request_id"] for row in arrivals})
        requests = _by_id(connection, [row["request_id"] for row in arrivals if row["outcome"] == "request"])
        parts = views.parts(connection, [row["id"] for row in requests.values() if row["state"] == State.SPLIT.value])
        shown_ids = [row["id"] for row in (*requests.values(), *earlier, *(part for of in parts.values() for part in of))]
        by_request = _grouped(open_holds(connection, shown_ids))
        pages = scan_pages.of(connection, [row["id"] for row in (*requests.values(), *earlier)])
        oldest = _oldest(connection)
        still, chores = standing_still(connection, now), views.open_chores(connection)
        done, due = done_since(connection, _midnight(today)), tuple(_due(connection, today))
    files = [_of_arrival(row, requests, by_request, pages, today, parts) for row in arrivals]
    shown = [
        each
        for file in files
        for each in (file, *(_of_request(part, by_request, pages, today) for part in parts.get(file.request_id or "", ())))
    ]
    older = [_of_request(row, by_request, pages, today) for row in earlier]
    return Board(
        today=today,
        stations=tuple(_station(card, queues, held) for card in desk.stations),
        queues_away=queues is None,
        counts=Counter(file.standing.heading for file in files),
        oldest=words.age(oldest, now) if oldest else None,
        files=tuple(shown[:MOST_ROWS]),
        earlier=tuple(older),
        unlisted=max(0, len(shown) - MOST_ROWS) + unlisted,
        still=still,
        chores=chores,
        done=done,
        due=due,
    )


# ---- the line ----------------------------------------------------------------------------------------------------------


def _asked(desk: Desk) -> Mapping[StationName, Depth] | None:
    try:
        return desk.depths()
    except Retryable:
        return None


def _station(card: StationCard, queues: Mapping[StationName, Depth] | None, held: Mapping[StationName, int]) -> StationShown:
    depth = (queues or {}).get(card.name)
    return StationShown(
        card=card,
        waiting=depth.ready if depth else None,
        working=depth.working if depth else None,
        held=held.get(card.name, 0),
        broken_off=depth.dead if depth else 0,
    )


# ---- the files ---------------------------------------------------------------------------------------------------------


def _of_arrival(
    row: Row,
    requests: Mapping[str, Row],
    holds: Mapping[str, list[Hold]],
    pages: Mapping[str, int],
    today: date,
    parts: Mapping[str, list[Row]],
) -> FileShown:
    """As the request that it became, or as the sum of those that it was split into; a repeat or a returned file as itself."""
    at = words.moment(row["at"], today)
    request = requests.get(row["request_id"]) if row["outcome"] == "request" else None
    if request is not None and request["id"] in parts:
        stands = standing.of_parts(parts[request["id"]])
        key = f"file-{row['id']}"
        return FileShown(key, at, row["file"], stands, request_id=request["id"], pages=pages.get(request["id"]))
    if request is not None:
        return replace(_of_request(request, holds, pages, today), key=f"file-{row['id']}", at=at, file=row["file"])
    return FileShown(f"file-{row['id']}", at, row["file"], standing.of_arrival(row), request_id=row["request_id"])


def _of_request(row: Row, holds: Mapping[str, list[Hold]], pages: Mapping[str, int], today: date) -> FileShown:
    return FileShown(
        key=f"request-{row['id']}",
        at=words.moment(row["received_at"], today),
        file=row["file"],
        pages=pages.get(row["id"]),
        request_id=row["id"],
        patient=row["patient"],
        destination=row["destination"],
        standing=standing.of_request(row, holds.get(row["id"], ()), today),
    )


def _grouped(holds: Iterable[Hold]) -> Mapping[str, list[Hold]]:
    found: defaultdict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        found[hold.request_id].append(hold)
    return found


def _by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    query = select(tables.requests).where(tables.requests.c.id.in_(ids))
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _unfinished(connection: Connection, but: set[str | None]) -> tuple[list[Row], int]:
    """Requests of days before that still move or wait, the oldest first, and how many there are besides those that are listed."""
    columns, today = tables.requests.c, but - {None}
    known = connection.execute(select(columns.id, columns.parent).where(_under_way()).order_by(columns.number))
    before = [row.id for row in known if not {row.id, row.parent} & today]
    query = select(tables.requests).where(columns.id.in_(before[:MOST_ROWS])).order_by(columns.number)
    return list(connection.execute(query).mappings()), max(0, len(before) - MOST_ROWS)


def _under_way() -> ColumnElement[bool]:
    """Named by the states that they are in: an index finds those few among all that there have been."""
    return tables.requests.c.state.in_([state.value for state in UNDER_WAY])


def _due(connection: Connection, today: date) -> Iterator[DueShown]:
    """The nearest day first."""
    columns, last = tables.requests.c, today + timedelta(days=SOON_DAYS)
    near = _under_way() & (columns.due <= last.isoformat())
    query = select(tables.requests).where(near).order_by(columns.due, columns.number).limit(MOST_ROWS)
    for row in connection.execute(query).mappings():
        overdue, heading = row["due"] < today.isoformat(), standing.heading_of(State(row["state"]))
        day = words.due_in_words(row["due"], today)
        yield DueShown(row["id"], day, overdue, row["patient"], row["file"], heading)


def _oldest(connection: Connection) -> str | None:
    first: str | None = connection.scalar(select(func.min(tables.requests.c.received_at)).where(_under_way()))
    return first


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min).astimezone()
