"""What NPPES publishes each month: a zip with the table of all providers, and beside it their other places and names.

The file comes from outside, so it is opened as if somebody meant harm. Members are found by name and read as a stream;
nothing is ever unpacked, so a name that leads elsewhere leads nowhere. What would unpack to far more than it is, is refused
before it is opened. The plain table, unpacked by hand, will do as well.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from pipeline.registry.problem import RegistryProblem

ZIP_BEGINS = b"PK\x03\x04"
MOST_MEMBERS = 200
"""The published zip has about ten."""
MOST_BYTES = 64 * 1024**3
"""The table of all providers is 10 GB; six times as much is some other file."""
MOST_INFLATED = 250
"""Times. The published table shrinks to a tenth, one of nothing but empty cells to a hundredth, a bomb to a thousandth."""
SHORTEST_SPAN = timedelta(days=365)
"""The monthly file reaches back to 2005; the weekly one has a week."""
_TABLE = re.compile(r"(npidata|pl|othername)_pfile_(\d{8})-(\d{8})(?:_v\d)?\.csv", re.IGNORECASE)
DOWNLOAD_AGAIN = "Download it again, or try last month's."


@dataclass(frozen=True)
class Table:
    """One table of the bundle, which may be opened."""

    name: str
    """Without folders."""
    size: int
    """Bytes, unpacked."""
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Bundle:
    """The tables that are used."""

    providers: Table
    places: Table | None = None
    """Further places of providers."""
    names: Table | None = None
    """Further names of organisations."""

    @property
    def size(self) -> int:
        """Bytes of all of them, unpacked."""
        return sum(table.size for table in (self.providers, self.places, self.names) if table)

    @property
    def last_day(self) -> date | None:
        """The last day that the table of providers covers, if its name says so."""
        span = _span_of(self.providers.name)
        return span[1] if span else None


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """The bundle in `path`, for as long as the block lasts. Raises RegistryProblem, also while it is read."""
    with _refusing(path):
        with path.open("rb") as file:
            is_zip = file.read(len(ZIP_BEGINS)) == ZIP_BEGINS
        if is_zip:
            with _archive(path) as archive:
                yield _checked(path, _in_zip(path, archive))
        else:
            yield _checked(path, _beside(path))


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryProblem(path.name, f"cannot be read ({error.strerror or 'the disk or its connection fails'}).") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise RegistryProblem(path.name, f"is cut off or damaged. {DOWNLOAD_AGAIN}") from error


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (ValueError, IndexError, struct.error, NotImplementedError) as error:  # what a made-up table of contents may raise
        raise RegistryProblem(path.name, f"is damaged. {DOWNLOAD_AGAIN}") from error


def _in_zip(path: Path, archive: zipfile.ZipFile) -> Bundle:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise RegistryProblem(path.name, f"holds {len(infos):,} files; the published one has about ten.")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        kind = _kind_of(re.split(r"[/\\]", info.filename)[-1])
        if kind in found:
            raise RegistryProblem(path.name, f"holds more than one {kind}_pfile; give the one that is meant, unpacked.")
        if kind:
            found[kind] = _harmless(path, info)
    tables = {kind: Table(re.split(r"[/\\]", i.filename)[-1], i.file_size, _opener(archive, i)) for kind, i in found.items()}
    if "npidata" not in tables:
        what = "holds no npidata_pfile_….csv; the full replacement monthly file of NPPES is meant."
        raise RegistryProblem(path.name, what)
    return Bundle(tables["npidata"], tables.get("pl"), tables.get("othername"))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _harmless(path: Path, info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The member, if its size can be true. The zip's own word is enough: nothing is read beyond it."""
    if info.flag_bits & 0x1:
        raise RegistryProblem(path.name, "is locked with a password; the published one is not.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RegistryProblem(path.name, "is packed in a way that is not known here; unpack it, and give the CSV.")
    if info.file_size > MOST_BYTES or info.file_size > MOST_INFLATED * max(info.compress_size, 4096):
        raise RegistryProblem(
            path.name, f"would unpack to {info.file_size / 1024**3:,.1f} GB, far more than it can honestly hold."
        )
    return info


def _beside(path: Path) -> Bundle:
    """The table itself, with the other two where they lie beside it under the names they were published with."""

    def table(name: str) -> Table | None:
        file = path.with_name(name)
        return Table(name, file.stat().st_size, lambda: file.open("rb")) if file.is_file() else None

    if _kind_of(path.name) not in ("npidata", None):
        raise RegistryProblem(path.name, "is one of the smaller tables; give the npidata_pfile_….csv beside it.")
    providers = Table(path.name, path.stat().st_size, lambda: path.open("rb"))
    if _kind_of(path.name) is None:
        return Bundle(providers)
    rest = path.name[len("npidata") :]
    return Bundle(providers, table(f"pl{rest}"), table(f"othername{rest}"))


def _checked(path: Path, bundle: Bundle) -> Bundle:
    span = _span_of(bundle.providers.name)
    if span and span[1] - span[0] < SHORTEST_SPAN:
        raise RegistryProblem(
            path.name, "is a weekly file, which has only what changed; the full replacement monthly file is meant."
        )
    return bundle


def _kind_of(name: str) -> str | None:
    found = _TABLE.fullmatch(name)
    return found[1].lower() if found else None


def _span_of(name: str) -> tuple[date, date] | None:
    found = _TABLE.fullmatch(name)
    try:
        return (date.fromisoformat(found[2]), date.fromisoformat(found[3])) if found else None
    except ValueError:
        return None
