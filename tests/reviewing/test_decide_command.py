"""`chartrelay decide`, as somebody at the keyboard uses it: what is typed becomes what is decided, on what was shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.matching.directory import DirectoryFile
from pipeline.store.states import State
from schemas.decision import DecisionKind
from schemas.disclosure import LogEvent
from schemas.reading import Choice
from tests.stories.made_up import _patient
from tests.workers.small import SmallOffice, named, request_of
from tests.workers.test_splitting import scanned
from workers.cli import decide as command
from workers.cli.app import app

WHO = ("--who", "Ana", "--why", "I looked at it")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


def types(office: SmallOffice, *words: str) -> tuple[int, str]:
    """Exit status, and what is said."""
    ended = CliRunner().invoke(app, [*words, "--home", str(office.folder.root)])
    return ended.exit_code, " ".join(ended.output.split())


def held(office: SmallOffice) -> str:
    request_id = office.drop(request_of(1, patient__dob="1990-01-01"))
    office.work()
    return request_id


def test_pages_are_cut_apart(office: SmallOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    status, said = types(office, "decide", request_id.lower(), "split", "--pages", "1-2, 3", "--left-out", "4", *WHO)
    assert (status, f"{request_id} is split" in said) == (0, True)
    assert office.state(request_id) is State.SPLIT and len(office.parts(request_id)) == 2
    status, said = types(office, "decide", request_id, "split", "--pages", "1-2, 3", "--left-out", "4", *WHO)
    assert status == 1 and "is split already" in said and len(office.parts(request_id)) == 2


def test_the_patients_of_a_letter_are_named(office: SmallOffice) -> None:
    request_id = held(office)
    people = [f"{named(_patient(n))}={_patient(n)['date_of_birth']}" for n in (1, 2)]
    assert types(office, "decide", request_id, "split", *people, *WHO)[0] == 0
    office.work()
    assert office.state(request_id) is State.SPLIT and len(office.parts(request_id)) == 2


def test_a_box_is_corrected(office: SmallOffice) -> None:
    request_id = held(office)
    assert types(office, "decide", request_id, "correct", "scope.xrays=ticked", "scope.all=not ticked", *WHO)[0] == 0
    assert office.store.decisions(request_id)[-1].ticks == {Choice.SCOPE_XRAYS: True, Choice.SCOPE_ALL: False}


def test_a_second_person_is_asked_for(office: SmallOffice) -> None:
    request_id = held(office)
    assert types(office, "decide", request_id, "ask_second", *WHO)[0] == 0
    assert office.store.decisions(request_id)[-1].what is DecisionKind.ASK_SECOND


def test_what_is_certain_is_not_found_out(office: SmallOffice) -> None:
    status, said = types(office, "decide", held(office), "arrived", "--seen", "Pat, by phone", *WHO)
    assert status == 1 and "not uncertain" in said


def test_only_the_entry_of_the_queue_that_was_shown_is_decided_on(office: SmallOffice) -> None:
    request_id = held(office)
    shown = [json.loads(line) for line in types(office, "queue", "--json")[1].replace("} {", "}\n{").splitlines()]
    [entry] = [one for one in shown if one["id"] == request_id]
    office.decide(request_id, DecisionKind.TRY_AGAIN)
    office.work()
    status, said = types(office, "decide", request_id, "withdraw", "--hold", str(entry["hold"]), *WHO)
    assert status == 1 and "Somebody decided on" in said and office.state(request_id) is State.HELD
    assert types(office, "decide", request_id, "withdraw", "--hold", str(office.hold(request_id).id), *WHO)[0] == 0
    assert office.state(request_id) is State.WITHDRAWN


def test_what_changes_while_the_command_runs_is_not_decided_on(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the queue and the decision, a colleague decides, and the line holds it anew."""
    request_id, ask = held(office), command._accepts

    def while_somebody_else_decides(*given: object) -> tuple[str, ...]:
        office.decide(request_id, DecisionKind.TRY_AGAIN)
        office.work()
        return ask(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "_accepts", while_somebody_else_decides)
    status, said = types(office, "decide", request_id, "reject", *WHO)
    assert status == 1 and "Somebody decided on" in said
    assert office.state(request_id) is State.HELD and not office.logged(LogEvent.REJECTED)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("patient", "--patient", "9999"), "The roster has no patient 9999"),
        (("destination", "--office", "nope", "--called", "(541) 555-0100"), "The directory has no office nope"),
    ],
)
def test_a_number_typed_amiss_decides_nothing(office: SmallOffice, words: tuple[str, ...], said: str) -> None:
    request_id = held(office)
    status, told = types(office, "decide", request_id, *words, *WHO)
    assert status == 1 and said in told and "Nothing was decided" in told
    assert office.store.decisions(request_id) == []


def test_a_permission_that_is_taken_back_for_one_office_is_said_to_be_for_that_one(office: SmallOffice) -> None:
    patient, directory = _patient(1)["patient_id"], office.folder.directory_csv
    one = DirectoryFile(directory).current().offices[0].office_id
    assert f"to {one} until somebody lifts it" in types(office, "revoke", patient, "--office", one, *WHO[:2])[1]
    directory.write_text("nothing that could be read", encoding="utf-8")
    assert "could not be looked up" in types(office, "revoke", patient, "--office", "zz", *WHO[:2])[1]
