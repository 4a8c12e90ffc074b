"""One request: why is it held, and what may I do? Everything that is known of it, beside its scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from pipeline.desk import standing, words
from pipeline.desk.standing import Standing
from pipeline.log.chain import entries
from pipeline.reviewing.claims import Claim, claims_of
from pipeline.reviewing.corrections import NOWHERE, corrected
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.store import tables, views
from pipeline.store.store import Store
from pipeline.store.views import Row
from schemas.base import Box
from schemas.decision import Rulings
from schemas.disclosure import DeliveryReceipt, LogEntry
from schemas.reading import FieldName, ReadField, Reading
from schemas.record_set import CompletenessReport, Manifest
from schemas.release import Destination, Finding, Match, Patient, Release, StationName

OF_THE_SCAN = frozenset({StationName.WATCH, StationName.READ, StationName.MATCH})
"""Pages in the findings of these stations are the scan's; the verifier's are the copy's."""


@dataclass(frozen=True)
class FieldShown:
    """A field as read, and the same in the chart or in the directory."""

    name: FieldName
    label: str
    read: str
    confidence: float
    page: int
    box: Box
    known: str | None
    """What the chart (or, of the destination, the directory) has; None where nothing was found to compare with."""
    same: bool | None
    """Whether both are the same but for capitals, spaces and signs: a help for the eye, not the match."""
    first: str | None = None
    """What the reader had seen, where a person has corrected it."""


@dataclass(frozen=True)
class Place:
    """Something on a page of the scan that can be lit up."""

    key: str
    label: str
    page: int
    box: Box
    kind: str
    """field, tick, signature or finding: each has its own look."""


@dataclass(frozen=True)
class RequestPage:
    """Everything on the page."""

    row: Row
    standing: Standing
    holds: Sequence[Hold]
    reading: Reading | None
    match: Match | None
    release: Release | None
    manifest: Manifest | None
    report: CompletenessReport | None
    receipt: DeliveryReceipt | None
    timeline: tuple[LogEntry, ...]
    chores: Sequence[Row]
    fields: tuple[FieldShown, ...]
    places: tuple[Place, ...]
    parts: Sequence[Row] = ()
    """The requests that it was split into."""
    claim: Claim | None = None
    """Who works on it."""
    extended: date | None = None
    """The new last day, where somebody has taken more time."""

    def places_on(self, page: int) -> list[Place]:
        """Those of one page, large ones first, so that small ones can be pointed at."""
        here = [place for place in self.places if place.page == page]
        return sorted(here, key=lambda p: (p.box.left - p.box.right) * (p.box.bottom - p.box.top))

    @property
    def perhaps(self) -> str | None:
        """“Perhaps Daniel Ruiz” where one patient came close and none was taken."""
        candidates = self.match.candidates if self.match else ()
        return f"Perhaps {candidates[0].patient.name}" if len(candidates) == 1 else None

    @property
    def findings(self) -> list[tuple[Hold, Finding, str | None]]:
        """What it is held for; with the key of its place on the scan, if it has one."""
        return [
            (hold, finding, finding_key(hold, at) if _on_the_scan(hold, finding) else None)
            for hold in self.holds
            for at, finding in enumerate(hold.findings)
        ]


def request_page(store: Store, request_id: str, idle: timedelta | None = None) -> RequestPage | None:
    """The request with all its facts, or None if there is none. Raises Retryable when the database is away."""
    with store.reading() as connection:
        row = views.request(connection, request_id)
        if row is None:
            return None
        holds = open_holds(connection, [request_id])
        timeline = tuple(entries(views.timeline(connection, request_id)))
        query = select(tables.chores).where(tables.chores.c.request_id == request_id).order_by(tables.chores.c.id)
        chores = connection.execute(query).mappings().all()
        parts = views.parts(connection, [request_id]).get(request_id, [])
        claim = claims_of(connection, store.clock.now(), [request_id], idle).get(request_id)
    original, match = store.latest(Reading, request_id), store.latest(Match, request_id)
    decisions = store.decisions(request_id)
    reading = corrected(original, Rulings.of(decisions)) if original else None
    return RequestPage(
        row=row,
        standing=standing.of_parts(parts) if parts else standing.of_request(row, holds, store.clock.today()),
        holds=holds,
        reading=reading,
        match=match,
        release=store.latest(Release, request_id),
        manifest=store.latest(Manifest, request_id),
        report=store.latest(CompletenessReport, request_id),
        receipt=store.latest(DeliveryReceipt, request_id),
        timeline=timeline,
        chores=chores,
        fields=tuple(_fields(reading, original, match)) if reading and original else (),
        places=(*(_places(reading) if reading else ()), *_findings_places(holds)),
        parts=parts,
        claim=claim if holds else None,
        extended=next((one.until for one in reversed(decisions) if one.until), None),
    )


# ---- what was read, and what is known ------------------------------------------------------------------------------------


def _fields(reading: Reading, original: Reading, match: Match | None) -> Iterable[FieldShown]:
    patient = _compared_with(match)
    destination = match.destination if match else None
    for name in FieldName:
        first = original.fields.get(name)
        if field := reading.fields.get(name) or _struck_out(first):
            was = (first.value if first else "") if reading.value(name) != original.value(name) else None
            yield _field(name, field, _known(name, patient, destination), was)


def _struck_out(first: ReadField | None) -> ReadField | None:
    """A field of which somebody said that nothing stands there."""
    return first.model_copy(update={"value": "", "confidence": 1}) if first else None


def _field(name: FieldName, field: ReadField, known: str | None, first: str | None) -> FieldShown:
    return FieldShown(
        name=name,
        label=words.field_label(name),
        read=field.value,
        confidence=field.confidence,
        page=field.page,
        box=field.box,
        known=known or None,
        same=_plain(field.value) == _plain(known) if known else None,
        first=first,
    )


def _compared_with(match: Match | None) -> Patient | None:
    """The patient, or the one who comes closest."""
    if match is None:
        return None
    closest = max(match.candidates, key=lambda candidate: candidate.score, default=None)
    return match.patient or (closest.patient if closest else None)


def _known(name: FieldName, patient: Patient | None, destination: Destination | None) -> str | None:
    owner, _, part = name.value.partition(".")
    if owner == "patient" and patient:
        return {"dob": patient.date_of_birth.isoformat(), "name": patient.name}.get(part) or getattr(patient, part, None)
    if owner == "destination" and destination:
        return getattr(destination, part, None)
    return None


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


# ---- places on the scan --------------------------------------------------------------------------------------------------


def _places(reading: Reading) -> Iterable[Place]:
    for name, field in reading.fields.items():
        if field.box == NOWHERE:
            continue
        yield Place(name.value, words.field_label(name), field.page, field.box, "field")
    for number, tick in enumerate(reading.ticks):
        if tick.box == NOWHERE:
            continue
        yield Place(f"tick-{number}", words.choice_label(tick.choice), tick.page, tick.box, "tick")
    signature = reading.signature
    if signature.page and signature.box:
        yield Place("signature", "Signature", signature.page, signature.box, "signature")


def _findings_places(holds: Iterable[Hold]) -> Iterable[Place]:
    for hold in holds:
        for at, finding in enumerate(hold.findings):
            if _on_the_scan(hold, finding) and finding.page and finding.box:
                yield Place(finding_key(hold, at), finding.sentence, finding.page, finding.box, "finding")


def _on_the_scan(hold: Hold, finding: Finding) -> bool:
    return hold.station in OF_THE_SCAN and finding.page is not None and finding.box is not None


def finding_key(hold: Hold, at: int) -> str:
    """The name of the place that a finding points to."""
    return f"finding-{hold.id}-{at}"
