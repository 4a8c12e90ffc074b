"""Whether the patient's permission still stands: asked before every step, and once more at the moment of handing over.

A permission may be taken back at any time (45 CFR 164.508(b)(5)), also when the set has been gathered and copied already.
"""

from __future__ import annotations

from pipeline.errors import NeedsPerson
from pipeline.store.store import RequestRow
from schemas.messages import CopyMade, CopyVerified, RecordSetGathered, ReleaseAuthorized
from schemas.release import Finding, HoldReason, Release, Revocation
from workers.bench import Bench

STOPPED_BY_A_REVOCATION = (ReleaseAuthorized, RecordSetGathered, CopyMade, CopyVerified)
"""The messages before which the runner looks. `RequestRead` is judged by the rules of release, which tell all that is wrong at
once; `DeliveryIntended` by `begin_handing_over`, for it alone can tell what came first."""


def still_permitted(request: RequestRow | None, bench: Bench) -> None:
    """Raises NeedsPerson where the patient has taken the permission back."""
    if request is None or request.patient_id is None:
        return
    found = bench.store.revocations(request.patient_id, request.office_id or "")
    if found:
        raise NeedsPerson(*(finding(one) for one in found))


def begin_handing_over(release: Release, bench: Bench) -> None:
    """The last look: from here on a revocation comes too late, and whoever records it is told so.

    Raises NeedsPerson where one came first; Conflict where the request was changed since this attempt began.
    """
    request = bench.begun
    with bench.store.unit() as unit:
        patient_id, office_id = release.patient.patient_id, release.destination.office_id
        found = unit.begin_handing_over(request.id, request.revision, patient_id, office_id)
    if found:
        raise NeedsPerson(*(finding(one) for one in found))


def finding(revocation: Revocation) -> Finding:
    """What a revocation says to the clerk."""
    where = f" for {revocation.office_id}" if revocation.office_id else ""
    day = f"{revocation.at.astimezone():%m/%d/%Y}"
    return Finding(
        reason=HoldReason.REVOKED,
        rule="permitted.revoked",
        sentence=f"The patient took the permission{where} back on {day} (revocation {revocation.id}, {revocation.how}).",
        cure="Nothing may leave. Withdraw the request; or, if the patient has signed a new request since then, lift the "
        f"revocation: chartrelay lift {revocation.id} --who NAME --why TEXT.",
        paragraph="45 CFR 164.508(b)(5); 45 CFR 164.508(b)(2)(iii)",
    )
