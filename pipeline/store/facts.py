"""Facts as they are kept: the canonical JSON that their hash covers, held against that hash whenever one is believed.

Their order is that in which they were kept (`Unit.keep`), whatever the clocks said: the last ruling wins.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar

from sqlalchemy import Connection, select

from pipeline.store.tables import facts
from schemas.base import Fact, kind_of
from schemas.decision import Decision

F = TypeVar("F", bound=Fact)


class StoreDamaged(Exception):
    """Something that a message points to is not in the database, or not what its hash says."""


def fact(connection: Connection, model: type[F], request_id: str, sha256: str) -> F:
    """The fact that a message names. Raises StoreDamaged if it is not there or not what its hash says."""
    where = (facts.c.request_id == request_id) & (facts.c.sha256 == sha256)
    row = connection.execute(select(facts.c.kind, facts.c.body).where(where)).first()
    if row is None or row.kind != kind_of(model):
        raise StoreDamaged(f"{request_id} has no {kind_of(model)} {sha256}")
    if hashlib.sha256(row.body.encode()).hexdigest() != sha256:
        raise StoreDamaged(f"the {kind_of(model)} {sha256} of {request_id} was changed")
    return model.from_canonical(row.body)


def latest(connection: Connection, model: type[F], request_id: str) -> F | None:
    """The last fact of this kind that was kept for the request, or None. Raises StoreDamaged."""
    where = (facts.c.request_id == request_id) & (facts.c.kind == kind_of(model))
    found = connection.scalar(select(facts.c.sha256).where(where).order_by(facts.c.at.desc()).limit(1))
    return fact(connection, model, request_id, found) if found else None


def decisions(connection: Connection, request_id: str) -> list[Decision]:
    """What people have decided on the request, in that order. Raises StoreDamaged."""
    where = (facts.c.request_id == request_id) & (facts.c.kind == kind_of(Decision))
    found = connection.execute(select(facts.c.sha256).where(where).order_by(facts.c.at)).scalars().all()
    return [fact(connection, Decision, request_id, sha256) for sha256 in found]


def since(connection: Connection, model: type[F], request_id: str, earlier: Fact) -> list[F]:
    """The facts of this kind that were kept after that one, in that order. Raises StoreDamaged."""
    known = facts.alias("earlier")
    kept = select(known.c.at).where(known.c.request_id == request_id, known.c.sha256 == earlier.sha256()).scalar_subquery()
    where = (facts.c.request_id == request_id) & (facts.c.kind == kind_of(model)) & (facts.c.at > kept)
    found = connection.execute(select(facts.c.sha256).where(where).order_by(facts.c.at)).scalars().all()
    return [fact(connection, model, request_id, sha256) for sha256 in found]
