"""The table of the states' rules (`states.toml`), read and checked once."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Frozen

FEDERAL = "US"
State = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class DeadlineRule(Frozen):
    """How long a practice may take to give a copy."""

    state: State
    days: Annotated[int, Field(ge=1, le=60)]
    counted: Literal["calendar", "working"]
    source: Annotated[str, Field(min_length=1)]
    valid_from: date | None = None
    valid_to: date | None = None

    def applies(self, state: str, day: date) -> bool:
        """Whether this entry is law in `state` on `day`. The federal one is, everywhere."""
        begun = self.valid_from is None or self.valid_from <= day
        ended = self.valid_to is not None and self.valid_to < day
        return self.state in (FEDERAL, state.strip().upper()) and begun and not ended


class MajorityRule(Frozen):
    """The age at which a patient decides alone, where it is not 18."""

    state: State
    age: Annotated[int, Field(ge=18, le=21)]
    source: Annotated[str, Field(min_length=1)]


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
