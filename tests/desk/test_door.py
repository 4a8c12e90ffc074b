"""The door: who gets in, under which name, and what every answer carries."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.desk.app import DeskKeyError, key_for, make_app
from pipeline.desk.door import own_page
from pipeline.desk.hosts import Hosts
from pipeline.desk.pace import Pace
from pipeline.practice.folder import PracticeFolder
from schemas.people import Role
from tests.desk.conftest import ADDRESS, COOKIE, account_of, opened, session_of
from tests.desk.morning import KEY, START, Morning

PROTECTED = (
    "/",
    "/queue",
    "/requests/R-000002",
    "/requests/R-000002/pages/1/page.jpg",
    "/requests/R-000002/fields/patient.name.jpg",
    "/log",
    "/log/1",
    "/log.csv",
    "/log.json",
    "/metrics",
    "/api/requests",
    "/api/queue",
    "/api/log",
    "/api/openapi.json",
    "/no-such-page",
)


@pytest.mark.parametrize("path", PROTECTED)
def test_without_a_login_nothing_is_shown(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "Ruiz" not in answer.text and "Oyelaran" not in answer.text


def test_a_stranger_is_shown_the_way_in_and_comes_to_the_page_that_was_asked_for(stranger: TestClient) -> None:
    page = stranger.get("/queue?reason=chore")
    assert 'action="/login"' in page.text and 'value="/queue?reason=chore"' in page.text
    assert page.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "to", ["//evil.example/", "/\\\\evil.example", "https://evil.example", "/\\t/evil.example", "javascript:1"]
)
def test_logging_in_never_leads_elsewhere(to: str) -> None:
    assert own_page(to) == "/"
    assert own_page("/queue?reason=chore") == "/queue?reason=chore"


@pytest.mark.parametrize("session", ["", "x", "é", ".", KEY, "0" * 43, "0" * 4000])
def test_a_made_up_session_opens_nothing(app: FastAPI, session: str) -> None:
    stranger = TestClient(app, base_url=ADDRESS)
    assert stranger.get("/", headers=[(b"cookie", f"{COOKIE}={session}".encode())]).status_code == 401


def test_whoever_does_nothing_is_logged_off(quiet: Morning) -> None:
    browser = opened(quiet)
    for _ in range(3):
        quiet.clock.turn(14 * 60)
        assert browser.get("/").status_code == 200
    quiet.clock.turn(15 * 60 + 1)
    assert browser.get("/").status_code == 401


def test_a_page_that_looks_for_news_by_itself_keeps_nobody_logged_in(quiet: Morning) -> None:
    browser = opened(quiet)
    for _ in range(14):
        quiet.clock.turn(60)
        assert browser.get("/", headers={"X-Desk-Live": "1"}).status_code == 200
    quiet.clock.turn(120)
    assert browser.get("/", headers={"X-Desk-Live": "1"}).status_code == 401


def test_a_session_ends_with_the_working_day_however_busy_it_was(quiet: Morning) -> None:
    browser = opened(quiet)
    for _ in range(71):
        quiet.clock.turn(600)
        assert browser.get("/alive").status_code == 204
    quiet.clock.turn(600)
    assert browser.get("/alive").status_code == 401


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    pace = Pace(10)
    for number in range(3 * Pace.ADDRESSES):
        pace.note(str(number), START + timedelta(milliseconds=number))
    assert len(pace._times) == Pace.ADDRESSES


STEERING = ("localhost:80/static/", "localhost/static/", "127.0.0.1:8471/healthz?", "localhost:", "localhost:80:80", "[::1]x")
"""With a path behind the name; some versions of Starlette take it for the path of the request."""
STRANGE = (*STEERING, "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8471", "", "10.0.0.5", "[::2]", "[evil")


@pytest.mark.parametrize("host", STRANGE)
def test_another_pages_name_is_refused_even_from_somebody_known(browser: TestClient, host: str) -> None:
    answer = browser.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "Ruiz" not in answer.text


@pytest.mark.parametrize("host", ["localhost:8471", "LOCALHOST", "127.0.0.1", "[::1]:8471"])
def test_the_desks_own_names_are_known(stranger: TestClient, host: str) -> None:
    assert stranger.get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", STEERING)
@pytest.mark.parametrize("path", ["/requests/R-000002", "/api/requests", "/log.csv"])
def test_no_host_header_steers_a_stranger_past_the_door(stranger: TestClient, path: str, host: str) -> None:
    assert stranger.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["[fe80::1%/static/]", "[::1]/static/", "[::1]:80/static/", "192.168.1.5:/static/"])
def test_a_desk_that_is_open_to_the_network_is_not_steered_by_a_number_either(host: str) -> None:
    assert not Hosts("0.0.0.0").knows(host)  # noqa: S104 -- what a practice may set


def test_a_desk_that_is_open_to_the_network_is_known_by_any_number_but_by_no_strange_name() -> None:
    hosts = Hosts("0.0.0.0")  # noqa: S104 -- what a practice may set
    assert hosts.knows("192.168.1.5:8471") and hosts.knows("[fe80::1]:8471")
    assert not hosts.knows("evil.example:8471")


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/requests/R-000002", "/api/requests", "/healthz"])
def test_nothing_can_be_changed_where_pages_only_show(browser: TestClient, method: str, path: str) -> None:
    assert browser.request(method, path).status_code == 405


@pytest.mark.parametrize("path", [*PROTECTED, "/healthz", "/static/desk.css"])
def test_every_answer_carries_the_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/queue", "/requests/R-000003", "/log", "/log.csv", "/log.json", "/api/queue"])
def test_pages_with_patient_data_are_kept_nowhere(browser: TestClient, path: str) -> None:
    assert browser.get(path).headers["cache-control"] == "no-store"


def test_a_mistake_of_the_program_shows_a_sentence_and_no_details(quiet: Morning) -> None:
    app = make_app(quiet.desk())

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("Daniel Ruiz")

    client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)
    client.cookies.set(COOKIE, session_of(quiet, account_of(quiet, frozenset({Role.REVIEWER}))))
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "made a mistake" in answer.text and "Ruiz" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    key = key_for(folder)
    assert len(key) >= 43
    assert key_for(folder) == key
    assert (folder.var / "desk.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.var.iterdir()] == ["desk.key"]


def test_a_key_that_is_too_short_is_not_taken(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.var.mkdir()
    (folder.var / "desk.key").write_text("secret")
    with pytest.raises(DeskKeyError, match="too short"):
        key_for(folder)
