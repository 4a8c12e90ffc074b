"""Until when a request must be answered: the shortest time that applies, federal or of the practice's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.errors import Error
from pipeline.release.states import DeadlineRule, state_rules
from schemas.release import PathwayName

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Due:
    """The last day, and why that day."""

    date: date
    sentence: str
    source: str


class NotExtended(Error):
    """The time cannot be extended in this way; the text says why, and what could be."""


def due(received_on: date, state: str, pathway: PathwayName | None = None) -> Due:
    """The last day to answer a request received on `received_on`, in a practice in `state` (two letters, or empty).

    A state that the table does not have leaves the federal 30 days (45 CFR 164.524(b)(2)).
    """
    rules = [rule for rule in state_rules().deadline if rule.applies(state, received_on)]
    rule = min(rules, key=lambda rule: (last_day(received_on, rule), rule.days))
    day = last_day(received_on, rule)
    law = "federal rule" if rule.state == "US" else f"rule of {rule.state}"
    counted = "working days" if rule.counted == "working" else "days"
    sentence = (
        f"Due {day:%m/%d}/{day.year}: {rule.days} {counted} from receipt on {received_on:%m/%d}/{received_on.year} ({law})."
    )
    return Due(day, sentence, rule.source)


def last_day(received_on: date, rule: DeadlineRule) -> date:
    """The day of receipt is day 0. Holidays are not taken out: a date too early harms nobody."""
    if rule.counted == "calendar":
        return received_on + timedelta(days=rule.days)
    day, left = received_on, rule.days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def extended(received_on: date, today: date, until: date, state: str, *, extended_before: bool = False) -> Due:
    """The new last day. Raises NotExtended where the rule does not allow it."""
    if extended_before:
        raise NotExtended("The time was extended before; it can be extended once.")
    if today > received_on + timedelta(days=30):
        raise NotExtended("The first 30 days have passed.")
    if until > received_on + timedelta(days=60):
        raise NotExtended("The extension may be 30 days at most.")
    return Due(until, f"Extended to {until:%m/%d/%Y}.", due(received_on, state).source)
