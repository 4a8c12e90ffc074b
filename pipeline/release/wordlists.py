"""The table of words that decide (`words.toml`), and looking for them in what was read."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from schemas.base import Frozen
from schemas.reading import SensitiveClass
from schemas.release import PathwayName

SHORTEST_WITH_A_SLIP = 6
"""Letters. In a shorter word, one letter of difference is another word: court and count."""


class WordGroup(Frozen):
    """Words that bring a request before a person, and why."""

    pathway: PathwayName
    about: str
    paragraph: str
    cure: str
    words: tuple[str, ...]
    names: bool = True
    """Whether the words are looked for in names of offices and people as well."""


class Innocent(Frozen):
    """Phrases that hold such a word and mean something else."""

    phrases: tuple[str, ...]


class Leaving(Frozen):
    """Phrases that tell whether the patient leaves."""

    staying: tuple[str, ...]
    phrases: tuple[str, ...]


class Treatment(Frozen):
    """Words by which one knows a copy for treatment."""

    provider: tuple[str, ...]
    voice: tuple[str, ...]
    purpose: tuple[str, ...]


class Protected(Frozen):
    """A class of specially protected records."""

    says: str
    paragraph: str
    cure: str


class WordLists(Frozen):
    """The whole table."""

    person: tuple[WordGroup, ...]
    innocent: Innocent
    leaving: Leaving
    treatment: Treatment
    protected: dict[SensitiveClass, Protected]

    def for_a_person(self, text: str, *, is_name: bool = False) -> Iterator[tuple[WordGroup, str]]:
        """The groups that the text speaks of, each once, with the word found."""
        plain = plain_words(text)
        for phrase in sorted(self.innocent.phrases, key=len, reverse=True):
            plain = re.sub(rf"\b{re.escape(phrase)}\b", " ", plain)
        for group in self.person:
            if is_name and not group.names:
                continue
            found = next((word for word in group.words if speaks_of(plain, word)), None)
            if found:
                yield group, found.rstrip("*")

    def says_leaving(self, text: str) -> bool:
        """Whether the patient leaves, by their own words. In doubt they stay."""
        plain = plain_words(text)
        if any(speaks_of(plain, phrase) for phrase in self.leaving.staying):
            return False
        return any(speaks_of(plain, phrase) for phrase in self.leaving.phrases)

    def says_provider(self, text: str) -> str | None:
        """The word by which a relationship is a provider's."""
        return _first(text, self.treatment.provider)

    def in_a_providers_voice(self, text: str) -> str | None:
        """The phrase that a provider writes, and no patient."""
        return _first(text, self.treatment.voice)

    def says_treatment(self, text: str) -> str | None:
        """The word by which a purpose is treatment."""
        return _first(text, self.treatment.purpose)


@lru_cache(maxsize=1)
def word_lists() -> WordLists:
    """The table that comes with the program."""
    return WordLists.model_validate(tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8")))


def _first(text: str, words: tuple[str, ...]) -> str | None:
    """The first of the words, letter for letter: what may let a copy go forgives no slip (`preferred` is not `referred`)."""
    plain = plain_words(text)
    return next((word.rstrip("*") for word in words if speaks_of(plain, word, slips=False)), None)


def plain_words(text: str) -> str:
    """Lower case, without accents and punctuation, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def speaks_of(plain: str, word: str, *, slips: bool = True) -> bool:
    """Whether `plain` (see `plain_words`) has the word, its plural or a slip of it; `word*` is a stem."""
    if word.endswith("*"):
        return re.search(rf"\b{re.escape(word[:-1])}", plain) is not None
    if re.search(rf"\b{re.escape(word)}(s|es)?\b", plain):
        return True
    return slips and " " not in word and any(_slip(said, word) for said in plain.split())


def _slip(said: str, word: str) -> bool:
    return min(len(said), len(word)) >= SHORTEST_WITH_A_SLIP and OSA.distance(said, word, score_cutoff=1) <= 1
