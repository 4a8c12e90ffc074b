"""match and what people decide on what it held: families, the same again, revocations, rulings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.letters import LetterKind
from pipeline.reviewing.correspondence import Wanted, write
from pipeline.reviewing.ground import NotPossible
from pipeline.reviewing.revoking import NotRevocable, lift, revoke
from pipeline.store.states import State
from schemas.decision import DecisionKind as D
from schemas.disclosure import LogEvent
from schemas.reading import FieldName, Signature
from schemas.release import Finding, IdentityEvidence, IdentityMethod, Match, PathwayName, Release, StationName
from schemas.release import HoldReason as H
from tests.stories.made_up import PRACTICE
from tests.workers.small import LAKESIDE, SUMMIT, SmallOffice, letter_of, request_of
from workers import match as station


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


# ---- the ordinary request ------------------------------------------------------------------------------------------------


def test_a_request_in_order_is_delivered_and_its_reasons_are_kept(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1))
    office.work()
    assert office.state(request_id) is State.CLOSED
    match = office.store.latest(Match, request_id)
    assert match is not None
    assert match.patient is not None
    assert match.patient.patient_id == "P0001"
    assert match.due is not None
    assert match.due_because
    assert len(office.sets()) == 1


# ---- families ------------------------------------------------------------------------------------------------------------


def test_a_letter_of_a_family_becomes_a_request_for_each(office: SmallOffice) -> None:
    letter = office.drop(letter_of([1, 2, 3], signer=1))
    office.work()
    assert office.state(letter) is State.SPLIT
    parts = office.parts(letter)
    assert len(parts) == 3
    assert [office.row(part).patient_id for part in parts] == ["P0001", "P0002", "P0003"]
    [entry] = office.logged(LogEvent.SPLIT)
    assert entry.details["parts"] == parts


def test_of_a_family_one_goes_while_the_others_wait_for_their_own_signature(office: SmallOffice) -> None:
    letter = office.drop(letter_of([1, 2], signer=1))
    office.work()
    first, second = office.parts(letter)
    assert office.state(first) is State.CLOSED
    assert office.state(second) is State.HELD
    assert len(office.sets()) == 1


def test_nobody_of_a_family_goes_while_it_is_not_known_who_signed(office: SmallOffice) -> None:
    letter = office.drop(letter_of([1, 2]))
    office.work()
    assert {office.state(part) for part in office.parts(letter)} == {State.HELD}
    assert office.sets() == []


def test_a_practice_may_have_a_person_take_families_apart_and_nobody_of_them_is_lost(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path, policy='families = "hold"')
    letter = office.drop(letter_of([1, 2], signer=1))
    office.work()
    assert office.state(letter) is State.HELD
    assert H.SEVERAL_PATIENTS in office.reasons(letter)
    assert office.parts(letter) == []
    office.decide(letter, D.ACCEPT, why="each of them is meant")
    office.work()
    assert office.state(letter) is State.SPLIT
    first, second = office.parts(letter)
    assert (office.state(first), office.state(second)) == (State.CLOSED, State.HELD)
    office.close()


def test_a_letter_whose_message_comes_twice_makes_each_part_once(office: SmallOffice) -> None:
    letter = office.drop(letter_of([1, 2], signer=1))
    again = office.waiting(letter)
    office.work(StationName.MATCH, most=1)
    office.resend(StationName.MATCH, again)
    office.work()
    assert len(office.parts(letter)) == 2


def test_the_scan_of_a_family_may_be_dropped_again_when_every_part_was_withdrawn(office: SmallOffice) -> None:
    letter = office.drop(letter_of([1, 2]))
    office.work()
    first, second = office.parts(letter)
    office.decide(first, D.WITHDRAW)
    with office.store.unit() as unit:
        assert unit.known_scan(office.row(letter).scan) == letter
    office.decide(second, D.WITHDRAW)
    with office.store.unit() as unit:
        assert unit.known_scan(office.row(letter).scan) is None


# ---- the same again ------------------------------------------------------------------------------------------------------


def test_the_same_asked_for_again_waits_for_a_word_and_shows_the_earlier_one(office: SmallOffice) -> None:
    first = office.drop(request_of(1))
    office.work()
    second = office.drop(request_of(1))
    office.work()
    assert office.state(second) is State.HELD
    [finding] = office.findings(second)
    assert finding.reason is H.ASKED_BEFORE
    assert first in finding.sentence
    assert len(office.sets()) == 1


def test_a_person_may_let_the_same_go_again_and_the_release_says_so(office: SmallOffice) -> None:
    first = office.drop(request_of(1))
    office.work()
    second = office.drop(request_of(1))
    office.work()
    office.decide(second, D.ACCEPT, why="the office lost the first set")
    office.work()
    assert office.state(second) is State.CLOSED
    release = office.store.latest(Release, second)
    assert release is not None
    assert release.repeats == first
    assert release.decided_by == "Ana"
    assert any("the office lost the first set" in said for said in release.decisions)
    assert len(office.sets()) == 2


def test_the_same_to_another_office_is_not_the_same(office: SmallOffice) -> None:
    office.drop(request_of(1, LAKESIDE))
    second = office.drop(request_of(1, SUMMIT))
    office.work()
    assert office.state(second) is State.CLOSED


def test_the_same_after_the_window_goes(office: SmallOffice) -> None:
    office.drop(request_of(1))
    office.work()
    office.clock.turn(91 * 24 * 3600)
    second = office.drop(request_of(1))
    office.work()
    assert office.state(second) is State.CLOSED


def test_of_two_alike_at_the_same_moment_one_is_sent(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either was written down: the second finds out when it is."""
    first, second = office.drop(request_of(1)), office.drop(request_of(1))
    nobody_yet = iter([True, True])
    looked, latest = station.earlier_releases, station.latest_release
    monkeypatch.setattr(station, "earlier_releases", lambda *given: [] if next(nobody_yet, False) else looked(*given))
    none_yet = iter([True, True])
    monkeypatch.setattr(station, "latest_release", lambda *given: "" if next(none_yet, False) else latest(*given))
    office.work()
    assert sorted([office.state(first), office.state(second)]) == [State.CLOSED, State.HELD]
    assert len(office.sets()) == 1


def test_requests_go_their_way_after_a_clock_that_was_fast_was_put_right(office: SmallOffice) -> None:
    """The release that came last is not the one with the latest time."""
    office.clock.turn(7200)
    for earlier in range(4):
        request_id = office.drop(request_of(1))
        office.work()
        if earlier:
            office.decide(request_id, D.ACCEPT)
            office.work()
        assert office.state(request_id) is State.CLOSED
        office.clock.turn(-1800)
    assert len(office.sets()) == 4


def test_a_request_that_was_withdrawn_before_anything_left_does_not_count(office: SmallOffice) -> None:
    first = office.drop(request_of(1))
    office.work(StationName.MATCH, StationName.GATHER)
    office.decide(first, D.WITHDRAW)
    second = office.drop(request_of(1))
    office.work()
    assert office.state(second) is State.CLOSED


def test_what_waited_for_months_and_has_just_left_is_within_the_window(office: SmallOffice) -> None:
    with missing_notes(office):
        first = office.drop(request_of(1))
        office.work()
        office.clock.turn(95 * 24 * 3600)
    office.decide(first, D.TRY_AGAIN)
    office.work()
    second = office.drop(request_of(1))
    office.work()
    assert office.state(second) is State.HELD
    assert office.reasons(second) == {H.ASKED_BEFORE}


def test_what_waits_for_months_already_is_within_the_window(office: SmallOffice) -> None:
    with missing_notes(office):
        office.drop(request_of(1))
        office.work()
        office.clock.turn(95 * 24 * 3600)
        second = office.drop(request_of(1))
        office.work()
    assert office.reasons(second) == {H.ASKED_BEFORE}


def test_what_is_tried_again_after_the_same_has_left_waits_for_a_word(office: SmallOffice) -> None:
    """The first one waited for a page of the chart; meanwhile somebody dropped the request again, and it went."""
    with missing_notes(office):
        first = office.drop(request_of(1))
        office.work()
    second = office.drop(request_of(1))
    office.work()
    office.decide(second, D.ACCEPT)
    office.work()
    office.decide(first, D.TRY_AGAIN)
    office.work()
    assert office.reasons(first) == {H.ASKED_BEFORE}
    assert len(office.sets()) == 1
    office.decide(first, D.ACCEPT, why="the office asked for a second set")
    office.work()
    assert len(office.sets()) == 2


def test_two_that_are_released_anew_after_each_other_stop_no_third(office: SmallOffice) -> None:
    """Each is the one before the other; a third one comes after the later release, not after the earlier one."""
    with missing_notes(office):
        first = office.drop(request_of(1))
        office.work()
        second = office.drop(request_of(1))
        office.work()
        office.decide(second, D.ACCEPT)
        office.work()
        office.decide(first, D.CORRECT, signed=True)
        office.work()
        office.decide(first, D.ACCEPT)
        office.work()
        third = office.drop(request_of(1))
        office.work()
        office.decide(third, D.ACCEPT)
        assert None not in office.work(most=9)
    assert office.reasons(third) == {H.CHART_INCOMPLETE}


@contextmanager
def missing_notes(office: SmallOffice) -> Iterator[None]:
    """Meanwhile a page of the chart of P0001 is away, so what is released is held where it is gathered."""
    notes = office.folder.charts / "P0001" / "notes.pdf"
    away = notes.rename(office.folder.root / "notes.pdf")
    yield
    away.rename(notes)


# ---- revocations ---------------------------------------------------------------------------------------------------------


WAY = (StationName.MATCH, StationName.GATHER, StationName.DUPLICATE, StationName.VERIFY)


@pytest.mark.parametrize("passed", range(1, len(WAY) + 1), ids=lambda passed: f"after {WAY[passed - 1]}")
def test_a_revocation_stops_a_release_whatever_station_it_has_passed(office: SmallOffice, passed: int) -> None:
    request_id = office.drop(request_of(1))
    office.work(*WAY[:passed])
    revoke(office.store, "P0001", how="call", who="Ben", words="I changed my mind")
    office.work()
    assert office.state(request_id) is State.HELD
    assert office.reasons(request_id) == {H.REVOKED}
    assert office.sets() == []


def test_a_revocation_before_the_request_is_matched_holds_it_with_all_else_that_is_wrong(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1).model_copy(update={"signature": Signature(present=False, confidence=1)}))
    revoke(office.store, "P0001", how="letter", who="Ben")
    office.work()
    assert {H.REVOKED, H.NOT_SIGNED} <= office.reasons(request_id)


def test_a_revocation_between_the_intent_and_the_handing_over_stops_it(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1))
    office.work(StationName.MATCH, StationName.GATHER, StationName.DUPLICATE, StationName.VERIFY)
    office.work(StationName.DELIVER, most=1)
    assert office.state(request_id) is State.DELIVERING
    found = revoke(office.store, "P0001", how="call", who="Ben")
    assert ["is stopped" in one.sentence for one in found.requests] == [True]
    office.work()
    assert office.reasons(request_id) == {H.REVOKED}
    assert office.sets() == []


def test_a_revocation_for_one_office_stops_nothing_for_another(office: SmallOffice) -> None:
    to_lakeside, to_summit = office.drop(request_of(1, LAKESIDE)), office.drop(request_of(1, SUMMIT))
    revoke(office.store, "P0001", office_id="lakeside", how="call", who="Ben")
    office.work()
    assert office.state(to_lakeside) is State.HELD
    assert office.state(to_summit) is State.CLOSED


def test_nobody_may_accept_a_revocation_away(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1))
    revoke(office.store, "P0001", how="call", who="Ben")
    office.work()
    with pytest.raises(NotPossible, match="Nobody may let that go"):
        office.decide(request_id, D.ACCEPT)


def test_a_lifted_revocation_lets_the_request_go_when_it_is_tried_again(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1))
    number = revoke(office.store, "P0001", how="call", who="Ben").number
    office.work()
    assert number is not None
    lift(office.store, number, who="Ana", why="signed a new form on 11/22")
    office.decide(request_id, D.TRY_AGAIN)
    office.work()
    assert office.state(request_id) is State.CLOSED
    assert [entry.actor for entry in office.logged(LogEvent.REVOKED, LogEvent.LIFTED)] == ["Ben", "Ana"]


def test_a_revocation_is_lifted_once_and_by_somebody(office: SmallOffice) -> None:
    number = revoke(office.store, "P0001", how="call", who="Ben").number
    assert number is not None
    with pytest.raises(NotRevocable, match="who"):
        lift(office.store, number, who=" ", why="x")
    lift(office.store, number, who="Ana", why="by mistake")
    with pytest.raises(NotRevocable, match="lifted already"):
        lift(office.store, number, who="Ana", why="again")


def test_whoever_revokes_after_the_set_has_left_is_told_so(office: SmallOffice) -> None:
    office.drop(request_of(1))
    office.work()
    found = revoke(office.store, "P0001", how="call", who="Ben")
    assert ["cannot be called back" in one.sentence for one in found.requests] == [True]


def test_a_letter_that_takes_a_permission_back_is_recorded_and_stops_what_is_under_way(office: SmallOffice) -> None:
    under_way = office.drop(request_of(1))
    office.work(StationName.MATCH, StationName.GATHER)
    letter = office.drop(request_of(1).model_copy(update={"revokes": True}))
    office.work(StationName.MATCH)
    office.work()
    assert office.state(letter) is State.HELD
    assert office.state(under_way) is State.HELD
    [recorded] = office.store.revocations("P0001")
    assert (recorded.how, recorded.request_id) == ("scan", letter)
    assert office.sets() == []


# ---- rulings -------------------------------------------------------------------------------------------------------------


def test_a_corrected_birth_date_lets_the_request_go(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, patient__dob="1999-09-09"))
    office.work()
    assert office.state(request_id) is State.HELD
    right = request_of(1).fields[FieldName.PATIENT_DOB].value
    office.decide(request_id, D.CORRECT, corrections={FieldName.PATIENT_DOB: right})
    office.work()
    assert office.state(request_id) is State.CLOSED
    release = office.store.latest(Release, request_id)
    assert release is not None
    assert release.decided_by == "Ana"


def test_a_signature_that_a_person_sees_counts(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1).model_copy(update={"signature": Signature(present=None, confidence=0.2)}))
    office.work()
    assert office.reasons(request_id) == {H.NOT_SIGNED}
    office.decide(request_id, D.CORRECT, signed=True)
    office.work()
    assert office.state(request_id) is State.CLOSED


def test_whoever_settles_one_thing_has_not_settled_the_next(office: SmallOffice) -> None:
    unsigned = Signature(present=False, confidence=1)
    request_id = office.drop(request_of(1, patient__dob="1999-09-09").model_copy(update={"signature": unsigned}))
    office.work()
    right = request_of(1).fields[FieldName.PATIENT_DOB].value
    office.decide(request_id, D.CORRECT, corrections={FieldName.PATIENT_DOB: right})
    office.work()
    assert office.reasons(request_id) == {H.NOT_SIGNED}
    assert office.sets() == []


def test_a_chosen_patient_is_the_one_whose_chart_is_copied(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, patient__dob=None))
    office.work()
    assert office.state(request_id) is State.HELD
    office.decide(request_id, D.PATIENT, patient_id="P0001")
    office.work()
    assert office.state(request_id) is State.CLOSED


def test_a_patient_of_the_same_house_who_was_chosen_by_a_slip_waits_for_a_second_look(office: SmallOffice) -> None:
    """The phone agrees, for they share it; name and birth date are another's, and so is the name under the signature."""
    shared = request_of(2).fields[FieldName.PATIENT_PHONE].value
    request_id = office.drop(request_of(1, patient__phone=shared, requester__name="Daniel Oyelaran", expiry__event="moving"))
    office.work(StationName.MATCH)
    office.decide(request_id, D.PATIENT, patient_id="P0002")
    office.work(StationName.MATCH)
    assert H.PATIENT_DIFFERS in office.reasons(request_id)


def test_a_patient_that_there_is_not_cannot_be_chosen(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, patient__dob=None))
    office.work()
    office.decide(request_id, D.PATIENT, patient_id="P9999")
    office.work()
    assert office.state(request_id) is State.HELD
    assert office.sets() == []


def test_a_destination_is_confirmed_by_calling_the_number_that_is_known(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, destination__fax="(555) 010-9999", destination__street=None))
    office.work()
    assert office.state(request_id) is State.HELD
    with pytest.raises(NotPossible, match="called back"):
        office.decide(request_id, D.DESTINATION, office_id="lakeside")
    office.decide(request_id, D.DESTINATION, office_id="lakeside", called="(555) 010-0101")
    office.work()
    assert office.state(request_id) is State.CLOSED
    release = office.store.latest(Release, request_id)
    assert release is not None
    assert any("(555) 010-0101" in said for said in release.decisions)


@pytest.mark.parametrize("called", ["n/a", "yes", "555-0101", "0"])
def test_a_call_back_needs_a_number_that_can_be_called(office: SmallOffice, called: str) -> None:
    request_id = office.drop(request_of(1, destination__fax="(555) 010-9999", destination__street=None))
    office.work()
    with pytest.raises(NotPossible, match="area code"):
        office.decide(request_id, D.DESTINATION, office_id="lakeside", called=called)


def test_whoever_calls_the_patient_s_number_on_the_request_has_not_called_the_office(office: SmallOffice) -> None:
    """Whoever wrote the request wrote that number, too."""
    request_id = office.drop(request_of(1, patient__phone="(555) 013-7777", destination__fax="(555) 010-9999"))
    office.work()
    office.decide(request_id, D.DESTINATION, office_id="lakeside", called="555-013-7777")
    office.work()
    assert office.reasons(request_id) == {H.DESTINATION_DIFFERS}
    assert office.sets() == []


@pytest.mark.parametrize("what", [D.CORRECT, D.PATIENT, D.DESTINATION, D.PATHWAY, D.IDENTITY])
def test_a_ruling_that_says_nothing_is_refused(office: SmallOffice, what: D) -> None:
    request_id = office.drop(request_of(1, patient__dob=None))
    office.work()
    with pytest.raises(NotPossible, match="Say"):
        office.decide(request_id, what)
    assert office.state(request_id) is State.HELD


def test_whoever_lets_something_go_says_why(office: SmallOffice) -> None:
    office.drop(request_of(1))
    office.work()
    request_id = office.drop(request_of(1))
    office.work()
    with pytest.raises(NotPossible, match="Say why"):
        office.decide(request_id, D.ACCEPT, why=" ")


def test_a_rejected_request_ends_with_a_reason_and_sends_nothing(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, patient__dob=None))
    office.work()
    with pytest.raises(NotPossible, match="Say why"):
        office.decide(request_id, D.REJECT, why="")
    office.decide(request_id, D.REJECT, why="the form is of another practice")
    office.work()
    assert office.state(request_id) is State.REJECTED
    assert office.sets() == []
    [entry] = office.logged(LogEvent.REJECTED)
    assert entry.actor == "Ana"


def test_what_was_held_further_down_the_line_is_matched_anew_by_a_ruling(office: SmallOffice) -> None:
    """The chart is of somebody else: the patient was the wrong one after all, and the request does not name the other one."""
    request_id = office.drop(request_of(1))
    office.work(StationName.MATCH)
    (office.folder.charts / "P0001" / "notes.pdf").unlink()
    office.work()
    assert office.reasons(request_id) == {H.CHART_INCOMPLETE}
    office.decide(request_id, D.PATIENT, patient_id="P0002")
    office.work()
    match = office.store.latest(Match, request_id)
    assert match is not None
    assert match.patient is not None
    assert match.patient.patient_id == "P0002"
    assert office.state(request_id) is State.HELD
    assert office.sets() == []


# ---- what may have left already ------------------------------------------------------------------------------------------


def test_nobody_rules_on_a_set_that_may_have_left(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program broke off right after the set was shown. Matched anew, it would go a second time, under another key."""
    request_id = office.drop(request_of(1))
    office.work(*WAY)
    courier = office.house.bench.couriers["folder"]
    hand_over = courier.deliver

    def broken(*given: Any, **named: Any) -> None:
        hand_over(*given, **named)
        raise ValueError("broke off")

    monkeypatch.setattr(courier, "deliver", broken)
    office.work()
    monkeypatch.undo()
    assert office.reasons(request_id) == {H.SYSTEM_FAULT}
    with pytest.raises(NotPossible, match="try again"):
        office.decide(request_id, D.CORRECT, signed=True)
    office.decide(request_id, D.TRY_AGAIN)
    office.work()
    assert office.state(request_id) is State.CLOSED
    assert len(office.sets()) == 1


@pytest.mark.parametrize("what", [D.WITHDRAW, D.REJECT])
def test_what_was_delivered_does_not_end_as_unsent_where_its_message_is_not_understood(office: SmallOffice, what: D) -> None:
    request_id = office.drop(request_of(1))
    office.work(*WAY, StationName.DELIVER)
    held_by_another_version(office, request_id, StationName.CLOSE)
    with pytest.raises(NotPossible, match="was delivered"):
        office.decide(request_id, what)


def test_what_was_being_handed_over_is_not_called_unsent_where_its_message_is_not_understood(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1))
    office.work(*WAY)
    office.work(StationName.DELIVER, most=1)
    with office.store.unit() as unit:
        unit.begin_handing_over(request_id, office.row(request_id).revision, "P0001", "lakeside")
    held_by_another_version(office, request_id, StationName.DELIVER)
    office.decide(request_id, D.WITHDRAW)
    [entry] = office.logged(LogEvent.WITHDRAWN)
    assert entry.details["uncertain"]
    again = office.drop(request_of(1))
    office.work(StationName.MATCH)
    assert office.reasons(again) == {H.ASKED_BEFORE}


def held_by_another_version(office: SmallOffice, request_id: str, station_name: StationName) -> None:
    """Its message came from another version of ChartRelay, and nobody here understands it."""
    with office.store.unit() as unit:
        unit.change(request_id, office.row(request_id).revision, station=station_name, state=State.HELD)
        unit.hold(request_id, station_name, b"{}", [Finding(reason=H.SYSTEM_FAULT, sentence="ChartRelay made a mistake.")])


# ---- what a ruling carries -----------------------------------------------------------------------------------------------


def test_what_was_seen_and_accepted_of_one_patient_does_not_count_for_another_found_since(
    office: SmallOffice,
) -> None:
    """The papers name one ward of the guardian; a correction of name and birth date makes it a request for another."""
    request_id = office.drop(request_of(1, requester__name="Olive Gardner", requester__relationship="guardian"))
    office.work()
    seen = IdentityEvidence(
        method=IdentityMethod.AUTHORITY_PAPERS, what="Guardianship of Daniel Oyelaran.", who="Ana", at=office.clock.now()
    )
    with missing_notes(office):
        office.decide(request_id, D.IDENTITY, identity=seen)
        office.work()
        office.decide(request_id, D.ACCEPT)
        office.work()
        assert office.reasons(request_id) == {H.CHART_INCOMPLETE}
    other = request_of(2).fields
    names = (FieldName.PATIENT_NAME, FieldName.PATIENT_DOB, FieldName.PATIENT_PHONE)
    office.decide(request_id, D.CORRECT, corrections={name: other[name].value for name in names})
    office.work()
    assert office.row(request_id).patient_id == "P0002"
    assert any("papers" in finding.sentence for finding in office.findings(request_id))
    assert any("guardian" in finding.sentence for finding in office.findings(request_id))
    assert office.sets() == []


def test_what_was_accepted_for_one_office_is_not_accepted_for_another(office: SmallOffice) -> None:
    """The sentence names no office: whoever knows that the patient is treated there does not know it of the other."""
    in_the_directory(office, kind="dentist")
    unsigned = Signature(present=False, confidence=1)
    letter = request_of(1, requester__name="Dr. Susan Chen DDS", purpose="continuing care")
    request_id = office.drop(letter.model_copy(update={"signature": unsigned}))
    office.work()
    with missing_notes(office):
        office.decide(request_id, D.ACCEPT)
        office.work()
        assert office.reasons(request_id) == {H.CHART_INCOMPLETE}
    office.decide(request_id, D.DESTINATION, office_id="summit", called="(555) 010-0201")
    office.work()
    assert any("has not signed" in finding.sentence for finding in office.findings(request_id))
    assert office.sets() == []


def test_what_was_accepted_stays_accepted_while_patient_and_office_stay(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, expiry__event="when my braces come off"))
    office.work()
    with missing_notes(office):
        office.decide(request_id, D.ACCEPT)
        office.work()
        assert office.reasons(request_id) == {H.CHART_INCOMPLETE}
    office.decide(request_id, D.CORRECT, signed=True)
    office.work()
    assert office.state(request_id) is State.CLOSED


def test_whoever_takes_another_pathway_has_accepted_nothing_on_it(office: SmallOffice) -> None:
    in_the_directory(office, kind="attorney")
    request_id = office.drop(request_of(1))
    office.work()
    office.decide(request_id, D.PATHWAY, pathway=PathwayName.TREATMENT)
    office.work()
    office.decide(request_id, D.ACCEPT)
    office.work()
    office.decide(request_id, D.PATHWAY, pathway=PathwayName.PATIENT_DIRECTIVE)
    office.work()
    assert any("is an attorney" in finding.sentence for finding in office.findings(request_id))


def test_a_call_back_counts_for_the_entry_that_the_directory_had_then(office: SmallOffice) -> None:
    in_the_directory(office, trusted="no")
    unsure = Signature(present=None, confidence=0.2)
    request_id = office.drop(request_of(1).model_copy(update={"signature": unsure}))
    office.work()
    office.decide(request_id, D.DESTINATION, office_id="lakeside", called="(555) 010-0101")
    office.work()
    assert office.reasons(request_id) == {H.NOT_SIGNED}
    in_the_directory(office, city="Elsewhere")
    office.decide(request_id, D.CORRECT, signed=True)
    office.work()
    assert office.reasons(request_id) == {H.DESTINATION_DIFFERS}
    office.decide(request_id, D.CORRECT, signed=True)
    office.work()
    assert office.reasons(request_id) == {H.DESTINATION_DIFFERS}
    office.decide(request_id, D.DESTINATION, office_id="lakeside", called="(555) 010-0101")
    office.work()
    assert office.state(request_id) is State.CLOSED


def test_what_was_matched_last_is_the_latest_also_where_it_was_matched_so_before(office: SmallOffice) -> None:
    """One patient is chosen, then another, then the first one again: letters and people must see the first one."""
    request_id = office.drop(request_of(1, patient__dob=None, destination__fax="(555) 010-9999"))
    office.work()
    for patient_id in ("P0001", "P0002", "P0001"):
        office.decide(request_id, D.PATIENT, patient_id=patient_id)
        office.work()
    match = office.store.latest(Match, request_id)
    assert match is not None
    assert match.patient is not None
    assert match.patient.patient_id == "P0001"


def test_a_letter_goes_to_nobody_whom_the_request_is_not_about_any_more(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1))
    with missing_notes(office):
        office.work()
    release = office.store.latest(Release, request_id)
    assert release is not None
    assert release.patient.street
    office.decide(request_id, D.PATIENT, patient_id="P0002")
    office.work()
    assert office.state(request_id) is State.HELD
    letter = write(office.store, office.house.bench.vault, PRACTICE, request_id, Wanted(LetterKind.MISSING, "Ana"))
    assert release.patient.street not in letter.address


def in_the_directory(office: SmallOffice, **columns: str) -> None:
    """Every office of the directory has these from now on."""
    with office.folder.directory_csv.open(encoding="utf-8", newline="") as stream:
        rows = [row | columns for row in csv.DictReader(stream)]
    with office.folder.directory_csv.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_number_that_was_corrected_away_is_still_one_of_the_request(office: SmallOffice) -> None:
    """Whoever wrote the request wrote that number; taking it out of the reading makes it nobody else's."""
    request_id = office.drop(request_of(1, destination__phone="(555) 013-1313", destination__fax="(555) 010-9999"))
    office.work()
    office.decide(request_id, D.CORRECT, corrections={FieldName.DESTINATION_PHONE: ""})
    office.work()
    assert office.state(request_id) is State.HELD
    office.decide(request_id, D.DESTINATION, office_id="lakeside", called="(555) 013-1313")
    office.work()
    assert office.state(request_id) is State.HELD
    assert office.sets() == []


def test_a_second_request_behind_a_familys_letter_holds_all_of_them(office: SmallOffice) -> None:
    letter = letter_of([1, 2], signer=1).model_copy(update={"notices": ("A second request begins on page 3.",)})
    request_id = office.drop(letter)
    office.work()
    assert {office.state(part) for part in office.parts(request_id)} == {State.HELD}
