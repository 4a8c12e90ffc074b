"""Tables that people keep as CSV: read tolerantly, refused precisely.

Tolerated, because spreadsheets do it: a byte order mark, Windows line ends, Windows' own encoding, columns in any order,
columns nobody asked for, empty lines, rows that end early. Refused, because a guess could name the wrong person: a needed
column or value that is missing, a row with more cells than columns, a key twice, a value of the wrong form. A refusal tells
line, column and what would be right, and never a value: it is logged, and the value may be a patient's.
"""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from pipeline.errors import Retryable

CODEPAGE_OF_SPREADSHEETS = "cp1252"
MOST_BYTES = 512 * 1024 * 1024
"""A million patients take a fifth of it; more is some other file."""


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
    reader = csv.reader(io.StringIO(_text_of(path, refusal), newline=""), strict=True)
    columns: list[str] = []
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


def _text_of(path: Path, refusal: type[TableProblem]) -> str:
    before = _stamp_of(path, refusal)
    if before[0] > MOST_BYTES:
        raise refusal(path.name, f"is larger than {MOST_BYTES // 2**20} MB; that is no table of a practice")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, refusal, error) from None
    if _stamp_of(path, refusal) != before or len(data) != before[0]:
        raise refusal(path.name, "was being saved while it was read; it is read again on the next try")
    if b"\0" in data:
        raise refusal(path.name, "is no text; save it as CSV (comma delimited, UTF-8)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five byte values mean nothing in cp1252; replaced, they differ from every name and so can only hold, never match.
        return data.decode(CODEPAGE_OF_SPREADSHEETS, errors="replace")


def _stamp_of(path: Path, refusal: type[TableProblem]) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, refusal, error) from None
    return found.st_size, found.st_mtime_ns


def _unreadable(path: Path, refusal: type[TableProblem], error: OSError) -> TableProblem:
    return refusal(path.name, f"cannot be read ({error.strerror}); put it back, or mend its permissions")


Table = TypeVar("Table")


class WatchedTable(ABC, Generic[Table]):
    """A table that is read again when its file has another size or time. Safe to share between threads."""

    refusal: type[TableProblem] = TableProblem

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._read: tuple[tuple[int, int], Table] | None = None

    def current(self) -> Table:
        """The table as the file has it now. Raises `refusal`; an earlier version never stands in for a broken one."""
        with self._lock:
            stamp = _stamp_of(self.path, self.refusal)
            if self._read is None or self._read[0] != stamp:
                self._read = None
                self._read = (stamp, self._load())
            return self._read[1]

    @abstractmethod
    def _load(self) -> Table:
        """The table read anew. Raises `refusal`."""
