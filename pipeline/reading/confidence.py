"""How likely a value is right: what independent readings say, and whether the value has the shape it must have.

One engine's own score is not evidence enough: a recogniser is often sure of a wrong letter. A value with a shape of its own
(a date, a phone) reaches 0.9 if a second reading of its own picture says the same; free text needs two that agree. The second
reading is by the same engine on a cleaner cut, so it is weak evidence; only Tesseract's is independent.
The weights below are set by hand, after looking at filled forms; they are not yet fitted to measured shares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline.reading.fields import FoundValue
from pipeline.reading.text import plain
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
class Evidence:
    """What is known about one value."""

    found: FoundValue
    opinions: tuple[str, ...] = ()
    """The text that other readings of the value's own picture gave, empty ones left out."""

    @property
    def agreeing(self) -> int:
        """How many of them say the same letters and digits as the value's own text."""
        own = plain(self.found.raw)
        return sum(plain(o) == own for o in self.opinions)

    @property
    def likeliest(self) -> float:
        """Of the opinion most like the value, 0 to 1; 0 without opinions."""
        own = plain(self.found.raw)
        return max((Levenshtein.normalized_similarity(plain(o), own) for o in self.opinions), default=0.0)

    @property
    def likeness(self) -> float:
        """Of the opinion most unlike the value, 0 to 1; 1 without opinions."""
        own = plain(self.found.raw)
        return min((Levenshtein.normalized_similarity(plain(o), own) for o in self.opinions), default=1.0)


def confidence_of(evidence: Evidence) -> float:
    """An estimate, by hand-set weights, of how often a value with this evidence is right."""
    found = evidence.found
    place = min(1.0, found.fit / 0.9)
    if found.printed:
        return round((PRINTED if not evidence.opinions or evidence.likeliest > 0.85 else HIDDEN) * place, 3)
    letters = found.score
    agreed = evidence.agreeing
    shaped = found.name in SHAPED
    base = 0.53 + 0.25 * min(1.0, max(0.0, (letters - 0.3) / 0.6))
    if agreed >= 1:
        base += 0.11 if letters > 0.6 else 0.06
    if agreed >= 2:
        base += 0.06
    if shaped and agreed:
        base += 0.04
    if evidence.opinions and not agreed:
        base -= 0.25 * (1 - evidence.likeness) + 0.05
    if not _plausible(found):
        base = min(base, 0.6)
    return round(max(0.05, min(0.99, base * (0.5 + 0.5 * place) * (0.6 + 0.4 * found.value.quality))), 3)


_ODD = re.compile(r"[^\w\s,.'’&#/@()\-]|(?<=[a-z])\d|\d(?=[a-z]{3})")


def _plausible(found: FoundValue) -> bool:
    """Whether the value looks like something a person would have written there."""
    if found.name in SHAPED:
        return True
    text = found.value.text
    if found.name in (FieldName.PATIENT_STREET, FieldName.DESTINATION_STREET) and not (
        any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    ):
        return False
    if found.name in (FieldName.PATIENT_NAME, FieldName.REQUESTER_NAME):
        return len(text.split()) >= 2 and not any(c.isdigit() for c in text) and not re.search(r"[a-z][A-Z]{2}", text)
    return not _ODD.search(text)


def best_of(values: Sequence[tuple[FoundValue, float, int]]) -> tuple[FoundValue, float, int]:
    """Of several places that gave a value for one field (value, confidence, page): the surest, earlier pages first.

    A patient writes the own name and birth date on every page: where two places agree on these, the confidence rises. Not
    so for what a letterhead repeats.
    """
    best = max(values, key=lambda v: (round(v[1], 2), -v[2]))
    same = [v for v in values if v is not best and plain(v[0].value.text) == plain(best[0].value.text)]
    found, confidence, page = best
    if same and not found.printed and found.name in FILLED_TWICE:
        confidence = min(0.995, 1 - (1 - confidence) * 0.5)
    return found, confidence, page
