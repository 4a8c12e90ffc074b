"""What is refused: who has not logged in, who may not, who pretends, and what wants to be code."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from pipeline.store.states import State
from schemas.people import Role
from tests.browser.conftest import Seat, hand_in
from tests.browser.served import ServedPractice
from tests.desk.morning import EVIL

BEHIND_THE_DOOR = ("/", "/queue", "/requests/R-000001", "/log", "/releases/R-000001", "/access", "/people", "/account")


def test_who_has_logged_out_sees_the_door_also_by_the_back_button(seat: Seat) -> None:
    page = seat("ana")
    page.goto("/requests/R-000002")
    expect(page.get_by_role("heading", name="Margaret Okaforth")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    for place in BEHIND_THE_DOOR:
        answer = page.goto(place)
        assert answer and answer.status == 401
        expect(page.locator("body")).not_to_contain_text("Okaforth")


NOT_FOR = {
    "ina": ("/queue", "/requests/R-000001", "/log", "/people"),
    "uma": ("/people", "/tokens"),
    "ben": ("/access", "/people"),
}


@pytest.mark.parametrize("login", NOT_FOR)
def test_another_role_is_told_no_and_shown_nothing(seat: Seat, login: str) -> None:
    page = seat(login)
    for place in NOT_FOR[login]:
        answer = page.goto(place)
        assert answer and answer.status == 403, place
        expect(page.get_by_role("heading", name="Your role does not allow this.")).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("Okaforth")


def test_a_forged_cookie_opens_nothing(seat: Seat, practice: ServedPractice) -> None:
    page = seat()
    name, secret = practice.cookie("ana")
    for forged in (secret[:-1] + ("A" if secret[-1] != "A" else "B"), "x" * len(secret), "' OR 1=1 --"):
        page.context.add_cookies([{"name": name, "value": forged, "url": practice.url}])
        answer = page.goto("/queue")
        assert answer and answer.status == 401
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_form_on_a_page_elsewhere_decides_nothing(seat: Seat, practice: ServedPractice) -> None:
    page = seat("ana")
    request_id = practice.request_of("scan_0215.pdf")
    page.goto(f"/requests/{request_id}")  # logged in, in this very browser
    page.goto("about:blank")
    page.set_content(
        f'''<form method="post" action="{practice.url}/requests/{request_id}/decide">
        <input name="way" value="withdraw"><input name="why" value="forged"><button>A nice picture</button></form>'''
    )
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", name="This did not come from a page of the desk.")).to_be_visible()
    assert practice.state(request_id) is State.HELD


CLIMBING = (
    "/static/../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/settings.py",
    "/static/..%2f..%2fsettings.py",
    "/static//etc/passwd",
    "/requests/..%2f..%2fvar%2fdesk.key",
    "/requests/R-000001/pages/1/..%2f..%2f..%2fvar%2fdesk.key",
    "/requests/R-000001/pictures/..%2f..%2fdesk.key.png",
)


@pytest.mark.parametrize("path", CLIMBING)
def test_no_address_climbs_out_of_its_folder(practice: ServedPractice, path: str) -> None:
    """Asked without a browser, which would tidy the address up."""
    connection = http.client.HTTPConnection(urlsplit(practice.url).netloc)
    name, secret = practice.cookie("ana")
    connection.putrequest("GET", path)
    connection.putheader("Cookie", f"{name}={secret}")
    connection.endheaders()
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    assert answer.status in (404, 405, 422), said[:200]
    assert b"root:" not in said and b"class Settings" not in said and (practice.folder.var / "desk.key").read_bytes() not in said


def test_the_name_of_a_file_leads_nowhere_and_is_shown_as_it_is(seat: Seat, practice: ServedPractice) -> None:
    clerk = seat("ina")
    settings = practice.folder.settings_file.read_bytes()
    for name in ("../../chartrelay.toml", "..\\..\\evil.pdf", "<img src=x onerror=alert(1)>.pdf"):
        clerk.goto("/")
        hand_in(clerk, name, b"%PDF-1.4 nothing")
        expect(clerk.get_by_role("heading", name="Today")).to_be_visible()
    assert practice.folder.settings_file.read_bytes() == settings
    assert {path.parent for path in practice.folder.root.parent.rglob("*evil*")} == {practice.folder.inbox}
    practice.the_line_runs()
    clerk.goto("/")
    expect(clerk.get_by_text("onerror=alert(1)").first).to_be_visible()
    assert clerk.locator("img[src=x]").count() == 0


def test_what_was_read_on_a_scan_is_shown_and_never_run(seat: Seat, practice: ServedPractice) -> None:
    """Its name, a patient, a finding, a decision: all of it is code. A dialog, or a complaint of the browser, fails the test."""
    page = seat("ana")
    request_id = next(
        entry
        for entry in (f"R-{number:06d}" for number in range(1, 40))
        if (row := practice.store.request(entry)) and "onerror" in (row.file or "") and row.state is State.HELD
    )
    for place in ("/", "/queue", f"/requests/{request_id}", "/log", f"/releases/{request_id}", f"/log?q={EVIL}"):
        page.goto(place)
        assert page.locator("main script, main img[src=x], main [onerror]").count() == 0, place
    page.goto(f"/requests/{request_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{EVIL} → =cmd|' /C calc'!A0")


def test_a_program_is_held_to_its_role(practice: ServedPractice, seat: Seat) -> None:
    program = seat().context.request
    token = {"Authorization": f"Bearer {practice.token('teller', Role.INTAKE)}"}
    assert program.get("/api/log", headers=token).status == 403
    assert program.get("/queue", headers=token).status == 403
    assert program.get("/api/log", headers={"Authorization": "Bearer nonsense"}).status == 401
