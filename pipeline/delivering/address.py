"""Where an address of the folder channel leads, and where it must not.

Threats: an address (`..`, a drive, a network path, a hidden or odd name) or a symbolic link on the way that leads out
of the folders this practice delivers to. In doubt the set stays here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from pipeline.delivering.naming import is_safe
from pipeline.errors import NeedsPerson, Retryable
from schemas.release import HoldReason

MARKER = ".chartrelay"
"""A file in every folder that is delivered into. Where it is missing, what is there is only the place of a share or stick
that is not connected, and what is written there reaches nobody."""
_LINK_TAGS = (0xA000000C, 0xA0000003)  # IO_REPARSE_TAG_SYMLINK, IO_REPARSE_TAG_MOUNT_POINT (a junction)


def folder_of(address: str, outgoing: Path, shares: Sequence[Path]) -> Path:
    """The folder below `outgoing`, or on one of `shares`, that `address` names.

    A folder below `outgoing` need not be there yet; one on a share must, since a name mistyped there would reach nobody.
    Raises NeedsPerson (DESTINATION_REFUSED), and Retryable where outgoing folder or share, or its marker, is away. May
    raise OSError.
    """
    windows = PureWindowsPath(address)
    if windows.drive or windows.root:
        root, parts = _on_a_share(address, shares)
    else:
        root, parts = outgoing, tuple(address.replace("\\", "/").split("/"))
        if not all(is_safe(part) for part in parts):
            raise _refused(address, "is no plain folder name")
    if not root.is_dir():
        raise Retryable("the folder to deliver to is not there: the share or stick may not be connected")
    if not (root / MARKER).is_file():
        raise Retryable(
            f"the folder to deliver to is not connected: it has no file “{MARKER}”. Connect the share or stick; if it is the "
            "right folder, make an empty file of that name in it"
        )
    folder = _below(root, parts, address)
    if root is not outgoing and not folder.is_dir():
        raise _refused(address, "is not there, although the share is")
    return folder


def leads_elsewhere(status: os.stat_result) -> bool:
    """Whether `lstat` found a symbolic link or a Windows junction."""
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) in _LINK_TAGS


def _on_a_share(address: str, shares: Sequence[Path]) -> tuple[Path, tuple[str, ...]]:
    """The share and the folders below it."""
    path = Path(address)
    for share in shares:
        if path.is_relative_to(share):
            parts = path.relative_to(share).parts
            if all(is_safe(part) for part in parts):
                return share, parts
    raise _refused(address, "is on no share that the settings allow")


def _below(root: Path, parts: Sequence[str], address: str) -> Path:
    """The folder, looked at step by step, so that no link is followed. `root` itself may be one: settings say so."""
    folder = root
    for part in parts:
        folder /= part
        try:
            status = folder.lstat()
        except FileNotFoundError:
            continue
        if leads_elsewhere(status) or not stat.S_ISDIR(status.st_mode):
            raise _refused(address, "leads over something that is no folder of its own, but a file or a link")
    return folder


def _refused(address: str, why: str) -> NeedsPerson:
    return NeedsPerson.because(
        HoldReason.DESTINATION_REFUSED,
        f"Nothing was delivered: the address “{address}” {why}.",
        cure="Correct the address of this office in the directory, then try again.",
    )
