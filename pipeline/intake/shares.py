"""Whether a folder lies on another machine: the system tells of changes there only when this one makes them."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(
    {
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "nfs",
        "nfs3",
        "nfs4",
        "afs",
        "afpfs",
        "ncpfs",
        "webdav",
        "davfs",
        "ceph",
        "glusterfs",
    }
    # Shares of a host with its virtual machines and containers are as silent.
    | {"9p", "drvfs", "vboxsf", "virtiofs", "prl_fs", "vmhgfs"}
)
_DRIVE_REMOTE = 4  # GetDriveType of the Windows API


def on_network_share(folder: Path) -> bool:
    """Whether changes in `folder` may come from elsewhere, unannounced. False where the system cannot say."""
    try:
        place = folder.resolve()
    except OSError:
        return True  # not even reachable: certainly no local disk to rely on
    if sys.platform == "win32":
        return _is_remote_drive(place)
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    return is_network(filesystem_of(PurePosixPath(place), mounts))


def is_network(filesystem: str) -> bool:
    """Whether a file system of that name (as in /proc/self/mounts) is a share; anything through FUSE may be one."""
    return filesystem in _NETWORK or filesystem == "fuse" or filesystem.startswith("fuse.")


def filesystem_of(place: PurePosixPath, mounts: str) -> str:
    """The file system that an absolute path lies on, from the text of /proc/self/mounts; empty if none is found."""
    found, deepest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = PurePosixPath(_unescaped(fields[1]))
        if (place == point or point in place.parents) and len(point.parts) >= deepest:
            found, deepest = fields[2], len(point.parts)
    return found


def _unescaped(field: str) -> str:
    """Spaces, tabs, line ends and backslashes are written as octal numbers (getmntent(3))."""
    for octal, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(octal, character)
    return field


def _is_remote_drive(place: Path) -> bool:
    """A UNC path, or a drive letter that stands for one. Windows only."""
    if place.drive.startswith("\\\\"):
        return True
    import ctypes  # noqa: PLC0415 -- Windows only

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 -- not there on other systems, so not known to mypy
    return int(kernel.GetDriveTypeW(place.drive + os.sep)) == _DRIVE_REMOTE
