"""PostgreSQL for tests: a server of one's own on the loopback address, or the one that `DATABASE_URL` names.

Each test gets a database. The private server writes nothing through to the disk: its data is thrown away anyway.
"""

import os
import secrets
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.servers.processes import PrivateServer, ServerUnavailableError, free_ports, launch, primary_group

_DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian puts the programs of each version; only the clients are in the PATH."""

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "jit": "off",
}


@dataclass
class PostgreSQL:
    """A database server that runs, and databases to be had from it."""

    url: str
    """Its address for SQLAlchemy (`postgresql+psycopg://…`), of an account that may create databases."""

    @classmethod
    def from_environment(cls) -> Self | None:
        """The server that `DATABASE_URL` names, if it is set."""
        url = os.environ.get("DATABASE_URL")
        return cls(url) if url else None

    def answers(self) -> bool:
        """Whether the server takes connections now."""
        try:
            psycopg.connect(libpq_url(self.url), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def new_database(self, template: str = "template1") -> str:
        """Make a database that nobody else uses, as a copy of `template`; its address."""
        name = f"test_{secrets.token_hex(6)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop_database(self, url: str) -> None:
        """Remove a database, and close the connections to it."""
        name = urlsplit(url).path.removeprefix("/")
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        try:
            with psycopg.connect(libpq_url(self.url), autocommit=True) as connection:
                connection.execute(statement)
        except psycopg.OperationalError as error:
            raise ServerUnavailableError(f"PostgreSQL does not do {statement.as_string()}: {error}") from error


class PostgreSQLServer(PostgreSQL, PrivateServer):
    """A private server, with its own cluster, port and password."""

    kind = "PostgreSQL"
    ask_to_end = "SIGINT"  # its "fast shutdown": does not wait for clients to leave
    end_at_once = "SIGQUIT"  # its "immediate shutdown": no checkpoint; it recovers at the next start

    def __init__(self, folder: Path) -> None:
        PrivateServer.__init__(self, folder)
        (port,) = free_ports(1)
        password = secrets.token_hex(16)
        PostgreSQL.__init__(self, f"postgresql+psycopg://tests:{password}@127.0.0.1:{port}/postgres")
        self._settings = {"port": str(port), "unix_socket_directories": str(folder), **_SETTINGS}
        (folder / "password").write_text(password, encoding="ascii")
        self._user = _account()
        if self._user:
            for owned in (folder, folder / "password"):
                shutil.chown(owned, self._user, primary_group(self._user))

    @staticmethod
    def program() -> Path:
        versions = sorted(_DEBIAN.glob("*/bin/postgres"), key=lambda program: float(program.parts[-3]))
        program = versions[-1] if versions else shutil.which("postgres")
        if program is None:
            raise ServerUnavailableError("PostgreSQL is not installed (Debian: postgresql), and DATABASE_URL names none")
        return Path(program)

    def launch(self) -> None:
        program, data = self.program(), self.folder / "data"
        create: list[str | Path] = [
            program.with_name("initdb"),
            "-D",
            data,
            "--username=tests",
            f"--pwfile={self.folder / 'password'}",
        ]
        create += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        serve: list[str | Path] = [program, "-D", data, *(f"--{name}={value}" for name, value in self._settings.items())]
        steps = [f"exec {_quoted(serve)}"] if data.exists() else [_quoted(create), f"exec {_quoted(serve)}"]
        launch(" && ".join(steps), self.folder, {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}, user=self._user)


def libpq_url(url: str) -> str:
    """The address as PostgreSQL's own clients write it: without SQLAlchemy's name of the driver."""
    scheme, rest = url.split("://", 1)
    return f"{scheme.partition('+')[0]}://{rest}"


def _quoted(command: list[str | Path]) -> str:
    return shlex.join(map(str, command))


def _account() -> str | None:
    """The account to run as where we are root, which PostgreSQL refuses to run as. None: our own."""
    if os.geteuid() != 0:
        return None
    import pwd

    return next((entry.pw_name for entry in pwd.getpwall() if entry.pw_name == "postgres"), "nobody")
