"""The folder channel: the contract, and what only folders have."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipeline.delivering.folder import FolderCourier
from pipeline.delivering.packing import PackedSet
from pipeline.errors import NeedsPerson, Retryable
from pipeline.store.vault import VaultDamaged
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


def test_a_courier_that_is_only_made_touches_nothing(tmp_path):
    FolderCourier(tmp_path / "outgoing")
    assert not (tmp_path / "outgoing").exists()


def test_the_folder_bears_the_key(bench, sent):
    bench.courier().deliver(intent(), sent, at=AT)
    assert bench.set_folder.name == f"Records {KEY}"
    assert sorted(path.name for path in bench.set_folder.iterdir()) == ["README.txt", "Records.pdf", "manifest.json", "originals"]
