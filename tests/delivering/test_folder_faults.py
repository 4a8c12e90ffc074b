"""The folder channel when everything goes wrong: killed, out of room, cut off, at every single step."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.delivering.packing import PackedSet
from pipeline.errors import NeedsPerson, Retryable
from schemas.release import HoldReason
from tests.delivering.courier_contract import bytes_of, until_settled
from tests.delivering.folder_bench import FolderBench, WatchedDisk
from tests.delivering.making import AT, intent, packed


class PowerCut(BaseException):
    """The process ends here: no clean-up gets to run."""


def power_cut_at(step: int) -> Callable[[int], None]:
    """From this step on nothing happens any more, so that clean-up code changes nothing either."""

    def cut(now: int) -> None:
        if now >= step:
            raise PowerCut

    return cut


@pytest.fixture(scope="module")
def sent(tmp_path_factory) -> PackedSet:
    return packed(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def steps(sent: PackedSet, tmp_path_factory) -> range:
    """The steps of one undisturbed delivery, numbered."""
    disk = WatchedDisk()
    FolderBench(tmp_path_factory.mktemp("undisturbed")).courier(disk).deliver(intent(), sent, at=AT)
    assert disk.steps > 20
    return range(1, disk.steps + 1)


@pytest.fixture
def new_bench(tmp_path: Path) -> Callable[[], FolderBench]:
    def make() -> FolderBench:
        return FolderBench(Path(tempfile.mkdtemp(dir=tmp_path)))

    return make


def assert_one_complete_set(bench: FolderBench, sent: PackedSet) -> None:
    until_settled(bench, sent)
    assert bench.sets() == [bytes_of(sent)]
    assert bench.leftovers() == []
    assert bench.courier().seen(intent(), sent)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed like this on POSIX only")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_at_any_step_leaves_nothing_or_the_whole_set(new_bench, sent, steps, when):
    for step in steps:
        bench = new_bench()

        def kill(now: int, last: int = step) -> None:
            if now == last:
                os.kill(os.getpid(), signal.SIGKILL)

        child = os.fork()
        if child == 0:
            try:
                bench.courier(WatchedDisk(**{when: kill})).deliver(intent(), sent, at=AT)
            finally:
                os._exit(0)  # whatever happens, this process is not a second run of the tests
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        assert bench.sets() in ([], [bytes_of(sent)]), step
        assert_one_complete_set(bench, sent)


@pytest.mark.parametrize("lasting", [False, True])
def test_a_full_disk_at_any_step_leaves_nothing_or_the_whole_set(new_bench, sent, steps, lasting):
    for step in steps:
        bench = new_bench()

        def refuse(now: int, first: int = step) -> None:
            if now == first or (lasting and now > first):
                raise OSError(errno.ENOSPC, "No space left on device")

        with pytest.raises(Retryable):
            bench.courier(WatchedDisk(refuse)).deliver(intent(), sent, at=AT)
        assert bench.sets() in ([], [bytes_of(sent)]), step
        if not lasting and not bench.sets():
            assert bench.leftovers() == [], step
        assert_one_complete_set(bench, sent)


def test_a_step_that_succeeds_and_is_reported_as_failed_changes_nothing(new_bench, sent, steps):
    for step in steps:
        bench = new_bench()

        def lose_the_answer(now: int, last: int = step) -> None:
            if now == last:
                raise OSError(errno.ETIMEDOUT, "the share did not answer")

        with pytest.raises(Retryable):
            bench.courier(WatchedDisk(after=lose_the_answer)).deliver(intent(), sent, at=AT)
        assert bench.sets() in ([], [bytes_of(sent)]), step
        assert_one_complete_set(bench, sent)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_set_that_the_receiver_took_while_the_line_was_down_is_never_sent_again(new_bench, sent, steps, when):
    shown = []
    for step in steps:
        bench = new_bench()
        with pytest.raises(PowerCut):
            bench.courier(WatchedDisk(**{when: power_cut_at(step)})).deliver(intent(), sent, at=AT)
        if not bench.sets():
            assert_one_complete_set(bench, sent)
            continue
        shown.append(step)
        bench.take_away()
        with pytest.raises(NeedsPerson) as held:
            until_settled(bench, sent)
        assert held.value.findings[0].reason is HoldReason.DELIVERY_UNCERTAIN
        assert bench.sets() == []
    assert shown


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.tuples(st.sampled_from(["before", "after"]), st.integers(1, 60)), max_size=6))
def test_any_row_of_power_cuts_ends_in_one_complete_set(sent, cuts):
    with tempfile.TemporaryDirectory() as folder:
        bench = FolderBench(Path(folder))
        for when, step in cuts:
            with contextlib.suppress(PowerCut):
                bench.courier(WatchedDisk(**{when: power_cut_at(step)})).deliver(intent(), sent, at=AT)
            assert bench.sets() in ([], [bytes_of(sent)])
        assert_one_complete_set(bench, sent)
