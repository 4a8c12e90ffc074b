"""Charts kept as plain folders: what is read, and what never is."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NeedsPerson, Retryable
from pipeline.gathering.chart import leads_elsewhere
from pipeline.gathering.folder import FolderSource
from pipeline.gathering.source import Entry
from pipeline.store.vault import Vault
from schemas.record_set import ItemKind
from tests.gathering.making import PATIENT, chart, pdf, table
from tests.gathering.source_contract import RecordSourceContract


class TestFolderSource(RecordSourceContract):
    @pytest.fixture
    def patient_id(self) -> str:
        return PATIENT

    @pytest.fixture
    def source(self, tmp_path: Path) -> FolderSource:
        chart(tmp_path / "charts")
        return FolderSource(tmp_path / "charts")

    @pytest.fixture
    def away(self, tmp_path: Path) -> FolderSource:
        return FolderSource(tmp_path / "not-mounted")


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    chart(tmp_path / "charts")
    return tmp_path / "charts"


def sentences(error: pytest.ExceptionInfo[NeedsPerson]) -> str:
    return " ".join(finding.sentence for finding in error.value.findings)


def found(charts: Path) -> str:
    return " ".join(finding.sentence for finding in FolderSource(charts).contents(PATIENT).findings)


def entry(file: str) -> Entry:
    return Entry(file=file, kind=ItemKind.OTHER, date=None, pages=1)


def test_an_empty_share_counts_as_one_that_is_not_connected(tmp_path):
    with pytest.raises(Retryable, match="share"):
        FolderSource(tmp_path).contents(PATIENT)


def test_a_chart_without_its_list_is_held(charts):
    (charts / PATIENT / "contents.csv").unlink()
    with pytest.raises(NeedsPerson) as held:
        FolderSource(charts).contents(PATIENT)
    assert "contents.csv" in sentences(held)


@pytest.mark.parametrize("patient_id", ["", ".", "..", "../other", "a/b", "a\\b", "C:", "P-1007.", "P-1007 ", "a\0b", "a\nb"])
def test_a_patient_number_that_is_no_plain_folder_name_opens_nothing(charts, patient_id):
    (charts.parent / "other").mkdir()
    (charts.parent / "other" / "contents.csv").write_text(table([]))
    with pytest.raises(NeedsPerson):
        FolderSource(charts).contents(patient_id)


@given(patient_id=st.text(max_size=12))
def test_no_patient_number_at_all_reads_another_folder(tmp_path_factory, patient_id):
    charts = tmp_path_factory.getbasetemp() / "only-one-chart"
    if not charts.exists():
        chart(charts)
    with pytest.raises(NeedsPerson):
        FolderSource(charts).contents(patient_id)


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights there")
def test_a_chart_folder_that_is_a_link_is_not_followed(charts):
    (charts / "P-2").symlink_to(charts / PATIENT)
    with pytest.raises(NeedsPerson) as held:
        FolderSource(charts).contents("P-2")
    assert "points to another folder" in sentences(held)


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights there")
@pytest.mark.parametrize("of_a_folder", [True, False])
def test_a_link_within_a_chart_is_reported_and_never_opened(charts, tmp_path, of_a_folder):
    (tmp_path / "elsewhere").mkdir()
    pdf(tmp_path / "elsewhere" / "secret.pdf", 1)
    link = charts / PATIENT / "linked"
    link.symlink_to(tmp_path / "elsewhere" / ("" if of_a_folder else "secret.pdf"))
    assert "“linked”" in found(charts)
    with pytest.raises(NeedsPerson):
        FolderSource(charts).fetch(PATIENT, entry("linked/secret.pdf" if of_a_folder else "linked"), never)


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes")
def test_a_pipe_in_a_chart_does_not_hang_the_line(charts):
    os.mkfifo(charts / PATIENT / "pipe.pdf")
    assert "“pipe.pdf”" in found(charts)
    with pytest.raises(NeedsPerson):
        FolderSource(charts).fetch(PATIENT, entry("pipe.pdf"), never)


def test_a_file_that_the_chart_does_not_list_may_be_misfiled(charts):
    pdf(charts / PATIENT / "xrays" / "of somebody else.pdf", 1)
    assert "“xrays/of somebody else.pdf” lies in the chart's folder" in found(charts)


def test_filed_requests_and_the_litter_of_file_managers_are_no_records(charts):
    (charts / PATIENT / "releases" / "R-000001").mkdir(parents=True)
    (charts / PATIENT / "releases" / "R-000001" / "request.pdf").write_bytes(b"filed")
    for name in ("Thumbs.db", ".DS_Store", "xrays/desktop.ini", "._pano.jpg", "~$notes.docx"):
        (charts / PATIENT / name).write_bytes(b"litter")
    assert found(charts) == ""


def test_a_filed_request_cannot_be_listed_as_a_record(charts):
    (charts / PATIENT / "releases").mkdir()
    pdf(charts / PATIENT / "releases" / "old.pdf", 1)
    with pytest.raises(NeedsPerson):
        FolderSource(charts).fetch(PATIENT, entry("releases/old.pdf"), never)


def test_a_folder_named_releases_deeper_down_is_part_of_the_record(charts):
    (charts / PATIENT / "xrays" / "releases").mkdir()
    pdf(charts / PATIENT / "xrays" / "releases" / "x.pdf", 1)
    assert "xrays/releases/x.pdf" in found(charts)


def test_capitals_and_backslashes_of_a_windows_list_find_the_file(charts, tmp_path):
    sha256 = FolderSource(charts).fetch(PATIENT, entry("XRAYS\\Pano.JPG"), Vault(tmp_path / "kept").put_file)
    assert Vault(tmp_path / "kept").read(sha256) == (charts / PATIENT / "xrays" / "pano.jpg").read_bytes()


def test_an_accent_written_in_two_characters_is_the_same_name(charts, tmp_path):
    pdf(charts / PATIENT / "cafe\u0301.pdf", 1)
    assert FolderSource(charts).fetch(PATIENT, entry("caf\u00e9.pdf"), Vault(tmp_path / "kept").put_file)


def test_names_that_differ_only_in_capitals_are_for_a_person(charts):
    shutil.copy(charts / PATIENT / "notes.pdf", charts / PATIENT / "NOTES.pdf")
    if len(list((charts / PATIENT).glob("[nN]*.pdf"))) == 1:
        pytest.skip("this disk does not tell capitals apart")
    assert "differ only in capitals" in found(charts)
    with pytest.raises(NeedsPerson):
        FolderSource(charts).fetch(PATIENT, entry("notes.pdf"), never)


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_a_name_that_is_no_text_is_reported_in_a_sentence_that_can_be_stored(charts):
    Path(os.fsdecode(os.fsencode(charts / PATIENT) + b"/\xff\xfe.pdf")).write_bytes(b"x")
    assert found(charts).encode("utf-8")


def test_an_empty_file_is_no_record(charts):
    (charts / PATIENT / "notes.pdf").write_bytes(b"")
    with pytest.raises(NeedsPerson) as held:
        FolderSource(charts).fetch(PATIENT, entry("notes.pdf"), never)
    assert "“notes.pdf”" in sentences(held)
    assert "empty" in sentences(held)


def test_a_file_that_grows_while_it_is_read_is_read_again_later(charts, tmp_path):
    def keep_while_somebody_writes(path: Path) -> str:
        sha256 = Vault(tmp_path / "kept").put_file(path)
        with path.open("ab") as stream:
            stream.write(b"more")
        return sha256

    with pytest.raises(Retryable, match="changed while it was read"):
        FolderSource(charts).fetch(PATIENT, entry("notes.pdf"), keep_while_somebody_writes)


def test_a_file_that_vanishes_while_it_is_read_is_looked_for_later(charts):
    def keep_too_late(path: Path) -> str:
        path.unlink()
        return "0" * 64

    with pytest.raises(Retryable) as later:
        FolderSource(charts).fetch(PATIENT, entry("notes.pdf"), keep_too_late)
    assert PATIENT not in str(later.value)
    assert "notes" not in str(later.value)


@pytest.mark.parametrize("tag", [0xA0000003, 0xA000000C])
def test_a_windows_junction_leads_elsewhere_though_it_looks_like_a_folder(tag):
    junction = SimpleNamespace(st_mode=stat.S_IFDIR | 0o777, st_reparse_tag=tag)
    assert leads_elsewhere(cast("os.stat_result", junction))
    assert not leads_elsewhere(cast("os.stat_result", SimpleNamespace(st_mode=junction.st_mode, st_reparse_tag=0)))


def never(path: Path) -> str:
    raise AssertionError(f"{path} must not be read")
