"""Counterfoils: the practice's own trace that a set was about to be shown to its destination.

A receiver may take a set away the moment it appears, and a share may be taken off the machine with all that is on it.
Without a trace of our own, a line that crashed just then would find nothing at the destination and deliver a second time.
So before a set is renamed into view, its counterfoil is written here, with what the set holds: settings that change later
change the papers of a set that is made anew, but not those of the set that left.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.delivering.disk import Disk
from schemas.disclosure import Enclosure

_ENCLOSURES = TypeAdapter(tuple[Enclosure, ...])


@dataclass(frozen=True)
class Counterfoil:
    """One try that got as far as showing its set, or nearly."""

    token: str
    """Which try; empty for a counterfoil whose writing was cut off, so that nothing can have been shown yet."""
    at: datetime | None
    enclosures: tuple[Enclosure, ...] = ()
    """What the set holds; empty where the counterfoil does not say."""


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
            enclosures = _ENCLOSURES.validate_python(found.get("enclosures", ()))
            at = datetime.fromisoformat(found["at"]) if found["at"] is not None else None
            return Counterfoil(found["token"], at, enclosures)
        except (ValueError, KeyError, TypeError):
            return Counterfoil(token="", at=None)

    def write(self, key: str, counterfoil: Counterfoil) -> None:
        """Writes it to the disk. Raises FileExistsError where the key has one: only one try may show its set."""
        if not self._folder.is_dir():
            with contextlib.suppress(FileExistsError):
                self._disk.make_folder(self._folder)
            self._disk.flush_folder(self._folder.parent)
        with self._disk.create(self._folder / key) as stream:
            stream.write(_as_json(counterfoil))
            self._disk.flush(stream)
        self._disk.flush_folder(self._folder)

    def void(self, key: str) -> None:
        """Takes it away again: its try can no longer show anything."""
        self._disk.remove_file(self._folder / key)


def _as_json(counterfoil: Counterfoil) -> bytes:
    told = {
        "token": counterfoil.token,
        "at": counterfoil.at.isoformat() if counterfoil.at else None,
        "enclosures": [enclosure.model_dump() for enclosure in counterfoil.enclosures],
    }
    return json.dumps(told, ensure_ascii=False).encode()
