"""The offices that records were sent to before: the only addresses that a set is ever sent to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.matching.npi import is_npi
from pipeline.matching.tables import Row, TableProblem, WatchedTable, rows_of
from schemas.release import Destination, OfficeKind

NEEDED = frozenset({"office_id", "name", "channel", "address", "trusted"})
_TEXTS = tuple(name for name in Destination.model_fields if name not in ("trusted", "kind"))
_NEVER_EMPTY = ("office_id", "name", "channel", "address")
_YES, _NO = frozenset({"yes", "y", "true"}), frozenset({"no", "n", "false", ""})


class DirectoryProblem(TableProblem):
    """The directory cannot be used as it is: line, column and what would be right."""


class Directory:
    """All offices, in the order of the file."""

    def __init__(self, offices: Sequence[Destination]) -> None:
        self.offices = tuple(offices)

    @classmethod
    def load(cls, path: Path) -> Directory:
        """The directory in a CSV file with the columns of `Destination`. Raises DirectoryProblem."""
        return cls(tuple(_offices(path)))

    def __len__(self) -> int:
        return len(self.offices)

    def by_id(self, office_id: str) -> Destination | None:
        """The office with this id, or None."""
        return next((office for office in self.offices if office.office_id == office_id), None)


class DirectoryFile(WatchedTable[Directory]):
    """`directory.csv` of a practice: `current()` reads it again when it has changed. Raises DirectoryProblem."""

    refusal = DirectoryProblem

    def _load(self) -> Directory:
        return Directory.load(self.path)


def _offices(path: Path) -> Iterator[Destination]:
    lines: dict[str, int] = {}
    ends: dict[tuple[str, str], int] = {}
    for row in rows_of(path, NEEDED, DirectoryProblem):
        office = _office(path.name, row)
        if office.office_id in lines:
            what = f"the same office_id stands in line {lines[office.office_id]}; every office has one row"
            raise DirectoryProblem(path.name, what, line=row.line, column="office_id")
        end = _end_of(office)
        if end in ends:
            what = f"the office in line {ends[end]} has the same address; two offices must not get their sets in one place"
            raise DirectoryProblem(path.name, what, line=row.line, column="address")
        lines[office.office_id] = ends[end] = row.line
        yield office


def _end_of(office: Destination) -> tuple[str, str]:
    """Where the channel ends, spelt in one way: to most disks and mail servers, capitals and a last slash are nothing."""
    address = unicodedata.normalize("NFC", office.address).casefold().replace("\\", "/")
    return office.channel.casefold(), address.rstrip("/")


def _office(file: str, row: Row) -> Destination:
    for column in _NEVER_EMPTY:
        if not row.get(column):
            raise DirectoryProblem(file, "is empty; every office has one", line=row.line, column=column)
    trusted = row.get("trusted").casefold()
    if trusted not in _YES | _NO:
        raise DirectoryProblem(file, "must be yes or no", line=row.line, column="trusted")
    if row.get("npi") and not is_npi(row.get("npi")):
        what = "must be a National Provider Identifier, ten digits of which the last checks the others, or empty"
        raise DirectoryProblem(file, what, line=row.line, column="npi")
    return Destination(**{name: row.get(name) for name in _TEXTS}, trusted=trusted in _YES, kind=_kind(file, row))


def _kind(file: str, row: Row) -> OfficeKind:
    try:
        return OfficeKind(row.get("kind").casefold())
    except ValueError:
        what = f"must be one of {', '.join(kind.value for kind in OfficeKind if kind)}, or empty"
        raise DirectoryProblem(file, what, line=row.line, column="kind") from None
