"""One patient's folder, looked at so that nothing outside it is ever opened.

Threats: a patient id or a name in contents.csv that leads elsewhere (`..`, a drive, a network path), and a symbolic
link or Windows junction within the charts that does. Hence no path is ever made from a name in the list. The folder is
listed, links are not followed, and only what stands in the listing can be opened, by comparing names.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.errors import NeedsPerson, Retryable
from pipeline.gathering.contents import CONTENTS_FILE, incomplete, same_letters

RELEASES_FOLDER = "releases"
"""Within a chart: where closed requests are filed. It is not part of the record."""

_LITTER = ("thumbs.db", "ehthumbs.db", ".ds_store", "desktop.ini", "._*", "~$*")  # left behind by file managers and Office
_LITTER_FOLDERS = ("@eadir", ".@__thumb")  # thumbnails of network disks
_NOT_IN_NAMES = '/\\:*?"<>|'
_LINK_TAGS = (0xA000000C, 0xA0000003)  # IO_REPARSE_TAG_SYMLINK, IO_REPARSE_TAG_MOUNT_POINT (a junction)


class Chart:
    """A patient's folder.

    Raises NeedsPerson (CHART_INCOMPLETE) where the patient has no folder of their own, Retryable where the share is away.
    """

    def __init__(self, charts: Path, patient_id: str) -> None:
        self._folder = _folder_of(charts, patient_id)

    def survey(self) -> tuple[list[str], list[str]]:
        """The names of all files of the record, and of what is neither file nor folder (links, pipes) and never opened."""
        files: list[str] = []
        oddities: list[str] = []
        folders = [self._folder]
        with reading():
            while folders:
                for path in sorted(self._records(folders.pop())):
                    written = self._written(path)
                    if _is_real(path, stat.S_ISDIR):
                        folders.append(path)
                    elif _is_real(path, stat.S_ISREG):
                        files.append(written)
                    else:
                        oddities.append(written)
        return files, oddities

    def find(self, known_as: str) -> list[Path]:
        """The files known by this `plain_name`: none, one, or several that differ only in capitals."""
        *parts, last = known_as.split("/")
        folders = [self._folder]
        with reading():
            for part in parts:
                folders = [path for folder in folders for path in self._named(part, folder) if _is_real(path, stat.S_ISDIR)]
            return [path for folder in folders for path in self._named(last, folder) if _is_real(path, stat.S_ISREG)]

    def _named(self, known_as: str, folder: Path) -> list[Path]:
        return [path for path in self._records(folder) if same_letters(path.name) == known_as]

    def _records(self, folder: Path) -> Iterator[Path]:
        """What lies in one folder, apart from litter and filed requests."""
        for path in folder.iterdir():
            name = path.name.casefold()
            filed = folder == self._folder and name == RELEASES_FOLDER
            litter = name in _LITTER_FOLDERS or any(fnmatch.fnmatchcase(name, pattern) for pattern in _LITTER)
            if not (filed or litter):
                yield path

    def _written(self, path: Path) -> str:
        """The name within the chart, with slashes; bytes that are no text are shown as question marks."""
        return os.fsencode(path.relative_to(self._folder).as_posix()).decode("utf-8", "replace")


def _is_real(path: Path, kind: Callable[[int], bool]) -> bool:
    status = path.lstat()
    return kind(status.st_mode) and not leads_elsewhere(status)


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Turns what the disk raises into Retryable, in words that name neither patient nor file, because they are logged."""
    try:
        yield
    except OSError as error:
        raise Retryable(f"the chart cannot be read now: {error.strerror or type(error).__name__}") from None


def leads_elsewhere(status: os.stat_result) -> bool:
    """Whether `lstat` found a symbolic link or a Windows junction."""
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) in _LINK_TAGS


def _folder_of(charts: Path, patient_id: str) -> Path:
    with reading():
        if not any(charts.iterdir()):
            raise Retryable("the folder of the charts is empty: the share may not be connected")
    if not _is_folder_name(patient_id):
        raise NeedsPerson(
            incomplete(
                f"The patient number “{patient_id}” cannot be the name of a folder, so there is no chart to look in.",
                "Correct the number in the roster.",
            )
        )
    folder = charts / patient_id
    with reading():
        if not folder.is_dir():
            raise NeedsPerson(
                incomplete(
                    f"There is no chart folder for patient {patient_id}.",
                    f"Make the folder “{patient_id}” among the charts, with the records and {CONTENTS_FILE} in it.",
                )
            )
        # Where capitals do not count, the folder of `p-7` answers to `P-7`; it may still be somebody else's.
        if leads_elsewhere(folder.lstat()) or folder.resolve().name != patient_id:
            raise NeedsPerson(
                incomplete(
                    f"The chart folder of patient {patient_id} only points to another folder.",
                    "Put the records themselves into a folder of exactly that name; links are never followed.",
                )
            )
    return folder


def _is_folder_name(patient_id: str) -> bool:
    """Whether the id is one plain name on every system, Windows with its ignored trailing dots and spaces included."""
    return (
        patient_id == patient_id.strip().rstrip(".")
        and 0 < len(patient_id) <= 100
        and patient_id.isprintable()
        and not any(sign in _NOT_IN_NAMES for sign in patient_id)
    )
