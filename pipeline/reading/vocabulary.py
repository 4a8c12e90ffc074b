"""Words that people's names, streets and offices are made of, and how often each occurs.

Surnames and given names are those of the US Census of 1990 (public domain, as the package `names` carries them); endings of
streets are those of the US Postal Service (in `usaddress`). A word that is missing here is no error: nine people in a hundred
have a rarer surname.
"""

from __future__ import annotations

import math
import tomllib
from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from schemas.reading import FieldName

NAMES = frozenset({FieldName.PATIENT_NAME})
"""Not the name under the signature: who has signed is compared with the patient as it stands there, or a list would make a
relative's name the patient's."""
STREETS = frozenset({FieldName.PATIENT_STREET, FieldName.DESTINATION_STREET})
OFFICES = frozenset({FieldName.DESTINATION_NAME, FieldName.HOLDER_NAME})
SHORTEST = 3
"""Letters: shorter words are too much like each other."""
RAREST = 5e-7
"""Share of the rarest names of the lists: one in two million."""
USUAL = 1e-3
"""Share of a word of streets or offices."""
UNKNOWN = 2e-9
"""Share of one certain word that is in no list."""
SHORT, LONG = 4, 8
"""Letters: up to SHORT a word may differ from what was read by one letter, from LONG on by three."""


@dataclass(frozen=True)
class Vocabulary:
    """Words in small letters, with the logarithm of how often each occurs."""

    weights: Mapping[str, float]
    by_length: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, shares: Mapping[str, float]) -> Vocabulary:
        """The words with their shares."""
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in shares:
            by_length[len(word)].append(word)
        return cls({w: math.log(s) for w, s in shares.items()}, {n: tuple(words) for n, words in by_length.items()})

    def with_usual(self, words: Iterable[str]) -> Vocabulary:
        """With words of streets or offices; the names are not kept twice."""
        usual = Vocabulary.of(dict.fromkeys(words, USUAL))
        lengths = {*self.by_length, *usual.by_length}
        joined = {n: (*usual.by_length.get(n, ()), *self.by_length.get(n, ())) for n in lengths}
        return Vocabulary(ChainMap(dict(usual.weights), self.weights), joined)  # type: ignore[arg-type]  # read only

    def weight(self, word: str) -> float:
        """Logarithm of how often a word occurs, be it in no list."""
        return self.weights.get(word.lower(), math.log(UNKNOWN))

    def knows(self, word: str) -> bool:
        """Whether the word is in a list."""
        return word.lower() in self.weights

    def like(self, word: str) -> list[str]:
        """The words that differ from a read one by a few letters, small."""
        most = 1 if len(word) <= SHORT else 2 if len(word) < LONG else 3
        near = [w for n in range(len(word) - most, len(word) + most + 1) for w in self.by_length.get(n, ())]
        found = process.extract(word.lower(), near, scorer=Levenshtein.distance, score_cutoff=most, limit=40)
        return [w for w, _distance, _index in found]


def vocabulary_of(name: FieldName) -> Vocabulary | None:
    """The words that a field's values are made of, or None where these are anybody's."""
    if name in NAMES:
        return _names()
    if name in STREETS:
        return _streets()
    return _offices() if name in OFFICES else None


def likelier_name(one: str, other: str) -> str:
    """Of two names the one that more people bear; the second where none is known."""
    return one if _names().weight(one) > _names().weight(other) else other


def may_be_broken(name: str) -> bool:
    """Whether two neighbouring words of a name are together a name that more people bear than one of them: Han Son."""
    names, words = _names(), name.split()
    return any(
        names.knows(one + other) and names.weight(one + other) > min(names.weight(one), names.weight(other))
        for one, other in pairwise(words)
        if min(len(one), len(other)) > 1
    )


def is_usual(word: str) -> bool:
    """Whether streets and offices are often made of the word; names do not count."""
    return word.lower() in _usual()


@cache
def _usual() -> frozenset[str]:
    import usaddress  # noqa: PLC0415  # loads its model on import

    return frozenset(w.lower() for w in (*usaddress.STREET_NAMES, *_listed()["address"], *_listed()["office"]))


@cache
def _names() -> Vocabulary:
    return Vocabulary.of(_census())


@cache
def _streets() -> Vocabulary:
    import usaddress  # noqa: PLC0415  # loads its model on import

    endings = [w for w in usaddress.STREET_NAMES if len(w) >= SHORTEST]
    return _names().with_usual([*endings, *_listed()["address"]])


@cache
def _offices() -> Vocabulary:
    return _names().with_usual(_listed()["office"])


def _census() -> dict[str, float]:
    """Each name's larger share of those that bear it as a surname or as a given name."""
    shares: dict[str, float] = {}
    for list_of in ("dist.all.last", "dist.female.first", "dist.male.first"):
        for row in (files("names") / list_of).read_text(encoding="ascii").splitlines():
            name, percent, *_rest = row.split()
            if len(name) >= SHORTEST:
                shares[name.lower()] = max(shares.get(name.lower(), RAREST), float(percent) / 100)
    return shares


@cache
def _listed() -> dict[str, list[str]]:
    return dict(tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8")))
