"""Opening the database, SQLite or PostgreSQL, and bringing it to the present shape.

SQLite runs in WAL mode with full synchronisation: what is committed survives a power cut, because a scan leaves the inbox
only on the word of a committed row. Every writing transaction starts with BEGIN IMMEDIATE, so that two writers queue up
at the start and never fail half-way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from pipeline.errors import SettingsError

BUSY_MS = 30_000
MIGRATION_LOCK = 0x63686172  # any number all our processes agree on


def database_url(setting: str, sqlite_file: Path) -> URL:
    """The URL for the setting `database`: `sqlite` for the practice's own file, or a postgresql:// or sqlite:/// URL.

    Raises SettingsError for anything else.
    """
    if setting == "sqlite":
        return URL.create("sqlite+pysqlite", database=str(sqlite_file))
    try:
        url = make_url(setting)
    except (ArgumentError, ValueError):
        raise SettingsError("line.database is no database URL; write sqlite, or postgresql://user@host/name") from None
    match url.get_backend_name():
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite":
            return url.set(drivername="sqlite+pysqlite")
        case other:
            raise SettingsError(f"line.database asks for {other!r}; ChartRelay runs on sqlite and postgresql")


def connect(url: URL) -> Engine:
    """An engine with the right habits for its kind. Opens nothing yet."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=4, isolation_level="READ COMMITTED", hide_parameters=True)
    # hide_parameters: what a statement was about is patient data, and errors are logged
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says when a transaction begins, not the driver
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            "trusted_schema=OFF",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")

    return engine


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, to: str = "head") -> None:
    """Brings the database to the present shape, or to that of a former version; all of it or nothing.

    Safe to call from many processes at once.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        command.upgrade(_config(connection), to)


def is_current(engine: Engine) -> bool:
    """Whether the database has the present shape."""
    with engine.connect() as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head
