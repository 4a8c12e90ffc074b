"""Gathering a chart: complete, or held with everything that is wrong."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import NeedsPerson, Retryable
from pipeline.gathering.folder import FolderSource
from pipeline.gathering.gather import gather
from pipeline.store.vault import Vault, sha256_of
from schemas.record_set import ItemKind, Manifest
from schemas.release import HoldReason, Scope
from tests.gathering.making import AT, PATIENT, Row, chart, dicom, pdf, picture, release, table


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    return tmp_path / "charts"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "kept")


def gathered(charts: Path, vault: Vault, scope: Scope | None = None) -> Manifest:
    return gather(release(scope), FolderSource(charts), vault, at=AT)


def held(charts: Path, vault: Vault, scope: Scope | None = None) -> list[tuple[HoldReason, str]]:
    with pytest.raises(NeedsPerson) as person:
        gathered(charts, vault, scope)
    assert all(finding.cure for finding in person.value.findings)
    return [(finding.reason, finding.sentence) for finding in person.value.findings]


def relist(folder: Path, rows: list[Row]) -> None:
    (folder / "contents.csv").write_text(table(rows), encoding="utf-8")


def test_a_complete_chart_becomes_a_manifest_in_the_order_of_kinds_and_dates(charts, vault):
    folder, _ = chart(charts)
    manifest = gathered(charts, vault)
    assert [(item.number, item.file, item.media_type, item.pages) for item in manifest.items] == [
        (1, "xrays/fmx.tif", "image/tiff", 4),
        (2, "xrays/bw.png", "image/png", 1),
        (3, "xrays/pano.jpg", "image/jpeg", 1),
        (4, "volume.dcm", "application/dicom", 0),
        (5, "notes.pdf", "application/pdf", 3),
        (6, "upper.stl", "model/stl", 0),
    ]
    for item in manifest.items:
        assert item.sha256 == sha256_of(folder / item.file) == sha256_of(vault.path(item.sha256))
        assert item.size_bytes == (folder / item.file).stat().st_size
    assert (manifest.patient_id, manifest.source, manifest.gathered_at, manifest.withheld) == (PATIENT, "folder", AT, ())


def test_the_order_of_the_list_does_not_matter(charts, vault):
    folder, rows = chart(charts)
    first = gathered(charts, vault)
    random.Random(7).shuffle(rows)
    relist(folder, rows)
    assert gathered(charts, vault) == first


def test_within_a_kind_older_records_come_first_and_undated_ones_last(charts, vault):
    folder = charts / PATIENT
    folder.mkdir(parents=True)
    rows: list[Row] = []
    for name, day in (("a", ""), ("b", "2024-01-01"), ("c", "2019-01-01")):
        pdf(folder / f"{name}.pdf", 1)
        rows.append((f"{name}.pdf", "notes", day, "1", "", ""))
    relist(folder, rows)
    assert [item.file for item in gathered(charts, vault).items] == ["c.pdf", "b.pdf", "a.pdf"]


def test_what_was_not_asked_for_is_withheld_with_a_reason_and_never_read(charts, vault):
    folder, _ = chart(charts)
    (folder / "notes.pdf").write_bytes(b"not opened, so nobody minds that this is no PDF")
    scope = Scope(kinds=(ItemKind.XRAY_FMX, ItemKind.XRAY_PANO, ItemKind.OTHER), from_date=date(2022, 1, 1), sentence="x-rays")
    manifest = gathered(charts, vault, scope)
    assert [item.file for item in manifest.items] == ["xrays/pano.jpg"]
    assert {out.file: out.why for out in manifest.withheld} == {
        "notes.pdf": "not among the kinds of records asked for",
        "volume.dcm": "not among the kinds of records asked for",
        "xrays/bw.png": "not among the kinds of records asked for",
        "xrays/fmx.tif": "outside the dates asked for",
        "upper.stl": "has no date, and records of certain dates were asked for",
    }
    assert not vault.has(sha256_of(folder / "notes.pdf"))


def test_everything_that_is_wrong_is_said_at_once_and_names_the_file(charts, vault):
    folder, rows = chart(charts)
    (folder / "xrays" / "pano.jpg").unlink()
    (folder / "xrays" / "bw.png").write_bytes(b"")
    pdf(folder / "notes.pdf", 2)
    pdf(folder / "stray.pdf", 1)
    relist(folder, [*rows, ("odd.pdf", "sonogram", "", "1", "", "")])
    findings = held(charts, vault)
    assert {reason for reason, _ in findings} == {HoldReason.CHART_INCOMPLETE}
    text = "\n".join(sentence for _, sentence in findings)
    assert len(findings) == 5
    assert "lists “xrays/pano.jpg”, but the file is not there" in text
    assert "“xrays/bw.png” is in the chart, but the file is empty" in text
    assert "“notes.pdf”: the chart lists 3 pages, but the file has 2 pages" in text
    assert "“stray.pdf” lies in the chart's folder" in text
    assert "Line 8 of contents.csv: “sonogram” is no kind" in text


def test_a_missing_number_of_pages_is_asked_for(charts, vault):
    folder, rows = chart(charts)
    relist(folder, [("notes.pdf", "notes", "2025-03-01", "", "", ""), *rows[1:]])
    ((_, sentence),) = held(charts, vault)
    assert sentence == "“notes.pdf”: the chart does not say how many pages it has, but the file has 3 pages."


@pytest.mark.parametrize("listed", ["", "0", "1"])
def test_a_volume_may_be_listed_as_one_thing_or_as_nothing_to_count(charts, vault, listed):
    folder, rows = chart(charts)
    relist(folder, [("volume.dcm", "cbct", "2024-02-02", listed, "", ""), *(row for row in rows if row[0] != "volume.dcm")])
    assert [item.pages for item in gathered(charts, vault).items if item.file == "volume.dcm"] == [0]


def test_pages_that_nobody_can_count_are_for_a_person(charts, vault):
    folder, rows = chart(charts)
    (folder / "letter.txt").write_text("Dear colleague")
    relist(folder, [*rows, ("letter.txt", "referral", "", "3", "", "")])
    ((_, sentence),) = held(charts, vault)
    assert "“letter.txt”" in sentence
    assert "cannot be counted" in sentence


def truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


@pytest.mark.parametrize("file", ["notes.pdf", "xrays/fmx.tif", "xrays/pano.jpg", "xrays/bw.png", "upper.stl", "volume.dcm"])
def test_an_original_that_breaks_off_is_never_sent(charts, vault, file):
    folder, _ = chart(charts)
    if file == "volume.dcm":
        (folder / file).write_bytes((folder / file).read_bytes()[:100])
    else:
        truncate(folder / file)
    reasons = {reason for reason, sentence in held(charts, vault) if file in sentence}
    assert reasons <= {HoldReason.ORIGINAL_UNREADABLE, HoldReason.CHART_INCOMPLETE}
    assert reasons


def test_an_original_with_a_password_is_held(charts, vault):
    folder, _ = chart(charts)
    pdf(folder / "notes.pdf", 3, password="molar")
    ((reason, sentence),) = held(charts, vault)
    assert reason is HoldReason.ORIGINAL_UNREADABLE
    assert "“notes.pdf”" in sentence
    assert "password" in sentence


@pytest.mark.parametrize("name", ["setup.exe", "x.docx", "x.dcm", "x.txt", "noend"])
def test_what_is_not_what_its_name_says_is_held(charts, vault, name):
    folder, rows = chart(charts)
    (folder / name).write_bytes(b"MZ\x90\x00" * 50)
    relist(folder, [*rows, (name, "other", "", "0", "", "")])
    ((reason, sentence),) = held(charts, vault)
    assert reason is HoldReason.ORIGINAL_UNREADABLE
    assert f"“{name}”" in sentence


def test_a_pdf_is_counted_whatever_its_name(charts, vault):
    folder, rows = chart(charts)
    shutil.move(folder / "notes.pdf", folder / "notes.txt")
    relist(folder, [("notes.txt", "notes", "2025-03-01", "3", "", ""), *rows[1:]])
    assert [(item.media_type, item.pages) for item in gathered(charts, vault).items if item.file == "notes.txt"] == [
        ("application/pdf", 3)
    ]


def test_the_same_record_filed_twice_is_merely_filed_twice(charts, vault):
    folder, rows = chart(charts)
    shutil.copy(folder / "notes.pdf", folder / "again.pdf")
    relist(folder, [*rows, ("again.pdf", "notes", "2025-03-01", "3", "", "")])
    assert len(gathered(charts, vault).items) == 7


def test_one_picture_filed_as_two_different_records_is_for_a_person(charts, vault):
    folder, rows = chart(charts)
    shutil.copy(folder / "xrays" / "pano.jpg", folder / "pano-new.jpg")
    relist(folder, [*rows, ("pano-new.jpg", "xray-pano", "2026-05-01", "1", "", "")])
    ((_, sentence),) = held(charts, vault)
    assert "“xrays/pano.jpg” and “pano-new.jpg” are the same file" in sentence


def test_an_empty_chart_is_not_sent_as_if_it_were_complete(charts, vault):
    (charts / PATIENT).mkdir(parents=True)
    relist(charts / PATIENT, [])
    assert held(charts, vault) == [(HoldReason.CHART_INCOMPLETE, "The chart lists no records at all.")]


def test_a_scope_in_which_nothing_falls_is_asked_about(charts, vault):
    chart(charts)
    ((reason, sentence),) = held(charts, vault, Scope(kinds=(ItemKind.LEDGER,), sentence="billing records"))
    assert reason is HoldReason.SCOPE_UNCLEAR
    assert "billing records" in sentence


def test_a_chart_that_changes_while_it_is_gathered_is_gathered_again_later(charts, vault):
    folder, _ = chart(charts)

    def a_new_record_is_filed(done: int, total: int) -> None:
        if done == total:
            dicom(folder / "just-filed.dcm")

    with pytest.raises(Retryable, match="changed while"):
        gather(release(), FolderSource(charts), vault, at=AT, progress=a_new_record_is_filed)


def test_progress_is_told_record_by_record(charts, vault):
    chart(charts)
    told: list[tuple[int, int]] = []
    gather(release(), FolderSource(charts), vault, at=AT, progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 6) for n in range(1, 7)]


def test_a_hundred_faults_are_told_in_a_list_that_a_person_can_read(charts, vault):
    folder, _ = chart(charts)
    for number in range(100):
        picture(folder / f"stray {number}.png")
    findings = held(charts, vault)
    assert len(findings) == 51
    assert findings[-1][1] == "50 more faults like these were found."
