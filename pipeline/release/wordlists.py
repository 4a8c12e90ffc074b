"""The table of words that decide (`words.toml`), and looking for them in what was read."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from schemas.base import Frozen
from schemas.release import PathwayName

SHORTEST_WITH_A_SLIP = 6
"""Letters. In a shorter word, one letter of difference is another word: court and count."""
SHORTEST_WITH_TWO_SLIPS = 8


class WordGroup(Frozen):
    """Words that bring a request before a person, and why."""

    pathway: PathwayName
    about: str
    paragraph: str
    cure: str
    words: tuple[str, ...]


class Innocent(Frozen):
    """Phrases that hold such a word and mean something else."""

    phrases: tuple[str, ...]


class Leaving(Frozen):
    """Phrases that tell whether the patient leaves."""

    staying: tuple[str, ...]
    phrases: tuple[str, ...]


class WordLists(Frozen):
    """The whole table."""

    person: tuple[WordGroup, ...]
    innocent: Innocent
    leaving: Leaving

    def for_a_person(self, text: str) -> Iterator[tuple[WordGroup, str]]:
        """The groups that the text speaks of, each once, with the word found."""
        plain = plain_words(text)
        for phrase in sorted(self.innocent.phrases, key=len, reverse=True):
            plain = re.sub(rf"\b{re.escape(phrase)}\b", " ", plain)
        for group in self.person:
            found = next((word for word in group.words if speaks_of(plain, word)), None)
            if found:
                yield group, found

    def says_leaving(self, text: str) -> bool:
        """Whether the patient leaves, by their own words. In doubt they stay."""
        plain = plain_words(text)
        if any(speaks_of(plain, phrase) for phrase in self.leaving.staying):
            return False
        return any(speaks_of(plain, phrase) for phrase in self.leaving.phrases)


@lru_cache(maxsize=1)
def word_lists() -> WordLists:
    """The table that comes with the program."""
    return WordLists.model_validate(tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8")))


def plain_words(text: str) -> str:
    """Lower case, without accents and punctuation, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def any_speaks_of(plain: str, words: Iterable[str]) -> bool:
    """Whether `plain` (see `plain_words`) speaks of any of them."""
    return any(speaks_of(plain, word) for word in words)


def speaks_of(plain: str, word: str) -> bool:
    """Whether a word of `plain` begins with `word`, or is a slip of it; a phrase must stand as it is, from its first letter on."""
    if re.search(rf"\b{re.escape(word)}", plain):
        return True
    if " " in word or len(word) < SHORTEST_WITH_A_SLIP:
        return False
    edits = 2 if len(word) >= SHORTEST_WITH_TWO_SLIPS else 1
    return any(OSA.distance(said, word, score_cutoff=edits) <= edits for said in plain.split())
