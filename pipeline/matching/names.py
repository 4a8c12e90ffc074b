"""Names of people: how the request says one, how the chart keeps one, and how alike the two are.

A request says a name in spoken order, mostly: `Margaret A. Oyelaran`, but also `Oyelaran Margaret`, `Peggy Oyelaran`, a
maiden name, one half of a double name, a slip of the reader. Every way to divide the words into given names and surname is
tried against the chart; the best one counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from nicknames import NickNamer

from pipeline.matching.words import name_words, slipped
from schemas.release import Patient

TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx"})
GENERATIONS = {
    "jr": "jr",
    "junior": "jr",
    "sr": "sr",
    "senior": "sr",
    "ii": "ii",
    "2nd": "ii",
    "iii": "iii",
    "3rd": "iii",
    "iv": "iv",
}
PARTICLES = frozenset(
    {"de", "la", "le", "del", "los", "las", "van", "von", "der", "den", "da", "das", "do", "dos", "di", "san", "st", "al", "el"}
)
"""Parts of surnames that are shared by too many to say anything alone."""
MOST_SURNAME_WORDS = 4
MOST_WORDS = 8
_ALSO = re.compile(r"[(\"“](.+?)[)\"”]")
_SEVERAL_PEOPLE = re.compile(r"(&|\+|;|\band\b|\by\b|/)", re.IGNORECASE)


class Likeness(StrEnum):
    """How alike two parts of a name are, best first."""

    EQUAL = "equal"
    KNOWN = "known"
    """Another name of the same person: a nickname, or one that the chart lists among other names."""
    PART = "part"
    """One half of a double surname."""
    SLIP = "slip"
    """A letter or two apart, as readers and pens do it, and not itself a name that others bear."""
    INITIAL = "initial"
    MIDDLE = "middle"
    """The given name on the request is the middle name in the chart."""
    LOOKALIKE = "lookalike"
    """A letter apart, but a given name of its own: John and Joan."""
    DIFFERENT = "different"
    ABSENT = "absent"
    """One side does not say."""

    @property
    def rank(self) -> int:
        """0 is the best."""
        return _RANKS[self]


_RANKS = {likeness: rank for rank, likeness in enumerate(Likeness)}


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A name as a request says it."""

    text: str
    words: tuple[str, ...]
    generation: str = ""
    """`jr`, `sr`, `ii`, `iii`, `iv` or empty."""
    also: tuple[str, ...] = ()
    """Words in brackets or quotation marks, and those of the field for other names."""

    @classmethod
    def of(cls, text: str, other_names: str = "") -> SpokenName:
        """The parts of `text`; titles are dropped, a generation is set apart, `Last, First` is turned round."""
        also = tuple(w for found in _ALSO.findall(text) for w in name_words(found)) + name_words(other_names)
        last, comma, first = _ALSO.sub(" ", text).partition(",")
        plain = name_words(last)
        after_comma = name_words(first) if comma else ()
        if after_comma and not all(w in GENERATIONS for w in after_comma):
            plain = after_comma + plain
        else:
            plain += after_comma
        generation = next((GENERATIONS[w] for w in plain[1:] if w in GENERATIONS), "")
        kept = tuple(w for i, w in enumerate(plain) if w not in TITLES and not (i and w in GENERATIONS))
        return cls(text, kept, generation, also)

    @property
    def names_several(self) -> bool:
        """Whether this seems to be the name of more than one person: `John and Mary Park`."""
        return (
            len(self.words) > MOST_WORDS
            or bool(_SEVERAL_PEOPLE.search(self.text))
            or self.text.count(",") > 1 + bool(self.generation)
        )

    def divisions(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Every (given names, surname) that the words may mean, the spoken order first."""
        if len(self.words) == 1:
            yield (), self.words
        for k in range(1, min(len(self.words), MOST_SURNAME_WORDS + 1)):
            yield self.words[:-k], self.words[-k:]
            yield self.words[k:], self.words[:k]


@dataclass(frozen=True, slots=True)
class ChartName:
    """A name as the chart keeps it."""

    first: tuple[str, ...]
    middle: tuple[str, ...]
    last: tuple[str, ...]
    others: tuple[str, ...]
    generation: str

    @classmethod
    def of(cls, patient: Patient) -> ChartName:
        """The parts of the patient's name, folded."""
        last = name_words(patient.last_name)
        first = name_words(patient.first_name)
        generation = next((GENERATIONS[w] for w in last[1:] + first[1:] if w in GENERATIONS), "")
        return cls(
            first=_without_generation(first),
            middle=name_words(patient.middle_name),
            last=_without_generation(last),
            others=name_words(patient.other_names),
            generation=generation,
        )

    def surnames(self) -> set[str]:
        """Everything that a request may call this patient's surname."""
        parts = {*self.last, *self.others} - PARTICLES
        return (parts | {"".join(self.last), "".join(self.others)}) - {""}

    def givens(self) -> set[str]:
        """Everything that a request may call this patient's given name."""
        return {*self.first, *self.middle, *self.others, "".join(self.first)} - {""}


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """How alike a spoken name and a chart's name are, part by part."""

    surname: Likeness
    given: Likeness
    middle: Likeness
    generation_differs: bool = False

    @property
    def strong(self) -> bool:
        """Whether surname and given name both fit, with at most one of them a slip."""
        fits = {Likeness.EQUAL, Likeness.KNOWN, Likeness.PART, Likeness.SLIP}
        both_slip = self.surname is Likeness.SLIP and self.given is Likeness.SLIP
        return self.surname in fits and self.given in fits and not both_slip

    @property
    def letter_for_letter(self) -> bool:
        """Whether surname and given name are spelled the same."""
        return self.surname is Likeness.EQUAL and self.given is Likeness.EQUAL

    @property
    def possible(self) -> bool:
        """Whether the two may be the same person's name at all: what makes somebody a rival of the best match."""
        return self.surname is not Likeness.DIFFERENT and self.given not in (Likeness.DIFFERENT, Likeness.ABSENT)

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts better likenesses first."""
        return (self.surname.rank + self.given.rank, self.middle.rank)


NOT_ALIKE = NameLikeness(Likeness.DIFFERENT, Likeness.DIFFERENT, Likeness.ABSENT)
IsName = Callable[[str], bool]


def compare_names(spoken: SpokenName, chart: ChartName, is_given_name: IsName) -> NameLikeness:
    """The best likeness over all divisions of the spoken name.

    `is_given_name` tells whether a word is a given name that others bear: then a letter of difference is no slip. Twins are
    often called John and Joan, and only one of them may be in the roster.
    """
    best = NOT_ALIKE
    for given, surname in spoken.divisions():
        found = NameLikeness(
            _surname_likeness(surname, chart),
            _given_likeness(given, chart, is_given_name),
            _middle_likeness(given[1:], chart),
        )
        if found.rank < best.rank:
            best = found
    differs = bool(spoken.generation and chart.generation and spoken.generation != chart.generation)
    return NameLikeness(best.surname, _also_called(best.given, spoken, chart), best.middle, differs)


def _surname_likeness(said: tuple[str, ...], chart: ChartName) -> Likeness:
    one, other = "".join(said), "".join(chart.last)
    if not one or not other:
        return Likeness.ABSENT
    if one == other:
        return Likeness.EQUAL
    if one in chart.others or one == "".join(chart.others):
        return Likeness.KNOWN
    if (len(said) > 1 or len(chart.last) > 1) and (set(said) & set(chart.last)) - PARTICLES:
        return Likeness.PART
    return Likeness.SLIP if slipped(one, other) else Likeness.DIFFERENT


def _given_likeness(said: tuple[str, ...], chart: ChartName, is_given_name: IsName) -> Likeness:
    if not said or not chart.first:
        return Likeness.ABSENT
    name, first = said[0], chart.first[0]
    if name == first or "".join(said) == "".join(chart.first):
        return Likeness.EQUAL
    if 1 in (len(name), len(first)):
        return Likeness.INITIAL if name[0] == first[0] else Likeness.DIFFERENT
    if name in chart.others or are_nicknames(name, first):
        return Likeness.KNOWN
    if name in chart.middle:
        return Likeness.MIDDLE
    return _slip_or_other_name(name, first, is_given_name)


def _slip_or_other_name(name: str, first: str, is_given_name: IsName) -> Likeness:
    if not slipped(name, first):
        return Likeness.DIFFERENT
    return Likeness.LOOKALIKE if is_given_name(name) else Likeness.SLIP


def _middle_likeness(said: tuple[str, ...], chart: ChartName) -> Likeness:
    kept = chart.first[1:] + chart.middle
    if not said or not kept:
        return Likeness.ABSENT
    found = [_middle_word_likeness(word, kept + chart.others + chart.last) for word in said]
    return max(found, key=lambda likeness: likeness.rank)


def _middle_word_likeness(word: str, among: tuple[str, ...]) -> Likeness:
    """How alike `word` and the most alike of the others are, as middle names go."""
    if word in among:
        return Likeness.EQUAL
    if any(word[0] == other[0] and 1 in (len(word), len(other)) for other in among):
        return Likeness.INITIAL
    if any(slipped(word, other) or are_nicknames(word, other) for other in among):
        return Likeness.SLIP
    return Likeness.DIFFERENT


def _also_called(given: Likeness, spoken: SpokenName, chart: ChartName) -> Likeness:
    """A given name in brackets may be the one that the chart knows: `Maria (Rose) Park`."""
    weak = given in (Likeness.DIFFERENT, Likeness.INITIAL, Likeness.LOOKALIKE, Likeness.MIDDLE)
    return Likeness.KNOWN if weak and set(spoken.also) & set(chart.first) else given


@lru_cache(maxsize=1)
def _nick_namer() -> NickNamer:
    return NickNamer()


@lru_cache(maxsize=65536)
def are_nicknames(one: str, other: str) -> bool:
    """Whether one is a nickname of the other. Two nicknames of one name are not enough: twins may be called Ella and Ellie."""
    return other in nicknames_around(one)


def nicknames_around(word: str) -> set[str]:
    """The nicknames of the word, and the names that it is a nickname of: all that `are_nicknames` with it."""
    namer = _nick_namer()
    return set(namer.nicknames_of(word)) | set(namer.canonicals_of(word))


@lru_cache(maxsize=65536)
def is_known_given_name(word: str) -> bool:
    """Whether the table of nicknames has the word, as a name or as a nickname."""
    return bool(nicknames_around(word))


def _without_generation(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(w for i, w in enumerate(parts) if not (i and w in GENERATIONS))
