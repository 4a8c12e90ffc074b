"""Names of offices: whether two are one office's."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from pipeline.release.wordlists import plain_words

_SAYS_LITTLE = frozenset({
    "the", "of", "and", "at", "in", "dr", "drs", "office", "offices", "dds", "dmd", "md", "pc", "pa", "pllc", "llc", "llp", "inc",
    "ltd", "dental", "dentist", "dentists", "dentistry", "family", "general", "care", "clinic", "center", "practice", "group",
    "associates",
})  # fmt: skip
"""Words that an office's name may have or lack. Specialties are not among them."""
SHORTEST_WORD_WITH_A_SLIP = 5


def same_office(one: str, other: str) -> bool:
    """Whether two names of offices have the same words that tell offices apart, slips allowed."""
    first, second = _telling(one), _telling(other)
    return len(first) == len(second) and _has_all(first, second)


def speaks_of_office(text: str, office: str) -> bool:
    """Whether `text` is the office's name, or holds all of it and more: `Dr. Patel, Lakeside Shore Dental`.

    A name of a single telling word must stand alone, or Springfield Dental would be asked in place of Springfield Endodontics.
    """
    name = _telling(office)
    return bool(name) and (same_office(text, office) or (len(name) > 1 and _has_all(name, _telling(text))))


def _telling(name: str) -> list[str]:
    said = plain_words(name).split()
    return [w for w in said if w not in _SAYS_LITTLE] or said


def _has_all(wanted: list[str], among: list[str]) -> bool:
    return all(any(_alike(word, w) for w in among) for word in wanted)


def _alike(one: str, other: str) -> bool:
    return one == other or (
        min(len(one), len(other)) >= SHORTEST_WORD_WITH_A_SLIP and OSA.distance(one, other, score_cutoff=1) <= 1
    )
