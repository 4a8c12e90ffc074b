"""The decision: a release, or every reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.release import (
    deadlines,
    identity,
    notices,
    parties,
    pathways,
    people,
    pointing,
    purposes,
    scopes,
    second,
    standing,
    treatment,
)
from pipeline.release.basis import basis_of, requester_of
from pipeline.release.case import NOBODY, Case, Rule, findings_of
from pipeline.release.deadlines import Due
from pipeline.release.elements import looks_of
from pipeline.release.families import split
from pipeline.release.policy import Policy
from schemas.decision import Rulings
from schemas.reading import FieldName, Reading
from schemas.release import Destination, EarlierRelease, Element, Finding, PathwayName, Patient, Practice, Release, Revocation

BEFORE: tuple[Rule, ...] = (standing.revoked, standing.takes_back, notices.notices)
"""What stands against any copy at all; told first."""

AFTER: tuple[Rule, ...] = (
    people.chart_status,
    people.adult,
    split,
    purposes.words_for_a_person,
    pointing.kind_for_a_person,
    pointing.always_a_person,
    purposes.protected,
    treatment.whose_signature,
    treatment.without_signature,
    parties.needs_a_person,
    parties.picked_up,
    identity.compared,
    standing.asked_before,
)
"""What asks for a person whatever the pathway. Between the two, the elements of the pathway are looked at (`elements.RULES`).

Each rule only ever adds findings: none can excuse another's. What is not among them, and never may be: money. An unpaid balance
holds no release (164.524(c)(4); ADA Code 1.B.1).
"""

LAST: tuple[Rule, ...] = (second.second_person,)
"""What is asked only where nothing else stands against the copy: whoever agrees has seen all of it."""


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
    apart: bool = False,
) -> Authorization:
    """Whether the copy may leave for `destination` today.

    `already` are the findings of matching: they come first and hold like any other, so that the clerk sees all that is wrong
    at once. `reading` is what people have corrected already; `rulings` let go what may be let go, and choose the pathway.
    `one_of` is how many patients the scan names, this one among them; `apart`: it has been taken apart. Days are those of the
    practice's own clock.
    """
    case = Case(
        reading, patient, destination, today, received_on, at, policy, holder,
        tuple(already), tuple(revocations), tuple(earlier), rulings, one_of, apart,
    )  # fmt: skip
    pathway, why = pathways.decided(case)
    case = replace(case, pathway=pathway)
    looks = looks_of(case)
    looked = tuple(found for look in looks for found in look.findings)
    found = (*case.already, *findings_of(BEFORE, case), *looked, *findings_of(AFTER, case))
    accepted = tuple(f for f in found if case.lets_go(f))
    findings = tuple(f for f in found if not case.lets_go(f)) or _unseconded(case)
    release = None if findings or patient is None or destination is None else _release(case, patient, destination)
    elements = tuple(look.element(case) for look in looks)
    return Authorization(findings, release, pathway, why, elements, accepted, deadlines.due(received_on, holder.state, pathway))


def _unseconded(case: Case) -> tuple[Finding, ...]:
    """What the second person has still to agree to, once nothing else stands against the copy."""
    return tuple(f for f in findings_of(LAST, case) if f.key != case.rulings.agreed)


def _release(case: Case, patient: Patient, destination: Destination) -> Release:
    repeated = standing.repeated(case)
    return Release(
        patient=patient,
        destination=destination,
        requester=requester_of(case, patient, destination),
        pathway=case.pathway,
        scope=scopes.scope_of(case),
        requested_on=case.requested_on,
        basis=basis_of(case, patient, destination),
        expires=case.date_of(FieldName.EXPIRY_DATE).day,
        leaving=purposes.is_leaving(case),
        purpose=case.reading.value(FieldName.PURPOSE) or "",
        reason=case.reading.value(FieldName.REASON) or "",
        decided_by=", ".join(filter(None, (*case.rulings.by, case.rulings.seconded))) or "policy",
        decisions=case.rulings.sentences,
        identity=identity.evidence_of(case),
        repeats=repeated.request_id if repeated else None,
    )
