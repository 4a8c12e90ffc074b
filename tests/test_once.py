"""What takes long is made once, whoever asks, and made again only if that failed."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.once import Once


def test_what_was_made_is_found_by_all_who_ask_later(tmp_path: Path) -> None:
    first = Once(tmp_path)("letters", lambda place: (place / "a").touch())
    again = Once(tmp_path)("letters", lambda place: (place / "b").touch())
    assert first == again
    assert [path.name for path in again.iterdir()] == ["a"]


def test_who_asks_while_it_is_being_made_waits_for_it(tmp_path: Path) -> None:
    begun, go_on, made = threading.Event(), threading.Event(), []

    def make(place: Path) -> None:
        made.append(place)
        begun.set()
        assert go_on.wait(60)

    threads = [threading.Thread(target=Once(tmp_path), args=("letters", make)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_what_a_failed_try_has_left_is_cleared_away_and_the_next_tries_anew(tmp_path: Path) -> None:
    def fail(place: Path) -> None:
        (place / "half").touch()
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        Once(tmp_path)("letters", fail)
    place = Once(tmp_path)("letters", lambda place: (place / "whole").touch())
    assert [path.name for path in place.iterdir()] == ["whole"]


def test_nobody_waits_for_a_process_that_died_over_it(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from tests.once import Once\n"
        "Once(pathlib.Path(sys.argv[1]))('letters', lambda place: os._exit(9))\n"
    )
    assert subprocess.run([sys.executable, "-c", program, tmp_path], check=False).returncode == 9
    place = Once(tmp_path)("letters", lambda place: (place / "whole").touch())
    assert [path.name for path in place.iterdir()] == ["whole"]
