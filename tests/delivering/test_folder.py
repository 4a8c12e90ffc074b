"""The folder channel: the contract, and what only folders have."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.delivering.address import MARKER, leads_elsewhere
from pipeline.delivering.counterfoils import Counterfoil, Counterfoils
from pipeline.delivering.disk import Disk
from pipeline.delivering.folder import FolderCourier
from pipeline.delivering.packing import PackedSet
from pipeline.errors import NeedsPerson, Retryable
from pipeline.practice.folder import PracticeFolder
from pipeline.store.vault import VaultDamaged
from schemas.disclosure import ProofRung
from schemas.release import HoldReason
from tests.delivering.courier_contract import CourierContract
from tests.delivering.folder_bench import FolderBench, WatchedDisk
from tests.delivering.making import ADDRESS, AT, KEY, intent, packed


@pytest.fixture
def bench(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path)


@pytest.fixture
def sent(tmp_path: Path) -> PackedSet:
    return packed(tmp_path / "kept")


class TestFolderCourier(CourierContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> FolderBench:
        return FolderBench(tmp_path)


def test_no_name_at_the_destination_tells_of_a_patient(bench, sent):
    bench.courier().deliver(intent(), sent, at=AT)
    names = " ".join(path.name for path in bench.outgoing.rglob("*")).casefold()
    assert "okafor" not in names
    assert "p-1007" not in names


def test_nothing_is_written_into_the_empty_place_of_a_share_that_is_not_connected(bench, sent):
    bench.go_away()
    with pytest.raises(Retryable, match=r"not connected: it has no file “\.chartrelay”"):
        bench.courier().deliver(intent(), sent, at=AT)
    assert list(bench.outgoing.iterdir()) == []


def test_a_set_that_went_away_with_its_share_is_not_written_again_even_where_the_marker_is(bench, sent):
    bench.courier().deliver(intent(), sent, at=AT)
    bench.go_away()
    (bench.outgoing / MARKER).touch()
    for ask in (bench.courier().seen, lambda *known: bench.courier().deliver(*known, at=AT)):
        with pytest.raises(NeedsPerson) as held:
            ask(intent(), sent)
        assert held.value.findings[0].reason is HoldReason.DELIVERY_UNCERTAIN
    assert bench.sets() == []


def test_the_courier_leaves_nothing_of_its_own_where_the_sets_are(bench, sent):
    before = {path.name for path in bench.outgoing.iterdir()}
    bench.courier().deliver(intent(), sent, at=AT)
    assert {path.name for path in bench.outgoing.iterdir()} == before | {ADDRESS}
    assert [path.name for path in bench.counterfoils.iterdir()] == [KEY]


def test_a_new_practice_is_one_that_sets_are_delivered_into(tmp_path, sent):
    practice = PracticeFolder(tmp_path / "practice")
    practice.create()
    courier = FolderCourier(practice.outgoing, counterfoils=practice.var / "counterfoils")
    assert courier.deliver(intent(), sent, at=AT).proof is ProofRung.REACHED


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights there")
def test_an_office_folder_that_is_a_link_is_refused(bench, sent, tmp_path):
    (bench.outgoing / ADDRESS).symlink_to(tmp_path / "private")
    with pytest.raises(NeedsPerson) as held:
        bench.courier().deliver(intent(), sent, at=AT)
    assert held.value.findings[0].reason is HoldReason.DESTINATION_REFUSED
    assert list((tmp_path / "private").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights there")
def test_a_set_that_was_replaced_by_a_link_to_a_copy_is_for_a_person(bench, sent):
    bench.courier().deliver(intent(), sent, at=AT)
    bench.take_away()
    bench.set_folder.symlink_to(bench.outgoing.parent / "taken")
    with pytest.raises(NeedsPerson):
        bench.courier().seen(intent(), sent)


def test_a_file_in_place_of_the_office_folder_is_refused(bench, sent):
    (bench.outgoing / ADDRESS).write_text("not a folder")
    with pytest.raises(NeedsPerson) as held:
        bench.courier().deliver(intent(), sent, at=AT)
    assert held.value.findings[0].reason is HoldReason.DESTINATION_REFUSED


def test_the_litter_of_the_receivers_file_manager_changes_nothing(bench, sent):
    receipt = bench.courier().deliver(intent(), sent, at=AT)
    (bench.set_folder / "originals" / "Thumbs.db").write_bytes(b"thumbnails")
    assert bench.courier().seen(intent(), sent) == receipt


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "full"), (errno.EACCES, "may not be written"), (errno.EIO, "cannot be used now")]
)
def test_a_disk_that_refuses_is_told_in_words_that_can_be_logged(bench, sent, number, said):
    def refuse(step: int) -> None:
        raise OSError(number, os.strerror(number), "/secret/Okafor")

    with pytest.raises(Retryable, match=said) as later:
        bench.courier(WatchedDisk(refuse)).deliver(intent(), sent, at=AT)
    assert "Okafor" not in str(later.value)


def test_a_disk_that_does_not_keep_what_it_is_given_shows_nothing(bench, sent):
    def rot(step: int) -> None:
        for path in bench.outgoing.rglob("Records.pdf"):
            path.write_bytes(bytes(path.stat().st_size))

    with pytest.raises(Retryable, match="does not give back"):
        bench.courier(WatchedDisk(after=rot)).deliver(intent(), sent, at=AT)
    assert bench.sets() == []
    assert bench.leftovers() == []


def test_a_vault_that_was_tampered_with_sends_nothing(bench, sent):
    sent.files[-1].source.chmod(0o600)
    sent.files[-1].source.write_bytes(b"another patient's")
    with pytest.raises(VaultDamaged):
        bench.courier().deliver(intent(), sent, at=AT)
    assert bench.sets() == []
    assert bench.leftovers() == []


def test_a_try_that_was_overtaken_can_no_longer_show_its_set(bench, sent):
    """A process so slow that another took its work over wakes up just before it would show its set."""
    overtaken = False

    def overtake(step: int) -> None:
        nonlocal overtaken
        partials = list(bench.outgoing.glob("*/.partial.*"))
        if not overtaken and partials and (partials[0] / "originals").exists():
            overtaken = True
            bench.courier().deliver(intent(), sent, at=AT)
            bench.take_away()

    with pytest.raises(Retryable):
        bench.courier(WatchedDisk(overtake)).deliver(intent(), sent, at=AT)
    assert overtaken
    assert bench.sets() == []


def test_a_slow_try_that_wakes_up_does_not_disturb_the_one_that_took_over(bench, sent):
    slow_began, taken_over, slow_ended = threading.Event(), threading.Event(), threading.Event()
    refused: list[Retryable] = []

    def pause_the_slow_one(done: int, total: int) -> None:
        slow_began.set()
        assert taken_over.wait(60)

    def wake_the_slow_one(done: int, total: int) -> None:
        taken_over.set()
        assert slow_ended.wait(60)

    def deliver_slowly() -> None:
        try:
            bench.courier().deliver(intent(), sent, at=AT, progress=pause_the_slow_one)
        except Retryable as error:
            refused.append(error)
        finally:
            slow_ended.set()

    thread = threading.Thread(target=deliver_slowly)
    thread.start()
    assert slow_began.wait(60)
    assert bench.courier().deliver(intent(), sent, at=AT, progress=wake_the_slow_one)
    thread.join()
    assert len(refused) == 1
    assert len(bench.sets()) == 1


# ---- counterfoils ------------------------------------------------------------------------------------------------------------


def trace(bench: FolderBench) -> Counterfoils:
    return Counterfoils(bench.counterfoils, Disk())


def test_at_every_step_of_writing_a_counterfoil_it_is_there_as_a_whole_or_not_at_all(bench):
    """One that is half written said that nothing was shown, and was taken away by whoever read it then."""
    wanted, found = Counterfoil("0123456789abcdef", AT), []
    look = lambda step: found.append(trace(bench).read(KEY))  # noqa: E731
    Counterfoils(bench.counterfoils, WatchedDisk(before=look, after=look)).write(KEY, wanted)
    assert found[0] is None and found[-1] == wanted
    assert all(one in (None, wanted) for one in found)
    assert [path.name for path in bench.counterfoils.iterdir()] == [KEY]


def test_where_a_key_has_a_counterfoil_no_other_takes_its_place(bench, monkeypatch):
    """Also where there are no hard links, as on the stick that a share may be."""
    monkeypatch.delattr(os, "link")
    first = Counterfoil("0123456789abcdef", AT)
    trace(bench).write(KEY, first)
    with pytest.raises(FileExistsError):
        trace(bench).write(KEY, Counterfoil("fedcba9876543210", AT))
    assert trace(bench).read(KEY) == first
    assert [path.name for path in bench.counterfoils.iterdir()] == [KEY]


def test_whoever_is_slow_in_taking_a_counterfoil_away_takes_no_other_away(bench):
    given_up, next_one = Counterfoil("0123456789abcdef", AT), Counterfoil("fedcba9876543210", AT)
    trace(bench).write(KEY, given_up)
    trace(bench).void(KEY, given_up)
    assert trace(bench).read(KEY) is None
    trace(bench).write(KEY, next_one)
    trace(bench).void(KEY, given_up)
    assert trace(bench).read(KEY) == next_one


@pytest.mark.parametrize("written", [0, 0.5, 1])
def test_a_counterfoil_of_an_earlier_version_counts_whole_or_not(bench, sent, written):
    """Whether its set was shown is not known; so nothing is sent, and a person is asked."""
    text = json.dumps({"token": "0123456789abcdef", "at": AT.isoformat(), "enclosures": []})
    bench.counterfoils.mkdir()
    (bench.counterfoils / KEY).write_text(text[: round(len(text) * written)], encoding="utf-8")
    with pytest.raises(NeedsPerson) as held:
        bench.courier().deliver(intent(), sent, at=AT)
    assert held.value.findings[0].reason is HoldReason.DELIVERY_UNCERTAIN
    assert bench.sets() == []
    assert bench.courier().bar(intent(), found_out=AT)


def test_nobody_has_found_out_that_a_set_did_not_arrive_before_it_was_shown(bench, sent):
    """They asked the office too early: a try that was frozen showed the set after that, and the office took it."""
    bench.courier().deliver(intent(), sent, at=AT)
    bench.take_away()
    with pytest.raises(NeedsPerson) as held:
        bench.courier().bar(intent(), found_out=AT - timedelta(seconds=1))
    assert held.value.findings[0].reason is HoldReason.DELIVERY_UNCERTAIN
    assert bench.courier().bar(intent(), found_out=AT + timedelta(seconds=1))


def test_what_other_tries_left_is_cleared_away_once_the_set_is_seen(bench, sent):
    bench.courier().deliver(intent(), sent, at=AT)
    leftover = bench.outgoing / ADDRESS / f".partial.{KEY}.0123456789abcdef"
    of_another_key = bench.outgoing / ADDRESS / f".partial.{KEY}-2.0123456789abcdef"
    for folder in (leftover, of_another_key):
        (folder / "originals").mkdir(parents=True)
        (folder / "originals" / "01 notes.pdf").write_bytes(b"half")
    assert bench.courier().seen(intent(), sent)
    assert bench.leftovers() == [of_another_key.name]


@pytest.mark.parametrize("tag", [0xA0000003, 0xA000000C])
def test_a_windows_junction_leads_elsewhere_though_it_looks_like_a_folder(tag):
    junction = SimpleNamespace(st_mode=stat.S_IFDIR | 0o777, st_reparse_tag=tag)
    assert leads_elsewhere(cast("os.stat_result", junction))
    assert not leads_elsewhere(cast("os.stat_result", SimpleNamespace(st_mode=junction.st_mode, st_reparse_tag=0)))


def test_a_courier_that_is_only_made_touches_nothing(tmp_path):
    FolderCourier(tmp_path / "outgoing")
    assert not (tmp_path / "outgoing").exists()


def test_the_folder_bears_the_key(bench, sent):
    bench.courier().deliver(intent(), sent, at=AT)
    assert bench.set_folder.name == f"Records {KEY}"
    assert sorted(path.name for path in bench.set_folder.iterdir()) == ["README.txt", "Records.pdf", "manifest.json", "originals"]
