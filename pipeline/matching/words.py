"""Text as it is compared: without accents, case, punctuation and the digits that readers see in place of letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA

_NOT_DECOMPOSED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile(r"['’‘`´]")
_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS_SEEN_AS_LETTERS = str.maketrans({"0": "o", "1": "l", "5": "s", "8": "b", "6": "b"})
_LETTERS_THAT_LOOK_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"), ("l", "i"), ("j", "i"))
SHORTEST_WITH_A_SLIP = 4
"""Letters. In shorter words one letter is too much of the word: Lee and Leo are two names."""
SHORTEST_WITH_TWO_SLIPS = 8


def folded(text: str) -> str:
    """Lower case without accents: `Núñez` gives `nunez`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_DECOMPOSED))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """The words of `text`, folded: `Anne-Marie O'Brien` gives `anne`, `marie`, `obrien`."""
    return tuple(_NOT_WORD.sub(" ", _APOSTROPHES.sub("", folded(text))).split())


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name; a digit among letters is the letter that it looks like: `J0hn` gives `john`."""
    return tuple(w.translate(_DIGITS_SEEN_AS_LETTERS) for w in words(text) if not w.isdigit())


@lru_cache(maxsize=65536)
def slipped(one: str, other: str) -> bool:
    """Whether two different words may be one word, misread or misspelled.

    Either they look the same to a reader (`rn` and `m`), or they are one edit apart (an exchange of neighbours is one edit)
    at four letters and more, two edits at eight letters and more.
    """
    if one == other:
        return False
    shorter = min(len(one), len(other))
    if shorter >= SHORTEST_WITH_A_SLIP:
        edits = 2 if shorter >= SHORTEST_WITH_TWO_SLIPS else 1
        if OSA.distance(one, other, score_cutoff=edits) <= edits:
            return True
    return shape(one) == shape(other)


@lru_cache(maxsize=65536)
def shape(word: str) -> str:
    """The word as a reader may see it: letters that look alike are one letter."""
    for seen, meant in _LETTERS_THAT_LOOK_ALIKE:
        word = word.replace(seen, meant)
    return word
