"""A release that may have gone wrong: what is known, the sheet with its four factors, and taking the set back."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date
from pathlib import Path

import pdfplumber
import pytest
from typer.testing import CliRunner

from pipeline.delivering.address import MARKER
from pipeline.log.chain import Note, verify
from pipeline.log.disclosures import disclosure
from pipeline.log.questions import accounting
from pipeline.reviewing.breaches import NotAssessed, record, take_back, work_up
from pipeline.store.times import stamp
from pipeline.store.unit import Shown
from schemas.breach import Breach, BreachDecision, Factor
from schemas.disclosure import DeliveryReceipt, Enclosure, LogEvent, ProofRung
from schemas.people import Role
from schemas.release import StationName
from tests.desk.conftest import opened
from tests.desk.morning import Morning
from tests.desk.test_screens import page
from workers.cli.app import app

DAY = date(2026, 11, 20)
LOW = BreachDecision.LOW_PROBABILITY
FACTORS = {Factor.WHAT: "two x-rays", Factor.WHO: "another dentist", Factor.VIEWED: "not opened", Factor.MITIGATED: "destroyed"}


def sent(made: Morning, office: str, decider: str = "policy", *, files: dict[str, bytes] | None = None) -> str:
    """A delivery into a folder of this name; with files, they are really there."""
    number = made.store.clock.now().timestamp()
    request = made.drop(f"{office}-{number}.pdf", f"%PDF-{office}-{number}".encode())
    key, held = f"{request.lower()}-0123456789abcdef", files or {}
    enclosed = tuple(Enclosure(name=n, sha256=hashlib.sha256(b).hexdigest(), size_bytes=len(b)) for n, b in held.items())
    if files:
        made.root.joinpath("outgoing", MARKER).parent.mkdir(exist_ok=True)
        made.root.joinpath("outgoing", MARKER).touch()
        folder = place(made, office, request)
        folder.mkdir(parents=True)
        for name, body in held.items():
            (folder / name).write_bytes(body)
    receipt = DeliveryReceipt(
        key=key,
        channel="folder",
        address=office,
        proof=ProofRung.REACHED,
        delivered_at=made.clock.now(),
        enclosures=enclosed,
        sentence="read back",
    )
    told = {"items": [{"kind": "notes", "pages": 2}], "decided_by": decider, "key": key, "recipient_address": "1 Elm St"}
    row = made.store.request(request)
    assert row
    with made.store.unit() as unit:
        unit.keep(request, [receipt])
        shown = Shown(
            delivered_at=stamp(unit.at), office_id=office, channel="folder", address=office, patient="Ana Ruiz", patient_id="7"
        )
        unit.change(request, row.revision, station=StationName.CLOSE, shown=shown)
        unit.log(request, [Note(LogEvent.DELIVERED, "deliver", "7", "Ana Ruiz", office, False, told)])
    made.clock.turn(60)
    return request


def place(made: Morning, office: str, request: str) -> Path:
    return made.root / "outgoing" / office / f"Records {request.lower()}-0123456789abcdef"


def sheet(made: Morning, **parts: object) -> Breach:
    body = {"discovered_on": DAY, "happened": "Wrong office.", "who": "Ana Ortiz", "at": made.clock.now()} | parts
    return Breach.model_validate(body)


def test_what_shares_the_fault_is_listed_with_the_reason(quiet: Morning) -> None:
    before, wrong = sent(quiet, "hill"), sent(quiet, "hill", "Ana Ortiz")
    since, same_hand, other = sent(quiet, "hill"), sent(quiet, "oak", "Ana Ortiz"), sent(quiet, "oak", "Ben Walsh")
    found = {one.request_id: one.why for one in work_up(quiet.store, wrong).siblings}
    assert found == {
        before: ("the same row of the directory",),
        since: ("the same row of the directory", "to the same place since"),
        same_hand: ("decided by Ana Ortiz, too",),
    }
    assert other not in found


def test_nothing_sent_is_nothing_to_assess(quiet: Morning) -> None:
    with pytest.raises(NotAssessed):
        work_up(quiet.store, quiet.drop("scan.pdf", b"%PDF-"))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"discovered_on": date(2026, 11, 19)}, "discovered between"),
        ({"discovered_on": date(2026, 11, 25)}, "discovered between"),
        ({"notified_on": date(2026, 11, 19)}, "was told between"),
        ({"decision": BreachDecision.BREACH}, "Say why"),
        (
            {"decision": BreachDecision.LOW_PROBABILITY, "why": "x", "factors": {Factor.WHAT: "x", Factor.WHO: " "}},
            "who, viewed, mitigated",
        ),
    ],
)
def test_a_sheet_that_does_not_hold_together_is_refused(quiet: Morning, parts: dict[str, object], said: str) -> None:
    wrong = sent(quiet, "hill")
    with pytest.raises(NotAssessed, match=said):
        record(quiet.store, wrong, sheet(quiet, **parts))
    assert work_up(quiet.store, wrong).sheet is None


def test_each_version_is_kept_and_the_patient_is_accounted_to_once(quiet: Morning) -> None:
    wrong = sent(quiet, "hill")
    record(quiet.store, wrong, sheet(quiet))
    with quiet.store.reading() as connection:
        assert list(accounting(connection, "7", DAY)) == [], "not decided yet"
    quiet.clock.turn(60)
    record(quiet.store, wrong, sheet(quiet, decision=BreachDecision.BREACH, why="It was read."))
    quiet.clock.turn(60)
    record(quiet.store, wrong, sheet(quiet, decision=BreachDecision.LOW_PROBABILITY, why="It was not.", factors=FACTORS))
    found = work_up(quiet.store, wrong)
    assert found.sheet and found.sheet.decision is BreachDecision.LOW_PROBABILITY and found.sheet.notice_due == date(2027, 1, 19)
    assert [entry.event for entry in found.of.entries].count(LogEvent.BREACH) == 3
    with quiet.store.reading() as connection:
        (line,) = (disclosure(entry) for entry in accounting(connection, "7", DAY))
        assert verify(connection).whole
    assert line.row()[:5] == ["2026-11-20", "hill", "1 Elm St", "Dental records: 1 × notes; 2 pages", "sent by mistake"]


def test_a_whole_set_is_taken_back_and_anything_else_is_left(quiet: Morning) -> None:
    files = {"a.pdf": b"records"}
    whole, touched, gone = (sent(quiet, office, files=files) for office in ("hill", "oak", "elm"))
    (place(quiet, "oak", touched) / "a.pdf").write_bytes(b"recorDs")
    place(quiet, "elm", gone).rename(quiet.root / "taken")
    outgoing = quiet.root / "outgoing"
    done = {
        office: take_back(quiet.store, request, outgoing, "Ana")
        for office, request in (("hill", whole), ("oak", touched), ("elm", gone))
    }
    assert [each.done for each in done.values()] == [True, False, False]
    assert not place(quiet, "hill", whole).exists() and list(place(quiet, "hill", whole).parent.iterdir()) == []
    assert place(quiet, "oak", touched).exists() and "somebody was at it" in done["oak"].sentence
    assert "no longer in the folder" in done["elm"].sentence
    steps = [entry.details.get("step") for entry in work_up(quiet.store, whole).of.entries if entry.event is LogEvent.BREACH]
    assert steps == ["retracting", "retracted"]
    with pytest.raises(NotAssessed, match="taken back already"):
        take_back(quiet.store, whole, outgoing, "Ben")


def test_at_the_desk(quiet: Morning) -> None:
    wrong = sent(quiet, "hill", files={"a.pdf": b"records"})
    reviewer = opened(quiet, Role.REVIEWER)
    assert f"/releases/{wrong}/breach" in page(reviewer, f"/releases/{wrong}").links
    assert "due 60 days from the discovery" in page(reviewer, f"/releases/{wrong}/breach").said
    refused = reviewer.post(f"/releases/{wrong}/breach", data={"discovered": "soon", "happened": "x"})
    assert refused.status_code == 409 and "as a date" in refused.text
    hasty = {"discovered": "2026-11-20", "happened": "Typed at length.", "decision": "low_probability", "why": "x"}
    refused = reviewer.post(f"/releases/{wrong}/breach", data=hasty)
    assert refused.status_code == 409 and "missing: what, who" in refused.text and "Typed at length." in refused.text
    form = {"discovered": "2026-11-20", "happened": "Wrong <b>office</b>.", "recipient": "another dentist", "decision": "open"}
    assert reviewer.post(f"/releases/{wrong}/breach", data=form).status_code == 303
    assert "due by 19 Jan 2027" in page(reviewer, f"/releases/{wrong}/breach").said
    assert "<b>office</b>" not in reviewer.get(f"/releases/{wrong}/breach").text
    assert reviewer.post(f"/releases/{wrong}/retract").status_code == 303
    assert "was taken out" in page(reviewer, f"/releases/{wrong}/breach").said
    with pdfplumber.open(io.BytesIO(reviewer.get(f"/releases/{wrong}/breach.pdf").content)) as pdf:
        text = "\n".join(each.extract_text() for each in pdf.pages)
    assert "Breach work-up" in text and "another dentist" in text and "January 19, 2027" in text


def test_as_a_command(quiet: Morning, tmp_path: Path) -> None:
    wrong = sent(quiet, "hill")

    def said(*words: str, status: int = 0) -> str:
        answer = CliRunner().invoke(app, ["breach", wrong, "--home", str(quiet.root), *words])
        assert answer.exit_code == status, answer.output
        return answer.output

    assert "Nothing is written down yet" in said()
    said("--happened", "Wrong office.", status=2)
    said("--who", "Ana", "--happened", "Wrong office.", status=2)
    said("--who", "Ana", "--happened", "Wrong office.", "--discovered", "2026-11-20")
    kept = json.loads(
        said("--who", "Ben", "--viewed", "not opened", "--json", "--pdf", str(tmp_path / "sheet.pdf")).splitlines()[-1]
    )
    assert kept["sheet"]["happened"] == "Wrong office." and kept["sheet"]["factors"] == {"viewed": "not opened"}
    assert kept["notice_due"] == "2027-01-19" and (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
