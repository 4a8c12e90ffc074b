"""What came in and what went out is counted twice, and a difference is shown wherever one side is missing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, update

from pipeline.clock import HandClock
from pipeline.log.chain import Note
from pipeline.log.counting import Equation, counts
from pipeline.log.disclosures import described, disclosure
from pipeline.log.questions import accounting
from pipeline.store.store import Store
from pipeline.store.tables import arrivals, requests
from pipeline.store.unit import Arrival
from schemas.disclosure import LogEvent
from schemas.record_set import Item, ItemKind, Manifest, Withheld
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401


def arrive(store: Store, outcome: str, number: int) -> str | None:
    events = {"request": LogEvent.RECEIVED, "repeat": LogEvent.REPEATED, "returned": LogEvent.RETURNED}
    with store.unit() as unit:
        request = None
        if outcome == "request":
            request = unit.new_request(scan=f"{number:064x}", file=f"{number}.pdf", media_type="application/pdf")
        unit.arrival(Arrival(f"{number}.pdf", outcome, 1, f"{number:064x}", request, "", "", f"{number:064x}"))
        unit.log(request, [Note(events[outcome], "watch")])
    return request


def item(number: int, pages: int) -> Item:
    return Item(
        number=number,
        file=f"{number}.pdf",
        kind=ItemKind.NOTES,
        date=None,
        pages=pages,
        sha256="ab" * 32,
        media_type="application/pdf",
        size_bytes=1,
    )


def manifest(store: Store) -> Manifest:
    left_out = Withheld(file="3.pdf", kind=ItemKind.NOTES, date=None, pages=4, why="not asked for")
    return Manifest(
        patient_id="1", source="folder", gathered_at=store.clock.now(), items=(item(1, 2), item(2, 3)), withheld=(left_out,)
    )


def intend(store: Store, request: str, key: str) -> None:
    with store.unit() as unit:
        unit.log(request, [Note(LogEvent.INTENDED, "deliver", details={"key": key})])


def send(store: Store, request: str, key: str, *, pages: int = 5, withheld: int = 4) -> None:
    gathered = manifest(store)
    details = {"key": key, "pages": pages, "withheld": [{"pages": withheld}], "manifest": gathered.sha256()}
    with store.unit() as unit:
        unit.keep(request, [gathered])
        unit.log(request, [Note(LogEvent.DELIVERED, "deliver", details=details)])


def asked(store: Store, since: date | None = None, until: date | None = None) -> dict[str, Equation]:
    with store.reading() as connection:
        return {one.name: one for one in counts(connection, since, until)}


@pytest.fixture
def day(store: Store) -> Store:
    """Four files became two requests, a repeat and a return; one set was sent, one is under way."""
    numbers = [arrive(store, what, n) for n, what in enumerate(("request", "request", "repeat", "returned"))]
    intend(store, str(numbers[0]), "key-1")
    send(store, str(numbers[0]), "key-1")
    intend(store, str(numbers[1]), "key-2")
    return store


def test_a_day_on_which_nothing_is_missing(day: Store) -> None:
    found = asked(day)
    assert found["files"].sentence == "files in 4 = requests 2 + repeats 1 + returned 1"
    assert found["pages"].sentence == "pages gathered 9 = pages sent 5 + pages withheld 4"
    assert found["sends"].sentence == "sends 2 = proofs 1 + failures 0 + under way 1"
    assert [one.difference for one in found.values()] == [0, 0, 0, 0]


def test_a_send_that_a_person_must_settle_or_has_ended_is_a_failure(day: Store) -> None:
    for state in ("held", "withdrawn", "rejected"):
        with day.unit() as unit:
            unit.connection.execute(update(requests).where(requests.c.id == "R-000002").values(state=state))
        assert asked(day)["sends"].sentence == "sends 2 = proofs 1 + failures 1 + under way 0"


def test_a_send_that_did_not_arrive_and_was_repeated_is_a_failure(day: Store) -> None:
    details = {"key": "key-2-again-2", "follows": "key-2"}
    with day.unit() as unit:
        unit.log("R-000002", [Note(LogEvent.INTENDED, "deliver", details=details)])
    assert asked(day)["sends"].sentence == "sends 3 = proofs 1 + failures 1 + under way 1"


def test_a_part_of_a_split_request_that_is_gone_shows(day: Store) -> None:
    with day.unit() as unit:
        parts = [unit.part("R-000001", number) for number in (1, 2)]
        unit.log("R-000001", [Note(LogEvent.SPLIT, "match", details={"parts": parts})])
    assert asked(day)["parts"].sentence == "parts of what was split 2 = named in the log 2"
    with day.unit() as unit:
        unit.connection.execute(delete(requests).where(requests.c.id == parts[1]))
    assert asked(day)["parts"].difference == -1


def test_a_receipt_that_is_gone_shows(day: Store) -> None:
    with day.unit() as unit:
        unit.connection.execute(delete(arrivals).where(arrivals.c.outcome == "returned"))
    assert asked(day)["files"].difference == -1


def test_pages_that_the_log_does_not_tell_of_show(day: Store) -> None:
    intend(day, "R-000002", "key-3")
    send(day, "R-000002", "key-3", pages=3)
    assert asked(day)["pages"].difference == 2


def test_a_set_that_was_sent_twice_or_unannounced_shows(day: Store) -> None:
    send(day, "R-000001", "key-1")
    assert asked(day)["sends"].difference == -1
    send(day, "R-000002", "key-9")
    assert asked(day)["sends"].difference == -2


def test_a_time_counts_what_happened_in_it(day: Store, clock: HandClock) -> None:
    clock.turn(86_400)
    send(day, "R-000002", "key-2")
    assert asked(day, until=date(2026, 11, 23))["sends"].sentence == "sends 2 = proofs 2 + failures 0 + under way 0"
    tomorrow = asked(day, since=date(2026, 11, 24))
    assert [one.left for one in tomorrow.values()] == [0, 0, 9, 0]
    assert [one.difference for one in tomorrow.values()] == [0, 0, 0, 0], "announced the day before"
    assert [one.left for one in asked(day, until=date(2026, 11, 22)).values()] == [0, 0, 0, 0]


def test_the_accounting_has_the_four_things(store: Store) -> None:
    items = [
        {"kind": "xray-pano", "date": "2019-04-01", "pages": 1},
        {"kind": "notes", "date": "2026-01-01", "pages": 6},
        {"kind": "notes", "date": None, "pages": 1},
    ]
    told = {"items": items, "purpose": "subpoena of 2 March", "recipient_address": "1 Court Sq, Salem, OR"}
    with store.unit() as unit:
        unit.log("R-000001", [Note(LogEvent.DELIVERED, "deliver", "7", "Ana", "Marion County Court", True, told)])
    with store.reading() as connection:
        (line,) = (disclosure(entry) for entry in accounting(connection, "7", date(2026, 11, 24)))
    assert line.row() == [
        "2026-11-23",
        "Marion County Court",
        "1 Court Sq, Salem, OR",
        "Dental records: 2 × notes, 1 × xray pano; 8 pages, of 2019 to 2026",
        "subpoena of 2 March",
        "1",
        "R-000001",
    ]
    assert described([]) == "Dental records: nothing; 0 pages"
