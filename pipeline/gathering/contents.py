"""Reads contents.csv, the list beside a chart's files: forgiving in form, strict in what it says.

A byte order mark, Windows line ends, the Windows character set, other columns and any order of columns are fine: that
is what spreadsheets make of a table. A value that can be misunderstood is not: the line is reported and the request
waits.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath

from pipeline.errors import NeedsPerson
from pipeline.gathering.source import Contents, Entry
from schemas.record_set import ItemKind
from schemas.release import Finding, HoldReason

CONTENTS_FILE = "contents.csv"
_NEEDED = ("file", "kind", "date", "pages")
_OPTIONAL = ("teeth", "description")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PAGES = re.compile(r"\d{1,6}")
_KINDS = ", ".join(kind.value for kind in ItemKind)


class _RowError(Exception):
    """A row that cannot be understood: what is wrong, and what would be right."""

    def __init__(self, sentence: str, cure: str) -> None:
        super().__init__()
        self.sentence = sentence
        self.cure = cure


def read_contents(data: bytes) -> Contents:
    """The entries that the table lists, and one finding for each line that cannot be understood.

    Raises NeedsPerson (CHART_INCOMPLETE) where it is no such table at all.
    """
    rows = csv.reader(io.StringIO(_text(data), newline=""), strict=True)
    entries: list[Entry] = []
    findings: list[Finding] = []
    try:
        columns = _columns(next(rows, []))
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            try:
                entries.append(_entry(row, columns))
            except _RowError as fault:
                findings.append(incomplete(f"Line {rows.line_num} of {CONTENTS_FILE}: {fault.sentence}", fault.cure))
    except csv.Error:
        raise NeedsPerson(
            incomplete(
                f"Line {rows.line_num} of {CONTENTS_FILE} is not a row of a table.",
                "Open the file in a spreadsheet, mend that line, and save it as CSV.",
            )
        ) from None
    return Contents(entries=tuple(entries), findings=(*findings, *_listed_twice(entries)))


def incomplete(sentence: str, cure: str) -> Finding:
    """A finding about a chart that says more, or other, than was found."""
    return Finding(reason=HoldReason.CHART_INCOMPLETE, sentence=sentence, cure=cure)


def plain_name(file: str) -> str:
    """By what a listed file is known, however its name is written: `Xrays\\PANO.JPG` is `xrays/pano.jpg`.

    Raises ValueError for a name that leads out of the chart: `..`, a drive, a path from the root.
    """
    windows = PureWindowsPath(file)
    posix = PurePosixPath(file.replace("\\", "/"))
    if windows.drive or windows.root or ".." in posix.parts or not posix.parts or "\0" in file:
        raise ValueError("the name leads out of the chart")
    return same_letters(str(posix))


def same_letters(name: str) -> str:
    """The name as file systems see it that ignore capitals and how accents are composed."""
    return unicodedata.normalize("NFC", name).casefold()


def _text(data: bytes) -> str:
    """The table as text: UTF-8 with or without a byte order mark, else the Windows character set."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NeedsPerson(
        incomplete(
            f"{CONTENTS_FILE} is not a text file.", f"Save the list of the chart as “CSV UTF-8”, under the name {CONTENTS_FILE}."
        )
    )


def _columns(header: list[str]) -> Mapping[str, int]:
    """Where each column stands. Raises NeedsPerson for a header without the needed ones, or with one twice."""
    names = [cell.strip().lower() for cell in header]
    missing = [name for name in _NEEDED if name not in names]
    twice = [name for name in (*_NEEDED, *_OPTIONAL) if names.count(name) > 1]
    if missing or twice:
        fault = f"has no column {', '.join(missing)}" if missing else f"has the column {', '.join(twice)} twice"
        raise NeedsPerson(
            incomplete(f"Line 1 of {CONTENTS_FILE} {fault}.", f"The first line must be: {','.join((*_NEEDED, *_OPTIONAL))}")
        )
    return {name: names.index(name) for name in (*_NEEDED, *_OPTIONAL) if name in names}


def _entry(row: list[str], columns: Mapping[str, int]) -> Entry:
    if len(row) <= max(columns.values()):
        raise _RowError("it has fewer cells than the first line has columns.", "Fill in the missing cells, or leave them empty.")
    cell = {name: row[place].strip() for name, place in columns.items()}
    return Entry(
        file=_file(cell["file"]),
        kind=_kind(cell["kind"]),
        date=_date(cell["date"]),
        pages=_pages(cell["pages"]),
        teeth=cell.get("teeth", ""),
        description=cell.get("description", ""),
    )


def _file(value: str) -> str:
    if not value:
        raise _RowError("it names no file.", "Write the name of the file, or take the line out.")
    try:
        plain_name(value)
    except ValueError:
        raise _RowError(
            f"“{value}” leads out of the chart's folder.", "Put the file into the chart's folder and write its name."
        ) from None
    return value


def _kind(value: str) -> ItemKind:
    try:
        return ItemKind(value.lower())
    except ValueError:
        raise _RowError(f"“{value}” is no kind of record.", f"Write one of: {_KINDS}.") from None


def _date(value: str) -> date | None:
    """Only YYYY-MM-DD: 5/1/2024 is May in one office and January in another."""
    if not value:
        return None
    try:
        if _ISO_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _RowError(f"“{value}” is no date.", "Write the date as 2024-05-31, or leave it empty where there is none.")


def _pages(value: str) -> int:
    if not value:
        return 0
    if not (_PAGES.fullmatch(value) and value.isascii()):
        raise _RowError(f"“{value}” is no number of pages.", "Write how many pages the file has.")
    return int(value)


def _listed_twice(entries: list[Entry]) -> Iterator[Finding]:
    seen: set[str] = set()
    for entry in entries:
        name = plain_name(entry.file)
        if name in seen:
            yield incomplete(f"{CONTENTS_FILE} lists “{entry.file}” more than once.", "Take one of the lines out.")
        seen.add(name)
