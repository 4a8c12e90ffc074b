"""A copy for treatment: who treats, who asks, and what the practice sends without the patient's signature.

164.506(c)(2) asks for no authorization, and a practice's own rule may: many send unasked only to the specialists whom they
refer their own patients to, and want a signed request before they send to a new dentist.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.asking import asked_by_a_provider, is_sure
from pipeline.release.case import Case, finding
from pipeline.release.wordlists import word_lists
from schemas.reading import Choice, FieldName
from schemas.release import Finding, HoldReason, OfficeKind, PathwayName


def for_treatment(case: Case) -> str | None:
    """The words of the purpose, or the box, that say that the copy is for treatment. Why a patient leaves says nothing of it."""
    read = case.reading.fields.get(FieldName.PURPOSE)
    if read and is_sure(case, read) and (found := word_lists().says_treatment(read.value)):
        return found
    tick = case.ticks("purpose").get(Choice.PURPOSE_CONTINUING_CARE)
    return "continuing care" if tick and tick.confidence >= case.policy.tick_confidence else None


def without_signature(case: Case) -> Iterator[Finding]:
    """To whom a copy for treatment goes without the patient's signature and without a person, the practice says."""
    if case.pathway is not PathwayName.TREATMENT or case.destination is None:
        return
    kind, allowed = case.destination.kind, case.policy.treatment_without_signature
    if (allowed == "specialists" and kind is OfficeKind.SPECIALIST) or (allowed == "providers" and kind.treats):
        return
    whom = {"specialists": "only to its own specialists", "never": "to nobody", "providers": "only to who treats"}[allowed]
    sentence = f"The patient has not signed, and this practice sends copies for treatment {whom} without a person."
    cure = "The law asks for no signature here: if the office treats the patient, accept; or ask the patient to sign a request."
    yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.TREATMENT, acceptable=True)


def whose_signature(case: Case) -> Iterator[Finding]:
    """A provider's letter bears the provider's signature, which is not the patient's: 164.514(h)(1)."""
    if case.pathway is PathwayName.TREATMENT:
        return
    if words := asked_by_a_provider(case):
        sentence = f"A provider seems to ask (“{words}”), so the signature may not be the patient's."
        cure = (
            "If the patient signed, correct the name under the signature. If the office treats the patient, say so in the "
            "directory (kind), or put the request on the pathway of treatment."
        )
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.VERIFY)
