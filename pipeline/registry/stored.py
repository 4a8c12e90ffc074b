"""The registry in the practice's database, looked up through the port that matching knows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, RowMapping, or_, select

from pipeline.matching.registry import RegistryEntry
from pipeline.registry.nppes import ten_digits
from pipeline.registry.taxonomies import specialty_of, suggested_kind
from pipeline.store.store import Store
from pipeline.store.tables import registry

MOST_FOUND = 2000
"""The dentists of a ZIP code are a hundred at most; with other providers imported too, the name is looked for among these."""


class StoredRegistry:
    """The port over the table. Asked only when a request is held; keeps nothing in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def loaded(self) -> bool:
        """Whether anything was imported."""
        with self._store.reading() as connection:
            return connection.scalar(select(registry.c.id).limit(1)) is not None

    def near(self, name: str, phone: str, fax: str, zip: str) -> Iterator[RegistryEntry]:
        """Everybody with one of these numbers, as phone or as fax, then everybody in the ZIP code.

        The name narrows nothing down: how alike two names are, matching decides.
        """
        numbers = sorted({ten_digits(phone), ten_digits(fax)} - {""})
        by_number = or_(registry.c.phone.in_(numbers), registry.c.fax.in_(numbers))
        if numbers:
            yield from self._entries(by_number)
        if len(zip5 := zip.strip()[:5]) == 5:
            in_town = registry.c.zip5 == zip5
            yield from self._entries(in_town & ~by_number if numbers else in_town)

    def by_npi(self, npi: str) -> Iterator[RegistryEntry]:
        """All places of one provider."""
        yield from self._entries(registry.c.npi == npi)

    def _entries(self, where: ColumnElement[bool]) -> Iterator[RegistryEntry]:
        query = select(registry).where(where).order_by(registry.c.id).limit(MOST_FOUND)
        with self._store.reading() as connection:
            found = connection.execute(query).mappings().all()
        return map(_entry, found)


def _entry(row: RowMapping) -> RegistryEntry:
    return RegistryEntry(
        npi=row["npi"],
        name=row["name"],
        also=tuple(row["also"].split("\n")) if row["also"] else (),
        person=row["person"],
        street=row["street"],
        city=row["city"],
        state=row["state"],
        zip=row["zip"],
        phone=_written(row["phone"]),
        fax=_written(row["fax"]),
        specialty=specialty_of(row["taxonomy"]),
        kind=suggested_kind(row["taxonomy"]),
        updated=row["updated"],
    )


def _written(digits: str) -> str:
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if digits else ""
