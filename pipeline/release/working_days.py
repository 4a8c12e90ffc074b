"""Working days: Monday to Friday, without the public holidays of a state."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

SATURDAY = 5


def after(day: date, working_days: int, holidays_of: str | None) -> date:
    """The day so many working days after `day`, which is day 0. No state: holidays are not taken out."""
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= is_working(day, holidays_of)
    return day


def is_working(day: date, holidays_of: str | None) -> bool:
    """Whether people work on `day` in the state (two letters)."""
    return day.weekday() < SATURDAY and (holidays_of is None or day not in _public_holidays(holidays_of))


@lru_cache(maxsize=64)
def _public_holidays(state: str) -> holidays.HolidayBase:
    """Those of the state; of the whole country where the package does not know the state."""
    known = state in holidays.country_holidays("US").subdivisions
    return holidays.country_holidays("US", subdiv=state if known else None)
