"""Letters about a request: made from what the store has, kept in the vault, noted in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pipeline.clock import HandClock
from pipeline.letters import CannotWrite, Language, LetterKind
from pipeline.log import chain, questions
from pipeline.log.chain import Note
from pipeline.reviewing.correspondence import Made, Wanted, write
from pipeline.reviewing.decisions import decide
from pipeline.reviewing.revoking import revoke
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.unit import Chore, Shown
from pipeline.store.vault import Vault
from schemas.base import Fact
from schemas.decision import DecisionKind
from schemas.disclosure import LogEvent
from schemas.messages import RequestRead
from schemas.reading import FieldName, Reading
from schemas.release import Candidate, Finding, HoldReason, Match, StationName
from tests.databases import clock, postgresql_store, sqlite_store, store  # noqa: F401
from tests.letters.making import FEE, PRACTICE, texts
from tests.letters.test_addressee import HOME, ON_THE_REQUEST
from tests.letters.test_privacy import reading

NOT_SIGNED = Finding(reason=HoldReason.NOT_SIGNED, sentence="Nobody has signed.")
DIFFERS = Finding(reason=HoldReason.PATIENT_DIFFERS, sentence="The chart of Ana Whitefeather says 04/13/1987.")
ASKED = reading(**ON_THE_REQUEST)


class Desk:
    """One request, R-000001, and whoever writes letters about it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.vault = Vault(folder)
        with store.unit() as unit:
            self.id = unit.new_request(scan="a" * 64, file="scan.pdf", media_type="application/pdf")

    def hold(self, *findings: Finding, facts: Sequence[Fact] = (), shown: Shown | None = None) -> None:
        """It waits for a person."""
        request = self.store.request(self.id)
        assert request is not None
        with self.store.unit() as unit:
            message = RequestRead(id=UUID(int=1), request_id=self.id, occurred_at=unit.at, reading="a" * 64, pages=1)
            unit.keep(self.id, facts)
            unit.change(self.id, request.revision, station=StationName.MATCH, state=State.HELD, shown=shown)
            unit.hold(self.id, StationName.MATCH, message, findings)

    def note(self, event: LogEvent) -> None:
        """The log has it."""
        with self.store.unit() as unit:
            unit.log(self.id, [Note(event, "deliver")])

    def write(self, kind: LetterKind = LetterKind.MISSING, **wanted: Any) -> Made:
        """A letter that Ana prints."""
        return write(self.store, self.vault, PRACTICE, self.id, Wanted(kind, **({"who": "Ana"} | wanted)))

    def letters(self) -> list[Any]:
        """What the log has of letters."""
        with self.store.reading() as connection:
            return list(questions.ask(connection, questions.Question(events=(LogEvent.LETTER,))))


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """A request that has just come."""
    assert isinstance(store.clock, HandClock)
    return Desk(store, tmp_path / "vault")


def words(made: Made) -> str:
    """The letter's words."""
    return " ".join(texts(made.pdf))


def test_what_is_missing_comes_from_the_open_hold(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, DIFFERS, facts=(ASKED, Match(findings=(NOT_SIGNED, DIFFERS))))
    made = desk.write()
    said = words(made)
    assert "Two things before we can help" in said
    assert "9 Birch Road" in said
    assert "1987" not in said


def test_the_log_has_kind_hash_and_who_and_the_vault_the_bytes(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED, Match(patient=HOME)), shown=Shown(patient_id="P-0001", patient="Ana Whitefeather"))
    made = desk.write(language=Language.ES)
    (entry,) = desk.letters()
    assert (entry.actor, entry.patient, entry.recipient) == ("Ana", "Ana Whitefeather", "Ana Whitefeather")
    assert entry.details == {"kind": "missing", "language": "es", "sha256": made.sha256}
    assert desk.vault.read(made.sha256) == made.pdf
    with desk.store.reading() as connection:
        assert chain.verify(connection).whole


@pytest.mark.parametrize("who", ["", "  "])
def test_a_letter_that_nobody_prints_is_none(desk: Desk, who: str) -> None:
    desk.hold(NOT_SIGNED)
    with pytest.raises(CannotWrite, match="say who"):
        desk.write(who=who)
    assert desk.letters() == []


def test_a_letter_that_cannot_be_written_leaves_no_trace(desk: Desk) -> None:
    with pytest.raises(CannotWrite, match="is not held"):
        desk.write()
    assert desk.letters() == []
    assert not list(desk.vault.root.rglob("*"))


def test_a_request_that_there_is_not_has_no_letters(desk: Desk) -> None:
    desk.id = "R-000002"
    with pytest.raises(CannotWrite, match="no request R-000002"):
        desk.write()


@pytest.mark.parametrize("event", [LogEvent.INTENDED, LogEvent.DELIVERED])
def test_once_a_copy_may_have_left_no_letter_says_that_nothing_did(desk: Desk, event: LogEvent) -> None:
    desk.hold(NOT_SIGNED)
    desk.note(event)
    with pytest.raises(CannotWrite, match="may have left"):
        desk.write()


def test_a_stranger_does_not_learn_where_the_patient_lives(desk: Desk) -> None:
    desk.hold(DIFFERS, facts=(reading(patient__name="Ana Whitefeather"), Match(patient=HOME, findings=(DIFFERS,))))
    assert "Cedar" not in words(desk.write())


def test_the_slip_calls_whoever_nearly_fits_on_the_number_of_the_roster(desk: Desk) -> None:
    candidate = Candidate(patient=HOME.model_copy(update={"phone": "(207) 555-0177"}), score=0.9)
    on_the_request = reading(patient__phone="(207) 555-0666")
    desk.hold(DIFFERS, facts=(on_the_request, Match(candidates=(candidate,), findings=(DIFFERS,))))
    said = words(desk.write(LetterKind.CALL))
    assert "(207) 555-0177" in said
    assert "0666" not in said


def test_the_slip_calls_nobody_where_several_fit(desk: Desk) -> None:
    several = Finding(reason=HoldReason.SEVERAL_PATIENTS, sentence="Two fit.")
    candidate = Candidate(patient=HOME, score=0.9)
    desk.hold(several, facts=(Match(candidates=(candidate,), findings=(several,)),))
    assert "nobody is certain yet" in words(desk.write(LetterKind.CALL))


def test_an_extension_is_told_once_and_may_be_printed_again(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED,), shown=Shown(due="2026-12-23"))
    first = desk.write(LetterKind.EXTENSION, until=date(2027, 1, 4), because=("archive",))
    desk.store.clock.turn(3 * 24 * 3600)  # type: ignore[attr-defined]
    again = desk.write(LetterKind.EXTENSION)
    assert again.again
    assert again.pdf == first.pdf
    assert len(desk.letters()) == 2
    with pytest.raises(CannotWrite, match="one extension"):
        desk.write(LetterKind.EXTENSION, until=date(2027, 1, 11), because=("film",))


def test_a_request_that_has_ended_takes_no_longer(desk: Desk) -> None:
    with desk.store.unit() as unit:
        unit.change(desk.id, 0, station=StationName.MATCH, state=State.WITHDRAWN)
    with pytest.raises(CannotWrite, match="is withdrawn"):
        desk.write(LetterKind.EXTENSION, until=date(2027, 1, 4), because=("archive",))


def test_a_fee_is_told_to_a_patient_who_was_found_beyond_doubt(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED, Match(patient=HOME)))
    assert "$8.40" in words(desk.write(LetterKind.FEE, fee=FEE))
    with pytest.raises(CannotWrite, match="worked out"):
        desk.write(LetterKind.FEE)


def test_a_scan_that_takes_a_permission_back_is_confirmed_to_the_patient_at_home(desk: Desk) -> None:
    with pytest.raises(CannotWrite, match="No revocation"):
        desk.write(LetterKind.REVOKED)
    desk.hold(NOT_SIGNED, facts=(ASKED.model_copy(update={"revokes": True}), Match(patient=HOME)))
    said = words(desk.write(LetterKind.REVOKED))
    assert "in writing" in said
    assert "7 Cedar Street" in said


def test_a_revocation_by_phone_is_confirmed_as_one(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED, Match(patient=HOME)), shown=Shown(patient_id=HOME.patient_id))
    revoke(desk.store, HOME.patient_id, how="call", who="Ana")
    assert "by phone" in words(desk.write(LetterKind.REVOKED))


def test_a_stranger_does_not_learn_that_a_patient_took_a_permission_back(desk: Desk) -> None:
    desk.hold(DIFFERS, facts=(ASKED, Match(patient=HOME, findings=(DIFFERS,))), shown=Shown(patient_id=HOME.patient_id))
    revoke(desk.store, HOME.patient_id, how="call", who="Ana")
    with pytest.raises(CannotWrite, match="No revocation"):
        desk.write(LetterKind.REVOKED)


def test_an_extension_that_was_decided_needs_no_more_words(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED, Match(due=date(2026, 12, 23))))
    decide(desk.store, desk.id, DecisionKind.EXTEND, who="Ana", why="Our scanner is being repaired.", until=date(2027, 1, 4))
    said = words(desk.write(LetterKind.EXTENSION))
    assert "Our scanner is being repaired." in said
    assert "January 4, 2027" in said
    assert "due by December 23, 2026" in said


def test_a_rejection_tells_what_was_missing_on_the_hold_that_it_settled(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED,))
    with pytest.raises(CannotWrite, match="names its ground"):
        desk.write(LetterKind.DENIAL)
    decide(desk.store, desk.id, DecisionKind.REJECT, who="Ana", why="No answer in 30 days.")
    said = words(desk.write(LetterKind.DENIAL))
    assert "Why we cannot act on this request" in said
    assert "We could not find a signature." in said
    assert "No answer" not in said


def test_what_a_person_corrected_counts(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED,))
    corrections = {FieldName.PATIENT_STREET: "11 Birch Road"}
    decide(desk.store, desk.id, DecisionKind.CORRECT, who="Ana", corrections=corrections)
    desk.hold(NOT_SIGNED)
    assert "11 Birch Road" in words(desk.write())


def test_the_welcome_letter_is_written_where_the_chores_say_so(desk: Desk) -> None:
    desk.hold(NOT_SIGNED, facts=(ASKED, Match(patient=HOME)))
    with pytest.raises(CannotWrite, match="nobody’s fault"):
        desk.write(LetterKind.WELCOME)
    with desk.store.unit() as unit:
        unit.chores(desk.id, [Chore("welcome_back", "Send Ana the letter.")])
    assert "always welcome back" in words(desk.write(LetterKind.WELCOME))


def test_a_request_of_which_nothing_was_read_gets_a_letter_without_a_name(desk: Desk) -> None:
    desk.hold(Finding(reason=HoldReason.UNREADABLE, sentence="Nothing could be read."))
    made = desk.write()
    assert made.address == ()
    assert "Dear requester:" in words(made)
    assert Reading(scan="a" * 64, pages=1).fields == {}
