"""Files the request and the chart note in the patient's chart: charts/PATIENT_ID/releases/REQUEST_ID/."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import io
import os
import re
import secrets
import shutil
import stat
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipeline.errors import NeedsPerson, Retryable
from pipeline.store.vault import flush_folder
from schemas.release import HoldReason

RELEASES_FOLDER = "releases"
NOTE_NAME = "chart-note.txt"
_REQUEST_ID = re.compile(r"R-\d{6,}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_NO_LINKS_HERE = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS, errno.EINVAL)  # FAT, some network shares
_LINK_TAGS = (0xA000000C, 0xA0000003)  # IO_REPARSE_TAG_SYMLINK, IO_REPARSE_TAG_MOUNT_POINT (a junction)
_TEMPORARY = ".partial-"
_CHUNK = 1 << 20


def file_release(chart_folder: Path, request_id: str, scan: Path, scan_name: str, note: str) -> None:
    """Puts `request` (ending as `scan_name` does) and `chart-note.txt` into the release's folder of the chart.

    Each file appears whole or not at all, and what is there is never overwritten. Filing the same again changes
    nothing. The chart's folder itself is never made: where it is away, so is the share.

    Raises NeedsPerson (CHORE) where something else lies under these names or a link leads out of the chart, Retryable
    where the disk refuses, ValueError for a request id that is none.
    """
    if not _REQUEST_ID.fullmatch(request_id):
        raise ValueError("not a request id")
    try:
        folder = _folder(chart_folder, (RELEASES_FOLDER, request_id))
        with scan.open("rb") as stream:
            _put(stream, folder / request_name(scan_name), request_id)
        _put(io.BytesIO(note.encode()), folder / NOTE_NAME, request_id)
        _clear_leftovers(folder)
    except OSError as error:
        raise Retryable(f"the request cannot be filed in the chart now: {error.strerror or type(error).__name__}") from None


def request_name(scan_name: str) -> str:
    """What a filed request is called: scans are dropped under any name, and only its ending says something."""
    suffix = PurePosixPath(scan_name.replace("\\", "/")).suffix.lower()
    return f"request{suffix}" if _SUFFIX.fullmatch(suffix) else "request"


def _folder(chart_folder: Path, parts: tuple[str, ...]) -> Path:
    """The folder within the chart, made step by step so that no link is followed."""
    folder = chart_folder
    for part in parts:
        folder /= part
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or getattr(status, "st_reparse_tag", 0) in _LINK_TAGS:
            raise _occupied(folder.name, parts[-1])
    return folder


def _put(source: BinaryIO, target: Path, request_id: str) -> None:
    """The bytes of `source` under the name `target`, all at once, unless something else lies there."""
    temporary = target.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            shutil.copyfileobj(source, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        _publish(temporary, target)
        flush_folder(target.parent)
    except FileExistsError:
        if target.is_symlink() or not target.is_file() or not filecmp.cmp(temporary, target, shallow=False):
            raise _occupied(target.name, request_id) from None
    finally:
        temporary.unlink(missing_ok=True)


def _publish(temporary: Path, target: Path) -> None:
    """Gives the file its name. Raises FileExistsError where the name is taken: a hard link never replaces anything."""
    try:
        target.hardlink_to(temporary)
    except OSError as error:
        if error.errno not in _NO_LINKS_HERE:
            raise
        if target.exists() or target.is_symlink():
            raise FileExistsError(target) from None
        temporary.rename(target)


def _clear_leftovers(folder: Path) -> None:
    """Removes what an earlier try that was cut off has left."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        path.unlink(missing_ok=True)


def _occupied(name: str, request_id: str) -> NeedsPerson:
    return NeedsPerson.because(
        HoldReason.CHORE,
        f"“{name}” in the chart's folder for request {request_id} is something else already. It was left as it is.",
        cure="Look what it is, move it away, and try again.",
    )
