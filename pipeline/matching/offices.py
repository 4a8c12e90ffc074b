"""Names of offices: the same, alike, or others."""

from __future__ import annotations

import re
from enum import StrEnum

from rapidfuzz.distance import OSA

from pipeline.matching.words import SHORTEST_WITH_A_SLIP, words

_SAYS_NOTHING = frozenset({
    "the", "of", "and", "at", "in", "for", "to", "dr", "drs", "doctor", "doctors", "office", "offices",
    "dds", "dmd", "bds", "md", "ms", "msd", "mph", "phd", "fagd", "magd", "facs",
    "pc", "pa", "plc", "psc", "pllc", "llc", "llp", "inc", "incorporated", "ltd", "limited", "corp", "corporation",
    "apc", "co", "company",
})  # fmt: skip
"""Legal forms, titles and small words. What is also a surname (`Do`) or part of a street (`Pl`) is not among them."""
_SAYS_LITTLE = frozenset({
    "dental", "dentist", "dentists", "dentistry", "family", "general", "care", "clinic", "center", "centre", "practice", "group",
    "associates", "health", "services",
})  # fmt: skip
"""Words that an office's name may have or lack. Specialties are not: next door to the orthodontist is a periodontist."""
_LEGAL_FORM_IN_WORDS = re.compile(
    r"\b(?:a\s+)?(?:professional|dental)\s+(?:dental\s+)?(?:corporation|association)\b|\blimited\s+liability\s+company\b",
    re.IGNORECASE,
)
_LETTER_AND_DOT = re.compile(r"\b(\w)\.")
_NOT_DIGIT = re.compile(r"\D")


class OfficeLikeness(StrEnum):
    """How alike two names of offices are, best first."""

    EQUAL = "equal"
    """Letter for letter, spaces, titles and legal forms aside."""
    ALIKE = "alike"
    """The words that tell offices apart are the same but for a letter each; `Family`, `Dental` and their like may differ."""
    DIFFERENT = "different"

    @property
    def rank(self) -> int:
        """0 is the best."""
        return list(OfficeLikeness).index(self)


def compare_offices(read: str, name: str, attention: str = "") -> OfficeLikeness:
    """How alike the office on the request and one in the directory are.

    The request may name the person in place of the office (`Dr. Susan Chen`): that is alike, never the same.
    """
    best = _compare(read, name)
    if best is OfficeLikeness.DIFFERENT and attention and _compare(read, attention) is OfficeLikeness.EQUAL:
        return OfficeLikeness.ALIKE
    return best


def _compare(one: str, other: str) -> OfficeLikeness:
    first, second = _telling(one), _telling(other)
    if not first or not second:
        return OfficeLikeness.DIFFERENT
    if sorted(first) == sorted(second) or "".join(first) == "".join(second):
        return OfficeLikeness.EQUAL
    if _alike("".join(first), "".join(second)):
        return OfficeLikeness.ALIKE
    first, second = ([w for w in name if w not in _SAYS_LITTLE] for name in (first, second))
    return OfficeLikeness.ALIKE if first and _same_words(first, second) else OfficeLikeness.DIFFERENT


def _telling(name: str) -> list[str]:
    without_dots = _LETTER_AND_DOT.sub(r"\1", _LEGAL_FORM_IN_WORDS.sub(" ", name.replace("&", " and ")))
    return [w for w in words(without_dots) if w not in _SAYS_NOTHING]


def _same_words(one: list[str], other: list[str]) -> bool:
    """Whether each word of the one is a word of the other, in any order."""
    left = list(other)
    for word in one:
        found = next((w for w in left if w == word), None) or next((w for w in left if _alike(w, word)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _alike(one: str, other: str) -> bool:
    """The same but for one letter, not two (Northside and Southside), and for no digit (Smile Center 1 and 2)."""
    same_numbers = _NOT_DIGIT.sub("", one) == _NOT_DIGIT.sub("", other)
    long_enough = one == other or min(len(one), len(other)) >= SHORTEST_WITH_A_SLIP
    return same_numbers and long_enough and OSA.distance(one, other, score_cutoff=1) <= 1
