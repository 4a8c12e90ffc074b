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
    """Which try; empty where an earlier version was cut off in writing it: then nobody knows."""
    at: datetime | None
    enclosures: tuple[Enclosure, ...] = ()
    """What the set holds; empty where the counterfoil does not say."""


class Counterfoils:
    """A folder with one small folder for each key, in which one file bears the name of its try. Steps may raise OSError.

    A counterfoil is written under a hidden name and then renamed to its key, so it is there as a whole or not at all. That
    rename fails on every file system where the key has one already, with hard links or without, which is why it is a folder:
    a file would be replaced. And whoever takes one away names its try, so that nobody takes away another's, however slow.
    A plain file under the key is a counterfoil of an earlier version.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def read(self, key: str) -> Counterfoil | None:
        """The counterfoil of this key, if there is one."""
        place = self._folder / key
        if place.is_file():
            return _read(place, "")
        try:
            file = next(place.iterdir(), None)
        except FileNotFoundError:
            return None
        return _read(file, file.name) if file else None

    def write(self, key: str, counterfoil: Counterfoil) -> None:
        """Writes it to the disk. Raises FileExistsError where the key has one: only one try may show its set."""
        if not self._folder.is_dir():
            with contextlib.suppress(FileExistsError):
                self._disk.make_folder(self._folder)
            self._disk.flush_folder(self._folder.parent)
        draft = self._folder / f".{key}.{counterfoil.token}"
        try:
            self._disk.make_folder(draft)
            with self._disk.create(draft / counterfoil.token) as stream:
                stream.write(_as_json(counterfoil))
                self._disk.flush(stream)
            self._disk.flush_folder(draft)
            self._show(draft, key)
        except BaseException:
            with contextlib.suppress(OSError):  # what cannot be cleared away now is cleared away by the next try
                self._remove(draft)
            raise
        self._disk.flush_folder(self._folder)

    def void(self, key: str, counterfoil: Counterfoil) -> None:
        """Takes it away again: its try can no longer show anything."""
        place = self._folder / key
        if place.is_file():
            self._disk.remove_file(place)
            return
        self._disk.remove_file(place / counterfoil.token)
        with contextlib.suppress(OSError):  # another try has written its own just now
            self._disk.remove_folder(place)

    def sweep(self, key: str) -> None:
        """Clears away what is half written under this key; who is still writing it can no longer show it."""
        for draft in self._folder.glob(f".{key}.*"):
            self._remove(draft)

    def _show(self, draft: Path, key: str) -> None:
        place = self._folder / key
        if place.is_dir() and not any(place.iterdir()):  # taking one away was cut off; Windows renames onto no folder at all
            self._disk.remove_folder(place)
        try:
            self._disk.rename(draft, place)
        except OSError:
            if self.read(key) is not None:
                raise FileExistsError(key) from None
            raise

    def _remove(self, draft: Path) -> None:
        with contextlib.suppress(FileNotFoundError):  # another process clears it away as well, or it was shown just now
            for file in draft.iterdir():
                self._disk.remove_file(file)
        self._disk.remove_folder(draft)


def _read(file: Path, token: str) -> Counterfoil | None:
    """What it says; one that cannot be read says no more than its token. None where it was taken away just now."""
    try:
        found = json.loads(file.read_bytes())
        enclosures = _ENCLOSURES.validate_python(found.get("enclosures", ()))
        at = datetime.fromisoformat(found["at"]) if found["at"] is not None else None
        return Counterfoil(token or found["token"], at, enclosures)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return Counterfoil(token, at=None)


def _as_json(counterfoil: Counterfoil) -> bytes:
    told = {
        "token": counterfoil.token,
        "at": counterfoil.at.isoformat() if counterfoil.at else None,
        "enclosures": [enclosure.model_dump() for enclosure in counterfoil.enclosures],
    }
    return json.dumps(told, ensure_ascii=False).encode()
