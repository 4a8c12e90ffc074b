"""The import of the NPI registry: rows a second beside the csv module alone, and the memory of the process.

The file is made up, with the heading and the width of the published one: 330 columns, a dentist among every twenty-three
providers, as in the United States. Its memory is that of a process of its own, on a small file and on one ten times as long.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import beside, in_turn
from benchmarks.showing import Page
from pipeline.registry.importing import Wanted, import_registry
from pipeline.store.database import connect, database_url, migrate
from pipeline.store.store import Store
from tests.registry import making

NAME = "registry"
ROWS = 200_000
DENTIST_EVERY = 23
"""8 million providers, some 350,000 of them with a dental code."""
CSV_ALONE = "csv module alone"
IMPORTS = {"import of the CSV": "csv", "import of the zip": "zip"}
MEMORY_CODE = """
import resource, sys
from pathlib import Path
from benchmarks.registry import imported
imported(Path(sys.argv[1]), Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def run(page: Page, *, rounds: int = 3) -> None:
    """Prints both tables."""
    with TemporaryDirectory(prefix="chartrelay-benchmark-") as folder, page.progress() as tell:
        place = Path(folder)
        tell(f"writing a registry of {ROWS:,} providers")
        files = written(place / "large", ROWS)
        numbers = count()

        def speed(work: Callable[[], None]) -> float:
            began = time.perf_counter()
            work()
            return ROWS / (time.perf_counter() - began)

        contestants: dict[str, Callable[[], float]] = {
            name: lambda kind=kind: speed(lambda: imported(files[kind], place / f"{next(numbers)}.db"))  # type: ignore[misc]
            for name, kind in IMPORTS.items()
        }
        contestants[CSV_ALONE] = lambda: speed(lambda: read_alone(files["csv"]))
        spreads = in_turn(contestants, rounds, tell)
        small = written(place / "small", ROWS // 10)
        tell("measuring memory")
        memory = [
            [f"{len_:,} providers", peak_mb(file, place / f"{next(numbers)}.db"), file.stat().st_size / 1_000_000]
            for len_, file in ((ROWS // 10, small["csv"]), (ROWS, files["csv"]))
        ]
    note = f"{ROWS:,} providers of 330 columns, one in {DENTIST_EVERY} a dentist; checked, filtered and put into SQLite."
    page.figures(NAME, "Import of the registry", beside(spreads, dict.fromkeys(IMPORTS, CSV_ALONE), "rows/s"), note)
    page.rows(NAME, "Memory of an import", ["", "peak MB of the process", "MB of the file"], memory)


def written(folder: Path, rows: int) -> dict[str, Path]:
    """The table, and the zip of it."""
    folder.mkdir()
    table, packed = folder / f"npidata_pfile_{making.MONTH}.csv", folder / "NPPES.zip"
    with table.open("wb") as file:
        file.writelines(making.many(rows, dentist_every=DENTIST_EVERY))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(table, table.name)
    return {"csv": table, "zip": packed}


def imported(file: Path, database: Path) -> None:
    """The whole import, into a database of its own."""
    engine = connect(database_url("sqlite", database))
    migrate(engine)
    done = import_registry(file, Store(engine), Wanted(()), who="benchmark", scratch=database.parent)
    engine.dispose()
    assert done.kept == -(-done.rows // DENTIST_EVERY), "a provider was lost"


def read_alone(file: Path) -> None:
    """What a program pays that only takes the table apart."""
    with file.open(newline="", encoding="utf-8") as stream:
        assert sum(1 for _ in csv.reader(stream)) == ROWS + 1


def peak_mb(file: Path, database: Path) -> float:
    """Megabytes at most that the process had in memory."""
    command = [sys.executable, "-c", MEMORY_CODE, str(file), str(database)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
