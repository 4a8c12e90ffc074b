"""The table of the states' rules (`states.toml`), read and checked once."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.release import PathwayName

FEDERAL = "US"
State = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Dated(Frozen):
    """An entry of a table: the state that it is law in, the days between which it applies, and where it was looked up."""

    state: State
    source: Annotated[str, Field(min_length=1)]
    valid_from: date | None = None
    valid_to: date | None = None

    def applies(self, state: str, day: date) -> bool:
        """Whether this entry is law in `state` on `day`. The federal one is, everywhere."""
        begun = self.valid_from is None or self.valid_from <= day
        ended = self.valid_to is not None and self.valid_to < day
        return self.state in (FEDERAL, state.strip().upper()) and begun and not ended


class DeadlineRule(Dated):
    """How long a practice may take."""

    days: Annotated[int, Field(ge=1, le=60)]
    counted: Literal["calendar", "working"]
    holidays: Literal["none", "state"] = "none"
    """Whether the public holidays of the state are taken out of working days."""
    act: Literal["copy", "inspection"] = "copy"
    """What has to be done by then. Only copies are made here; inspection is in the table for people."""
    pathways: tuple[PathwayName, ...] = ()
    """The only pathways that it holds for; none named: every request for a copy."""

    def covers(self, pathway: PathwayName | None) -> bool:
        """Whether it holds for a copy on this pathway."""
        return self.act == "copy" and (not self.pathways or pathway in self.pathways)

    @property
    def law(self) -> str:
        """Whose rule it is."""
        return "federal rule" if self.state == FEDERAL else f"rule of {self.state}"

    @property
    def time(self) -> str:
        """The time in words: `15 working days`."""
        return f"{self.days} {'working days' if self.counted == 'working' else 'days'}"


class MajorityRule(Dated):
    """The age at which a patient decides alone, where it is not 18."""

    age: Annotated[int, Field(ge=18, le=21)]


class StateRules(Frozen):
    """The whole table."""

    deadline: tuple[DeadlineRule, ...]
    majority: tuple[MajorityRule, ...]

    def age_of_majority(self, state: str, least: int) -> int:
        """The age in years; `least` where the table has no higher one."""
        return max([least, *(rule.age for rule in self.majority if rule.state == state.strip().upper())])


@lru_cache(maxsize=1)
def state_rules() -> StateRules:
    """The table that comes with the program."""
    return StateRules.model_validate(tomllib.loads(files(__package__).joinpath("states.toml").read_text(encoding="utf-8")))


def deadlines_in(state: str, day: date) -> tuple[DeadlineRule, ...]:
    """All that the table has for a state, the federal rule among them."""
    return tuple(rule for rule in state_rules().deadline if rule.applies(state, day))
