"""A scan that is handed in at the desk: it is put into the inbox, and from there on is like any other.

It is written under a hidden name first, which the watcher leaves alone, and gets its own name only when it is whole: a name
that nobody has, so that nothing is overwritten. What it is and whether it can be read, the watcher finds out.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import Error
from pipeline.intake.moving import disk_faults, names_like, remove, rename_to_new
from pipeline.intake.rules import is_left_alone

PIECE = 1 << 20
"""Bytes in memory at a time."""


class NotTaken(Error):
    """The file cannot be handed in. The text says why, and what to do."""


def hand_in(inbox: Path, name: str, stream: BinaryIO, most_bytes: int) -> str:
    """Puts the file into the inbox; the name that it has there.

    Raises NotTaken for an empty file, one above `most_bytes`, and a name that the watcher would never take; Retryable when
    the disk is full or away.
    """
    bare = name.replace("\\", "/").rpartition("/")[2]
    if not bare.strip() or is_left_alone(bare):
        raise NotTaken(f"“{bare}” is a name that programs use for files in the making. Give it another name.")
    arriving = inbox / f".arriving-{secrets.token_hex(8)}.tmp"
    with disk_faults("the inbox cannot be written"):
        try:
            _write(arriving, stream, bare, most_bytes)
            return _named(arriving, inbox, bare)
        finally:
            with contextlib.suppress(OSError):
                remove(arriving)


def _write(to: Path, stream: BinaryIO, name: str, most_bytes: int) -> None:
    written = 0
    with to.open("xb") as file:
        while piece := stream.read(PIECE):
            written += len(piece)
            if written > most_bytes:
                raise NotTaken(f"“{name}” is larger than {most_bytes / 1_000_000:g} MB. Scan it in two parts, or less finely.")
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if not written:
        raise NotTaken(f"“{name}” is empty. Scan it again.")


def _named(arrived: Path, inbox: Path, name: str) -> str:
    """Gives it the first name that nobody has: `scan.pdf`, `scan (2).pdf`."""
    for free in names_like(name):
        with contextlib.suppress(FileExistsError):
            rename_to_new(arrived, inbox / free)
            return free
    raise AssertionError("names do not end")
