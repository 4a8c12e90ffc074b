"""A request that may leave, and the ways in which one differs from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from pipeline.release.authorize import Authorization, authorize
from pipeline.release.policy import Policy
from schemas.base import Box
from schemas.reading import Choice, FieldName, ReadField, Reading, Signature, Tick
from schemas.release import Destination, Patient, Practice

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

    def decided(self) -> Authorization:
        """What the rules say."""
        reading = Reading(
            scan="0" * 64, pages=1, fields=self.fields, ticks=self.ticks, signature=self.signature, notices=self.notices
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


def both(*changes: Change) -> Change:
    """One change after the other."""

    def changed(request: Request) -> Request:
        for change in changes:
            request = change(request)
        return request

    return changed
