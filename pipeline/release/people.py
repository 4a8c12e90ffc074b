"""Who asks, and for whom: only a living adult patient, asking for their own records, is served without a person."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.asking import another, is_a_provider, is_minor, is_sure, is_the_patient, majority, says_self
from pipeline.release.case import Case, as_written, finding
from schemas.reading import FieldName, ReadField, Reading
from schemas.release import Finding, HoldReason, PathwayName

_ASK_FOR_PAPERS = (
    "Ask for the papers that show the authority (guardianship, power of attorney), note them under identity, and accept. If it "
    "was misread, correct it."
)


def says_patient(case: Case) -> str | None:
    """Whose records."""
    patient = case.patient
    return f"The records of {patient.name}, born {as_written(patient.date_of_birth)}." if patient else None


def no_patient(case: Case) -> Iterator[Finding]:
    """Without a patient nothing leaves, even where nobody has said why there is none."""
    if all(case.lets_go(found) for found in case.already):
        cure = "Find the patient in the scan and in the roster, and choose them."
        yield finding(HoldReason.NO_PATIENT, "No patient is known for this request.", cure, paragraphs.VERIFY)


def chart_status(case: Case) -> Iterator[Finding]:
    """A chart marked deceased, deleted or otherwise out of the ordinary: 164.502(g)(4)."""
    if case.patient and case.patient.status.strip().casefold() not in case.policy.harmless_statuses:
        sentence = f"The chart of {case.patient.name} is marked “{case.patient.status}”."
        cure = (
            "If the patient has died, ask for the papers of the executor, note them under identity, and accept; if not, correct "
            "the chart."
        )
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.DECEASED, acceptable=True)


def adult(case: Case) -> Iterator[Finding]:
    """Of age on the day of signing, by the law of the practice's state: 164.502(g)(3)."""
    if case.patient and is_minor(case):
        born = as_written(case.patient.date_of_birth)
        sentence = f"{case.patient.name} (born {born}) was not yet {majority(case)} when the request was signed."
        cure = (
            "Find out who may act for the patient, note it under identity, and accept; a patient who is of age by now signs anew."
        )
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.MINOR, acceptable=True)


def says_who_asks(case: Case) -> str:
    """Who asks, as far as the page says."""
    if asks := another(case):
        return f"Asked for by {asks}."
    if case.pathway is PathwayName.TREATMENT and case.destination:
        return f"Asked for by {case.destination.name}."
    return "The patient asks; nobody else is named."


def beside_the_signature(reading: Reading) -> tuple[ReadField | None, ReadField | None]:
    """Name and relationship of whoever signed: as the signed page says, where another page is a letter of somebody who asks."""
    there = reading.fields.get(FieldName.SIGNER_NAME), reading.fields.get(FieldName.SIGNER_RELATIONSHIP)
    return (
        there
        if any(there)
        else (reading.fields.get(FieldName.REQUESTER_NAME), reading.fields.get(FieldName.REQUESTER_RELATIONSHIP))
    )


def asked_by_another(case: Case) -> Iterator[Finding]:
    """One asks and another has signed: the signed page must be a permission for whoever asks. 164.514(h)(1).

    An attorney's letter with the patient's form behind it is in order; two papers that lay on one another by chance are not.
    """
    asks = case.reading.fields.get(FieldName.REQUESTER_NAME) or case.reading.fields.get(FieldName.REQUESTER_RELATIONSHIP)
    if asks and beside_the_signature(case.reading)[0] is not case.reading.fields.get(FieldName.REQUESTER_NAME) and another(case):
        sentence = f"{another(case)} asks, and the signed page is somebody else's."
        cure = "Look whether the signed page belongs to this request, and allows what is asked; if so, accept."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.VERIFY, asks, acceptable=True)


def relationship(case: Case) -> Iterator[Finding]:
    """Anybody but the patient acts by papers, and papers are for a person: 164.502(g), 164.508(c)(1)(vi)."""
    read = beside_the_signature(case.reading)[1]
    if read and not says_self(read.value) and not _a_provider_may_ask(case, read):
        sentence = f"The request is signed by somebody else than the patient (relationship: {read.value})."
        paragraph = f"{paragraphs.REPRESENTATIVE}; {paragraphs.SIGNATURE}"
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, _ASK_FOR_PAPERS, paragraph, read, acceptable=True)


def requester_name(case: Case) -> Iterator[Finding]:
    """Whoever printed the name under the signature is the patient: 164.514(h)(1)."""
    read = beside_the_signature(case.reading)[0]
    if not read or says_self(read.value) or is_the_patient(case, read.value) or _a_provider_may_ask(case, read):
        return
    if read.confidence < case.policy.text_confidence:
        sentence = f"It could not be read with certainty who asks; it looks like {read.value}."
        cure = (
            "Look at the printed name on the scan, and correct it. If nobody can read it, verify who asks, note it under "
            "identity, and accept."
        )
        yield finding(HoldReason.UNREADABLE, sentence, cure, paragraphs.VERIFY, read, acceptable=True)
    else:
        sentence = f"The name under the signature ({read.value}) is not the patient's."
        paragraph = f"{paragraphs.VERIFY}; {paragraphs.REPRESENTATIVE}"
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, _ASK_FOR_PAPERS, paragraph, read, acceptable=True)


def who_wrote(case: Case) -> Iterator[Finding]:
    """Under a letter stands whoever wrote it, and no printed label says that it is the patient: 164.514(h)(1).

    "Please send my son's records", with the son in the first line, is signed by his mother.
    """
    if case.reading.letter and case.reading.value(FieldName.REQUESTER_NAME) is None:
        sentence = "This is a letter, and it could not be read whose name stands under it."
        cure = "Look who has signed, and correct requester.name; if it is not the patient, ask for the papers."
        yield finding(HoldReason.UNREADABLE, sentence, cure, f"{paragraphs.VERIFY}; {paragraphs.SIGNATURE}")


def _a_provider_may_ask(case: Case, read: ReadField) -> bool:
    """A copy for treatment is asked for by whoever treats."""
    return case.pathway is PathwayName.TREATMENT and is_sure(case, read) and is_a_provider(case, read)
