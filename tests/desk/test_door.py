"""The door: who gets in, under which name, and what every answer carries."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from pipeline.desk.api import api_routes
from pipeline.desk.app import DeskKeyError, key_for, make_app
from pipeline.desk.guard import Guesses
from pipeline.desk.hosts import Hosts
from pipeline.desk.key import SESSION
from pipeline.desk.machine import machine_routes
from pipeline.desk.pages import page_routes
from pipeline.desk.showing import Showing
from pipeline.practice.folder import PracticeFolder
from tests.desk.conftest import ADDRESS, opened
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
def test_without_the_key_nothing_is_shown(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "Ruiz" not in answer.text and "Oyelaran" not in answer.text


def routes(morning: Morning) -> list[APIRoute]:
    """Every route that the desk is made of."""
    desk = morning.desk()
    routers = (page_routes(desk, Showing(desk.store.clock, "")), api_routes(desk.store), machine_routes(desk))
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def test_every_route_asks_for_the_key(morning: Morning, stranger: TestClient) -> None:
    paths = {route.path.replace("{request_id}", "R-000002") for route in routes(morning)} - {"/healthz"}
    assert len(paths) >= 13
    assert {stranger.get(path).status_code for path in paths} == {401}


def test_every_route_only_reads(morning: Morning) -> None:
    assert {method for route in routes(morning) for method in route.methods} == {"GET"}


def test_the_refusal_says_how_to_get_in(stranger: TestClient) -> None:
    page = stranger.get("/")
    assert "chartrelay up" in page.text and "desk.key" in page.text
    assert page.headers["www-authenticate"] == "Bearer"


def test_the_key_in_the_address_opens_a_session_and_leaves_the_address(stranger: TestClient) -> None:
    answer = stranger.get("/queue", params={"reason": "chore", "key": KEY})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/queue?reason=chore"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert KEY not in answer.headers["set-cookie"]
    assert stranger.get("/queue").status_code == 200


def test_the_redirect_never_leads_elsewhere(stranger: TestClient) -> None:
    answer = stranger.get(f"{ADDRESS}//evil.example/", params={"key": KEY})
    assert answer.headers["location"].startswith("/evil.example")


def test_a_program_shows_the_key_in_the_header(stranger: TestClient) -> None:
    assert stranger.get("/api/requests", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    assert stranger.get("/api/requests", headers={"Authorization": f"Bearer {KEY[:-1]}"}).status_code == 401
    assert stranger.get("/api/requests", headers={"Authorization": f"Basic {KEY}"}).status_code == 401


@pytest.mark.parametrize("session", ["", "x", "99999999999.", f"99999999999.{'0' * 64}", "99999999999.é", ".", f"{KEY}"])
def test_a_made_up_session_opens_nothing(app: FastAPI, browser: TestClient, session: str) -> None:
    name = next(iter(browser.cookies))
    stranger = TestClient(app, base_url=ADDRESS)
    assert stranger.get("/", headers=[(b"cookie", f"{name}={session}".encode())]).status_code == 401


def test_a_session_cannot_be_made_longer(browser: TestClient) -> None:
    ((name, session),) = browser.cookies.items()
    ends, _, signature = session.partition(".")
    browser.cookies.clear()
    assert browser.get("/", headers={"cookie": f"{name}=9{ends}.{signature}"}).status_code == 401


def test_a_session_ends_with_the_working_day(quiet: Morning) -> None:
    browser = opened(quiet)
    quiet.clock.turn(SESSION.total_seconds() - 1)
    assert browser.get("/").status_code == 200
    quiet.clock.turn(2)
    assert browser.get("/").status_code == 401


def test_after_ten_wrong_keys_an_address_must_wait_a_minute(quiet: Morning) -> None:
    client = TestClient(make_app(quiet.desk()), base_url=ADDRESS, follow_redirects=False)
    assert [client.get("/", params={"key": f"wrong{n}"}).status_code for n in range(10)] == [401] * 10
    refused = client.get("/", params={"key": KEY})
    assert refused.status_code == 429 and refused.headers["retry-after"] == "60"
    quiet.clock.turn(61)
    assert client.get("/", params={"key": KEY}).status_code == 303


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    guesses = Guesses()
    for number in range(3 * Guesses.ADDRESSES):
        guesses.note(str(number), START + timedelta(milliseconds=number))
    assert len(guesses._wrong) == Guesses.ADDRESSES


STEERING = ("localhost:80/static/", "localhost/static/", "127.0.0.1:8471/healthz?", "localhost:", "localhost:80:80", "[::1]x")
"""With a path behind the name; some versions of Starlette take it for the path of the request."""
STRANGE = (*STEERING, "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8471", "", "10.0.0.5", "[::2]", "[evil")


@pytest.mark.parametrize("host", STRANGE)
def test_another_pages_name_is_refused_even_with_the_key(browser: TestClient, host: str) -> None:
    answer = browser.get("/", headers={"Host": host, "Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 400
    assert "Ruiz" not in answer.text


@pytest.mark.parametrize("host", ["localhost:8471", "LOCALHOST", "127.0.0.1", "[::1]:8471"])
def test_the_desks_own_names_are_known(stranger: TestClient, host: str) -> None:
    assert stranger.get("/", headers={"Host": host, "Authorization": f"Bearer {KEY}"}).status_code == 200


@pytest.mark.parametrize("host", STEERING)
@pytest.mark.parametrize("path", ["/requests/R-000002", "/api/requests", "/log.csv"])
def test_no_host_header_steers_a_stranger_past_the_key(stranger: TestClient, path: str, host: str) -> None:
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
def test_nothing_can_be_changed(browser: TestClient, method: str, path: str) -> None:
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
    answer = client.get("/broken", headers={"Authorization": f"Bearer {KEY}"})
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
