"""The registry is replaced whole or not at all, on both databases."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipeline.errors import Retryable
from pipeline.registry.importing import Import, Progress, Wanted, import_registry, last_import
from pipeline.registry.problem import RegistryProblem
from pipeline.registry.stored import StoredRegistry
from pipeline.store import tables
from pipeline.store.store import Store
from schemas.release import OfficeKind
from tests.databases import clock, postgresql_store, sqlite_store, store
from tests.registry import making

__all__ = ["clock", "postgresql_store", "sqlite_store", "store"]
OREGON = Wanted(("OR",))
SILENT = Progress()


class Importer:
    """Imports into one store, as the command does."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.scratch = folder / "scratch"
        self.scratch.mkdir()

    def __call__(self, *rows: making.Row, wanted: Wanted = OREGON, **others: list[list[str]]) -> Import:
        return self.of(making.bundle(self.folder / "nppes.zip", *rows, **others), wanted)

    def of(self, path: Path, wanted: Wanted = OREGON, progress: Progress = SILENT) -> Import:
        return import_registry(path, self.store, wanted, who="Ana", scratch=self.scratch, progress=progress)

    def names(self) -> list[str]:
        with self.store.reading() as connection:
            return list(connection.scalars(select(tables.registry.c.name).order_by(tables.registry.c.name)))


@pytest.fixture
def importer(store: Store, tmp_path: Path) -> Iterator[Importer]:
    made = Importer(store, tmp_path)
    yield made
    assert list(made.scratch.iterdir()) == [], "nothing is left behind"


def test_what_is_kept_is_written_down(importer: Importer) -> None:
    done = importer(making.provider(1), making.provider(2, state="WA"), making.provider(3, taxonomy="207Q00000X"))
    assert (done.rows, done.kept, done.states, done.who, done.file_date) == (3, 1, "OR", "Ana", "2026-11-08")
    assert len(done.sha256) == 64
    assert last_import(importer.store) == done


def test_before_the_first_import_there_is_nothing(store: Store) -> None:
    assert last_import(store) is None
    registry = StoredRegistry(store)
    assert not registry.loaded()
    assert list(registry.near("Tidewater", "(541) 555-0170", "", "97993")) == []


def test_an_entry_is_found_by_either_number_by_its_zip_code_and_by_its_npi(importer: Importer) -> None:
    importer(
        making.provider(1, phone="5415550170", fax="5415550171"), making.provider(2, phone="5415550190", fax="", zip="97001")
    )
    registry = StoredRegistry(importer.store)
    (entry,) = registry.by_npi(making.npi(1))
    for phone, fax, zip_code in (
        ("(541) 555-0170", "", ""),
        ("", "541-555-0170", ""),
        ("+1 541 555 0171", "", ""),
        ("", "", "97993"),
        ("", "", "97993-0001"),
        ("(541) 555-0170", "(541) 555-0171", "97993"),
    ):
        assert list(registry.near("anything", phone, fax, zip_code)) == [entry]
    assert (entry.name, entry.street, entry.phone, entry.fax) == (
        "Tidewater Dental Studio, LLC",
        "900 Quay St",
        "(541) 555-0170",
        "(541) 555-0171",
    )
    assert (entry.kind, entry.specialty, entry.updated) == (OfficeKind.DENTIST, "General Dentistry", "2025-03-14")
    assert list(registry.near("Tidewater Dental Studio", "", "", "")) == []
    assert list(registry.near("", "'; drop table registry; --", "%", "_____")) == []


def test_further_places_and_names_are_put_to_their_provider(importer: Importer) -> None:
    importer(
        making.provider(1, other="TIDEWATER SMILES"),
        making.provider(2, state="WA", city="VANCOUVER"),
        places=[making.place(1, "15 MILLRACE AVE"), making.place(2, "47 CEDAR GROVE RD"), making.place(9, "1 NOWHERE ST")],
        names=[[making.npi(1), "QUAY STREET DENTAL", "3"], [making.npi(1), "TIDEWATER SMILES", "3"], [making.npi(9), "X", "3"]],
    )
    registry = StoredRegistry(importer.store)
    assert [entry.street for entry in registry.by_npi(making.npi(1))] == ["900 Quay St", "15 Millrace Ave"]
    assert {entry.also for entry in registry.by_npi(making.npi(1))} == {("Quay Street Dental", "Tidewater Smiles")}
    assert [entry.street for entry in registry.by_npi(making.npi(2))] == ["47 Cedar Grove Rd"], "the place in the state"
    assert not list(registry.by_npi(making.npi(9)))


def test_everywhere_and_other_codes_when_asked_for(importer: Importer) -> None:
    rows = (making.provider(1, state="WA"), making.provider(2, taxonomy="207Q00000X"))
    assert importer(*rows, wanted=Wanted((), ("207Q",))).kept == 1
    assert importer(*rows, wanted=Wanted((), ("1223", "207Q"))).kept == 2


def test_a_new_import_replaces_the_old_one(importer: Importer) -> None:
    importer(making.provider(1, organisation="OLD DENTAL"))
    importer(making.provider(2, organisation="NEW DENTAL"))
    assert importer.names() == ["New Dental"]
    with importer.store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.registry_imports)) == 2, "both are written down"


def test_a_provider_that_comes_twice_counts_once(importer: Importer) -> None:
    importer(making.provider(1, organisation="OLD DENTAL"), making.provider(1, organisation="NEW DENTAL"))
    assert importer.names() == ["New Dental"]


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_broken_file_changes_nothing(importer: Importer, keep: float) -> None:
    before = importer(making.provider(1, organisation="OLD DENTAL"))
    path = making.bundle(importer.folder / "part.zip", *(making.provider(n) for n in range(300)))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(RegistryProblem):
        importer.of(path)
    assert importer.names() == ["Old Dental"]
    assert last_import(importer.store) == before


def test_a_broken_smaller_table_changes_nothing(importer: Importer) -> None:
    importer(making.provider(1, organisation="OLD DENTAL"))
    with pytest.raises(RegistryProblem, match="pl_pfile"):
        importer(making.provider(2, organisation="NEW DENTAL"), places=[["1", "2"]])
    assert importer.names() == ["Old Dental"]


def test_a_file_with_nobody_who_is_wanted_changes_nothing(importer: Importer) -> None:
    importer(making.provider(1, organisation="OLD DENTAL"))
    with pytest.raises(RegistryProblem, match="none of the kind asked for in OR"):
        importer(making.provider(2, state="WA"))
    assert importer.names() == ["Old Dental"]


class Interrupted(BaseException):
    """As Ctrl-C does."""


def test_an_import_that_is_interrupted_changes_nothing(importer: Importer) -> None:
    importer(making.provider(1, organisation="OLD DENTAL"))
    path = making.bundle(importer.folder / "new.zip", making.provider(2, organisation="NEW DENTAL"))

    def interrupt(size: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        importer.of(path, progress=Progress(read=interrupt))
    assert importer.names() == ["Old Dental"]


def test_the_old_registry_is_there_until_the_new_one_is_complete(importer: Importer) -> None:
    importer(making.provider(1, organisation="OLD DENTAL"))
    path = making.bundle(importer.folder / "new.zip", making.provider(2, organisation="NEW DENTAL"))
    seen: list[list[str]] = []
    importer.of(path, progress=Progress(read=lambda size: seen.append(importer.names())))
    assert seen
    assert all(names == ["Old Dental"] for names in seen)
    assert importer.names() == ["New Dental"]


def test_nothing_is_locked_while_the_file_is_read(importer: Importer) -> None:
    path = making.bundle(importer.folder / "new.zip", making.provider(1))

    numbers = itertools.count()

    def write(size: int) -> None:
        with importer.store.unit() as unit:  # as a station does at the same time
            unit.connection.execute(tables.scans.insert().values(sha256=str(next(numbers)), request_id="R-1", at=""))

    importer.of(path, progress=Progress(read=write))
    assert next(numbers) > 0


def test_a_file_that_changes_while_it_is_read_is_not_believed(importer: Importer) -> None:
    path = importer.folder / f"npidata_pfile_{making.MONTH}.csv"
    path.write_bytes(making.providers_table(making.provider(1)))

    def append(size: int) -> None:
        with path.open("ab") as file:
            file.write(making.providers_table(making.provider(2)).split(b"\n", 1)[1])

    with pytest.raises(RegistryProblem, match="was changed while it was read"):
        importer.of(path, progress=Progress(begins=append))
    assert importer.names() == []


def test_a_database_that_fails_in_the_middle_keeps_the_old_registry(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    importer(making.provider(1, organisation="OLD DENTAL"))
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.registry.importing.asdict", lambda done: {"no such column": 1})
        with pytest.raises(Exception, match="no such column"):
            importer(making.provider(2, organisation="NEW DENTAL"))
    assert importer.names() == ["Old Dental"]


def test_memory_does_not_grow_with_the_file(sqlite_store: Store, tmp_path: Path) -> None:
    importer = Importer(sqlite_store, tmp_path)
    peaks = []
    for count in (4_000, 4_000, 16_000):  # the first one warms up
        path = tmp_path / f"npidata_pfile_{making.MONTH}.csv"
        with path.open("wb") as file:
            file.writelines(making.many(count))
        tracemalloc.start()
        importer.of(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.3 * peaks[1]


def test_a_registry_in_a_database_that_is_away_may_be_asked_again(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite_store.unit() as unit:
        unit.connection.exec_driver_sql("DROP TABLE registry")
    with pytest.raises(Retryable):
        StoredRegistry(sqlite_store).loaded()
