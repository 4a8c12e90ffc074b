"""A person's decision on a held request: taken once, by somebody, and refused in a sentence where it cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import NeedsPerson
from pipeline.log import questions
from pipeline.reviewing.decisions import decide
from pipeline.reviewing.ground import NotPossible
from pipeline.reviewing.holds import open_holds
from pipeline.store.states import State
from pipeline.store.store import Store
from schemas.decision import DecisionKind
from schemas.disclosure import LogEvent
from schemas.messages import RequestReceived
from schemas.release import HoldReason
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401
from tests.workers.toys import Toys
from workers.bench import Bench
from workers.station import Done


@pytest.fixture
def held(store: Store, tmp_path: Path) -> Iterator[Toys]:
    """A line with one request, R-000001, that is held."""
    toys = Toys(store, tmp_path)
    toys.drop()
    toys.attempt(_asks)
    yield toys
    toys.close()


def _asks(message: RequestReceived, bench: Bench) -> Done:
    raise NeedsPerson.because(HoldReason.NOT_SIGNED, "Nobody has signed.", cure="Ask for a signature.")


@pytest.mark.parametrize("what", list(DecisionKind))
@pytest.mark.parametrize("who", ["", "  "])
def test_a_decision_that_nobody_takes_is_none(held: Toys, what: DecisionKind, who: str) -> None:
    with pytest.raises(NotPossible, match="who"):
        decide(held.store, "R-000001", what, who=who)
    with held.store.reading() as connection:
        assert len(open_holds(connection)) == 1


def test_a_decision_is_in_the_log_with_who_and_why(held: Toys) -> None:
    decide(held.store, "R-000001", DecisionKind.WITHDRAW, who="Ana", why="the patient called")
    with held.store.reading() as connection:
        entries = list(questions.ask(connection, questions.Question(events=(LogEvent.DECIDED, LogEvent.WITHDRAWN))))
    assert [(entry.event, entry.actor) for entry in entries] == [(LogEvent.DECIDED, "Ana"), (LogEvent.WITHDRAWN, "Ana")]
    assert entries[0].details == {"what": "withdraw", "why": "the patient called"}


def test_a_request_that_there_is_not_cannot_be_decided_upon(held: Toys) -> None:
    with pytest.raises(NotPossible, match="no request R-000002"):
        decide(held.store, "R-000002", DecisionKind.TRY_AGAIN, who="Ana")


def test_what_is_not_held_cannot_be_tried_again(held: Toys) -> None:
    decide(held.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ana")
    with pytest.raises(NotPossible, match="not held"):
        decide(held.store, "R-000001", DecisionKind.TRY_AGAIN, who="Ben")


@pytest.mark.parametrize("what", list(DecisionKind))
def test_two_people_who_decide_at_the_same_moment_are_told_apart(
    held: Toys, monkeypatch: pytest.MonkeyPatch, what: DecisionKind
) -> None:
    """The second one has read the request before the first one's decision was written."""
    seen = held.store.request("R-000001")
    decide(held.store, "R-000001", DecisionKind.WITHDRAW, who="Ana")
    monkeypatch.setattr(held.store, "request", lambda request_id: seen)
    more = {"until": date(2026, 12, 31)} if what is DecisionKind.EXTEND else {}
    with pytest.raises(NotPossible, match="R-000001"):
        decide(held.store, "R-000001", what, who="Ben", why="saw it", **more)
    monkeypatch.undo()
    request = held.store.request("R-000001")
    assert request is not None
    assert request.state is State.WITHDRAWN
