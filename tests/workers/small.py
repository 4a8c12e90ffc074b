"""A small office with real rosters, charts, queue and courier, whose scans have been read already: for what follows reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from pipeline.clock import HandClock
from pipeline.log import questions
from pipeline.practice.folder import PracticeFolder
from pipeline.reviewing.decisions import decide
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.settings import load
from pipeline.store import views
from pipeline.store.states import State
from pipeline.store.store import RequestRow, Store
from schemas.base import Box
from schemas.decision import DecisionKind
from schemas.disclosure import LogEntry, LogEvent
from schemas.messages import RequestRead, RequestReceived
from schemas.reading import Choice, FieldName, NamedPatient, ReadField, Reading, Signature, Tick
from schemas.release import Finding, HoldReason, StationName
from tests.stories.made_up import OFFICES, _patient, make_practice
from workers.catalogue import STATIONS
from workers.station import Outcome
from workers.wiring import House, house

PLACE = Box(left=0.1, top=0.2, right=0.5, bottom=0.25)
LINE = tuple(STATIONS)
"""All stations that take messages, in the order of the line."""
LAKESIDE, SUMMIT = OFFICES[0], OFFICES[1]


def read(value: str, confidence: float = 0.97) -> ReadField:
    """Something that stands on the first page."""
    return ReadField(value=value, confidence=confidence, page=1, box=PLACE)


def named(patient: Mapping[str, str]) -> str:
    """A patient of the roster in spoken order."""
    return f"{patient['first_name']} {patient['last_name']}"


def request_of(number: int, office: Sequence[str] = LAKESIDE, **changes: str | None) -> Reading:
    """A signed and dated request of the patient `number` for everything, to an office of the directory.

    `changes` name fields with two underscores for the dot: `patient__dob="1990-01-01"`; None leaves a field blank.
    """
    patient = _patient(number)
    said: dict[FieldName, str | None] = {
        FieldName.PATIENT_NAME: named(patient),
        FieldName.PATIENT_DOB: patient["date_of_birth"],
        FieldName.PATIENT_PHONE: patient["phone"],
        FieldName.DESTINATION_NAME: office[1],
        FieldName.DESTINATION_STREET: office[2],
        FieldName.DESTINATION_CITY: "Fairhaven",
        FieldName.DESTINATION_STATE: "OH",
        FieldName.DESTINATION_ZIP: "44001",
        FieldName.DESTINATION_FAX: office[4],
        FieldName.SIGNATURE_DATE: "2026-11-20",
    }
    said |= {FieldName(name.replace("__", ".")): value for name, value in changes.items()}
    return Reading(
        scan=uuid4().hex * 2,
        pages=1,
        fields={name: read(value) for name, value in said.items() if value},
        ticks=(Tick(choice=Choice.SCOPE_ALL, confidence=0.95, page=1, box=PLACE),),
        signature=Signature(present=True, confidence=0.95, page=1, box=PLACE),
    )


def letter_of(numbers: Sequence[int], office: Sequence[str] = LAKESIDE, *, signer: int | None = None) -> Reading:
    """One letter that asks for the records of several patients; `signer` printed the name under the signature."""
    people = [_patient(number) for number in numbers]
    reading = request_of(numbers[0], office, requester__name=named(_patient(signer)) if signer is not None else None)
    patients = tuple(NamedPatient(name=read(named(p)), dob=read(p["date_of_birth"])) for p in people)
    return reading.model_copy(update={"patients": patients})


class SmallOffice:
    """The whole line after the reader, in one process, one message at a time."""

    def __init__(self, root: Path, patients: int = 12, policy: str = "", clock: HandClock | None = None) -> None:
        self.clock = clock or HandClock()
        self.folder: PracticeFolder = make_practice(root / "practice", patients, self.clock.today())
        if policy:
            said = self.folder.settings_file.read_text(encoding="utf-8")
            self.folder.settings_file.write_text(said.replace("[policy]\n", f"[policy]\n{policy}\n"), encoding="utf-8")
        self._read: dict[str, RequestRead] = {}
        self._opened = ExitStack()
        self.house: House = self._opened.enter_context(house(self.folder, load(self.folder.settings_file), clock=self.clock))

    @property
    def store(self) -> Store:
        """The office's database."""
        return self.house.store

    def drop(self, reading: Reading, paper: bytes = b"", file: str = "") -> str:
        """A scan was dropped, taken and read: this is what the reader saw. The number of its request."""
        scan = self.house.bench.vault.put(paper or f"scan {uuid4()}".encode())
        reading = reading.model_copy(update={"scan": scan})
        with self.store.unit() as unit:
            request_id = unit.new_request(scan=scan, file=file or f"scan_{scan[:4]}.pdf", media_type="application/pdf")
            received = RequestReceived(
                id=uuid4(), request_id=request_id, occurred_at=unit.at, scan=scan, media_type="application/pdf", size_bytes=9
            )
            unit.keep(request_id, [reading])
            event = RequestRead.after(received, unit.at, reading=reading.sha256(), pages=reading.pages)
            unit.advance(request_id, 0, StationName.READ, (event,))
        self._read[request_id] = event
        self.house.outbox.publish(unit.sent)
        return request_id

    def work(self, *stations: StationName, most: int = 1000) -> list[Outcome | None]:
        """These stations (all of them, if none is named) deal with what is waiting, so many messages at most."""
        self.clock.turn(60)
        self.house.outbox.relay()
        outcomes: list[Outcome | None] = []
        with self.house.broker.consume(list(stations or LINE)) as consumer:
            while len(outcomes) < most and (incoming := consumer.receive(0)) is not None:
                outcomes.append(self.house.runner.attempt(STATIONS[incoming.station], incoming))
        return outcomes

    def waiting(self, request_id: str) -> RequestRead:
        """The message by which the request was to be matched first."""
        return self._read[request_id]

    def resend(self, station: StationName, message: RequestRead) -> None:
        """The same message once more, as after a crash."""
        with self.store.unit() as unit:
            unit.send_to(station, message)
        self.house.outbox.publish(unit.sent)

    def decide(self, request_id: str, what: DecisionKind, who: str = "Ana", why: str = "looked at it", **details: object) -> None:
        """A person decides."""
        unit = decide(self.store, request_id, what, who=who, why=why, **details)
        self.house.outbox.publish(unit.sent)

    def row(self, request_id: str) -> RequestRow:
        """The request as stations know it."""
        found = self.store.request(request_id)
        assert found is not None
        return found

    def state(self, request_id: str) -> State:
        """Where the request stands."""
        return self.row(request_id).state

    def hold(self, request_id: str) -> Hold:
        """The open entry of the exception queue."""
        with self.store.reading() as connection:
            [hold] = open_holds(connection, [request_id])
        return hold

    def findings(self, request_id: str) -> tuple[Finding, ...]:
        """What it is held for."""
        return self.hold(request_id).findings

    def reasons(self, request_id: str) -> set[HoldReason]:
        """The same as reasons."""
        return {finding.reason for finding in self.findings(request_id)}

    def parts(self, request_id: str) -> list[str]:
        """The requests that this one was split into, in the order of the scan."""
        with self.store.reading() as connection:
            rows = [row for row in views.requests(connection) if row["parent"] == request_id]
        return [row["id"] for row in sorted(rows, key=lambda row: row["part"])]

    def logged(self, *events: LogEvent, request_id: str | None = None) -> list[LogEntry]:
        """The entries of these kinds."""
        with self.store.reading() as connection:
            return list(questions.ask(connection, questions.Question(request_id=request_id, events=events)))

    def sets(self) -> list[str]:
        """Every set that an office sees, as `office/set`."""
        return sorted(p.relative_to(self.folder.outgoing).as_posix() for p in self.folder.outgoing.glob("[!.]*/Records *"))

    def close(self) -> None:
        """Lets go of database and queue."""
        self._opened.close()
