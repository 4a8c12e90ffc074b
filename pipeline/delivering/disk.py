"""The few things a courier does to a disk, in one place, so that a test can let each of them fail."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import Retryable
from pipeline.store.vault import flush_folder

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_CANNOT_FLUSH_FOLDERS = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)  # some network shares; they keep renames safe themselves


class Disk:
    """Each step happens, or raises OSError."""

    def make_folder(self, folder: Path) -> None:
        """A new folder; one that is there already is an error."""
        folder.mkdir()

    def create(self, path: Path) -> BinaryIO:
        """A new file to write; one that is there already is an error."""
        return path.open("xb")

    def flush(self, stream: BinaryIO) -> None:
        """Waits until the bytes written are on the disk."""
        stream.flush()
        os.fsync(stream.fileno())

    def flush_folder(self, folder: Path) -> None:
        """Waits until what was made or renamed in `folder` is on the disk, where the disk can tell."""
        try:
            flush_folder(folder)
        except OSError as error:
            if error.errno not in _CANNOT_FLUSH_FOLDERS:
                raise

    def rename(self, old: Path, new: Path) -> None:
        """All at once; a `new` that has something in it is an error on every system."""
        os.rename(old, new)  # noqa: PTH104 -- Path.rename would do; this names the atomic step

    def remove_file(self, path: Path) -> None:
        """The file is gone afterwards, also if it was before."""
        path.unlink(missing_ok=True)

    def remove_folder(self, folder: Path) -> None:
        """The empty folder is gone afterwards, also if it was before."""
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()


@contextlib.contextmanager
def reaching_the_disk() -> Iterator[None]:
    """Turns what a disk raises into Retryable, in words for the clerk that name neither patient nor file."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            text = "the disk of the destination is full; make room there"
        elif error.errno in _FORBIDDEN:
            text = "the destination's folder may not be written to; ask who looks after that folder for the right to"
        else:
            text = f"the destination's folder cannot be used now: {error.strerror or type(error).__name__}"
        raise Retryable(text) from None
