"""What in the inbox is never taken, and by which rule."""

from __future__ import annotations

import os
import stat
from enum import StrEnum

_WINDOWS_HIDDEN, _WINDOWS_SYSTEM = 0x2, 0x4  # FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_SYSTEM
_NAME_SURROGATE = 0x20000000  # reparse tags with this bit point elsewhere: symbolic links, junctions, mount points

_TEMPORARY_PREFIXES = ("~$", "~lock.", ".~lock.")
_TEMPORARY_SUFFIXES = (
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".crdownload",  # Chrome, Edge
    ".download",  # Safari
    ".opdownload",  # Opera
    ".filepart",  # WinSCP
    ".!ut",
    ".swp",
    ".lock",  # scanners and office programs, beside the file they write
    ".lck",
)
_FURNITURE = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "icon\r"})


class Rule(StrEnum):
    """Why something that lies in the inbox is left alone."""

    LINK = "link"
    """A symbolic link, junction or mount point: it leads out of the inbox."""
    FOLDER = "folder"
    """A folder; people may keep some there."""
    NOT_A_FILE = "not_a_file"
    """A pipe, socket or device: reading it could wait for ever, or do something."""
    FURNITURE = "furniture"
    """What file managers put into every folder they show."""
    TEMPORARY = "temporary"
    """A name that programs use while they are still writing, or to lock another file."""
    HIDDEN = "hidden"
    """Hidden by a leading dot or by Windows; what ChartRelay has taken is hidden as well."""


def rule_against(name: str, status: os.stat_result) -> Rule | None:
    """The first rule by which the entry is left alone, or None for a file that may be taken.

    `status` is the entry's own (lstat), never that of what a link leads to.
    """
    return _by_kind(status) or _by_name(name) or (Rule.HIDDEN if _hidden_by_windows(status) else None)


def is_left_alone(name: str) -> bool:
    """Whether a file of this name is never taken, whatever is in it."""
    return _by_name(name) is not None


def _by_kind(status: os.stat_result) -> Rule | None:
    if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) & _NAME_SURROGATE:
        return Rule.LINK
    if stat.S_ISDIR(status.st_mode):
        return Rule.FOLDER
    return None if stat.S_ISREG(status.st_mode) else Rule.NOT_A_FILE


def _by_name(name: str) -> Rule | None:
    lower = name.lower()
    if lower in _FURNITURE or lower.startswith("._"):  # ._NAME: macOS keeps the attributes of NAME in it on shares
        return Rule.FURNITURE
    if lower.startswith(_TEMPORARY_PREFIXES) or lower.endswith(_TEMPORARY_SUFFIXES):
        return Rule.TEMPORARY
    return Rule.HIDDEN if lower.startswith(".") else None


def _hidden_by_windows(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & (_WINDOWS_HIDDEN | _WINDOWS_SYSTEM))
