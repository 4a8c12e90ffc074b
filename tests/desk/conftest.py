"""The desk of a busy morning, asked as a browser asks."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from pipeline.desk.app import make_app
from pipeline.desk.key import Sessions
from schemas.people import Role
from tests.desk.morning import KEY, Morning, busy_morning

ADDRESS = "http://127.0.0.1:8471"


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
    """A browser without the key."""
    return TestClient(app, base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def browser(stranger: TestClient) -> TestClient:
    """A browser that opened the address with the key."""
    stranger.get("/", params={"key": KEY})
    return stranger


class Browser(TestClient):
    """A browser that is logged in; what it posts bears the token of its session, as a form of the desk's does."""

    csrf = ""

    def post(self, url: Any, *, headers: dict[str, str] | None = None, **more: Any) -> Response:  # type: ignore[override]
        """As from a page of the desk."""
        return super().post(url, headers={"Origin": ADDRESS, "X-CSRF-Token": self.csrf} | (headers or {}), **more)


def opened(made: Morning, role: Role | Iterable[Role] = Role.REVIEWER) -> Browser:
    """Somebody with this role, or these, at the desk of a practice that a test makes itself."""
    return logged_in(make_app(made.desk()), made, frozenset({role} if isinstance(role, Role) else role))


def logged_in(app: FastAPI, made: Morning, roles: frozenset[Role]) -> Browser:
    """The same at a desk that is there already."""
    client, sessions = Browser(app, base_url=ADDRESS, follow_redirects=False), Sessions(KEY)
    session = sessions.opened(made.clock.now(), roles)
    client.cookies.set(sessions.cookie, session)
    client.csrf = sessions.csrf(session)
    return client
