"""Where an import lies until it is whole: a small database of its own on the disk, so that memory stays as it is.

A bundle has the further places of a provider in another table than the provider, so they must be put together somewhere; and
the practice's database should be written to in one short transaction, while the stations of the line go on working.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.registry.nppes import PlaceRow, ProviderRow
from pipeline.registry.problem import RegistryProblem

BATCH = 1000
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE providers (npi TEXT PRIMARY KEY, person INTEGER, name TEXT, taxonomy TEXT, updated TEXT) WITHOUT ROWID;
CREATE TABLE places (npi TEXT, street TEXT, city TEXT, state TEXT, zip TEXT, phone TEXT, fax TEXT);
CREATE TABLE names (npi TEXT, name TEXT);
CREATE INDEX places_of ON places (npi);
CREATE INDEX names_of ON names (npi);
"""
_IF_KNOWN = "WHERE EXISTS (SELECT 1 FROM providers WHERE npi = ?1)"
_ALL = """
SELECT DISTINCT pr.npi, pr.person, pr.name,
       coalesce((SELECT group_concat(name, char(10)) FROM (SELECT DISTINCT name FROM names
                 WHERE npi = pr.npi AND name <> pr.name ORDER BY name)), '') AS also,
       pl.street, pl.city, pl.state, pl.zip, pl.phone, pl.fax, pr.taxonomy, pr.updated
FROM places pl JOIN providers pr ON pr.npi = pl.npi
"""
COLUMNS = ("npi", "person", "name", "also", "street", "city", "state", "zip", "phone", "fax", "taxonomy", "updated")


class Spool:
    """Providers with their places and names, put together."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @classmethod
    @contextmanager
    def within(cls, folder: Path) -> Iterator[Spool]:
        """A fresh one in `folder`. Raises RegistryProblem where the disk does not take it."""
        try:
            db = sqlite3.connect(folder / "registry.db", isolation_level=None)
            try:
                db.executescript(_TABLES)
                yield cls(db)
            finally:
                db.close()
        except sqlite3.Error as error:
            raise RegistryProblem("var/scratch", f"cannot be written ({error}); is the disk full?") from error

    def add_providers(self, rows: Iterable[ProviderRow]) -> None:
        """Providers with their first place and name. Where a number comes twice, the later row counts."""
        for batch in _batches(rows):
            self._db.execute("BEGIN")
            numbers = [(row.npi,) for row in batch]
            for table in ("places", "names"):
                self._db.executemany(f"DELETE FROM {table} WHERE npi = ?", numbers)  # noqa: S608 -- one of two words
            self._db.executemany(
                "INSERT OR REPLACE INTO providers VALUES (?, ?, ?, ?, ?)",
                [(row.npi, row.person, row.name, row.taxonomy, row.updated) for row in batch],
            )
            self._db.executemany(
                "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", [(row.npi, *astuple(row.place)) for row in batch]
            )
            self._db.executemany("INSERT INTO names VALUES (?, ?)", [(row.npi, row.other) for row in batch if row.other])
            self._db.execute("COMMIT")

    def add_places(self, rows: Iterable[tuple[str, PlaceRow]]) -> None:
        """Further places of those who are there."""
        for batch in _batches(rows):
            self._db.execute("BEGIN")
            self._db.executemany(
                f"INSERT INTO places SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 {_IF_KNOWN}",
                [(npi, *astuple(place)) for npi, place in batch],
            )
            self._db.execute("COMMIT")

    def add_names(self, rows: Iterable[tuple[str, str]]) -> None:
        """Further names of those who are there."""
        for batch in _batches(rows):
            self._db.execute("BEGIN")
            self._db.executemany(f"INSERT INTO names SELECT ?1, ?2 {_IF_KNOWN}", batch)
            self._db.execute("COMMIT")

    def batches(self, states: tuple[str, ...]) -> Iterator[list[dict[str, Any]]]:
        """All places in these states, or everywhere, as rows for the practice's database."""
        marks = ", ".join("?" * len(states))
        where = f"WHERE pl.state IN ({marks})" if states else ""
        for batch in _batches(self._db.execute(f"{_ALL} {where} ORDER BY pr.npi", states)):
            yield [dict(zip(COLUMNS, row, strict=True)) for row in batch]


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
