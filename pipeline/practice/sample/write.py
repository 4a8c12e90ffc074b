"""Writes the sample practice into a folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from pipeline.practice.folder import CONTENTS_COLUMNS, DIRECTORY_COLUMNS, ROSTER_COLUMNS, FolderError, PracticeFolder, csv_text
from pipeline.practice.sample.charts import Chart, Record
from pipeline.practice.sample.people import PRACTICE, directory, roster
from pipeline.practice.sample.requests import INCOMPLETE_CHART, SCANS, scans
from pipeline.practice.sample.summary import Expected, SampleSummary
from schemas.record_set import ItemKind
from schemas.release import Destination, Patient

Progress = Callable[[int, int], None]
"""Told (steps done, steps in all) as the sample grows."""


def write_sample(folder: PracticeFolder, today: date, seed: int = 1, progress: Progress | None = None) -> SampleSummary:
    """Makes the folder and fills it with the made-up practice as of `today`.

    Charts come first and scans last, so that a line that already watches the inbox finds everything. The same day and
    seed give the same bytes. Raises FolderError where the folder already holds patients, or cannot be written.
    """
    try:
        return _write(folder, today, seed, progress or (lambda done, total: None))
    except OSError as error:
        raise FolderError(f"The sample cannot be written to {folder.root}: {error.strerror or type(error).__name__}.") from error


def _write(folder: PracticeFolder, today: date, seed: int, progress: Progress) -> SampleSummary:
    patients, offices = roster(today), directory()
    if is_in_use(folder):
        raise FolderError(f"{folder.root} is already in use. The sample is only written into a new or empty practice folder.")
    folder.create(PRACTICE)
    _write_tables(folder, patients, offices)
    steps = len(patients) + SCANS
    files = size = 0
    for done, patient in enumerate(patients, 1):
        written = _write_chart(folder, Chart(patient, today, seed))
        files, size = files + len(written), size + sum(written)
        progress(done, steps)
    expected: dict[str, Expected] = {}
    for done, scan in enumerate(scans(today, seed), len(patients) + 1):
        _drop(folder.inbox / scan.name, scan.data)
        expected[scan.name] = scan.expected
        progress(done, steps)
    return SampleSummary(folder.root, len(patients), len(offices), files, size, expected)


def is_in_use(folder: PracticeFolder) -> bool:
    """Whether somebody's patients, offices, charts or scans are already there."""
    tables = (folder.roster_csv, folder.directory_csv)
    if any(table.exists() and len(table.read_bytes().splitlines()) > 1 for table in tables):
        return True
    return any(place.is_dir() and any(place.iterdir()) for place in (folder.inbox, folder.charts))


def _write_tables(folder: PracticeFolder, patients: list[Patient], offices: list[Destination]) -> None:
    _write_text(folder.roster_csv, csv_text(ROSTER_COLUMNS, [patient.model_dump(mode="json") for patient in patients]))
    rows = [office.model_dump(mode="json") | {"trusted": "yes" if office.trusted else "no"} for office in offices]
    _write_text(folder.directory_csv, csv_text(DIRECTORY_COLUMNS, rows))


def _write_chart(folder: PracticeFolder, chart: Chart) -> list[int]:
    """Writes the records and contents.csv; gives the size of each file written."""
    place = folder.chart(chart.patient.patient_id)
    place.mkdir(exist_ok=True)
    rows, sizes = [], []
    records = list(chart.records())
    lost = _lost_record(chart, records)
    for record in records:
        row = (record.file, record.kind.value, record.day.isoformat(), str(record.pages), record.teeth, record.description)
        rows.append(dict(zip(CONTENTS_COLUMNS, row, strict=True)))
        if record is not lost:
            (place / record.file).write_bytes(record.data)
            sizes.append(len(record.data))
    _write_text(place / "contents.csv", csv_text(CONTENTS_COLUMNS, rows))
    return sizes


def _lost_record(chart: Chart, records: list[Record]) -> Record | None:
    """The last bitewing of the one patient whose chart lists a file that is not there."""
    if chart.patient.patient_id != INCOMPLETE_CHART:
        return None
    return [record for record in records if record.kind is ItemKind.XRAY_BITEWING][-1]


def _drop(place: Path, data: bytes) -> None:
    """As a careful scanner does it: under a temporary name first, so that nobody takes half a file."""
    unfinished = place.with_name(f".{place.name}.part")
    unfinished.write_bytes(data)
    unfinished.replace(place)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
