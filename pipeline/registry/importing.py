"""An import: the whole file read first, then the old registry replaced by the new one in a single transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sqlalchemy import delete, insert, select

from pipeline.registry import nppes
from pipeline.registry.bundle import Bundle, Table, opened
from pipeline.registry.problem import RegistryProblem
from pipeline.registry.records import Records, Tell
from pipeline.registry.spool import Spool
from pipeline.registry.taxonomies import DENTAL
from pipeline.store import tables
from pipeline.store.store import Store
from pipeline.store.times import stamp


@dataclass(frozen=True)
class Wanted:
    """Which providers are kept."""

    states: tuple[str, ...]
    """Two letters each; empty: all of them."""
    taxonomies: tuple[str, ...] = DENTAL
    """Beginnings of codes."""


@dataclass(frozen=True)
class Import:
    """What was imported, from what, when and by whom."""

    file: str
    file_date: str
    sha256: str
    rows: int
    """Providers in the file."""
    kept: int
    """Places of providers that were kept."""
    states: str
    taxonomies: str
    at: str
    who: str


@dataclass(frozen=True)
class Progress:
    """Whoever is told how it goes on; by itself nobody."""

    begins: Callable[[int], None] = lambda total: None
    """How many bytes there are."""
    read: Tell = lambda size: None
    """How many more were read."""


SILENT = Progress()


def import_registry(path: Path, store: Store, wanted: Wanted, *, who: str, scratch: Path, progress: Progress = SILENT) -> Import:
    """Replaces the registry by what `path` holds. Raises RegistryProblem or Retryable; the old one is then as it was.

    While the file is read, which takes minutes, nothing in the database is locked.
    """
    before = _stamp(path)
    sha256 = _sha256(path)
    with TemporaryDirectory(dir=scratch, prefix="registry-") as folder, Spool.within(Path(folder)) as spool:
        with opened(path) as bundle:
            progress.begins(bundle.size)
            rows = _fill(spool, bundle, wanted, progress.read)
        if _stamp(path) != before:
            raise RegistryProblem(path.name, "was changed while it was read.")
        return _replace(store, spool, wanted, path.name, bundle, sha256=sha256, rows=rows, who=who)


def last_import(store: Store) -> Import | None:
    """What the registry holds now, or None where nothing was imported yet."""
    columns = [tables.registry_imports.c[name] for name in Import.__dataclass_fields__]
    with store.reading() as connection:
        row = connection.execute(select(*columns).order_by(tables.registry_imports.c.id.desc()).limit(1)).mappings().first()
    return Import(**row) if row else None


def _fill(spool: Spool, bundle: Bundle, wanted: Wanted, tell: Tell) -> int:
    """Everything that matters, into the spool; how many providers the file has."""

    def records(table: Table, stream: IO[bytes]) -> Records:
        return Records(table.name, stream, tell)

    with bundle.providers.open() as stream:
        read = records(bundle.providers, stream)
        spool.add_providers(nppes.providers(read, wanted.taxonomies))
    if bundle.places:
        with bundle.places.open() as stream:
            spool.add_places(nppes.places(records(bundle.places, stream)))
    if bundle.names:
        with bundle.names.open() as stream:
            spool.add_names(nppes.names(records(bundle.names, stream)))
    return read.read


def _replace(
    store: Store, spool: Spool, wanted: Wanted, given: str, bundle: Bundle, *, sha256: str, rows: int, who: str
) -> Import:
    with store.unit() as unit:
        unit.connection.execute(delete(tables.registry))
        kept = 0
        for batch in spool.batches(wanted.states):
            kept += len(batch)
            unit.connection.execute(
                insert(tables.registry),
                [row | {"person": bool(row["person"]), "zip5": row["zip"][:5]} for row in batch],
            )
        if not kept:
            where = f" in {', '.join(wanted.states)}" if wanted.states else ""
            raise RegistryProblem(given, f"has {rows:,} providers, and none of the kind asked for{where}.")
        done = Import(
            file=bundle.providers.name,
            file_date=bundle.last_day.isoformat() if bundle.last_day else "",
            sha256=sha256,
            rows=rows,
            kept=kept,
            states=",".join(wanted.states),
            taxonomies=",".join(wanted.taxonomies),
            at=stamp(unit.at),
            who=who,
        )
        unit.connection.execute(insert(tables.registry_imports).values(**asdict(done)))
    return done


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RegistryProblem(path.name, f"cannot be read ({error.strerror}).") from error


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise RegistryProblem(path.name, f"cannot be read ({error.strerror}).") from error
    return found.st_size, found.st_mtime_ns
