"""Every route of the desk with the decision about who may come in, and every role at every route."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.desk.app import make_app
from pipeline.desk.door import anyone, decided, stranger
from pipeline.desk.guard import DOOR, UNWATCHED
from schemas.people import MAY, Act, Role
from tests.desk.conftest import ADDRESS, bearer, logged_in
from tests.desk.morning import Morning, busy_morning

ANYONE, STRANGER = "anyone", "stranger"
DECIDED: dict[tuple[str, str], Act | str] = {
    ("GET", "/"): Act.SEE_BOARD,
    ("GET", "/queue"): Act.SEE_QUEUE,
    ("GET", "/queue/next"): Act.SEE_QUEUE,
    ("GET", "/requests/{request_id}"): Act.SEE_REQUESTS,
    ("GET", "/requests/{request_id}/pages/{number}/{rendering}.jpg"): Act.SEE_REQUESTS,
    ("GET", "/requests/{request_id}/fields/{name}.jpg"): Act.SEE_REQUESTS,
    ("GET", "/requests/{request_id}/pictures/{sha256}.png"): Act.SEE_REQUESTS,
    ("POST", "/requests/{request_id}/decide"): Act.DECIDE,
    ("POST", "/requests/{request_id}/letter"): Act.DECIDE,
    ("POST", "/requests/{request_id}/claim"): Act.DECIDE,
    ("POST", "/requests/{request_id}/release"): Act.DECIDE,
    ("POST", "/requests/{request_id}/pend"): Act.DECIDE,
    ("POST", "/requests/{request_id}/escalate"): Act.DECIDE,
    ("POST", "/drop"): Act.DROP,
    ("POST", "/chores/{chore}"): Act.TICK_CHORES,
    ("GET", "/log"): Act.SEE_LOG,
    ("GET", "/log/counts"): Act.SEE_LOG,
    ("GET", "/log/accounting"): Act.SEE_LOG,
    ("GET", "/log/accounting.csv"): Act.SEE_LOG,
    ("GET", "/log/accounting.json"): Act.SEE_LOG,
    ("GET", "/log/accounting.pdf"): Act.SEE_LOG,
    ("POST", "/log/check"): Act.VERIFY_LOG,
    ("GET", "/log/head.json"): Act.VERIFY_LOG,
    ("GET", "/log/{seq}"): Act.SEE_LOG,
    ("GET", "/log/{seq}/proof.json"): Act.VERIFY_LOG,
    ("GET", "/log.csv"): Act.EXPORT_LOG,
    ("GET", "/log.json"): Act.EXPORT_LOG,
    ("GET", "/log.pdf"): Act.EXPORT_LOG,
    ("GET", "/releases/{request_id}"): Act.SEE_LOG,
    ("GET", "/releases/{request_id}/all.json"): Act.EXPORT_LOG,
    ("GET", "/releases/{request_id}/all.pdf"): Act.EXPORT_LOG,
    ("GET", "/releases/{request_id}/breach"): Act.BREACH,
    ("GET", "/releases/{request_id}/breach.pdf"): Act.BREACH,
    ("POST", "/releases/{request_id}/breach"): Act.BREACH,
    ("POST", "/releases/{request_id}/retract"): Act.BREACH,
    ("GET", "/access"): Act.SEE_ACCESS,
    ("GET", "/api/requests"): Act.SEE_REQUESTS,
    ("GET", "/api/queue"): Act.SEE_QUEUE,
    ("GET", "/api/log"): Act.SEE_LOG,
    ("GET", "/metrics"): Act.SEE_METRICS,
    ("GET", "/people"): Act.ADMINISTER,
    ("POST", "/people"): Act.ADMINISTER,
    ("GET", "/people/{person_id}"): Act.ADMINISTER,
    ("POST", "/people/{person_id}/roles"): Act.ADMINISTER,
    ("POST", "/people/{person_id}/reset"): Act.ADMINISTER,
    ("POST", "/people/{person_id}/disable"): Act.ADMINISTER,
    ("POST", "/people/{person_id}/enable"): Act.ADMINISTER,
    ("POST", "/people/{person_id}/log-out"): Act.ADMINISTER,
    ("GET", "/tokens"): Act.ADMINISTER,
    ("POST", "/tokens"): Act.ADMINISTER,
    ("POST", "/tokens/{name}/revoke"): Act.ADMINISTER,
    ("GET", "/alive"): ANYONE,
    ("GET", "/account"): ANYONE,
    ("POST", "/account/password"): ANYONE,
    ("GET", "/account/second-factor"): ANYONE,
    ("POST", "/account/second-factor"): ANYONE,
    ("POST", "/account/second-factor/remove"): ANYONE,
    ("POST", "/account/elsewhere"): ANYONE,
    ("POST", "/logout"): ANYONE,
    ("GET", "/login"): STRANGER,
    ("POST", "/login"): STRANGER,
    ("GET", "/login/code"): STRANGER,
    ("POST", "/login/code"): STRANGER,
    ("GET", "/login/sso"): STRANGER,
    ("GET", "/login/sso/back"): STRANGER,
    ("GET", "/link/{link}"): STRANGER,
    ("POST", "/link/{link}"): STRANGER,
    ("GET", "/healthz"): STRANGER,
}
"""A new route is decided upon here, or the tests fail."""
FILLED = {
    "request_id": "R-000002",
    "number": "1",
    "rendering": "page",
    "name": "patient.name",
    "sha256": "0" * 64,
    "seq": "1",
    "person_id": "999",
    "link": "x" * 43,
    "chore": "999",
}


def filled(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: FILLED[found[1]], path)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """A busy morning for this file alone: here things are changed."""
    return busy_morning(tmp_path_factory.mktemp("roles") / "practice")


@pytest.fixture(scope="module")
def app(busy: Morning) -> FastAPI:
    return make_app(busy.desk())


def test_every_route_is_decided_upon(app: FastAPI) -> None:
    named = {anyone: ANYONE, stranger: STRANGER}
    assert {place: need.act or named[need] for place, need in decided(app).items()} == DECIDED


@pytest.mark.parametrize("place", DECIDED, ids=" ".join)
def test_every_role_gets_as_far_as_it_may(app: FastAPI, busy: Morning, place: tuple[str, str]) -> None:
    (method, path), act = place, DECIDED[place]
    for role in Role:
        browser = logged_in(app, busy, frozenset({role}))
        status = browser.post(filled(path)).status_code if method == "POST" else browser.get(filled(path)).status_code
        allowed = not isinstance(act, Act) or act in MAY[role]
        assert (status != 403) == allowed, role
        assert status < 500 and (status != 401 or act == STRANGER)


@pytest.mark.parametrize("place", DECIDED, ids=" ".join)
def test_a_stranger_gets_only_to_the_door(app: FastAPI, place: tuple[str, str]) -> None:
    method, path = place
    status = TestClient(app, base_url=ADDRESS, follow_redirects=False).request(method, filled(path)).status_code
    if DECIDED[place] != STRANGER:
        assert status == 401
    else:
        assert path.startswith((*DOOR, *UNWATCHED)) and status != 401


@pytest.mark.parametrize("place", [place for place in DECIDED if place[0] == "POST"], ids=" ".join)
def test_nothing_is_changed_without_the_token_of_the_session(app: FastAPI, busy: Morning, place: tuple[str, str]) -> None:
    browser = logged_in(app, busy, frozenset(Role))
    plain = TestClient(app, base_url=ADDRESS, cookies=browser.cookies, follow_redirects=False)
    assert plain.post(filled(place[1])).status_code in (403, 429)


@pytest.mark.parametrize("role", [Role.INTAKE, Role.REVIEWER, Role.AUDITOR])
def test_a_token_gets_as_far_as_its_role_and_not_to_the_pages(app: FastAPI, busy: Morning, role: Role) -> None:
    program, shown = TestClient(app, base_url=ADDRESS), bearer(busy, role, f"of-{role}")
    for (method, path), act in DECIDED.items():
        if method == "GET" and (path.startswith(("/api/", "/metrics")) or path.endswith((".json", ".csv", ".pdf"))):
            assert (program.get(filled(path), headers=shown).status_code != 403) == (act in MAY[role]), path
    for path in ("/", "/queue", "/people", "/account", "/alive"):
        assert program.get(path, headers=shown).status_code == 403


def test_intake_has_no_way_from_the_board_to_a_request(app: FastAPI, busy: Morning) -> None:
    page = logged_in(app, busy, frozenset({Role.INTAKE})).get("/").text
    assert "Oyelaran" in page and "/requests/" not in page and "/queue" not in page


def test_the_table_in_the_documentation_is_the_one_in_the_source() -> None:
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    rows = {found[1]: found[2] for found in re.finditer(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", page, re.MULTILINE)}
    assert list(rows) == [act.value for act in Act]
    for act in Act:
        ticks = [cell.strip() == "✓" for cell in rows[act.value].split("|")]
        assert ticks == [act in MAY[role] for role in Role], act
