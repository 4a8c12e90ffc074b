"""A store on each of the two databases, for tests that must hold on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clock import HandClock
from pipeline.store.database import connect, database_url, migrate
from pipeline.store.store import Store


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test turns."""
    return HandClock()


@pytest.fixture
def sqlite_store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A fresh SQLite file."""
    engine = connect(database_url("sqlite", tmp_path / "chartrelay.db"))
    migrate(engine)
    yield Store(engine, clock)
    engine.dispose()


@pytest.fixture
def postgresql_store(postgresql_url: str, clock: HandClock) -> Iterator[Store]:
    """A fresh PostgreSQL database."""
    engine = connect(database_url(postgresql_url, Path("unused")))
    migrate(engine)
    yield Store(engine, clock)
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest) -> Store:
    """Each of them in turn."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found
