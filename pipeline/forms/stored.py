"""The memory of forms in the practice's database: loaded when it has changed, and changed by one lesson at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, delete, insert, select, update

from pipeline.forms.blank import Blank
from pipeline.forms.form import Form
from pipeline.forms.memory import Remembered
from pipeline.store.store import Store
from pipeline.store.tables import form_memory, forms
from pipeline.store.times import stamp
from pipeline.store.unit import Conflict, Unit


@dataclass(frozen=True)
class StoredForm(Remembered):
    """A remembered form as it is kept."""

    id: int = 0
    learned_at: str = ""


class StoredForms:
    """All forms that a practice remembers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._known: tuple[StoredForm, ...] = ()

    def known(self) -> Sequence[StoredForm]:
        """The forms as they are now. One that cannot be read is left out. Raises Retryable when the database is away."""
        with self._store.reading() as connection:
            revision = _revision(connection)
            if revision != self._revision:
                self._known = tuple(_loaded(connection))
                self._revision = revision
        return self._known

    @property
    def revision(self) -> int:
        """Of the memory as it was loaded last."""
        return self._revision

    def forget(self, number: int) -> bool:
        """Forgets a form; whether there was one."""
        with self._store.unit() as unit:
            gone = unit.connection.execute(delete(forms).where(forms.c.id == number)).rowcount == 1
            if gone:
                unit.connection.execute(update(form_memory).values(revision=form_memory.c.revision + 1))
        return gone


def keep(unit: Unit, changed: Sequence[StoredForm], revision: int) -> None:
    """Writes forms, new ones (without a number) and changed ones.

    Raises Conflict if the memory is not any more what it was at `revision`: another reader has learned something meanwhile.
    """
    where = (form_memory.c.id == 1) & (form_memory.c.revision == revision)
    if unit.connection.execute(update(form_memory).where(where).values(revision=revision + 1)).rowcount != 1:
        raise Conflict("another reader has changed the memory of forms")
    for each in changed:
        values = {
            "body": each.form.model_dump_json(),
            "blank": each.blank.as_png() if each.blank else None,
            "learned_at": stamp(unit.at),
        }
        if each.id:
            unit.connection.execute(update(forms).where(forms.c.id == each.id).values(values))
        else:
            unit.connection.execute(insert(forms).values(values))


def _revision(connection: Connection) -> int:
    return int(connection.scalar(select(form_memory.c.revision).where(form_memory.c.id == 1)) or 0)


def _loaded(connection: Connection) -> list[StoredForm]:
    loaded = []
    for row in connection.execute(select(forms).order_by(forms.c.id)).mappings():
        try:
            form = Form.model_validate_json(row["body"])
        except ValidationError:
            structlog.get_logger().warning("a remembered form cannot be read and is left out", form=row["id"])
            continue
        loaded.append(StoredForm(form, Blank.from_png(row["blank"] or b""), row["id"], row["learned_at"]))
    return loaded
