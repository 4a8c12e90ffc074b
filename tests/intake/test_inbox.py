from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import Retryable
from pipeline.intake import Rule, Unsafe, candidates, left_alone, open_inside
from pipeline.intake.rules import rule_against

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def names(inbox: Path) -> list[str]:
    return [candidate.name for candidate in candidates(inbox)]


def rules(inbox: Path) -> dict[str, Rule]:
    return {left.path.name: left.rule for left in left_alone(inbox)}


def test_ordinary_files_are_found_in_the_order_of_their_names(inbox: Path) -> None:
    for name in ("b.pdf", "a.tif", "no-suffix", "Scan 0001.PDF"):
        (inbox / name).write_bytes(b"x")
    assert names(inbox) == sorted(["b.pdf", "a.tif", "no-suffix", "Scan 0001.PDF"])
    found = next(candidates(inbox))
    assert (found.size, found.path.parent) == (1, inbox)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Thumbs.db", Rule.FURNITURE),
        ("desktop.ini", Rule.FURNITURE),
        (".DS_Store", Rule.FURNITURE),
        ("._scan.pdf", Rule.FURNITURE),
        ("~$request.docx", Rule.TEMPORARY),
        ("~lock.scan.pdf", Rule.TEMPORARY),
        ("scan.pdf.TMP", Rule.TEMPORARY),
        ("scan.pdf.part", Rule.TEMPORARY),
        ("scan.partial", Rule.TEMPORARY),
        ("scan.pdf.crdownload", Rule.TEMPORARY),
        ("scan.pdf.filepart", Rule.TEMPORARY),
        ("scan.pdf.!ut", Rule.TEMPORARY),
        ("scan.pdf.lock", Rule.TEMPORARY),
        (".scan.pdf.x7Gh2", Rule.HIDDEN),
        (".taken-0123456789abcdef-scan.pdf", Rule.HIDDEN),
    ],
)
def test_names_of_programs_and_not_of_people_are_left_alone(inbox: Path, name: str, rule: Rule) -> None:
    (inbox / name).write_bytes(b"x")
    assert names(inbox) == []
    assert rules(inbox) == {name: rule}


@pytest.mark.parametrize("name", ["party.pdf", "template.pdf", "tmp.pdf", "x.part.pdf", "-rf.pdf", "a b;c.pdf", "$(x).pdf"])
def test_names_that_only_look_alike_are_taken(inbox: Path, name: str) -> None:
    (inbox / name).write_bytes(b"x")
    assert names(inbox) == [name]


def test_a_folder_is_left_alone_also_one_named_like_a_scan_and_so_is_what_lies_in_it(inbox: Path) -> None:
    (inbox / "x.pdf").mkdir()
    (inbox / "x.pdf" / "inner.pdf").write_bytes(b"x")
    assert names(inbox) == []
    assert rules(inbox) == {"x.pdf": Rule.FOLDER}
    with pytest.raises(Unsafe):
        open_inside(inbox, "x.pdf")


@POSIX
def test_a_link_is_left_alone_wherever_it_leads(inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"secret")
    inside = inbox / "honest.pdf"
    inside.write_bytes(b"x")
    for name, target in {"out.pdf": secret, "in.pdf": inside, "gone.pdf": tmp_path / "gone", "up.pdf": tmp_path}.items():
        (inbox / name).symlink_to(target)
        with pytest.raises(Unsafe):
            open_inside(inbox, name)
    assert names(inbox) == ["honest.pdf"]
    assert set(rules(inbox).values()) == {Rule.LINK}


@POSIX
def test_a_link_put_in_place_of_a_file_after_the_look_is_not_followed(inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"secret")
    scan = inbox / "scan.pdf"
    scan.write_bytes(b"x")
    (seen,) = candidates(inbox)
    scan.unlink()
    scan.symlink_to(secret)
    with pytest.raises(Unsafe):
        open_inside(inbox, seen.name)


@POSIX
@pytest.mark.parametrize("follow", [False, True])
def test_a_link_put_in_place_between_looking_and_opening_is_not_read(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follow: bool
) -> None:
    """The swap happens in the worst instant; with `follow` on a system that cannot refuse to follow links."""
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"secret")
    scan = inbox / "scan.pdf"
    scan.write_bytes(b"x")
    really_open = os.open

    def swap_then_open(path: Path, flags: int) -> int:
        scan.unlink()
        scan.symlink_to(secret)
        return really_open(path, flags & ~os.O_NOFOLLOW if follow else flags)

    monkeypatch.setattr(os, "open", swap_then_open)
    with pytest.raises(Unsafe):
        open_inside(inbox, "scan.pdf")


@POSIX
def test_a_pipe_is_left_alone_and_opening_it_does_not_wait(inbox: Path) -> None:
    os.mkfifo(inbox / "scan.pdf")
    assert names(inbox) == []
    assert rules(inbox) == {"scan.pdf": Rule.NOT_A_FILE}
    with pytest.raises(Unsafe):
        open_inside(inbox, "scan.pdf")


@POSIX
def test_a_pipe_put_in_place_between_looking_and_opening_does_not_wait(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = inbox / "scan.pdf"
    scan.write_bytes(b"x")
    really_open = os.open

    def swap_then_open(path: Path, flags: int) -> int:
        scan.unlink()
        os.mkfifo(scan)
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", swap_then_open)
    with pytest.raises(Unsafe):
        open_inside(inbox, "scan.pdf")


@pytest.mark.parametrize("name", ["", ".", "..", "../secret.pdf", "sub/x.pdf", "/etc/passwd", "x\0.pdf"])
def test_only_bare_names_are_opened(inbox: Path, name: str) -> None:
    (inbox.parent / "secret.pdf").write_bytes(b"secret")
    with pytest.raises(Unsafe) as refused:
        open_inside(inbox, name)
    assert "secret" not in str(refused.value)


def test_a_file_is_opened_for_reading_its_bytes(inbox: Path) -> None:
    (inbox / "scan.pdf").write_bytes(b"bytes")
    with open_inside(inbox, "scan.pdf") as file:
        assert file.read() == b"bytes"


def test_a_file_that_is_gone_may_be_tried_again(inbox: Path) -> None:
    with pytest.raises(Retryable) as error:
        open_inside(inbox, "Ada Brook.pdf")
    assert "Ada" not in str(error.value)


def test_an_inbox_that_is_away_may_be_tried_again(inbox: Path) -> None:
    inbox.rmdir()
    with pytest.raises(Retryable):
        list(candidates(inbox))


@pytest.mark.parametrize(
    ("attributes", "tag", "rule"),
    [
        (0x2, 0, Rule.HIDDEN),
        (0x4, 0, Rule.HIDDEN),
        (0x400, 0xA0000003, Rule.LINK),  # a junction
        (0x400, 0x9000001A, None),  # a file that a cloud drive keeps: ordinary
        (0x20, 0, None),
    ],
)
def test_what_windows_marks_is_heeded(attributes: int, tag: int, rule: Rule | None) -> None:
    status = SimpleNamespace(st_mode=stat.S_IFREG | 0o644, st_file_attributes=attributes, st_reparse_tag=tag)
    assert rule_against("scan.pdf", status) is rule  # type: ignore[arg-type]


@POSIX
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(min_size=1, max_size=255).filter(lambda b: b"/" not in b and b"\0" not in b and b not in (b".", b"..")))
def test_a_file_of_any_name_is_either_left_alone_or_opened(inbox: Path, raw: bytes) -> None:
    name = os.fsdecode(raw)
    path = inbox / name
    try:
        path.write_bytes(b"x")
    except OSError:
        return  # a name this file system does not take
    try:
        for candidate in candidates(inbox):
            assert candidate.name == name
            with open_inside(inbox, candidate.name) as file:
                assert file.read() == b"x"
        assert len(names(inbox)) + len(rules(inbox)) == 1
    finally:
        path.unlink()
