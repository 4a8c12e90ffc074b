"""Rulings that make it stricter or mend what was read: a second person on a single request, a box that was read wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.reviewing.corrections import NoSuchValue, patients_of, said_of
from pipeline.reviewing.ground import NotPossible
from pipeline.reviewing.holds import SECOND_PERSON
from pipeline.store.states import State
from schemas.decision import DecisionKind
from schemas.disclosure import LogEvent
from schemas.reading import Choice, FieldName, Tick
from schemas.record_set import Manifest
from schemas.release import HoldReason, Match, Release
from tests.workers.small import LAKESIDE, PLACE, SUMMIT, SmallOffice, request_of


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


WRONG_DAY = {"patient__dob": "1990-01-01"}
RIGHT_DAY = {FieldName.PATIENT_DOB: "1951-02-02"}


def held(office: SmallOffice) -> str:
    request_id = office.drop(request_of(1, **WRONG_DAY))
    office.work()
    assert office.state(request_id) is State.HELD
    return request_id


# ---- the last ruling wins ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [0, 200])
def test_the_last_ruling_wins_though_the_clock_was_put_back_before_it(office: SmallOffice, back: float) -> None:
    """To the office that a person had corrected away, nothing may go."""
    request_id = office.drop(request_of(1, destination__name="Unknown Dental", patient__dob="1990-01-01"))
    office.work()
    for called in (LAKESIDE, SUMMIT):
        office.decide(request_id, DecisionKind.DESTINATION, office_id=called[0], called="(555) 010-2001")
        office.work()
        office.clock.turn(-60 - back)
    office.decide(request_id, DecisionKind.CORRECT, corrections=RIGHT_DAY)
    office.work()
    assert office.state(request_id) is State.CLOSED
    match = office.store.latest(Match, request_id)
    assert match and match.destination and match.destination.office_id == SUMMIT[0]
    [name] = office.sets()
    assert name.startswith(f"{match.destination.address}/")


# ---- a second person on a single request --------------------------------------------------------------------------------------


def test_a_reviewer_asks_for_a_second_person_on_one_request(office: SmallOffice) -> None:
    request_id = held(office)
    office.decide(request_id, DecisionKind.ASK_SECOND, who="Ana", why="a custody case")
    office.work()
    office.decide(request_id, DecisionKind.CORRECT, who="Ana", corrections=RIGHT_DAY)
    office.work()
    assert [finding.rule for finding in office.findings(request_id)] == [SECOND_PERSON]
    with pytest.raises(NotPossible, match="somebody else"):
        office.decide(request_id, DecisionKind.SECOND, who="Ana")
    office.decide(request_id, DecisionKind.SECOND, who="Ben")
    office.work()
    assert office.state(request_id) is State.CLOSED
    release = office.store.latest(Release, request_id)
    assert release and release.decided_by == "Ana, Ben"
    assert "Ana wants a second person to agree before the copy leaves (a custody case)." in release.decisions


def test_the_next_request_needs_no_second_person_for_it(office: SmallOffice) -> None:
    office.decide(held(office), DecisionKind.ASK_SECOND, why="a custody case")
    other = office.drop(request_of(2))
    office.work()
    assert office.state(other) is State.CLOSED


def test_it_is_asked_for_with_a_reason_and_offered_until_it_is_asked(office: SmallOffice) -> None:
    request_id = held(office)
    with pytest.raises(NotPossible, match="Say why"):
        office.decide(request_id, DecisionKind.ASK_SECOND, why=" ")
    assert "ask_second" in [may["do"] for may in office.hold(request_id).may]
    office.decide(request_id, DecisionKind.ASK_SECOND, who="Ana", why="a custody case")
    office.work()
    office.decide(request_id, DecisionKind.CORRECT, who="Ana", corrections=RIGHT_DAY)
    office.work()
    assert "ask_second" not in [may["do"] for may in office.hold(request_id).may]


# ---- boxes that were read wrong -----------------------------------------------------------------------------------------------


def test_a_box_that_was_read_wrong_is_corrected_and_the_scope_follows(office: SmallOffice) -> None:
    request_id = held(office)
    ticks = {Choice.SCOPE_ALL: False, Choice.SCOPE_XRAYS: True}
    office.decide(request_id, DecisionKind.CORRECT, corrections=RIGHT_DAY, ticks=ticks)
    office.work()
    assert office.state(request_id) is State.CLOSED
    release, manifest = office.store.latest(Release, request_id), office.store.latest(Manifest, request_id)
    assert release and manifest and release.scope.kinds
    assert all(item.kind in release.scope.kinds for item in manifest.items)
    changes = office.logged(LogEvent.DECIDED, request_id=request_id)[-1].details["changes"]
    assert {"field": "scope.all", "old": "ticked", "new": "not ticked"} in changes
    assert {"field": "scope.xrays", "old": "not ticked", "new": "ticked"} in changes


def test_a_box_that_was_seen_unsurely_is_certain_once_a_person_has_looked(office: SmallOffice) -> None:
    unsure = Tick(choice=Choice.SCOPE_ALL, confidence=0.3, page=1, box=PLACE)
    request_id = office.drop(request_of(1).model_copy(update={"ticks": (unsure,)}))
    office.work()
    assert office.reasons(request_id) == {HoldReason.SCOPE_UNCLEAR}
    office.decide(request_id, DecisionKind.CORRECT, ticks={Choice.SCOPE_ALL: True})
    office.work()
    assert office.state(request_id) is State.CLOSED


def test_a_box_that_is_ticked_after_all_can_hold_the_request(office: SmallOffice) -> None:
    request_id = held(office)
    office.decide(request_id, DecisionKind.CORRECT, corrections=RIGHT_DAY, ticks={Choice.PURPOSE_LEGAL: True})
    office.work()
    assert office.state(request_id) is State.HELD
    match = office.store.latest(Match, request_id)
    assert match and match.patient


@pytest.mark.parametrize(("said", "ticked"), [("ticked", True), ("Not ticked", False), ("yes", True), ("no", False)])
def test_boxes_are_named_as_fields_are(said: str, ticked: bool) -> None:
    found = said_of([f"scope.xrays={said}", "patient.dob=03/14/1987"])
    assert found.ticks == {Choice.SCOPE_XRAYS: ticked} and found.corrections == {FieldName.PATIENT_DOB: "1987-03-14"}


@pytest.mark.parametrize("said", ["scope.xrays=maybe", "scope.nothing=ticked", "scope.xrays"])
def test_a_box_that_there_is_not_or_that_is_neither_is_refused(said: str) -> None:
    with pytest.raises(NoSuchValue):
        said_of([said])


def test_patients_are_named_with_their_birth_dates() -> None:
    [ann] = patients_of(["Ann  Ruiz=03/14/1987"])
    assert (ann.name, ann.dob.isoformat()) == ("Ann Ruiz", "1987-03-14")
    for said in ("Ann Ruiz", "=03/14/1987", "Ann Ruiz=soon"):
        with pytest.raises(NoSuchValue):
            patients_of([said])
