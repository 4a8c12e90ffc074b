"""The deliver station with the real courier: a set changes hands once, whatever happens, or a person is asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pipeline.clock import HandClock
from pipeline.delivering.disk import Disk
from pipeline.delivering.folder import FolderCourier
from pipeline.delivering.packing import pack
from pipeline.errors import NeedsPerson
from pipeline.line.embedded import EmbeddedBroker
from pipeline.line.outbox import Outbox
from pipeline.log import counting, questions
from pipeline.practice.folder import DIRECTORY_COLUMNS, ROSTER_COLUMNS, PracticeFolder, csv_text
from pipeline.reviewing.decisions import decide
from pipeline.reviewing.ground import NotPossible
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.settings import load
from pipeline.store.states import State
from pipeline.store.vault import Vault, sha256_of
from schemas.decision import DecisionKind
from schemas.disclosure import DeliveryIntent, LogEntry, LogEvent
from schemas.messages import CopyVerified
from schemas.record_set import CompletenessReport
from schemas.release import Destination, HoldReason, Patient, Release, StationName
from tests.delivering import making
from tests.workers.steps import Seam, Steps
from workers import deliver as station
from workers.catalogue import STATIONS
from workers.station import Outcome
from workers.wiring import house

OFFICE = making.RELEASE.destination.model_copy(
    update={"trusted": True, "street": "9 Elm Street", "city": "Portland", "state": "ME"}
)
RELEASE = making.RELEASE.model_copy(update={"destination": OFFICE})

HANDING_OVER: tuple[Seam, ...] = (
    *((Disk, name) for name in ("make_folder", "create", "rename", "remove_file", "remove_folder")),
    (FolderCourier, "seen"),
    (FolderCourier, "deliver"),
    (Vault, "put"),
    (Outbox, "publish"),
    (EmbeddedBroker, "publish"),
    (EmbeddedBroker, "remove"),
)
"""The steps by which a set changes hands."""


AFTER_THE_EFFECT = 5
"""Steps of the second hop: the last look at revocations is a transaction (three of them), then the courier delivers."""


class Practice:
    """A practice with requests whose copies are verified: only the handing over is still before them."""

    def __init__(self, root: Path) -> None:
        self.folder = PracticeFolder(root / "practice")
        self.folder.create(making.PRACTICE)
        self.clock = HandClock()
        self.write_directory(OFFICE)
        self.write_roster(RELEASE.patient)
        self._opened = ExitStack()
        self.house = self._opened.enter_context(house(self.folder, load(self.folder.settings_file), clock=self.clock))

    def write_directory(self, *offices: Destination) -> None:
        """The directory as somebody has just saved it."""
        rows = [office.model_dump(mode="json") | {"trusted": "yes" if office.trusted else "no"} for office in offices]
        self.folder.directory_csv.write_text(csv_text(DIRECTORY_COLUMNS, rows), encoding="utf-8")

    def write_roster(self, *patients: Patient) -> None:
        """The roster as somebody has just saved it."""
        rows = [patient.model_dump(mode="json") for patient in patients]
        self.folder.roster_csv.write_text(csv_text(ROSTER_COLUMNS, rows), encoding="utf-8")

    def verified(self, release: Release = RELEASE) -> str:
        """A request whose copy was just verified; its id."""
        manifest, copied = making.facts(self.house.bench.vault)
        report = CompletenessReport(items_checked=3, pages_checked=3)
        with self.house.store.unit() as unit:
            request_id = unit.new_request(scan=uuid4().hex * 2, file="scan.pdf", media_type="application/pdf")
            event = CopyVerified(
                id=uuid4(),
                request_id=request_id,
                occurred_at=unit.at,
                release=release.sha256(),
                manifest=manifest.sha256(),
                copied=copied.sha256(),
                report=report.sha256(),
            )
            unit.keep(request_id, (release, manifest, copied, report))
            unit.advance(request_id, 0, StationName.VERIFY, (event,))
        return request_id

    def work(self, most: int = 10) -> list[Outcome | None]:
        """A worker of the station starts, deals with what is waiting (so many messages at most), and goes home."""
        self.clock.turn(60)  # what another worker left in the outbox is free by now
        self.house.outbox.relay()
        outcomes: list[Outcome | None] = []
        with self.house.broker.consume([StationName.DELIVER]) as consumer:
            while len(outcomes) < most and (incoming := consumer.receive(0)) is not None:
                outcomes.append(self.house.runner.attempt(STATIONS[StationName.DELIVER], incoming))
        return outcomes

    def state(self, request_id: str) -> State:
        """Where the request stands."""
        row = self.house.store.request(request_id)
        assert row is not None
        return row.state

    def held_for(self, request_id: str) -> list[HoldReason]:
        """Why it is held."""
        with self.house.store.reading() as connection:
            return [finding.reason for hold in open_holds(connection, [request_id]) for finding in hold.findings]

    def logged(self, request_id: str, event: LogEvent) -> list[LogEntry]:
        """The entries of this kind about the request."""
        with self.house.store.reading() as connection:
            return list(questions.ask(connection, questions.Question(request_id=request_id, events=(event,))))

    def sets(self, request_id: str) -> list[Path]:
        """The sets of the request that the office sees."""
        return sorted(self.folder.outgoing.glob(f"[!.]*/Records {request_id.lower()}-*"))

    def close(self) -> None:
        """Lets go of database and queue."""
        self._opened.close()


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    made = Practice(tmp_path)
    yield made
    made.close()


def test_a_set_changes_hands_in_two_hops_with_the_intent_before_the_effect(practice: Practice) -> None:
    request_id = practice.verified()
    assert practice.work(most=1) == [Outcome.DONE]
    assert practice.state(request_id) is State.DELIVERING
    assert len(practice.logged(request_id, LogEvent.INTENDED)) == 1
    assert practice.sets(request_id) == []
    assert practice.work() == [Outcome.DONE]
    assert practice.state(request_id) is State.DELIVERED
    assert len(practice.sets(request_id)) == 1


def test_the_delivery_is_logged_with_items_hashes_basis_and_proof(practice: Practice) -> None:
    request_id = practice.verified()
    practice.work()
    [entry] = practice.logged(request_id, LogEvent.DELIVERED)
    [folder] = practice.sets(request_id)
    manifest, _ = making.facts(practice.house.bench.vault)
    details = entry.details
    assert (entry.patient_id, entry.patient, entry.recipient) == ("P-1007", "Ada Okafor", "Elm Street Dental")
    assert (details["pathway"], details["basis"], details["decided_by"]) == (RELEASE.pathway, RELEASE.basis, "policy")
    assert (details["channel"], details["address"], details["proof"]) == ("folder", OFFICE.address, "reached")
    assert details["recipient_address"] == "9 Elm Street, Portland, ME"
    assert details["key"] in folder.name
    assert [(item["number"], item["file"], item["sha256"], item["pages"]) for item in details["items"]] == [
        (item.number, item.file, item.sha256, item.pages) for item in manifest.items
    ]
    assert details["pages"] == manifest.pages
    assert details["manifest"] == manifest.sha256()
    assert [withheld["file"] for withheld in details["withheld"]] == ["therapy.pdf"]
    enclosed = {e["name"]: e["sha256"] for e in details["enclosures"]}
    assert enclosed == {p.relative_to(folder).as_posix(): sha256_of(p) for p in folder.rglob("*") if p.is_file()}
    assert set(enclosed.values()) >= {item.sha256 for item in manifest.items}


def test_whenever_the_worker_is_killed_there_is_one_set_and_one_entry(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every step between the message and its ack; the last step before the receipt is the set already shown."""
    steps = Steps(monkeypatch, HANDING_OVER)
    for step in count(1):
        request_id = practice.verified()
        with steps.power_cut_at(step):
            practice.work()
        practice.work()
        assert practice.state(request_id) is State.DELIVERED, steps.names
        assert len(practice.logged(request_id, LogEvent.INTENDED)) == 1, steps.names
        assert len(practice.logged(request_id, LogEvent.DELIVERED)) == 1, steps.names
        [folder] = practice.sets(request_id)
        whole(folder, practice.logged(request_id, LogEvent.DELIVERED)[0])
        if not steps.happened:
            break
    assert {"after rename", "before commit", "after commit", "after remove"} <= set(steps.names)
    assert step > 40
    assert list(practice.folder.outgoing.glob("*/.partial*")) == []


def test_a_set_that_was_taken_away_before_its_receipt_is_not_sent_again(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = practice.verified()
    practice.work(most=1)
    deliver = FolderCourier.deliver

    def killed(*given: object, **named: object) -> object:
        deliver(*given, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(FolderCourier, "deliver", killed)
        practice.work()
    shutil.rmtree(practice.sets(request_id)[0])
    assert practice.work() == [Outcome.ASKED_PERSON]
    assert practice.held_for(request_id) == [HoldReason.DELIVERY_UNCERTAIN]
    assert practice.sets(request_id) == []
    assert practice.logged(request_id, LogEvent.DELIVERED) == []


CHANGES = {
    "another address": OFFICE.model_copy(update={"address": "Elm Street Dental New"}),
    "trusted no more": OFFICE.model_copy(update={"trusted": False}),
    "another channel": OFFICE.model_copy(update={"channel": "fax"}),
    "another office": OFFICE.model_copy(update={"office_id": "D-2"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_directory_that_changed_after_the_decision_holds_the_set(practice: Practice, change: str) -> None:
    request_id = practice.verified()
    practice.work(most=1)
    practice.write_directory(CHANGES[change])
    assert practice.work() == [Outcome.ASKED_PERSON]
    assert practice.held_for(request_id) == [HoldReason.DESTINATION_DIFFERS]
    assert list(practice.folder.outgoing.glob("[!.]*")) == []


def test_a_set_that_arrived_before_the_directory_changed_is_delivered_all_the_same(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is at the destination, and the log must say so."""
    request_id = practice.verified()
    steps = Steps(monkeypatch, [(FolderCourier, "deliver")])
    practice.work(most=1)
    with steps.power_cut_at(AFTER_THE_EFFECT):
        practice.work()
    assert steps.names == ["begun", "before commit", "after commit", "before deliver", "after deliver"]
    practice.write_directory(CHANGES["another address"])
    assert practice.work() == [Outcome.DONE]
    assert len(practice.logged(request_id, LogEvent.DELIVERED)) == 1


def test_a_directory_that_cannot_be_read_is_waited_for(practice: Practice) -> None:
    request_id = practice.verified()
    practice.work(most=1)
    practice.folder.directory_csv.write_text("somebody's notes", encoding="utf-8")
    assert practice.work() == [Outcome.RETRY_LATER]
    assert practice.sets(request_id) == []
    practice.write_directory(OFFICE)
    assert practice.work() == [Outcome.DONE]
    assert practice.state(request_id) is State.DELIVERED


def test_a_channel_that_is_not_set_up_holds_the_request(practice: Practice) -> None:
    request_id = practice.verified(RELEASE.model_copy(update={"destination": CHANGES["another channel"]}))
    assert practice.work() == [Outcome.ASKED_PERSON]
    assert practice.held_for(request_id) == [HoldReason.DESTINATION_REFUSED]
    with practice.house.store.reading() as connection:
        [finding] = open_holds(connection)[0].findings
    assert "“fax”, which is not set up here" in finding.sentence
    assert finding.cure is not None
    assert "folder" in finding.cure
    assert practice.logged(request_id, LogEvent.INTENDED) == []


def test_an_address_that_leads_out_of_the_outgoing_folder_holds_the_request(practice: Practice) -> None:
    away = OFFICE.model_copy(update={"address": "../charts"})
    practice.write_directory(away)
    request_id = practice.verified(RELEASE.model_copy(update={"destination": away}))
    assert practice.work() == [Outcome.DONE, Outcome.ASKED_PERSON]
    assert practice.held_for(request_id) == [HoldReason.DESTINATION_REFUSED]
    assert list(practice.folder.charts.iterdir()) == []


def test_a_share_that_is_away_is_tried_again_and_then_gets_one_set(practice: Practice) -> None:
    request_id = practice.verified()
    practice.folder.outgoing.rename(practice.folder.root / "unplugged")
    assert practice.work() == [Outcome.DONE, Outcome.RETRY_LATER]
    assert practice.work() == [Outcome.RETRY_LATER]
    (practice.folder.root / "unplugged").rename(practice.folder.outgoing)
    assert practice.work() == [Outcome.DONE]
    assert len(practice.sets(request_id)) == 1


def test_a_person_who_lets_it_try_again_makes_no_second_set(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The office had changed the set when the receipt was still missing, and then put it right again."""
    request_id = practice.verified()
    steps = Steps(monkeypatch, [(FolderCourier, "deliver")])
    practice.work(most=1)
    with steps.power_cut_at(AFTER_THE_EFFECT):
        practice.work()
    [folder] = practice.sets(request_id)
    original = (folder / "README.txt").read_bytes()
    (folder / "README.txt").write_bytes(b"opened, and saved by mistake")
    assert practice.work() == [Outcome.ASKED_PERSON]
    assert practice.held_for(request_id) == [HoldReason.DELIVERY_UNCERTAIN]
    (folder / "README.txt").write_bytes(original)
    practice.house.outbox.publish(decide(practice.house.store, request_id, DecisionKind.TRY_AGAIN, who="Ana").sent)
    assert practice.work() == [Outcome.DONE]
    assert practice.sets(request_id) == [folder]
    assert len(practice.logged(request_id, LogEvent.DELIVERED)) == 1


# ---- a slow attempt ----------------------------------------------------------------------------------------------------------


@dataclass
class Received:
    """The same message in the hands of two workers."""

    body: bytes
    station: StationName = StationName.DELIVER
    tries: int = 0
    dead: bool = False

    def ack(self) -> None:
        """Nothing: it was taken from the queue."""

    def give_back(self) -> None:
        """Nothing, either."""


@pytest.mark.parametrize("then", ["withdrawn", "let go again"])
def test_an_attempt_that_was_overtaken_hands_over_nothing_that_was_decided_otherwise_since(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """So slow that its message came to another worker, who held the request; and a person has decided."""
    request_id = practice.verified()
    practice.work(most=1)
    practice.clock.turn(60)
    practice.house.outbox.relay()
    attempt = partial(practice.house.runner.attempt, STATIONS[StationName.DELIVER])
    last_look = station._not_expired

    def meanwhile(*given: Any) -> None:
        last_look(*given)
        monkeypatch.undo()
        practice.write_directory()
        assert attempt(Received(body)) is Outcome.ASKED_PERSON
        practice.write_directory(OFFICE)
        what = DecisionKind.WITHDRAW if then == "withdrawn" else DecisionKind.TRY_AGAIN
        decide(practice.house.store, request_id, what, who="Ana")

    monkeypatch.setattr(station, "_not_expired", meanwhile)
    with practice.house.broker.consume([StationName.DELIVER]) as consumer:
        incoming = consumer.receive(0)
        assert incoming is not None
        body = incoming.body
        assert attempt(incoming) is Outcome.ALREADY_DONE
    assert practice.sets(request_id) == []
    assert practice.logged(request_id, LogEvent.DELIVERED) == []
    row = practice.house.store.request(request_id)
    assert row is not None and row.handing_over_at is None
    if then == "let go again":
        practice.work()
        assert len(practice.sets(request_id)) == 1


# ---- what a person has found out ---------------------------------------------------------------------------------------------


def uncertain(practice: Practice, steps: Steps) -> str:
    """A request whose set the office has taken away just when the power failed: nobody knows whether it arrived."""
    request_id = practice.verified()
    practice.work(most=1)
    with steps.power_cut_at(AFTER_THE_EFFECT):
        practice.work()
    for folder in practice.sets(request_id):
        shutil.rmtree(folder)
    assert practice.work() == [Outcome.ASKED_PERSON]
    assert practice.held_for(request_id) == [HoldReason.DELIVERY_UNCERTAIN]
    return request_id


def found_out(practice: Practice, request_id: str, what: DecisionKind, **more: str) -> None:
    """Somebody has asked the office."""
    unit = decide(practice.house.store, request_id, what, who="Ana", why="asked on the phone", **more)
    practice.house.outbox.publish(unit.sent)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch, [(FolderCourier, "deliver")])


SEEN = "Pat at the records desk, by phone, 11/24 10:05"


def test_a_set_that_has_arrived_on_a_persons_word_is_delivered_with_that_word_as_its_proof(
    practice: Practice, steps: Steps
) -> None:
    request_id = uncertain(practice, steps)
    found_out(practice, request_id, DecisionKind.ARRIVED, seen=SEEN)
    assert practice.work() == [Outcome.DONE]
    assert practice.state(request_id) is State.DELIVERED and practice.sets(request_id) == []
    [entry] = practice.logged(request_id, LogEvent.DELIVERED)
    [intended] = practice.logged(request_id, LogEvent.INTENDED)
    assert (
        entry.details["told_by"] == "Ana" and SEEN in entry.details["seen"] and "Nothing was read back" in entry.details["seen"]
    )
    assert entry.details["key"] == intended.details["key"] and entry.details["enclosures"]
    with practice.house.store.reading() as connection:
        assert [one.difference for one in counting.counts(connection) if one.name == "sends"] == [0]


def test_a_set_that_is_in_view_after_all_is_proven_by_itself(practice: Practice, steps: Steps, tmp_path: Path) -> None:
    request_id = practice.verified()
    practice.work(most=1)
    with steps.power_cut_at(AFTER_THE_EFFECT):
        practice.work()
    [folder] = practice.sets(request_id)
    shutil.move(folder, tmp_path / "taken")
    practice.work()
    shutil.move(tmp_path / "taken", folder)
    found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    assert practice.work() == [Outcome.DONE]
    assert practice.sets(request_id) == [folder] and practice.state(request_id) is State.DELIVERED
    [entry] = practice.logged(request_id, LogEvent.DELIVERED)
    assert "told_by" not in entry.details and len(practice.logged(request_id, LogEvent.INTENDED)) == 1


def test_a_set_that_has_not_arrived_is_sent_again_as_a_repeat_that_names_the_first(practice: Practice, steps: Steps) -> None:
    request_id = uncertain(practice, steps)
    found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    assert practice.work() == [Outcome.DONE, Outcome.DONE]
    assert practice.state(request_id) is State.DELIVERED
    first, second = practice.logged(request_id, LogEvent.INTENDED)
    assert second.details["key"] == f"{first.details['key']}-again-2"
    assert second.details["follows"] == first.details["key"] and "Ana found out" in second.details["because"]
    [entry] = practice.logged(request_id, LogEvent.DELIVERED)
    assert (entry.details["key"], entry.details["follows"]) == (second.details["key"], first.details["key"])
    [folder] = practice.sets(request_id)
    assert folder.name == f"Records {second.details['key']}"
    whole(folder, entry)
    with practice.house.store.reading() as connection:
        [sends] = [one for one in counting.counts(connection) if one.name == "sends"]
    assert sends.sentence == "sends 2 = proofs 1 + failures 1 + under way 0"


def test_a_repeat_of_which_nobody_knows_either_is_asked_about_again_and_counted_on(practice: Practice, steps: Steps) -> None:
    request_id = uncertain(practice, steps)
    found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    practice.work(most=1)
    with steps.power_cut_at(AFTER_THE_EFFECT):
        practice.work()
    for folder in practice.sets(request_id):
        shutil.rmtree(folder)
    assert practice.work() == [Outcome.ASKED_PERSON]
    found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    practice.work()
    keys = [entry.details["key"] for entry in practice.logged(request_id, LogEvent.INTENDED)]
    assert [key.removeprefix(keys[0]) for key in keys] == ["", "-again-2", "-again-3"]
    assert len(practice.sets(request_id)) == 1 and practice.state(request_id) is State.DELIVERED


def test_a_damaged_set_in_view_is_not_sent_beside(practice: Practice, steps: Steps) -> None:
    request_id = practice.verified()
    practice.work(most=1)
    with steps.power_cut_at(AFTER_THE_EFFECT):
        practice.work()
    [folder] = practice.sets(request_id)
    (folder / "README.txt").write_bytes(b"opened, and saved by mistake")
    practice.work()
    found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    assert practice.work() == [Outcome.ASKED_PERSON]
    assert practice.sets(request_id) == [folder] and len(practice.logged(request_id, LogEvent.INTENDED)) == 1


def test_the_power_fails_anywhere_while_it_is_sent_again_and_one_set_arrives(practice: Practice, tmp_path: Path) -> None:
    """The office takes nothing away meanwhile: whatever is in view at the end was sent once."""
    for step in range(1, 200):
        with pytest.MonkeyPatch.context() as patched:
            request_id = uncertain(practice, Steps(patched, [(FolderCourier, "deliver")]))
        found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
        with pytest.MonkeyPatch.context() as patched:
            steps = Steps(patched, [*HANDING_OVER, (FolderCourier, "bar")])
            with steps.power_cut_at(step):
                practice.work()
        practice.work()
        assert practice.state(request_id) is State.DELIVERED
        assert len(practice.sets(request_id)) == 1
        assert len(practice.logged(request_id, LogEvent.DELIVERED)) == 1
        if not steps.happened:
            return
    raise AssertionError("it never came to an end")


def test_a_try_that_was_only_frozen_shows_nothing_once_a_person_has_said_that_it_did_not_arrive(
    practice: Practice, steps: Steps
) -> None:
    request_id = uncertain(practice, steps)
    [intended] = practice.logged(request_id, LogEvent.INTENDED)
    shutil.rmtree(practice.folder.var / "counterfoils")
    found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    practice.work()
    courier = practice.house.bench.couriers["folder"]
    manifest, copied = making.facts(practice.house.bench.vault)
    key = intended.details["key"]
    late = pack(RELEASE, manifest, copied, making.PRACTICE, practice.house.bench.vault, key)
    intent = DeliveryIntent(key=key, channel="folder", address=OFFICE.address, intended_at=practice.clock.now())
    with pytest.raises(NeedsPerson):
        courier.deliver(intent, late, at=practice.clock.now())
    assert len(practice.sets(request_id)) == 1


def test_what_is_certain_is_not_found_out(practice: Practice) -> None:
    request_id = practice.verified(RELEASE.model_copy(update={"expires": practice.clock.today() - timedelta(days=1)}))
    practice.work()
    for what in (DecisionKind.ARRIVED, DecisionKind.NOT_ARRIVED):
        with pytest.raises(NotPossible, match="not uncertain"):
            found_out(practice, request_id, what, seen=SEEN)


def test_nobody_is_sure_without_saying_why(practice: Practice, steps: Steps) -> None:
    request_id = uncertain(practice, steps)
    with pytest.raises(NotPossible, match="Say why you are sure"):
        decide(practice.house.store, request_id, DecisionKind.NOT_ARRIVED, who="Ana")
    with pytest.raises(NotPossible, match="whom you asked"):
        decide(practice.house.store, request_id, DecisionKind.ARRIVED, who="Ana", why="sure")
    offered = [may["do"] for hold in _holds(practice, request_id) for may in hold.may]
    assert offered == ["arrived", "not_arrived", "try_again", "withdraw"]


def test_a_word_that_was_given_settles_it_once(practice: Practice, steps: Steps) -> None:
    request_id = uncertain(practice, steps)
    found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    with pytest.raises(NotPossible, match="not held"):
        found_out(practice, request_id, DecisionKind.NOT_ARRIVED)
    practice.work()
    assert len(practice.sets(request_id)) == 1


def _holds(practice: Practice, request_id: str) -> list[Hold]:
    with practice.house.store.reading() as connection:
        return open_holds(connection, [request_id])


def whole(folder: Path, entry: LogEntry) -> None:
    """The set is exactly what the log says of it."""
    found = {path.relative_to(folder).as_posix(): sha256_of(path) for path in folder.rglob("*") if path.is_file()}
    assert found == {e["name"]: e["sha256"] for e in entry.details["enclosures"]}
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert listed["patient"]["last_name"] == "Okafor"


@pytest.mark.parametrize("changed", [{"status": "deceased"}, {"date_of_birth": date(1999, 1, 1)}, {"last_name": "Somebody"}])
def test_a_patient_whose_entry_changed_after_the_decision_is_held(practice: Practice, changed: dict[str, object]) -> None:
    request_id = practice.verified()
    practice.write_roster(RELEASE.patient.model_copy(update=changed))
    assert practice.work()[-1] is Outcome.ASKED_PERSON
    assert practice.held_for(request_id) == [HoldReason.PATIENT_DIFFERS]
    assert practice.sets(request_id) == []


def test_a_permission_that_expired_while_the_request_waited_is_held(practice: Practice) -> None:
    request_id = practice.verified(RELEASE.model_copy(update={"expires": practice.clock.today() - timedelta(days=1)}))
    assert practice.work()[-1] is Outcome.ASKED_PERSON
    assert practice.held_for(request_id) == [HoldReason.ELEMENT_MISSING]
    assert practice.sets(request_id) == []


def test_a_permission_is_good_to_the_end_of_its_last_day(practice: Practice) -> None:
    request_id = practice.verified(RELEASE.model_copy(update={"expires": (practice.clock.now() + timedelta(seconds=60)).date()}))
    practice.work()
    assert len(practice.sets(request_id)) == 1
