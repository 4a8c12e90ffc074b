"""Requests, the exception queue and the log as JSON: one shape for the commands (`--json`) and for the desk's API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from pipeline.reviewing.holds import Hold
from pipeline.store.states import State
from pipeline.store.views import Row
from schemas.base import Frozen, JsonDict, RequestId
from schemas.decision import DecisionKind
from schemas.disclosure import LogEntry, ProofRung
from schemas.release import Finding, HoldReason, PathwayName, StationName

LOG_COLUMNS = (
    "seq",
    "at",
    "event",
    "request_id",
    "actor",
    "patient_id",
    "patient",
    "recipient",
    "details",
    "previous",
    "hash",
)
"""The header of the log as a table: the members of a `LogEntry`."""

_AS_STORED = (
    "id",
    "file",
    "received_at",
    "state",
    "patient_id",
    "patient",
    "pathway",
    "due",
    "delivered_at",
    "items",
    "pages",
    "proof",
    "parent",
    "part",
)


class ShownDestination(Frozen):
    """Where the copy goes; null what is not known yet."""

    name: str | None
    channel: str | None
    address: str | None


class ShownReason(Frozen):
    """One thing that a request is held for."""

    reason: HoldReason
    sentence: str


class ShownRequest(Frozen):
    """A request and where it stands: `requests --json`. Times are UTC, `due` is a day."""

    id: RequestId
    file: str
    received_at: str
    state: State
    patient_id: str | None
    patient: str | None
    destination: ShownDestination
    pathway: PathwayName | None
    held: tuple[ShownReason, ...]
    """Empty unless a person is asked."""
    due: str | None
    delivered_at: str | None
    items: int | None
    """Originals in the set."""
    pages: int | None
    """Pages of these originals."""
    proof: ProofRung | None
    parent: RequestId | None
    """The request that this one was split from, where several patients are named on the scan."""
    part: int | None
    """Which of those patients it is about, counted from 1."""


class ShownFinding(ShownReason):
    """The same for the person who settles it: what would, by which rule, and where on the scan it stands."""

    number: int
    """Its place in the entry, counted from 1: `decide accept --finding 2`."""
    rule: str
    acceptable: bool
    """Whether a person who has looked may let it go."""
    cure: str | None
    paragraph: str | None
    page: int | None
    box: list[float] | None
    """[left, top, right, bottom] in fractions of the page."""


class ShownMay(Frozen):
    """Something that a person may do about it."""

    do: DecisionKind
    sentence: str
    command: str


class ShownHold(ShownRequest):
    """An entry of the exception queue: `queue --json`."""

    held: tuple[ShownFinding, ...]
    hold: int
    """The number of this entry: `decide --hold`."""
    station: StationName
    """The station that held it, and takes it up again."""
    since: str
    may: tuple[ShownMay, ...]


def request_object(row: Row, holds: Sequence[Hold]) -> JsonDict:
    """One request as `requests --json` prints it. `row` is of the table `requests`, `holds` are its open ones."""
    held = [ShownReason(reason=f.reason, sentence=f.sentence) for hold in holds for f in hold.findings]
    return ShownRequest(**_of_the_row(row), held=tuple(held)).model_dump(mode="json")


def queue_object(row: Row, hold: Hold) -> JsonDict:
    """One open entry of the exception queue as `queue --json` prints it, with what a person may do."""
    return ShownHold(
        **_of_the_row(row),
        held=tuple(_shown(number, finding) for number, finding in enumerate(hold.findings, start=1)),
        hold=hold.id,
        station=hold.station,
        since=hold.opened_at,
        may=tuple(ShownMay(**may) for may in hold.may),
    ).model_dump(mode="json")


def log_object(entry: LogEntry) -> JsonDict:
    """One entry of the delivery log as `log --json` prints it."""
    return entry.model_dump(mode="json")


def log_csv(entries: Iterable[LogEntry]) -> str:
    """The entries as a table for spreadsheets, with `LOG_COLUMNS` as header and details as JSON."""
    shown = (log_object(e) | {"details": json.dumps(e.details, sort_keys=True, ensure_ascii=False)} for e in entries)
    return table_csv(LOG_COLUMNS, ([each[column] for column in LOG_COLUMNS] for each in shown))


def table_csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under a heading, for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return text.getvalue()


def _of_the_row(row: Row) -> JsonDict:
    """What the row itself tells."""
    destination = ShownDestination(name=row["destination"], channel=row["channel"], address=row["address"])
    return {name: row[name] for name in _AS_STORED} | {"destination": destination}


def _shown(number: int, finding: Finding) -> ShownFinding:
    return ShownFinding(
        number=number,
        rule=finding.rule,
        acceptable=finding.acceptable,
        reason=finding.reason,
        sentence=finding.sentence,
        cure=finding.cure,
        paragraph=finding.paragraph,
        page=finding.page,
        box=finding.box.as_list() if finding.box else None,
    )


def _harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it: names come from whoever wrote the scan."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value
