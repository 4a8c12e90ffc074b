"""What every courier must keep to: the destination never gets two sets under one key, and no receipt says too much.

A courier's test class inherits `CourierContract` and gives the fixture `bench`, a `Bench` for its channel.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from pipeline.delivering.courier import Courier
from pipeline.delivering.packing import PackedSet
from pipeline.errors import NeedsPerson, Retryable
from schemas.disclosure import DeliveryReceipt, ProofRung
from schemas.release import HoldReason
from tests.delivering.making import ADDRESS, AT, KEY, PRACTICE, intent, packed

OTHER_KEY = f"{KEY}-2"  # begins like the first one, and is another delivery all the same


class Bench(ABC):
    """A courier and the destination behind it, as the tests may handle it."""

    good_addresses: tuple[str, ...]
    bad_addresses: tuple[str, ...]
    rung: ProofRung
    """What this channel can prove right after handing over."""

    @abstractmethod
    def courier(self) -> Courier:
        """A courier as a new process would make it."""

    @abstractmethod
    def sets(self) -> list[dict[str, bytes]]:
        """Every set that the receiver can see: bytes by name."""

    @abstractmethod
    def leftovers(self) -> list[str]:
        """What lies around besides the sets, hidden or not."""

    @abstractmethod
    def damage(self, how: str) -> None:
        """Changes the one set at the destination: `alter`, `remove` or `add` a file."""

    @abstractmethod
    def take_away(self) -> None:
        """The receiver takes the set."""

    @abstractmethod
    def go_away(self) -> None:
        """The destination cannot be reached any more."""

    @abstractmethod
    def come_back(self) -> None:
        """The destination can be reached again, and has what it had."""


def bytes_of(sent: PackedSet) -> dict[str, bytes]:
    return {file.name: file.source.read_bytes() for file in sent.files}


def until_settled(bench: Bench, sent: PackedSet, tries: int = 1000) -> DeliveryReceipt:
    """Delivers as the line does: again after each Retryable."""
    for _ in range(tries):
        try:
            return bench.courier().deliver(intent(), sent, at=AT)
        except Retryable:
            continue
    raise AssertionError("it never came to an end")


class CourierContract:
    @pytest.fixture
    def sent(self, tmp_path: Path) -> PackedSet:
        return packed(tmp_path / "kept")

    def test_nothing_is_seen_before_anything_is_delivered(self, bench: Bench, sent: PackedSet):
        assert bench.courier().seen(intent(), sent) is None
        assert bench.sets() == []

    def test_what_arrives_is_the_set_and_nothing_else(self, bench: Bench, sent: PackedSet):
        bench.courier().deliver(intent(), sent, at=AT)
        assert bench.sets() == [bytes_of(sent)]
        assert bench.leftovers() == []

    def test_the_receipt_lists_what_left_and_claims_no_more_than_the_channel_proves(self, bench: Bench, sent: PackedSet):
        receipt = bench.courier().deliver(intent(), sent, at=AT)
        assert (receipt.key, receipt.channel, receipt.address) == (KEY, intent().channel, ADDRESS)
        assert receipt.enclosures == sent.enclosures
        assert receipt.proof is bench.rung
        assert receipt.delivered_at == AT
        assert receipt.sentence

    def test_a_later_process_sees_the_same_receipt(self, bench: Bench, sent: PackedSet):
        receipt = bench.courier().deliver(intent(), sent, at=AT)
        assert bench.courier().seen(intent(), sent) == receipt

    def test_delivering_twice_leaves_one_set(self, bench: Bench, sent: PackedSet):
        first = bench.courier().deliver(intent(), sent, at=AT)
        assert bench.courier().deliver(intent(), sent, at=AT) == first
        assert len(bench.sets()) == 1

    def test_two_keys_are_two_deliveries(self, bench: Bench, sent: PackedSet):
        bench.courier().deliver(intent(OTHER_KEY), sent, at=AT)
        assert bench.courier().seen(intent(), sent) is None
        bench.courier().deliver(intent(), sent, at=AT)
        assert len(bench.sets()) == 2

    @pytest.mark.parametrize("how", ["alter", "remove", "add"])
    def test_a_set_that_was_changed_at_the_destination_is_for_a_person(self, bench: Bench, sent: PackedSet, how: str):
        bench.courier().deliver(intent(), sent, at=AT)
        bench.damage(how)
        changed = bench.sets()
        for ask in (bench.courier().seen, lambda *known: bench.courier().deliver(*known, at=AT)):
            with pytest.raises(NeedsPerson) as held:
                ask(intent(), sent)
            assert held.value.findings[0].reason is HoldReason.DELIVERY_UNCERTAIN
        assert bench.sets() == changed

    def test_a_set_that_the_receiver_took_is_not_sent_again(self, bench: Bench, sent: PackedSet):
        bench.courier().deliver(intent(), sent, at=AT)
        bench.take_away()
        for ask in (bench.courier().seen, lambda *known: bench.courier().deliver(*known, at=AT)):
            with pytest.raises(NeedsPerson) as held:
                ask(intent(), sent)
            assert held.value.findings[0].reason is HoldReason.DELIVERY_UNCERTAIN
        assert bench.sets() == []

    def test_a_destination_that_is_away_may_be_back_later(self, bench: Bench, sent: PackedSet):
        bench.go_away()
        with pytest.raises(Retryable):
            bench.courier().seen(intent(), sent)
        with pytest.raises(Retryable) as later:
            bench.courier().deliver(intent(), sent, at=AT)
        assert "Okafor" not in str(later.value)

    def test_a_destination_that_was_away_still_shows_the_set_and_gets_no_second_one(self, bench: Bench, sent: PackedSet):
        receipt = bench.courier().deliver(intent(), sent, at=AT)
        bench.go_away()
        for ask in (bench.courier().seen, lambda *known: bench.courier().deliver(*known, at=AT)):
            with pytest.raises(Retryable):
                ask(intent(), sent)
        bench.come_back()
        assert bench.courier().deliver(intent(), sent, at=AT) == receipt
        assert len(bench.sets()) == 1

    def test_a_set_is_known_again_after_the_practices_settings_changed(self, bench: Bench, sent: PackedSet, tmp_path: Path):
        receipt = bench.courier().deliver(intent(), sent, at=AT)
        repacked = packed(tmp_path / "kept", practice=PRACTICE.model_copy(update={"phone": "(207) 555-0199"}))
        assert repacked.enclosures != sent.enclosures
        assert bench.courier().seen(intent(), repacked) == receipt
        assert bench.courier().deliver(intent(), repacked, at=AT) == receipt
        assert bench.sets() == [bytes_of(sent)]

    def test_a_set_of_other_records_under_the_same_key_is_for_a_person(self, bench: Bench, sent: PackedSet):
        bench.courier().deliver(intent(), sent, at=AT)
        fewer = PackedSet(tuple(file for file in sent.files if not file.name.endswith(".stl")))
        with pytest.raises(NeedsPerson) as held:
            bench.courier().seen(intent(), fewer)
        assert held.value.findings[0].reason is HoldReason.DELIVERY_UNCERTAIN

    def test_an_address_that_this_channel_may_not_deliver_to_is_for_a_person(self, bench: Bench, sent: PackedSet):
        for address in bench.bad_addresses:
            for ask in (bench.courier().seen, lambda *known: bench.courier().deliver(*known, at=AT)):
                with pytest.raises(NeedsPerson) as held:
                    ask(intent(address=address), sent)
                assert [finding.reason for finding in held.value.findings] == [HoldReason.DESTINATION_REFUSED], address
        assert bench.sets() == []

    def test_every_good_address_gets_its_set(self, bench: Bench, sent: PackedSet):
        for number, address in enumerate(bench.good_addresses):
            receipt = bench.courier().deliver(intent(f"{KEY}-{number}", address), sent, at=AT)
            assert receipt.address == address
        assert len(bench.sets()) == len(bench.good_addresses)

    def test_processes_that_deliver_the_same_key_at_once_end_with_one_set(self, bench: Bench, sent: PackedSet):
        together = threading.Barrier(4)
        receipts: list[DeliveryReceipt] = []

        def deliver() -> None:
            together.wait()
            receipts.append(until_settled(bench, sent))

        threads = [threading.Thread(target=deliver) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(receipts) == 4
        assert bench.sets() == [bytes_of(sent)]
        assert bench.leftovers() == []

    def test_progress_ends_with_every_byte(self, bench: Bench, sent: PackedSet):
        told: list[tuple[int, int]] = []
        bench.courier().deliver(intent(), sent, at=AT, progress=lambda done, total: told.append((done, total)))
        assert told[-1] == (sent.size_bytes, sent.size_bytes)
        assert [done for done, _ in told] == sorted(done for done, _ in told)
