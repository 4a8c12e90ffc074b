"""A permission that is taken back while its set is on the way: stopped up to the moment of handing over, and never unsaid."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.delivering.disk import Disk
from pipeline.delivering.folder import FolderCourier
from pipeline.log import questions
from pipeline.reviewing.revoking import Revoked, revoke
from pipeline.store.permissions import latest_release
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.unit import Claim, Conflict, Shown
from schemas.disclosure import LogEvent
from schemas.release import HoldReason, StationName
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401
from tests.workers.small import LINE, SmallOffice, request_of
from tests.workers.steps import Steps


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


SEAMS = (
    (FolderCourier, "seen"),
    (FolderCourier, "deliver"),
    (Disk, "make_folder"),
    (Disk, "rename"),
)


def test_at_whatever_step_the_permission_is_taken_back_it_stops_the_set_or_says_that_it_came_too_late(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first station to the last, between any two steps of them."""
    steps = Steps(monkeypatch, SEAMS)
    stopped = late = 0
    for number, step in enumerate(count(1)):
        patient = number % 12
        request_id = office.drop(request_of(patient))
        told: list[Revoked] = []
        revoking = lambda p=f"P{patient:04d}", told=told: told.append(revoke(office.store, p, how="call", who="Ben"))  # noqa: E731
        before = len(office.sets())
        with steps.at(step, revoking, within_transactions=False):
            office.work(*LINE)
        if not told:
            break
        [mine] = [one for one in told[0].requests if one.request_id == request_id] or [None]
        left = len(office.sets()) - before
        if office.state(request_id) is State.HELD:
            assert left == 0
            assert office.reasons(request_id) == {HoldReason.REVOKED}
            stopped += 1
        else:
            assert left == 1
            assert mine is not None
            assert "is stopped" not in mine.sentence
            late += 1
        with office.store.unit() as unit:
            assert told[0].number is not None
            unit.lift(told[0].number, who="Ana", why="for the next round")
            unit.void(request_id)
    assert stopped > 10
    assert late > 2


@pytest.mark.parametrize("state", [State.HELD, State.WITHDRAWN, State.REJECTED])
def test_of_a_set_that_may_have_left_nobody_is_told_that_it_is_stopped(store: Store, state: State) -> None:
    """Its handing over had begun, and broke off: nobody knows, also when the request has ended since."""
    request_id, stopped = _delivering(store, "P-1"), _delivering(store, "P-1", "b")
    assert not _begins(store, request_id, "P-1")
    with store.unit() as unit:
        unit.change(request_id, 1, station=StationName.DELIVER, state=state)
    found = {one.request_id: one.sentence for one in revoke(store, "P-1", how="call", who="Ben").requests}
    assert "not known whether it has left" in found[request_id] and "is stopped" not in found[request_id]
    assert "is stopped" in found[stopped]
    with store.reading() as connection:
        [entry] = questions.ask(connection, questions.Question(events=(LogEvent.REVOKED,)))
    assert (entry.details["stops"], entry.details["may_have_left"]) == ([stopped], [request_id])


def test_a_request_that_ended_before_anything_was_handed_over_is_not_spoken_of(store: Store) -> None:
    request_id = _delivering(store, "P-1")
    with store.unit() as unit:
        unit.change(request_id, 1, station=StationName.DELIVER, state=State.WITHDRAWN)
    assert revoke(store, "P-1", how="call", who="Ben").requests == ()


def test_of_a_revocation_and_a_handing_over_at_one_moment_each_knows_which_came_first(store: Store) -> None:
    """Many times, on both databases: never does a set leave while whoever revoked is told that it is stopped."""
    for round_number in range(25):
        patient = f"P-{round_number}"
        request_id = _delivering(store, patient)
        held, said = _at_one_moment(
            lambda request_id=request_id, patient=patient: _begins(store, request_id, patient),
            lambda patient=patient: revoke(store, patient, how="call", who="Ben").requests[0].sentence,
        )
        assert held == ("is stopped" in said)


@pytest.mark.parametrize("state", [State.HELD, State.WITHDRAWN, State.DELIVERING])
def test_nothing_is_handed_over_once_the_request_was_changed(store: Store, state: State) -> None:
    request_id = _delivering(store, "P-1")
    with store.unit() as unit:
        unit.change(request_id, 1, station=StationName.DELIVER, state=state)
    with pytest.raises(Conflict):
        _begins(store, request_id, "P-1")
    request = store.request(request_id)
    assert request is not None and request.handing_over_at is None


def _begins(store: Store, request_id: str, patient: str) -> bool:
    """Whether the last look before the handing over finds a revocation."""
    with store.unit() as unit:
        return bool(unit.begin_handing_over(request_id, 1, patient, "lakeside"))


def _at_one_moment(*acts: Callable[[], Any]) -> list[Any]:
    """What each of them gives, or the name of the error, when all begin at once."""
    all_there = threading.Barrier(len(acts))

    def done(act: Callable[[], Any]) -> Any:
        all_there.wait()
        try:
            return act()
        except Conflict as error:
            return type(error).__name__

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(done, acts))


def _delivering(store: Store, patient_id: str, scan: str = "") -> str:
    with store.unit() as unit:
        number = f"{abs(hash(patient_id + scan)):064x}"[:64]
        request_id = unit.new_request(scan=number, file="scan.pdf", media_type="application/pdf")
        shown = Shown(patient_id=patient_id, office_id="lakeside")
        unit.change(request_id, 0, station=StationName.DELIVER, state=State.DELIVERING, shown=shown)
    return request_id


@pytest.mark.parametrize("turned", [0, 60, -60])
def test_each_release_of_the_same_comes_after_one_other_whatever_the_clock_says(
    store: Store, clock: HandClock, turned: float
) -> None:
    requests = [_delivering(store, f"P-{number}") for number in range(4)]
    for request_id in (*requests, requests[1], requests[3], requests[0]):  # the last three are matched anew
        with store.reading() as connection:
            previous = latest_release(connection, request_id, "P", "lakeside")
        with store.unit() as unit:
            unit.claim(request_id, Claim("P", "lakeside", previous))
        with store.reading() as connection:
            assert latest_release(connection, "R-000099", "P", "lakeside") != previous
        clock.turn(turned or 0.001)


def test_of_two_releases_of_the_same_at_one_moment_one_is_written(store: Store) -> None:
    def claims(request_id: str) -> str:
        with store.unit() as unit:
            unit.claim(request_id, Claim("P-1", "lakeside", ""))
        return "claimed"

    first, second = _delivering(store, "P-a"), _delivering(store, "P-b")
    assert sorted(_at_one_moment(lambda: claims(first), lambda: claims(second))) == ["Conflict", "claimed"]
