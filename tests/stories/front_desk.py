"""A front desk for stories: its practice, its papers, and the commands it types. The line runs in this process, for speed."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from pipeline.practice.folder import DIRECTORY_COLUMNS, ROSTER_COLUMNS, PracticeFolder
from pipeline.reading.engines import Engines
from pipeline.reading.memory import NO_MEMORY, Memory
from pipeline.reading.reader import Reader
from pipeline.settings import load
from schemas.release import StationName
from tests.stories.made_up import PRACTICE, chart
from tests.stories.papers import Office, Person
from workers import wiring
from workers.catalogue import STATIONS
from workers.cli.app import app
from workers.watch import Watch

WHOLE_LINE = tuple(station for station in StationName if station is not StationName.WATCH)
TODAY = date.today()


def years_ago(years: int, month: int, day: int) -> date:
    """A birthday so that somebody has turned this age in the last twelve months."""
    birthday = date(TODAY.year, month, day)
    return birthday.replace(year=(TODAY.year if birthday <= TODAY else TODAY.year - 1) - years)


NORA = Person("P01", "Nora", "Marlowe", date(1984, 3, 4), "(541) 555-0171", "12 Juniper Lane", "P02")
PETER = Person("P02", "Peter", "Marlowe", date(1982, 8, 19), "(541) 555-0171", "12 Juniper Lane", "P02")
TESS = Person("P03", "Tess", "Marlowe", years_ago(9, 5, 11), "(541) 555-0171", "12 Juniper Lane", "P02")
FINN = Person("P04", "Finn", "Marlowe", years_ago(6, 10, 2), "(541) 555-0171", "12 Juniper Lane", "P02")
INGRID = Person("P05", "Ingrid", "Solberg", date(1971, 1, 30), "(541) 555-0172", "8 Fjord Street", "P05")
VICTOR = Person("P06", "Victor", "Amaya", date(1990, 6, 17), "(541) 555-0173", "77 Sawmill Road", "P06")
RUTH = Person("P07", "Ruth", "Keane", date(1975, 12, 9), "(541) 555-0174", "3 Chapel Row", "P07")
ADAM = Person("P08", "Adam", "Keane", years_ago(19, 2, 14), "(541) 555-0174", "3 Chapel Row", "P07")
OWEN = Person("P09", "Owen", "Brandvold", date(1966, 4, 25), "(541) 555-0175", "140 Tamarack Way", "P09")
LENA = Person("P10", "Lena", "Fischer", date(1993, 9, 8), "(541) 555-0176", "21 Beekeeper Court", "P10")
EVERYBODY = (NORA, PETER, TESS, FINN, INGRID, VICTOR, RUTH, ADAM, OWEN, LENA)

LAKESIDE = Office("lakeside", "Lakeside Family Dental", "2200 Shoreline Drive", "(541) 555-0110", "(541) 555-0111", "dentist")
SURGEON = Office("riverbend", "Riverbend Oral Surgery", "15 Millrace Avenue", "(541) 555-0116", "(541) 555-0117", "specialist")
LAWYERS = Office("harrow", "Harrow and Pike", "212 Chandler Street", "(541) 555-0194", "(541) 555-0195", "attorney")
OFFICES = (LAKESIDE, SURGEON, LAWYERS)


@cache
def _engines() -> Engines:
    """One set for all stories: its models are loaded once."""
    return Engines.installed(1)


def the_reader(memory: Memory = NO_MEMORY) -> Reader:
    """A reader of one office."""
    return Reader(_engines(), memory=memory)


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    status: int
    printed: str
    complained: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """One object a line, as with --json."""
        assert self.status == 0, self.complained
        return [json.loads(line) for line in self.printed.splitlines()]


class FrontDesk:
    """Who drops the scans, types the commands, and looks what came of it."""

    def __init__(self, root: Path) -> None:
        self.folder = PracticeFolder(root)
        self.folder.create(PRACTICE)
        _write(self.folder.roster_csv, ROSTER_COLUMNS, [person.row() for person in EVERYBODY])
        _write(self.folder.directory_csv, DIRECTORY_COLUMNS, [office.row() for office in OFFICES])
        for number, person in enumerate(EVERYBODY):
            chart(self.folder.chart(person.patient_id), number, person.row())

    def drop(self, file: str, paper: bytes) -> None:
        """Puts a scan into the inbox."""
        (self.folder.inbox / file).write_bytes(paper)

    def types(self, *command: str | Path) -> Said:
        """Types a command; `--home` is added."""
        done = CliRunner().invoke(app, [*map(str, command), "--home", str(self.folder.root)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def asks(self, *command: str) -> list[dict[str, Any]]:
        """What a command tells programs."""
        return self.types(*command, "--json").objects

    def decides(self, request: dict[str, Any], *how: str) -> None:
        """Decides on a request as Ana, and lets the line go on."""
        done = self.types("decide", request["id"], *how, "--who", "Ana")
        assert done.status == 0, done.complained
        self.lets_the_line_run()

    def lets_the_line_run(self, stations: Sequence[StationName] = WHOLE_LINE) -> None:
        """Until these stations have nothing left to do."""
        let_the_line_run(self.folder, stations)

    def request(self, file: str, person: Person | None = None) -> dict[str, Any]:
        """The request that this file became, or its part of this person."""
        found = [
            request
            for request in self.asks("requests")
            if request["file"] == file and (person is None or request["patient_id"] == person.patient_id)
        ]
        assert len(found) == 1, found
        return found[0]

    def held(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """What still stands against it, as the queue tells."""
        return [finding for entry in self.asks("queue") if entry["id"] == request["id"] for finding in entry["held"]]

    def why(self, request: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
        """The reasoning, by the title of each step."""
        [told] = self.asks("why", request["id"])
        return {step["title"]: step["lines"] for step in told["steps"]}

    def sets_for(self, office: Office) -> list[Path]:
        """What has arrived there."""
        place = self.folder.outgoing / office.office_id
        return sorted(path for path in place.iterdir() if not path.name.startswith(".")) if place.is_dir() else []


def let_the_line_run(folder: PracticeFolder, stations: Sequence[StationName] = WHOLE_LINE) -> None:
    """The watcher takes what lies in the inbox; then these stations work until they have nothing left to do."""
    seconds = iter(range(0, 1000, 100))
    with wiring.house(folder, load(folder.settings_file)) as house:
        watch = Watch(house.bench, house.store, house.outbox, seconds=lambda: float(next(seconds)))
        watch.look()
        watch.look()
        with house.broker.consume(stations) as consumer:
            while (incoming := consumer.receive(0)) is not None:
                house.runner.attempt(STATIONS[incoming.station], incoming)


def yesterday() -> date:
    """In every time zone this day is over."""
    return TODAY - timedelta(days=1)


def _write(file: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
