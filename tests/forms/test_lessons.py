"""The memory in the house: a decision gives a lesson, the reader takes it before the next scan, and nothing stops for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from pipeline.errors import Retryable
from pipeline.forms.form import Form, Place, PrintedWord
from pipeline.forms.lessons import School
from pipeline.forms.stored import StoredForm, StoredForms, keep
from pipeline.reading.geometry import Rect
from pipeline.store import tables
from pipeline.store.states import State
from pipeline.store.unit import Conflict
from schemas.decision import DecisionKind as D
from schemas.messages import RequestReceived
from schemas.reading import FieldName, Reading
from schemas.release import StationName
from tests.forms.drawn import HENRY, MARIA, Person, askew, lakeview, tiff
from tests.stories.made_up import _patient
from tests.workers.small import SmallOffice, request_of
from workers.cli.app import app

NAME = FieldName.PATIENT_NAME
READ, MATCH = StationName.READ, StationName.MATCH
A_FORM = Form(
    words=tuple(PrintedWord(text="authorization", place=Rect(100, 40 + 30 * n, 200, 60 + 30 * n)) for n in range(3)),
    places=(Place(field=NAME, boxes=(Rect(300, 100, 420, 120),)),),
    taught_by=("R-000001",),
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


def arrive(office: SmallOffice, person: Person, *, lies_askew: bool = False) -> str:
    """A scan of the form was dropped and taken; the number of its request."""
    paper = lakeview(person)
    data = tiff(askew(paper) if lies_askew else paper)
    scan = office.house.bench.vault.put(data)
    with office.store.unit() as unit:
        request_id = unit.new_request(scan=scan, file="scan.tif", media_type="image/tiff")
        told = {"scan": scan, "media_type": "image/tiff", "size_bytes": len(data)}
        unit.send(RequestReceived(id=uuid4(), request_id=request_id, occurred_at=unit.at, **told))
    office.house.outbox.publish(unit.sent)
    return request_id


def seen(office: SmallOffice, request_id: str) -> Reading:
    reading = office.store.latest(Reading, request_id)
    assert reading is not None
    return reading


def lessons(office: SmallOffice) -> dict[str, str | None]:
    """The lessons, and when each was taken."""
    with office.store.reading() as connection:
        rows = connection.execute(select(tables.form_lessons)).mappings().all()
    return {row["request_id"]: row["taken_at"] for row in rows}


def corrected(office: SmallOffice) -> str:
    """A request whose birth date was not read, until a person has typed it; its scan is no document."""
    request_id = office.drop(request_of(1, patient__dob=None))
    office.work()
    office.decide(request_id, D.CORRECT, corrections={FieldName.PATIENT_DOB: _patient(1)["date_of_birth"]})
    return request_id


# ---- the whole line ----------------------------------------------------------------------------------------------------------


def test_a_decision_teaches_and_the_next_request_of_the_same_form_is_read_with_it(office: SmallOffice, tmp_path: Path) -> None:
    first = arrive(office, MARIA)
    office.work(READ, MATCH)
    assert office.state(first) is State.HELD
    assert seen(office, first).value(NAME) is None
    office.decide(first, D.CORRECT, corrections={NAME: MARIA.name, FieldName.PATIENT_PHONE: MARIA.number})
    second = arrive(office, HENRY, lies_askew=True)
    office.work(READ, MATCH)
    assert seen(office, second).value(NAME) == HENRY.name
    assert seen(office, second).value(FieldName.PATIENT_PHONE) == HENRY.number
    assert read_by_command(office, tmp_path)["fields"]["patient.name"]["value"] == HENRY.name

    office.decide(second, D.CORRECT, corrections={FieldName.PATIENT_DOB: "1964-11-22"})
    assert office.house.bench.school is not None
    assert office.house.bench.school.take(office.house.bench.reader) == 1
    [form] = StoredForms(office.store).known()
    assert form.form.scans == 2
    assert form.blank is not None
    assert nothing_of(MARIA, HENRY, in_=office)


def read_by_command(office: SmallOffice, folder: Path) -> dict[str, Any]:
    """What `chartrelay read` prints of Henry's scan, with the memory of the office."""
    scan = folder / "henry.tif"
    scan.write_bytes(tiff(askew(lakeview(HENRY))))
    answer = CliRunner().invoke(app, ["read", str(scan), "--home", str(office.folder.root), "--json"])
    printed: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return printed


def nothing_of(*people: Person, in_: SmallOffice) -> bool:
    """Whether the tables of the memory hold nothing that these people wrote."""
    with in_.store.reading() as connection:
        rows = [connection.execute(select(table)).all() for table in (tables.forms, tables.form_lessons)]
    text = "".join(c for c in str(rows).lower() if c.isalnum())
    written = [part for person in people for part in (person.number, person.dob, person.signed, *person.name.split())]
    return not any("".join(c for c in part.lower() if c.isalnum()) in text for part in written)


# ---- lessons ---------------------------------------------------------------------------------------------------------------


def test_only_a_correction_is_a_lesson(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, patient__dob=None))
    office.work()
    office.decide(request_id, D.PATIENT, patient_id="P0001")
    assert lessons(office) == {}


def test_a_corrected_request_teaches_once_more_when_it_is_released(office: SmallOffice) -> None:
    request_id = corrected(office)
    with office.store.unit() as unit:
        unit.connection.execute(update(tables.form_lessons).values(taken_at="2026-11-24T00:00:00.000Z"))
    office.work()
    assert office.state(request_id) is State.CLOSED
    assert lessons(office) == {request_id: None}


def test_a_scan_that_cannot_be_opened_any_more_is_let_be_and_nothing_stops(office: SmallOffice) -> None:
    """Its bytes are no PDF."""
    request_id = corrected(office)
    school = office.house.bench.school
    assert school is not None
    assert school.take(office.house.bench.reader) == 1
    assert lessons(office)[request_id] is not None
    assert StoredForms(office.store).known() == ()
    assert school.take(office.house.bench.reader) == 0


def test_a_lesson_that_is_met_by_a_bug_is_let_be(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("a bug")

    request_id = corrected(office)
    monkeypatch.setattr(School, "_learn", broken)
    school = office.house.bench.school
    assert school is not None
    school.take(office.house.bench.reader)
    assert lessons(office)[request_id] is not None


def test_a_lesson_that_kills_its_process_is_not_met_again(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of memory, or ended from outside: no line of code runs after it."""

    class Killed(BaseException):
        pass

    def dies(*_: object) -> int:
        raise Killed

    request_id = corrected(office)
    monkeypatch.setattr(School, "_learn", dies)
    school = office.house.bench.school
    assert school is not None
    with pytest.raises(Killed):
        school.take(office.house.bench.reader)
    assert lessons(office)[request_id] is not None
    assert school.take(office.house.bench.reader) == 0


def test_a_lesson_that_kills_its_process_is_begun_three_times_at_most_however_often_it_is_given(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    begun: list[str] = []

    def dies(_school: School, request_id: str, *_: object) -> int:
        begun.append(request_id)
        raise Killed

    request_id = corrected(office)
    monkeypatch.setattr(School, "_learn", dies)
    school = office.house.bench.school
    assert school is not None
    for _ in range(5):
        with suppress(Killed):
            school.take(office.house.bench.reader)
        with office.store.unit() as unit:
            unit.teach(request_id)
    assert begun == [request_id] * 3
    assert school.take(office.house.bench.reader) == 0
    assert lessons(office)[request_id] is not None


@pytest.mark.parametrize("error", [Conflict, Retryable])
def test_a_lesson_that_has_to_wait_is_begun_three_times_at_most(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    begun: list[str] = []

    def waits(_school: School, request_id: str, *_: object) -> int:
        begun.append(request_id)
        raise error("not now")

    request_id = corrected(office)
    monkeypatch.setattr(School, "_learn", waits)
    school = office.house.bench.school
    assert school is not None
    school.take(office.house.bench.reader)
    assert lessons(office) == {request_id: None}
    for _ in range(2):
        school.take(office.house.bench.reader)
    assert lessons(office)[request_id] is not None
    school.take(office.house.bench.reader)
    assert begun == [request_id] * 3
    with office.store.unit() as unit:
        unit.teach(request_id)
    school.take(office.house.bench.reader)
    assert begun == [request_id] * 4  # given anew, it is another lesson


def test_what_people_say_while_a_lesson_is_taken_is_a_lesson_of_its_own(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def corrected_meanwhile(school: School, request_id: str, *_: object) -> int:
        with school.store.unit() as unit:
            unit.teach(request_id)
        return 0

    request_id = corrected(office)
    monkeypatch.setattr(School, "_learn", corrected_meanwhile)
    school = office.house.bench.school
    assert school is not None
    school.take(office.house.bench.reader)
    assert lessons(office) == {request_id: None}


# ---- what is stored ----------------------------------------------------------------------------------------------------------


def stored(office: SmallOffice, form: Form = A_FORM) -> StoredForms:
    """The memory with this form in it."""
    forms = StoredForms(office.store)
    forms.known()
    with office.store.unit() as unit:
        keep(unit, [StoredForm(form)], forms.revision)
    return forms


def test_a_form_comes_back_as_it_was_kept_and_is_seen_at_once_by_every_reader(office: SmallOffice) -> None:
    another = StoredForms(office.store)
    assert another.known() == ()
    stored(office)
    assert [each.form for each in another.known()] == [A_FORM]


def test_of_two_readers_that_learn_at_the_same_moment_one_waits(office: SmallOffice) -> None:
    forms = stored(office)
    with pytest.raises(Conflict), office.store.unit() as unit:
        keep(unit, [StoredForm(A_FORM)], forms.revision)
    assert len(forms.known()) == 1


def test_a_form_that_cannot_be_read_is_left_out(office: SmallOffice) -> None:
    forms = stored(office)
    with office.store.unit() as unit:
        unit.connection.execute(insert(tables.forms).values(body='{"version": 9}', learned_at="2026-11-24T00:00:00.000Z"))
        unit.connection.execute(update(tables.form_memory).values(revision=7))
    assert [each.form for each in forms.known()] == [A_FORM]


# ---- the command -------------------------------------------------------------------------------------------------------------


def test_the_command_lists_what_is_remembered_and_forgets_it(office: SmallOffice) -> None:
    home = ["--home", str(office.folder.root)]
    assert "No form is remembered yet" in CliRunner().invoke(app, ["forms", *home]).output
    stored(office)
    listed = CliRunner().invoke(app, ["forms", *home, "--json"])
    assert '"seen": 1, "fields": ["patient.name"]' in listed.output
    assert "R-000001" in CliRunner().invoke(app, ["forms", *home]).output
    assert CliRunner().invoke(app, ["forms", *home, "forget", "1"]).exit_code == 2
    assert CliRunner().invoke(app, ["forms", "forget", "1", *home]).output == "Form 1 is forgotten.\n"
    again = CliRunner().invoke(app, ["forms", "forget", "1", *home])
    assert again.exit_code == 1
    assert StoredForms(office.store).known() == ()
