"""Who asks, and for whom: only a living adult patient, asking for their own records, is served without a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from pipeline.release import paragraphs
from pipeline.release.case import Case, as_written, finding, years_between
from pipeline.release.states import state_rules
from pipeline.release.wordlists import plain_words
from schemas.reading import FieldName
from schemas.release import Finding, HoldReason

_SELF = frozenset({
    "self", "the self", "patient", "the patient", "myself", "me", "i", "same", "same as above", "same person", "i am the patient",
    "patient self", "self patient", "na", "n a", "none",
})  # fmt: skip
_TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx"})
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv", "junior", "senior"})
SHORTEST_SURNAME_WITH_A_SLIP = 5
SHORTEST_GIVEN_NAME_WITH_A_SLIP = 6
"""Letters. Maria and Mario are two people of one house; from six letters on, first and last letter must be the same besides."""
_ASK_FOR_PAPERS = "Ask for the papers that show the authority (guardianship, power of attorney), and decide by them."


def chart_status(case: Case) -> Iterator[Finding]:
    """A chart marked deceased, deleted or otherwise out of the ordinary: 164.502(g)(4)."""
    if case.patient and case.patient.status.strip().casefold() not in case.policy.harmless_statuses:
        sentence = f"The chart of {case.patient.name} is marked “{case.patient.status}”."
        cure = "If the patient has died, ask for the papers of the executor; otherwise correct the chart."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.DECEASED)


def adult(case: Case) -> Iterator[Finding]:
    """Of age on the day of signing, by the law of the practice's state: 164.502(g)(3)."""
    if not case.patient:
        return
    majority = state_rules().age_of_majority(case.holder.state, case.policy.adult_age)
    signature = case.date_of(FieldName.SIGNATURE_DATE).day
    day = min(signature, case.received_on) if signature else case.received_on
    if years_between(case.patient.date_of_birth, day) < majority:
        born = as_written(case.patient.date_of_birth)
        sentence = f"{case.patient.name} (born {born}) was not yet {majority} when the request was signed."
        cure = "Find out who may act for the patient; a patient who is of age by now signs anew."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.MINOR)


def relationship(case: Case) -> Iterator[Finding]:
    """Anybody but the patient acts by papers, and papers are for a person: 164.502(g), 164.508(c)(1)(vi)."""
    read = case.reading.fields.get(FieldName.REQUESTER_RELATIONSHIP)
    if read and not _says_self(read.value):
        sentence = f"The request is signed by somebody else than the patient (relationship: {read.value})."
        paragraph = f"{paragraphs.REPRESENTATIVE}; {paragraphs.SIGNATURE}"
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, _ASK_FOR_PAPERS, paragraph, read)


def requester_name(case: Case) -> Iterator[Finding]:
    """Whoever printed the name under the signature is the patient: 164.514(h)(1)."""
    read = case.reading.fields.get(FieldName.REQUESTER_NAME)
    if not read or _says_self(read.value) or _is_the_patient(case, read.value):
        return
    if read.confidence < case.policy.text_confidence:
        sentence = f"It could not be read with certainty who asks; it looks like {read.value}."
        yield finding(HoldReason.UNREADABLE, sentence, "Look at the printed name on the scan.", paragraphs.VERIFY, read)
    else:
        sentence = f"The name under the signature ({read.value}) is not the patient's."
        paragraph = f"{paragraphs.VERIFY}; {paragraphs.REPRESENTATIVE}"
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, _ASK_FOR_PAPERS, paragraph, read)


def same_person(one: str, other: str) -> bool:
    """Whether two names in spoken order can be the same person's, allowing a slip and a missing middle name, no more."""
    (first, first_generation), (second, second_generation) = _name(one), _name(other)
    if len(first) < 2 or len(second) < 2 or first_generation != second_generation:
        return False
    surnames = _alike(first[-1], second[-1], SHORTEST_SURNAME_WITH_A_SLIP)
    return surnames and _same_given(first[0], second[0]) and _middles_agree(first[1:-1], second[1:-1])


def _says_self(text: str) -> bool:
    plain = plain_words(text)
    return plain in _SELF or (len(plain) == len("self") and OSA.distance(plain, "self") == 1)


def _is_the_patient(case: Case, name: str) -> bool:
    """Whether a name is one of the patient's, and its middle name none that the chart contradicts."""
    if not any(same_person(name, known) for known in _names_of_the_patient(case)):
        return False
    if not case.patient:
        return True
    middle = [w for w in _name(name)[0][1:-1] if w not in plain_words(case.patient.other_names).split()]
    return _middles_agree(middle, plain_words(case.patient.middle_name).split())


def _names_of_the_patient(case: Case) -> Iterator[str]:
    """As read on the request and as in the chart, each other name as a surname too."""
    if said := case.reading.value(FieldName.PATIENT_NAME):
        yield said
    if case.patient:
        yield case.patient.name
        for other in re.split(r"[,;/]", case.patient.other_names):
            yield f"{case.patient.first_name} {other}"


def _name(text: str) -> tuple[list[str], str]:
    """The words of a name in spoken order, and its generation."""
    last, comma, rest = text.partition(",")
    turned = f"{rest} {last}" if comma and not set(plain_words(rest).split()) <= _GENERATIONS else text
    said = [w for w in plain_words(turned).split() if w not in _TITLES]
    generation = next((w for w in said if w in _GENERATIONS), "")
    return [w for w in said if w not in _GENERATIONS], {"junior": "jr", "senior": "sr"}.get(generation, generation)


def _alike(one: str, other: str, shortest: int) -> bool:
    return one == other or (min(len(one), len(other)) >= shortest and OSA.distance(one, other, score_cutoff=1) <= 1)


def _same_given(one: str, other: str) -> bool:
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    ends = (one[0], one[-1]) == (other[0], other[-1])
    return one == other or (ends and _alike(one, other, SHORTEST_GIVEN_NAME_WITH_A_SLIP))


def _middles_agree(one: list[str], other: list[str]) -> bool:
    return not one or not other or one[0][0] == other[0][0]
