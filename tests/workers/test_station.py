"""One attempt at one message: whatever a station does, nothing is lost, done twice, or stuck in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from pipeline.clock import HandClock
from pipeline.errors import NeedsPerson, Retryable
from pipeline.line.broker import Outgoing
from pipeline.reviewing.decisions import decide
from pipeline.reviewing.ground import NotPossible
from pipeline.reviewing.holds import open_holds
from pipeline.store import tables
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.unit import Conflict
from schemas.catalogue.samples import AUTHORIZED, DELIVERED, GATHERED, INTENDED, MADE
from schemas.decision import DecisionKind
from schemas.messages import Event, ReleaseAuthorized, RequestRead, RequestReceived, decode, encode
from schemas.reading import Reading
from schemas.release import HoldReason, StationName
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401
from tests.workers.toys import READING, Toys, reads
from workers.bench import Bench
from workers.station import AskPerson, Done, Outcome

READ_ID = UUID("6f0f7f3e-55a8-4b53-8a0f-5bb0e3f2c003")


@pytest.fixture
def toys(store: Store, tmp_path: Path) -> Iterator[Toys]:
    made = Toys(store, tmp_path, tries=3, delivery_limit=2)
    yield made
    made.close()


def count(toys: Toys, table: str) -> int:
    with toys.store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.metadata.tables[table])) or 0


def sentences(toys: Toys) -> list[str]:
    with toys.store.reading() as connection:
        return [f.sentence for hold in open_holds(connection) for f in hold.findings]


def state(toys: Toys) -> State:
    row = toys.store.request("R-000001")
    assert row is not None
    return row.state


def test_done_work_leads_to_the_next_station(toys: Toys) -> None:
    toys.drop()
    assert toys.attempt(reads) is Outcome.DONE
    assert state(toys) is State.READ
    assert toys.store.fact(Reading, "R-000001", READING.sha256()) == READING
    following = toys.next()
    assert following is not None
    assert isinstance(decode(following.body), RequestRead)
    assert count(toys, "outbox") == 0


def test_a_message_that_comes_twice_is_dealt_with_once(toys: Toys) -> None:
    message = toys.drop()
    toys.attempt(reads)
    toys.broker.publish([Outgoing(str(message.id), "request.received", encode(message))])

    def must_not(message: RequestReceived, bench: Bench) -> Done:
        raise AssertionError("was dealt with already")

    outcomes = []
    while (incoming := toys.next()) is not None:
        if incoming.station is StationName.READ:
            outcomes.append(toys.runner.attempt(toys.station(must_not), incoming))
        else:
            incoming.ack()
    assert outcomes == [Outcome.ALREADY_DONE]
    assert count(toys, "inbox") == 1


def test_what_needs_a_person_is_held_with_its_sentence(toys: Toys) -> None:
    toys.drop()

    def asks(message: RequestReceived, bench: Bench) -> Done:
        raise NeedsPerson.because(HoldReason.NOT_SIGNED, "Nobody has signed.")

    assert toys.attempt(asks) is Outcome.ASKED_PERSON
    assert state(toys) is State.HELD
    assert sentences(toys) == ["Nobody has signed."]
    assert toys.next() is None


def test_what_was_found_before_asking_is_kept(toys: Toys) -> None:
    toys.drop()

    def asks(message: RequestReceived, bench: Bench) -> AskPerson:
        return AskPerson(NeedsPerson.because(HoldReason.NO_PATIENT, "Nobody fits.").findings, facts=(READING,))

    toys.attempt(asks)
    assert toys.store.latest(Reading, "R-000001") == READING


def test_a_passing_trouble_is_tried_again_later_and_then_given_to_a_person(toys: Toys, clock: HandClock) -> None:
    toys.drop()

    def fails(message: RequestReceived, bench: Bench) -> Done:
        raise Retryable("the share is away")

    assert toys.attempt(fails) is Outcome.RETRY_LATER
    assert toys.outbox.relay() == 0, "not before its time"
    clock.turn(60)
    assert toys.outbox.relay() == 1
    assert toys.attempt(fails) is Outcome.RETRY_LATER
    clock.turn(60)
    toys.outbox.relay()
    assert toys.attempt(fails) is Outcome.ASKED_PERSON
    assert "3 times" in sentences(toys)[0]
    assert "the share is away" in sentences(toys)[0]


def test_a_conflict_that_stays_is_tried_again_later_and_then_given_to_a_person(toys: Toys, clock: HandClock) -> None:
    """Whatever it is that stands in the way, the worker does not go round in circles about it."""

    def in_the_way(message: RequestReceived, bench: Bench) -> Done:
        raise Conflict("somebody else was there before")

    toys.drop()
    for _ in range(2):
        assert toys.attempt(in_the_way) is Outcome.RETRY_LATER
        clock.turn(120)
        toys.outbox.relay()
    assert toys.attempt(in_the_way) is Outcome.ASKED_PERSON
    assert state(toys) is State.HELD
    [sentence] = sentences(toys)
    assert "3 times" in sentence and "keeps changing" in sentence


def test_a_passing_trouble_that_passes_is_forgotten(toys: Toys, clock: HandClock) -> None:
    toys.drop()

    def fails(message: RequestReceived, bench: Bench) -> Done:
        raise Retryable("the share is away")

    toys.attempt(fails)
    clock.turn(60)
    toys.outbox.relay()
    assert toys.attempt(reads) is Outcome.DONE
    assert sentences(toys) == []


def test_a_bug_is_quarantined_and_the_request_shown_as_held_by_the_system(toys: Toys) -> None:
    toys.drop()

    def buggy(message: RequestReceived, bench: Bench) -> Done:
        return {}["Margaret Oyelaran"]  # type: ignore[no-any-return]

    assert toys.attempt(buggy) is Outcome.QUARANTINED
    assert state(toys) is State.HELD
    assert "KeyError" in sentences(toys)[0]
    assert "Oyelaran" not in sentences(toys)[0]
    with toys.store.reading() as connection:
        trace = connection.scalar(select(tables.quarantine.c.traceback))
    assert trace is not None
    assert "buggy" in trace


@pytest.mark.parametrize("answer", [None, "done", Done(())])
def test_an_answer_that_is_none_is_never_success(toys: Toys, answer: object) -> None:
    toys.drop()
    assert toys.attempt(lambda message, bench: answer) is Outcome.QUARANTINED  # type: ignore[arg-type,return-value]
    assert state(toys) is State.HELD


def test_a_station_cannot_give_what_the_catalogue_does_not_let_it_give(toys: Toys) -> None:
    """A reader that authorizes releases would be a way around every rule."""
    toys.drop()

    def oversteps(message: RequestReceived, bench: Bench) -> Done:
        return Done((ReleaseAuthorized.after(message, message.occurred_at, release="b" * 64),))

    assert toys.attempt(oversteps) is Outcome.QUARANTINED
    assert toys.next() is None


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b'{"kind": "request.forged"}', "ÿ".encode("latin-1"), b"[" * 100_000],
    ids=["empty", "text", "unknown", "bad letters", "deep"],
)
def test_bytes_that_are_no_message_are_put_aside_and_the_line_goes_on(toys: Toys, body: bytes) -> None:
    toys.broker.publish([Outgoing("x", "request.received", body)])
    toys.drop()
    assert toys.attempt(reads) is Outcome.QUARANTINED
    assert toys.attempt(reads) is Outcome.DONE
    assert count(toys, "quarantine") == 1


def test_a_message_about_a_request_that_nobody_knows_is_put_aside(toys: Toys) -> None:
    message = toys.drop().model_copy(update={"request_id": "R-999999"})
    toys.broker.publish([Outgoing(str(message.id), "request.received", encode(message))])
    assert toys.attempt(reads) is Outcome.DONE
    incoming = toys.next()
    while incoming is not None and incoming.station is not StationName.READ:
        incoming.ack()
        incoming = toys.next()
    assert incoming is not None
    assert toys.runner.attempt(toys.station(reads), incoming) is Outcome.QUARANTINED


def test_a_message_that_brings_workers_down_is_held_for_a_person(toys: Toys) -> None:
    toys.drop()
    incoming = toys.next(5)
    while incoming is not None and not incoming.dead:
        incoming.give_back()  # as the queue sees a worker that died
        incoming = toys.next(5)
    assert incoming is not None
    assert toys.runner.attempt(toys.station(reads), incoming) is Outcome.ASKED_PERSON
    assert "broke off" in sentences(toys)[0]


def test_the_line_goes_on_after_a_person_lets_it_try_again(toys: Toys) -> None:
    toys.drop()

    def asks(message: RequestReceived, bench: Bench) -> Done:
        raise NeedsPerson.because(HoldReason.CHART_INCOMPLETE, "A file is missing.")

    toys.attempt(asks)
    unit = decide(toys.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana", why="found it")
    toys.outbox.publish(unit.sent)
    assert sentences(toys) == []
    assert toys.attempt(reads) is Outcome.DONE
    assert state(toys) is State.READ


def test_what_is_wrong_again_is_held_again_and_can_be_decided_again(toys: Toys) -> None:
    toys.drop()

    def asks(message: RequestReceived, bench: Bench) -> Done:
        raise NeedsPerson.because(HoldReason.CHART_INCOMPLETE, "A file is missing.")

    toys.attempt(asks)
    for _ in range(3):
        toys.outbox.publish(decide(toys.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana").sent)
        assert toys.attempt(asks) is Outcome.ASKED_PERSON
        assert sentences(toys) == ["A file is missing."]
    toys.outbox.publish(decide(toys.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana").sent)
    assert toys.attempt(reads) is Outcome.DONE


def test_a_request_withdrawn_while_a_station_works_on_it_goes_no_further(toys: Toys) -> None:
    toys.drop()

    def is_overtaken(message: RequestReceived, bench: Bench) -> Done:
        decide(toys.store, message.request_id, DecisionKind.WITHDRAW, who="Ana", why="the patient called")
        return reads(message, bench)

    assert toys.attempt(is_overtaken) is Outcome.ALREADY_DONE
    assert state(toys) is State.WITHDRAWN
    assert toys.next() is None


@pytest.mark.parametrize("what", list(DecisionKind))
def test_nothing_can_be_decided_about_a_request_that_has_ended(toys: Toys, what: DecisionKind) -> None:
    toys.drop()
    decide(toys.store, "R-000001", DecisionKind.WITHDRAW, who="Ana")
    with pytest.raises(NotPossible, match="withdrawn already"):
        decide(toys.store, "R-000001", what, who="Ana")


def test_what_is_being_handed_over_cannot_be_withdrawn_any_more(toys: Toys) -> None:
    toys.drop()
    with toys.store.unit() as unit:
        unit.change("R-000001", 0, station=StationName.DELIVER, state=State.DELIVERING)
    with pytest.raises(NotPossible, match="too late"):
        decide(toys.store, "R-000001", DecisionKind.WITHDRAW, who="Ana")


def test_what_was_committed_and_not_published_leaves_with_the_next_relay(toys: Toys, clock: HandClock) -> None:
    """The process died between its commit and its publishing."""
    with toys.store.unit() as unit:
        request_id = unit.new_request(scan="a" * 64, file="scan.pdf", media_type="application/pdf")
        message = RequestRead(id=READ_ID, request_id=request_id, occurred_at=unit.at, reading="b" * 64, pages=1)
        unit.send(message)
    assert toys.outbox.relay() == 0, "its own process may still be at it"
    clock.turn(unit.CLAIM.total_seconds() + 1)
    assert toys.outbox.relay() == 1
    assert toys.next() is not None


def test_a_message_that_the_request_has_not_come_to_changes_nothing(toys: Toys) -> None:
    """A stranger's second copy of an old message, under another id, would otherwise do the work again."""
    message = toys.drop()
    assert toys.attempt(reads) is Outcome.DONE
    stray = message.model_copy(update={"id": READ_ID})
    toys.broker.publish([Outgoing(str(stray.id), "request.received", encode(stray))])
    while (incoming := toys.next()) is not None and incoming.station is not StationName.READ:
        incoming.ack()
    assert incoming is not None
    assert toys.runner.attempt(toys.station(reads), incoming) is Outcome.QUARANTINED
    assert state(toys) is State.READ
    assert sentences(toys) == []


def test_a_message_of_another_version_holds_its_request_for_a_person(toys: Toys) -> None:
    toys.drop()
    incoming = toys.next(5)
    assert incoming is not None
    incoming.ack()
    toys.broker.publish([Outgoing("x", "request.received", incoming.body.replace(b'"version":1', b'"version":2'))])
    assert toys.attempt(reads) is Outcome.QUARANTINED
    assert state(toys) is State.HELD
    with pytest.raises(NotPossible, match="does not understand"):
        decide(toys.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana")


def test_a_held_message_of_another_version_is_held_again_though_a_person_let_it_try_again(toys: Toys) -> None:
    """A worker of an earlier version got the decision; a later one can still take the message up."""
    toys.drop()
    toys.attempt(lambda message, bench: AskPerson(NeedsPerson.because(HoldReason.CHORE, "Somebody must look.").findings))
    toys.outbox.publish(decide(toys.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana").sent)
    with toys.store.unit() as unit:
        held = unit.connection.scalar(select(tables.holds.c.message))
        newer = json.dumps(json.loads(held) | {"version": 99}).encode()
        unit.connection.execute(tables.holds.update().values(message=newer))
    assert toys.attempt(reads) is Outcome.QUARANTINED
    assert state(toys) is State.HELD
    with toys.store.reading() as connection:
        [hold] = open_holds(connection)
    assert hold.message == newer and "version" in hold.findings[0].sentence
    assert count(toys, "inbox") == 2, "the decision was dealt with"
    with toys.store.unit() as unit:
        unit.connection.execute(tables.holds.update().values(message=held))
    toys.outbox.publish(decide(toys.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana").sent)
    assert toys.attempt(reads) is Outcome.DONE


def test_a_message_whose_end_cannot_be_written_down_stays_in_hand(toys: Toys, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away for a minute must not make dead letters of what happens to be at work."""
    toys.drop()
    incoming = toys.next(5)
    assert incoming is not None

    def away(request_id: str) -> None:
        raise Retryable("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(toys.store, "request", away)
        for _ in range(10):
            assert toys.runner.attempt(toys.station(reads), incoming) is None
    assert toys.next() is None, "nobody else gets it meanwhile"
    assert toys.runner.attempt(toys.station(reads), incoming) is Outcome.DONE


def held_at(toys: Toys, station: StationName, event: Event, at: State) -> None:
    toys.drop()
    with toys.store.unit() as unit:
        unit.change("R-000001", 0, station=station, state=at)
    with toys.store.unit() as unit:
        unit.change("R-000001", 1, station=station, state=State.HELD)
        unit.hold("R-000001", station, event, NeedsPerson.because(HoldReason.CHORE, "Somebody must look.").findings)


@pytest.mark.parametrize("event", [AUTHORIZED, GATHERED, MADE], ids=["gather", "duplicate", "verify"])
def test_what_was_held_over_the_chart_is_gathered_anew(toys: Toys, event: Event) -> None:
    """A copy that was found faulty stays faulty: mending the chart helps only if it is gathered and copied again."""
    event = event.model_copy(update={"request_id": "R-000001"})
    held_at(toys, StationName.VERIFY, event, State.COPIED)
    unit = decide(toys.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana")
    assert state(toys) is State.AUTHORIZED
    with toys.store.reading() as connection:
        sent = connection.execute(
            select(tables.outbox.c.station, tables.outbox.c.body).where(tables.outbox.c.id.in_(unit.sent))
        ).one()
    again = decode(sent.body)
    assert (sent.station, type(again)) == ("gather", ReleaseAuthorized)
    assert again.id != AUTHORIZED.id, "or the stations would take it for what they have dealt with"


def test_what_was_delivered_cannot_be_withdrawn_though_closing_is_held(toys: Toys) -> None:
    held_at(toys, StationName.CLOSE, DELIVERED.model_copy(update={"request_id": "R-000001"}), State.DELIVERED)
    with pytest.raises(NotPossible, match="too late"):
        decide(toys.store, "R-000001", DecisionKind.WITHDRAW, who="Ana")


def test_withdrawing_what_may_have_arrived_says_so_in_the_log(toys: Toys) -> None:
    held_at(toys, StationName.DELIVER, INTENDED.model_copy(update={"request_id": "R-000001"}), State.DELIVERING)
    decide(toys.store, "R-000001", DecisionKind.WITHDRAW, who="Ana")
    with toys.store.reading() as connection:
        details = connection.scalar(select(tables.log.c.details).where(tables.log.c.event == "withdrawn"))
    assert details is not None
    assert "not known whether" in details


def test_a_publisher_that_comes_late_removes_nobody_elses_message(toys: Toys, clock: HandClock) -> None:
    with toys.store.unit() as unit:
        request_id = unit.new_request(scan="a" * 64, file="scan.pdf", media_type="application/pdf")
        first = RequestRead(id=READ_ID, request_id=request_id, occurred_at=unit.at, reading="b" * 64, pages=1)
        unit.send(first)
    late = unit.sent
    clock.turn(60)
    assert toys.outbox.relay() == 1, "another process has sent it meanwhile"
    with toys.store.unit() as unit:
        unit.send_to(StationName.MATCH, first, tries=1, after=timedelta(minutes=5))
    toys.outbox.publish(late)
    assert toys.outbox.waiting() == 1


def test_a_message_that_nobody_takes_keeps_no_other_back(toys: Toys, clock: HandClock) -> None:
    with toys.store.unit() as unit:
        request_id = unit.new_request(scan="a" * 64, file="scan.pdf", media_type="application/pdf")
        unit.send(GATHERED.model_copy(update={"request_id": request_id}))  # no station of this line takes it
        unit.send(RequestRead(id=READ_ID, request_id=request_id, occurred_at=unit.at, reading="b" * 64, pages=1))
    clock.turn(60)
    with pytest.raises(Retryable):
        toys.outbox.relay()
    assert toys.next() is not None
    assert toys.outbox.waiting() == 1
