"""The desk of a busy morning, asked as a browser asks."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from pipeline.desk.app import make_app
from pipeline.desk.door import csrf_token
from pipeline.desk.given import Desk
from pipeline.desk.key import cookie_name
from pipeline.desk.porter import Porter
from pipeline.people import accounts
from pipeline.people.accounts import Account
from pipeline.people.administering import Administration
from pipeline.people.sessions import Step, open_session
from pipeline.store.store import Store
from schemas.people import Role
from tests.desk.morning import KEY, Morning, busy_morning

ADDRESS = "http://127.0.0.1:8471"
COOKIE = cookie_name(KEY, secure=False)


class Practice(Protocol):
    """A practice with a desk."""

    @property
    def store(self) -> Store:
        """Its database."""
        ...

    def desk(self) -> Desk:
        """What its desk is made of."""
        ...


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    """The busy morning: only looked at, hence made once."""
    made = busy_morning(tmp_path_factory.mktemp("busy") / "practice")
    yield made
    made.store.engine.dispose()


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Morning]:
    """A practice where nothing has happened yet."""
    made = Morning(tmp_path / "practice")
    yield made
    made.store.engine.dispose()


@pytest.fixture(scope="session")
def app(morning: Morning) -> FastAPI:
    """The desk of that morning."""
    return make_app(morning.desk())


@pytest.fixture
def stranger(app: FastAPI) -> TestClient:
    """A browser in which nobody has logged in."""
    return TestClient(app, base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def browser(app: FastAPI, morning: Morning) -> TestClient:
    """The browser of somebody who may see everything and decide."""
    return logged_in(app, morning, frozenset({Role.REVIEWER, Role.ADMINISTRATOR}))


class Browser(TestClient):
    """A browser that is logged in; what it posts bears the token of its session, as a form of the desk's does."""

    csrf = ""

    def post(self, url: Any, *, headers: dict[str, str] | None = None, **more: Any) -> Response:  # type: ignore[override]
        """As from a page of the desk."""
        return super().post(url, headers={"Origin": ADDRESS, "X-CSRF-Token": self.csrf} | (headers or {}), **more)

    @property
    def session(self) -> str:
        """The secret in its cookie."""
        return self.cookies[COOKIE]

    def hold(self, session: str) -> None:
        """The cookie, and the token that belongs to it."""
        self.cookies.clear()
        self.cookies.set(COOKIE, session)
        self.csrf = csrf_token(KEY, session)


def opened(made: Morning, role: Role | Iterable[Role] = Role.REVIEWER) -> Browser:
    """Somebody with this role, or these, at the desk of a practice that a test makes itself."""
    return logged_in(make_app(made.desk()), made, frozenset({role} if isinstance(role, Role) else role))


def logged_in(app: FastAPI, made: Practice, roles: frozenset[Role]) -> Browser:
    """The same at a desk that is there already."""
    client = Browser(app, base_url=ADDRESS, follow_redirects=False)
    client.hold(session_of(made, account_of(made, roles)))
    return client


def account_of(made: Practice, roles: frozenset[Role]) -> Account:
    """Somebody with these roles, called after them: made when they are first asked for."""
    login = "-".join(sorted(roles))
    with made.store.unit() as unit:
        known = accounts.by_login(unit.connection, login)
        return known or accounts.add(unit.connection, unit.at, login=login, name=f"Ms. {login}", roles=roles, by="a test")


def session_of(made: Practice, account: Account, step: Step = Step.IN) -> str:
    """The secret of a new session of theirs."""
    with made.store.unit() as unit:
        limits = Porter(made.desk()).limits
        return open_session(unit.connection, unit.at, limits, person_id=account.id, address="testclient", step=step)


def bearer(made: Morning, role: Role = Role.AUDITOR, name: str = "program", days: int = 30) -> dict[str, str]:
    """The header of a program with a new token."""
    secret = Administration(made.store, "a test").add_token(name, [role], days)
    return {"Authorization": f"Bearer {secret}"}
