"""Birth dates: how the one on the request and the one in the chart stand to each other."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

DATE_DIGITS = 8


class DateLikeness(StrEnum):
    """Only `EQUAL` is a match. The others tell a person what may have happened, and make a rival of somebody."""

    EQUAL = "equal"
    SWAPPED = "swapped"
    """Day and month stand in each other's place."""
    ONE_DIGIT = "one_digit"
    """One digit is another, or two neighbouring digits have changed places."""
    SAME_YEAR = "same_year"
    DIFFERENT = "different"
    ABSENT = "absent"

    @property
    def near(self) -> bool:
        """Whether one date may be the other one, misread or miswritten."""
        return self in (DateLikeness.EQUAL, DateLikeness.SWAPPED, DateLikeness.ONE_DIGIT)


def compare_dates(one: date | None, other: date) -> DateLikeness:
    """How alike two birth dates are."""
    if one is None:
        return DateLikeness.ABSENT
    if one == other:
        return DateLikeness.EQUAL
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return DateLikeness.SWAPPED
    if _one_digit_off(f"{one:%m%d}{one.year:04d}", f"{other:%m%d}{other.year:04d}"):
        return DateLikeness.ONE_DIGIT
    return DateLikeness.SAME_YEAR if one.year == other.year else DateLikeness.DIFFERENT


def near_dates(day: date) -> frozenset[date]:
    """All dates that are `near` to this one, itself among them."""
    month, rest = f"{day:%m%d}", f"{day.year:04d}"
    written = month + rest
    found = {written, month[2:] + month[:2] + rest}
    for at in range(DATE_DIGITS):
        found.update(written[:at] + digit + written[at + 1 :] for digit in "0123456789")
        found.add(written[:at] + written[at : at + 2][::-1] + written[at + 2 :])
    return frozenset(other for text in found if (other := _as_date(text)))


def _as_date(text: str) -> date | None:
    try:
        return date(int(text[4:]), int(text[:2]), int(text[2:4]))
    except ValueError:
        return None


def _one_digit_off(one: str, other: str) -> bool:
    places = [i for i in range(DATE_DIGITS) if one[i] != other[i]]
    if len(places) == 1:
        return True
    neighbours = len(places) == 2 and places[1] == places[0] + 1
    return neighbours and one[places[0]] == other[places[1]] and one[places[1]] == other[places[0]]


def as_written(day: date) -> str:
    """The date as American forms write it: 03/14/1987."""
    return f"{day:%m/%d}/{day.year:04d}"
