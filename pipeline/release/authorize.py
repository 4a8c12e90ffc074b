"""The decision: a release, or every reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.release import notices, paragraphs, parties, pathways, people, purposes, scopes, signing
from pipeline.release.case import Case, Rule
from pipeline.release.policy import Policy
from schemas.reading import FieldName, Reading
from schemas.release import Destination, Finding, HoldReason, PathwayName, Patient, Practice, Release, Requester

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


def authorize(
    reading: Reading,
    patient: Patient | None,
    destination: Destination | None,
    *,
    today: date,
    received_on: date,
    policy: Policy,
    holder: Practice,
    already: Sequence[Finding] = (),
) -> Authorization:
    """Whether the copy may leave for `destination` today.

    `already` are the findings of matching: they come first and hold like any other, so that the clerk sees all that is wrong
    at once. Days are those of the practice's own clock.
    """
    case = Case(reading, patient, destination, today, received_on, policy, holder)
    findings = (*already, *_unmatched(case, already), *(found for rule in RULES for found in rule(case)))
    pathway = pathways.pathway_of(case)
    if findings or patient is None or destination is None:
        return Authorization(findings, None, pathway)
    return Authorization((), _release(case, patient, destination, pathway), pathway)


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
