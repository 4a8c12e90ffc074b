"""What takes long to make is made once in a run of pytest, by whichever of its processes asks first."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

MADE_WITHIN = 900.0
"""Seconds that the others wait while one makes it."""


class Once:
    """Folders that all processes of a run share. Whoever uses one reads it and changes nothing, or works on a copy."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the same for every process of this run, and of no other."""
        self._folder = folder

    @classmethod
    def of_this_run(cls, tmp_path_factory: pytest.TempPathFactory) -> Once:
        """In the temporary folder of the run, above those of the workers of pytest-xdist."""
        base = tmp_path_factory.getbasetemp()
        return cls((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once")

    def __call__(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder `name` as `make` filled it. What a `make` that failed has left is cleared away, and the next tries anew."""
        self._folder.mkdir(exist_ok=True)
        place, made = self._folder / name, self._folder / f"{name}.made"
        with _alone(self._folder / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir()
                make(place)
                made.touch()
        return place


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Lets in one process at a time. SQLite's lock is there on every system, and is free again when its holder dies."""
    with closing(sqlite3.connect(lock, timeout=MADE_WITHIN, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
