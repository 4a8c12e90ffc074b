"""A vocabulary in which a word is found although it was misspelled or misread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.matching.words import SHORTEST_WITH_TWO_SLIPS, shape, slipped


class Spellings:
    """The words by what is left of them without one letter, and by how they look to a reader; long ones by length as well.

    Two words one edit apart have a word in common once a letter is left out of either (or of both), so a look-up takes as many
    steps as the word has letters. Only long words may be two edits apart; these are compared one by one.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_key: defaultdict[str, list[str]] = defaultdict(list)
        self._by_shape: defaultdict[str, list[str]] = defaultdict(list)
        long_ones: defaultdict[int, list[str]] = defaultdict(list)
        for word in words:
            for key in _keys(word):
                self._by_key[key].append(word)
            self._by_shape[shape(word)].append(word)
            if len(word) >= SHORTEST_WITH_TWO_SLIPS:
                long_ones[len(word)].append(word)
        self._long_ones = {length: tuple(found) for length, found in long_ones.items()}

    def like(self, word: str) -> set[str]:
        """The words that are `word` or a slip of it (`words.slipped`)."""
        found = {near for key in _keys(word) for near in self._by_key.get(key, ())}
        found.update(self._by_shape.get(shape(word), ()))
        if len(word) >= SHORTEST_WITH_TWO_SLIPS:
            found.update(self._two_edits_from(word))
        return {near for near in found if near == word or slipped(near, word)}

    def _two_edits_from(self, word: str) -> Iterator[str]:
        for length in range(len(word) - 2, len(word) + 3):
            among = self._long_ones.get(length, ())
            yield from (near for near, _, _ in process.extract(word, among, scorer=OSA.distance, score_cutoff=2, limit=None))


def _keys(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
