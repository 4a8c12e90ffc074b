"""The unit of work, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text

from pipeline.clock import HandClock
from pipeline.log.chain import Note
from pipeline.store import tables
from pipeline.store.database import is_current, migrate
from pipeline.store.facts import StoreDamaged
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.unit import Conflict, Done
from schemas.catalogue.samples import READ, RECEIVED
from schemas.decision import Decision, DecisionKind
from schemas.disclosure import LogEvent
from schemas.reading import Reading
from schemas.release import StationName
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401

READING = Reading(scan="a" * 64, pages=2, notices=("Ünïcödé – “quoted”",))


def new_request(store: Store, scan: str = "a" * 64) -> str:
    with store.unit() as unit:
        return unit.new_request(scan=scan, file="scan.pdf", media_type="application/pdf")


def count(store: Store, table: str) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.metadata.tables[table])) or 0


def test_requests_are_numbered_in_the_order_of_their_arrival(store: Store) -> None:
    assert [new_request(store, c * 64) for c in "abc"] == ["R-000001", "R-000002", "R-000003"]


def test_the_same_bytes_never_become_two_requests(store: Store) -> None:
    new_request(store)
    with pytest.raises(Conflict):
        new_request(store)
    assert count(store, "requests") == 1


def test_a_unit_that_raises_leaves_nothing_behind(store: Store) -> None:
    request_id = new_request(store)
    with pytest.raises(RuntimeError), store.unit() as unit:
        unit.keep(request_id, [READING])
        unit.advance(request_id, 0, StationName.READ, [READ])
        unit.log(request_id, [Note(LogEvent.RECEIVED, "watch")])
        raise RuntimeError
    assert [count(store, table) for table in ("facts", "outbox", "log")] == [0, 0, 0]
    assert store.request(request_id).state is State.RECEIVED  # type: ignore[union-attr]


def test_a_fact_comes_back_as_it_was_kept(store: Store) -> None:
    request_id = new_request(store)
    with store.unit() as unit:
        unit.keep(request_id, [READING, READING])
    assert store.fact(Reading, request_id, READING.sha256()) == READING
    assert count(store, "facts") == 1


@pytest.mark.parametrize("back", [0, 200])
def test_facts_come_in_the_order_in_which_they_were_kept_whatever_the_clock_says(
    store: Store, clock: HandClock, back: float
) -> None:
    request_id = new_request(store)
    said = [Decision(what=DecisionKind.ACCEPT, who=who, at=clock.now()) for who in ("Zoe", "Ana", "Ben", "Max")]
    for decision in said:
        with store.unit() as unit:
            unit.keep(request_id, [decision, READING])
        clock.turn(-back)
    assert store.decisions(request_id) == said
    assert store.latest(Decision, request_id) == said[-1]
    assert store.since(Decision, request_id, said[1]) == said[2:]
    with store.unit() as unit:
        unit.keep(request_id, [said[0]])
    assert store.latest(Decision, request_id) == said[0], "kept once more, it is the latest again"


def test_a_fact_that_somebody_changed_is_not_believed(store: Store) -> None:
    request_id = new_request(store)
    with store.unit() as unit:
        unit.keep(request_id, [READING])
        unit.connection.execute(tables.facts.update().values(body=READING.canonical().decode().replace('"pages":2', '"pages":3')))
    with pytest.raises(StoreDamaged):
        store.fact(Reading, request_id, READING.sha256())


def test_two_who_change_the_same_request_do_not_overwrite_each_other(store: Store) -> None:
    request_id = new_request(store)
    with store.unit() as unit:
        unit.change(request_id, 0, station=StationName.READ, state=State.READ)
    with pytest.raises(Conflict), store.unit() as unit:
        unit.change(request_id, 0, station=StationName.MATCH, state=State.HELD)
    assert store.request(request_id).state is State.READ  # type: ignore[union-attr]


def test_a_message_is_marked_as_dealt_with_once_only(store: Store) -> None:
    done = Done(StationName.READ, str(READ.id), "request.read", "R-000001", "done", 0.1, 0.1)
    with store.unit() as unit:
        unit.mark(done)
    with pytest.raises(Conflict), store.unit() as unit:
        unit.mark(done)
    assert store.dealt_with("read", str(READ.id))
    assert not store.dealt_with("match", str(READ.id))


def test_many_processes_may_bring_the_database_to_its_shape_at_once(store: Store) -> None:
    failures: list[BaseException] = []

    def again() -> None:
        try:
            migrate(store.engine)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert is_current(store.engine)


def test_the_shape_made_step_by_step_is_the_shape_that_the_code_expects(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE log SET patient = 'Somebody Else'",
        "DELETE FROM log",
        "DELETE FROM log WHERE seq = 1",
        "TRUNCATE TABLE log",
        "INSERT OR REPLACE INTO log SELECT * FROM log",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(store: Store, attack: str) -> None:
    new_request(store)
    with store.unit() as unit:
        unit.log("R-000001", [Note(LogEvent.RECEIVED, "watch")])
    with store.reading() as connection:
        before = [tuple(row) for row in connection.execute(select(tables.log))]
    with pytest.raises(Exception, match=r"only grows|syntax"), store.unit() as unit:
        unit.connection.execute(text(attack))
    with store.reading() as connection:
        assert [tuple(row) for row in connection.execute(select(tables.log))] == before


def test_messages_for_later_stay_until_their_time(store: Store) -> None:
    from datetime import timedelta

    with store.unit() as unit:
        unit.send(RECEIVED)
        unit.send_to(StationName.READ, RECEIVED, tries=2, after=timedelta(minutes=5))
    assert len(unit.sent) == 1
    assert count(store, "outbox") == 2
