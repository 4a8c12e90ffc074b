"""match: whose records, by what right, to whom. Either everything is certain, or a person decides."""

from __future__ import annotations

from datetime import datetime

from pipeline.log.chain import Note
from pipeline.matching.destinations import match_destination
from pipeline.matching.patients import match_patient
from pipeline.release.authorize import authorize
from pipeline.release.deadlines import due
from pipeline.store.unit import Shown
from schemas.disclosure import LogEvent
from schemas.messages import ReleaseAuthorized, RequestRead
from schemas.reading import FieldName, Reading
from schemas.release import Match, Release
from workers.bench import Bench
from workers.station import AskPerson, Done


def match(message: RequestRead, bench: Bench) -> Done | AskPerson:
    """Finds the patient and the destination, and asks the rules. Any finding at all holds the request."""
    reading = bench.fact(Reading, message.request_id, message.reading)
    patient = match_patient(reading, bench.roster.current())
    destination = match_destination(reading, bench.directory.current())
    received = datetime.fromisoformat(bench.request(message.request_id).received_at).astimezone().date()
    authorization = authorize(
        reading,
        patient.patient,
        destination.destination,
        today=bench.clock.today(),
        received_on=received,
        policy=bench.settings.policy,
        holder=bench.settings.practice,
        already=(*patient.findings, *destination.findings),
    )
    found = Match(
        candidates=patient.candidates,
        patient=patient.patient,
        destination=destination.destination,
        pathway=authorization.pathway,
        findings=authorization.findings,
    )
    shown = _as_read(reading) | _shown(found) | Shown(due=due(received, bench.settings.practice.state).date.isoformat())
    if found.findings or authorization.release is None:
        return AskPerson(found.findings, facts=(found,), shown=shown)
    release = authorization.release
    event = ReleaseAuthorized.after(message, bench.clock.now(), release=release.sha256())
    return Done((event,), facts=(found, release), shown=shown, notes=(_note(release),))


def _as_read(reading: Reading) -> Shown:
    """What the request says of itself: shown until it is known better, and never decided upon."""
    patient, destination = reading.value(FieldName.PATIENT_NAME), reading.value(FieldName.DESTINATION_NAME)
    shown = Shown()
    if patient:
        shown |= Shown(patient=patient)
    if destination:
        shown |= Shown(destination=destination)
    return shown


def _shown(found: Match) -> Shown:
    shown = Shown()
    if found.patient:
        shown |= Shown(patient_id=found.patient.patient_id, patient=found.patient.name)
    if found.destination:
        shown |= Shown(destination=found.destination.name, channel=found.destination.channel, address=found.destination.address)
    if found.pathway:
        shown |= Shown(pathway=found.pathway.value)
    return shown


def _note(release: Release) -> Note:
    return Note(
        LogEvent.AUTHORIZED,
        release.decided_by,
        patient_id=release.patient.patient_id,
        patient=release.patient.name,
        recipient=release.destination.name,
        details={"pathway": release.pathway.value, "basis": release.basis, "scope": release.scope.sentence},
    )
