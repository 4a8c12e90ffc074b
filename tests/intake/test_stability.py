from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake import Candidate, StabilityTracker, candidates


class Clock:
    """Stands still until told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracker(clock: Clock) -> StabilityTracker:
    return StabilityTracker(5, clock)


def seen(tracker: StabilityTracker, inbox: Path) -> list[str]:
    return [candidate.name for candidate in tracker.observe(candidates(inbox))]


def test_a_file_is_finished_once_it_was_quiet_long_enough(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    assert seen(tracker, tmp_path) == []
    clock.now += 4.9
    assert seen(tracker, tmp_path) == []
    clock.now += 0.1
    assert seen(tracker, tmp_path) == ["a.pdf"]


def test_a_finished_file_that_is_not_taken_is_given_again(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    seen(tracker, tmp_path)
    clock.now += 5
    assert seen(tracker, tmp_path) == seen(tracker, tmp_path) == ["a.pdf"]


def test_a_growing_file_starts_anew_each_time(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    for _ in range(5):
        assert seen(tracker, tmp_path) == []
        clock.now += 4
        with path.open("ab") as file:
            file.write(b"more")
    assert seen(tracker, tmp_path) == []
    clock.now += 5
    assert seen(tracker, tmp_path) == ["a.pdf"]


def test_a_file_rewritten_at_the_same_size_starts_anew(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    seen(tracker, tmp_path)
    clock.now += 4
    os.utime(path, ns=(1, 1))
    assert seen(tracker, tmp_path) == []
    clock.now += 4
    assert seen(tracker, tmp_path) == []
    clock.now += 1
    assert seen(tracker, tmp_path) == ["a.pdf"]


def test_another_file_put_in_its_place_starts_anew(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    path, other = tmp_path / "a.pdf", tmp_path / ".b"
    for one in (path, other):
        one.write_bytes(b"x")
        os.utime(one, ns=(7, 7))
    seen(tracker, tmp_path)
    clock.now += 5
    other.replace(path)
    assert seen(tracker, tmp_path) == []


def test_a_file_that_went_and_came_again_starts_anew(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    seen(tracker, tmp_path)
    clock.now += 5
    aside = path.rename(tmp_path / ".aside")
    assert seen(tracker, tmp_path) == []
    assert tracker.waiting == 0
    aside.rename(path)
    assert seen(tracker, tmp_path) == []


@pytest.mark.parametrize("offset", [-(10**9), 10**9])
def test_a_time_far_off_does_not_matter(tmp_path: Path, tracker: StabilityTracker, clock: Clock, offset: int) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    moment = path.stat().st_mtime + offset
    os.utime(path, (moment, moment))
    seen(tracker, tmp_path)
    clock.now += 5
    assert seen(tracker, tmp_path) == ["a.pdf"]


def test_an_empty_file_is_given_more_time(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    (tmp_path / "a.pdf").touch()
    seen(tracker, tmp_path)
    clock.now += 49
    assert seen(tracker, tmp_path) == []
    clock.now += 1
    assert seen(tracker, tmp_path) == ["a.pdf"]


def test_one_slow_file_does_not_hold_up_another(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    seen(tracker, tmp_path)
    clock.now += 4
    (tmp_path / "b.pdf").write_bytes(b"x")
    seen(tracker, tmp_path)
    clock.now += 1
    assert seen(tracker, tmp_path) == ["a.pdf"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_not_finished(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    path.chmod(0)
    seen(tracker, tmp_path)
    clock.now += 5
    assert seen(tracker, tmp_path) == []
    path.chmod(0o600)
    assert seen(tracker, tmp_path) == ["a.pdf"]


def test_a_file_that_vanished_since_the_look_is_not_finished(tmp_path: Path, tracker: StabilityTracker, clock: Clock) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    looked = list(candidates(tmp_path))
    tracker.observe(looked)
    clock.now += 5
    path.unlink()
    assert tracker.observe(looked) == []


@given(
    steps=st.lists(
        st.tuples(st.floats(0, 8), st.one_of(st.none(), st.tuples(st.integers(0, 2), st.integers(0, 2)))),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_happens_only_what_was_seen_unchanged_for_the_whole_time_is_finished(
    steps: list[tuple[float, tuple[int, int] | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A second telling of the rule: look back over all observations instead of remembering one."""
    folder = _folder(tmp_path_factory)
    clock = Clock()
    tracker = StabilityTracker(5, clock, empty_seconds=12)
    history: list[tuple[float, tuple[int, int] | None]] = []
    for wait, state in steps:
        clock.now += wait
        history.append((clock.now, state))
        given_now = tracker.observe([] if state is None else [Candidate(folder / "a.pdf", state[0], state[1], 1, 1, 0)])
        assert bool(given_now) == _was_quiet(history)


def _was_quiet(history: list[tuple[float, tuple[int, int] | None]]) -> bool:
    now, state = history[-1]
    if state is None:
        return False
    since = now
    for moment, earlier in reversed(history):
        if earlier != state:
            break
        since = moment
    return now - since >= (5 if state[0] else 12)


def _folder(factory: pytest.TempPathFactory) -> Path:
    folder = factory.getbasetemp() / "stable"
    folder.mkdir(exist_ok=True)
    (folder / "a.pdf").write_bytes(b"x")
    return folder
