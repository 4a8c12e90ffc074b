"""The folder that a practice works with: where everything lies, and how it is first made.

The inbox and the tables beside it are for people; `var/` (database, vault, queue) is not, and only its owner may open it.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from importlib.resources import files
from pathlib import Path
from string import Template

from pipeline.errors import Error
from schemas.release import Practice

ROSTER_COLUMNS = (
    "patient_id",
    "last_name",
    "first_name",
    "middle_name",
    "other_names",
    "date_of_birth",
    "phone",
    "email",
    "street",
    "city",
    "state",
    "zip",
    "guarantor_id",
    "status",
    "balance",
    "next_appointment",
)
"""The header of roster.csv: one patient a row, dates as YYYY-MM-DD."""

DIRECTORY_COLUMNS = (
    "office_id",
    "name",
    "attention",
    "street",
    "city",
    "state",
    "zip",
    "phone",
    "fax",
    "email",
    "channel",
    "address",
    "trusted",
    "kind",
    "npi",
)
"""The header of directory.csv: one office a row; `address` is what the channel delivers to, `trusted` is yes or no, `kind` is
what the office is (`schemas.release.OfficeKind`), `npi` its National Provider Identifier. The last two may be left empty."""

CONTENTS_COLUMNS = ("file", "kind", "date", "pages", "teeth", "description")
"""The header of a chart's contents.csv: one record a row, as the chart says it exists."""

OUTGOING_MARKER = ".chartrelay"
"""What the courier looks for in outgoing/ before it writes there (`pipeline.delivering.address.MARKER`)."""
_OUTGOING_SAYS = """ChartRelay delivers copies of records into this folder, and only where it finds this file.
It is how it tells the folder from the empty place of a share that is not connected. Please leave it here.
"""

NEW_PRACTICE = Practice(name="Our Dental Practice")
"""What a fresh chartrelay.toml says until somebody fills it in."""


class FolderError(Error):
    """The practice's folder cannot be made: no right to write there, a full disk, a file in the way of a folder."""


class PracticeFolder:
    """The places of a practice's folder. Nothing is touched until `create` is called."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def settings_file(self) -> Path:
        """chartrelay.toml: name and address of the practice, broker, database, limits, policy."""
        return self.root / "chartrelay.toml"

    @property
    def inbox(self) -> Path:
        """Where people drop scans; the one folder that is shared on the network."""
        return self.root / "inbox"

    @property
    def returned(self) -> Path:
        """Files that are no readable document, each with a note beside it that says why."""
        return self.root / "returned"

    @property
    def roster_csv(self) -> Path:
        """The patients, when no chart system is connected. Columns: `ROSTER_COLUMNS`."""
        return self.root / "roster.csv"

    @property
    def directory_csv(self) -> Path:
        """The offices that records were sent to before. Columns: `DIRECTORY_COLUMNS`."""
        return self.root / "directory.csv"

    @property
    def charts(self) -> Path:
        """The records themselves, one folder a patient, when no chart system is connected."""
        return self.root / "charts"

    def chart(self, patient_id: str) -> Path:
        """One patient's chart. Raises ValueError for an id that is no plain folder name."""
        if patient_id in {"", ".", ".."} or any(sign in patient_id for sign in '/\\:*?"<>|\0'):
            raise ValueError("a patient id must be a plain folder name")
        return self.charts / patient_id

    @property
    def outgoing(self) -> Path:
        """Sets delivered by the folder channel."""
        return self.root / "outgoing"

    @property
    def outgoing_marker(self) -> Path:
        """Whoever finds this file in outgoing/ knows that it is the folder itself, and connected."""
        return self.outgoing / OUTGOING_MARKER

    @property
    def var(self) -> Path:
        """Database, vault, queue and logs: not for people."""
        return self.root / "var"

    @property
    def database(self) -> Path:
        """The SQLite file of requests and delivery log, when the settings say `database = "sqlite"`."""
        return self.var / "chartrelay.db"

    @property
    def vault(self) -> Path:
        """The originals under their SHA-256."""
        return self.var / "vault"

    @property
    def queue(self) -> Path:
        """The SQLite file of the embedded queue, when the settings say `broker = "embedded"`."""
        return self.var / "queue.db"

    @property
    def scratch(self) -> Path:
        """Where work in progress lies; may be emptied whenever nothing runs."""
        return self.var / "scratch"

    def create(self, practice: Practice = NEW_PRACTICE) -> None:
        """Makes what is missing: folders, tables with just their header, settings with remarks that teach.

        What is there is left as it is, so a second call does nothing. Raises FolderError. Only a new practice gets the marker
        in outgoing/: later that folder may be the empty place of a share, where a marker would say what is not so.
        """
        is_new = not self.settings_file.exists()
        try:
            for folder in (self.root, self.inbox, self.returned, self.charts, self.outgoing):
                folder.mkdir(parents=True, exist_ok=True)
            if is_new:
                _write_new(self.outgoing_marker, _OUTGOING_SAYS)
            self._make_private(self.var)
            self._make_private(self.vault)
            self._make_private(self.scratch)
            _write_new(self.roster_csv, csv_text(ROSTER_COLUMNS, ()))
            _write_new(self.directory_csv, csv_text(DIRECTORY_COLUMNS, ()))
            _write_new(self.settings_file, settings_text(practice))
        except OSError as error:
            raise FolderError(f"The folder {self.root} cannot be made: {error.strerror or type(error).__name__}.") from error

    @staticmethod
    def _make_private(folder: Path) -> None:
        """Only the owner may look in. Windows ignores the mode; there the rights of the folder above hold."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.name != "nt":
            folder.chmod(0o700)


def settings_text(practice: Practice) -> str:
    """chartrelay.toml for this practice, everything else as the template has it."""
    template = files("pipeline.practice").joinpath("settings.template.toml").read_text(encoding="utf-8")
    return Template(template).substitute({key: _inside_quotes(value) for key, value in practice.model_dump().items()})


def csv_text(columns: tuple[str, ...], rows: tuple[dict[str, str], ...] | list[dict[str, str]]) -> str:
    """A table as text: the header, then a line a row. Raises ValueError for a column nobody declared."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _inside_quotes(value: str) -> str:
    """The value escaped for a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")


def _write_new(path: Path, text: str) -> None:
    """Writes a file that is not there yet, whole or not at all; one that is there is never touched."""
    try:
        stream = path.open("x", encoding="utf-8", newline="")
    except FileExistsError:
        return
    try:
        with stream:
            stream.write(text)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
