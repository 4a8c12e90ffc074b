"""match: whose records, by what right, to whom. Either everything is certain, or a person decides.

Several patients on one scan become a request each. What people have ruled on a held request counts like what stands on the
page, and the whole is judged anew: who settles one thing has not settled the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.log.chain import Note
from pipeline.matching.destinations import DestinationMatch, match_destination
from pipeline.matching.patients import PatientMatch, match_patient
from pipeline.release.authorize import Authorization, authorize
from pipeline.release.families import together
from pipeline.reviewing.corrections import corrected, parts_of
from pipeline.store.permissions import earlier_releases, latest_release, revocations_of
from pipeline.store.store import RequestRow
from pipeline.store.unit import Claim, Shown
from schemas.decision import Decision, DecisionKind, Rulings
from schemas.disclosure import LogEvent
from schemas.messages import ReleaseAuthorized, RequestRead, RequestSplit
from schemas.reading import FieldName, Reading
from schemas.release import Destination, EarlierRelease, Match, Patient, Release, Revocation
from workers.bench import Bench
from workers.station import AskPerson, Done, Part, TakenBack


def match(message: RequestRead, bench: Bench) -> Done | AskPerson:
    """Finds the patient and the destination, and asks the rules. Any finding at all holds the request."""
    request = bench.request(message.request_id)
    decisions = bench.store.decisions(request.id)
    rulings = Rulings.of(decisions)
    as_read = bench.fact(Reading, request.id, message.reading)
    reading = corrected(as_read, rulings)
    apart = _apart(request, bench)
    if rulings.patients or (len(reading.patients) > 1 and not apart and _may_be_split(len(reading.patients), rulings, bench)):
        return _split(message, reading, bench)
    patient = match_patient(reading, bench.roster.current(), chosen=rulings.patient_id, of_several=len(reading.patients) > 1)
    destination = match_destination(
        reading,
        bench.directory.current(),
        registry=bench.registry,
        confirmed=rulings.office_id,
        called=rulings.called,
        as_called=_as_called(request, decisions, bench),
        as_read=as_read,
    )
    rulings = _about(decisions, patient.patient, destination.destination)
    beside = _beside(request, patient.patient, destination.destination, bench)
    authorization = authorize(
        reading,
        patient.patient,
        destination.destination,
        today=bench.clock.today(),
        received_on=_received(request),
        at=message.occurred_at,
        policy=bench.settings.policy,
        holder=bench.settings.practice,
        already=(*patient.findings, *destination.findings),
        revocations=beside.revocations,
        earlier=beside.earlier,
        rulings=rulings,
        one_of=max(len(reading.patients), 1),
        apart=apart,
    )
    found = _found(patient, destination, authorization)
    shown = _as_read(reading) | _shown(found, _extension(decisions))
    if authorization.release is None:
        return AskPerson(found.findings, facts=(found,), shown=shown, taken_back=_taken_back(reading, patient.patient))
    release = authorization.release
    event = ReleaseAuthorized.after(message, bench.clock.now(), release=release.sha256())
    claim = Claim(release.patient.patient_id, release.destination.office_id, beside.previous)
    return Done((event,), facts=(found, release), shown=shown, notes=(_note(release),), claim=claim)


def _about(decisions: list[Decision], patient: Patient | None, destination: Destination | None) -> Rulings:
    """What people have ruled, without what they let go or saw of another patient or another office."""
    ids = (patient.patient_id if patient else "", destination.office_id if destination else "")
    return Rulings.of(one for one in decisions if one.stands_for(*ids))


def _as_called(request: RequestRow, decisions: list[Decision], bench: Bench) -> Destination | None:
    """The row of the directory for which a person called back, as it was found right after; None where none was found yet."""
    confirmed = next((one for one in reversed(decisions) if one.what is DecisionKind.DESTINATION), None)
    if confirmed is None:
        return None
    found = (one.destination for one in bench.store.since(Match, request.id, confirmed))
    return next((office for office in found if office and office.office_id == confirmed.office_id), None)


def _apart(request: RequestRow, bench: Bench) -> bool:
    """Whether it is about one of several patients on a scan; one that was cut out of a scan may still name several."""
    return request.parent is not None and bench.request(request.parent).scan == request.scan


def _may_be_split(count: int, rulings: Rulings, bench: Bench) -> bool:
    """Whether the practice has the machine do it, or a person has looked and accepted it."""
    return bench.settings.policy.families == "split" or together(count).key in rulings.accepts


def _split(message: RequestRead, reading: Reading, bench: Bench) -> Done:
    parts = tuple(Part(part) for part in parts_of(reading))
    return Done((RequestSplit.after(message, bench.clock.now(), parts=len(parts)),), shown=_as_read(reading), parts=parts)


@dataclass(frozen=True)
class _Beside:
    """What stands beside the request in the practice's own records."""

    revocations: tuple[Revocation, ...] = ()
    earlier: tuple[EarlierRelease, ...] = ()
    previous: str = ""


def _beside(request: RequestRow, patient: Patient | None, destination: Destination | None, bench: Bench) -> _Beside:
    if patient is None:
        return _Beside()
    office_id = destination.office_id if destination else None
    since = bench.clock.today() - timedelta(days=bench.settings.policy.same_again_days)
    with bench.store.reading() as connection:
        revocations = tuple(revocations_of(connection, patient.patient_id, office_id))
        if office_id is None:
            return _Beside(revocations)
        earlier = tuple(earlier_releases(connection, request.id, patient.patient_id, office_id, since))
        return _Beside(revocations, earlier, latest_release(connection, request.id, patient.patient_id, office_id))


def _received(request: RequestRow) -> date:
    return datetime.fromisoformat(request.received_at).astimezone().date()


def _taken_back(reading: Reading, patient: Patient | None) -> TakenBack | None:
    """A letter that takes a permission back is recorded as soon as it is certain whose it is."""
    if not reading.revokes or patient is None:
        return None
    return TakenBack(patient.patient_id, reading.value(FieldName.REASON) or "The scan takes an earlier permission back.")


def _extension(decisions: list[Decision]) -> date | None:
    return next((one.until for one in reversed(decisions) if one.what is DecisionKind.EXTEND), None)


def _found(patient: PatientMatch, destination: DestinationMatch, authorization: Authorization) -> Match:
    return Match(
        candidates=patient.candidates,
        patient=patient.patient,
        destination=destination.destination,
        standing=destination.standing,
        destination_evidence=destination.evidence,
        pathway=authorization.pathway,
        why=authorization.why,
        elements=authorization.elements,
        accepted=authorization.accepted,
        due=authorization.due.date,
        due_because=f"{authorization.due.sentence} Source: {authorization.due.source}",
        findings=authorization.findings,
    )


def _as_read(reading: Reading) -> Shown:
    """What the request says of itself: shown until it is known better, and never decided upon."""
    patient, destination = reading.value(FieldName.PATIENT_NAME), reading.value(FieldName.DESTINATION_NAME)
    shown = Shown()
    if patient:
        shown |= Shown(patient=patient)
    if destination:
        shown |= Shown(destination=destination)
    return shown


def _shown(found: Match, extended: date | None) -> Shown:
    shown = Shown()
    if day := extended or found.due:
        shown |= Shown(due=day.isoformat())
    if found.patient:
        shown |= Shown(patient_id=found.patient.patient_id, patient=found.patient.name)
    if destination := found.destination:
        shown |= Shown(
            destination=destination.name,
            channel=destination.channel,
            address=destination.address,
            office_id=destination.office_id,
        )
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
        details={
            "pathway": release.pathway.value,
            "basis": release.basis,
            "scope": release.scope.sentence,
            "decisions": list(release.decisions),
            "identity": [one.model_dump(mode="json") for one in release.identity],
            "repeats": release.repeats,
        },
    )
