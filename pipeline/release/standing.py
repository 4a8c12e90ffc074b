"""What happened before this request: a permission taken back, a copy that went already."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, as_written, finding
from schemas.release import EarlierRelease, Finding, HoldReason, Revocation

_PARAGRAPH = f"{paragraphs.REVOKED}; {paragraphs.REVOCATION}"
_ENDED = frozenset({"closed", "withdrawn", "rejected"})


def revoked(case: Case) -> Iterator[Finding]:
    """A permission that was taken back stands against every copy, until a person lifts it: 164.508(b)(2)(iii)."""
    office_id = case.destination.office_id if case.destination else ""
    for revocation in case.revocations:
        if case.patient and revocation.patient_id == case.patient.patient_id and revocation.stops(office_id):
            cure = "Send nothing. If the patient has given a new permission since, lift the revocation, and say who told you so."
            yield finding(HoldReason.REVOKED, _told(revocation, case), cure, _PARAGRAPH)


def takes_back(case: Case) -> Iterator[Finding]:
    """A paper that takes a permission back asks for nothing: 164.508(b)(5)."""
    if case.reading.revokes:
        sentence = "This paper takes an earlier permission back, and asks for no copy."
        yield finding(HoldReason.REVOKED, sentence, "Record the revocation, and withdraw this request.", _PARAGRAPH)


def asked_before(case: Case) -> Iterator[Finding]:
    """The same patient's records to the same place, within the window of the policy: a person says whether it is meant.

    The sentence does not say where the earlier one stands: that changes, and what a person let go must stay let go.
    """
    if not (before := repeated(case)):
        return
    where = case.destination.name if case.destination else "the same place"
    sentence = (
        f"A copy for {where} was let go on {as_written(before.on)} ({before.request_id}). This request may be the same one again."
    )
    cure = "Look at both side by side: if the patient asks anew, accept; if it is the same request, withdraw this one."
    yield finding(HoldReason.ASKED_BEFORE, sentence, cure, paragraphs.VERIFY, acceptable=True)


def repeated(case: Case) -> EarlierRelease | None:
    """The latest earlier release within the window, if there is one."""
    window = [e for e in case.earlier if _is_of_late(e, case)]
    return max(window, key=lambda e: (e.on, e.request_id), default=None)


def _is_of_late(before: EarlierRelease, case: Case) -> bool:
    """Whether it left within the window, or is still to leave: one may have waited long after it was let go."""
    if before.delivered_on is None and before.state not in _ENDED:
        return True
    return (case.today - (before.delivered_on or before.on)).days <= case.policy.same_again_days


def _told(revocation: Revocation, case: Case) -> str:
    told = f"{revocation.how}, noted by {revocation.who}"
    limited = f" for {case.destination.name}" if revocation.office_id and case.destination else ""
    return f"The patient took the permission back{limited} on {as_written(revocation.at.astimezone().date())} ({told})."
