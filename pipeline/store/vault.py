"""The vault of originals: bytes kept under their SHA-256, written once, never changed.

Scans as they arrived, the chart's originals, copies made and pictures of faults lie here. A blob is written under a
temporary name, flushed to the disk and then renamed, so a name that exists always holds exactly those bytes, also after
a power cut. File names are hashes: nothing about a patient shows in a directory listing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import Retryable

CHUNK = 1 << 20


class VaultDamaged(Exception):
    """A blob is not there, or its bytes are not what its name says. Restore it from a backup."""


class Vault:
    """A folder of blobs, two levels deep by the first characters of the hash."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the blob lies. Raises VaultDamaged if it is not there."""
        place = self._place(sha256)
        if not place.is_file():
            raise VaultDamaged(f"the vault has no blob {sha256}")
        return place

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their name. Raises VaultDamaged."""
        data = self.path(sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultDamaged(f"the blob {sha256} was changed on the disk")
        return data

    def has(self, sha256: str) -> bool:
        """Whether the blob is there (not whether it is whole: see `read` and `check`)."""
        return self._place(sha256).is_file()

    def check(self, sha256: str) -> None:
        """Reads the blob through and raises VaultDamaged unless its bytes are what its name says."""
        if sha256_of(self.path(sha256)) != sha256:
            raise VaultDamaged(f"the blob {sha256} was changed on the disk")

    def put(self, data: bytes) -> str:
        """Keeps the bytes and gives their SHA-256. Raises Retryable when the disk refuses (full, gone)."""
        with self.writing() as (file, done):
            file.write(data)
        return done()

    def put_file(self, source: Path) -> str:
        """Keeps a copy of the file, as read now, and gives its SHA-256. Raises Retryable when a disk refuses."""
        with self.writing() as (file, done), source.open("rb") as stream:
            shutil.copyfileobj(stream, file, CHUNK)
        return done()

    def put_stream(self, stream: BinaryIO) -> str:
        """The same from an open file, from where it stands to its end."""
        with self.writing() as (file, done):
            shutil.copyfileobj(stream, file, CHUNK)
        return done()

    @contextlib.contextmanager
    def writing(self) -> Iterator[tuple[BinaryIO, _Done]]:
        """A file to write a blob into; after the block, calling the second value gives its SHA-256.

        Nothing stays behind when the block raises. An OSError of the disk becomes Retryable.
        """
        temporary = self.root / "tmp"
        name: str | None = None
        done = _Done()
        try:
            temporary.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=temporary)
            with os.fdopen(descriptor, "wb") as raw:
                yield raw, done
                raw.flush()
                os.fsync(raw.fileno())
            digest = sha256_of(Path(name))
            place = self._place(digest)
            if not place.is_file() or sha256_of(place) != digest:  # a damaged blob is mended by the same bytes
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(name, place)  # noqa: PTH105 -- Path.replace would do; this names the atomic step
                for folder in (place.parent, place.parent.parent, self.root):
                    flush_folder(folder)
            done.digest = digest
        except OSError as error:
            raise Retryable(f"the vault cannot be written: {error.strerror or type(error).__name__}") from error
        finally:
            if name is not None:
                with contextlib.suppress(OSError):
                    Path(name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes what killed writers left half written a day ago or longer."""
        long_ago = time.time() - 86_400
        for leftover in (self.root / "tmp").glob("*"):
            with contextlib.suppress(OSError):
                if leftover.stat().st_mtime < long_ago:
                    leftover.unlink()

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256[2:4] / sha256


class _Done:
    """The answer of `Vault.writing`, once its block is over."""

    digest: str = ""

    def __call__(self) -> str:
        return self.digest


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, read in chunks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def flush_folder(folder: Path) -> None:
    """Makes a rename in `folder` durable. Windows does this itself and cannot open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
