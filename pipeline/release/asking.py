"""Who asks, as far as the page says: the patient, somebody for the patient, or a provider; and for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from pipeline.release.case import Case, years_between
from pipeline.release.names import given_name, middles_agree, middles_of, same_person
from pipeline.release.states import state_rules
from pipeline.release.wordlists import plain_words, word_lists
from schemas.reading import FieldName, ReadField
from schemas.release import OfficeKind

_SELF = frozenset({
    "self", "the self", "patient", "the patient", "myself", "me", "i", "same", "same as above", "same person", "i am the patient",
    "patient self", "self patient", "na", "n a", "none",
})  # fmt: skip
_DEAD = frozenset({"deceased", "dead", "died", "expired", "decedent"})
_SAYS_WHO_ASKS = (FieldName.REQUESTER_RELATIONSHIP, FieldName.REQUESTER_NAME)
_DEGREE = re.compile(r"^drs?\b|\b(dds|dmd|md|rdh)$")
"""Before the name or behind it; Md before a name is a given name."""


def is_deceased(case: Case) -> bool:
    """Whether the chart says that the patient has died."""
    return bool(case.patient and _DEAD & set(plain_words(case.patient.status).split()))


def is_minor(case: Case) -> bool:
    """Whether the patient was not of age on the day of signing, by the law of the practice's state."""
    if not case.patient:
        return False
    signature = case.date_of(FieldName.SIGNATURE_DATE).day
    day = min(signature, case.received_on) if signature else case.received_on
    return years_between(case.patient.date_of_birth, day) < majority(case)


def majority(case: Case) -> int:
    """The age of majority where the practice is."""
    return state_rules().age_of_majority(case.holder.state, case.policy.adult_age)


def another(case: Case) -> str:
    """Who asks, where the page names somebody else than the patient: name and relationship as read; else empty."""
    name, relation = (case.reading.value(f) or "" for f in (FieldName.REQUESTER_NAME, FieldName.REQUESTER_RELATIONSHIP))
    said = "" if says_self(relation) else relation
    named = "" if says_self(name) or (is_the_patient(case, name) and not said) else name
    return f"{named} ({said})" if named and said else named or said


def surely_the_patient(case: Case) -> bool:
    """Whether the printed name was read surely, and is this patient's and nobody else's of the request.

    Among several of one family an initial is nobody's name, and a name that father and son share tells neither.
    """
    read = case.reading.fields.get(FieldName.REQUESTER_NAME)
    if read is None or case.patient is None or read.confidence < case.policy.signature_confidence:
        return False
    if not is_the_patient(case, read.value):
        return False
    sharing = [named for named in case.reading.patients if same_person(named.name.value, read.value)]
    return case.one_of < 2 or (len(given_name(read.value)) > 1 and len(sharing) < 2)


def says_self(text: str) -> bool:
    """Whether a relationship or a name says that it is the patient; a blank one does."""
    plain = plain_words(text)
    return not plain or plain in _SELF or (len(plain) == len("self") and OSA.distance(plain, "self") == 1)


def is_the_patient(case: Case, name: str) -> bool:
    """Whether a name is one of the patient's, and its middle name none that the chart contradicts."""
    if not any(same_person(name, known) for known in _names_of_the_patient(case)):
        return False
    if not case.patient:
        return True
    middle = [w for w in middles_of(name) if w not in plain_words(case.patient.other_names).split()]
    return middles_agree(middle, plain_words(case.patient.middle_name).split())


def is_a_provider(case: Case, read: ReadField) -> bool:
    """Whether the name or the relationship that was read is a provider's: by a degree, a word, or the destination's name."""
    plain = plain_words(read.value)
    if _DEGREE.search(plain) or word_lists().says_provider(read.value):
        return True
    office = case.destination
    if office is None or not (office.kind.treats or office.kind is OfficeKind.UNKNOWN):
        return False
    names = [plain_words(name) for name in (office.name, office.attention) if name]
    return any(plain == name or same_person(plain, name) for name in names)


def asked_by_a_provider(case: Case, *, surely: bool = False) -> str | None:
    """The words by which a provider asks; None where the patient's own name stands under the request, or nobody says so.

    `surely`: only words that were read with certainty. A copy may be held by a guess, and never leaves by one.
    """
    if surely_the_patient(case):
        return None
    read = [field for name in _SAYS_WHO_ASKS if (field := case.reading.fields.get(name)) and (not surely or is_sure(case, field))]
    for field in read:
        if is_a_provider(case, field) and not is_the_patient(case, field.value):
            return field.value
    said = [case.reading.fields[name] for name in (FieldName.PURPOSE, FieldName.REASON) if name in case.reading.fields]
    voices = (word_lists().in_a_providers_voice(field.value) for field in said if not surely or is_sure(case, field))
    return next(filter(None, voices), None)


def is_sure(case: Case, read: ReadField) -> bool:
    """Whether words were read surely enough to lean on."""
    return read.confidence >= case.policy.text_confidence


def _names_of_the_patient(case: Case) -> Iterator[str]:
    """As in the chart, each other name as a surname too; and as read, where the request names no other patient."""
    said = case.reading.value(FieldName.PATIENT_NAME)
    if said and case.one_of < 2:
        yield said
    if case.patient:
        yield case.patient.name
        for other in re.split(r"[,;/]", case.patient.other_names):
            yield f"{case.patient.first_name} {other}"
