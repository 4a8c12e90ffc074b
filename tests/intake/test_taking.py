from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.intake import Changed, candidates, finish, leftovers, mark_of, original_name, put_back, withdraw
from pipeline.intake.moving import names_like, safe_name, shortened

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these")


def drop(inbox: Path, name: str = "scan.pdf", data: bytes = b"scan") -> Path:
    path = inbox / name
    path.write_bytes(data)
    return path


def only(inbox: Path):  # type: ignore[no-untyped-def]
    (found,) = candidates(inbox)
    return found


def test_a_taken_file_is_out_of_sight_and_found_again_after_a_crash(tmp_path: Path) -> None:
    drop(tmp_path)
    taken = withdraw(only(tmp_path))
    assert taken.parent == tmp_path
    assert taken.read_bytes() == b"scan"
    assert list(candidates(tmp_path)) == []
    assert list(leftovers(tmp_path)) == [taken]
    assert original_name(taken) == "scan.pdf"


def test_a_taken_file_carries_the_mark_of_its_token_through_a_crash(tmp_path: Path) -> None:
    drop(tmp_path, "n" * 251 + ".pdf")
    withdraw(only(tmp_path), "0123456789abcdef" * 4)
    [taken] = leftovers(tmp_path)
    assert mark_of(taken) == "0123456789abcdef"
    with pytest.raises(ValueError, match="not the name"):
        mark_of(tmp_path / "scan.pdf")


def test_a_finished_file_is_gone_and_finishing_again_does_no_harm(tmp_path: Path) -> None:
    drop(tmp_path)
    taken = withdraw(only(tmp_path))
    finish(taken)
    finish(taken)
    assert list(tmp_path.iterdir()) == []


def test_a_file_put_back_has_its_name_again(tmp_path: Path) -> None:
    drop(tmp_path)
    assert put_back(withdraw(only(tmp_path))) == tmp_path / "scan.pdf"
    assert only(tmp_path).size == 4
    assert list(leftovers(tmp_path)) == []


def test_a_file_put_back_never_overwrites_one_dropped_meanwhile(tmp_path: Path) -> None:
    drop(tmp_path, data=b"first")
    taken = withdraw(only(tmp_path))
    drop(tmp_path, data=b"second")
    assert put_back(taken) == tmp_path / "scan (2).pdf"
    assert (tmp_path / "scan.pdf").read_bytes() == b"second"
    assert (tmp_path / "scan (2).pdf").read_bytes() == b"first"


@pytest.mark.parametrize("change", ["grown", "exchanged", "gone"])
def test_a_file_that_changed_since_it_was_found_finished_is_not_taken(tmp_path: Path, change: str) -> None:
    path = drop(tmp_path)
    found = only(tmp_path)
    if change == "grown":
        path.write_bytes(b"scan and more")
    elif change == "exchanged":
        other = drop(tmp_path, ".other")
        os.utime(other, ns=(found.modified_ns, found.modified_ns))
        other.replace(path)
    else:
        path.unlink()
    with pytest.raises(Changed):
        withdraw(found)
    assert path.exists() == (change != "gone")
    assert list(leftovers(tmp_path)) == []


@POSIX
@pytest.mark.parametrize("what", ["link", "folder", "pipe", "file"])
def test_whatever_is_put_in_its_place_in_the_last_instant_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    secret = drop(tmp_path, "secret.pdf")
    path = drop(inbox)
    found = only(inbox)
    really_rename = os.rename

    def swap_then_rename(source: Path, target: Path) -> None:
        monkeypatch.undo()
        path.unlink()
        {
            "link": lambda: path.symlink_to(secret),
            "folder": path.mkdir,
            "pipe": lambda: os.mkfifo(path),
            "file": lambda: path.write_bytes(b"another"),
        }[what]()
        really_rename(source, target)

    monkeypatch.setattr(os, "rename", swap_then_rename)
    with pytest.raises(Changed):
        withdraw(found)
    assert [entry.name for entry in inbox.iterdir()] == ["scan.pdf"]
    assert secret.read_bytes() == b"scan"


def test_two_takers_never_get_the_same_file(tmp_path: Path) -> None:
    drop(tmp_path)
    first, second = only(tmp_path), only(tmp_path)
    withdraw(first)
    with pytest.raises(Changed):
        withdraw(second)
    assert len(list(leftovers(tmp_path))) == 1


def test_only_taken_files_can_be_finished_or_put_back(tmp_path: Path) -> None:
    path = drop(tmp_path)
    for act in (finish, put_back):
        with pytest.raises(ValueError, match="taken"):
            act(path)
    assert path.exists()


@POSIX
def test_a_link_with_a_reserved_name_is_no_leftover(tmp_path: Path) -> None:
    (tmp_path / ".taken-0123456789abcdef-x.pdf").symlink_to(drop(tmp_path))
    assert list(leftovers(tmp_path)) == []


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere a read-only file can be deleted")
def test_a_read_only_file_can_be_finished(tmp_path: Path) -> None:
    drop(tmp_path).chmod(0o400)
    finish(withdraw(only(tmp_path)))
    assert list(tmp_path.iterdir()) == []


_NAMES = st.binary(min_size=1, max_size=255).filter(lambda b: b"/" not in b and b"\0" not in b and not b.startswith(b"."))


@POSIX
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=_NAMES | st.text("aé-", min_size=100, max_size=127).map(lambda s: s.encode()))
def test_a_file_of_any_name_can_be_taken_and_put_back(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / os.fsdecode(raw)
    try:
        path.write_bytes(b"x")
    except OSError:
        return  # a name this file system does not take
    for found in list(candidates(tmp_path)):
        taken = withdraw(found)
        assert list(leftovers(tmp_path)) == [taken]
        back = put_back(taken)
        assert len(raw) > 231 or back == path
        back.unlink()
    path.unlink(missing_ok=True)


@given(name=st.text(max_size=300), room=st.integers(0, 20))
def test_a_safe_name_is_taken_by_every_system(name: str, room: int) -> None:
    safe = safe_name(name, room)
    assert 0 < len(os.fsencode(safe.encode("utf-8", "replace").decode())) <= 255 - room
    assert not set(safe) & set('<>:"/\\|?*\0\n')
    assert not safe.startswith(".")
    assert safe == safe.rstrip(". ")
    assert safe_name(safe, room) == safe


@given(name=st.text("abcé. ", min_size=1, max_size=300))
def test_names_like_another_are_all_different_and_all_fit(name: str) -> None:
    several = [found for found, _ in zip(names_like(name, room=8), range(12), strict=False)]
    assert len(set(several)) == 12
    assert all(len(os.fsencode(one)) <= 247 for one in several)


def test_a_shortened_name_keeps_its_ending() -> None:
    assert shortened("é" * 200 + ".pdf", 100) == "é" * 48 + ".pdf"


@pytest.mark.parametrize("name", ["CON", "con.pdf", "LPT1.tif", "nul"])
def test_a_name_that_windows_keeps_for_a_device_is_changed(name: str) -> None:
    assert safe_name(name) == f"_{name}"
