"""The words that a page prints, as far as they are words that all forms print.

A page that is seen for the first time does not say which of its words are the form's and which somebody wrote. So a word is
kept only if it is one of the words of `labels.toml`, whose list comes with the program and is no list of names; the others are
not even looked at. And only from lines that are known as print: with a label, a heading, a choice or a statement of the small
print on them. A line that may name records which need a permission of their own leaves nothing, on whatever scan: somebody may
have written it, and it would say the most. Most longer words of a form's print are left: enough to know it again by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.reading.geometry import Rect
from pipeline.reading.labels import BLANK, SMALL_WORDS, found_in, is_prose, words_of_phrases
from pipeline.reading.sensitive import may_be_sensitive
from pipeline.reading.statements import find_statements
from pipeline.reading.text import TextLine, plain
from pipeline.reading.words import LABEL_WORDS

TELLING = 4
"""Letters: shorter words stand everywhere, and tell one form from another badly."""
FORGIVEN_FROM, ALIKE = 6, 0.82
"""Letters from which on a word may be misread a little, and how like it must be."""
MOSTLY, IN_SENTENCES = 0.6, 0.35
"""Of a line's letters, the share that must be in words that forms print; a line with less may be somebody's. The long lines of
the small print have more words of their own."""


@dataclass(frozen=True)
class WordSeen:
    """A word of the list on a page, in pixels."""

    text: str
    place: Rect
    line: TextLine
    start: int
    """Index of its first letter in the line; `end` is outside."""
    end: int


NAMES_TOO = frozenset({"bill", "may", "ray", "will"})
"""Words of the list that somebody may be called."""


@cache
def form_words() -> frozenset[str]:
    """Every word that labels, headings and choices are made of, in plain letters; without numbers, and without names."""
    words = (plain(word) for word in words_of_phrases() | LABEL_WORDS)
    return frozenset(w for w in words if w.isalpha() and len(w) > 1) - NAMES_TOO


@cache
def _long_words() -> tuple[str, ...]:
    return tuple(sorted(word for word in form_words() if len(word) >= FORGIVEN_FROM))


def printed_on(lines: Iterable[TextLine]) -> list[WordSeen]:
    """The words of the list that stand on the page, misread ones as they are spelt there."""
    pieces = [(line, start, end, plain(line.text[start:end])) for line in lines for start, end in _pieces(line)]
    unknown = sorted({text for *_, text in pieces if text not in form_words() and len(text) >= FORGIVEN_FROM and text.isalpha()})
    spelt = dict(zip(unknown, _nearest(unknown), strict=True))
    found = []
    for line, start, end, text in pieces:
        word = text if text in form_words() else spelt.get(text)
        if word:
            found.append(WordSeen(word, line.part(start, end), line, start, end))
    return found


def _pieces(line: TextLine) -> Iterable[tuple[int, int]]:
    """From where to where each word of a line goes."""
    start: int | None = None
    for at, letter in enumerate([*line.letters, None]):
        inside = letter is not None and letter.char != BLANK and (letter.char.isalpha() or letter.char in "'’-")
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            yield start, at
            start = None


def pieces_of(lines: Iterable[TextLine]) -> list[Rect]:
    """Where each word of the page stands, whatever it says and whoever wrote it, in pixels."""
    return [line.part(start, end) for line in lines for start, end in _pieces(line)]


def _nearest(texts: Sequence[str]) -> list[str | None]:
    """The word of the list that each is nearly; None for those that are none."""
    if not texts:
        return []
    alike = process.cdist(texts, _long_words(), scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE)
    best = np.asarray(alike).argmax(axis=1)
    return [_long_words()[at] if alike[number][at] >= ALIKE else None for number, at in enumerate(best.tolist())]


def surely_printed(words: Sequence[WordSeen], taken: Sequence[Rect] = ()) -> list[WordSeen]:
    """Those that a form may be known by: on lines of its own print, and not where something was filled in (`taken`)."""
    by_line: defaultdict[int, list[WordSeen]] = defaultdict(list)
    for word in words:
        by_line[id(word.line)].append(word)
    told = [word for on_line in by_line.values() if _is_of_the_form(on_line, taken) for word in on_line]
    return [word for word in told if not any(_inside(word.place, t) for t in taken)]


def _is_of_the_form(words: Sequence[WordSeen], taken: Sequence[Rect]) -> bool:
    """Whether the line on which these words of the list stand is print, by how much they are of it, and by what it says.

    A short label without a colon ("to", "time") is a word of anybody's sentence.
    """
    line = words[0].line
    prose = is_prose(line)
    known = sum(len(plain(line.text[word.start : word.end])) for word in words)
    if known < (IN_SENTENCES if prose else MOSTLY) * len(_free_of(line, taken)):
        return False
    if any(may_be_sensitive(said) for said in (line.text, *(word.text for word in words))):
        return False
    hits = found_in(line, ("label", "heading", "choice"))
    return any(hit.colon or len(hit.phrase.letters) > SMALL_WORDS for hit in hits) or (prose and bool(find_statements([line])))


def _free_of(line: TextLine, taken: Sequence[Rect]) -> str:
    """The line's letters that stand outside of what was filled in."""
    return "".join(
        plain(letter.char)
        for letter in line.letters
        if not any(t.holds((letter.left + letter.right) / 2, line.rect.middle[1]) for t in taken)
    )


def _inside(word: Rect, taken: Rect) -> bool:
    return word.x_overlap(taken) > 0.3 * word.width and word.y_overlap(taken) > 0.3 * min(word.height, taken.height)
