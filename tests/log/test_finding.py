"""One line finds what was asked, on both databases, page by page."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clock import HandClock
from pipeline.log.asking import Search, SearchError, understood
from pipeline.log.chain import Note
from pipeline.log.finding import all_found, channels, found
from pipeline.store.store import Store
from schemas.base import JsonDict
from schemas.disclosure import LogEvent
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401

TODAY = date(2026, 11, 24)


def write(store: Store, *notes: Note, request: str | None = None) -> None:
    with store.unit() as unit:
        unit.log(request, notes)


def note(event: LogEvent, patient: str = "", to: str = "", actor: str = "deliver", **details: object) -> Note:
    said: JsonDict = dict(details)
    return Note(event, actor, patient_id=patient[:2] or None, patient=patient or None, recipient=to or None, details=said)


def numbers(store: Store, line: str) -> list[int]:
    with store.reading() as connection:
        search = understood(line, TODAY, channels(connection))
        return [entry.seq for entry in all_found(connection, search)]


@pytest.fixture
def log(store: Store, clock: HandClock) -> Store:
    """Six entries of three days; the clock begins on 23 November 2026."""
    sent = {"channel": "folder", "proof": "reached", "pathway": "authorization"}
    write(store, note(LogEvent.RECEIVED, actor="watch"), request="R-000001")
    write(
        store, note(LogEvent.DELIVERED, "Daniel Ruiz", "Lakeside Family Dental", decided_by="policy", **sent), request="R-000001"
    )
    clock.turn(86_400)
    write(store, note(LogEvent.HELD, "Ana Peña-Ruiz", actor="match"), request="R-000012")
    write(store, note(LogEvent.DECIDED, actor="Ana Ruiz"), request="R-000012")
    clock.turn(86_400)
    treated = sent | {"pathway": "treatment", "proof": "handed_over", "channel": "courier"}
    write(store, note(LogEvent.DELIVERED, "Ana Peña-Ruiz", "Dr. Folder", decided_by="Ana Ruiz", **treated), request="R-000012")
    write(store, note(LogEvent.CLOSED, "Ana Peña-Ruiz", "Dr. Folder", actor="close"), request="R-000012")
    return store


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("ruiz", [2, 3, 4, 5, 6]),
        ("RUI", [2, 3, 4, 5, 6]),
        ("ru", []),
        ("=rui", []),
        ("by:=ruiz", [4, 5]),
        ("uiz", []),
        ("patient:ruiz", [2, 3, 5, 6]),
        ("by:ruiz", [4, 5]),
        ("by ana", [4, 5]),
        ("pena-ruiz", [3, 5, 6]),
        ("Peña", [3, 5, 6]),
        ("daniel ruiz", [2]),
        ("ruiz lakeside", [2]),
        ("to lakeside", [2]),
        ("folder", [2]),
        ("to:folder", [5, 6]),
        ("channel:courier", [5]),
        ("delivered", [2, 5]),
        ("delivered by policy", [2]),
        ("treatment", [5]),
        ("handed over", [5]),
        ("reached folder authorization", [2]),
        ("reached treatment", []),
        ("R-000012", [3, 4, 5, 6]),
        ("r-12 held", [3]),
        ("r12 ruiz delivered", [5]),
        ("#da", [2]),
        ("2026-11-24", [3, 4]),
        ("11/24/2026", [3, 4]),
        ("today", [3, 4]),
        ("yesterday ruiz", [2]),
        ("2026-11-24..", [3, 4, 5, 6]),
        ("from 2026-11-23 to 2026-11-24", [1, 2, 3, 4]),
        ("2026-11-23 to 2026-11-24 ruiz", [2, 3, 4]),
        ("until 2026-11-23", [1, 2]),
        ("since november", [1, 2, 3, 4, 5, 6]),
        ("until jan", []),
        ("nov 2026 delivered", [2, 5]),
        ("2026-11", [1, 2, 3, 4, 5, 6]),
        ("2025", []),
        ("nobody", []),
        ("ruiz nobody", []),
    ],
)
def test_a_line_finds(log: Store, line: str, expected: list[int]) -> None:
    assert numbers(log, line) == expected


@pytest.mark.parametrize("line", ["2026-02-30", "until lakeside", "event:eaten", "%%%", "lakeside..2026"])
def test_what_cannot_be_asked_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(SearchError, match="“"):
        understood(line, TODAY)


def test_a_beginning_of_too_many_names_asks_for_more_of_it(sqlite_store: Store) -> None:
    write(sqlite_store, *(note(LogEvent.HELD, f"Mar{number}") for number in range(250)))
    with pytest.raises(SearchError, match=r"begin with “mar”"):
        numbers(sqlite_store, "mar")
    assert numbers(sqlite_store, "mar249") == [250]


def test_pages_join_without_gap_or_repeat_though_the_log_grows(store: Store) -> None:
    write(store, *(note(LogEvent.HELD, "Ana Ruiz") for _ in range(7)))
    seen, behind = [], None
    for _ in count():
        with store.reading() as connection:
            page = found(connection, understood("ruiz", TODAY), behind=behind, limit=3)
        seen += [entry.seq for entry in page.entries]
        write(store, note(LogEvent.HELD, "Ana Ruiz"))
        behind = page.more
        if behind is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_days_are_found_though_the_clock_was_set_back(store: Store, clock: HandClock) -> None:
    write(store, note(LogEvent.HELD))
    clock.turn(-3 * 86_400)
    write(store, note(LogEvent.HELD))
    clock.turn(4 * 86_400)
    write(store, note(LogEvent.HELD))
    assert numbers(store, "2026-11-20") == [2]
    assert numbers(store, "2026-11-21..2026-11-23") == [1]
    assert numbers(store, "2026-11-24") == [3]


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_no_line_makes_a_fault(line: str) -> None:
    try:
        assert isinstance(understood(line, TODAY, {"folder"}), Search)
    except SearchError as refusal:
        assert str(refusal)
