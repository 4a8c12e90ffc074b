"""The table of what may be charged (`fees.toml`), read and checked once."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.release.states import Dated
from schemas.base import Frozen
from schemas.fee import Dollars
from schemas.release import OfficeKind

CENT = Decimal("0.01")


class Band(Frozen):
    """The amount for each page up to a page; the last band has no end."""

    each: Dollars
    to: Annotated[int, Field(ge=1)] | None = None


class Rate(Dated):
    """What a state allows to charge whom. There is no field for searching, retrieving or verifying, and none can be put in."""

    whose: Literal["patient", "third_party"]
    kinds: tuple[OfficeKind, ...] = ()
    base: Dollars = Decimal("0.00")
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    electronic: Annotated[int, Field(ge=1, le=100)] = 100

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        ends = [band.to for band in self.bands]
        if ends[-1] is not None or None in ends[:-1] or ends[:-1] != sorted(set(ends[:-1]), key=lambda end: end or 0):
            raise ValueError("bands go up, and only the last has no end")
        if self.whose == "patient" and self.base:
            raise ValueError("a patient pays for nothing but the copy itself (45 CFR 164.524(c)(4))")
        return self

    def holds_for(self, state: str, day: date, whose: str, kind: OfficeKind) -> bool:
        """Whether this is the rate for them, there and then."""
        return self.applies(state, day) and self.whose == whose and (not self.kinds or kind in self.kinds)

    def pages(self, count: int, *, electronic: bool) -> list[tuple[str, int, Decimal]]:
        """The bands that so many pages fill: `pages 1 to 25`, how many, amount of one, rounded down to the cent."""
        found, begun = [], 0
        for band in self.bands:
            here = min(count, band.to or count) - begun
            if here > 0:
                each = (band.each * (self.electronic if electronic else 100) / 100).quantize(CENT, ROUND_DOWN)
                found.append((f"pages {begun + 1} to {begun + here}", here, each))
            begun = band.to or count
        return found


class Rates(Frozen):
    """The whole table."""

    rate: tuple[Rate, ...]


@lru_cache(maxsize=1)
def rates() -> tuple[Rate, ...]:
    """The table that comes with the program."""
    return Rates.model_validate(tomllib.loads(files(__package__).joinpath("fees.toml").read_text(encoding="utf-8"))).rate


def rate_for(state: str, day: date, whose: str, kind: OfficeKind) -> Rate | None:
    """The rate that holds; the newest where several do; None where the table has none."""
    found = [rate for rate in rates() if rate.holds_for(state, day, whose, kind)]
    return max(found, key=lambda rate: (len(rate.kinds), rate.valid_from or date.min), default=None)


def rates_in(state: str, day: date) -> tuple[Rate, ...]:
    """All that the table has for a state."""
    return tuple(rate for rate in rates() if rate.applies(state, day))
