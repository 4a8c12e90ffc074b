"""Whether a folder holds exactly the files of a set: read, not believed."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

from pipeline.delivering.address import leads_elsewhere
from pipeline.store.vault import sha256_of
from schemas.disclosure import Enclosure

_LITTER = {"thumbs.db", ".ds_store", "desktop.ini"}  # file managers of the receiving office leave these
_MOST = 3


def differences(folder: Path, enclosures: Sequence[Enclosure]) -> list[str]:
    """What is missing, changed or added, a sentence each, the first few only; empty for a whole set. May raise OSError."""
    if leads_elsewhere(folder.lstat()) or not folder.is_dir():
        return ["It is not a folder."]
    expected = {enclosure.name: enclosure for enclosure in enclosures}
    found, odd = _files(folder)
    missing = [f"“{name}” is missing." for name in expected if name not in found]
    added = [f"“{name}” was added." for name in (*(name for name in found if name not in expected), *odd)]
    changed = [
        f"“{name}” was changed."
        for name, path in found.items()
        if name in expected and (path.stat().st_size != expected[name].size_bytes or sha256_of(path) != expected[name].sha256)
    ]
    each = [*missing, *changed, *added]
    return each if len(each) <= _MOST else [*each[:_MOST], f"And {len(each) - _MOST} more."]


def _files(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """Files by their name within the folder, and the names of links and other things that are none. No link is followed."""
    files: dict[str, Path] = {}
    odd: list[str] = []
    folders = [folder]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            name = path.relative_to(folder).as_posix()
            status = path.lstat()
            if path.name.casefold() in _LITTER:
                continue
            if leads_elsewhere(status) or not (stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)):
                odd.append(name)
            elif stat.S_ISDIR(status.st_mode):
                folders.append(path)
            else:
                files[name] = path
    return files, odd
