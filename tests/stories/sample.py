"""The sample practice of the stories: as it was drawn, and after the line has run on it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.practice.folder import PracticeFolder
from pipeline.practice.sample import Ending, Expected
from pipeline.practice.sample.requests import scans
from tests.once import Once
from tests.stories.commands import chartrelay, objects

SECONDS = 600.0
"""Within these the line must have dealt with the whole inbox, on a slow machine with other work."""
QUICKLY = {"CHARTRELAY_INBOX__QUIET_SECONDS": "0.2", "CHARTRELAY_INBOX__RESCAN_SECONDS": "1"}


class Drawn(NamedTuple):
    """A sample practice as `init --sample` leaves it, never run."""

    folder: PracticeFolder
    expected: dict[str, Expected]

    @property
    def requests(self) -> list[tuple[str, Expected]]:
        """File and expectation of each request that comes of the scans, those of the parts of a split one besides."""
        return [
            (file, one)
            for file, expected in self.expected.items()
            for one in (expected, *expected.parts)
            if one.ending in (Ending.DELIVERED, Ending.HELD, Ending.SPLIT)
        ]

    @property
    def to_release(self) -> set[tuple[str, str]]:
        """File and patient of each request that ought to be released."""
        return {(file, one.patient_id) for file, one in self.requests if one.ending is Ending.DELIVERED}


class Run:
    """The same after the line has run on it, and rests."""

    def __init__(self, folder: PracticeFolder, environment: dict[str, str]) -> None:
        self.folder = folder
        self._environment = environment
        self._told: dict[tuple[str, ...], list[dict[str, Any]]] = {}

    def ask(self, *command: str) -> list[dict[str, Any]]:
        """What the command prints as JSON; asked once, for nothing changes any more."""
        if command not in self._told:
            self._told[command] = objects(chartrelay(*command, "--json", home=self.folder.root, environment=self._environment))
        return self._told[command]

    def endings(self) -> dict[str, Ending]:
        """How each file ended, as the commands tell it."""
        states = {"closed": Ending.DELIVERED, "held": Ending.HELD, "split": Ending.SPLIT}
        found = {r["file"]: states[r["state"]] for r in self.ask("requests") if r["parent"] is None}
        for entry in self.ask("log"):
            if entry["event"] in ("returned", "repeated"):
                found[entry["details"]["file"]] = Ending(entry["event"])
        return found

    def released(self) -> set[tuple[str, str]]:
        """File and patient of each request that was delivered."""
        return {(r["file"], r["patient_id"]) for r in self.ask("requests") if r["state"] == "closed"}


def drawn_once(once: Once) -> Drawn:
    """Drawn by the first who asks; the tests run the line on copies."""

    def draw(place: Path) -> None:
        done = chartrelay("init", place / "practice", "--sample")
        assert done.returncode == 0, done.stderr

    folder = PracticeFolder(once("sample", draw) / "practice")
    expected = {scan.name: scan.expected for scan in scans(date.today(), seed=1)}
    assert {path.name for path in folder.inbox.iterdir()} == set(expected)
    return Drawn(folder, expected)


def run_once(once: Once, drawn: Drawn) -> Run:
    """`up --once` on the embedded queue and SQLite, as in an office with one machine; by the first who asks."""

    def run(place: Path) -> None:
        shutil.copytree(drawn.folder.root, place / "practice")
        done = chartrelay("up", "--once", home=place / "practice", environment=QUICKLY, seconds=SECONDS)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "files came in" in done.stdout

    return Run(PracticeFolder(once("embedded", run) / "practice"), QUICKLY)
