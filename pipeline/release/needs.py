"""What each pathway asks for (`needs.toml`), read and checked once."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import Field, TypeAdapter, model_validator

from schemas.base import Frozen
from schemas.release import PathwayName

ELEMENTS = (
    "writing", "patient", "requester", "authority", "signature", "signature_date", "records", "holder", "recipient", "purpose",
    "expiry", "right_to_revoke", "not_conditioned", "redisclosure",
)  # fmt: skip
"""Everything that a pathway may ask for, in the order in which a clerk reads a form."""


class Needs(Frozen):
    """One pathway: its rule, what it asks for, and why it does not ask for the rest."""

    says: Annotated[str, Field(min_length=1)]
    """The pathway in a sentence: by …"""
    paragraph: Annotated[str, Field(min_length=1)]
    person: str = ""
    """Why a person decides every request on it; empty where the machine may."""
    needs: tuple[str, ...]
    not_needed: dict[str, str]
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _speaks_of_every_element(self) -> Self:
        if sorted((*self.needs, *self.not_needed)) != sorted(ELEMENTS):
            raise ValueError("each element is either needed, or it is said why not")
        return self

    def asks_for(self, element: str) -> bool:
        """Whether the pathway asks for the element."""
        return element in self.needs


@lru_cache(maxsize=1)
def needs() -> dict[PathwayName, Needs]:
    """The table that comes with the program."""
    table = tomllib.loads(files(__package__).joinpath("needs.toml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[PathwayName, Needs]).validate_python(table)


def needs_of(pathway: PathwayName) -> Needs:
    """The needs of one pathway."""
    return needs()[pathway]
