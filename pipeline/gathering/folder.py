"""The charts as plain folders: charts/PATIENT_ID/ with the records and a contents.csv that lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import NeedsPerson, Retryable
from pipeline.gathering.chart import Chart, reading
from pipeline.gathering.contents import CONTENTS_FILE, incomplete, plain_name, read_contents, same_letters
from pipeline.gathering.source import Contents, Entry, Keep
from schemas.base import Sha256
from schemas.release import Finding

_MOST_CONTENTS_BYTES = 10_000_000


class FolderSource:
    """A `RecordSource` for a practice without a connected chart system."""

    name = "folder"

    def __init__(self, charts: Path) -> None:
        self._charts = charts

    def contents(self, patient_id: str) -> Contents:
        """What contents.csv lists, and what lies in the folder without being listed. Raises NeedsPerson, Retryable."""
        chart = Chart(self._charts, patient_id)
        listed = read_contents(_table(chart))
        return Contents(entries=listed.entries, findings=(*listed.findings, *_unlisted(chart, listed.entries)))

    def fetch(self, patient_id: str, entry: Entry, keep: Keep) -> Sha256:
        """Keeps the file's bytes. Raises NeedsPerson where it is missing or empty, Retryable where it changes meanwhile."""
        path = _only(Chart(self._charts, patient_id).find(plain_name(entry.file)), entry)
        with reading():
            before = path.lstat()
            if before.st_size == 0:
                raise NeedsPerson(
                    incomplete(f"“{entry.file}” is in the chart, but the file is empty.", "Put the whole file back.")
                )
            kept = keep(path)
            after = path.lstat()
        if (before.st_ino, before.st_size, before.st_mtime_ns) != (after.st_ino, after.st_size, after.st_mtime_ns):
            raise Retryable("a record changed while it was read")
        return kept


def _table(chart: Chart) -> bytes:
    """The bytes of contents.csv. Raises NeedsPerson where there is none."""
    found = chart.find(CONTENTS_FILE)
    if len(found) != 1:
        raise NeedsPerson(
            incomplete(
                f"The chart folder has no {CONTENTS_FILE}, so nobody can tell whether its records are complete.",
                f"Make the list of the chart's records, and save it in the folder as {CONTENTS_FILE}.",
            )
        )
    with reading(), found[0].open("rb") as stream:
        data = stream.read(_MOST_CONTENTS_BYTES + 1)
    if len(data) > _MOST_CONTENTS_BYTES:
        raise NeedsPerson(incomplete(f"{CONTENTS_FILE} is far too large to be the list of a chart.", "Put the right file back."))
    return data


def _unlisted(chart: Chart, entries: tuple[Entry, ...]) -> Iterator[Finding]:
    """A record that nothing lists may belong to somebody else, and one that is left out makes the copy incomplete."""
    listed = {plain_name(entry.file) for entry in entries} | {CONTENTS_FILE}
    files, oddities = chart.survey()
    for known_as, count in Counter(map(same_letters, files)).items():
        if known_as in listed and count > 1:
            yield _alike(known_as, count)
    for written in files:
        if same_letters(written) not in listed:
            yield incomplete(
                f"“{written}” lies in the chart's folder, but the chart does not list it. It may be misfiled.",
                f"If it is this patient's, add it to {CONTENTS_FILE}; if not, take it out of the folder.",
            )
    for written in oddities:
        yield incomplete(
            f"“{written}” in the chart's folder is no file, but only points to something elsewhere. It was not opened.",
            "Put the file itself into the folder, or take the pointer out.",
        )


def _only(found: list[Path], entry: Entry) -> Path:
    if not found:
        raise NeedsPerson(
            incomplete(
                f"The chart lists “{entry.file}”, but the file is not there.",
                f"Put the file back into the chart's folder, or correct {CONTENTS_FILE} if it never existed.",
            )
        )
    if len(found) > 1:
        raise NeedsPerson(_alike(plain_name(entry.file), len(found)))
    return found[0]


def _alike(known_as: str, count: int) -> Finding:
    return incomplete(f"The chart has {count} files named “{known_as}” that differ only in capitals.", "Rename all but one.")
