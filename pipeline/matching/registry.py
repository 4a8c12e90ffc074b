"""The registry port: what a public list of providers knows of an office. It tells a person something; it never decides.

Anybody may ask for an entry in a public registry, and offices forget to renew theirs. So an entry is a place to find a
number that does not come from the request, and nothing more: no destination is ever taken from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from schemas.release import OfficeKind


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One provider at one place."""

    npi: str
    name: str
    """The business name of an organisation; first and last name of a person."""
    also: tuple[str, ...] = ()
    """Other names that it does business under."""
    person: bool = False
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    fax: str = ""
    specialty: str = ""
    """Its taxonomy in words: Endodontics."""
    kind: OfficeKind = OfficeKind.UNKNOWN
    """What the taxonomy suggests. Whether this practice refers its own patients there, only the practice knows."""
    updated: str = ""
    """The day of its last change, ISO."""

    @property
    def attention(self) -> str:
        """The registry names nobody to write to."""
        return ""

    @property
    def email(self) -> str:
        """The registry has no e-mail addresses."""
        return ""


class Registry(Protocol):
    """Whoever can look providers up."""

    def loaded(self) -> bool:
        """Whether there is anything to look up: where nothing was imported, that somebody is not listed says nothing."""
        ...

    def near(self, name: str, phone: str, fax: str, zip: str) -> Iterable[RegistryEntry]:
        """Everybody whom these may mean: with that phone or fax number, or in that ZIP code. Empty texts are not looked for."""
        ...

    def by_npi(self, npi: str) -> Iterable[RegistryEntry]:
        """All places of one provider."""
        ...
