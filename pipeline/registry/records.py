"""A large CSV table as a stream of records: constant memory, and the costly taking apart only for records that may matter."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO

from pipeline.registry.problem import RegistryProblem

CHUNK = 1024 * 1024
LONGEST_RECORD = 256 * 1024
"""Bytes. The longest in the published table has some ten thousand."""
Tell = Callable[[int], None]
"""Told how many more bytes were read."""


class Columns:
    """Where in a table each column is that is used. Spaces in headings are not counted: the published ones vary."""

    def __init__(self, file: str, heading: list[str], names: Mapping[str, str], optional: Iterable[str] = ()) -> None:
        at = {_plain(cell): number for number, cell in enumerate(heading)}
        missing = [name for key, name in names.items() if _plain(name) not in at and key not in optional]
        if missing:
            what = f"its first line lacks {len(missing)} of the columns of NPPES, such as “{missing[0]}”."
            raise RegistryProblem(file, what, line=1)
        self.count = len(heading)
        self._at = {key: at.get(_plain(name)) for key, name in names.items()}

    def of(self, cells: list[str], key: str) -> str:
        """The cell of that column; empty where the table has no such column."""
        at = self._at[key]
        return cells[at] if at is not None else ""


class Records:
    """The records of one table, read once. `read` counts them."""

    def __init__(self, file: str, stream: IO[bytes], tell: Tell) -> None:
        self.file = file
        self.read = 0
        self._records = self._split(stream, tell)
        self._line = 0
        first = next(self._records, b"")
        self.heading = self._cells(first.removeprefix(b"\xef\xbb\xbf"))

    def having(self, count: int, *, any_of: tuple[bytes, ...] = ()) -> Iterator[list[str]]:
        """The cells of every record, or of those that hold one of these texts anywhere.

        Raises RegistryProblem where one has not `count` cells, the last of all included: that is how a file ends that was cut
        off.
        """
        last = b""
        for record in self._records:
            self.read += 1
            last = record
            if not any_of or _holds(record, any_of):
                yield self._row(record, count)
        if last:
            self._row(last, count)

    def _row(self, record: bytes, count: int) -> list[str]:
        cells = self._cells(record)
        if len(cells) != count:
            raise RegistryProblem(
                self.file, f"has {len(cells)} cells where {count} were announced; it is cut off or damaged.", line=self._line
            )
        return cells

    def _cells(self, record: bytes) -> list[str]:
        try:
            return next(csv.reader([record.decode("utf-8")], strict=True), [])
        except UnicodeDecodeError:
            raise RegistryProblem(self.file, "is not UTF-8 text, as the published table is.", line=self._line) from None
        except csv.Error:
            raise RegistryProblem(self.file, "is no well-formed CSV here.", line=self._line) from None

    def _split(self, stream: IO[bytes], tell: Tell) -> Iterator[bytes]:
        """Records end at the end of a line, unless a quotation mark is still open there."""
        rest, open_record = b"", b""
        while chunk := stream.read(CHUNK):
            tell(len(chunk))
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                self._line += 1
                record = open_record + line
                if record.count(b'"') % 2:
                    open_record = record + b"\n"
                    self._bounded(open_record)
                    continue
                open_record = b""
                if stripped := record.rstrip(b"\r"):
                    yield stripped
            self._bounded(rest)
        if open_record or rest.strip():
            self._line += 1
            yield open_record + rest

    def _bounded(self, record: bytes) -> None:
        if len(record) > LONGEST_RECORD:
            raise RegistryProblem(
                self.file, "has a line longer than any of NPPES; it is some other file, or damaged.", line=self._line + 1
            )


def _holds(record: bytes, any_of: tuple[bytes, ...]) -> bool:
    """A plain loop: this is asked eight million times."""
    for text in any_of:  # noqa: SIM110
        if text in record:
            return True
    return False


def _plain(heading: str) -> str:
    return "".join(heading.split()).casefold()
