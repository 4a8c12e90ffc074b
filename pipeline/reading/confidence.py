"""How likely a value is right: what other readings say, and whether the value has the shape it must have.

One engine's own score is not evidence enough: a recogniser is often sure of a wrong letter. So the evidence is put in numbers
(`signs_of`), and weighed by tables of weights: for values with a shape of their own (a date, a phone), for those made of words
that lists hold (a name, a street) and for other text. The tables are in confidence.toml, fitted to filled-in forms by
`python -m benchmarks.calibrating`. From SURE on, hardly any value of those forms was wrong; a confidence below says how likely
the value is right, scaled to end there.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.reading.fields import FoundValue
from pipeline.reading.text import plain
from pipeline.reading.vocabulary import SHORTEST, may_be_broken, vocabulary_of
from schemas.reading import FieldName

SHAPED = frozenset(
    name for name in FieldName if name.value.endswith((".dob", "date", ".phone", ".fax", ".zip", ".state", ".ssn_last4"))
)
"""Fields whose values have a shape that a misreading often breaks."""
FILLED_TWICE = frozenset({FieldName.PATIENT_NAME, FieldName.PATIENT_DOB})
PRINTED = 0.99
"""Confidence of a value that stands in the file itself as text, with a label that names its field."""

HIDDEN = 0.6
"""The same where the picture says otherwise: a text layer that some other program once read from a scan."""


@dataclass(frozen=True)
class Opinion:
    """What another reading of a value's own picture says."""

    text: str
    score: float
    independent: bool = False
    """Whether another engine read it."""


@dataclass(frozen=True)
class Evidence:
    """What is known about one value."""

    found: FoundValue
    opinions: tuple[Opinion, ...] = ()

    @property
    def agreeing(self) -> int:
        """How many of the same engine's other readings say the same letters and digits as the value's own text."""
        return sum(plain(o.text) == plain(self.found.raw) for o in self.opinions if not o.independent)

    @property
    def confirmed(self) -> bool:
        """Whether another engine says the same."""
        return any(o.independent and plain(o.text) == plain(self.found.raw) for o in self.opinions)

    @property
    def likeliest(self) -> float:
        """Of the opinion most like the value, 0 to 1; 0 without opinions."""
        own = plain(self.found.raw)
        return max((Levenshtein.normalized_similarity(plain(o.text), own) for o in self.opinions), default=0.0)

    @property
    def likeness(self) -> float:
        """Of the same engine's opinion most unlike the value, 0 to 1; 1 without opinions."""
        own = plain(self.found.raw)
        same = [o for o in self.opinions if not o.independent]
        return min((Levenshtein.normalized_similarity(plain(o.text), own) for o in same), default=1.0)


SURE = 0.9
"""From here on at most one value in two hundred may be wrong."""
SUREST = 0.99


@dataclass(frozen=True)
class Weights:
    """How the signs are weighed: a logistic regression, and the chance of being right from which a value is sure."""

    constant: float
    signs: tuple[float, ...]
    sure_from: float

    def chance(self, signs: Sequence[float]) -> float:
        """How likely a value with these signs is right, 0 to 1."""
        total = self.constant + sum(w * s for w, s in zip(self.signs, signs, strict=True))
        return 1 / (1 + math.exp(-total))


@cache
def _weights() -> dict[str, Weights]:
    """The tables of confidence.toml, read once a process."""
    data = tomllib.loads((Path(__file__).parent / "confidence.toml").read_text(encoding="utf-8"))
    return {
        kind: Weights(data[kind]["constant"], tuple(data[kind]["signs"][sign] for sign in SIGNS), data[kind]["sure_from"])
        for kind in KINDS
    }


KINDS = ("shaped", "named", "free")
"""Of values: with a shape of their own, made of words that lists hold, and any other text."""


def kind_of(name: FieldName) -> str:
    """Which of KINDS the values of a field are."""
    if name in SHAPED:
        return "shaped"
    return "named" if vocabulary_of(name) else "free"


def confidence_of(evidence: Evidence) -> float:
    """How far a value is believed, 0 to 1."""
    return min(evidence.found.most, _by_its_signs(evidence))


def _by_its_signs(evidence: Evidence) -> float:
    found = evidence.found
    if found.printed:
        place = min(1.0, found.fit / 0.9)
        return round((PRINTED if not evidence.opinions or evidence.likeliest > 0.85 else HIDDEN) * place, 3)
    weights = _weights()[kind_of(found.name)]
    chance, limit = weights.chance(signs_of(evidence)), weights.sure_from
    if chance >= limit:
        return round(SURE + (SUREST - SURE) * (chance - limit) / max(1e-6, 1 - limit), 3)
    return round(min(0.895, (SURE - 0.005) * chance / limit), 3)


SIGNS = (
    "letters",
    "one_agrees",
    "both_agree",
    "confirmed",
    "likeness",
    "fit",
    "right_beside",
    "quality",
    "untouched",
    "plausible",
    "sure_letters",
    "all_good",
    "all_confirmed",
    "known",
    "all_known",
)
"""What speaks for a value, each from 0 to 1, in the order of `signs_of`."""


def signs_of(evidence: Evidence) -> tuple[float, ...]:
    """The evidence in numbers."""
    found = evidence.found
    letters = min(1.0, max(0.0, (found.score - 0.3) / 0.7))
    plausible, beside = _plausible(found), found.fit >= 0.95
    good = evidence.agreeing >= 2 and beside and found.value.quality >= 1 and plausible and found.score > 0.9
    return (
        letters,
        float(evidence.agreeing >= 1),
        float(evidence.agreeing >= 2),
        float(evidence.confirmed),
        evidence.likeness,
        min(1.0, found.fit),
        float(beside),
        found.value.quality,
        float(found.value.quality >= 1),
        float(plausible),
        float(found.score > 0.9),
        float(good),
        float(good and evidence.confirmed),
        known := _known(found),
        float(good and known == 1),
    )


def _known(found: FoundValue) -> float:
    """The share of the words of a name or a street that the lists of the country hold; 0 for other values."""
    vocabulary = vocabulary_of(found.name)
    words = [w for w in re.findall(r"[^\W\d_]+", found.value.text) if len(w) >= SHORTEST]
    return sum(vocabulary.knows(w) for w in words) / len(words) if vocabulary and words else 0.0


_DIGIT_AS_CAPITAL = re.compile(r"(?<!\w)\d(?=[a-z]{3})")
_ODD = re.compile(r"[^\w\s,.'’&#/@()\-]|(?<=[a-z])\d|\d(?=[a-z]{3})")


def _plausible(found: FoundValue) -> bool:
    """Whether the value looks like something a person would have written there."""
    if found.name in SHAPED:
        return True
    text = found.value.text
    if _DIGIT_AS_CAPITAL.search(found.raw):
        return False
    if found.name in (FieldName.PATIENT_STREET, FieldName.DESTINATION_STREET) and not (
        any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    ):
        return False
    if found.name in (FieldName.PATIENT_NAME, FieldName.REQUESTER_NAME):
        return (
            len(text.split()) >= 2
            and not may_be_broken(text)
            and not any(c.isdigit() for c in text)
            and not re.search(r"[a-z][A-Z]{2}", text)
        )
    return not _ODD.search(text)


TWO_PLACES, ANOTHER_NAME = 0.89, 0.8
"""Least confidence of a name that stands in two places (one hand is misread in both alike, so it is not sure), and most of one
that is written a little otherwise in another."""
BELIEVABLE, ALIKE = 0.5, 0.6
RIVAL = 0.8
"""A value that is believed so nearly as much as the best one casts doubt on it: one of the two is somebody else's."""


def best_of(values: Sequence[tuple[FoundValue, float, int]]) -> tuple[FoundValue, float, int]:
    """Of several places that gave a value for one field (value, confidence, page): the surest, earlier pages first.

    A patient writes the own name and birth date on every page, and the name under the signature: where two places agree on
    these, the confidence rises; where they differ by a few letters, one of them is misread. Not so for what a letterhead
    repeats.
    """
    best = max(values, key=lambda v: (round(v[1], 2), -v[2]))
    found, confidence, page = best
    if found.printed:
        return best
    if any(v[1] > RIVAL * confidence and _contradicts(v[0], found) for v in values):
        return found, min(confidence, ANOTHER_NAME), page
    if found.name not in FILLED_TWICE:
        return best
    others = [v for v in values if v is not best and v[0].rect != found.rect and v[1] >= BELIEVABLE]
    own = _compared(found.value.text)
    if any(_compared(v[0].value.text) == own for v in others):
        return found, max(confidence, TWO_PLACES) if confidence >= BELIEVABLE else confidence, page
    if any(Levenshtein.normalized_similarity(_compared(v[0].value.text), own) >= ALIKE for v in others):
        return found, min(confidence, ANOTHER_NAME), page
    return best


def _contradicts(other: FoundValue, found: FoundValue) -> bool:
    """Whether two places cannot both be right: two numbers or dates, or two offices of which neither name holds the other."""
    one, two = plain(found.value.text), plain(other.value.text)
    if found.name is FieldName.DESTINATION_NAME:
        return one not in two and two not in one
    return found.name in SHAPED and one != two


def _compared(name: str) -> str:
    """A name without its middle initials."""
    words = name.split()
    return plain(" ".join(w for i, w in enumerate(words) if len(plain(w)) > 1 or i in (0, len(words) - 1)))
