"""Counterfoils: the practice's own trace that a set was about to be shown to its destination.

A receiver may take a set away the moment it appears. Without a trace of our own, a line that crashed just then would
find nothing at the destination and deliver a second time. So before a set is renamed into view, its counterfoil is
written here, beside and not within what the receiver sees.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.delivering.disk import Disk


@dataclass(frozen=True)
class Counterfoil:
    """One try that got as far as showing its set, or nearly."""

    token: str
    """Which try; empty for a counterfoil whose writing was cut off, so that nothing can have been shown yet."""
    at: datetime | None


class Counterfoils:
    """A folder with one small file for each key. Steps may raise OSError."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def read(self, key: str) -> Counterfoil | None:
        """The counterfoil of this key, if there is one."""
        try:
            text = (self._folder / key).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            found = json.loads(text)
            return Counterfoil(token=found["token"], at=datetime.fromisoformat(found["at"]))
        except (ValueError, KeyError, TypeError):
            return Counterfoil(token="", at=None)

    def write(self, key: str, token: str, at: datetime) -> None:
        """Writes it to the disk. Raises FileExistsError where the key has one: only one try may show its set."""
        if not self._folder.is_dir():
            with contextlib.suppress(FileExistsError):
                self._disk.make_folder(self._folder)
        with self._disk.create(self._folder / key) as stream:
            stream.write(json.dumps({"token": token, "at": at.isoformat()}).encode())
            self._disk.flush(stream)
        self._disk.flush_folder(self._folder)

    def void(self, key: str) -> None:
        """Takes it away again: its try can no longer show anything."""
        self._disk.remove_file(self._folder / key)
