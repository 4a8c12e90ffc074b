"""A store on each of the two databases, for tests that must hold on both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clock import HandClock
from pipeline.store.database import connect, database_url
from pipeline.store.store import Store
from tests.servers.postgresql import PostgreSQL


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test turns."""
    return HandClock()


@pytest.fixture
def sqlite_store(migrated_sqlite: Path, tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A fresh SQLite file."""
    file = shutil.copyfile(migrated_sqlite, tmp_path / "chartrelay.db")
    engine = connect(database_url("sqlite", file))
    yield Store(engine, clock)
    engine.dispose()


@pytest.fixture
def postgresql_store(postgresql: PostgreSQL, migrated_postgresql: str, clock: HandClock) -> Iterator[Store]:
    """A fresh PostgreSQL database."""
    url = postgresql.new_database(migrated_postgresql)
    engine = connect(database_url(url, Path("unused")))
    yield Store(engine, clock)
    engine.dispose()
    postgresql.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest) -> Store:
    """Each of them in turn."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found
