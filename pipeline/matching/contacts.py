"""Phone numbers, e-mail and postal addresses: the same, nearly the same, or others."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from pipeline.matching.words import slipped, words

PHONE_DIGITS = 10
ZIP_DIGITS = 5
STREETS_ALIKE = 85
"""Of 100, rapidfuzz's token_sort_ratio: two slips in a street name of fourteen letters (estimate)."""
# The suffixes and units that people write both ways (USPS Publication 28, appendices B and C2).
_SHORT = {
    "street": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct",
    "place": "pl", "square": "sq", "terrace": "ter", "parkway": "pkwy", "highway": "hwy", "circle": "cir", "trail": "trl",
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw", "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "saint": "st",
}  # fmt: skip
_UNITS = frozenset({"apt", "apartment", "suite", "ste", "unit", "floor", "fl", "room", "rm", "bldg", "building"})


class Agreement(StrEnum):
    """How two values of one kind stand to each other, best first."""

    EQUAL = "equal"
    NEARLY = "nearly"
    """One digit or letter apart: likely the same, misread; never taken as the same."""
    DIFFERENT = "different"
    ABSENT = "absent"
    """One side does not say."""


@lru_cache(maxsize=4096)
def phone_digits(text: str) -> str:
    """The ten digits of an American number, without country code or extension; empty where there are fewer."""
    digits = re.sub(r"\D", "", text)
    if len(digits) > PHONE_DIGITS and digits[0] == "1":
        digits = digits[1:]
    return digits[:PHONE_DIGITS] if len(digits) >= PHONE_DIGITS else ""


def compare_phones(one: str, other: str) -> Agreement:
    """How alike two phone or fax numbers are."""
    return _compare_exactly(phone_digits(one), phone_digits(other))


def compare_emails(one: str, other: str) -> Agreement:
    """How alike two e-mail addresses are."""
    return _compare_exactly(one.strip().casefold(), other.strip().casefold())


def compare_zips(one: str, other: str) -> Agreement:
    """How alike two ZIP codes are; the four digits after the dash are not compared."""
    return _compare_exactly(_zip(one), _zip(other))


def compare_states(one: str, other: str) -> Agreement:
    """How alike two states, in two letters, are."""
    return _compare_exactly("".join(words(one)), "".join(words(other)))


def compare_cities(one: str, other: str) -> Agreement:
    """How alike two names of cities are; a slip is no difference."""
    first, second = "".join(words(one)), "".join(words(other))
    return Agreement.EQUAL if slipped(first, second) else _compare_exactly(first, second)


def compare_streets(one: str, other: str) -> Agreement:
    """How alike two street lines are. The house number must be the same; a unit only one of them has is no difference."""
    (first, first_unit), (second, second_unit) = _street(one), _street(other)
    if not first or not second:
        return Agreement.ABSENT
    if first_unit and second_unit and first_unit != second_unit:
        return Agreement.DIFFERENT
    same_number = _house_number(first) == _house_number(second)
    alike = fuzz.token_sort_ratio(" ".join(first), " ".join(second)) >= STREETS_ALIKE
    if same_number and alike:
        return Agreement.EQUAL
    return Agreement.NEARLY if alike else Agreement.DIFFERENT


def street_words(text: str) -> tuple[tuple[str, ...], str]:
    """The words of a street line in their short form, and the unit: `12 Elm Street, Apt 3` gives (12, elm, st) and 3."""
    return _street(text)


def _compare_exactly(one: str, other: str) -> Agreement:
    if not one or not other:
        return Agreement.ABSENT
    if one == other:
        return Agreement.EQUAL
    return Agreement.NEARLY if differ_by_one(one, other) else Agreement.DIFFERENT


def differ_by_one(one: str, other: str) -> bool:
    """Whether two values are at most one character, or one exchange of neighbours, apart."""
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _zip(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits[:ZIP_DIGITS] if len(digits) >= ZIP_DIGITS else ""


@lru_cache(maxsize=4096)
def _street(text: str) -> tuple[tuple[str, ...], str]:
    """The words of the street, and the unit: `12 Elm Street, Apt 3` gives (12, elm, st) and 3."""
    parts = [_SHORT.get(w, w) for w in words(text.replace("#", " unit "))]
    at = next((i for i, w in enumerate(parts) if i and w in _UNITS), len(parts))
    return tuple(parts[:at]), "".join(w for w in parts[at:] if w not in _UNITS)


def _house_number(street: tuple[str, ...]) -> str:
    return next((w for w in street if w[0].isdigit()), "")
