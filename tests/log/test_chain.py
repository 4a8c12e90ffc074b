"""The chain shows every change of the log; the questions find what was asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from pipeline.clock import HandClock
from pipeline.log import building
from pipeline.log.chain import Note, verify
from pipeline.log.questions import Question, accounting, ask
from pipeline.store.store import Store
from schemas.disclosure import LogEvent
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401


def write(store: Store, *notes: Note) -> None:
    with store.unit() as unit:
        unit.log(None, notes)


def delivered(patient: str, recipient: str, *, accountable: bool = False) -> Note:
    return Note(
        LogEvent.DELIVERED, "deliver", patient_id=patient[:1], patient=patient, recipient=recipient, accountable=accountable
    )


def check(store: Store, head: str | None = None) -> tuple[bool, str]:
    with store.reading() as connection:
        found = verify(connection, head)
    return found.whole, found.sentence


def without_guard(store: Store, statement: str) -> None:
    """What somebody with full rights over the database could do."""
    with store.unit() as unit:
        if store.engine.dialect.name == "postgresql":
            unit.connection.execute(text("ALTER TABLE log DISABLE TRIGGER ALL"))
        else:
            for name in ("log_no_update", "log_no_delete", "log_no_replace"):
                unit.connection.execute(text(f"DROP TRIGGER {name}"))
        unit.connection.execute(text(statement))


def test_an_untouched_log_is_whole(store: Store) -> None:
    write(store, delivered("Ana", "Lakeside"), delivered("Ben", "Hill"))
    write(store, Note(LogEvent.CLOSED, "close"))
    assert check(store) == (True, "")


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE log SET recipient = 'Elsewhere' WHERE seq = 2",
        "UPDATE log SET details = '{}' WHERE seq = 2",
        "UPDATE log SET accountable = NOT accountable WHERE seq = 2",
        "DELETE FROM log WHERE seq = 2",
        "DELETE FROM log WHERE seq = 1",
        "UPDATE log SET seq = 9 WHERE seq = 3",
    ],
)
def test_whoever_gets_past_the_database_is_found_by_the_chain(store: Store, attack: str) -> None:
    write(
        store,
        delivered("Ana", "Lakeside"),
        Note(LogEvent.HELD, "match", details={"reasons": ["not_signed"]}),
        delivered("Cy", "Hill"),
    )
    without_guard(store, attack)
    whole, sentence = check(store)
    assert not whole
    assert "ntry" in sentence


def test_a_log_cut_short_is_found_by_a_head_that_was_written_down(store: Store) -> None:
    write(store, delivered("Ana", "Lakeside"), delivered("Ben", "Hill"))
    with store.reading() as connection:
        head = verify(connection).head
    without_guard(store, "DELETE FROM log WHERE seq = 2")
    assert "was shortened" in check(store)[1], "whoever cuts the log leaves a tree behind that is too long"
    with store.unit() as unit:
        building.build(unit.connection)
    assert check(store)[0], "the chain alone cannot tell"
    assert not check(store, head)[0]


def test_an_auditor_finds_by_patient_recipient_day_and_event(store: Store, clock: HandClock) -> None:
    write(store, delivered("Ana Ruiz", "Lakeside Family Dental"))
    clock.turn(3 * 86_400)
    write(store, delivered("Ben 100% Oak_", "Hill Dental"), Note(LogEvent.HELD, "match", patient="Ana Ruiz"))

    def numbers(**filters: object) -> list[int]:
        with store.reading() as connection:
            return [e.seq for e in ask(connection, Question(**filters))]  # type: ignore[arg-type]

    assert numbers() == [1, 2, 3]
    assert numbers(patient="ruiz") == [1, 3]
    assert numbers(patient="A") == [1, 2, 3], "an id, or part of a name"
    assert numbers(recipient="family") == [1]
    assert numbers(patient="%") == [2], "a percent sign is a percent sign"
    assert numbers(patient="Ruiz", events=(LogEvent.HELD,)) == [3]
    assert numbers(since=date(2026, 11, 26)) == [2, 3]
    assert numbers(until=date(2026, 11, 25)) == [1]


def test_the_accounting_holds_what_the_rule_asks_for_and_nothing_older_than_six_years(store: Store, clock: HandClock) -> None:
    clock.turn((datetime(2020, 11, 1, 12, tzinfo=UTC) - clock.now()).total_seconds())
    write(store, delivered("Ana", "Too long ago", accountable=True))
    clock.turn(60 * 86_400)
    write(
        store,
        delivered("Ana", "Court", accountable=True),
        delivered("Ana", "Dentist"),
        delivered("Ben", "Court", accountable=True),
    )
    with store.reading() as connection:
        found = [entry.recipient for entry in accounting(connection, "A", date(2026, 11, 23))]
    assert found == ["Court"]
