"""A vocabulary in which a word is found although it was misspelled or misread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.matching.words import SHORTEST_WITH_A_SLIP, SHORTEST_WITH_TWO_SLIPS, shape, slipped


class Spellings:
    """The words by their length, because two edits change it by two at most, and by how they look to a reader."""

    def __init__(self, words: Iterable[str]) -> None:
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        self._by_shape: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            by_length[len(word)].append(word)
            self._by_shape[shape(word)].append(word)
        self._by_length = {length: tuple(found) for length, found in by_length.items()}

    def like(self, word: str) -> set[str]:
        """The words that are `word` or a slip of it (`words.slipped`)."""
        found = set(self._by_shape.get(shape(word), ()))
        for length in range(len(word) - 2, len(word) + 3):
            shorter = min(length, len(word))
            if shorter < SHORTEST_WITH_A_SLIP:
                continue
            edits = 2 if shorter >= SHORTEST_WITH_TWO_SLIPS else 1
            if abs(length - len(word)) <= edits:
                among = self._by_length.get(length, ())
                found.update(w for w, _, _ in process.extract(word, among, scorer=OSA.distance, score_cutoff=edits, limit=None))
        return {w for w in found if w == word or slipped(w, word)}
