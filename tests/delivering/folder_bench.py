"""The folder channel on a bench, and a disk whose every step can be made to fail."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from pipeline.delivering.address import MARKER
from pipeline.delivering.disk import Disk
from pipeline.delivering.folder import FolderCourier
from schemas.disclosure import ProofRung
from tests.delivering.courier_contract import Bench
from tests.delivering.making import KEY

T = TypeVar("T")
Step = Callable[[int], None]


class FolderBench(Bench):
    rung = ProofRung.REACHED
    good_addresses = ("Elm Street Dental", "Elm Street Dental/records", "Praxis Müller & Söhne")

    def __init__(self, folder: Path) -> None:
        self.outgoing = folder / "outgoing"
        self.share = folder / "share"
        self.counterfoils = folder / "private" / "counterfoils"
        for made in (self.outgoing, self.share, self.share / "elm", folder / "private"):
            made.mkdir()
        for root in (self.outgoing, self.share):
            (root / MARKER).touch()
        self.bad_addresses = (
            "",
            ".",
            "..",
            "../private",
            "Elm/../../private",
            "..\\private",
            ".counterfoils",
            "C:\\Elm",
            "c:elm",
            "\\\\server\\elm",
            "/elm",
            str(folder / "private"),
            str(self.share / "not there"),
            str(self.share) + "/elm/../../private",
            "Elm ",
            "Elm.",
            "CON",
            "aux.elm",
            "Elm\n",
            "Elm\0",
            "x" * 200,
        )
        self.good_addresses = (*type(self).good_addresses, str(self.share / "elm"))

    def courier(self, disk: Disk | None = None) -> FolderCourier:
        return FolderCourier(self.outgoing, counterfoils=self.counterfoils, shares=(self.share,), disk=disk)

    def _top(self) -> list[Path]:
        """Everything directly within an office's folder."""
        folders = [folder for root in (self.outgoing, self.share) for folder in root.rglob("*") if folder.is_dir()]
        offices = {path.parent for path in folders if path.name.startswith(("Records ", ".partial.", ".discard."))}
        return sorted(path for office in offices for path in office.iterdir())

    def sets(self) -> list[dict[str, bytes]]:
        shown = [path for path in self._top() if path.name.startswith("Records ")]
        return [
            {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
            for folder in shown
        ]

    def leftovers(self) -> list[str]:
        return [path.name for path in self._top() if path.name.startswith(".")]

    def damage(self, how: str) -> None:
        folder = self.set_folder
        if how == "alter":
            path = folder / "Records.pdf"
            path.write_bytes(path.read_bytes().replace(b"copy", b"cope"))
        elif how == "remove":
            (folder / "manifest.json").unlink()
        else:
            (folder / "originals" / "somebody else.jpg").write_bytes(b"x")

    @property
    def set_folder(self) -> Path:
        return self.outgoing / "Elm Street Dental" / f"Records {KEY}"

    def take_away(self) -> None:
        shutil.move(self.set_folder, self.outgoing.parent / "taken")

    def go_away(self) -> None:
        """The share is unmounted: what is left is the empty folder that it was mounted on."""
        self.outgoing.rename(self.unplugged)
        self.outgoing.mkdir()

    def come_back(self) -> None:
        self.outgoing.rmdir()
        self.unplugged.rename(self.outgoing)

    @property
    def unplugged(self) -> Path:
        return self.outgoing.parent / "unplugged"


class WatchedDisk(Disk):
    """Calls `before(n)` ahead of step n and `after(n)` behind it; either may raise, or end the process."""

    def __init__(self, before: Step = lambda step: None, after: Step = lambda step: None) -> None:
        self.steps = 0
        self._before = before
        self._after = after

    def step(self, act: Callable[[], T]) -> T:
        self.steps += 1
        step = self.steps
        self._before(step)
        done = act()
        self._after(step)
        return done

    def make_folder(self, folder: Path) -> None:
        self.step(lambda: super(WatchedDisk, self).make_folder(folder))

    def create(self, path: Path) -> BinaryIO:
        return cast("BinaryIO", _WatchedStream(self.step(lambda: super(WatchedDisk, self).create(path)), self))

    def flush(self, stream: BinaryIO) -> None:
        self.step(lambda: super(WatchedDisk, self).flush(stream))

    def flush_folder(self, folder: Path) -> None:
        self.step(lambda: super(WatchedDisk, self).flush_folder(folder))

    def rename(self, old: Path, new: Path) -> None:
        self.step(lambda: super(WatchedDisk, self).rename(old, new))

    def remove_file(self, path: Path) -> None:
        self.step(lambda: super(WatchedDisk, self).remove_file(path))

    def remove_folder(self, folder: Path) -> None:
        self.step(lambda: super(WatchedDisk, self).remove_folder(folder))


class _WatchedStream:
    """Writes in two halves with a step between them, so that a file can be left half written."""

    def __init__(self, stream: BinaryIO, disk: WatchedDisk) -> None:
        self._stream = stream
        self._disk = disk

    def write(self, data: bytes) -> None:
        half = len(data) // 2
        self._stream.write(data[:half])
        self._stream.flush()
        self._disk.step(lambda: None)
        self._stream.write(data[half:])

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def __enter__(self) -> _WatchedStream:
        return self

    def __exit__(self, *raised: object) -> None:
        self._stream.close()
