"""The exception queue among colleagues: claimed by one, set aside until a day, escalated with a reason."""

import re
import threading
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from pipeline.clock import HandClock
from pipeline.desk.waiting import Show, Sought, waiting
from pipeline.people import accounts
from pipeline.reviewing.claims import NotHeld, Taken, claim, escalate, let_all_go, let_go, set_aside
from pipeline.store.states import State
from pipeline.store.store import Store
from schemas.disclosure import LogEvent
from schemas.people import Person, Role
from schemas.release import Finding, HoldReason, StationName
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401
from tests.desk.conftest import Practice, opened, session_of
from tests.desk.morning import Morning, held_for_the_birth_date, held_with_a_faulty_copy
from tests.desk.office import DeskOffice, office  # noqa: F401
from tests.desk.test_deciding import held as held_at
from tests.desk.test_screens import page

ANA = Person(id=1, login="ana", name="Ana Soto", roles=frozenset({Role.REVIEWER}))
BEN = Person(id=2, login="ben", name="Ben Wu", roles=frozenset({Role.REVIEWER}))
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def held(store: Store) -> str:
    """A request that waits for a person."""
    with store.unit() as unit:
        request_id = unit.new_request(scan="a" * 64, file="scan.pdf", media_type="application/pdf")
        unit.change(request_id, 0, station=StationName.MATCH, state=State.HELD)
        finding = Finding(reason=HoldReason.NOT_SIGNED, sentence="Nobody has signed.")
        unit.hold(request_id, StationName.MATCH, b"{}", [finding])
    return request_id


# ---- claims, on both databases -----------------------------------------------------------------------------------------------


def test_of_two_who_claim_at_the_same_moment_one_gets_it(store: Store, held: str) -> None:
    for _ in range(5):
        ready, outcomes = threading.Barrier(2), []

        def try_it(person: Person, ready: threading.Barrier = ready, outcomes: list[str] = outcomes) -> None:
            ready.wait()
            try:
                claim(store, held, person, HALF_AN_HOUR)
                outcomes.append(person.login)
            except Taken as taken:
                outcomes.append(str(taken))

        both = [threading.Thread(target=try_it, args=(person,)) for person in (ANA, BEN)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        got = {"ana", "ben"} & set(outcomes)
        assert len(outcomes) == 2 and len(got) == 1, outcomes
        winner = ANA if got == {"ana"} else BEN
        assert any(f"{winner.name} works on {held} until" in said for said in outcomes)
        let_go(store, held, winner)


def test_a_claim_lapses_after_its_time(store: Store, clock: HandClock, held: str) -> None:
    claim(store, held, ANA, HALF_AN_HOUR)
    clock.turn(1799)
    with pytest.raises(Taken, match="Ana Soto works on"):
        claim(store, held, BEN, HALF_AN_HOUR)
    clock.turn(1)
    assert claim(store, held, BEN, HALF_AN_HOUR).name == "Ben Wu"


def test_whoever_has_it_keeps_it_longer_and_others_cannot_let_it_go(store: Store, clock: HandClock, held: str) -> None:
    claim(store, held, ANA, HALF_AN_HOUR)
    clock.turn(1200)
    claim(store, held, ANA, HALF_AN_HOUR)
    let_go(store, held, BEN)
    clock.turn(1200)
    with pytest.raises(Taken):
        claim(store, held, BEN, HALF_AN_HOUR)


def test_whoever_logs_off_lets_everything_go(store: Store, held: str) -> None:
    claim(store, held, ANA, HALF_AN_HOUR)
    let_all_go(store, "ana")
    assert claim(store, held, BEN, HALF_AN_HOUR)


def test_what_does_not_wait_cannot_be_claimed(store: Store) -> None:
    with pytest.raises(NotHeld, match="does not wait"):
        claim(store, "R-000009", ANA, HALF_AN_HOUR)


def test_what_is_set_aside_comes_up_again_on_its_day(store: Store, clock: HandClock, held: str) -> None:
    set_aside(store, held, ANA, clock.today() + timedelta(days=3), "papers from the court")
    assert not waiting(store).rows and waiting(store, Sought(show=Show.ASIDE)).rows
    clock.turn(2 * 86400)
    assert not waiting(store).rows
    clock.turn(86400)
    [row] = waiting(store).rows
    assert row.aside and row.aside.until_why == "papers from the court"


def test_what_is_set_aside_comes_up_when_it_is_due(store: Store, clock: HandClock, held: str) -> None:
    set_aside(store, held, ANA, clock.today() + timedelta(days=9), "papers from the court")
    with store.unit() as unit:
        due = clock.today() + timedelta(days=2)
        unit.change(held, 1, station=StationName.MATCH, shown={"due": due.isoformat()})
    assert not waiting(store).rows
    clock.turn(2 * 86400)
    assert waiting(store).rows


def test_setting_aside_twice_keeps_what_was_escalated(store: Store, clock: HandClock, held: str) -> None:
    escalate(store, held, ANA, "an attorney calls every day")
    for days in (1, 2):
        set_aside(store, held, BEN, clock.today() + timedelta(days=days), "she calls back")
    [row] = waiting(store, Sought(show=Show.ASIDE)).rows
    assert row.escalated and row.aside and row.aside.until == clock.today() + timedelta(days=2)


@pytest.mark.parametrize(("days", "why"), [(0, "papers"), (-1, "papers"), (3, " ")])
def test_nothing_is_set_aside_without_a_day_to_come_and_a_reason(
    store: Store, clock: HandClock, held: str, days: int, why: str
) -> None:
    with pytest.raises(NotHeld):
        set_aside(store, held, ANA, clock.today() + timedelta(days=days), why)


# ---- the page ------------------------------------------------------------------------------------------------------------------


def test_a_line_is_claimed_and_let_go_on_the_page(quiet: Morning) -> None:
    request_id = held_for_the_birth_date(quiet)
    browser = opened(quiet)
    answer = browser.post(f"/requests/{request_id}/claim", data={"back": "/queue?show=mine"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?show=mine")
    assert re.search(r"you, until \d\d:\d\d", page(browser, "/queue?show=mine").said)
    assert "Daniel Ruiz scan_0232.pdf" not in page(browser, "/queue?show=free").said
    browser.post(f"/requests/{request_id}/release")
    assert "Daniel Ruiz scan_0232.pdf" in page(browser, "/queue?show=free").said


def test_what_somebody_else_has_claimed_is_said_and_cannot_be_decided(office: DeskOffice) -> None:
    request_id = held_at(office)
    sit_down(office, ANA)
    claim(office.store, request_id, ANA, HALF_AN_HOUR)
    browser = office.somebody()
    assert re.search(r"Ana Soto, until \d\d:\d\d", page(browser, "/queue").said)
    assert "Ana Soto works on it until" in page(browser, f"/requests/{request_id}").said
    refused = browser.post(f"/requests/{request_id}/claim")
    assert refused.status_code == 409 and f"Ana Soto works on {request_id}" in refused.text
    answer = office.fill_in(browser, request_id, "withdraw", why="called")
    assert answer.status_code == 409 and f"Ana Soto works on {request_id}" in answer.text
    assert office.state(request_id) is State.HELD
    office.clock.turn(1800)
    assert office.fill_in(office.somebody(), request_id, "withdraw", why="called").status_code == 303


def test_what_is_escalated_stands_first_with_who_and_why(quiet: Morning) -> None:
    held_with_a_faulty_copy(quiet)
    second = held_for_the_birth_date(quiet)
    browser = opened(quiet)
    browser.post(f"/requests/{second}/escalate", data={"why": "an attorney calls"})
    said = page(browser, "/queue").said
    assert said.index("Daniel Ruiz") < said.index("Tom Birdinground")
    assert "escalated by Ms. reviewer: an attorney calls" in said
    assert "Tom Birdinground" not in page(browser, "/queue?show=escalated").said
    assert "Ms. reviewer escalated it (an attorney calls)." in page(browser, f"/requests/{second}").said


def test_what_is_set_aside_is_in_the_log_with_who_until_when_and_why(office: DeskOffice) -> None:
    request_id = held_at(office)
    until = office.clock.today() + timedelta(days=5)
    office.somebody().post(f"/requests/{request_id}/pend", data={"until": until.isoformat(), "why": "new papers"})
    entry = office.logged(LogEvent.DECIDED, request_id=request_id)[-1]
    assert entry.actor == "Ms. reviewer" and entry.details["until"] == until.isoformat() and entry.details["why"] == "new papers"


def test_of_one_day_what_could_go_wrong_worst_comes_first(store: Store) -> None:
    with store.unit() as unit:
        for reason in (HoldReason.CHORE, HoldReason.DESTINATION_DIFFERS):
            request_id = unit.new_request(scan=reason.value.ljust(64, "0"), file=f"{reason}.pdf", media_type="application/pdf")
            unit.change(request_id, 0, station=StationName.MATCH, state=State.HELD, shown={"due": "2026-12-01"})
            unit.hold(request_id, StationName.MATCH, b"{}", [Finding(reason=reason, sentence="It is held.")])
    assert [row.file for row in waiting(store).rows] == ["destination_differs.pdf", "chore.pdf"]


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/queue?x=//evil", "/log", ""])
def test_a_form_leads_back_to_the_queue_and_nowhere_else(quiet: Morning, back: str) -> None:
    request_id = held_for_the_birth_date(quiet)
    answer = opened(quiet).post(f"/requests/{request_id}/claim", data={"back": back})
    assert answer.headers["location"] == "/queue"


@pytest.mark.parametrize("role", [Role.INTAKE, Role.AUDITOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("act", ["claim", "release", "pend", "escalate"])
def test_only_reviewers_claim_set_aside_and_escalate(quiet: Morning, role: Role, act: str) -> None:
    request_id = held_for_the_birth_date(quiet)
    assert opened(quiet, role).post(f"/requests/{request_id}/{act}").status_code == 403


def test_an_auditor_sees_the_queue_without_its_forms(quiet: Morning) -> None:
    held_for_the_birth_date(quiet)
    browser: TestClient = opened(quiet, Role.AUDITOR)
    assert "/claim" not in browser.get("/queue").text and "/pend" not in browser.get("/queue").text


def test_whoever_logs_out_lets_go_what_they_had(quiet: Morning) -> None:
    request_id = held_for_the_birth_date(quiet)
    browser = opened(quiet)
    browser.post(f"/requests/{request_id}/claim")
    browser.post("/logout")
    assert claim(quiet.store, request_id, BEN, HALF_AN_HOUR)


def sit_down(practice: Practice, person: Person) -> str:
    """They log in; the secret of their session."""
    with practice.store.unit() as unit:
        account = accounts.add(
            unit.connection, unit.at, login=person.login, name=person.name, roles=frozenset({Role.REVIEWER}), by="a test"
        )
    return session_of(practice, account)


def test_whoever_is_logged_off_by_the_clock_works_on_nothing_any_more(office: DeskOffice) -> None:
    request_id = held_at(office)
    sit_down(office, ANA)
    lasts, idle = timedelta(hours=4), office.house.settings.desk.idle
    claim(office.store, request_id, ANA, lasts, idle)
    office.clock.turn(idle.total_seconds() - 1)
    with pytest.raises(Taken, match="Ana Soto works on"):
        claim(office.store, request_id, BEN, lasts, idle)
    office.clock.turn(1)
    browser = office.somebody()
    assert "Ana Soto" not in browser.get("/queue").text and "Ana Soto" not in browser.get(f"/requests/{request_id}").text
    browser.post(f"/requests/{request_id}/claim")
    with pytest.raises(Taken, match=r"Ms\. reviewer works on"):
        claim(office.store, request_id, BEN, lasts)


def test_whoever_is_still_there_in_another_browser_keeps_what_they_have(office: DeskOffice) -> None:
    request_id = held_at(office)
    sit_down(office, ANA)
    lasts, idle = timedelta(hours=4), office.house.settings.desk.idle
    claim(office.store, request_id, ANA, lasts, idle)
    office.clock.turn(idle.total_seconds() + 60)
    with office.store.reading() as connection:
        account = accounts.by_login(connection, "ana")
    assert account
    session_of(office, account)
    with pytest.raises(Taken):
        claim(office.store, request_id, BEN, lasts, idle)


# ---- many of them ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowded(quiet: Morning, monkeypatch: pytest.MonkeyPatch) -> Morning:
    """Five requests wait, and a page has room for two."""
    monkeypatch.setattr("pipeline.desk.waiting.PAGE_ROWS", 2)
    monkeypatch.setattr("pipeline.desk.claiming.PAGE_ROWS", 2)
    for number in range(5):
        request_id = quiet.drop(f"scan_{number}.pdf", f"%PDF-{number}".encode())
        quiet.hold(request_id, StationName.MATCH, [Finding(reason=HoldReason.NO_PATIENT, sentence="Nobody fits.")])
    return quiet


def test_a_long_queue_has_pages_that_keep_the_filter(crowded: Morning) -> None:
    browser = opened(crowded)
    first = browser.get("/queue?reason=no_patient").text
    assert "1 to 2 of 5." in first and "those before" not in first
    [following] = re.findall(r'href="([^"]*behind=2[^"]*)">those after', first)
    second = browser.get(following.replace("&amp;", "&")).text
    assert "3 to 4 of 5." in second and "those before" in second
    seen = [re.findall(r'id="held-(R-\d+)"', page) for page in (first, second, browser.get("/queue?behind=4").text)]
    assert [one for page in seen for one in page] == [f"R-{number:06d}" for number in range(1, 6)]


def test_the_api_gives_the_queue_and_the_requests_page_by_page(crowded: Morning) -> None:
    browser = opened(crowded)
    held: list[str] = []
    after = 0
    while listed := browser.get("/api/queue", params={"limit": 2, "after": after}).json():
        held += [one["id"] for one in listed]
        after = listed[-1]["hold"]
    assert held == [f"R-{number:06d}" for number in range(1, 6)]
    newest = browser.get("/api/requests", params={"limit": 3}).json()
    older = browser.get("/api/requests", params={"limit": 3, "before": newest[-1]["id"]}).json()
    assert [one["id"] for one in (*newest, *older)] == list(reversed(held))
    assert all(one["held"] for one in newest)


# ---- from one to the next --------------------------------------------------------------------------------------------------


def next_of(browser: TestClient, after: str = "") -> str:
    return browser.get("/queue/next", params={"after": after}).headers["location"]


def test_the_next_is_the_one_behind_in_the_order_of_the_queue_and_after_the_last_the_first(quiet: Morning) -> None:
    first, second = held_with_a_faulty_copy(quiet), held_for_the_birth_date(quiet)
    browser = opened(quiet)
    assert next_of(browser) == next_of(browser, second) == f"/requests/{first}"
    assert next_of(browser, first) == f"/requests/{second}"


def test_what_somebody_else_works_on_is_passed_over(quiet: Morning) -> None:
    first, second = held_with_a_faulty_copy(quiet), held_for_the_birth_date(quiet)
    sit_down(quiet, BEN)
    claim(quiet.store, second, BEN, HALF_AN_HOUR)
    assert next_of(opened(quiet), first) == "/queue"
    assert next_of(opened(quiet)) == f"/requests/{first}"


def test_where_nothing_waits_the_next_is_the_queue(quiet: Morning) -> None:
    assert next_of(opened(quiet), "R-000001") == "/queue"
