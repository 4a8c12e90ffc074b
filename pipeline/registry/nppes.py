"""The tables of NPPES: which columns are used, and what is made of a row.

The layout is that of the Data Dissemination Readme in the bundle: 330 columns for a provider, dates as MM/DD/YYYY, up to
fifteen taxonomy codes of which one is marked as the primary one. Of a deactivated provider only the number and the date are
left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.matching.npi import is_npi
from pipeline.registry.records import Columns, Records

TAXONOMIES = 15
ORGANISATION = "2"
LONGEST_TEXT = 200
_PLACE = "Provider Business Practice Location Address"
_OTHER_PLACE = "Provider Secondary Practice Location Address"
PROVIDER = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "organisation": "Provider Organization Name (Legal Business Name)",
    "last": "Provider Last Name (Legal Name)",
    "first": "Provider First Name",
    "other": "Provider Other Organization Name",
    "street": "Provider First Line Business Practice Location Address",
    "street2": "Provider Second Line Business Practice Location Address",
    "city": f"{_PLACE} City Name",
    "state": f"{_PLACE} State Name",
    "zip": f"{_PLACE} Postal Code",
    "phone": f"{_PLACE} Telephone Number",
    "fax": f"{_PLACE} Fax Number",
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    **{f"taxonomy{n}": f"Healthcare Provider Taxonomy Code_{n}" for n in range(1, TAXONOMIES + 1)},
    **{f"primary{n}": f"Healthcare Provider Primary Taxonomy Switch_{n}" for n in range(1, TAXONOMIES + 1)},
}
PLACE = {
    "npi": "NPI",
    "street": f"{_OTHER_PLACE}- Address Line 1",
    "street2": f"{_OTHER_PLACE}- Address Line 2",
    "city": f"{_OTHER_PLACE} - City Name",
    "state": f"{_OTHER_PLACE} - State Name",
    "zip": f"{_OTHER_PLACE} - Postal Code",
    "phone": f"{_OTHER_PLACE} - Telephone Number",
    "fax": "Provider Practice Location Address - Fax Number",
}
NAME = {"npi": "NPI", "other": "Provider Other Organization Name"}
_KEEP_UPPER = frozenset({
    "DDS", "DMD", "MD", "PC", "PA", "PLLC", "LLC", "LLP", "PLC", "PSC", "APC", "II", "III", "IV", "PO", "NE", "NW", "SE", "SW",
    "US", "USA", "N", "S", "E", "W",
})  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile(r"'S\b")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]+")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where a provider works."""

    street: str
    city: str
    state: str
    zip: str
    """NNNNN or NNNNN-NNNN."""
    phone: str
    """Ten digits, or empty."""
    fax: str


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider that is active and has one of the codes that were asked for."""

    npi: str
    person: bool
    name: str
    other: str
    place: PlaceRow
    taxonomy: str
    updated: str


def providers(records: Records, taxonomies: tuple[str, ...]) -> Iterator[ProviderRow]:
    """The active ones with a taxonomy code that begins with one of these. Raises RegistryProblem."""
    columns = Columns(records.file, records.heading, PROVIDER)
    needles = tuple(code.encode() for code in taxonomies)
    for cells in records.having(columns.count, any_of=needles):
        if found := _provider(columns, cells, taxonomies):
            yield found


def places(records: Records) -> Iterator[tuple[str, PlaceRow]]:
    """Further places, each with the NPI. Raises RegistryProblem."""
    columns = Columns(records.file, records.heading, PLACE)
    for cells in records.having(columns.count):
        if is_npi(npi := columns.of(cells, "npi").strip()):
            yield npi, _place(columns, cells)


def names(records: Records) -> Iterator[tuple[str, str]]:
    """Further names, each with the NPI. Raises RegistryProblem."""
    columns = Columns(records.file, records.heading, NAME)
    for cells in records.having(columns.count):
        npi, name = columns.of(cells, "npi").strip(), cased(clean(columns.of(cells, "other")))
        if name and is_npi(npi):
            yield npi, name


def _provider(columns: Columns, cells: list[str], taxonomies: tuple[str, ...]) -> ProviderRow | None:
    npi, taxonomy = columns.of(cells, "npi").strip(), _taxonomy(columns, cells, taxonomies)
    if not taxonomy or not is_npi(npi) or not _active(columns, cells):
        return None
    person = columns.of(cells, "entity").strip() != ORGANISATION
    given = (columns.of(cells, "first"), columns.of(cells, "last")) if person else (columns.of(cells, "organisation"),)
    name = cased(clean(" ".join(given)))
    if not name:
        return None
    updated = _day(columns.of(cells, "updated"))
    return ProviderRow(
        npi=npi,
        person=person,
        name=name,
        other="" if person else cased(clean(columns.of(cells, "other"))),
        place=_place(columns, cells),
        taxonomy=taxonomy,
        updated=updated.isoformat() if updated else "",
    )


def _taxonomy(columns: Columns, cells: list[str], wanted: tuple[str, ...]) -> str:
    """The primary code if it is one of those wanted, else the first that is; empty where none is."""
    codes = [
        (columns.of(cells, f"primary{n}") == "Y", code)
        for n in range(1, TAXONOMIES + 1)
        if (code := columns.of(cells, f"taxonomy{n}").strip()).startswith(wanted)
    ]
    return max(codes, key=lambda found: found[0])[1] if codes else ""


def _active(columns: Columns, cells: list[str]) -> bool:
    """Never deactivated, or reactivated since. A date that cannot be read speaks against it."""
    ended, again = columns.of(cells, "deactivated").strip(), columns.of(cells, "reactivated").strip()
    if not ended:
        return True
    ended_on, again_on = _day(ended), _day(again)
    return ended_on is not None and again_on is not None and again_on >= ended_on


def _place(columns: Columns, cells: list[str]) -> PlaceRow:
    street = ", ".join(part for key in ("street", "street2") if (part := cased(clean(columns.of(cells, key)))))
    digits = re.sub(r"\D", "", columns.of(cells, "zip"))
    return PlaceRow(
        street=street,
        city=cased(clean(columns.of(cells, "city"))),
        state=clean(columns.of(cells, "state")).upper(),
        zip=f"{digits[:5]}-{digits[5:9]}" if len(digits) == 9 else digits[:5],
        phone=ten_digits(columns.of(cells, "phone")),
        fax=ten_digits(columns.of(cells, "fax")),
    )


def ten_digits(text: str) -> str:
    """The ten digits of an American number; empty where it is none."""
    digits = re.sub(r"\D", "", text)
    digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return digits if len(digits) == 10 else ""


def clean(text: str) -> str:
    """One line without anything that cannot be seen or that a spreadsheet would run, not longer than any true one."""
    return " ".join(_UNSEEN.sub(" ", text).split()).lstrip("=+-@ ")[:LONGEST_TEXT].strip()


def cased(text: str) -> str:
    """As people write it: the registry is in capitals. What is not all capitals is left."""
    if text != text.upper():
        return text
    return " ".join(word if word.strip(".,") in _KEEP_UPPER else _capital(word) for word in text.split(" "))


def _capital(word: str) -> str:
    if word[:1].isdigit():
        return word.lower()
    return _POSSESSIVE.sub("'s", _LETTERS.sub(lambda letters: letters[0].capitalize(), word))


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%m/%d/%Y").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        return None
