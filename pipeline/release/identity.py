"""How it was verified who asks, and by what authority: 164.514(h). The rule prescribes no method, and asks for one.

The machine compares what the signed request says of the patient with the chart. Where somebody acts for the patient, or a third
party or an authority asks, that says nothing: a person sees the papers, calls back, compares the signature, and notes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.release import paragraphs
from pipeline.release.asking import is_deceased, is_minor, surely_the_patient
from pipeline.release.case import Case, finding
from pipeline.release.names import same_person
from pipeline.release.needs import needs_of
from pipeline.release.people import relationship, requester_name
from pipeline.release.pointing import pathways_pointed_to
from pipeline.release.wordlists import plain_words
from schemas.reading import FieldName
from schemas.release import Finding, HoldReason, IdentityEvidence, IdentityMethod, PathwayName

PAPERS = frozenset({IdentityMethod.AUTHORITY_PAPERS})
PARENT = PAPERS | {IdentityMethod.KNOWN}
"""A parent whom the practice knows: authority need not be proven where it is known (164.514(h)(1)(i))."""
OFFICIAL = frozenset({IdentityMethod.AUTHORITY_PAPERS, IdentityMethod.CALL_BACK, IdentityMethod.PHOTO_ID})
"""The paper itself, a badge, or a call to the authority: 164.514(h)(2)."""
ANY = frozenset(IdentityMethod) - {IdentityMethod.CHART_COMPARED, IdentityMethod.PROVIDER_KNOWN}
"""Whatever a person has seen or done."""
_TAKEN_BY_OTHERS = frozenset({PathwayName.LEGAL_PROCESS, PathwayName.THIRD_PARTY, PathwayName.DECEASED})
"""Where somebody else than the patient has a use for the records."""
STATION = "match"
_METHODS = {
    IdentityMethod.PHOTO_ID: "a photo ID",
    IdentityMethod.SIGNATURE_COMPARED: "the signature compared with one on file",
    IdentityMethod.CALL_BACK: "a call back on a number that is not from the request",
    IdentityMethod.KNOWN: "that the person is known to the practice",
    IdentityMethod.AUTHORITY_PAPERS: "the papers",
}


def demands(case: Case) -> tuple[tuple[str, frozenset[IdentityMethod]], ...]:
    """What a person must have seen before this copy leaves, and which methods show it; nothing where the patient asks alone."""
    return tuple(dict(_demands(case)).items())


def _demands(case: Case) -> Iterator[tuple[str, frozenset[IdentityMethod]]]:
    pointed, pathway = pathways_pointed_to(case), case.pathway
    if pathway is PathwayName.DECEASED or is_deceased(case):
        yield "the papers of whoever acts for the deceased patient", PAPERS
    if pathway is PathwayName.LEGAL_PROCESS:
        yield "the paper, or of the authority that asks", OFFICIAL
    elif pathway is PathwayName.THIRD_PARTY or not _TAKEN_BY_OTHERS.isdisjoint(pointed):
        yield "the person who signed", ANY
    if not needs_of(pathway).asks_for("signature"):
        return
    if is_minor(case):
        yield "who may act for the minor", PARENT
    elif any(relationship(case)):
        yield "the papers of whoever acts for the patient", PAPERS
    elif any(requester_name(case)) or (pathway is PathwayName.PATIENT_ACCESS and not case.surely_signed):
        yield "the person who asks", ANY


def says_authority(case: Case) -> str | None:
    """What was seen, where something had to be."""
    seen = [evidence.what for _, fitting in demands(case) for evidence in case.rulings.identity if evidence.method in fitting]
    return " ".join(dict.fromkeys(_sentence(what) for what in seen)) or None


def noted(case: Case) -> Iterator[Finding]:
    """Authority is verified, and what was seen of it is noted, before a disclosure: 164.514(h)(1)."""
    yield from _not_noted(case, lambda methods: methods != ANY)


def signer_noted(case: Case) -> Iterator[Finding]:
    """So is who signed, where no paper shows it: 164.514(h)(1)."""
    yield from _not_noted(case, lambda methods: methods == ANY)


def _not_noted(case: Case, these: Callable[[frozenset[IdentityMethod]], bool]) -> Iterator[Finding]:
    for what, fitting in demands(case):
        if these(fitting) and not any(evidence.method in fitting for evidence in case.rulings.identity):
            methods = " or ".join(_METHODS[method] for method in IdentityMethod if method in fitting)
            sentence = f"It is not noted what was seen of {what}."
            cure = f"Note under identity what you have seen: {methods}."
            yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.AUTHORITY)


def compared(case: Case) -> Iterator[Finding]:
    """Every release says how it was verified who asks; where nothing on the request agrees with the chart, a person does."""
    if case.patient and not agreeing(case) and not case.rulings.identity:
        sentence = f"Nothing that the request says of {case.patient.name} agrees with the chart."
        cure = "Verify that this patient is meant, and note under identity how."
        yield finding(HoldReason.PATIENT_DIFFERS, sentence, cure, paragraphs.VERIFY)


def evidence_of(case: Case) -> tuple[IdentityEvidence, ...]:
    """How it was verified: what the machine compared, and what people noted."""
    return (*(IdentityEvidence(method=m, what=w, who=STATION, at=case.at) for m, w in _by_machine(case)), *case.rulings.identity)


def _by_machine(case: Case) -> Iterator[tuple[IdentityMethod, str]]:
    if agreed := agreeing(case):
        *most, last = agreed
        what = f"{', '.join(most)} and {last}" if most else last
        signed = "; the request is signed" if case.surely_signed else ""
        sentence = f"{what} on the request {'agree' if most else 'agrees'} with the chart{signed}."
        yield IdentityMethod.CHART_COMPARED, sentence[0].upper() + sentence[1:]
    if (page := case.reading.photo_id) and (case.one_of < 2 or surely_the_patient(case)):
        yield IdentityMethod.PHOTO_ID, f"A copy of a photo ID is page {page} of the scan."
    if case.pathway is PathwayName.TREATMENT and case.destination:
        kind = case.destination.kind.value
        yield IdentityMethod.PROVIDER_KNOWN, f"{case.destination.name} is an office that the directory trusts ({kind})."


def agreeing(case: Case) -> tuple[str, ...]:
    """What the request says of the patient and the chart says too."""
    patient, said = case.patient, case.reading.value
    if patient is None:
        return ()
    pairs = (
        ("name", same_person(said(FieldName.PATIENT_NAME) or "", patient.name)),
        ("birth date", said(FieldName.PATIENT_DOB) == patient.date_of_birth.isoformat()),
        ("phone", _same(said(FieldName.PATIENT_PHONE), patient.phone)),
        ("e-mail", _same(said(FieldName.PATIENT_EMAIL), patient.email)),
        ("street", _same(said(FieldName.PATIENT_STREET), patient.street)),
        ("chart number", _same(said(FieldName.PATIENT_CHART_NUMBER), patient.patient_id)),
    )
    return tuple(what for what, agrees in pairs if agrees)


def _same(one: str | None, other: str) -> bool:
    return bool(one) and plain_words(one or "").replace(" ", "") == plain_words(other).replace(" ", "")


def _sentence(text: str) -> str:
    return text if text.rstrip().endswith(".") else f"{text.rstrip()}."
