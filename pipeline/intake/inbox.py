"""What lies in the inbox, and how one file of it is opened.

Threat model. Everybody in the practice, every scanner and every program with access to the share can write into the
inbox; ChartRelay reads it with rights that those may not have. So whatever lies there is hostile until looked at:

* A symbolic link, junction or mount point could make us read a file from elsewhere, and release or file it. Entries are
  looked at by lstat, opened without following a link, and looked at again through the open descriptor; where the
  system cannot open without following (Windows), the descriptor must be the very file that lstat saw.
* An entry can be exchanged between two looks. The descriptor is what counts: its kind is checked after opening, and
  only it is read from.
* A pipe, socket or device could block for ever. Opening never waits, and only regular files are read.
* A name can lead elsewhere (`../x`, `/x`, `x:stream` on Windows). Only bare names are opened, relative to the inbox.
* A name can be anything else: not UTF-8, 255 bytes long, beginning with a dash, with line ends in it. Names are never
  parsed, printed or handed to a shell here.

Accepted: a hard link to a file outside cannot be told from an ordinary file (the systems themselves let nobody make one
to a file that is not theirs); and the folder named as inbox in the settings is trusted to be the right one.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import Retryable
from pipeline.intake.rules import Rule, rule_against

# Not waiting for a pipe's other end, not following a link, not becoming a terminal's owner; 0 where there is no such flag.
_SAFELY = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Unsafe(Exception):
    """The name does not stand for a regular file directly in the inbox. The text does not quote it."""


@dataclass(frozen=True)
class Candidate:
    """A regular file in the inbox, as it was when looked at."""

    path: Path
    size: int
    """Bytes."""
    modified_ns: int
    """Time of the last change, in nanoseconds since 1970, by the clock of whoever wrote it: good for comparing only."""
    device: int
    inode: int
    renewed_ns: int
    """When the system last changed its entry (ctime; on Windows, when it was made), in nanoseconds: no program can set it,
    so it tells this file from a later one that got its number, name, time and bytes. Renaming the file may change it."""

    @property
    def name(self) -> str:
        """The file's name, possibly with surrogates where it is not UTF-8."""
        return self.path.name

    @property
    def state(self) -> tuple[int, int, int, int]:
        """What changes when the file grows, is rewritten, or is exchanged for another."""
        return self.size, self.modified_ns, self.device, self.inode


@dataclass(frozen=True)
class LeftAlone:
    """Something in the inbox that is not taken."""

    path: Path
    rule: Rule


def candidates(inbox: Path) -> Iterator[Candidate]:
    """The files directly in the inbox that may be taken, in the order of their names.

    Raises Retryable when the folder cannot be read (a share that is away).
    """
    return (entry for entry in _entries(inbox) if isinstance(entry, Candidate))


def left_alone(inbox: Path) -> Iterator[LeftAlone]:
    """Everything else in the inbox, each with the rule it falls under. Raises Retryable as above."""
    return (entry for entry in _entries(inbox) if isinstance(entry, LeftAlone))


def candidate_at(path: Path) -> Candidate:
    """The file at `path` as it is now. Raises Unsafe if it may not be taken, OSError if it is not there."""
    status = path.lstat()
    if rule_against("", status) is not None:
        raise Unsafe("no regular file")
    return _candidate(path, status)


def open_inside(inbox: Path, name: str) -> BinaryIO:
    """Opens a file directly in the inbox for reading.

    Raises Unsafe for a name that leads elsewhere and for anything but a regular file; Retryable when the system refuses
    (not there any more, locked by the program that writes it, share away).
    """
    _require_bare(name)
    try:
        descriptor = _opened(inbox, name)
    except OSError as error:
        if _is_special(inbox / name):
            raise Unsafe("no regular file") from error
        raise Retryable(f"a file in the inbox cannot be opened: {error.strerror or type(error).__name__}") from error
    return os.fdopen(descriptor, "rb")


def _entries(inbox: Path) -> Iterator[Candidate | LeftAlone]:
    try:
        names = sorted(os.listdir(inbox))  # noqa: PTH208 -- names, not paths: they are needed bare
    except OSError as error:
        raise Retryable(f"the inbox cannot be read: {error.strerror or type(error).__name__}") from error
    for name in names:
        path = inbox / name
        try:
            status = path.lstat()
        except OSError:  # gone since, or not ours to see: the next look will tell
            continue
        rule = rule_against(name, status)
        yield _candidate(path, status) if rule is None else LeftAlone(path, rule)


def _candidate(path: Path, status: os.stat_result) -> Candidate:
    return Candidate(path, status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino, status.st_ctime_ns)


def _require_bare(name: str) -> None:
    parted = os.sep in name or (os.altsep is not None and os.altsep in name)
    stream = sys.platform == "win32" and ":" in name
    if not name or name in (os.curdir, os.pardir) or "\0" in name or parted or stream:
        raise Unsafe("not a bare file name")


def _opened(inbox: Path, name: str) -> int:
    """A descriptor of the regular file. Raises Unsafe or OSError."""
    seen = (inbox / name).lstat()
    if rule_against("", seen) is not None:
        raise Unsafe("no regular file")
    descriptor = os.open(inbox / name, _SAFELY)
    try:
        held = os.fstat(descriptor)
        if not stat.S_ISREG(held.st_mode) or not os.path.samestat(seen, held):
            raise Unsafe("exchanged while it was opened")
        if hasattr(os, "set_blocking"):
            os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _is_special(path: Path) -> bool:
    """Whether the system refused because the entry became a link or something else that is no file."""
    try:
        return rule_against("", path.lstat()) is not None
    except OSError:
        return False
