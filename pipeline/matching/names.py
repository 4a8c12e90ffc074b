"""Names of people: how the request says one, how the chart keeps one, and how alike the two are.

A request says a name in spoken order, mostly: `Margaret A. Oyelaran`, but also `Oyelaran Margaret`, `Peggy Oyelaran`, a
maiden name, one half of a double name, a slip of the reader. Every way to divide the words into given names and surname is
tried against the chart; the best one counts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

from nicknames import NickNamer
from rapidfuzz.distance import OSA

from pipeline.matching.words import name_words, slipped

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
FEW = 1
"""So many bearers are no evidence that a nickname is a name of its own: it may be this very patient, called so in the chart."""
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


FITTING = frozenset({Likeness.EQUAL, Likeness.KNOWN, Likeness.PART, Likeness.SLIP})
"""Likenesses that a part of the right name may have."""
_RANKS = {likeness: rank for rank, likeness in enumerate(Likeness)}


Division = tuple[tuple[str, ...], tuple[str, ...]]
"""Given names and surname."""


@dataclass(frozen=True)
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

    @cached_property
    def divisions(self) -> tuple[Division, ...]:
        """Every (given names, surname) that the words may mean, the spoken order first."""
        if len(self.words) == 1:
            return (((), self.words),)
        sizes = range(1, min(len(self.words), MOST_SURNAME_WORDS + 1))
        return tuple(
            division for k in sizes for division in ((self.words[:-k], self.words[-k:]), (self.words[k:], self.words[:k]))
        )


@dataclass(slots=True, eq=False)
class ChartName:
    """A name as the chart keeps it."""

    first: tuple[str, ...]
    middle: tuple[str, ...]
    last: tuple[str, ...]
    others: tuple[str, ...]
    generation: str
    givens: tuple[str, ...]
    """Everything that a request may call this patient's given name; a middle initial calls nobody."""

    @classmethod
    def of(
        cls, last_name: str, first_name: str, middle_name: str, other_names: str, words: dict[str, tuple[str, ...]] | None = None
    ) -> ChartName:
        """The parts of a patient's name, folded. `words` remembers the words of texts, so that they exist once."""
        known = {} if words is None else words
        last, first, middle, others = (_words_of(text, known) for text in (last_name, first_name, middle_name, other_names))
        generation = next((GENERATIONS[w] for w in last[1:] + first[1:] if w in GENERATIONS), "")
        if generation:
            last, first = _without_generation(last), _without_generation(first)
        return cls(first, middle, last, others, generation, _givens(first, middle, others, last))

    def surnames(self) -> set[str]:
        """Everything that a request may call this patient's surname."""
        parts = {*self.last, *self.others} - PARTICLES
        return (parts | {"".join(self.last), "".join(self.others)}) - {""}

    @property
    def all_words(self) -> set[str]:
        """Every word of it."""
        return {
            *self.first,
            *self.middle,
            *self.last,
            *self.others,
            "".join(self.first),
            "".join(self.last),
            "".join(self.others),
        }


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """How alike a spoken name and a chart's name are, part by part."""

    surname: Likeness
    given: Likeness
    middle: Likeness
    generation_differs: bool = False
    unexplained: bool = False
    """Whether the request has a word in a name that fits which the chart has nowhere, and which is no new name beside the old."""

    @property
    def alike(self) -> bool:
        """Whether surname and given name both fit, with at most one of them a slip."""
        both_slip = self.surname is Likeness.SLIP and self.given is Likeness.SLIP
        return self.surname in FITTING and self.given in FITTING and not both_slip

    @property
    def strong(self) -> bool:
        """Whether the name is alike, and every word of the request has its place in it."""
        return self.alike and not self.unexplained

    @property
    def letter_for_letter(self) -> bool:
        """Whether surname and given name are spelled the same."""
        return self.surname is Likeness.EQUAL and self.given is Likeness.EQUAL

    @property
    def possible(self) -> bool:
        """Whether the two may be the same person's name at all: what makes somebody a rival of the best match.

        A given name that fits only by its initial, as the middle name or by its looks needs a surname that fits without a slip.
        """
        if self.surname in (Likeness.EQUAL, Likeness.KNOWN):
            return self.given not in (Likeness.DIFFERENT, Likeness.ABSENT)
        return self.surname in FITTING and self.given in FITTING

    @property
    def parts_rank(self) -> int:
        """Of surname and given name together; less is better."""
        return _RANKS[self.surname] + _RANKS[self.given]

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts better likenesses first."""
        return (self.parts_rank, self.middle.rank)


NOT_ALIKE = NameLikeness(Likeness.DIFFERENT, Likeness.DIFFERENT, Likeness.ABSENT)
CountOfName = Callable[[str], int]


@dataclass(slots=True)
class NameComparer:
    """Compares one spoken name with the names in many charts.

    `bearers` tells how many in the roster have a word as their first name. Then a letter of difference is no slip: twins are
    often called John and Joan, and only one of them may be in the roster. And a nickname that is a first name of its own for
    many proves nothing: Erin is a short form of Aaron in the tables, and somebody else in the waiting room.
    """

    spoken: SpokenName
    bearers: CountOfName
    # Many charts share a surname or a given name: what is alike in it is looked at once.
    _surnames: dict[tuple[tuple[str, ...], ...], tuple[Likeness, ...]] = field(default_factory=dict)
    _givens: dict[tuple[tuple[str, ...], ...], tuple[Likeness, ...]] = field(default_factory=dict)

    def compare(self, chart: ChartName) -> NameLikeness:
        """The best likeness over all divisions of the spoken name."""
        surnames, givens = self._surnames_of(chart), self._givens_of(chart)
        ranks = [surname.rank + given.rank for surname, given in zip(surnames, givens, strict=True)]
        least = min(ranks, default=NOT_ALIKE.parts_rank)
        if least >= NOT_ALIKE.parts_rank:
            return NOT_ALIKE
        likenesses = (
            (NameLikeness(surnames[i], givens[i], _middle_likeness(given[1:], chart)), bool(i % 2))
            for i, (given, _) in enumerate(self.spoken.divisions)
            if ranks[i] == least
        )
        best, turned = min(likenesses, key=lambda found: found[0].rank)
        spoken = self.spoken
        given = _also_called(best.given, spoken, chart)
        differs = bool(spoken.generation and chart.generation and spoken.generation != chart.generation)
        # A new surname beside the old one is no wonder, where all the rest is the very name in its order. Else the words of a
        # double surname, or of another order, could stand in for a given name that is somebody else's.
        beside_the_old = given is Likeness.EQUAL and best.surname is not Likeness.SLIP and not turned
        unexplained = best.surname in FITTING and given in FITTING and not beside_the_old and _unexplained(spoken.words, chart)
        return NameLikeness(best.surname, given, best.middle, differs, unexplained)

    def _surnames_of(self, chart: ChartName) -> tuple[Likeness, ...]:
        key = (chart.last, chart.others)
        found = self._surnames.get(key)
        if found is None:
            found = tuple(_surname_likeness(surname, chart) for _, surname in self.spoken.divisions)
            self._surnames[key] = found
        return found

    def _givens_of(self, chart: ChartName) -> tuple[Likeness, ...]:
        key = (chart.first, chart.middle, chart.others, chart.last if chart.others else ())
        found = self._givens.get(key)
        if found is None:
            found = tuple(self._given_likeness(given, chart) for given, _ in self.spoken.divisions)
            self._givens[key] = found
        return found

    def _given_likeness(self, said: tuple[str, ...], chart: ChartName) -> Likeness:
        if not said or not chart.first:
            return Likeness.ABSENT
        name, first = said[0], chart.first[0]
        if name == first or "".join(said) == "".join(chart.first):
            return Likeness.EQUAL
        if 1 in (len(name), len(first)):
            return Likeness.INITIAL if name[0] == first[0] else Likeness.DIFFERENT
        if (name in chart.others and name not in chart.last) or self._is_nickname(name, first):
            return Likeness.KNOWN
        if name in chart.middle:
            return Likeness.MIDDLE
        return self._slip_or_other_name(name, first)

    def _slip_or_other_name(self, name: str, first: str) -> Likeness:
        if are_nicknames(name, first):
            return Likeness.LOOKALIKE
        if not slipped(name, first):
            return Likeness.DIFFERENT
        is_a_name = self.bearers(name) or is_known_given_name(name)
        return Likeness.LOOKALIKE if is_a_name else Likeness.SLIP

    def _is_nickname(self, one: str, other: str) -> bool:
        """Whether one is a nickname of the other, and neither a name of its own nor rather another's.

        It is a name of its own where a fifth as many bear it as the full name, or where it is another way to spell it (Jon and
        John); and rather another's where twice as many are called so in full: Mickey is Michael before it is Michelle.
        """
        if not are_nicknames(one, other) or OSA.distance(one, other) <= 1:
            return False
        short, full = (one, other) if is_nickname_of(one, other) else (other, one)
        most = max(map(self.bearers, full_names_of(short)), default=0)
        return self.bearers(short) <= self.bearers(full) / 5 + FEW and most <= 2 * self.bearers(full) + FEW


def _unexplained(said: tuple[str, ...], chart: ChartName) -> bool:
    known = chart.all_words
    rest = [word for word in said if word not in known and word not in PARTICLES]
    return any(not _may_be_one_of(word, known) for word in rest if len(word) > 1)


def _may_be_one_of(word: str, known: set[str]) -> bool:
    return any(
        (word[0] == other[:1] and len(other) == 1) or slipped(word, other) or are_nicknames(word, other) for other in known
    )


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


@lru_cache(maxsize=65536)
def full_names_of(short: str) -> frozenset[str]:
    """The names that it is a nickname of."""
    return frozenset(_nick_namer().canonicals_of(short))


@lru_cache(maxsize=65536)
def is_nickname_of(short: str, full: str) -> bool:
    """Whether `short` is a nickname of `full`."""
    return full in full_names_of(short)


@lru_cache(maxsize=65536)
def nicknames_around(word: str) -> frozenset[str]:
    """The nicknames of the word, and the names that it is a nickname of: all that `are_nicknames` with it."""
    namer = _nick_namer()
    return frozenset(namer.nicknames_of(word)) | frozenset(namer.canonicals_of(word))


@lru_cache(maxsize=65536)
def is_known_given_name(word: str) -> bool:
    """Whether the table of nicknames has the word, as a name or as a nickname."""
    return bool(nicknames_around(word))


def _givens(first: tuple[str, ...], middle: tuple[str, ...], others: tuple[str, ...], last: tuple[str, ...]) -> tuple[str, ...]:
    joined = ("".join(first),) if len(first) > 1 else ()
    more = (*joined, *(w for w in middle if len(w) > 1), *(w for w in others if w not in last))
    return tuple(dict.fromkeys((*first, *more))) if more else first


def _words_of(text: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = known.get(text)
    if found is None:
        found = known[text] = tuple(map(sys.intern, name_words(text)))
    return found


def _without_generation(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(w for i, w in enumerate(parts) if not (i and w in GENERATIONS))
