"""Finds what a form prints: labels beside places to fill in, headings of its parts, words beside boxes to tick."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.reading.geometry import Rect
from pipeline.reading.text import TextLine, plain
from pipeline.reading.words import is_label_text

BLANK = "_"
PROSE = 62
"""Letters and digits: a longer run without a blank or a colon is a sentence of the small print."""
SMALL_WORDS = 5
"""Labels of no more letters than this must be spelt exactly."""


@dataclass(frozen=True)
class Phrase:
    """One printed wording and what it stands for."""

    kind: str
    """`label`, `heading`, `choice`."""
    key: str
    """The label's key, the heading's part of the form, or the choice; choices: `other`, `ignored`."""
    party: str = ""
    above: bool = True
    letters: str = ""
    words: tuple[str, ...] = ()
    """The letters word by word, where a list has the wording."""


@dataclass(frozen=True)
class Hit:
    """A phrase found on a line."""

    phrase: Phrase
    line: TextLine
    start: int
    """Index of its first letter in the line; `end` is outside."""
    end: int
    likeness: float
    place: Rect | None = None
    """Where its ink is, once that was looked up; the line around it may hold a larger hand."""

    @property
    def rect(self) -> Rect:
        """Where the phrase stands on the page."""
        return self.place or self.line.part(self.start, self.end)

    @property
    def colon(self) -> bool:
        """Whether the form asks for something right here: a colon, a number sign or a blank follows."""
        after = self.line.text[self.end : self.end + 3].lstrip(" *).")
        return bool(after) and after[0] in ":#;_"


@dataclass(frozen=True)
class Vocabulary:
    """All phrases by their first letter."""

    phrases: dict[str, tuple[Phrase, ...]]
    longest: int

    def starting(self, letters: str) -> tuple[Phrase, ...]:
        """Those that may begin like this; a wrong first letter is forgiven by looking at the second as well."""
        return self.phrases.get(letters[:1], ()) + tuple(
            p for p in self.phrases.get("?" + letters[1:3], ()) if p.letters[0] != letters[0]
        )


@cache
def vocabulary() -> Vocabulary:
    """The phrases of labels.toml, read once a process."""
    data = tomllib.loads((Path(__file__).parent / "labels.toml").read_text(encoding="utf-8"))
    phrases = [_phrase(w, "heading", part) for part, words in data["heading"].items() for w in words]
    for entry in data["label"]:
        phrases += [
            _phrase(w, "label", entry["key"], entry.get("party", ""), above=entry.get("above", True)) for w in entry["phrases"]
        ]
    for choice, words in data["choice"].items():
        phrases += [_phrase(w, "choice", choice, choice.split(".")[0]) for w in words]
    phrases += [_phrase(w, "choice", "ignored") for w in data["ignored_choice"]["phrases"]]
    phrases += [_phrase(w, "choice", "other") for w in data["ignored_choice"]["other"]]
    by_letter: defaultdict[str, list[Phrase]] = defaultdict(list)
    for phrase in phrases:
        by_letter[phrase.letters[:1]].append(phrase)
        if len(phrase.letters) > 2 * SMALL_WORDS:
            by_letter["?" + phrase.letters[1:3]].append(phrase)
    return Vocabulary({k: tuple(v) for k, v in by_letter.items()}, max(len(p.letters) for p in phrases))


def _phrase(wording: str, kind: str, key: str, party: str = "", *, above: bool = True) -> Phrase:
    return Phrase(kind, key, party, above, plain(wording), tuple(filter(None, map(plain, wording.split()))))


def found_in(line: TextLine, kinds: Iterable[str] = ("label", "heading")) -> list[Hit]:
    """Every phrase of those kinds on the line, the longest reading where several fit; left to right."""
    wanted, words = set(kinds), vocabulary()
    letters, index = line.key
    hits: list[Hit] = []
    position = 0
    while position < len(letters):
        if not _starts_word(line, index[position]):
            position += 1
            continue
        options = [
            h for p in words.starting(letters[position:]) if p.kind in wanted and (h := _match(line, letters, index, position, p))
        ]
        if options:
            best = max(_weight(h) for h in options)
            chosen = [h for h in options if _weight(h) >= best - 0.01]
            hits += chosen
            position = max(position + 1, next((i for i, at in enumerate(index) if at >= chosen[0].end), len(index)))
        else:
            position += 1
    return hits


_LINK = re.compile(r"\s*(?:[/(]|(?:or|and|of|for|to|if|y|o|de|del)\b)", re.IGNORECASE)
"""How a label goes on that is longer than its phrase: "Name of dentist | or practice", "Phone | / Teléfono"."""
MOST_GROWN = 44
"""Letters: a label that goes on longer than this is a sentence."""


def grown(hit: Hit, others: Iterable[Hit] = ()) -> Hit:
    """The hit with the printed words that go on behind its phrase: up to a colon, else as far as they are a form's own words.

    Not over one of `others`: then two things are asked for.
    """
    text = hit.line.text[hit.end :]
    link = _LINK.match(text)
    if hit.colon or link is None:
        return hit
    stop = next((i for i, c in enumerate(text) if c in ":_#"), None)
    size = stop if stop is not None and _goes_on(text[:stop]) else _own_words(text)
    end = hit.end + len(text[:size].rstrip())
    if end <= hit.end or any(h.line is hit.line and hit.end <= h.start < end and h.phrase.key != hit.phrase.key for h in others):
        return hit
    return replace(hit, end=end, place=None)


def _goes_on(text: str) -> bool:
    closed = text.count("(") == text.count(")")
    return closed and len(text) <= MOST_GROWN and not any(c.isdigit() for c in text) and not re.search(r"[.?!]\s", text)


def _own_words(text: str) -> int:
    """The length of the words at the start of `text` that a form prints."""
    size = 0
    for word in re.finditer(r"\s*[(/]?\s*([^\s/()]+)\)?", text):
        if not is_label_text(word[1]):
            break
        size = word.end()
    return size


def opens(line: TextLine, start: int) -> bool:
    """Whether a label may begin there: at the start of the line, behind a blank, a colon, a box or a gap."""
    before = FORMAT.sub("", line.text[:start]).rstrip()
    if not_yet(before) or before.endswith((BLANK, ":", ")", *BOXES)):
        return True
    last = max(i for i in range(start) if not line.letters[i].char.isspace())
    return line.letters[start].left - line.letters[last].right > GAP * line.rect.height


def not_yet(before: str) -> bool:
    """Whether nothing has been said on the line so far: at most a number or a letter of a list, "13." or "(a)"."""
    return not before.strip(" ([*.,;)0123456789") or _LETTERED.fullmatch(before) is not None


_LETTERED = re.compile(r"\W*[A-Za-z][.)]\s*")
FORMAT = re.compile(r"(?i)\(?\b(?:mm\W{0,3}dd\W{0,3}y{2,4}|y{4}\W?mm\W?dd)\b\)?")
"""How a date is to be written; it belongs to what is left of it."""
BOXES = ("□", "☐", "☑", "☒", "■", "○")
GAP = 0.9
"""Line heights between words that stand apart."""


def _weight(hit: Hit) -> float:
    """Long phrases before short ones, but no longer one at the price of wrong letters."""
    size = len(hit.phrase.letters)
    return size - 3 * size * (1 - hit.likeness)


def _match(line: TextLine, letters: str, index: tuple[int, ...], position: int, phrase: Phrase) -> Hit | None:
    """The phrase at this place, if it is spelt nearly so and ends where a word ends."""
    size = len(phrase.letters)
    slack = 0 if size <= SMALL_WORDS else max(1, size // 7)
    if len(letters) - position < size - slack:
        return None
    if letters.startswith(phrase.letters, position):
        return _ending(line, index, position, position + size, phrase, 1.0)
    if slack == 0:
        return None
    best: Hit | None = None
    for length in range(size - min(slack, 2), size + min(slack, 2) + 1):
        some = letters[position : position + length]
        distance = Levenshtein.distance(some, phrase.letters, score_cutoff=slack)
        if distance <= slack:
            hit = _ending(line, index, position, position + len(some), phrase, 1 - distance / size)
            if hit and (best is None or hit.likeness > best.likeness) and not _another_word(hit):
                best = hit
    return best


def _another_word(hit: Hit) -> bool:
    """Whether a word of the phrase is not misread but another one: "who may see it" is not "who may send it"."""
    read = [letters for word in hit.line.text[hit.start : hit.end].split() if (letters := plain(word))]
    if len(read) != len(hit.phrase.words):
        return False  # the engine split or joined words
    pairs = zip(read, hit.phrase.words, strict=True)
    return any(Levenshtein.distance(here, there) > max(1, len(there) // MISREAD) for here, there in pairs)


MISREAD = 4
"""Of so many letters of a word one may be wrong."""


def _ending(line: TextLine, index: tuple[int, ...], first: int, last: int, phrase: Phrase, likeness: float) -> Hit | None:
    start, end = index[first], index[last - 1] + 1
    if any(sign in line.text[start:end] for sign in ":_#"):  # two labels with a blank between are not one
        return None
    return Hit(phrase, line, start, end, likeness) if _ends_word(line, end) else None


def _starts_word(line: TextLine, at: int) -> bool:
    """A word begins at the start, after anything but a letter, or where a capital follows a small letter."""
    if at == 0:
        return True
    here, before = line.letters[at].char, line.letters[at - 1].char
    crossed = before in "Xx" and here.isupper() and (at == 1 or not line.letters[at - 2].char.isalnum())  # a cross before "Email"
    return crossed or not before.isalnum() or (here.isupper() and before.islower()) or (here.isalpha() and before.isdigit())


def _ends_word(line: TextLine, end: int) -> bool:
    if end >= len(line.letters):
        return True
    here, before = line.letters[end].char, line.letters[end - 1].char
    return not here.isalnum() or (here.isupper() and before.islower()) or (here.isdigit() and before.isalpha())


_ADDRESS = re.compile(r"^\W*(?:(?:\w+\s+){0,2}[Aa]ddress\b.{0,40}?)?\d\w{0,5}\s+\S.*\b[A-Z]{2}[\s.,]*\d{5}(?!\d)")
"""A house number at the start or behind its label, and a ZIP code behind a state."""


_ENDS_IN_ZIP = re.compile(r"\d.*[ ,.][A-Z]{2}[\s.,]{1,2}\d{5}(?:-\d{4})?\W*$")


def _is_whole_address(text: str) -> bool:
    """Whether a line is nothing but a name and its address: a number, state and ZIP code at the end, no word in small letters."""
    return _ENDS_IN_ZIP.search(text) is not None and not re.search(r"(?<![^\W_])[a-z]{3,}", text)


_PARTS = re.compile(r"[:_]| / ")
"""Where one thing that a line says ends: at a blank, a colon, and between two languages."""


def is_prose(line: TextLine) -> bool:
    """Whether the line is running text: long, and without blanks to fill in."""
    text = line.text
    if _ADDRESS.match(text) or _is_whole_address(text):
        return False
    longest = max((len(plain(part)) for part in _PARTS.split(text)), default=0)
    return longest > PROSE


@cache
def words_of_phrases() -> frozenset[str]:
    """Every single word of labels.toml, in small letters: what forms print is made of these."""
    data = tomllib.loads((Path(__file__).parent / "labels.toml").read_text(encoding="utf-8"))
    phrases = [*data["heading"].values(), *data["choice"].values(), *(entry["phrases"] for entry in data["label"])]
    return frozenset(word for several in phrases for phrase in several for word in re.findall(r"\w+", phrase.lower()))
