"""What all tests may ask for: a virtual host of a real RabbitMQ, a database of a real PostgreSQL.

Servers that the collected tests need start while the first tests run. Where a server is missing, its tests are skipped on a
laptop, and fail where `CI` is set: there, a test that did not run must not look like one that passed.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pytest

from tests.once import Once
from tests.servers.postgresql import PostgreSQL
from tests.servers.processes import ServerUnavailableError
from tests.servers.rabbitmq import LoneRabbitMQServer, RabbitMQ, RabbitMQServer
from tests.servers.session import ServerSession

_SERVERS = pytest.StashKey[ServerSession]()
_KINDS: dict[str, type[RabbitMQ | PostgreSQL]] = {"rabbitmq": RabbitMQ, "postgresql": PostgreSQL}


def pytest_configure(config: pytest.Config) -> None:
    """Open the session in the first process, join it in the workers of pytest-xdist."""
    # What Tesseract gets here is too small to share between threads: they would only wait for each other, and busily.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    config.stash[_SERVERS] = ServerSession.open()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End all servers with the run."""
    config.stash[_SERVERS].close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the servers it needs, so that `-m "not rabbitmq"` leaves them out; begin with what takes longest."""
    items.sort(key=lambda item: "story" not in item.keywords)
    for item in items:
        for name in _KINDS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(name)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the servers that the chosen tests need, all at the same time, without waiting for them."""
    needed = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    for name in _KINDS.keys() & needed:
        try:
            if not session.config.option.collectonly:
                session.config.stash[_SERVERS].prepare(_KINDS[name])
        except ServerUnavailableError:
            continue  # the tests that need it will say so


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes what takes long, in a folder that all workers of pytest-xdist share."""
    return Once.of_this_run(tmp_path_factory)


@pytest.fixture(scope="session")
def rabbitmq(request: pytest.FixtureRequest) -> RabbitMQ:
    """The RabbitMQ that all tests share. A test that wants to stop its broker takes `own_rabbitmq`."""
    try:
        return request.config.stash[_SERVERS].shared(RabbitMQ)
    except ServerUnavailableError as reason:
        do_without(reason)


@pytest.fixture
def amqp_url(rabbitmq: RabbitMQ) -> Iterator[str]:
    """The AMQP address of a virtual host for this test alone."""
    url = rabbitmq.new_vhost()
    yield url
    rabbitmq.drop_vhost(url)


@pytest.fixture
def own_rabbitmq(request: pytest.FixtureRequest) -> Iterator[RabbitMQServer]:
    """A running RabbitMQ for this test alone, which may stop, kill and restart it."""
    try:
        server = request.config.stash[_SERVERS].private(LoneRabbitMQServer)
        server.start()
    except ServerUnavailableError as reason:
        do_without(reason)
    yield server
    server.kill()


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> PostgreSQL:
    """The PostgreSQL that all tests share."""
    try:
        return request.config.stash[_SERVERS].shared(PostgreSQL)
    except ServerUnavailableError as reason:
        do_without(reason)


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    """The address, for SQLAlchemy, of a database for this test alone."""
    url = postgresql.new_database()
    yield url
    postgresql.drop_database(url)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file in the present shape and empty, to be copied: that is quicker than to migrate for every test."""
    file = tmp_path_factory.mktemp("migrated") / "chartrelay.db"
    _migrate("sqlite", file)
    return file


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgreSQL) -> Iterator[str]:
    """The name of a PostgreSQL database in the present shape and empty, for `new_database` to copy."""
    url = postgresql.new_database()
    _migrate(url, Path("unused"))
    yield urlsplit(url).path.removeprefix("/")
    postgresql.drop_database(url)


def _migrate(database: str, file: Path) -> None:
    from pipeline.store.database import connect, database_url, migrate

    engine = connect(database_url(database, file))
    migrate(engine)
    engine.dispose()  # nobody may be connected to what is copied


def do_without(reason: ServerUnavailableError) -> NoReturn:
    """Skip the test on a laptop, fail it in CI."""
    if os.environ.get("CI", "").lower() in {"", "0", "false"}:
        pytest.skip(str(reason))
    pytest.fail(str(reason), pytrace=False)
