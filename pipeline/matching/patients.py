"""Whose records: one patient beyond doubt, or a person looks.

Two independent judgements must agree before a patient is chosen without a person:

1. The score. Each candidate's weights (Fellegi-Sunter) become a probability over *all* candidates and nobody at all, so that
   two who fit equally well get one half each, and a common name leaves room for somebody who is not in the roster.
2. The rules, which no score can outvote: the birth date was read with confidence and is the one in the chart; the name is
   strongly alike; nothing contradicts; nobody else is near: no twin, no namesake of the same year or a birth date misread
   away, no father and son of one name, no second chart of the same person, nobody whom phone, house or chart number point to.

Where a person has chosen the patient, the person's word stands, and both judgements are only shown; but a choice that neither
name nor birth date on the request bears out is told once more, for somebody to let go: numbers are typed amiss.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.matching import sentences as say
from pipeline.matching.asked import Asked
from pipeline.matching.birth_dates import DateLikeness, compare_dates
from pipeline.matching.charts import Chart
from pipeline.matching.comparisons import UNNAMED, Comparer, Comparison, NumberLikeness
from pipeline.matching.contacts import Agreement, compare_streets
from pipeline.matching.names import FITTING, PARTICLES, Likeness
from pipeline.matching.roster import Roster
from pipeline.matching.weights import the_weights
from schemas.base import Confidence, Frozen
from schemas.reading import Reading
from schemas.release import Candidate, Finding, Patient

MOST_CANDIDATES = 8
"""A person compares no more than that at a glance."""
LEAST_SCORE_SHOWN = 0.001


class Floors(Frozen):
    """How surely something must have been read. Lower is faster, higher is safer; these are chosen for a wrong release never."""

    birth_date: Confidence = 0.50
    """Enough for a birth date that is the very one in the chart of the only person of that name.

    That agreement is itself the check: the reader does not know the chart. A wrong person would need a namesake outside the
    roster (1 in 20, times the chance of one), whose birth date is one misreading away (1 in 700), misread into just this date
    (1 in 40): less than one in half a million requests, and inside the roster such a namesake is a rival and holds."""
    birth_date_corroborated: Confidence = 0.30
    """Enough where phone, e-mail or street agree as well: the namesake outside would have to share the phone or the house."""
    birth_date_elsewhere: Confidence = 0.65
    """Needed where everything of phone, e-mail and street that can be compared is another than the chart's."""
    birth_date_of_a_namesake: Confidence = 0.90
    """Needed where that is so of two of them at least, and others bear the name: it may be one namesake more, who has no chart
    here, with a birth date misread into this one."""
    name: Confidence = 0.60
    """For a name that fits with a slip, a nickname or half of a double name."""
    name_letter_for_letter: Confidence = 0.30
    """For a name that is spelled as in the chart: garbage does not spell a patient's name by chance, whatever its confidence."""
    score: Confidence = 0.99
    """What the best candidate must reach, and so what all others and nobody together must stay below (0.01)."""


@dataclass(frozen=True, slots=True)
class PatientMatch:
    """Who may be meant, best first; and the one patient, or the findings why not.

    Never neither, and both only where a person has chosen and may let go what is left.
    """

    candidates: tuple[Candidate, ...]
    findings: tuple[Finding, ...]
    patient: Patient | None


def match_patient(
    reading: Reading, roster: Roster, floors: Floors | None = None, *, chosen: str = "", of_several: bool = False
) -> PatientMatch:
    """The patient whom the request means, or why a person must say.

    `chosen` is the patient_id that a person has decided on. `of_several` says that the request asks for several patients, of
    whom the reading names this one: then phone, e-mail, address and other names may be another one's, and corroborate nobody.
    """
    asked = Asked.of(reading, of_several=of_several)
    comparer = Comparer(asked, roster, the_weights())
    taken = roster.chart(chosen) if chosen else None
    ranked = _Ranked.of(asked, comparer, taken)
    if chosen:
        findings = tuple(_findings_on_a_choice(asked, chosen, ranked, taken))
    else:
        findings = tuple(_findings(asked, ranked, floors or Floors()))
    open_questions = any(not finding.acceptable for finding in findings)
    patient = None if open_questions else taken.patient if taken else ranked.compared[0].patient
    return PatientMatch(tuple(_candidates(comparer, ranked, taken)), findings, patient)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Everybody near, the likeliest first, and the probability of each."""

    compared: list[Comparison]
    scores: dict[Chart, float]

    @classmethod
    def of(cls, asked: Asked, comparer: Comparer, taken: Chart | None) -> _Ranked:
        """Those whom the request may mean, and the one who was chosen."""
        near = {**dict.fromkeys(comparer.roster.near(asked)), **({taken: None} if taken else {})}
        compared = [comparer.compare(chart) for chart in near]
        bits = {c.chart: c.bits for c in compared}
        compared.sort(key=lambda c: (-bits[c.chart], c.chart.patient_id))
        anybody = (1 - comparer.weights.not_in_roster) / max(len(comparer.roster), 1)
        odds = {chart: anybody * 2.0**weight for chart, weight in bits.items()}
        total = math.fsum((comparer.weights.not_in_roster, *odds.values()))
        return cls(compared, {chart: chance / total for chart, chance in odds.items()})


def _candidates(comparer: Comparer, ranked: _Ranked, taken: Chart | None) -> Iterator[Candidate]:
    """Whom a person should see, with the evidence; who was chosen comes first."""
    first = [c for c in ranked.compared if c.chart is taken]
    others = [
        c
        for c in ranked.compared[:MOST_CANDIDATES]
        if c.chart is not taken
        and (ranked.scores[c.chart] >= LEAST_SCORE_SHOWN or c.fits or (c.name.strong and c.birth_date.near))
    ]
    for found in (*first, *others):
        yield Candidate(patient=found.patient, score=ranked.scores[found.chart], evidence=comparer.evidence(found))


def _findings_on_a_choice(asked: Asked, chosen: str, ranked: _Ranked, taken: Chart | None) -> Iterator[Finding]:
    """What a person's choice does not settle: a number that nobody has, a second patient on the same request, and a number
    typed amiss, where the request speaks of somebody else by name and birth date."""
    if taken is None:
        yield say.chosen_is_not_there(asked, chosen)
    for found in ranked.compared:
        if found.chart is taken and _speaks_of_another(found, ranked):
            yield say.chosen_is_another(asked, found)
    if asked.name and asked.name.names_several:
        yield say.name_of_several(asked, chosen=True)


def _speaks_of_another(taken: Comparison, ranked: _Ranked) -> bool:
    """Whether neither name nor birth date can be the chosen patient's, or both fit somebody else and not them."""
    read = taken.birth_date is not DateLikeness.ABSENT and taken.name is not UNNAMED
    neither = read and not taken.name.possible and taken.birth_date is not DateLikeness.EQUAL
    return neither or (not taken.fits and any(other.fits for other in ranked.compared))


def _findings(asked: Asked, ranked: _Ranked, floors: Floors) -> Iterator[Finding]:
    """Why nobody can be chosen; nothing where the first of those compared is beyond doubt."""
    compared, scores = ranked.compared, ranked.scores
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
    namesakes = any(c.name.alike and c.name.parts_rank <= best.name.parts_rank for c in compared if c is not best)
    yield from _unsure(asked, best, floors, namesakes=namesakes)
    if not rivals and (best is not compared[0] or scores[best.chart] < floors.score):
        yield say.not_sure_enough(asked, best, scores[best.chart])


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
        return found.name.surname in FITTING or found.name.given in FITTING
    return found.name.strong and found.birth_date.near


def _is_rival(other: Comparison, best: Comparison) -> bool:
    """Whether `other` is too near to the best for a machine to choose."""
    between = compare_dates(other.chart.date_of_birth, best.chart.date_of_birth)
    if between is DateLikeness.EQUAL:
        return other.name.possible or _of_one_family(other, best)
    if not other.name.possible:
        return False
    if between.near or (other.corroborated and not best.corroborated):
        return True
    namesake_of_that_year = between is DateLikeness.SAME_YEAR and other.name.parts_rank <= best.name.parts_rank
    return other.name.alike and (namesake_of_that_year or _household(other.chart, best.chart))


def _of_one_family(other: Comparison, best: Comparison) -> bool:
    """Whether two who were born on one day may be twins: by their surnames, by what the request calls them, or by their home."""
    called_so = other.name.surname in (Likeness.EQUAL, Likeness.KNOWN, Likeness.PART)
    share_a_name = bool({*other.chart.name.last} & {*best.chart.name.last} - PARTICLES)
    return called_so or share_a_name or _household(other.chart, best.chart)


def _household(one: Chart, other: Chart) -> bool:
    """Whether two patients share a guarantor, a phone, an e-mail or a house: father and son of one name do."""
    return (
        one.guarantor == other.guarantor
        or bool(one.digits and one.digits == other.digits)
        or bool(one.email and one.email.casefold() == other.email.casefold())
        or compare_streets(one.street, other.street) is Agreement.EQUAL
    )


def _contradictions(asked: Asked, best: Comparison) -> Iterator[Finding]:
    if best.name.generation_differs:
        yield say.generation_differs(asked, best)
    if best.name.middle is Likeness.DIFFERENT:
        yield say.middle_name_differs(asked, best)
    if best.number is NumberLikeness.ANOTHER:
        yield say.chart_number_of_another(asked, best)


def _unsure(asked: Asked, best: Comparison, floors: Floors, *, namesakes: bool) -> Iterator[Finding]:
    """What fits, but was not read surely enough to lean on."""
    name_floor = floors.name_letter_for_letter if best.name.letter_for_letter else floors.name
    if asked.name_field and asked.name_field.confidence < name_floor:
        yield say.name_unsure(asked, best)
    if asked.birth_date_field and asked.birth_date_field.confidence < _date_floor(best, floors, namesakes=namesakes):
        yield say.birth_date_unsure(asked, best)


def _date_floor(best: Comparison, floors: Floors, *, namesakes: bool) -> float:
    if best.corroborated:
        return floors.birth_date_corroborated
    if best.elsewhere > 1 and namesakes:
        return max(floors.birth_date, floors.birth_date_of_a_namesake)
    return max(floors.birth_date, floors.birth_date_elsewhere) if best.elsewhere else floors.birth_date
