"""Who may come in where, and that a change was really asked for from a page of the desk."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Form
from starlette.testclient import TestClient

from pipeline.desk.app import make_app
from pipeline.desk.door import Need, UndecidedError, anyone, decided, needs
from schemas.people import MAY, Act, Person, Role
from tests.desk.conftest import ADDRESS, Browser, logged_in
from tests.desk.morning import Morning


@pytest.fixture
def changing(quiet: Morning) -> FastAPI:
    """A desk with a page that changes something, for reviewers."""
    app = make_app(quiet.desk())

    @app.post("/change")
    def change(person: Annotated[Person, Depends(needs(Act.DECIDE))], word: Annotated[str, Form()] = "") -> str:
        return f"{word} by {person.name}"

    return app


def test_everything_may_be_done_by_somebody() -> None:
    assert frozenset().union(*MAY.values()) == frozenset(Act)


def test_an_auditor_and_a_mere_administrator_decide_nothing() -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        assert not MAY[role] & {Act.DECIDE, Act.DROP, Act.TICK_CHORES}


def test_the_form_of_a_page_changes_what_its_reader_may_change(changing: FastAPI, quiet: Morning) -> None:
    reviewer = logged_in(changing, quiet, frozenset({Role.REVIEWER}))
    fields = {"word": "done", "csrf": reviewer.csrf}
    answer = TestClient.post(reviewer, "/change", data=fields, headers={"Origin": ADDRESS})
    assert (answer.status_code, answer.json()[:4]) == (200, "done")
    assert reviewer.post("/change", data={"word": "done"}).status_code == 200


@pytest.mark.parametrize("role", [Role.INTAKE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_another_role_is_told_no(changing: FastAPI, quiet: Morning, role: Role) -> None:
    answer = logged_in(changing, quiet, frozenset({role})).post("/change")
    assert answer.status_code == 403 and "role does not allow" in answer.text


FORGED: list[dict[str, str]] = [
    {"X-CSRF-Token": ""},
    {"X-CSRF-Token": "0" * 64},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_what_another_page_sends_changes_nothing(changing: FastAPI, quiet: Morning, forged: dict[str, str]) -> None:
    answer = logged_in(changing, quiet, frozenset({Role.REVIEWER})).post("/change", headers=forged)
    assert answer.status_code == 403 and "did not come from a page of the desk" in answer.text


def test_the_token_of_another_session_is_worth_nothing(changing: FastAPI, quiet: Morning) -> None:
    one: Browser = logged_in(changing, quiet, frozenset({Role.REVIEWER}))
    quiet.clock.turn(5)
    other = logged_in(changing, quiet, frozenset({Role.REVIEWER}))
    assert one.csrf != other.csrf
    assert one.post("/change", headers={"X-CSRF-Token": other.csrf}).status_code == 403


def test_a_page_brings_the_token_that_its_forms_need(quiet: Morning) -> None:
    browser = logged_in(make_app(quiet.desk()), quiet, frozenset({Role.REVIEWER}))
    assert f'<meta name="csrf-token" content="{browser.csrf}">' in browser.get("/").text


def test_a_desk_with_a_route_that_nobody_decided_about_is_not_made(quiet: Morning) -> None:
    app = make_app(quiet.desk())
    assert isinstance(decided(app)["GET", "/queue"], Need)
    app.get("/new")(lambda: None)
    with pytest.raises(UndecidedError, match=r"/new asks for 0"):
        decided(app)


def test_a_route_says_only_once_who_may_come_in(quiet: Morning) -> None:
    app = make_app(quiet.desk())
    app.get("/new", dependencies=[Depends(anyone), Depends(needs(Act.DECIDE))])(lambda: None)
    with pytest.raises(UndecidedError, match=r"/new asks for 2"):
        decided(app)
