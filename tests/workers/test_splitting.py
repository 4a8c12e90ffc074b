"""A request that is several: of patients whom the reader did not find, or of requests that were scanned in one go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.documents import Document, Limits, open_document
from pipeline.log import counting
from pipeline.log.chain import Note
from pipeline.reviewing import splitting
from pipeline.reviewing.decisions import decide
from pipeline.reviewing.ground import NotPossible
from pipeline.reviewing.splitting import cut_parts, pages_of, parts_said, require_each_once
from pipeline.store.states import State
from pipeline.store.unit import Arrival
from schemas.decision import DecisionKind, SaidPatient
from schemas.disclosure import LogEvent
from schemas.messages import RequestRead, RequestReceived
from schemas.reading import Reading
from schemas.release import HoldReason, StationName
from tests.documents import papers
from tests.stories.made_up import _patient
from tests.workers.small import SmallOffice, named, request_of
from tests.workers.steps import Steps
from workers.catalogue import STATIONS
from workers.station import Outcome, Runner

WHY = {"who": "Ana", "why": "two letters were in the feeder"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


def scanned(office: SmallOffice, tmp_path: Path, pages: int = 4) -> str:
    """A scan of several pages that the matching station holds; its request."""
    scan = office.house.bench.vault.put(papers.pdf(tmp_path, pages).read_bytes())
    reading = request_of(1, patient__dob="1990-01-01").model_copy(update={"scan": scan, "pages": pages})
    with office.store.unit() as unit:
        request_id = unit.new_request(scan=scan, file="scan_2.pdf", media_type="application/pdf")
        unit.arrival(Arrival("scan_2.pdf", "request", 9, scan, request_id, "Taken.", "", uuid4().hex * 2))
        unit.log(request_id, [Note(LogEvent.RECEIVED, "watch", details={"file": "scan_2.pdf"})])
        received = RequestReceived(
            id=uuid4(), request_id=request_id, occurred_at=unit.at, scan=scan, media_type="application/pdf", size_bytes=9
        )
        unit.keep(request_id, [reading])
        event = RequestRead.after(received, unit.at, reading=reading.sha256(), pages=pages)
        unit.advance(request_id, 0, StationName.READ, (event,))
    office.house.outbox.publish(unit.sent)
    office.work(StationName.MATCH)
    assert office.state(request_id) is State.HELD
    return request_id


def cut(office: SmallOffice, request_id: str, said: str, left_out: tuple[int, ...] = ()) -> list[str]:
    """A person cuts the scan apart; the requests that it became."""
    details = cut_parts(office.store, office.house.bench.vault, Limits(), request_id, parts_said(said), left_out)
    unit = decide(office.store, request_id, DecisionKind.SPLIT, **WHY, **details)
    office.house.outbox.publish(unit.sent)
    return office.parts(request_id)


class PagesOnly:
    """A reader that sees how many pages there are, and a patient of the roster."""

    def read(self, document: Document, scan: str) -> Reading:
        return request_of(2).model_copy(update={"scan": scan, "pages": document.page_count})


def read_all(office: SmallOffice) -> list[Outcome | None]:
    """The reader's station, with a reader that needs no time."""
    bench = replace(office.house.bench, reader=PagesOnly)
    runner = Runner(bench, office.store, office.house.outbox, office.house.settings.line)
    outcomes = []
    with office.house.broker.consume([StationName.READ]) as consumer:
        while (incoming := consumer.receive(0)) is not None:
            outcomes.append(runner.attempt(STATIONS[StationName.READ], incoming))
    return outcomes


# ---- two requests in one scan -------------------------------------------------------------------------------------------------


def test_each_part_is_a_scan_and_a_request_of_its_own_that_is_read_from_the_start(office: SmallOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    first, second = cut(office, request_id, "1+3,2+4")
    assert office.state(request_id) is State.SPLIT
    assert {office.state(part) for part in (first, second)} == {State.RECEIVED}
    assert len({office.row(one).scan for one in (request_id, first, second)}) == 3
    assert read_all(office) == [Outcome.DONE, Outcome.DONE]
    pages = [office.store.latest(Reading, part).pages for part in (first, second)]  # type: ignore[union-attr]
    assert pages == [2, 2]
    office.work()
    assert [office.state(part) for part in (first, second)] == [State.CLOSED, State.HELD]
    assert office.reasons(second) == {HoldReason.ASKED_BEFORE}


def test_it_is_written_down_which_pages_of_which_scan_became_what(office: SmallOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    first, second = cut(office, request_id, "1-2,3", left_out=(4,))
    whole = office.logged(LogEvent.SPLIT, request_id=request_id)[-1]
    assert whole.actor == "Ana" and whole.details["parts"] == [first, second] and whole.details["left_out"] == [4]
    assert whole.details["sentence"] == f"pages 1-2 became {first}, page 3 became {second}; page 4 left out."
    [born] = office.logged(LogEvent.SPLIT, request_id=first)
    assert (born.details["from"], born.details["cut"]) == (request_id, [1, 2])
    assert (born.details["of_scan"], born.details["scan"]) == (office.row(request_id).scan, office.row(first).scan)


def test_the_counts_still_add_up(office: SmallOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    cut(office, request_id, "1-2,3-4")
    with office.store.reading() as connection:
        found = counting.counts(connection)
    assert [equation.difference for equation in found] == [0] * len(found)
    parts = next(equation for equation in found if equation.name == "parts")
    assert (parts.left, parts.right) == (2, (("named in the log", 2),))


def test_a_scan_that_was_cut_apart_counts_as_the_same_file_when_it_is_dropped_again(office: SmallOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    cut(office, request_id, "1-2,3-4")
    with office.store.unit() as unit:
        assert unit.known_scan(office.row(request_id).scan) == request_id


def test_a_fax_is_cut_apart_as_a_fax(office: SmallOffice, tmp_path: Path) -> None:
    scan = office.house.bench.vault.put(papers.tiff(tmp_path, 3).read_bytes())
    request_id = office.drop(request_of(1, patient__dob="1990-01-01"))
    with office.store.unit() as unit:
        unit.connection.exec_driver_sql(f"update requests set scan = '{scan}', media_type = 'image/tiff'")  # noqa: S608
    office.work(StationName.MATCH)
    first, _ = cut(office, request_id, "1+3,2")
    with open_document(office.house.bench.vault.path(office.row(first).scan), "image/tiff") as part:
        assert part.page_count == 2


def test_a_decision_given_twice_makes_no_second_set(office: SmallOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    made = cut(office, request_id, "1-2,3-4")
    with pytest.raises(NotPossible, match="is split already"):
        cut(office, request_id, "1-2,3-4")
    assert office.parts(request_id) == made


def test_two_people_who_cut_at_the_same_moment_make_one_set(
    office: SmallOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = scanned(office, tmp_path)
    seen = office.row(request_id)
    made = cut(office, request_id, "1-2,3-4")
    monkeypatch.setattr(office.store, "request", lambda _: seen)
    with pytest.raises(NotPossible):
        cut(office, request_id, "1,2-4")
    monkeypatch.undo()
    assert office.parts(request_id) == made


def test_the_power_fails_at_any_step_and_nothing_is_lost_and_nothing_is_there_twice(
    office: SmallOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds the request still held decides again; whoever finds it split has nothing to do."""
    for step in range(1, 40):
        (tmp_path / str(step)).mkdir()
        request_id = scanned(office, tmp_path / str(step), pages=3)
        with monkeypatch.context() as patched:
            steps = Steps(patched, [(splitting, "cut"), (type(office.house.outbox), "publish")])
            with steps.power_cut_at(step):
                cut(office, request_id, "1-2,3")
        if office.state(request_id) is not State.SPLIT:
            cut(office, request_id, "1-2,3")
        parts = office.parts(request_id)
        assert len(parts) == 2 and office.state(request_id) is State.SPLIT
        read_all(office)
        office.work(StationName.MATCH)
        office.clock.turn(60)
        office.house.outbox.relay()
        read_all(office)
        assert all(office.state(part) is not State.RECEIVED for part in parts)
        if not steps.happened:
            return
    raise AssertionError("it never came to an end")


REFUSED = [
    ("1-2", "3-4", "two requests or more"),
    ("1-2,2-4", "", "named twice: page 2"),
    ("1-2,3", "", "where page 4 belongs"),
    ("1-2,3-5", "", "and not page 5"),
    ("1,2,3,4", "4", "named twice: page 4"),
]


@pytest.mark.parametrize(("said", "left_out", "sentence"), REFUSED)
def test_every_page_is_in_exactly_one_part_or_left_out(said: str, left_out: str, sentence: str) -> None:
    with pytest.raises(NotPossible, match=sentence):
        require_each_once(parts_said(said), pages_of(left_out) if left_out else (), 4)


@pytest.mark.parametrize("said", ["", "a", "0", "2-1", "1--2", "1+"])
def test_what_names_no_pages_is_refused(said: str) -> None:
    with pytest.raises(NotPossible, match="names no pages"):
        pages_of(said)


def test_why_it_is_cut_must_be_said(office: SmallOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    details = cut_parts(office.store, office.house.bench.vault, Limits(), request_id, parts_said("1-2,3"), (4,))
    with pytest.raises(NotPossible, match="Say why it is split, and why pages are left out"):
        decide(office.store, request_id, DecisionKind.SPLIT, who="Ana", **details)
    assert office.state(request_id) is State.HELD


def test_what_was_delivered_is_not_cut_apart_any_more(office: SmallOffice, tmp_path: Path) -> None:
    request_id = office.drop(request_of(1))
    office.work()
    with pytest.raises(NotPossible, match="is closed already"):
        cut_parts(office.store, office.house.bench.vault, Limits(), request_id, parts_said("1,2"))


# ---- several patients in one letter -------------------------------------------------------------------------------------------


def said(number: int) -> SaidPatient:
    patient = _patient(number)
    return SaidPatient(name=named(patient), dob=date.fromisoformat(patient["date_of_birth"]))


def test_patients_whom_the_reader_did_not_find_get_a_request_each(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, patient__dob="1990-01-01"))
    office.work()
    office.decide(request_id, DecisionKind.SPLIT, patients=(said(1), said(2), said(3)))
    office.work()
    assert office.state(request_id) is State.SPLIT
    parts = office.parts(request_id)
    assert [office.store.latest(Reading, part).fields["patient.name"].value for part in parts] == [  # type: ignore[union-attr, index]
        said(number).name for number in (1, 2, 3)
    ]
    assert {office.row(part).scan for part in parts} == {office.row(request_id).scan}
    assert all(HoldReason.NO_PATIENT not in office.reasons(part) for part in parts if office.state(part) is State.HELD)


def test_somebody_who_was_missed_when_a_family_was_split_is_split_from_a_part(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1, patient__dob="1990-01-01"))
    office.work()
    office.decide(request_id, DecisionKind.SPLIT, patients=(said(1), said(2)))
    office.work()
    [_, second] = office.parts(request_id)
    assert office.state(second) is State.HELD
    office.decide(second, DecisionKind.SPLIT, patients=(said(2), said(3)))
    office.work()
    assert office.state(second) is State.SPLIT and len(office.parts(second)) == 2


def test_a_release_that_was_let_go_before_stands_in_no_parts_way(office: SmallOffice) -> None:
    request_id = office.drop(request_of(1))
    office.work(StationName.MATCH)
    chart = office.folder.charts / _patient(1)["patient_id"]
    kept = (chart / "contents.csv").read_text(encoding="utf-8")
    (chart / "contents.csv").unlink()
    office.work()
    assert office.state(request_id) is State.HELD and office.hold(request_id).station is StationName.GATHER
    (chart / "contents.csv").write_text(kept, encoding="utf-8")
    office.decide(request_id, DecisionKind.SPLIT, patients=(said(1), said(2)))
    office.work()
    first = office.parts(request_id)[0]
    assert office.state(first) is not State.HELD or HoldReason.ASKED_BEFORE not in office.reasons(first)


@pytest.mark.parametrize("patients", [(), (said(1),), (said(1), said(1))])
def test_fewer_than_two_patients_are_no_family(office: SmallOffice, patients: tuple[SaidPatient, ...]) -> None:
    request_id = office.drop(request_of(1, patient__dob="1990-01-01"))
    office.work()
    with pytest.raises(NotPossible, match="two or more"):
        office.decide(request_id, DecisionKind.SPLIT, patients=patients)
