"""Whose records: one patient beyond doubt, or a person looks.

Two independent judgements must agree before a patient is chosen without a person:

1. The score. Each candidate's weights (Fellegi-Sunter) become a probability over *all* candidates and nobody at all, so that
   two who fit equally well get one half each, and a common name leaves room for somebody who is not in the roster.
2. The rules, which no score can outvote: the birth date was read with confidence and is the one in the chart; the name is
   strongly alike; nothing contradicts; nobody else is near: no twin, no namesake of the same year or a birth date misread
   away, no father and son of one name, no second chart of the same person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.matching import sentences as say
from pipeline.matching.asked import Asked
from pipeline.matching.birth_dates import DateLikeness, compare_dates
from pipeline.matching.comparisons import Comparer, Comparison
from pipeline.matching.contacts import Agreement, compare_streets, phone_digits
from pipeline.matching.names import Likeness
from pipeline.matching.roster import Roster
from pipeline.matching.weights import the_weights
from schemas.base import Confidence, Frozen
from schemas.reading import Reading
from schemas.release import Candidate, Finding, Patient

MOST_CANDIDATES = 8
"""A person compares no more than that at a glance."""
LEAST_SCORE_SHOWN = 0.001
_A_NAME_FITS = frozenset({Likeness.EQUAL, Likeness.KNOWN, Likeness.PART, Likeness.SLIP})


class Floors(Frozen):
    """How surely something must have been read. Lower is faster, higher is safer; these are chosen for a wrong release never."""

    birth_date: Confidence = 0.50
    """Enough for a birth date that is the very one in the chart of the only person of that name.

    That agreement is itself the check: the reader does not know the chart. A wrong person would need a namesake outside the
    roster (1 in 20, times the chance of one), whose birth date is one misreading away (1 in 700), misread into just this date
    (1 in 40): less than one in half a million requests, and inside the roster such a namesake is a rival and holds."""
    birth_date_corroborated: Confidence = 0.30
    """Enough where phone, e-mail or street agree as well: the namesake outside would have to share the phone or the house."""
    name: Confidence = 0.60
    """For a name that fits with a slip, a nickname or half of a double name."""
    name_letter_for_letter: Confidence = 0.30
    """For a name that is spelled as in the chart: garbage does not spell a patient's name by chance, whatever its confidence."""
    score: Confidence = 0.99
    """What the best candidate must reach, and so what all others and nobody together must stay below (0.01)."""


@dataclass(frozen=True, slots=True)
class PatientMatch:
    """Who may be meant, best first; and either the one patient, or the findings why not. Never both, never neither."""

    candidates: tuple[Candidate, ...]
    findings: tuple[Finding, ...]
    patient: Patient | None


def match_patient(reading: Reading, roster: Roster, floors: Floors | None = None) -> PatientMatch:
    """The patient whom the request means, or why a person must say."""
    floors = floors or Floors()
    asked = Asked.of(reading)
    comparer = Comparer(asked, roster, the_weights())
    compared, scores = _ranked(asked, comparer)
    findings = tuple(_findings(asked, compared, scores, floors))
    candidates = tuple(
        Candidate(patient=c.patient, score=scores[c.patient.patient_id], evidence=comparer.evidence(c))
        for c in compared[:MOST_CANDIDATES]
        if scores[c.patient.patient_id] >= LEAST_SCORE_SHOWN or c.fits or (c.name.strong and c.birth_date.near)
    )
    return PatientMatch(candidates, findings, None if findings else compared[0].patient)


def _ranked(asked: Asked, comparer: Comparer) -> tuple[list[Comparison], dict[str, float]]:
    """Everybody near, the likeliest first, and the probability of each by patient_id."""
    near = comparer.roster.near(
        asked.name.text if asked.name else None,
        asked.birth_date,
        other_names=asked.other_names,
        phone=asked.phone.value if asked.phone else "",
        email=asked.email.value if asked.email else "",
    )
    compared = sorted((comparer.compare(p) for p in near), key=lambda c: (-c.bits, c.patient.patient_id))
    anybody = (1 - comparer.weights.not_in_roster) / max(len(comparer.roster), 1)
    odds = {c.patient.patient_id: anybody * 2.0**c.bits for c in compared}
    total = comparer.weights.not_in_roster + sum(odds.values())
    return compared, {patient_id: chance / total for patient_id, chance in odds.items()}


def _findings(asked: Asked, compared: Sequence[Comparison], scores: dict[str, float], floors: Floors) -> Iterator[Finding]:
    """Why nobody can be chosen; nothing where the first of `compared` is beyond doubt."""
    unread = list(_unread(asked))
    if unread:
        yield from unread
        return
    fitting = [c for c in compared if c.fits]
    if not fitting:
        yield _nobody_fits(asked, compared)
        return
    best = fitting[0]
    rivals = [c for c in compared if c is not best and _is_rival(c, best)]
    if rivals:
        yield say.several(asked, [best, *rivals])
    yield from _contradictions(asked, best)
    yield from _unsure(asked, best, floors)
    if not rivals and (best is not compared[0] or scores[best.patient.patient_id] < floors.score):
        yield say.not_sure_enough(asked, best, scores[best.patient.patient_id])


def _unread(asked: Asked) -> Iterator[Finding]:
    """What must be there before anybody can be looked for."""
    if asked.name is None:
        yield say.name_unread(asked)
    elif asked.name.names_several:
        yield say.name_of_several(asked)
    elif len(asked.name.words) == 1:
        yield say.name_of_one_word(asked)
    if asked.birth_date is None:
        yield say.birth_date_unread(asked)


def _nobody_fits(asked: Asked, compared: Sequence[Comparison]) -> Finding:
    """One who nearly fits is shown with what differs; several are shown side by side; else nobody is there."""
    near = [c for c in compared if _nearly_fits(c)]
    if not near:
        namesakes = [c for c in compared if c.name.strong]
        near = namesakes if len(namesakes) == 1 else [c for c in namesakes if c.corroborated]
    if len(near) == 1:
        return say.differs(asked, near[0])
    return say.several(asked, near) if near else say.nobody(asked)


def _nearly_fits(found: Comparison) -> bool:
    """Whether a person should see this one: born that day with half of the name, or of that name with a date misread away."""
    if found.birth_date is DateLikeness.EQUAL:
        return found.name.surname in _A_NAME_FITS or found.name.given in _A_NAME_FITS
    return found.name.strong and found.birth_date.near


def _is_rival(other: Comparison, best: Comparison) -> bool:
    """Whether `other` is too near to the best for a machine to choose."""
    twins = other.patient.date_of_birth == best.patient.date_of_birth and (
        other.name.surname is not Likeness.DIFFERENT or _household(other.patient, best.patient)
    )
    if twins:
        return True
    if not other.name.possible:
        return False
    between = compare_dates(other.patient.date_of_birth, best.patient.date_of_birth)
    namesake_of_that_year = other.name.strong and between is DateLikeness.SAME_YEAR
    return between.near or namesake_of_that_year or _household(other.patient, best.patient)


def _household(one: Patient, other: Patient) -> bool:
    """Whether two patients share a guarantor, a phone, an e-mail or a house: father and son of one name do."""
    guarantors = {one.guarantor_id or one.patient_id} & {other.guarantor_id or other.patient_id}
    phones = {phone_digits(one.phone)} & {phone_digits(other.phone)} - {""}
    emails = {one.email.casefold()} & {other.email.casefold()} - {""}
    house = compare_streets(one.street, other.street) is Agreement.EQUAL
    return bool(guarantors or phones or emails or house)


def _contradictions(asked: Asked, best: Comparison) -> Iterator[Finding]:
    if best.name.generation_differs:
        yield say.generation_differs(asked, best)
    if best.name.middle is Likeness.DIFFERENT:
        yield say.middle_name_differs(asked, best)


def _unsure(asked: Asked, best: Comparison, floors: Floors) -> Iterator[Finding]:
    """What fits, but was not read surely enough to lean on."""
    name_floor = floors.name_letter_for_letter if best.name.letter_for_letter else floors.name
    if asked.name_field and asked.name_field.confidence < name_floor:
        yield say.name_unsure(asked, best)
    date_floor = floors.birth_date_corroborated if best.corroborated else floors.birth_date
    if asked.birth_date_field and asked.birth_date_field.confidence < date_floor:
        yield say.birth_date_unsure(asked, best)
