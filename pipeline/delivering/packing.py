"""A set made ready to leave: the labelled PDF, the originals, and the two papers that explain them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.delivering.naming import is_safe, original_name
from pipeline.delivering.papers import manifest_json, readme
from pipeline.store.vault import Vault
from schemas.base import Sha256
from schemas.disclosure import Enclosure
from schemas.record_set import Copy, Manifest
from schemas.release import Practice, Release

PDF_NAME = "Records.pdf"
MANIFEST_NAME = "manifest.json"
README_NAME = "README.txt"
PAPERS = frozenset({MANIFEST_NAME, README_NAME})
"""They tell of the practice as its settings have it today; everything else in a set follows from the chart alone."""


@dataclass(frozen=True)
class PackedFile:
    """One file of a set. Raises ValueError for a name that some system could not store or that leads out of the set."""

    name: str
    """Its path within the set, with slashes."""
    sha256: Sha256
    size_bytes: int
    source: Path
    """Where its bytes lie until they leave: a blob of the vault."""

    def __post_init__(self) -> None:
        if not all(is_safe(part) for part in self.name.split("/")):
            raise ValueError("not a name that a set may carry")

    @property
    def parts(self) -> tuple[str, ...]:
        """Folders and name."""
        return PurePosixPath(self.name).parts


@dataclass(frozen=True)
class PackedSet:
    """All files of a set, each named once."""

    files: tuple[PackedFile, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def enclosures(self) -> tuple[Enclosure, ...]:
        """The set as a receipt lists it."""
        return tuple(Enclosure(name=file.name, sha256=file.sha256, size_bytes=file.size_bytes) for file in self.files)

    def holds_the_same_records(self, enclosures: Iterable[Enclosure]) -> bool:
        """Whether a set made earlier holds the same copy and the same originals; its papers may tell of other settings."""
        records = {enclosure for enclosure in self.enclosures if enclosure.name not in PAPERS}
        return records == {enclosure for enclosure in enclosures if enclosure.name not in PAPERS}


def pack(release: Release, manifest: Manifest, copied: Copy, practice: Practice, vault: Vault, key: str) -> PackedSet:
    """The set for one delivery. The same facts, settings and key always give the same bytes.

    The two papers are written into the vault; the rest lies there already. Raises VaultDamaged where it does not,
    Retryable where the vault cannot be written.
    """
    pdf = PackedFile(PDF_NAME, copied.pdf, copied.pdf_size_bytes, vault.path(copied.pdf))
    names = {item.number: original_name(item, len(manifest.items)) for item in manifest.items}
    originals = [PackedFile(names[item.number], item.sha256, item.size_bytes, vault.path(item.sha256)) for item in manifest.items]
    listed = _keep(
        MANIFEST_NAME, manifest_json(release, manifest, copied, practice=practice, names=names, pdf_name=PDF_NAME, key=key), vault
    )
    sums = [(file.sha256, file.name) for file in (pdf, listed, *originals)]
    explained = _keep(README_NAME, readme(release, copied, practice=practice, sums=sums, key=key), vault)
    return PackedSet(files=(explained, pdf, listed, *originals))


def _keep(name: str, data: bytes, vault: Vault) -> PackedFile:
    sha256 = vault.put(data)
    return PackedFile(name, sha256, len(data), vault.path(sha256))
