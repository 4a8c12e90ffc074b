"""A practice on a Monday morning, in a real database and a real vault: what each of its requests has been through."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont

from pipeline.clock import HandClock
from pipeline.desk.app import Desk, StationCard
from pipeline.line.broker import Depth
from pipeline.log.chain import Note
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import DeskSettings, Settings
from pipeline.store.database import connect, database_url, migrate
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.times import stamp
from pipeline.store.unit import Arrival, Chore, Done, Shown
from pipeline.store.vault import Vault
from schemas.base import Box, Fact
from schemas.disclosure import DeliveryReceipt, Enclosure, LogEvent, ProofRung
from schemas.messages import RequestRead, RequestReceived
from schemas.reading import Choice, FieldName, ReadField, Reading, Signature, Tick
from schemas.record_set import CompletenessReport, FaultKind, Item, ItemKind, Manifest, PageFault, Withheld
from schemas.release import (
    Candidate,
    Destination,
    Evidence,
    Finding,
    HoldReason,
    Match,
    PathwayName,
    Patient,
    Practice,
    Release,
    Requester,
    Scope,
    StationName,
)

KEY = "a-key-for-tests-that-is-long-enough-to-be-one"
START = datetime(2026, 11, 20, 14, 35, tzinfo=UTC)
EVIL = "<script>alert('x')</script>"
FORM = (
    (FieldName.PATIENT_NAME, "Patient's name"),
    (FieldName.PATIENT_DOB, "Date of birth"),
    (FieldName.PATIENT_PHONE, "Telephone"),
    (FieldName.PATIENT_STREET, "Street"),
    (FieldName.DESTINATION_NAME, "Please send a copy of my records to"),
    (FieldName.DESTINATION_FAX, "Their fax"),
    (FieldName.REASON, "Reason"),
    (FieldName.SIGNATURE_DATE, "Date"),
)
HAND = Path(__file__).parents[2] / "pipeline" / "practice" / "fonts" / "handlee.ttf"

OYELARAN = Patient(
    patient_id="1182",
    last_name="Oyelaran",
    first_name="Margaret",
    date_of_birth=date(1961, 2, 9),
    phone="(406) 555-0144",
    street="18 Alder Ct",
)
RUIZ = Patient(
    patient_id="1207",
    last_name="Ruiz",
    first_name="Daniel",
    date_of_birth=date(1987, 4, 13),
    phone="(406) 555-0171",
    street="240 Cedar St",
)
LAKESIDE = Destination(
    office_id="O-12",
    name="Lakeside Family Dental",
    attention="Records",
    street="77 Lake Rd",
    city="Polson",
    state="MT",
    zip="59860",
    fax="(406) 555-0199",
    channel="folder",
    address="lakeside",
    trusted=True,
)
CARDS = tuple(
    StationCard(name, (f"what comes before {name}",), (f"what follows from {name}",), "it is not certain") for name in StationName
)


@dataclass
class Morning:
    """Builds the practice, a request at a time, through units of work as the stations do."""

    root: Path
    clock: HandClock = field(default_factory=lambda: HandClock(START))
    depths: dict[StationName, Depth] = field(default_factory=lambda: {s: Depth(0, 0, 0) for s in StationName})
    files: int = 0

    def __post_init__(self) -> None:
        self.folder = PracticeFolder(self.root)
        self.folder.create()
        engine = connect(database_url("sqlite", self.folder.database))
        migrate(engine)
        self.store, self.vault = Store(engine, self.clock), Vault(self.folder.vault)

    def desk(self, host: str = "127.0.0.1") -> Desk:
        """What the application is made of."""
        settings = Settings(practice=Practice(name="Flathead Dental"), desk=DeskSettings(host=host))
        return Desk(self.store, self.vault, self.folder, settings, CARDS, lambda: self.depths, KEY)

    def drop(self, file: str, scan: bytes, media_type: str = "application/pdf") -> str:
        """A file becomes a request; its id."""
        sha256 = self.vault.put(scan)
        with self.store.unit() as unit:
            request_id = unit.new_request(scan=sha256, file=file, media_type=media_type)
            unit.arrival(self._arrival(file, "request", f"Taken as {request_id}.", scan=sha256, request_id=request_id))
            unit.log(request_id, [Note(LogEvent.RECEIVED, "watch", details={"file": file})])
        self.clock.turn(20)
        return request_id

    def send_back(self, file: str, sentence: str) -> None:
        """A file is no readable document."""
        with self.store.unit() as unit:
            unit.arrival(self._arrival(file, "returned", sentence, advice="Scan it again."))
            unit.log(None, [Note(LogEvent.RETURNED, "watch", details={"file": file, "sentence": sentence})])
        self.clock.turn(5)

    def drop_again(self, file: str, request_id: str) -> None:
        """The same bytes once more."""
        with self.store.unit() as unit:
            unit.arrival(self._arrival(file, "repeat", f"The same scan is {request_id} already.", request_id=request_id))

    def _arrival(
        self, file: str, outcome: str, sentence: str, *, advice: str = "", scan: str | None = None, request_id: str | None = None
    ) -> Arrival:
        self.files += 1
        return Arrival(file, outcome, 1000, scan, request_id, sentence, advice, token=f"{self.files:064x}")

    def move(
        self, request_id: str, station: StationName, state: State, facts: Sequence[Fact] = (), shown: Shown | None = None
    ) -> None:
        """A station has done its work."""
        request = self.store.request(request_id)
        assert request is not None
        with self.store.unit() as unit:
            unit.keep(request_id, facts)
            unit.change(request_id, request.revision, station=station, state=state, shown=shown)
            unit.mark(Done(station, f"{request_id}-{state}", "kind", request_id, "done", 1.5, 0.5))
        self.clock.turn(10)

    def hold(
        self,
        request_id: str,
        station: StationName,
        findings: Sequence[Finding],
        facts: Sequence[Fact] = (),
        shown: Shown | None = None,
    ) -> None:
        """A station asks a person."""
        self.move(request_id, station, State.HELD, facts, shown)
        told = {"id": UUID(int=int(request_id[2:])), "request_id": request_id, "occurred_at": self.clock.now()}
        received = RequestReceived(**told, scan="0" * 64, media_type="application/pdf", size_bytes=1)
        unread = station in (StationName.WATCH, StationName.READ)
        message = received if unread else RequestRead(**told, reading="0" * 64, pages=1)
        with self.store.unit() as unit:
            unit.hold(request_id, station, message, findings)
            sentences = [finding.sentence for finding in findings]
            patient = shown.get("patient") if shown else None
            unit.log(request_id, [Note(LogEvent.HELD, station.value, patient=patient, details={"sentences": sentences})])


# ---- the story ---------------------------------------------------------------------------------------------------------


def busy_morning(root: Path) -> Morning:
    """One delivered, three held (one overdue, one with hostile names), two on their way, one returned, one repeated."""
    morning = Morning(root)
    held_with_a_faulty_copy(morning)
    morning.clock.turn(3 * 24 * 3600 - 1800)
    done = delivered(morning)
    held_for_the_birth_date(morning)
    morning.send_back("scan_0233.pdf", "The file breaks off before its end, so pages or parts of pages may be missing.")
    hostile(morning)
    on_the_way(morning)
    morning.drop_again("scan_0231 (1).pdf", done)
    morning.drop("scan_0236.pdf", scan_of({FieldName.PATIENT_NAME: "Ana Whitefeather"})[0])
    morning.depths[StationName.READ] = Depth(2, 1, 0)
    return morning


def delivered(morning: Morning) -> str:
    """Oyelaran to Lakeside, all the way."""
    answers = {
        FieldName.PATIENT_NAME: "Margaret Oyelaran",
        FieldName.PATIENT_DOB: "1961-02-09",
        FieldName.PATIENT_PHONE: "(406) 555-0144",
        FieldName.DESTINATION_NAME: "Lakeside Family Dental",
        FieldName.DESTINATION_FAX: "(406) 555-0199",
        FieldName.REASON: "We moved to Polson",
        FieldName.SIGNATURE_DATE: "2026-11-20",
    }
    scan, places = scan_of(answers, pages=2)
    request_id = morning.drop("scan_0231.pdf", scan)
    reading = reading_of(morning.vault.put(scan), answers, places, pages=2)
    morning.move(request_id, StationName.READ, State.READ, [reading])
    release = Release(
        patient=OYELARAN,
        destination=LAKESIDE,
        requester=Requester(name="Margaret Oyelaran"),
        pathway=PathwayName.PATIENT_DIRECTIVE,
        scope=Scope(),
        requested_on=date(2026, 11, 20),
        basis="The patient directs a copy to Lakeside Family Dental, in writing, signed and dated 20 Nov 2026.",
        leaving=True,
        reason="We moved to Polson",
    )
    evidence = tuple(
        Evidence(field=name, read=said, chart=said, speaks="for", sentence="the same")
        for name, said in (("name", "Margaret Oyelaran"), ("birth date", "9 Feb 1961"))
    )
    match = Match(
        candidates=(Candidate(patient=OYELARAN, score=0.99, evidence=evidence),),
        patient=OYELARAN,
        destination=LAKESIDE,
        pathway=release.pathway,
    )
    shown = Shown(
        patient_id="1182",
        patient=OYELARAN.name,
        destination=LAKESIDE.name,
        channel="folder",
        address="lakeside",
        pathway=release.pathway.value,
        due="2026-12-20",
    )
    morning.move(request_id, StationName.MATCH, State.AUTHORIZED, [match, release], shown)
    manifest = manifest_of(morning)
    morning.move(request_id, StationName.GATHER, State.GATHERED, [manifest], Shown(items=3, pages=6))
    report = CompletenessReport(items_checked=3, pages_checked=6, notices=("Page 2 of the notes is blank in the original too.",))
    morning.move(request_id, StationName.VERIFY, State.VERIFIED, [report])
    receipt = DeliveryReceipt(
        key=f"{request_id.lower()}-0123456789abcdef",
        channel="folder",
        address="lakeside",
        proof=ProofRung.REACHED,
        delivered_at=morning.clock.now(),
        enclosures=(Enclosure(name="records.pdf", sha256="ab" * 32, size_bytes=1_204_000),),
        sentence="All 4 files were read back from the folder “lakeside”, byte for byte.",
    )
    shown = Shown(proof="reached", delivered_at=stamp(morning.clock.now()))
    morning.move(request_id, StationName.DELIVER, State.DELIVERED, [receipt], shown)
    items = [
        {"number": i.number, "file": i.file, "kind": i.kind.value, "pages": i.pages, "sha256": i.sha256} for i in manifest.items
    ]
    who = {"patient_id": "1182", "patient": OYELARAN.name, "recipient": LAKESIDE.name}
    with morning.store.unit() as unit:
        unit.log(
            request_id,
            [
                Note(LogEvent.AUTHORIZED, "policy", **who, details={"basis": release.basis, "pathway": release.pathway.value}),
                Note(LogEvent.VERIFIED, "verify", **who, details={"items": 3, "pages": 6}),
                Note(LogEvent.INTENDED, "deliver", **who, details={"channel": "folder", "address": "lakeside"}),
                Note(
                    LogEvent.DELIVERED, "deliver", **who, details={"seen": receipt.sentence, "proof": "reached", "items": items}
                ),
                Note(LogEvent.CLOSED, "close", **who),
            ],
        )
        unit.chores(
            request_id,
            [Chore("appointment", "Cancel the cleaning on 4 Dec."), Chore("note", "Put the note for Dr. Patel into her tray.")],
        )
    morning.move(request_id, StationName.CLOSE, State.CLOSED)
    return request_id


def held_for_the_birth_date(morning: Morning, *, known: bool = True) -> str:
    """Ruiz, whose form and chart do not agree; `known`: whether the list of requests names him."""
    answers = {
        FieldName.PATIENT_NAME: "Daniel Ruiz",
        FieldName.PATIENT_DOB: "1987-03-14",
        FieldName.PATIENT_PHONE: "(406) 555-0171",
        FieldName.PATIENT_STREET: "240 Cedar St",
        FieldName.DESTINATION_NAME: "Lakeside Family Dental",
        FieldName.SIGNATURE_DATE: "2026-11-21",
    }
    scan, places = scan_of(answers)
    request_id = morning.drop("scan_0232.pdf", scan)
    reading = reading_of(morning.vault.put(scan), answers, places)
    morning.move(request_id, StationName.READ, State.READ, [reading])
    finding = Finding(
        reason=HoldReason.PATIENT_DIFFERS,
        sentence="The birth date on the form (03/14/87) is not the one in the chart (04/13/87).",
        cure="Ask the patient which one is right. Mend the chart, or withdraw the request and have it written anew.",
        paragraph="45 CFR 164.514(h)",
        page=1,
        box=places[FieldName.PATIENT_DOB],
    )
    evidence = (
        Evidence(field="name", read="Daniel Ruiz", chart="Daniel Ruiz", speaks="for", sentence="the same"),
        Evidence(
            field="phone",
            read="(406) 555-0171",
            chart="(406) 555-0171",
            speaks="for",
            sentence="the same",
        ),
        Evidence(
            field="birth date", read="1987-03-14", chart="1987-04-13", speaks="against", sentence="another month of the same year"
        ),
    )
    match = Match(candidates=(Candidate(patient=RUIZ, score=0.71, evidence=evidence),), destination=LAKESIDE, findings=(finding,))
    shown = Shown(destination=LAKESIDE.name, channel="folder", address="lakeside", due="2026-11-24")
    if known:
        shown |= Shown(patient_id="1207", patient=RUIZ.name)
    morning.hold(request_id, StationName.MATCH, [finding], [match], shown)
    return request_id


def held_with_a_faulty_copy(morning: Morning) -> str:
    """Whose copy lacks a page, three days ago."""
    scan, _ = scan_of({FieldName.PATIENT_NAME: "Tom Birdinground"})
    request_id = morning.drop("fax_118.pdf", scan)
    picture = morning.vault.put(side_by_side())
    faults = (
        PageFault(kind=FaultKind.MISSING, sentence="Page 3 of “notes-2024.pdf” is not in the copy.", item=2, page=3),
        PageFault(
            kind=FaultKind.DIFFERS,
            sentence="Page 7 of the copy is paler than its original.",
            item=1,
            page=1,
            copy_page=7,
            picture=picture,
        ),
    )
    report = CompletenessReport(items_checked=2, pages_checked=6, faults=faults)
    findings = [Finding(reason=HoldReason.COPY_FAULTY, sentence=fault.sentence, page=fault.copy_page) for fault in faults]
    shown = Shown(patient_id="1009", patient="Tom Birdinground", destination=LAKESIDE.name, due="2026-11-21", items=2, pages=6)
    morning.hold(request_id, StationName.VERIFY, findings, [report], shown)
    return request_id


def hostile(morning: Morning) -> str:
    """A request whose every word wants to be code."""
    answers = {FieldName.PATIENT_NAME: EVIL, FieldName.REASON: "=HYPERLINK(1)"}
    scan, places = scan_of({FieldName.PATIENT_NAME: "Robert'); DROP TABLE"})
    request_id = morning.drop('"><img src=x onerror=alert(1)>.pdf', scan)
    reading = reading_of(
        morning.vault.put(scan), answers, places | {FieldName.REASON: Box(left=0.1, top=0.5, right=0.4, bottom=0.55)}
    )
    finding = Finding(reason=HoldReason.NO_PATIENT, sentence=f"Nobody in the roster is called {EVIL}.", cure=EVIL)
    shown = Shown(patient=EVIL, destination="=cmd|' /C calc'!A0")
    morning.hold(request_id, StationName.MATCH, [finding], [reading], shown)
    with morning.store.unit() as unit:
        unit.log(
            request_id, [Note(LogEvent.DECIDED, EVIL, patient="=1+1", details={"what": "try_again", "why": EVIL, EVIL: EVIL})]
        )
    return request_id


def on_the_way(morning: Morning) -> str:
    """Being copied."""
    scan, _ = scan_of({FieldName.PATIENT_NAME: "June Black Elk"})
    request_id = morning.drop("letter 17 Nov.pdf", scan)
    shown = Shown(patient_id="1301", patient="June Black Elk", destination="June Black Elk (herself)", items=12, pages=31)
    morning.move(request_id, StationName.GATHER, State.GATHERED, shown=shown)
    return request_id


# ---- paper and records -------------------------------------------------------------------------------------------------


def scan_of(answers: dict[FieldName, str], pages: int = 1) -> tuple[bytes, dict[FieldName, Box]]:
    """A filled form as a scanner makes it (a PDF of pictures), and where each answer stands on page 1."""
    width, height = 1275, 1650
    sheet = Image.new("L", (width, height), 250)
    draw = ImageDraw.Draw(sheet)
    printed, hand = ImageFont.load_default(26), ImageFont.truetype(str(HAND), 46)
    draw.text((120, 110), "Request for a copy of my dental records", fill=20, font=ImageFont.load_default(44))
    places = {}
    for line, (name, label) in enumerate(FORM):
        top = 260 + 140 * line
        draw.text((120, top), label, fill=60, font=printed)
        draw.line((120, top + 98, width - 120, top + 98), fill=120, width=2)
        if name in answers:
            draw.text((140, top + 40), answers[name], fill=30, font=hand)
            left, upper, right, lower = draw.textbbox((140, top + 40), answers[name], font=hand)
            places[name] = Box(left=left / width, top=upper / height, right=right / width, bottom=lower / height)
    made = io.BytesIO()
    sheet.save(made, "PDF", resolution=150, save_all=True, append_images=[Image.new("L", (width, height), 252)] * (pages - 1))
    return made.getvalue(), places


def reading_of(scan: str, answers: dict[FieldName, str], places: dict[FieldName, Box], pages: int = 1) -> Reading:
    """What the reader would make of it."""
    tick = Tick(choice=Choice.SCOPE_ALL, confidence=0.93, page=1, box=Box(left=0.1, top=0.83, right=0.12, bottom=0.845))
    return Reading(
        scan=scan,
        pages=pages,
        fields={name: ReadField(value=value, confidence=0.97, page=1, box=places[name]) for name, value in answers.items()},
        ticks=(tick,),
        signature=Signature(present=True, confidence=0.91, page=1, box=Box(left=0.1, top=0.88, right=0.5, bottom=0.94)),
    )


def manifest_of(morning: Morning) -> Manifest:
    """Three records and one that stays."""
    kinds = (
        (ItemKind.XRAY_BITEWING, "bw-2025-03.png", 1),
        (ItemKind.NOTES, "notes.pdf", 4),
        (ItemKind.PERIO_CHART, "perio.pdf", 1),
    )
    items = tuple(
        Item(
            number=n,
            file=file,
            kind=kind,
            date=date(2025, 3, n),
            media_type="application/pdf",
            sha256=f"{n:064x}",
            size_bytes=1000,
            pages=pages,
        )
        for n, (kind, file, pages) in enumerate(kinds, start=1)
    )
    kept = Withheld(file="ledger.pdf", kind=ItemKind.LEDGER, date=None, pages=2, why="billing was not asked for")
    return Manifest(patient_id="1182", source="folder", gathered_at=morning.clock.now(), items=items, withheld=(kept,))


def side_by_side() -> bytes:
    """A picture as the verifier makes it."""
    picture = Image.new("RGB", (900, 420), "white")
    draw = ImageDraw.Draw(picture)
    for left, shade in ((20, 40), (460, 170)):
        draw.rectangle((left, 20, left + 420, 400), outline=(120, 120, 120))
        draw.text((left + 30, 60), "Tooth 14, MOD composite", fill=(shade, shade, shade), font=ImageFont.load_default(28))
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()
