"""Until when a request must be answered: the shortest time that applies, federal or of the practice's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.errors import Error
from pipeline.release import working_days
from pipeline.release.case import as_written
from pipeline.release.states import FEDERAL, DeadlineRule, state_rules
from schemas.release import PathwayName

FIRST = timedelta(days=30)
"""Within them the requester must be told of an extension: 164.524(b)(2)(ii)."""
EXTENSION = timedelta(days=30)
"""The longest, and the only one: 164.524(b)(2)(ii)(B)."""
_NOT_SET = {
    PathwayName.AUTHORIZATION: "No federal rule sets a day for an authorization",
    PathwayName.THIRD_PARTY: "No federal rule sets a day for an authorization",
    PathwayName.TREATMENT: "No rule sets a day for a copy for treatment",
    PathwayName.PAYMENT: "No rule sets a day for a copy for payment",
    PathwayName.LEGAL_PROCESS: "The paper itself sets the day: look there first",
}
"""Pathways that the federal 30 days do not hold for."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day, and why that day."""

    date: date
    sentence: str
    source: str


class NotExtended(Error):
    """The time cannot be extended in this way; the text says why, and what can be done."""


def due(received_on: date, state: str, pathway: PathwayName | None = None) -> Due:
    """The last day to answer a request received on `received_on`, in a practice in `state` (two letters, or empty).

    A state that the table does not have leaves the federal 30 days (45 CFR 164.524(b)(2)). Where no rule sets a day, those are
    kept all the same, and the sentence says so: nobody waits without an end.
    """
    rules = [rule for rule in state_rules().deadline if rule.applies(state, received_on) and rule.covers(pathway)]
    rule = min(rules, key=lambda rule: (last_day(received_on, rule), rule.days))
    day = last_day(received_on, rule)
    sentence = f"Due {as_written(day)}: {rule.time} from receipt on {as_written(received_on)} ({rule.law})."
    if pathway in _NOT_SET and (rule.state == FEDERAL or pathway is PathwayName.LEGAL_PROCESS):
        sentence += f" {_NOT_SET[pathway]}; the time of a patient's own request is kept."
    return Due(day, sentence, rule.source)


def extended(received_on: date, today: date, until: date, state: str, *, extended_before: bool = False) -> Due:
    """The new last day, where the requester is told today, in writing, why and until when: 164.524(b)(2)(ii).

    Raises NotExtended after the first 30 days, for more than 30 further days, for a day that is no later than the present one,
    and a second time.
    """
    present, latest = due(received_on, state), received_on + FIRST + EXTENSION
    if extended_before:
        raise NotExtended("The time was extended before, and it can be extended only once. Answer by the day that was named.")
    if today > received_on + FIRST:
        raise NotExtended(
            f"The time could be extended until {as_written(received_on + FIRST)}, within 30 days of receipt. Answer at once."
        )
    if until > latest:
        raise NotExtended(f"The time can be extended by 30 days at most: name {as_written(latest)} or an earlier day.")
    if until <= present.date:
        raise NotExtended(f"The answer is due on {as_written(present.date)} anyway. Name a later day, or leave it as it is.")
    sentence = f"Due {as_written(until)}: extended once from {as_written(present.date)}, told in writing by {as_written(today)}."
    if present.date < received_on + FIRST:
        sentence += f" The shorter time of {state.strip().upper()} ends on {as_written(present.date)}; no rule here extends it."
    return Due(until, sentence, "45 CFR 164.524(b)(2)(ii): one extension of at most 30 days, told in writing within the first 30")


def last_day(received_on: date, rule: DeadlineRule) -> date:
    """The day of receipt is day 0."""
    if rule.counted == "calendar":
        return received_on + timedelta(days=rule.days)
    return working_days.after(received_on, rule.days, rule.state if rule.holidays == "state" else None)
