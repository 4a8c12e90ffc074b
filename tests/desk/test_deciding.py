"""Decisions by form: what a person settles on the page of a request comes true on the line, once, and under their name."""

import re
import shutil
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from pipeline.delivering.folder import FolderCourier
from pipeline.matching.looking_up import look_up
from pipeline.matching.roster import Roster
from pipeline.store.states import State
from schemas.disclosure import LogEntry, LogEvent
from schemas.people import Role
from schemas.reading import Signature
from schemas.release import Finding, HoldReason, StationName
from tests.desk.conftest import ADDRESS, opened
from tests.desk.morning import Morning, held_for_the_birth_date
from tests.desk.office import DeskOffice, office  # noqa: F401
from tests.workers.small import LINE, request_of
from tests.workers.steps import Steps
from tests.workers.test_deliver import AFTER_THE_EFFECT

ELSEWHERE = ("elsewhere", "Nowhere Dental", "1 A St", "", "(330) 555-0199")
OTHER_FAX = {"destination__fax": "(330) 555-0777"}


def decided(office: DeskOffice, request_id: str) -> LogEntry:
    """The last decision in the log."""
    return office.logged(LogEvent.DECIDED, request_id=request_id)[-1]


def held(office: DeskOffice, number: int = 1, **changes: str | None) -> str:
    """A request that the matching station holds."""
    request_id = office.drop(request_of(number, **(changes or {"patient__dob": "1990-01-01"})))
    office.work()
    assert office.state(request_id) is State.HELD
    return request_id


# ---- each of the decisions ---------------------------------------------------------------------------------------------------


def test_the_patient_whom_a_person_chooses_gets_their_copy(office: DeskOffice) -> None:
    request_id = held(office)
    browser = office.somebody()
    shown = browser.get(f"/requests/{request_id}").text
    [patient] = set(re.findall(r'name="patient_id" value="([^"]+)"', shown))
    answer = office.fill_in(browser, request_id, "patient", patient_id=patient, why="she showed her license")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{request_id}")
    office.work()
    assert office.state(request_id) is State.CLOSED
    entry = decided(office, request_id)
    assert entry.actor == "Ms. reviewer" and "she showed her license" in entry.details["sentence"]
    assert {"field": "patient", "old": "", "new": patient} in entry.details["changes"]


def test_another_patient_is_found_by_name_birth_date_or_number_and_chosen(office: DeskOffice) -> None:
    request_id = held(office, patient__name="Nobody Here", patient__phone=None, patient__dob="1990-01-01")
    wanted = office.house.bench.roster.current().by_id(next(iter(office.house.bench.roster.current())).patient_id)
    assert wanted
    browser = office.somebody()
    for sought in (wanted.name, wanted.date_of_birth.isoformat(), f"{wanted.date_of_birth:%m/%d/%Y}", wanted.patient_id):
        shown = browser.get(f"/requests/{request_id}", params={"find": sought}).text
        assert f'name="patient_id" value="{wanted.patient_id}"' in shown, sought
    office.fill_in(browser, request_id, "another", patient_id=wanted.patient_id, why="called under the old name")
    assert decided(office, request_id).details["changes"] == [{"field": "patient", "old": "", "new": wanted.patient_id}]


def test_whom_nobody_answers_to_is_said(office: DeskOffice) -> None:
    request_id = held(office)
    assert "Nobody in the roster answers to that." in office.somebody().get(f"/requests/{request_id}?find=zzzz").text


def test_a_destination_is_confirmed_with_the_number_that_was_called(office: DeskOffice) -> None:
    request_id = held(office, **OTHER_FAX)
    browser = office.somebody()
    assert "known number: (555) 010-0101" in browser.get(f"/requests/{request_id}").text
    office.fill_in(browser, request_id, "destination", office_id="lakeside", called="(555) 010-0101")
    office.work()
    assert office.state(request_id) is State.CLOSED
    entry = decided(office, request_id)
    assert "(555) 010-0101" in entry.details["sentence"]
    assert {"field": "destination", "old": "", "new": "lakeside"} in entry.details["changes"]


def test_a_corrected_value_is_in_the_log_with_what_was_read(office: DeskOffice) -> None:
    request_id = held(office)
    right = "1951-02-02"
    office.fill_in(office.somebody(), request_id, "correct", **{"field.patient.dob": "02/02/1951"})
    office.work()
    assert office.state(request_id) is State.CLOSED
    assert decided(office, request_id).details["changes"] == [{"field": "patient.dob", "old": "1990-01-01", "new": right}]
    assert "by a person; read as 1990-01-01" in office.somebody().get(f"/requests/{request_id}").text


def test_a_second_correction_names_the_first_as_the_old_value(office: DeskOffice) -> None:
    request_id = held(office)
    for day in ("1990-01-02", "1990-01-03"):
        office.fill_in(office.somebody(), request_id, "correct", **{"field.patient.dob": day})
        office.work()
    assert decided(office, request_id).details["changes"] == [{"field": "patient.dob", "old": "1990-01-02", "new": "1990-01-03"}]


def test_a_field_that_was_not_read_and_a_signature_can_be_added(office: DeskOffice) -> None:
    unsure = request_of(5).model_copy(update={"signature": Signature(present=None, confidence=0.4)})
    request_id = office.drop(unsure)
    office.work()
    fields = {"signed": "yes", "added": "requester.relationship", "added_value": "self"}
    office.fill_in(office.somebody(), request_id, "correct", **fields)
    changes = decided(office, request_id).details["changes"]
    assert {"field": "signature", "old": "not certain", "new": "signed"} in changes
    assert {"field": "requester.relationship", "old": "", "new": "self"} in changes


def test_what_was_left_as_it_stood_is_no_correction(office: DeskOffice) -> None:
    request_id = held(office)
    answer = office.fill_in(office.somebody(), request_id, "correct", **{"field.patient.dob": "1990-01-01"})
    assert answer.status_code == 409 and "Say what the page says" in answer.text
    assert office.state(request_id) is State.HELD


def test_only_ticked_findings_are_let_go_and_only_with_a_reason(office: DeskOffice) -> None:
    request_id = held(office, 6, expiry__event="end of treatment")
    browser = office.somebody()
    [key] = set(re.findall(r'name="accepts" value="(\w+)"', browser.get(f"/requests/{request_id}").text))
    assert "Tick what you have looked at" in office.fill_in(browser, request_id, "accept", why="still treated").text
    answer = office.fill_in(browser, request_id, "accept", accepts=key)
    assert "Say why" in answer.text and f'value="{key}" checked' in answer.text
    assert office.fill_in(browser, request_id, "accept", accepts=key, why="still treated").status_code == 303
    office.work()
    assert office.state(request_id) is State.CLOSED


def test_how_somebody_was_verified_is_kept_with_who_saw_it(office: DeskOffice) -> None:
    request_id = held(office, 6, expiry__event="end of treatment")
    office.fill_in(office.somebody(), request_id, "identity", method="photo_id", seen="driver license OH 1234567")
    [decision] = office.store.decisions(request_id)
    assert decision.identity and (decision.identity.who, decision.identity.method) == ("Ms. reviewer", "photo_id")


def test_a_pathway_is_chosen(office: DeskOffice) -> None:
    request_id = held(office, 6, expiry__event="end of treatment")
    office.fill_in(office.somebody(), request_id, "pathway", pathway="authorization", why="it is one")
    assert office.store.decisions(request_id)[-1].pathway == "authorization"


def test_more_time_leaves_it_held_and_offers_the_letter(office: DeskOffice) -> None:
    request_id = held(office)
    until = office.clock.today() + timedelta(days=45)
    browser = office.somebody()
    office.fill_in(browser, request_id, "extend", until=until.isoformat(), why="older records are on film")
    assert office.state(request_id) is State.HELD
    assert f'name="until" value="{until}"' in browser.get(f"/requests/{request_id}").text
    letter = browser.post(f"/requests/{request_id}/letter", data={"kind": "extension", "because": "film", "until": until})
    assert letter.content.startswith(b"%PDF-")


def test_a_refused_request_ends_and_its_letter_can_be_printed(office: DeskOffice) -> None:
    request_id = held(office)
    browser = office.somebody()
    assert "Say why it is rejected" in office.fill_in(browser, request_id, "reject").text
    office.fill_in(browser, request_id, "reject", why="nobody answers")
    assert office.state(request_id) is State.REJECTED
    assert "Print the letter that says why" in browser.get(f"/requests/{request_id}").text
    nothing = browser.post(f"/requests/{request_id}/letter", data={"kind": "denial", "because": "nonsense"})
    assert nothing.status_code == 409 and "A denial names its ground" in nothing.text
    letter = browser.post(f"/requests/{request_id}/letter", data={"kind": "denial", "because": "no_permission"})
    assert letter.headers["content-disposition"] == f'attachment; filename="{request_id}-denial.pdf"'
    assert letter.content.startswith(b"%PDF-")
    [entry] = office.logged(LogEvent.LETTER, request_id=request_id)
    assert entry.actor == "Ms. reviewer"


def test_a_request_that_ends_sends_nothing(office: DeskOffice) -> None:
    request_id = held(office)
    office.fill_in(office.somebody(), request_id, "withdraw", why="the patient called")
    office.work()
    assert office.state(request_id) is State.WITHDRAWN and not office.sets()


def test_a_station_takes_up_what_was_mended(office: DeskOffice) -> None:
    request_id = held(office, **OTHER_FAX)
    directory = office.folder.directory_csv
    directory.write_text(directory.read_text(encoding="utf-8").replace("(555) 010-0102", OTHER_FAX["destination__fax"]))
    office.fill_in(office.somebody(), request_id, "try_again")
    office.work()
    assert office.state(request_id) is State.CLOSED


# ---- what is refused -----------------------------------------------------------------------------------------------------------


def test_a_page_that_was_opened_before_somebody_decided_decides_nothing(office: DeskOffice) -> None:
    request_id = held(office)
    browser = office.somebody()
    old = re.search(r'name="hold" value="(\d+)"', browser.get(f"/requests/{request_id}").text)
    assert old
    office.fill_in(browser, request_id, "correct", **{"field.patient.dob": "1990-01-02"})
    office.work()
    fields = {"way": "reject", "hold": old[1], "why": "too late"}
    answer = browser.post(f"/requests/{request_id}/decide", data=fields)
    assert answer.status_code == 409 and "Somebody decided on" in answer.text and 'value="too late"' in answer.text
    assert office.state(request_id) is State.HELD


def test_what_was_typed_stays_beside_the_sentence_that_refuses_it(office: DeskOffice) -> None:
    request_id = held(office)
    answer = office.fill_in(office.somebody(), request_id, "correct", **{"field.patient.dob": "13/45/2020", "why": "I looked"})
    assert answer.status_code == 409
    assert "write a day that exists" in answer.text
    assert 'value="13/45/2020"' in answer.text and 'value="I looked"' in answer.text
    assert re.search(r'id="do-correct"[^>]* open', answer.text)


MISSING = [
    ("patient", {"why": "sure"}, "Choose the patient"),
    ("patient", {"patient_id": "1"}, "Say why"),
    ("destination", {"office_id": "lakeside"}, "the number that was called"),
    ("identity", {"seen": "a card"}, "Choose the way to verify it"),
    ("identity", {"method": "photo_id"}, "Say what was seen"),
    ("pathway", {"pathway": "nonsense", "why": "sure"}, "Choose the pathway"),
    ("extend", {"until": "soon", "why": "film"}, "Name the day"),
    ("withdraw", {}, "Say why"),
    ("nonsense", {}, "Choose what you decide"),
]


@pytest.mark.parametrize(("way", "fields", "sentence"), MISSING)
def test_a_form_that_says_too_little_is_refused(office: DeskOffice, way: str, fields: dict[str, str], sentence: str) -> None:
    request_id = held(office)
    answer = office.fill_in(office.somebody(), request_id, way, **fields)
    assert answer.status_code == 409 and sentence in answer.text
    assert not office.logged(LogEvent.DECIDED, request_id=request_id)


def test_a_request_that_was_not_read_yet_cannot_be_ruled_on(quiet: Morning) -> None:
    request_id = quiet.drop("scan.pdf", b"%PDF-")
    finding = Finding(reason=HoldReason.UNREADABLE, sentence="The file is damaged and cannot be opened.")
    quiet.hold(request_id, StationName.READ, [finding])
    browser = opened(quiet)
    assert 'id="do-correct"' not in browser.get(f"/requests/{request_id}").text
    answer = browser.post(f"/requests/{request_id}/decide", data={"way": "correct", "field.patient.dob": "1987-04-13"})
    assert answer.status_code == 409 and "has not been read yet" in answer.text


@pytest.mark.parametrize("role", [Role.INTAKE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_reviewers_see_the_forms_and_send_them(office: DeskOffice, role: Role) -> None:
    request_id = held(office)
    browser = office.somebody(role)
    assert "/decide" not in browser.get(f"/requests/{request_id}").text
    for place in ("decide", "letter"):
        assert browser.post(f"/requests/{request_id}/{place}", data={"way": "withdraw", "why": "x"}).status_code == 403
    assert office.state(request_id) is State.HELD


def test_a_form_works_without_a_script(office: DeskOffice) -> None:
    """The token comes as a field of the form, not as a header."""
    request_id = held(office)
    browser = office.somebody()
    fields = {"way": "withdraw", "why": "called", "csrf": browser.csrf}
    headers = {"Origin": ADDRESS, "X-CSRF-Token": ""}
    assert browser.post(f"/requests/{request_id}/decide", data=fields, headers=headers).status_code == 403
    answer = TestClient.post(browser, f"/requests/{request_id}/decide", data=fields, headers={"Origin": ADDRESS})
    assert answer.status_code == 303


def test_a_request_that_there_is_not_is_not_found(office: DeskOffice) -> None:
    assert office.somebody().post("/requests/R-000099/decide", data={"way": "withdraw", "why": "x"}).status_code == 404


def test_a_roster_that_cannot_be_read_is_said_beside_the_search(office: DeskOffice) -> None:
    request_id = held(office)
    office.folder.roster_csv.write_text("nonsense\n1\n", encoding="utf-8")
    shown = office.somebody().get(f"/requests/{request_id}?find=ruiz")
    assert shown.status_code == 200 and "roster.csv" in shown.text


# ---- looking somebody up -------------------------------------------------------------------------------------------------------


def test_every_word_must_belong_to_the_patient(office: DeskOffice) -> None:
    roster: Roster = office.house.bench.roster.current()
    first = next(iter(roster)).patient
    assert look_up(roster, f"{first.last_name[:3]} {first.first_name[:2]}")[0] == first
    assert look_up(roster, f"{first.last_name} {first.date_of_birth:%m/%d/%Y}") == [first]
    assert look_up(roster, f"{first.last_name} nobodyelse") == []
    assert look_up(roster, "  ") == [] and look_up(roster, "!?") == []
    assert len(look_up(roster, first.last_name[:1], most=1)) == 1


# ---- the scan ------------------------------------------------------------------------------------------------------------------


def test_the_buttons_that_need_a_script_are_shown_by_the_script(quiet: Morning) -> None:
    request_id = held_for_the_birth_date(quiet)
    assert re.search(r'class="zoom"[^>]* hidden>', opened(quiet).get(f"/requests/{request_id}").text)


# ---- boxes, a second person, and what was found out ------------------------------------------------------------------------


def test_a_box_is_corrected_as_a_field_is(office: DeskOffice) -> None:
    request_id = held(office)
    browser = office.somebody()
    fields = {"field.patient.dob": "02/02/1951", "box.scope.all": "no", "box.scope.xrays": "yes"}
    office.fill_in(browser, request_id, "correct", **fields)
    office.work()
    assert office.state(request_id) is State.CLOSED
    changes = decided(office, request_id).details["changes"]
    assert {"field": "scope.all", "old": "ticked", "new": "not ticked"} in changes
    assert 'scope: X-rays <span class="soft">by a person</span>' in browser.get(f"/requests/{request_id}").text


def test_a_reviewer_asks_for_a_second_person(office: DeskOffice) -> None:
    request_id = held(office)
    browser = office.somebody()
    assert "Say why" in office.fill_in(browser, request_id, "ask_second").text
    office.fill_in(browser, request_id, "ask_second", why="a custody case")
    office.work()
    office.fill_in(browser, request_id, "correct", **{"field.patient.dob": "02/02/1951"})
    office.work()
    assert "I have looked at it, and agree" in browser.get(f"/requests/{request_id}").text


@pytest.mark.parametrize(("way", "fields", "sets"), [("arrived", {"seen": "Pat, by phone, 10:05"}, 0), ("not_arrived", {}, 1)])
def test_whether_a_set_has_arrived_is_found_out_and_said(
    office: DeskOffice, monkeypatch: pytest.MonkeyPatch, way: str, fields: dict[str, str], sets: int
) -> None:
    request_id = taken_away(office, monkeypatch)
    browser = office.somebody()
    shown = re.findall(r'id="do-(\w+)"', browser.get(f"/requests/{request_id}").text)
    assert shown == ["arrived", "not_arrived", "extend", "try_again", "withdraw"]
    assert "Say why you are sure" in office.fill_in(browser, request_id, way, **fields).text
    assert office.fill_in(browser, request_id, way, **fields, why="I called them").status_code == 303
    office.work()
    assert office.state(request_id) is State.CLOSED and len(office.sets()) == sets


def taken_away(office: DeskOffice, monkeypatch: pytest.MonkeyPatch) -> str:
    """A request whose set was taken away just when the line stopped."""
    request_id = office.drop(request_of(1))
    office.work(*(station for station in LINE if station not in (StationName.DELIVER, StationName.CLOSE)))
    with monkeypatch.context() as patched:
        steps = Steps(patched, [(FolderCourier, "deliver")])
        office.work(StationName.DELIVER, most=1)
        with steps.power_cut_at(AFTER_THE_EFFECT):
            office.work(StationName.DELIVER)
    for folder in office.folder.outgoing.glob("[!.]*/Records *"):
        shutil.rmtree(folder)
    office.work()
    assert office.reasons(request_id) == {HoldReason.DELIVERY_UNCERTAIN}
    return request_id
