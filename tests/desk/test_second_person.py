"""Two people where the policy asks for them: the second is never the first, and agrees to what they have seen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.release.explaining import leaves_alone
from pipeline.release.policy import Policy, explained
from pipeline.reviewing.ground import NotPossible
from pipeline.store.states import State
from schemas.decision import Decision, DecisionKind, Rulings
from schemas.disclosure import LogEvent
from schemas.people import Role
from schemas.reading import FieldName
from schemas.release import Release
from tests.desk.office import DeskOffice
from tests.workers.small import request_of

RIGHT_DAY = {"field.patient.dob": "1951-02-02"}
AGREES = "must agree before the copy of"


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[DeskOffice]:
    """An office whose policy wants a second person for every copy."""
    made = DeskOffice(tmp_path, policy='second_person = "all"')
    yield made
    made.close()


def asked(office: DeskOffice, request_id: str) -> str:
    """What the one finding says, which is that of the second person."""
    [finding] = office.findings(request_id)
    assert finding.rule == "second.second_person" and not finding.acceptable
    return finding.sentence


def corrected_by_ana(office: DeskOffice) -> str:
    """A request that was held, on which Ana has decided."""
    request_id = office.drop(request_of(1, patient__dob="1990-01-01"))
    office.work()
    office.decide(request_id, DecisionKind.CORRECT, who="Ana", corrections={"patient.dob": "1951-02-02"})
    office.work()
    return request_id


def test_what_the_machine_would_release_alone_waits_for_a_person(strict: DeskOffice) -> None:
    request_id = strict.drop(request_of(1))
    strict.work()
    assert asked(strict, request_id).startswith("Everything is in order; a person must agree before the copy of")
    strict.fill_in(strict.somebody(), request_id, "second")
    strict.work()
    assert strict.state(request_id) is State.CLOSED
    release = strict.store.latest(Release, request_id)
    assert release and release.decided_by == "Ms. reviewer"


def test_whoever_has_decided_cannot_be_the_second(strict: DeskOffice) -> None:
    request_id = corrected_by_ana(strict)
    assert "somebody other than Ana" in asked(strict, request_id)
    for same in ("Ana", " ana "):
        with pytest.raises(NotPossible, match="must be somebody else"):
            strict.decide(request_id, DecisionKind.SECOND, who=same)
    assert strict.state(request_id) is State.HELD and not strict.sets()
    strict.decide(request_id, DecisionKind.SECOND, who="Ben")
    strict.work()
    assert strict.state(request_id) is State.CLOSED
    [entry] = strict.logged(LogEvent.AUTHORIZED, request_id=request_id)
    assert entry.actor == "Ana, Ben"


def test_at_the_desk_the_first_is_told_and_nothing_happens(strict: DeskOffice) -> None:
    request_id = strict.drop(request_of(1, patient__dob="1990-01-01"))
    strict.work()
    browser = strict.somebody()
    strict.fill_in(browser, request_id, "correct", **RIGHT_DAY)
    strict.work()
    answer = strict.fill_in(browser, request_id, "second")
    assert answer.status_code == 409 and "the second person must be somebody else" in answer.text
    other = strict.somebody(Role.REVIEWER, Role.INTAKE)
    assert strict.fill_in(other, request_id, "second").status_code == 303
    strict.work()
    assert strict.state(request_id) is State.CLOSED


def test_whoever_decides_afterwards_needs_a_second_person_again() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    corrects = Decision(what=DecisionKind.CORRECT, who="Ana", at=at, corrections={FieldName.PATIENT_PHONE: ""})
    agrees = Decision(what=DecisionKind.SECOND, who="Ben", at=at, accepts=("0123456789abcdef",))
    assert Rulings.of([corrects, agrees]).seconded == "Ben"
    assert not Rulings.of([corrects, agrees, corrects]).seconded
    assert not Rulings.of([corrects, agrees, corrects]).agreed
    assert not Rulings.of([corrects, agrees.model_copy(update={"who": "ANA"})]).agreed


def test_what_changes_after_somebody_agreed_is_asked_again(strict: DeskOffice) -> None:
    """The directory gets another address between the word and the next look."""
    request_id = strict.drop(request_of(1))
    strict.work()
    strict.decide(request_id, DecisionKind.SECOND, who="Ben")
    directory = strict.folder.directory_csv
    said = directory.read_text(encoding="utf-8")
    assert ",lakeside,yes" in said
    directory.write_text(said.replace(",lakeside,yes", ",elsewhere,yes"), encoding="utf-8")
    strict.work()
    assert "to elsewhere" in asked(strict, request_id)
    assert not strict.sets()
    strict.decide(request_id, DecisionKind.SECOND, who="Ben")
    strict.work()
    assert strict.state(request_id) is State.CLOSED


def test_nobody_can_let_it_go_in_another_way(strict: DeskOffice) -> None:
    request_id = strict.drop(request_of(1))
    strict.work()
    with pytest.raises(NotPossible, match="Nobody may let that go"):
        strict.decide(request_id, DecisionKind.ACCEPT)
    strict.decide(request_id, DecisionKind.TRY_AGAIN)
    strict.work()
    assert strict.state(request_id) is State.HELD


def test_where_something_else_is_wrong_nobody_is_asked_to_agree_yet(strict: DeskOffice) -> None:
    request_id = strict.drop(request_of(1, patient__dob="1990-01-01"))
    strict.work()
    assert all(AGREES not in finding.sentence for finding in strict.findings(request_id))
    with pytest.raises(NotPossible, match="does not wait for a second person"):
        strict.decide(request_id, DecisionKind.SECOND, who="Ben")


def test_without_the_policy_nobody_is_asked(tmp_path: Path) -> None:
    office = DeskOffice(tmp_path)
    request_id = office.drop(request_of(1))
    office.work()
    assert office.state(request_id) is State.CLOSED
    office.close()


def test_the_policy_says_what_it_means() -> None:
    assert leaves_alone(Policy(second_person="all")) == ()
    told = {one.setting: one.alone for one in explained(Policy(second_person="third_party"))}
    assert "a second person must agree" in told["second_person"]
