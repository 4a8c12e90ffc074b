"""The desk of a busy morning, asked as a browser asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.desk.app import make_app
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


def opened(made: Morning) -> TestClient:
    """A browser with the key, for a practice that a test makes itself."""
    client = TestClient(make_app(made.desk()), base_url=ADDRESS, follow_redirects=False)
    client.get("/", params={"key": KEY})
    return client
