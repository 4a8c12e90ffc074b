"""The request and the note in the patient's chart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.closing.filing import file_release, request_name
from pipeline.errors import NeedsPerson, Retryable
from schemas.release import HoldReason

REQUEST = "R-000012"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "blob"
    path.write_bytes(b"%PDF the request" * 100)
    return path


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    (tmp_path / "charts" / "P-1007").mkdir(parents=True)
    return tmp_path / "charts" / "P-1007"


def file(chart: Path, scan: Path, note: str = "note: ü\n") -> None:
    file_release(chart, REQUEST, scan, "Okafor Ada.PDF", note)


def filed(chart: Path) -> dict[str, bytes]:
    return {path.relative_to(chart).as_posix(): path.read_bytes() for path in chart.rglob("*") if path.is_file()}


def test_request_and_note_lie_in_a_folder_of_their_own(chart, scan):
    file(chart, scan)
    assert filed(chart) == {
        "releases/R-000012/request.pdf": scan.read_bytes(),
        "releases/R-000012/chart-note.txt": "note: ü\n".encode(),
    }


def test_filing_again_changes_nothing(chart, scan):
    file(chart, scan)
    before = {path: path.stat().st_mtime_ns for path in chart.rglob("*")}
    file(chart, scan)
    assert before.keys() == set(chart.rglob("*"))
    assert all(path.stat().st_mtime_ns == time for path, time in before.items() if path.is_file())


def test_two_requests_of_a_patient_are_filed_apart(chart, scan):
    file(chart, scan)
    file_release(chart, "R-000013", scan, "x.tif", "another\n")
    assert len(filed(chart)) == 4


@pytest.mark.parametrize("name", ["request.pdf", "chart-note.txt"])
def test_what_lies_there_already_is_never_overwritten(chart, scan, name):
    (chart / "releases" / REQUEST).mkdir(parents=True)
    (chart / "releases" / REQUEST / name).write_bytes(b"somebody's own")
    with pytest.raises(NeedsPerson) as held:
        file(chart, scan)
    assert held.value.findings[0].reason is HoldReason.CHORE
    assert f"“{name}”" in held.value.findings[0].sentence
    assert (chart / "releases" / REQUEST / name).read_bytes() == b"somebody's own"


def test_what_a_try_that_was_cut_off_has_left_is_cleared_away(chart, scan):
    (chart / "releases" / REQUEST).mkdir(parents=True)
    (chart / "releases" / REQUEST / ".partial-0123").write_bytes(b"half")
    file(chart, scan)
    assert len(filed(chart)) == 2


@pytest.mark.parametrize("link", ["releases", f"releases/{REQUEST}"])
@pytest.mark.skipif(os.name == "nt", reason="making links needs rights there")
def test_a_link_never_leads_the_filing_out_of_the_chart(chart, scan, tmp_path, link):
    (tmp_path / "elsewhere").mkdir()
    (chart / link).parent.mkdir(exist_ok=True)
    (chart / link).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NeedsPerson):
        file(chart, scan)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_chart_that_is_away_is_waited_for_and_never_made(chart, scan):
    chart.rmdir()
    with pytest.raises(Retryable) as later:
        file(chart, scan)
    assert "P-1007" not in str(later.value)
    assert not chart.exists()


@pytest.mark.parametrize("request_id", ["../x", "R-1", "R-000012/..", "", "r-000012"])
def test_a_request_id_that_is_none_is_a_mistake_of_the_caller(chart, scan, request_id):
    with pytest.raises(ValueError, match="request id"):
        file_release(chart, request_id, scan, "a.pdf", "")


@given(name=st.text(max_size=40))
def test_whatever_a_scan_was_called_it_is_filed_under_a_plain_name(name):
    filed_as = request_name(name)
    assert filed_as.startswith("request")
    assert filed_as.isascii()
    assert not set(filed_as) & set('/\\:*?"<>| ')


@pytest.mark.parametrize(
    ("dropped", "filed_as"), [("Ada's form.TIFF", "request.tiff"), ("C:\\scans\\a.b.pdf", "request.pdf"), ("letter", "request")]
)
def test_the_ending_of_the_scan_is_kept(dropped, filed_as):
    assert request_name(dropped) == filed_as
