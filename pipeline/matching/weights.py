"""The table of weights (`weights.toml`), and what an answer weighs in a given roster."""

from __future__ import annotations

import math
import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import Field, model_validator

from schemas.base import Frozen


class Weight(Frozen):
    """How often an answer comes from the very patient (`m`), and from somebody else (`u`, or `rare` and the roster)."""

    m: float = Field(gt=0, le=1)
    u: float | None = Field(default=None, gt=0, le=1)
    rare: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _by_chance_in_one_way(self) -> Weight:
        if (self.u is None) == (self.rare is None):
            raise ValueError("give u, or rare, not both")
        return self

    def bits(self, others: int = 0, of: int = 0) -> float:
        """log2(m / u). `others` of `of` patients bear the same value; with few patients known, `rare` stands for them.

        One imagined bearer among 1 / rare imagined people is added to what was counted, so that a small roster does not
        claim to know how rare a name is, and a large one speaks for itself.
        """
        u = self.u if self.u is not None else (others + 1) / (of + 1 / (self.rare or 1))
        return math.log2(self.m / u)


class Weights(Frozen):
    """For each compared field, what each answer weighs."""

    prior: dict[str, float]
    birth_date: dict[str, Weight]
    surname: dict[str, Weight]
    given: dict[str, Weight]
    middle: dict[str, Weight]
    phone: dict[str, Weight]
    email: dict[str, Weight]
    address: dict[str, Weight]
    zip: dict[str, Weight]
    chart_number: dict[str, Weight]

    @property
    def not_in_roster(self) -> float:
        """How likely a request concerns nobody in the roster, before anything is compared."""
        return self.prior["not_in_roster"]

    def bits(self, field: str, answer: str, others: int = 0, of: int = 0) -> float:
        """What this answer weighs; 0 where the table has nothing to say."""
        weight: Weight | None = getattr(self, field).get(answer)
        return weight.bits(others, of) if weight else 0.0


@lru_cache(maxsize=1)
def the_weights() -> Weights:
    """The table that comes with the program."""
    return Weights.model_validate(tomllib.loads(files(__package__).joinpath("weights.toml").read_text(encoding="utf-8")))
