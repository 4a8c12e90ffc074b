"""Dates, counts and lists as a front desk says them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

# Not strftime: its month names follow the machine's locale, and the same page must always give the same bytes.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_day(day: date) -> str:
    """As in a letter: March 4, 1985."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def short_day(day: date | None) -> str:
    """As in a table or a stamp: 03/04/1985; nothing for no date."""
    return f"{day:%m/%d}/{day.year:04d}" if day else ""


def counted(number: int, noun: str) -> str:
    """1 page, 2 pages."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(parts: Iterable[str], between: str = " · ") -> str:
    """The parts that say something, in one line."""
    return between.join(part for part in (part.strip() for part in parts) if part)


def named(word: str, value: str) -> str:
    """`Phone (541) 555-0100`, or nothing where there is none."""
    return f"{word} {value}" if value else ""
