"""A request that may leave, and the ways in which one differs from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pipeline.release.authorize import Authorization, authorize
from pipeline.release.case import NOBODY
from pipeline.release.policy import Policy
from schemas.base import Box
from schemas.decision import Rulings
from schemas.reading import (
    Choice,
    FieldName,
    NamedPatient,
    ReadField,
    Reading,
    SensitiveClass,
    SensitiveMark,
    Signature,
    Statement,
    Tick,
)
from schemas.release import (
    Destination,
    EarlierRelease,
    Finding,
    IdentityEvidence,
    IdentityMethod,
    OfficeKind,
    PathwayName,
    Patient,
    Practice,
    Revocation,
)

PLACE = Box(left=0.1, top=0.2, right=0.5, bottom=0.25)
RECEIVED = date(2026, 11, 20)
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
PATIENT = Patient(
    patient_id="1182",
    last_name="Oyelaran",
    first_name="Margaret",
    middle_name="Ann",
    other_names="Bell",
    date_of_birth=date(1984, 4, 13),
)
OFFICE = Destination(
    office_id="7", name="Lakeside Family Dental", attention="Dr. Susan Chen", channel="folder", address="lakeside", trusted=True
)
HOLDER = Practice(name="Old Mill Dental Group", state="TX")
DEFAULTS = Policy()


def field(value: str, confidence: float = 0.95) -> ReadField:
    """A value as a reader gives it."""
    return ReadField(value=value, confidence=confidence, page=1, box=PLACE)


def tick(choice: Choice, confidence: float = 0.95) -> Tick:
    """A ticked box as a reader gives it."""
    return Tick(choice=choice, confidence=confidence, page=1, box=PLACE)


@dataclass(frozen=True)
class Request:
    """Everything that goes into the decision."""

    fields: dict[FieldName, ReadField]
    ticks: tuple[Tick, ...]
    signature: Signature
    notices: tuple[str, ...] = ()
    patient: Patient | None = PATIENT
    destination: Destination | None = OFFICE
    policy: Policy = DEFAULTS
    holder: Practice = HOLDER
    today: date = TODAY
    received_on: date = RECEIVED
    statements: tuple[Statement, ...] = ()
    sensitive: tuple[SensitiveMark, ...] = ()
    named: tuple[NamedPatient, ...] = ()
    photo_id: int | None = None
    revokes: bool = False
    letter: bool = False
    already: tuple[Finding, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    earlier: tuple[EarlierRelease, ...] = ()
    rulings: Rulings = NOBODY
    one_of: int = 1

    def decided(self) -> Authorization:
        """What the rules say."""
        reading = Reading(
            scan="0" * 64,
            pages=2,
            fields=self.fields,
            ticks=self.ticks,
            signature=self.signature,
            notices=self.notices,
            patients=self.named,
            statements=self.statements,
            sensitive=self.sensitive,
            photo_id=self.photo_id,
            revokes=self.revokes,
            letter=self.letter,
        )
        return authorize(
            reading,
            self.patient,
            self.destination,
            today=self.today,
            received_on=self.received_on,
            at=NOW,
            policy=self.policy,
            holder=self.holder,
            already=self.already,
            revocations=self.revocations,
            earlier=self.earlier,
            rulings=self.rulings,
            one_of=self.one_of,
        )


GOOD = Request(
    fields={
        FieldName.PATIENT_NAME: field("Margaret Oyelaran"),
        FieldName.PATIENT_DOB: field("1984-04-13"),
        FieldName.DESTINATION_NAME: field("Lakeside Family Dental"),
        FieldName.SIGNATURE_DATE: field("2026-11-18"),
    },
    ticks=(tick(Choice.SCOPE_ALL),),
    signature=Signature(present=True, confidence=0.95, page=1, box=PLACE),
)
"""An adult's own, signed and dated request for everything, to a trusted office."""

Change = Callable[[Request], Request]


def read(name: FieldName, value: str, confidence: float = 0.95) -> Change:
    """The same request, with this read in that field."""
    return lambda request: replace(request, fields={**request.fields, name: field(value, confidence)})


def blank(name: FieldName) -> Change:
    """The same request, with that field blank."""
    return lambda request: replace(request, fields={k: v for k, v in request.fields.items() if k != name})


def ticked(*choices: Choice, confidence: float = 0.95) -> Change:
    """The same request, with these boxes ticked besides."""
    return lambda request: replace(request, ticks=request.ticks + tuple(tick(c, confidence) for c in choices))


def only_ticked(*choices: Choice) -> Change:
    """The same request, with these boxes ticked and no others."""
    return lambda request: replace(request, ticks=tuple(tick(c) for c in choices))


def unticked(group: str) -> Change:
    """The same request, with no box of this group (`scope`, `purpose`) ticked."""
    return lambda request: replace(request, ticks=tuple(t for t in request.ticks if not t.choice.startswith(f"{group}.")))


def with_patient(**changes: object) -> Change:
    """The same request, of a patient whose chart says something else."""
    return lambda request: replace(request, patient=request.patient and request.patient.model_copy(update=changes))


def with_destination(**changes: object) -> Change:
    """The same request, to an office that the directory describes otherwise."""
    return lambda request: replace(request, destination=request.destination and request.destination.model_copy(update=changes))


def with_policy(**changes: object) -> Change:
    """The same request, in a practice of another policy."""
    return lambda request: replace(request, policy=Policy(**{**request.policy.model_dump(), **changes}))


def signed(present: bool | None, confidence: float = 0.95) -> Change:
    """The same request, signed otherwise."""
    return lambda request: replace(request, signature=Signature(present=present, confidence=confidence))


def noticed(sentence: str) -> Change:
    """The same request, about which the reader notes something."""
    return lambda request: replace(request, notices=(*request.notices, sentence))


def stating(*statements: Statement) -> Change:
    """The same request, on a form that prints these statements."""
    return lambda request: replace(request, statements=statements)


def marked(about: SensitiveClass, confidence: float = 0.95) -> Change:
    """The same request, on a form that is initialled for this class of records."""
    mark = SensitiveMark(about=about, confidence=confidence, page=1, box=PLACE)
    return lambda request: replace(request, sensitive=(*request.sensitive, mark))


def to(kind: OfficeKind) -> Change:
    """The same request, to an office that the directory knows as this kind."""
    return with_destination(kind=kind)


def in_state(state: str) -> Change:
    """The same request, in a practice of this state."""
    return lambda request: replace(request, holder=request.holder.model_copy(update={"state": state}))


def one_of(count: int, *names: str) -> Change:
    """The same request, on a scan that names so many patients, these among them."""
    named = tuple(NamedPatient(name=field(name)) for name in names)
    return lambda request: replace(request, one_of=count, named=named)


def taken_back(office_id: str = "", patient_id: str = "1182") -> Change:
    """The same request, after the patient took a permission back."""
    revocation = Revocation(
        id=1, patient_id=patient_id, office_id=office_id, at=NOW - timedelta(days=4), how="call", who="Maria Keller"
    )
    return lambda request: replace(request, revocations=(*request.revocations, revocation))


def revoking() -> Change:
    """A paper that takes a permission back."""
    return lambda request: replace(request, revokes=True)


def as_a_letter() -> Change:
    """The same request as a letter: nothing printed says whose signature is under it."""
    return lambda request: replace(request, letter=True)


def asked_before(days: int) -> Change:
    """The same request, so many days after a release of the same records to the same place."""
    before = EarlierRelease(request_id="R-000012", on=TODAY - timedelta(days=days), state="closed")
    return lambda request: replace(request, earlier=(*request.earlier, before))


def on_pathway(pathway: PathwayName) -> Change:
    """The same request, put on this pathway by a person."""
    return lambda request: replace(
        request, rulings=request.rulings.model_copy(update={"pathway": pathway, "by": ("Maria Keller",)})
    )


def called_back(office_id: str = "7") -> Change:
    """The same request, whose destination a person has chosen and called."""
    ruled = {"office_id": office_id, "called": "(512) 555-0188", "by": ("Maria Keller",)}
    return lambda request: replace(request, rulings=request.rulings.model_copy(update=ruled))


def seen(*methods: IdentityMethod) -> Change:
    """The same request, about which a person notes what was seen of who asks."""
    evidence = tuple(IdentityEvidence(method=m, what=f"seen: {m.value}", who="Maria Keller", at=NOW) for m in methods)
    return lambda request: replace(
        request,
        rulings=request.rulings.model_copy(update={"identity": request.rulings.identity + evidence, "by": ("Maria Keller",)}),
    )


def accepted(request: Request) -> Request:
    """The same request, after a person has let go whatever may be let go."""
    keys = frozenset(found.key for found in request.decided().findings)
    ruled = {"accepts": keys, "by": ("Maria Keller",), "sentences": ("Maria Keller looked at it.",)}
    return replace(request, rulings=request.rulings.model_copy(update=ruled))


def both(*changes: Change) -> Change:
    """One change after the other."""

    def changed(request: Request) -> Request:
        for change in changes:
            request = change(request)
        return request

    return changed
