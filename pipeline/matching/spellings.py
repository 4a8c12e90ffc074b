"""A vocabulary in which a word is found although it was misspelled or misread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.matching.words import SHORTEST_WITH_TWO_SLIPS, shape, slipped

LETTERS = 26
MOST_LETTERS_CHANGED = 4
"""Two edits put at most two letters in and take two out."""
MOST_REMEMBERED = 4096
"""Answers; the names of most people are asked for again soon."""
_BITS_IN = np.array([n.bit_count() for n in range(2**13)], dtype=np.uint8)


class Spellings:
    """The words by what is left of them without one letter, and by how they look to a reader; long ones by their letters as well.

    Two words one edit apart have a word in common once a letter is left out of either (or of both), so a look-up takes as many
    steps as the word has letters. Only long words may be two edits apart: of these, the few that are made of nearly the same
    letters are compared one by one.
    """

    def __init__(self, words: Iterable[str]) -> None:
        # Most keys lead to one word: a string, several parted by spaces, takes a third of what lists would.
        self._by_key: dict[str, str] = {}
        self._by_shape: dict[str, str] = {}
        long_ones: list[str] = []
        for word in words:
            for key in _keys(word):
                _put(self._by_key, key, word)
            if (seen := shape(word)) != word:
                _put(self._by_shape, seen, word)
            if len(word) >= SHORTEST_WITH_TWO_SLIPS:
                long_ones.append(word)
        self._long_ones = tuple(long_ones)
        self._letters = np.array([_letters(word) for word in long_ones], dtype=np.uint32)
        self._lengths = np.array([len(word) for word in long_ones], dtype=np.int16)
        self._alike: dict[str, frozenset[str]] = {}

    def like(self, word: str) -> frozenset[str]:
        """The words that are `word` or a slip of it (`words.slipped`)."""
        alike = self._alike.get(word)
        if alike is None:
            if len(self._alike) >= MOST_REMEMBERED:
                self._alike.clear()
            alike = self._alike[word] = frozenset(self._like(word))
        return alike

    def _like(self, word: str) -> Iterator[str]:
        seen = shape(word)
        found = {near for key in _keys(word) for near in self._by_key.get(key, "").split()}
        found.update(self._by_key.get(seen, "").split(), self._by_shape.get(seen, "").split())
        if len(word) >= SHORTEST_WITH_TWO_SLIPS:
            found.update(self._two_edits_from(word))
        yield from (near for near in found if near == word or slipped(near, word))

    def _two_edits_from(self, word: str) -> Iterator[str]:
        changed = self._letters ^ np.uint32(_letters(word))
        few = _BITS_IN[changed & 0x1FFF] + _BITS_IN[changed >> 13] <= MOST_LETTERS_CHANGED
        among = [self._long_ones[i] for i in np.flatnonzero(few & (abs(self._lengths - len(word)) <= 2))]
        yield from (near for near, _, _ in process.extract(word, among, scorer=OSA.distance, score_cutoff=2, limit=None))


def _put(kept: dict[str, str], key: str, word: str) -> None:
    there = kept.get(key)
    kept[key] = word if there is None else f"{there} {word}"


def _letters(word: str) -> int:
    """Which letters are in it, a bit each; what is no letter of ours shares the bit of its remainder."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % LETTERS)
    return bits


def _keys(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
