"""The practice's own login: there and back through a real provider, and every way in which its answer may be a lie."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from pipeline.desk.app import make_app
from pipeline.people import accesses, accounts
from pipeline.people.accesses import AccessQuestion
from pipeline.people.administering import Administration
from pipeline.settings import OidcSettings
from schemas.people import Role
from tests.desk.conftest import ADDRESS, COOKIE, quiet  # noqa: F401
from tests.desk.morning import Morning
from tests.people.provider import CLIENT, SECRET, Running, SmallProvider, signed


@pytest.fixture
def provider(quiet: Morning) -> Iterator[SmallProvider]:
    """The practice's login."""
    running = Running(lambda: int(quiet.clock.now().timestamp()))
    yield running.provider
    running.close()


@pytest.fixture
def desk(quiet: Morning, provider: SmallProvider) -> FastAPI:
    """A desk that knows it."""
    oidc = OidcSettings(
        issuer=provider.issuer,
        client_id=CLIENT,
        client_secret=SecretStr(SECRET),
        label="Maple Street",
        roles={"records": Role.REVIEWER, "front desk": Role.INTAKE},
    )
    made = quiet.desk()
    settings = made.settings.model_copy(update={"desk": made.settings.desk.model_copy(update={"oidc": oidc})})
    return make_app(replace(made, settings=settings))


@pytest.fixture
def browser(desk: FastAPI) -> TestClient:
    return TestClient(desk, base_url=ADDRESS, follow_redirects=False)


def there(browser: TestClient, to: str = "/") -> str:
    """To the provider, where somebody is logged in already; the address that it sends the browser back to."""
    away = browser.get("/login/sso", params={"to": to})
    assert away.status_code == 303, away.text
    return httpx.get(away.headers["location"]).headers["location"].removeprefix(ADDRESS)


def test_there_and_back_again(browser: TestClient, quiet: Morning, provider: SmallProvider) -> None:
    assert "Log in with Maple Street" in browser.get("/queue").text
    answer = browser.get(there(browser, "/queue"))
    assert answer.status_code == 200 and 'content="0; url=/queue"' in answer.text
    assert "Kim Park" in browser.get("/queue").text and browser.get("/log.csv").status_code == 403
    assert provider.asked["scope"] == "openid profile email" and provider.asked["response_type"] == "code"
    with quiet.store.reading() as connection:
        account = accounts.by_login(connection, "kim")
        (row,) = accesses.ask(connection, AccessQuestion(kind="login"))
    assert account and account.roles == {Role.REVIEWER} and account.password is None
    assert (row.login, row.outcome, row.detail) == ("kim", "done", "sso")
    assert "looked after there" in browser.get("/account").text


def test_the_cookie_of_the_way_is_sealed_short_and_used_once(browser: TestClient) -> None:
    cookie = browser.get("/login/sso").headers["set-cookie"]
    assert re.search(r"_sso=gAAAA\S+; HttpOnly; Max-Age=600; Path=/; SameSite=lax", cookie)
    back = there(browser)
    assert browser.get(back).status_code == 200
    browser.cookies.delete(COOKIE)
    assert browser.get(back).status_code == 400


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 400 and "cannot be believed" in answer.text and COOKIE not in answer.cookies


def test_an_answer_that_this_browser_did_not_ask_for_is_not_taken(browser: TestClient, desk: FastAPI) -> None:
    back = there(browser)
    assert refused(TestClient(desk, base_url=ADDRESS).get(back)), "somebody else's browser"
    assert refused(browser.get(re.sub("state=[^&]+", "state=another", back)))
    assert refused(browser.get(there(browser).replace("the-code", "another-code")))
    assert refused(browser.get("/login/sso/back?error=access_denied"))


def test_an_answer_that_comes_too_late_is_not_taken(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    back = there(browser)
    import time

    later = time.time() + 601
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: later)
    assert refused(browser.get(back))


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "another issuer": {"iss": "https://evil.example"},
    "for another client": {"aud": "another"},
    "for several, and not made for us": {"aud": [CLIENT, "another"], "azp": "another"},
    "for several, and not saying for whom": {"aud": [CLIENT, "another"]},
    "from tomorrow": {"nbf": 9_999_999_999},
    "long over": {"exp": 1_700_000_000},
    "no subject": {"sub": ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_not_believed(browser: TestClient, provider: SmallProvider, lie: str) -> None:
    provider.spoil = lambda claims: claims | LIES[lie]
    assert refused(browser.get(there(browser)))


@pytest.mark.parametrize("missing", ["nonce", "iss", "aud", "exp", "iat", "sub"])
def test_a_token_that_leaves_something_out_is_not_believed(browser: TestClient, provider: SmallProvider, missing: str) -> None:
    provider.spoil = lambda claims: {name: value for name, value in claims.items() if name != missing}
    assert refused(browser.get(there(browser)))


def by_hand(algorithm: str, claims: dict[str, Any], secret: bytes = b"") -> str:
    """Unsigned, or signed with a shared secret: what a library for honest people does not make."""
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "kid": "one"}, claims)]
    body = ".".join(_base64(part) for part in parts)
    return f"{body}.{_base64(hmac.digest(secret, body.encode(), 'sha256')) if secret else ''}"


def _base64(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def test_a_token_that_nobody_or_somebody_else_signed_is_not_believed(browser: TestClient, provider: SmallProvider) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    forgeries = (
        lambda claims: by_hand("none", claims),
        lambda claims: by_hand("None", claims),
        lambda claims: by_hand("HS256", claims, SECRET.encode()),
        lambda claims: by_hand("HS256", claims, provider.key.as_pem(private=False)),
        lambda claims: signed(claims, stranger),
        lambda claims: signed(claims, provider.key)[:-8] + "AAAAAAAA",
        lambda claims: "no.token.at-all",
    )
    for forge in forgeries:
        provider.sign = forge
        assert refused(browser.get(there(browser)))


def test_a_new_key_of_the_provider_is_asked_for_once(browser: TestClient, provider: SmallProvider) -> None:
    assert browser.get(there(browser)).status_code == 200
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    assert browser.get(there(browser)).status_code == 200
    assert browser.get(there(browser)).status_code == 200
    assert provider.keys_asked == 2


def test_whoever_is_in_no_group_of_the_desk_does_not_get_in(browser: TestClient, provider: SmallProvider, quiet: Morning) -> None:
    provider.person["groups"] = ["sales"]
    answer = browser.get(there(browser))
    assert answer.status_code == 400 and "no role at the desk" in answer.text
    with quiet.store.reading() as connection:
        assert accounts.everybody(connection) == []


def test_roles_are_what_the_practices_login_says_each_time(browser: TestClient, provider: SmallProvider) -> None:
    browser.get(there(browser))
    provider.person["groups"] = ["front desk"]
    browser.get(there(browser))
    assert browser.get("/queue").status_code == 403
    provider.person["groups"] = []
    assert browser.get(there(browser)).status_code == 400


def test_a_name_chosen_elsewhere_opens_nobodys_account(browser: TestClient, quiet: Morning, provider: SmallProvider) -> None:
    with quiet.store.unit() as unit:
        kim = accounts.add(unit.connection, unit.at, login="kim", name="Kim Lund", roles=[Role.ADMINISTRATOR], by="a test")
        accounts.change(unit.connection, kim.id, password="hashed")
    assert browser.get(there(browser)).status_code == 400
    assert browser.get("/people").status_code == 401


def test_an_account_that_was_made_for_somebody_is_theirs_and_a_disabled_one_stays_shut(
    browser: TestClient, quiet: Morning, provider: SmallProvider
) -> None:
    who = Administration(quiet.store, "a test")
    who.add("kim", "Kim Lund", [Role.INTAKE])
    assert browser.get(there(browser)).status_code == 200
    assert "Kim Lund" in browser.get("/queue").text
    who.disable("kim")
    assert browser.get("/queue").status_code == 401
    assert browser.get(there(browser)).status_code == 400


def test_where_the_provider_is_away_the_form_is_still_there(quiet: Morning) -> None:
    running = Running(lambda: 0)
    oidc = OidcSettings(issuer=running.provider.issuer, client_id=CLIENT, roles={"x": Role.INTAKE})
    running.close()
    made = quiet.desk()
    settings = made.settings.model_copy(update={"desk": made.settings.desk.model_copy(update={"oidc": oidc})})
    answer = TestClient(make_app(replace(made, settings=settings)), base_url=ADDRESS).get("/login/sso")
    assert answer.status_code == 503 and "cannot be reached" in answer.text and 'name="password"' in answer.text


@pytest.mark.parametrize(
    "issuer", ["http://login.example", "http://localhost.evil.example", "ftp://login.example", "login.example"]
)
def test_an_issuer_without_tls_is_refused(issuer: str) -> None:
    with pytest.raises(ValidationError, match="must begin with https"):
        OidcSettings(issuer=issuer, client_id=CLIENT, roles={"x": Role.INTAKE})


def test_the_way_there_asks_for_no_more_than_it_needs(browser: TestClient) -> None:
    asked = parse_qs(urlsplit(browser.get("/login/sso").headers["location"]).query)
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert asked["redirect_uri"] == [f"{ADDRESS}/login/sso/back"]
