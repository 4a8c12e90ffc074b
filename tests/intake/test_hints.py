from __future__ import annotations

import errno
import sys
import threading
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from watchdog.observers import Observer

from pipeline.intake import Hints, hints, open_inside
from pipeline.intake.shares import filesystem_of, is_network, on_network_share

LONG = 30.0  # seconds that a test waits at most for what must happen


@pytest.mark.parametrize("polling", [False, True])
def test_a_new_file_wakes_early(tmp_path: Path, polling: bool) -> None:
    with Hints(tmp_path, polling) as watched:
        assert watched.polling is polling
        threading.Timer(0.05, (tmp_path / "scan.pdf").write_bytes, [b"x"]).start()
        assert watched.wait(LONG)


def test_without_an_event_it_waits_its_time(tmp_path: Path) -> None:
    with Hints(tmp_path, polling=False) as watched:
        assert not watched.wait(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="what is told of reading differs")
def test_looking_at_a_file_is_no_hint(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"x")
    with Hints(tmp_path, polling=False) as watched:
        with open_inside(tmp_path, "scan.pdf") as file:
            file.read()
        assert not watched.wait(0.5)


def test_a_folder_that_is_not_there_gives_no_hints_until_it_is(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    with Hints(inbox, polling=False) as watched:
        assert not watched.wait(0.05)
        inbox.mkdir()
        assert not watched.wait(0.05)
        threading.Timer(0.05, (inbox / "scan.pdf").write_bytes, [b"x"]).start()
        assert watched.wait(LONG)


@pytest.mark.parametrize("polling", [False, True])
def test_a_folder_that_vanishes_ends_no_wait_with_an_error_and_is_watched_when_it_is_back(tmp_path: Path, polling: bool) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with Hints(inbox, polling) as watched:
        inbox.rmdir()
        watched.wait(0.2)
        for emitter in list(watched._observer.emitters if watched._observer else ()):
            emitter.join(LONG)
        inbox.mkdir()
        watched.wait(0.05)
        watched.wait(0.05)
        threading.Timer(0.05, (inbox / "scan.pdf").write_bytes, [b"x"]).start()
        assert watched.wait(LONG)


def test_when_the_system_has_no_events_left_it_looks_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(**_: Any) -> Any:
        observer = Observer()

        def start() -> None:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")

        observer.start = start  # type: ignore[method-assign]
        return observer

    monkeypatch.setattr(hints, "Observer", exhausted)
    with Hints(tmp_path, polling=False) as watched:
        assert watched.polling
        threading.Timer(0.05, (tmp_path / "scan.pdf").write_bytes, [b"x"]).start()
        assert watched.wait(LONG)


def test_closing_ends_a_wait_and_may_be_done_twice(tmp_path: Path) -> None:
    watched = Hints(tmp_path)
    threading.Timer(0.05, watched.close).start()
    assert watched.wait(LONG)
    watched.close()
    assert watched.wait(LONG)


def test_another_thread_can_wake_it(tmp_path: Path) -> None:
    with Hints(tmp_path) as watched:
        watched.wake()
        assert watched.wait(LONG)
        assert not watched.wait(0.05)


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//server/scans /mnt/scans cifs rw 0 0
server:/x /mnt/with\\040space nfs4 rw 0 0
/dev/sdb1 /mnt/scans/local xfs rw 0 0
proc /proc proc rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("place", "network"),
    [
        ("/home/practice/inbox", False),
        ("/mnt/scans", True),
        ("/mnt/scans/inbox", True),
        ("/mnt/scans2", False),
        ("/mnt/scans/local/inbox", False),
        ("/mnt/with space/inbox", True),
    ],
)
def test_a_share_is_known_by_the_deepest_mount_above(place: str, network: bool) -> None:
    assert is_network(filesystem_of(PurePosixPath(place), MOUNTS)) is network


def test_what_hangs_on_fuse_may_be_a_share() -> None:
    assert is_network("fuse.sshfs")
    assert not is_network("fuseblk")  # a local NTFS disk


def test_a_local_folder_is_no_share(tmp_path: Path) -> None:
    assert on_network_share(tmp_path) is False
