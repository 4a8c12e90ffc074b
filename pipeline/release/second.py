"""The second person, where the practice's policy asks for one before a copy leaves, or somebody who has decided on it does.

It is asked last, when nothing else stands against the release, so that both have looked at the same. The first is whoever
decided anything on the request or, where nobody had to, the program. 45 CFR 164.530(c)(1) asks for safeguards, and leaves it to
the practice which.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, finding
from schemas.release import Finding, HoldReason, OfficeKind, PathwayName

_ALWAYS_THIRD = frozenset({PathwayName.THIRD_PARTY, PathwayName.LEGAL_PROCESS, PathwayName.PAYMENT})


def second_person(case: Case) -> Iterator[Finding]:
    """Held until somebody who has decided nothing on it agrees.

    The sentence says whose copy goes where: whoever agrees to it has not agreed to what becomes of it when the directory or the
    roster changes in the meantime.
    """
    if not _is_asked(case) or not (case.patient and case.destination):
        return
    patient, place = case.patient, case.destination
    first = " and ".join(case.rulings.by)
    who = f"somebody other than {first}" if first else "a person"
    yield finding(
        HoldReason.PATHWAY_UNCLEAR,
        f"Everything is in order; {who} must agree before the copy of {patient.name} ({patient.patient_id}) leaves for "
        f"{place.name}, by {place.channel} to {place.address}.",
        "Look at the scan, the patient, the destination and what was decided, and agree; or decide otherwise.",
        paragraphs.SAFEGUARDS,
    )


def _is_asked(case: Case) -> bool:
    """Whether the policy asks for it, or whoever has decided on this one does. An office of which nobody knows what it is counts
    as a third party.
    """
    if case.rulings.asks_second:
        return True
    if case.policy.second_person != "third_party":
        return case.policy.second_person == "all"
    if case.pathway in _ALWAYS_THIRD or case.destination is None:
        return True
    kind = case.destination.kind
    return not (case.pathway is PathwayName.TREATMENT or kind.treats or kind is OfficeKind.PATIENT)
