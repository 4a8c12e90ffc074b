"""Coming in and going out, as a browser does it: passwords, codes, links that work once, pauses."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from pipeline.desk.app import make_app
from pipeline.desk.key import factor_seal
from pipeline.people import accesses, accounts, passwords
from pipeline.people.accesses import AccessQuestion
from pipeline.people.accounts import Account
from pipeline.people.administering import Administration
from pipeline.people.links import set_up_link
from pipeline.people.sessions import Step
from pipeline.settings import Settings
from pipeline.store.store import Store
from schemas.people import Role
from tests.desk.conftest import ADDRESS, COOKIE, account_of, opened, session_of
from tests.desk.morning import KEY, Morning

PASSWORD = "walrus under a blue piano"
OTHER = "eleven paper boats at noon"


class Visitor(TestClient):
    """A browser without JavaScript: it gets a page, fills in its form, and follows where it leads."""

    def __init__(self, app: FastAPI, address: str = ADDRESS, client: str = "testclient") -> None:
        super().__init__(app, base_url=address, follow_redirects=False, client=(client, 50000))

    def fill_in(self, page: str, action: str | None = None, **answers: Any) -> Response:
        """The form on the page that leads to `action`, sent with these answers and what is hidden in it."""
        forms = re.findall(r"<form method=\"post\".*?</form>", self.get(page).text, re.DOTALL)
        form = next(one for one in forms if f'action="{action or page}"' in one)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return self.post(action or page, data=hidden | answers, headers={"Origin": str(self.base_url).rstrip("/")})

    def log_in(self, login: str = "ana", password: str = PASSWORD) -> Response:
        """With the form of the page at the door."""
        return self.fill_in("/login", login=login, password=password)


@pytest.fixture(scope="module")
def kept() -> str:
    """The password as it is kept: hashed once, because that is slow."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def ana(quiet: Morning, kept: str) -> Account:
    """An administrator and reviewer with a password."""
    with quiet.store.unit() as unit:
        made = accounts.add(
            unit.connection, unit.at, login="ana", name="Ana Gomez", roles=[Role.ADMINISTRATOR, Role.REVIEWER], by="a test"
        )
        accounts.change(unit.connection, made.id, password=kept)
        found = accounts.by_id(unit.connection, made.id)
    assert found
    return found


@pytest.fixture
def desk(quiet: Morning) -> FastAPI:
    """The desk of a practice where nothing has happened yet."""
    return make_app(quiet.desk())


@pytest.fixture
def visitor(desk: FastAPI) -> Visitor:
    """Somebody at its door."""
    return Visitor(desk)


def written(store: Store, person: str | None = None) -> list[tuple[str, str, str]]:
    """Who, what and outcome of the access log, the oldest first."""
    with store.reading() as connection:
        return [(one.login, one.kind, one.outcome) for one in accesses.ask(connection, AccessQuestion(person=person))][::-1]


# ---- with a password -------------------------------------------------------------------------------------------------------


def test_the_right_password_leads_to_the_page_that_was_asked_for(visitor: Visitor, ana: Account, quiet: Morning) -> None:
    answer = visitor.fill_in("/queue?reason=chore", "/login", login=" Ana ", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?reason=chore")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie and "max-age" not in cookie
    assert "Ana Gomez" in visitor.get("/queue").text
    assert written(quiet.store) == [("ana", "login", "done"), ("ana", "queue", "shown")]


def test_a_wrong_password_an_unknown_login_and_a_disabled_account_look_the_same(
    desk: FastAPI, ana: Account, quiet: Morning, kept: str
) -> None:
    with quiet.store.unit() as unit:
        gone = accounts.add(unit.connection, unit.at, login="bo", name="Bo", roles=[Role.INTAKE], by="a test")
        accounts.change(unit.connection, gone.id, password=kept, disabled_at="2026-11-20T00:00:00.000Z")
    tries = (("ana", OTHER), ("nobody", PASSWORD), ("bo", PASSWORD), ("ana", ""), ("", ""))
    answers = [Visitor(desk).log_in(*one) for one in tries]
    assert {answer.status_code for answer in answers} == {401}
    said = {re.search(r'role="alert">.*?</p>', answer.text, re.DOTALL)[0] for answer in answers}  # type: ignore[index]
    assert len(said) == 1 and "Login or password is not right." in next(iter(said))
    assert not any(COOKIE in answer.cookies for answer in answers)
    named = ("ana", "(unknown)", "bo", "ana", "(unknown)")
    assert written(quiet.store) == [(login, "login", "failed") for login in named]


def test_a_password_is_looked_at_even_where_there_is_no_account(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the time it takes tells nobody who has one."""
    looked: list[str | None] = []
    monkeypatch.setattr(passwords, "fits", lambda _, hashed: looked.append(hashed) or False)
    visitor.log_in("nobody")
    assert looked == [None]


def test_after_five_wrong_passwords_even_the_right_one_must_wait_and_a_restart_changes_nothing(
    quiet: Morning, ana: Account
) -> None:
    for _ in range(5):
        assert Visitor(make_app(quiet.desk())).log_in(password=OTHER).status_code == 401
    refused = Visitor(make_app(quiet.desk())).log_in()
    assert refused.status_code == 429 and refused.headers["retry-after"] == "30" and "Wait a minute" in refused.text
    assert Visitor(make_app(quiet.desk()), client="10.0.0.7").log_in().status_code == 303, "elsewhere it is not her fault"
    quiet.clock.turn(31)
    assert Visitor(make_app(quiet.desk())).log_in().status_code == 303


def test_a_flood_at_the_door_is_slowed_down_before_any_password_is_looked_at(visitor: Visitor) -> None:
    statuses = [visitor.post("/login").status_code for _ in range(40)]
    assert statuses[:30] == [403] * 30 and statuses[30:] == [429] * 10


def test_a_login_form_that_another_page_sends_logs_nobody_in(visitor: Visitor, ana: Account) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        assert visitor.post("/login", data={"login": "ana", "password": PASSWORD}, headers=headers).status_code == 403


def test_an_old_hash_is_made_anew_when_its_owner_logs_in(visitor: Visitor, ana: Account, quiet: Morning) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with quiet.store.unit() as unit:
        accounts.change(unit.connection, ana.id, password=cheap)
    assert visitor.log_in().status_code == 303
    with quiet.store.reading() as connection:
        now = accounts.by_login(connection, "ana")
    assert now and now.password and not passwords.outdated(now.password)


# ---- sessions --------------------------------------------------------------------------------------------------------------


def test_a_session_that_somebody_planted_before_is_not_the_one_after(visitor: Visitor, ana: Account) -> None:
    visitor.cookies.set(COOKIE, planted := "p" * 43)
    visitor.log_in()
    assert visitor.cookies.get(COOKIE, domain="127.0.0.1") != planted
    thief = Visitor(visitor.app)  # type: ignore[arg-type]
    thief.cookies.set(COOKIE, planted)
    assert thief.get("/").status_code == 401


def test_logging_out_ends_the_session_also_for_whoever_has_copied_the_cookie(visitor: Visitor, ana: Account) -> None:
    visitor.log_in()
    stolen = visitor.cookies[COOKIE]
    assert visitor.fill_in("/account", "/logout").status_code == 303
    thief = Visitor(visitor.app)  # type: ignore[arg-type]
    thief.cookies.set(COOKIE, stolen)
    assert thief.get("/").status_code == visitor.get("/").status_code == 401


def test_a_disabled_person_is_out_in_the_middle_of_a_session(visitor: Visitor, ana: Account, quiet: Morning, kept: str) -> None:
    boss = account_of(quiet, frozenset({Role.ADMINISTRATOR}))
    with quiet.store.unit() as unit:
        accounts.change(unit.connection, boss.id, password=kept)
    visitor.log_in()
    Administration(quiet.store, "a test").disable("ana")
    assert visitor.get("/").status_code == 401
    assert visitor.log_in().status_code == 401


def test_a_changed_role_counts_at_once(quiet: Morning) -> None:
    reviewer, account = opened(quiet), account_of(quiet, frozenset({Role.REVIEWER}))
    with quiet.store.unit() as unit:
        accounts.change(unit.connection, account.id, roles="intake")
    assert reviewer.get("/queue").status_code == 403


def test_changing_the_password_ends_all_other_sessions(visitor: Visitor, ana: Account, quiet: Morning) -> None:
    visitor.log_in()
    elsewhere = Visitor(visitor.app)  # type: ignore[arg-type]
    elsewhere.cookies.set(COOKIE, session_of(quiet, ana))
    answers = {"password": OTHER, "again": OTHER}
    assert visitor.fill_in("/account", "/account/password", old=OTHER, **answers).status_code == 422
    assert elsewhere.get("/").status_code == 200
    assert "Your password is changed" in visitor.fill_in("/account", "/account/password", old=PASSWORD, **answers).text
    assert (visitor.get("/").status_code, elsewhere.get("/").status_code) == (200, 401)
    assert elsewhere.log_in(password=PASSWORD).status_code == 401 and elsewhere.log_in(password=OTHER).status_code == 303


def test_guessing_the_present_password_from_an_open_session_is_paused_like_guessing_at_the_door(
    visitor: Visitor, ana: Account
) -> None:
    visitor.log_in()
    wrong = {"old": "x", "password": OTHER, "again": OTHER}
    assert [visitor.fill_in("/account", "/account/password", **wrong).status_code for _ in range(6)] == [422] * 5 + [429]


# ---- second factor ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def secret(quiet: Morning, ana: Account) -> str:
    """The secret in Ana's phone."""
    made = pyotp.random_base32()
    with quiet.store.unit() as unit:
        accounts.change(unit.connection, ana.id, totp=factor_seal(KEY).close(made))
    return made


def code_of(secret: str, quiet: Morning) -> str:
    return pyotp.TOTP(secret).at(quiet.clock.now())


def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(visitor: Visitor, quiet: Morning, secret: str) -> None:
    answer = visitor.log_in()
    assert answer.headers["location"] == "/login/code?to=%2F"
    assert visitor.get("/").status_code == visitor.get("/account").status_code == 401
    before = visitor.cookies[COOKIE]
    assert visitor.fill_in("/login/code", code="000000").status_code == 401
    assert visitor.fill_in("/login/code", code=code_of(secret, quiet)).status_code == 303
    assert visitor.get("/").status_code == 200
    assert visitor.cookies[COOKIE] != before


def test_a_code_that_was_seen_over_the_shoulder_does_not_work_again(desk: FastAPI, quiet: Morning, secret: str) -> None:
    code = code_of(secret, quiet)
    for expected in (303, 401):
        visitor = Visitor(desk)
        visitor.log_in()
        assert visitor.fill_in("/login/code", code=code).status_code == expected


def test_codes_cannot_be_gone_through(desk: FastAPI, quiet: Morning, secret: str) -> None:
    statuses = []
    for number in range(6):
        visitor = Visitor(desk)
        visitor.log_in()
        statuses.append(visitor.fill_in("/login/code", code=f"{number:06}").status_code)
    assert statuses == [401] * 5 + [429]


def test_a_code_without_the_password_before_it_opens_nothing(visitor: Visitor, quiet: Morning, secret: str) -> None:
    visitor.get("/login")
    assert visitor.get("/login/code").headers["location"] == "/login?to=%2F"
    answer = visitor.fill_in("/login", "/login", code=code_of(secret, quiet))
    assert answer.status_code == 401


def test_setting_up_a_second_factor_and_coming_in_with_a_recovery_code(visitor: Visitor, quiet: Morning, ana: Account) -> None:
    visitor.log_in()
    page = visitor.get("/account/second-factor").text
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")  # type: ignore[index]
    assert "<svg" in page and visitor.get("/account/second-factor").text.count(secret[:4]) == 1, "the same secret is offered"
    assert visitor.fill_in("/account/second-factor", code="000000").status_code == 422
    shown = visitor.fill_in("/account/second-factor", code=code_of(secret, quiet)).text
    codes = re.findall(r"<li><code>([A-Z2-9-]{19})</code></li>", shown)
    assert len(codes) == 10
    with quiet.store.reading() as connection:
        kept = accounts.by_login(connection, "ana")
    assert kept and kept.totp and secret not in kept.totp, "sealed in the database"
    for expected in (303, 401):
        other = Visitor(visitor.app)  # type: ignore[arg-type]
        other.log_in()
        assert other.fill_in("/login/code", code=codes[0].lower()).status_code == expected
    assert "9 recovery codes left" in visitor.get("/account").text
    assert visitor.fill_in("/account", "/account/second-factor/remove", proof="wrong").status_code == 422
    assert visitor.fill_in("/account", "/account/second-factor/remove", proof=PASSWORD).status_code == 303
    assert Visitor(visitor.app).log_in().headers["location"] == "/"  # type: ignore[arg-type]


def test_where_the_practice_wants_a_second_factor_everybody_sets_one_up_first(quiet: Morning, ana: Account) -> None:
    desk = quiet.desk()
    wanted = desk.settings.model_copy(update={"desk": desk.settings.desk.model_copy(update={"second_factor": "required"})})
    visitor = Visitor(make_app(replace(desk, settings=wanted)))
    visitor.log_in()
    assert visitor.get("/queue").headers["location"] == "/account/second-factor"
    page = visitor.get("/account/second-factor").text
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")  # type: ignore[index]
    visitor.fill_in("/account/second-factor", code=code_of(secret, quiet))
    assert visitor.get("/queue").status_code == 200
    assert visitor.post("/account/second-factor/remove", data={"proof": PASSWORD}).status_code == 403


# ---- links -----------------------------------------------------------------------------------------------------------------


def test_the_first_link_makes_the_first_administrator_and_leads_to_the_board(visitor: Visitor, quiet: Morning) -> None:
    link = f"/link/{set_up_link(quiet.store)}"
    weak = {"name": "Ana Gomez", "login": "ana", "password": "password1234", "again": "password1234"}
    refused = visitor.fill_in(link, **weak)
    assert refused.status_code == 422 and "tried first" in refused.text and 'value="Ana Gomez"' in refused.text
    answer = visitor.fill_in(link, **(weak | {"password": PASSWORD, "again": PASSWORD, "reviews": "true"}))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Nothing has come in yet" in visitor.get("/").text and visitor.get("/people").status_code == 200
    assert visitor.get("/queue").status_code == 200
    again = Visitor(visitor.app).get(link)  # type: ignore[arg-type]
    assert again.status_code == 410 and "does not work" in again.text
    assert set_up_link(quiet.store) is None


def test_a_link_that_nobody_made_leads_nowhere(visitor: Visitor) -> None:
    assert visitor.get(f"/link/{'x' * 43}").status_code == 410
    assert visitor.get("/link/short").status_code == 422


def test_whoever_was_invited_chooses_a_password_once(visitor: Visitor, quiet: Morning) -> None:
    _, secret = Administration(quiet.store, "a test").add("bo", "Bo Lind", [Role.INTAKE])
    answers = {"password": PASSWORD, "again": PASSWORD}
    assert visitor.fill_in(f"/link/{secret}", password=PASSWORD, again=OTHER).status_code == 422
    assert visitor.fill_in(f"/link/{secret}", **answers).status_code == 303
    assert visitor.get("/").status_code == 200 and visitor.get("/queue").status_code == 403
    thief = Visitor(visitor.app)  # type: ignore[arg-type]
    thief.get("/login")
    token = re.search(r'name="csrf" value="(\w+)"', thief.get("/login").text)[1]  # type: ignore[index]
    assert thief.post(f"/link/{secret}", data=answers | {"csrf": token}).status_code == 410
    assert written(quiet.store)[:3] == [
        ("a test", "person added", "done"),
        ("bo", "password chosen", "done"),
        ("bo", "login", "done"),
    ]


def test_a_link_for_a_new_password_ends_what_was_and_lasts_a_day(visitor: Visitor, ana: Account, quiet: Morning) -> None:
    visitor.log_in()
    _, secret = Administration(quiet.store, "a test").reset("ana")
    assert visitor.get("/").status_code == 401 and visitor.log_in().status_code == 401
    quiet.clock.turn(24 * 3600)
    assert visitor.get(f"/link/{secret}").status_code == 410


# ---- by https --------------------------------------------------------------------------------------------------------------


def with_settings(quiet: Morning, **changed: Any) -> FastAPI:
    desk = quiet.desk()
    settings: Settings = desk.settings.model_copy(update={"desk": desk.settings.desk.model_copy(update=changed)})
    return make_app(replace(desk, settings=settings))


def test_by_https_the_cookie_is_the_hosts_alone_and_http_is_over(quiet: Morning, ana: Account) -> None:
    visitor = Visitor(with_settings(quiet, address="https://desk.example"), "https://desk.example")
    answer = visitor.log_in()
    assert answer.status_code == 303
    assert re.match(r"__Host-chartrelay_\w+=[\w-]{43};.*Path=/;.*Secure", answer.headers["set-cookie"])
    assert "Domain" not in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert visitor.get("/").status_code == 200


def test_a_proxy_is_believed_only_if_it_is_a_known_one(quiet: Morning, ana: Account) -> None:
    def said(app: FastAPI) -> tuple[bool, str]:
        visitor = Visitor(app, client="10.0.0.2")
        secure = "strict-transport-security" in visitor.get("/login", headers={"X-Forwarded-Proto": "https"}).headers
        visitor.headers["X-Forwarded-For"] = "203.0.113.9"
        visitor.log_in("nobody")
        with quiet.store.reading() as connection:
            return secure, accesses.ask(connection, AccessQuestion())[0].address

    assert said(with_settings(quiet)) == (False, "10.0.0.2")
    assert said(with_settings(quiet, proxies=("10.0.0.2",))) == (True, "203.0.113.9")
    assert said(with_settings(quiet, proxies=("10.0.0.3",))) == (False, "10.0.0.2")


def test_half_a_session_is_no_session(quiet: Morning, ana: Account, desk: FastAPI) -> None:
    visitor = Visitor(desk)
    visitor.cookies.set(COOKIE, session_of(quiet, ana, Step.CODE))
    assert {visitor.get(path).status_code for path in ("/", "/account", "/people", "/alive", "/api/queue")} == {401}
