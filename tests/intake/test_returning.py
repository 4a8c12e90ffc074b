from __future__ import annotations

import contextlib
import errno
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import Retryable
from pipeline.intake import return_file
from pipeline.intake.moving import move_to_new

AT = datetime(2026, 11, 23, 14, 5, tzinfo=timezone(timedelta(hours=-5)))
SENTENCE = "The file is empty: there is nothing in it."
ADVICE = "Scan it again."


def give_back(path: Path, returned: Path, name: str = "scan.pdf", at: datetime = AT) -> Path:
    return return_file(path, returned, name, SENTENCE, ADVICE, at)


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    path = tmp_path / ".taken-0123456789abcdef-scan.pdf"
    path.write_bytes(b"scan")
    return path


@pytest.fixture
def other_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As if returned/ lay on another disk: no hard link and no rename leads from one to the other."""
    really_link = os.link

    def link(source: Path, target: Path, **options: bool) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        really_link(source, target, **options)

    monkeypatch.setattr(os, "link", link)


def test_the_file_comes_back_under_its_name_with_a_note_beside_it(tmp_path: Path, taken: Path) -> None:
    there = give_back(taken, tmp_path / "returned")
    assert there == tmp_path / "returned" / "scan.pdf"
    assert there.read_bytes() == b"scan"
    assert not taken.exists()
    assert sorted(p.name for p in there.parent.iterdir()) == ["scan.pdf", "scan.pdf.why.txt"]


def test_the_note_says_what_when_why_and_what_to_do(tmp_path: Path, taken: Path) -> None:
    data = (give_back(taken, tmp_path).parent / "scan.pdf.why.txt").read_bytes()
    text = data.decode("utf-8-sig")
    for part in ("scan.pdf", "11/23/2026 at 2:05 PM", SENTENCE, ADVICE):
        assert part in text


def test_the_note_shows_well_in_any_notepad(tmp_path: Path, taken: Path) -> None:
    data = (give_back(taken, tmp_path, "Zoë.pdf").parent / "Zoë.pdf.why.txt").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n") > 5
    assert "Zoë.pdf" in data.decode("utf-8-sig")


def test_nothing_that_lies_there_is_overwritten(tmp_path: Path, taken: Path) -> None:
    returned = tmp_path / "returned"
    returned.mkdir()
    (returned / "scan.pdf").write_bytes(b"theirs")
    (returned / "scan (2).pdf.why.txt").write_bytes(b"theirs")
    assert give_back(taken, returned).name == "scan (3).pdf"
    assert (returned / "scan.pdf").read_bytes() == b"theirs"
    assert (returned / "scan (2).pdf.why.txt").read_bytes() == b"theirs"


def test_two_files_of_one_name_returned_in_one_minute_are_both_there(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    places = [give_back(path, tmp_path / "returned") for path in (one, two)]
    assert [p.read_bytes() for p in places] == [b"1", b"2"]
    assert all(Path(f"{p}.why.txt").exists() for p in places)


def test_the_same_call_after_a_crash_at_the_end_gives_the_same_answer(tmp_path: Path, taken: Path) -> None:
    there = give_back(taken, tmp_path / "returned")
    assert give_back(taken, tmp_path / "returned") == there
    assert len(list(there.parent.iterdir())) == 2


@pytest.mark.parametrize("survives", range(1, 9))
@pytest.mark.parametrize("disk", ["same", "other"])
def test_a_crash_at_any_step_is_mended_by_the_same_call(
    taken: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, survives: int, disk: str
) -> None:
    if disk == "other":
        request.getfixturevalue("other_disk")
    returned = taken.parent / "returned"
    steps = 0

    def crash_after(real):  # type: ignore[no-untyped-def]
        def step(*args, **options):  # type: ignore[no-untyped-def]
            nonlocal steps
            steps += 1
            if steps >= survives:
                raise SystemExit("power cut")
            return real(*args, **options)

        return step

    with monkeypatch.context() as cut:
        for name in ("link", "unlink", "fsync"):
            cut.setattr(os, name, crash_after(getattr(os, name)))
        with contextlib.suppress(SystemExit):
            give_back(taken, returned)
    there = give_back(taken, returned)
    assert there == returned / "scan.pdf"
    assert there.read_bytes() == b"scan"
    assert not taken.exists()
    seen = [p.name for p in returned.iterdir() if not p.name.startswith(".")]
    assert sorted(seen) == ["scan.pdf", "scan.pdf.why.txt"]


@pytest.mark.usefixtures("other_disk")
def test_a_file_is_returned_to_another_disk_and_leaves_nothing_behind(tmp_path: Path, taken: Path) -> None:
    there = give_back(taken, tmp_path / "returned")
    assert there.read_bytes() == b"scan"
    assert not taken.exists()
    assert len(list(there.parent.iterdir())) == 2


def test_disks_without_hard_links_do(tmp_path: Path, taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    there = give_back(taken, tmp_path / "returned")
    assert there.read_bytes() == b"scan"
    assert len(list(there.parent.iterdir())) == 2


@pytest.mark.parametrize("links", [True, False])
def test_a_name_taken_in_the_last_instant_is_left_alone(
    tmp_path: Path, taken: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    theirs = tmp_path / "scan.pdf"
    theirs.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        move_to_new(taken, theirs)
    assert (theirs.read_bytes(), taken.read_bytes()) == (b"theirs", b"scan")


def test_a_full_disk_leaves_the_file_where_it_is(tmp_path: Path, taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Retryable, match="No space left"):
        give_back(taken, tmp_path / "returned")
    assert taken.read_bytes() == b"scan"
    assert list((tmp_path / "returned").iterdir()) == []


def test_a_file_that_is_not_there_cannot_be_returned(tmp_path: Path, taken: Path) -> None:
    taken.unlink()
    with pytest.raises(Retryable) as error:
        give_back(taken, tmp_path / "returned", "Ada Brook.pdf")
    assert "Ada" not in str(error.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=260) | st.binary(max_size=255).map(os.fsdecode))
def test_a_file_of_any_name_is_returned_with_its_note(tmp_path: Path, name: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(name.encode("utf-8", "replace"))
    try:
        there = give_back(source, tmp_path / "returned", name)
    except Retryable:
        assert os.fsencode("x") != os.fsencode(name.encode("utf-8", "replace").decode())  # a name the disk does not take
        raise
    assert there.parent == tmp_path / "returned"
    assert there.with_name(there.name + ".why.txt").exists()
    for path in list(there.parent.iterdir()):
        path.unlink()
