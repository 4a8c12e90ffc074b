"""Tables that people keep as CSV: read tolerantly, refused precisely.

Tolerated, because spreadsheets do it: a byte order mark, Windows line ends, Windows' own encoding, columns in any order,
columns nobody asked for, empty lines, rows that end early. Refused, because a guess could name the wrong person: a needed
column or value that is missing, a row with more cells than columns, a key twice, a value of the wrong form. A refusal tells
line, column and what would be right, and never a value: it is logged, and the value may be a patient's.

A table that is just being saved is not used half: whoever is missing from it may be the namesake of somebody who is not.
"""

from __future__ import annotations

import csv
import io
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from pipeline.errors import Retryable

CODEPAGE_OF_SPREADSHEETS = "cp1252"
MOST_BYTES = 512 * 1024 * 1024
"""A million patients take a fifth of it; more is some other file."""
SAVING_SECONDS = 5.0
"""A file that is younger and does not end with the end of a line is taken for one that is being saved."""
MOST_LOST, MOST_LOST_SHARE = 20, 0.1
"""Rows that a table may lose from one saving to the next, whichever is more, and be believed at once."""
DOUBTED_SECONDS = 60.0
"""So long a table that has lost more must lie unchanged before it is believed: a slow saving is over by then."""


class TableProblem(Retryable):
    """The table cannot be used as it is; once somebody has mended it, it can.

    The text says where and what would be right; it holds no value of the table.
    """

    def __init__(self, file: str, what: str, *, line: int | None = None, column: str | None = None) -> None:
        self.line, self.column = line, column
        place = "".join((f", line {line}" if line else "", f", column {column}" if column else ""))
        super().__init__(f"{file}{place}: {what}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    line: int
    """Where it ends in the file, counted from 1 as an editor does."""
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The value, without surrounding spaces; empty where the table has none."""
        return self.cells.get(column, "")


def rows_of(path: Path, needed: frozenset[str], refusal: type[TableProblem]) -> Iterator[Row]:
    """The rows of the table in `path`. Raises `refusal`."""
    data, encoding = _bytes_of(path, refusal)
    # What is no character in it differs from every name, and so can only hold, never match.
    text = io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")
    reader = csv.reader(text, strict=True)
    columns: list[str] = []
    cells: list[str] = []
    try:
        for cells in reader:
            kept = [cell.strip() for cell in cells]
            if not any(kept):
                continue
            if not columns:
                columns = _columns(path.name, kept, needed, refusal, reader.line_num)
                continue
            if any(kept[len(columns) :]):
                what = "has more cells than columns; put a value that holds a comma into quotation marks"
                raise refusal(path.name, what, line=reader.line_num)
            yield Row(reader.line_num, dict(zip(columns, kept, strict=False)))
    except csv.Error:
        raise refusal(path.name, "is no well-formed CSV here; look for a quotation mark too many", line=reader.line_num) from None
    if not columns:
        raise refusal(path.name, "is empty; its first line names the columns", line=1)
    if len(cells) < len(columns) and any(cells) and not _ends_a_line(data):
        raise refusal(path.name, "ends in the middle of a row; save it again", line=reader.line_num)


def _columns(file: str, cells: list[str], needed: frozenset[str], refusal: type[TableProblem], line: int) -> list[str]:
    columns = [cell.casefold().replace(" ", "_") for cell in cells]
    missing = sorted(needed - set(columns))
    if missing:
        raise refusal(
            file, f"the first line must name the columns, separated by commas; missing: {', '.join(missing)}", line=line
        )
    twice = sorted({c for c in columns if c and columns.count(c) > 1})
    if twice:
        raise refusal(file, f"the first line names a column twice ({twice[0]}); keep one", line=line)
    return columns


def _bytes_of(path: Path, refusal: type[TableProblem]) -> tuple[bytes, str]:
    """The bytes of the whole file, and the encoding they are in."""
    before = _stamp_of(path, refusal)
    if before[0] > MOST_BYTES:
        raise refusal(path.name, f"is larger than {MOST_BYTES // 2**20} MB; that is no table of a practice")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, refusal, error) from None
    young = abs(time.time() - before[1] / 1e9) < SAVING_SECONDS
    if _stamp_of(path, refusal) != before or len(data) != before[0] or (young and not _ends_a_line(data)):
        raise refusal(path.name, "was being saved while it was read; it is read again on the next try")
    if b"\0" in data:
        raise refusal(path.name, "is no text; save it as CSV (comma delimited, UTF-8)")
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data, CODEPAGE_OF_SPREADSHEETS
    return data, "utf-8-sig"


def _ends_a_line(data: bytes) -> bool:
    return not data or data.endswith((b"\n", b"\r"))


def _stamp_of(path: Path, refusal: type[TableProblem]) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, refusal, error) from None
    return found.st_size, found.st_mtime_ns


def _unreadable(path: Path, refusal: type[TableProblem], error: OSError) -> TableProblem:
    return refusal(path.name, f"cannot be read ({error.strerror}); put it back, or mend its permissions")


Stamp = tuple[int, int]
"""Size and time of a file."""
Table = TypeVar("Table", bound=Sized)


class WatchedTable(ABC, Generic[Table]):
    """A table that is read again when its file has another size or time. Safe to share between threads.

    Who matches keeps the table that `current` gave; a newer one takes its place for the next request.
    """

    refusal: type[TableProblem] = TableProblem

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._lock = Lock()
        self._read: tuple[Stamp, Table] | None = None
        self._rows = 0
        self._doubted: tuple[Stamp, float, Table] | None = None

    def current(self) -> Table:
        """The table as the file has it now. Raises `refusal`; an earlier version never stands in for a broken one."""
        with self._lock:
            stamp = _stamp_of(self.path, self.refusal)
            if self._read is None or self._read[0] != stamp:
                self._read = None
                self._read = (stamp, self._believed(stamp))
                self._rows = len(self._read[1])
            return self._read[1]

    def _believed(self, stamp: Stamp) -> Table:
        """The table read anew, unless it has lost so many rows that it may be half saved. Raises `refusal`."""
        if self._doubted is None or self._doubted[0] != stamp:
            self._doubted = None
            table = self._load()
            if self._rows - len(table) <= max(MOST_LOST, MOST_LOST_SHARE * self._rows):
                return table
            self._doubted = (stamp, self._clock(), table)
        _, since, table = self._doubted
        if self._clock() - since < DOUBTED_SECONDS:
            what = (
                f"has lost {self._rows - len(table):,} of {self._rows:,} rows; if it stays so for a minute, it is taken as it is"
            )
            raise self.refusal(self.path.name, what)
        self._doubted = None
        return table

    @abstractmethod
    def _load(self) -> Table:
        """The table read anew. Raises `refusal`."""
