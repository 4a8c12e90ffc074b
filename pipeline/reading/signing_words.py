"""Labels of a signature that no list has, told by the words that they are made of.

One form asks for the "Parent/Guardian/Patient signature", the next has "Signed (patient, or parent of a minor)" under the line.
Such a label says that somebody signs and who that is, with small words between, and nothing else: one more word, such as
"witness", "staff" or "name", and it asks for something else. The words are data, in `signing.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.reading.labels import BLANK, Hit, Phrase, opens
from pipeline.reading.text import TextLine, plain

TOLD = 0.95
"""Likeness of such a label: a little less than that of one which is spelt as the list has it."""
FORGIVING = 6
"""Letters from which one wrong letter is forgiven in a word."""
LONGEST = 90
"""Letters: what is longer is a sentence."""
SHORTEST_PIECE = 2
"""Letters: words that the engine wrote together are parted into pieces of no less."""

_WORD = re.compile(r"[^\W\d_]+(?:['’](?=[^\W\d_])[^\W\d_]+)?")
_BETWEEN = re.compile(r"(?:[\s/,&().\[\]\-–+]|(?<!\d)\d{2}(?!\d))*")
"""Between two words: signs, and the age from which one signs alone."""


def with_signing(line: TextLine, known: Sequence[Hit]) -> list[Hit]:
    """The hits on a line, `known` among them, with labels of a signature in place of shorter ones that begin in them."""
    found: list[Hit] = []
    for hit in _told(line, signs=True):
        listed = max((k.end for k in known if k.start <= hit.start < k.end), default=0)
        if hit.end > listed:
            found.append(hit)
    kept = [k for k in known if not any(f.start <= k.start < f.end for f in found)]
    return sorted([*kept, *found], key=lambda h: h.start)


def who_signs(line: TextLine) -> Hit | None:
    """The words at the start of a line that only say who signs for a patient, if that is all they say."""
    return next((hit for hit in _told(line, signs=False) if not line.text[: hit.start].strip()), None)


def _told(line: TextLine, *, signs: bool) -> Iterator[Hit]:
    """The labels on a line that say who signs, with or without a word that says so."""
    end = 0
    for match in _WORD.finditer(line.text):
        if match.start() < end or not (opens(line, match.start()) or line.text[: match.start()].strip() in ("X", "x")):
            continue
        size, kinds = _run(line.text, match.start())
        end = max(end, size)
        said = frozenset[str]().union(*kinds)
        if ("signs" in said) is not signs or not said & {"patient", "others"} or not _ends(line, size):
            continue
        if signs or ("others" in said and len(kinds) > 1):
            party = "signature" if "patient" in said else "representative"
            between = _BETWEEN.match(line.text, size)  # the rest of what stands in brackets
            close = len(line.text[: between.end() if between else size].rstrip())
            letters = plain(line.text[match.start() : size])
            yield Hit(Phrase("label", "signature", party, letters=letters), line, match.start(), close, TOLD)


def _run(text: str, start: int) -> tuple[int, list[frozenset[str]]]:
    """The end of the longest run of known words from there that does not end with a small one in its middle, and their kinds."""
    kinds: list[frozenset[str]] = []
    end = at = start
    while (word := _WORD.match(text, at)) is not None and word.end() - start <= LONGEST:
        kind = _kinds(word[0])
        if not kind:
            break
        kinds.append(kind)
        end = word.end()
        between = _BETWEEN.match(text, end)
        at = between.end() if between else end
    return end, kinds


def _ends(line: TextLine, end: int) -> bool:
    """Whether a label ends there: with the line, a colon or a blank, or before a gap."""
    rest = line.text[end:]
    between = _BETWEEN.match(rest)
    after = rest[between.end() :] if between else rest
    if not after or after.startswith((":", BLANK)):
        return True
    first = next(i for i in range(end, len(line.letters)) if line.letters[i].char not in " )]")
    return line.letters[first].left - line.letters[end - 1].right > line.rect.height


def _kinds(word: str) -> frozenset[str]:
    """The kinds of a word as it was read; of words that were written together, those of all."""
    letters = plain(word)
    return _of_letters(letters) or frozenset[str]().union(*_pieces(letters))


@cache
def _of_letters(letters: str) -> frozenset[str]:
    words = _words()
    if letters in words or len(letters) < FORGIVING:
        return words.get(letters, frozenset())
    near = (k for w, k in words.items() if len(w) >= FORGIVING and Levenshtein.distance(w, letters, score_cutoff=1) <= 1)
    return next(near, frozenset())


def _pieces(letters: str) -> list[frozenset[str]]:
    """The kinds of the known words that make up letters without spaces; none if they do not."""
    words = _words()
    for size in range(len(letters), SHORTEST_PIECE - 1, -1):
        if letters[:size] in words:
            rest = _pieces(letters[size:])
            if rest or size == len(letters):
                return [words[letters[:size]], *rest]
    return []


@cache
def _words() -> dict[str, frozenset[str]]:
    data = tomllib.loads((Path(__file__).parent / "signing.toml").read_text(encoding="utf-8"))
    return {plain(word): frozenset({kind}) for kind, words in data.items() for word in words}
