"""The decision: a release, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.release import notices, paragraphs, parties, pathways, people, purposes, scopes, signing
from pipeline.release.case import Case, Rule, as_written
from pipeline.release.deadlines import Due, due
from pipeline.release.policy import Policy
from schemas.decision import Rulings
from schemas.reading import FieldName, Reading
from schemas.release import (
    Destination,
    EarlierRelease,
    Element,
    Finding,
    HoldReason,
    PathwayName,
    Patient,
    Practice,
    Release,
    Requester,
    Revocation,
)

NOBODY = Rulings()
"""No person has decided anything yet."""

RULES: tuple[Rule, ...] = (
    signing.signed,
    signing.signature_date,
    signing.expiry_date,
    signing.expiry_event,
    notices.notices,
    people.relationship,
    people.requester_name,
    people.chart_status,
    people.adult,
    purposes.words_for_a_person,
    purposes.purpose_boxes,
    parties.asked_of_us,
    parties.not_to_us,
    parties.trusted,
    parties.picked_up,
    scopes.says_something,
    scopes.clear_boxes,
    scopes.clear_dates,
    pathways.elements_of_an_authorization,
)
"""All of them, in the order in which a clerk reads a form. Each only ever adds findings: no rule can excuse another's.

What is not among them, and never may be: money. An unpaid balance holds no release (164.524(c)(4); ADA Code 1.B.1).
"""


@dataclass(frozen=True, slots=True)
class Authorization:
    """Either findings or a release, never both, never neither."""

    findings: tuple[Finding, ...]
    release: Release | None
    pathway: PathwayName
    """Where the request seems to belong, also where it is held."""
    why: str
    """Why there, in a sentence."""
    elements: tuple[Element, ...]
    """What the pathway asks for, one by one."""
    accepted: tuple[Finding, ...]
    """What a person has looked at and let go."""
    due: Due


def authorize(
    reading: Reading,
    patient: Patient | None,
    destination: Destination | None,
    *,
    today: date,
    received_on: date,
    at: datetime,
    policy: Policy,
    holder: Practice,
    already: Sequence[Finding] = (),
    revocations: Sequence[Revocation] = (),
    earlier: Sequence[EarlierRelease] = (),
    rulings: Rulings = NOBODY,
    one_of: int = 1,
) -> Authorization:
    """Whether the copy may leave for `destination` today.

    `already` are the findings of matching: they come first and hold like any other, so that the clerk sees all that is wrong
    at once. Days are those of the practice's own clock.
    """
    case = Case(reading, patient, destination, today, received_on, policy, holder)
    found = (
        *already,
        *_unmatched(case, already),
        *_held_in_any_case(case, revocations, earlier, one_of),
        *(found for rule in RULES for found in rule(case)),
    )
    accepted = tuple(f for f in found if f.acceptable and f.key in rulings.accepts)
    findings = tuple(f for f in found if f not in accepted)
    pathway = rulings.pathway or pathways.pathway_of(case)
    told = Authorization(findings, None, pathway, "", (), accepted, due(received_on, holder.state, pathway))
    if findings or patient is None or destination is None:
        return told
    return replace(told, release=_release(case, patient, destination, pathway))


def _held_in_any_case(
    case: Case, revocations: Sequence[Revocation], earlier: Sequence[EarlierRelease], one_of: int
) -> Iterator[Finding]:
    office_id = case.destination.office_id if case.destination else ""
    for revocation in revocations:
        if case.patient and revocation.patient_id == case.patient.patient_id and revocation.stops(office_id):
            sentence = f"The permission was taken back on {as_written(revocation.at.date())}."
            yield Finding(reason=HoldReason.REVOKED, rule="standing.revoked", sentence=sentence, paragraph=paragraphs.REVOKED)
    if earlier:
        sentence = f"The same records went to the same place before: {earlier[-1].request_id}."
        yield Finding(reason=HoldReason.ASKED_BEFORE, rule="standing.asked_before", acceptable=True, sentence=sentence)
    if one_of > 1:
        sentence = "Several people are named, and it is not certain that this patient signed."
        yield Finding(reason=HoldReason.SEVERAL_PATIENTS, rule="people.one_of_several", sentence=sentence)


def _unmatched(case: Case, already: Sequence[Finding]) -> tuple[Finding, ...]:
    """Without a patient or a destination nothing leaves, even where nobody has said why there is none."""
    if already or (case.patient and case.destination):
        return ()
    reason, what = (HoldReason.NO_PATIENT, "patient") if case.patient is None else (HoldReason.DESTINATION_UNKNOWN, "destination")
    sentence, cure = f"No {what} is known for this request.", f"Find the {what} in the scan and in the practice's tables."
    return (Finding(reason=reason, sentence=sentence, cure=cure, paragraph=paragraphs.VERIFY),)


def _release(case: Case, patient: Patient, destination: Destination, pathway: PathwayName) -> Release:
    return Release(
        patient=patient,
        destination=destination,
        requester=Requester(name=patient.name),
        pathway=pathway,
        scope=scopes.scope_of(case),
        requested_on=case.requested_on,
        basis=pathways.basis_of(case, patient, destination),
        expires=case.date_of(FieldName.EXPIRY_DATE).day,
        leaving=purposes.is_leaving(case),
        purpose=case.reading.value(FieldName.PURPOSE) or "",
        reason=case.reading.value(FieldName.REASON) or "",
    )
