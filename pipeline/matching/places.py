"""Where an office is: its numbers and its street, compared more strictly than a patient's.

A patient moves, and an old street says little. The street of an office, with its name, may be all that a release rests on,
so what tells two addresses apart must be the same to the letter: every number, the direction, Street or Avenue. Only the
name of a street may be a letter off, as readers slip.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from rapidfuzz.distance import OSA

from pipeline.matching.contacts import Agreement, compare_streets, street_words

_DIRECTIONS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
_LONG_SUFFIXES = {
    "plaza": "plz", "expressway": "expy", "freeway": "fwy", "turnpike": "tpke", "alley": "aly", "crossing": "xing",
}  # fmt: skip
_SUFFIXES = frozenset({
    "st", "ave", "blvd", "rd", "dr", "ln", "ct", "pl", "sq", "ter", "pkwy", "hwy", "cir", "trl", "way", "loop", "pike", "row",
    "walk", "path", "plz", "expy", "fwy", "tpke", "aly", "xing",
})  # fmt: skip
"""The kinds of streets (USPS Publication 28, appendix C1). `street_words` has shortened most of them already."""
_NUMBERS_IN_WORDS = {
    word: str(number)
    for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
}
_POST_OFFICE_BOX = re.compile(r"\b(?:p\.?\s*o\.?|post\s+office)\s*box\b\.?|\bpob\b\.?", re.IGNORECASE)
_UNIT = r"(?:suite|ste|apartment|apt|unit|room|rm|floor|fl|building|bldg|#)"
_UNIT_FIRST = re.compile(rf"^\s*({_UNIT}\.?\s*#?\s*\w+)\s*[,;]\s*(?=\S*\d)(.+)$", re.IGNORECASE)
_STOREY = re.compile(r"\b(\d+(?:st|nd|rd|th))\s+(?:floor|fl)\b\.?", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Number:
    """A phone or fax number, taken apart."""

    country: int
    national: str
    extension: str


def compare_numbers(one: str, other: str) -> Agreement:
    """How alike two phone or fax numbers are. What has digits and is no number is never the same as one that is."""
    if not (_DIGIT.search(one) and _DIGIT.search(other)):
        return Agreement.ABSENT
    first, second = number_of(one), number_of(other)
    if first is None or second is None or first.country != second.country:
        return Agreement.DIFFERENT
    if first.national != second.national:
        near = OSA.distance(first.national, second.national, score_cutoff=1) <= 1
        return Agreement.NEARLY if near else Agreement.DIFFERENT
    # One switchboard, two desks: an extension that only one side gives is no difference.
    two_desks = first.extension and second.extension and first.extension != second.extension
    return Agreement.NEARLY if two_desks else Agreement.EQUAL


@lru_cache(maxsize=65536)
def number_of(text: str) -> Number | None:
    """The number in `text`, as it is dialled in the United States; None where it is none, or lacks its area code."""
    try:
        found = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(found) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return Number(found.country_code or 0, phonenumbers.national_significant_number(found), found.extension or "")


def compare_places(one: str, other: str) -> Agreement:
    """How alike two street lines of offices are; a unit that only one of them gives is no difference."""
    first, second = _tidy(one), _tidy(other)
    answer = compare_streets(first, second)
    if answer is Agreement.EQUAL and not _Marks.of(first).agree_with(_Marks.of(second)):
        return Agreement.NEARLY
    return answer


@dataclass(frozen=True, slots=True)
class _Marks:
    """What tells one address from the next: all of it must be the same."""

    numbers: tuple[str, ...]
    """Everything with a digit: house numbers, numbered streets, highways, boxes."""
    directions: frozenset[str]
    letters: tuple[str, ...]
    """Single letters that are no direction: Avenue B."""
    suffix: str

    @classmethod
    def of(cls, street: str) -> _Marks:
        words, _ = street_words(street)
        named = [word for word in words if word not in _DIRECTIONS]
        return cls(
            numbers=tuple(sorted(word for word in words if _DIGIT.search(word))),
            directions=frozenset(words) & _DIRECTIONS,
            letters=tuple(sorted(word for word in named if len(word) == 1 and not word.isdigit())),
            suffix=_suffix(named[-1]) if named else "",
        )

    def agree_with(self, other: _Marks) -> bool:
        suffixes = {self.suffix, other.suffix} - {""}
        mine = (self.numbers, self.directions, self.letters)
        return mine == (other.numbers, other.directions, other.letters) and len(suffixes) < 2


def _suffix(word: str) -> str:
    short = _LONG_SUFFIXES.get(word, word)
    return short if short in _SUFFIXES else ""


def _tidy(street: str) -> str:
    """The line with its box, its unit and its storey where the comparison looks for them."""
    street = _STOREY.sub(r"floor \1", _POST_OFFICE_BOX.sub("pobox ", street))
    if found := _UNIT_FIRST.match(street):
        street = f"{found[2]} {found[1]}"
    first, _, rest = street.strip().partition(" ")
    return f"{_NUMBERS_IN_WORDS[first.casefold()]} {rest}" if first.casefold() in _NUMBERS_IN_WORDS and rest else street
