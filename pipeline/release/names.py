"""Names of people: whether two can be one person's."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from pipeline.release.wordlists import plain_words

_TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx"})
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv", "junior", "senior"})
SHORTEST_SURNAME_WITH_A_SLIP = 5
SHORTEST_GIVEN_NAME_WITH_A_SLIP = 6
"""Letters. Maria and Mario are two people of one house; from six letters on, first and last letter must be the same besides."""


def same_person(one: str, other: str) -> bool:
    """Whether two names in spoken order can be the same person's, allowing a slip and a missing middle name, no more."""
    (first, first_generation), (second, second_generation) = parts_of(one), parts_of(other)
    if len(first) < 2 or len(second) < 2 or first_generation != second_generation:
        return False
    surnames = _alike(first[-1], second[-1], SHORTEST_SURNAME_WITH_A_SLIP)
    return surnames and _same_given(first[0], second[0]) and middles_agree(first[1:-1], second[1:-1])


def given_name(text: str) -> str:
    """The first name of a name; empty where it has none."""
    words = parts_of(text)[0]
    return words[0] if len(words) > 1 else ""


def middles_of(text: str) -> list[str]:
    """The middle names of a name."""
    return parts_of(text)[0][1:-1]


def parts_of(text: str) -> tuple[list[str], str]:
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


def middles_agree(one: list[str], other: list[str]) -> bool:
    """Whether two lists of middle names can be one person's: no list says nothing, an initial stands for its name."""
    return not one or not other or one[0][0] == other[0][0]
