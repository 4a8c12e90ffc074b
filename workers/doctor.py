"""Whether all is well: what is installed, reachable and configured; what is not, and how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.errors import Error, SettingsError
from pipeline.log import chain
from pipeline.matching.directory import DirectoryFile
from pipeline.matching.roster import RosterFile
from pipeline.practice.folder import PracticeFolder
from pipeline.reading.engines import rapidocr_state, tesseract_state
from pipeline.settings import Settings, load
from workers.wiring import broker_for, store_for

FREE_MEGABYTES = 2_000
"""Less than this, and a large chart may not fit."""


class Verdict(StrEnum):
    """How it is."""

    WELL = "well"
    WARNING = "warning"
    ILL = "ill"


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    verdict: Verdict
    sentence: str
    cure: str = ""

    def as_object(self) -> dict[str, str]:
        """The same for programs."""
        return {"what": self.what, "verdict": self.verdict.value, "sentence": self.sentence, "cure": self.cure}


def well(what: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(what, Verdict.WELL, sentence)


def ill(what: str, sentence: str, cure: str) -> Finding:
    """The line cannot run like this."""
    return Finding(what, Verdict.ILL, sentence, cure)


def examine(folder: PracticeFolder, *, broker: str | None = None, database: str | None = None) -> list[Finding]:
    """Looks at everything. Changes nothing, except that a database is brought to its present shape."""
    found = [_python(), *_engines()]
    line = {key: value for key, value in (("broker", broker), ("database", database)) if value}
    try:
        settings = load(folder.settings_file, **({"line": line} if line else {}))
    except SettingsError as error:
        return [*found, ill("settings", str(error), "Mend chartrelay.toml, or make a folder with: chartrelay init DIR")]
    found.append(well("settings", f"{settings.practice.name}; {folder.settings_file}"))
    found.extend(_folders(folder))
    for what, look in _looks(folder, settings):
        found.append(_guarded(what, look))
    return found


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return well("python", f"{version} on {sys.platform}")


def _engines() -> Iterator[Finding]:
    for state in (rapidocr_state(), tesseract_state()):
        yield Finding(state.name, Verdict.WELL if state.usable else Verdict.WARNING, state.detail)


def _folders(folder: PracticeFolder) -> Iterator[Finding]:
    places = {
        "inbox": folder.inbox,
        "returned": folder.returned,
        "outgoing": folder.outgoing,
        "var": folder.var,
        "charts": folder.charts,
    }
    for name, place in places.items():
        if not place.is_dir():
            yield ill(name, f"{place} is not there.", "Make it, or run: chartrelay init DIR")
        elif not _writable(place):
            yield ill(name, f"{place} cannot be written to.", "Give the account that runs ChartRelay the right to write there.")
    if folder.outgoing.is_dir() and not folder.outgoing_marker.is_file():
        cure = f"Connect the share; if this is the right folder, make an empty file {folder.outgoing_marker.name} in it."
        yield ill("outgoing", f"{folder.outgoing} lacks its marker: it may be the empty place of a share that is away.", cure)
    free = shutil.disk_usage(folder.root).free // 1_000_000
    if free < FREE_MEGABYTES:
        yield Finding("disk", Verdict.WARNING, f"{free} MB are free.", "Make room: originals and copies are kept in var/vault.")
    else:
        yield well("disk", f"{free // 1000} GB are free")
    if os.name != "nt" and folder.var.is_dir() and folder.var.stat().st_mode & 0o077:
        yield Finding(
            "privacy", Verdict.WARNING, f"Others on this machine can look into {folder.var}.", f"chmod 700 {folder.var}"
        )


def _writable(place: Path) -> bool:
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".doctor-"):
            return True
    except OSError:
        return False


def _looks(folder: PracticeFolder, settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "roster", lambda: f"{len(RosterFile(folder.roster_csv).current()):,} patients"
    yield "directory", lambda: f"{len(DirectoryFile(folder.directory_csv).current()):,} offices"
    yield "database", lambda: _database(folder, settings)
    yield "broker", lambda: _broker(folder, settings)


def _database(folder: PracticeFolder, settings: Settings) -> str:
    store = store_for(folder, settings)
    with store.reading() as connection:
        check = chain.verify(connection)
    if not check.whole:
        raise Error(f"The delivery log is not as it was written. {check.sentence}")
    return f"{store.engine.dialect.name}; delivery log whole, {check.entries:,} entries"


def _broker(folder: PracticeFolder, settings: Settings) -> str:
    broker = broker_for(folder, settings, name="chartrelay doctor")
    try:
        depths = broker.depths()
    finally:
        broker.close()
    waiting, dead = sum(d.ready for d in depths.values()), sum(d.dead for d in depths.values())
    kind = "embedded queue" if settings.line.broker == "embedded" else "RabbitMQ"
    return f"{kind}; {waiting} waiting, {dead} dead letters"


def _guarded(what: str, look: Callable[[], str]) -> Finding:
    try:
        return well(what, look())
    except Error as error:
        return ill(what, str(error), "See above, mend it, and ask the doctor again.")
    except Exception as error:
        return ill(
            what,
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
            "Check the address, and that the server runs.",
        )
