"""What a copy costs whom: the words of a fee."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.base import Frozen

_NEVER = re.compile(r"search|retriev|locat|verif|storage|system", re.IGNORECASE)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


Dollars = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=8), AfterValidator(_cents)]
"""An amount of US dollars, exact to the cent. In JSON a text: "6.50"."""


class FeeItem(StrEnum):
    """What a copy may be charged for. A closed set: looking for records is not in it, and so can be charged to nobody."""

    NOTHING = "nothing"
    """The line that says that nothing is charged."""
    FLAT = "flat"
    """One amount for an electronic copy of an electronic record, in place of all others."""
    PAGES = "pages"
    """Labor and paper of copying pages."""
    IMAGES = "images"
    """Labor and film or medium of copying x-rays and photographs."""
    BASE = "base"
    """What a state lets a practice charge a third party for each request, whatever its size."""


class FeeLine(Frozen):
    """One item of a fee."""

    item: FeeItem
    label: Annotated[str, Field(min_length=1)]
    """For the person who pays: `pages 1 to 25`."""
    quantity: Annotated[int, Field(ge=0)]
    unit_amount: Dollars
    amount: Dollars
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _adds_up_and_charges_no_search(self) -> Self:
        if self.amount != _cents(self.quantity * self.unit_amount):
            raise ValueError("the amount is not the quantity times the amount of one")
        if _NEVER.search(self.label):
            raise ValueError("searching, retrieving, verifying and systems are never charged (45 CFR 164.524(c)(4))")
        return self


class Fee(Frozen):
    """What is charged for one copy, item by item, and why."""

    lines: tuple[FeeLine, ...]
    total: Dollars
    charged: bool
    """Whether anything is to be paid."""
    at_most: Dollars | None = None
    """What the tables let a practice charge for this copy; null where they have no figure."""
    sentence: Annotated[str, Field(min_length=1)]
    """What is charged and why; where nothing is, what the law would allow."""
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.total != sum((line.amount for line in self.lines), Decimal(0)) or self.charged != bool(self.total):
            raise ValueError("the total is not the sum of the lines")
        return self
