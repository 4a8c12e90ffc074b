"""Several patients on one request: one release each, and each asks for the signature of its own patient."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.asking import is_minor, surely_the_patient
from pipeline.release.case import Case, finding
from pipeline.release.needs import needs_of
from schemas.release import Finding, HoldReason


def signed_by_this_one(case: Case) -> Iterator[Finding]:
    """One signature belongs to one person: 164.514(h)(1). For the others it is nothing, or a representative's.

    For a minor a person may let it go, with papers; where the pathway asks for no signature at all, too.
    """
    if case.one_of < 2 or surely_the_patient(case):
        return
    name = case.patient.name if case.patient else "this patient"
    sentence = f"The request names {case.one_of} patients, and it is not certain that {name} signed it."
    minor = is_minor(case)
    if not needs_of(case.pathway).asks_for("signature"):
        cure = "Look whether the request means this patient too; if it does, accept."
    elif minor:
        cure = "See who may act for the minor, note it under identity, and accept."
    else:
        cure = "Ask this patient for a request of their own; if the printed name under the signature is theirs, correct it."
    settled = minor or not needs_of(case.pathway).asks_for("signature")
    yield finding(HoldReason.SEVERAL_PATIENTS, sentence, cure, paragraphs.VERIFY, acceptable=settled)


def split(case: Case) -> Iterator[Finding]:
    """Whether a request of several patients may be taken apart without a person, the practice says."""
    if case.one_of > 1 and case.policy.families == "hold" and not case.apart:
        yield together(case.one_of)


def together(count: int) -> Finding:
    """What holds a request of so many patients in such a practice. Whoever accepts it takes the request apart."""
    sentence = f"The request names {count} patients, and this practice has a person look at such requests."
    cure = "Look whether each of them is meant; if so, accept: each gets a request of their own, and is judged by itself."
    found = finding(HoldReason.SEVERAL_PATIENTS, sentence, cure, paragraphs.VERIFY, acceptable=True)
    return found.model_copy(update={"rule": "families.split"})
