"""Moving a file to a name that nobody has, without ever overwriting, on one disk or to another."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from pipeline.errors import Retryable
from pipeline.intake.inbox import open_inside

LONGEST_NAME = 255
"""In bytes as written to disk: the limit of ext4, XFS, APFS and NTFS (there in UTF-16 units, which are never more)."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # by Windows, whose users will look at what we return
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


def safe_name(name: str, room: int = 0) -> str:
    """The name as any system takes it, as near to the given one as possible, with `room` bytes left to append to it."""
    plain = _FORBIDDEN.sub("_", name).rstrip(". ")
    if not plain.strip() or plain.startswith(".") or _DEVICES.match(plain):
        plain = f"_{plain}"
    return shortened(plain, LONGEST_NAME - room)


def shortened(name: str, most: int) -> str:
    """The name with its middle left out, so that it takes at most `most` bytes and keeps its ending (.pdf)."""
    if len(os.fsencode(name)) <= most:
        return name
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 -- a bare name with surrogates, no path
    if len(os.fsencode(suffix)) > 16:
        stem, suffix = name, ""
    while stem and len(os.fsencode(stem + suffix)) > most:
        stem = stem[:-1]
    return stem.rstrip(". ") + suffix


def names_like(name: str, room: int = 0) -> Iterator[str]:
    """`scan.pdf`, `scan (2).pdf`, `scan (3).pdf` and so on without end."""
    yield safe_name(name, room)
    for number in count(2):
        mark = f" ({number})"
        stem, suffix = os.path.splitext(safe_name(name, room + len(mark)))  # noqa: PTH122 -- as above
        yield f"{stem}{mark}{suffix}"


def move_to_new(source: Path, target: Path) -> None:
    """Moves the file; another disk is reached by a copy that gets its name only once it is written through.

    Raises FileExistsError if `target` is there; it is left as it is. Raises other OSErrors, with `source` still there.
    """
    try:
        rename_to_new(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_to_new(source, target)
        remove(source)


def write_new(data: bytes, target: Path) -> None:
    """Writes a file that is either there whole or not at all. Raises FileExistsError and other OSErrors."""
    with _temporary_in(target.parent) as temporary:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        rename_to_new(temporary, target)


def remove(path: Path) -> None:
    """Deletes the file if it is there, also one that Windows holds for read-only. Raises OSError."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        path.chmod(0o600)
        path.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Makes renames in the folder last through a power cut; Windows and some shares do that by themselves."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def disk_faults(what: str) -> Iterator[None]:
    """Turns an OSError into Retryable: "`what`: No space left on device". Names no file."""
    try:
        yield
    except OSError as error:
        raise Retryable(f"{what}: {error.strerror or type(error).__name__}") from error


def rename_to_new(source: Path, target: Path) -> None:
    """Renames on one disk, in one step. Raises FileExistsError if `target` is there, and other OSErrors."""
    if sys.platform == "win32":
        source.rename(target)  # refuses a name that is taken
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _claim(target)
        try:
            source.replace(target)
        except OSError:
            target.unlink()
            raise
    else:
        source.unlink()
    flush_folder(target.parent)


def _claim(target: Path) -> None:
    """Takes the name with an empty file, on disks that know no hard links (FAT, some shares)."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _copy_to_new(source: Path, target: Path) -> None:
    with _temporary_in(target.parent) as temporary:
        with open_inside(source.parent, source.name) as original, temporary.open("xb") as copy:
            shutil.copyfileobj(original, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        rename_to_new(temporary, target)


@contextlib.contextmanager
def _temporary_in(folder: Path) -> Iterator[Path]:
    """A name for a file in the making; whatever is left under it afterwards is deleted."""
    path = folder / f".arriving-{secrets.token_hex(8)}.tmp"
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
