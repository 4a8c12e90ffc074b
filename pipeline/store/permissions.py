"""What stands beside a request in the database: permissions taken back, and earlier releases of the same records."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select

from pipeline.store import tables
from pipeline.store.states import FINAL
from pipeline.store.times import parse
from schemas.release import EarlierRelease, Revocation


def revocations_of(connection: Connection, patient_id: str, office_id: str | None = None) -> list[Revocation]:
    """The revocations of this patient that are in force, oldest first; with `office_id`, those that stop a copy for it."""
    query = _in_force().where(tables.revocations.c.patient_id == patient_id)
    found = [_revocation(row) for row in connection.execute(query).mappings()]
    return [one for one in found if office_id is None or one.stops(office_id)]


def all_revocations(connection: Connection, *, lifted: bool = False) -> list[Any]:
    """The rows of all revocations in force, oldest first; with `lifted`, those that were ended as well."""
    query = select(tables.revocations).order_by(tables.revocations.c.id) if lifted else _in_force()
    return list(connection.execute(query).mappings())


def earlier_releases(
    connection: Connection, request_id: str, patient_id: str, office_id: str, since: date
) -> list[EarlierRelease]:
    """Releases of this patient's records to this office by other requests since that day, latest first.

    Since that day authorized or delivered, or still to leave: one may have waited for months and have left yesterday. One that
    was withdrawn before anything was sent does not count. One that was withdrawn while nobody knew whether it had arrived does.
    """
    of_the_same = (tables.releases.c.patient_id == patient_id) & (tables.releases.c.office_id == office_id)
    columns = (tables.releases.c.request_id, tables.releases.c.at, tables.requests.c.state, tables.requests.c.delivered_at)
    query = (
        select(*columns)
        .join_from(tables.releases, tables.requests, tables.requests.c.id == tables.releases.c.request_id)
        .where(of_the_same, tables.releases.c.request_id != request_id, tables.releases.c.void.is_(False))
        .where(
            (tables.releases.c.at >= since.isoformat())
            | (tables.requests.c.delivered_at >= since.isoformat())
            | (tables.requests.c.delivered_at.is_(None) & tables.requests.c.state.not_in(FINAL))
        )
        .order_by(tables.releases.c.at.desc(), tables.releases.c.request_id.desc())
    )
    return [
        EarlierRelease(
            request_id=row.request_id,
            on=parse(row.at).astimezone().date(),
            delivered_on=parse(row.delivered_at).astimezone().date() if row.delivered_at else None,
            state=row.state,
        )
        for row in connection.execute(query)
    ]


def overtaken(connection: Connection, request_id: str) -> bool:
    """Whether the same patient's records left for the same office by another request, after this one was let go."""
    own, other = tables.releases, tables.releases.alias("other")
    same = (other.c.patient_id == own.c.patient_id) & (other.c.office_id == own.c.office_id)
    query = (
        select(other.c.request_id)
        .join_from(own, other, same & (other.c.request_id != own.c.request_id))
        .join(tables.requests, tables.requests.c.id == other.c.request_id)
        .where(own.c.request_id == request_id, tables.requests.c.delivered_at >= own.c.at)
    )
    return connection.scalar(query.limit(1)) is not None


def latest_release(connection: Connection, request_id: str, patient_id: str, office_id: str) -> str:
    """Names the release that came last for this patient and office, whatever became of it; empty if there is none.

    By its request and its moment: a request that is matched anew releases anew, and what came after its first release did not
    come after its second. The last is the one that none came after, whatever the clocks said; if that is so of several, since
    one after them was matched anew, the latest of these.
    """
    releases = tables.releases.c
    of_the_same = (releases.patient_id == patient_id) & (releases.office_id == office_id)
    query = (
        select(releases.request_id, releases.at, releases.previous)
        .where(of_the_same, releases.request_id != request_id)
        .order_by(releases.at.desc(), releases.request_id.desc())
    )
    found = connection.execute(query).all()
    followed = {row.previous for row in found}
    names = [hashlib.sha256(f"{row.request_id} {row.at}".encode()).hexdigest()[:16] for row in found]
    return next((name for name in names if name not in followed), names[0] if names else "")


def _in_force() -> Select[Any]:
    return select(tables.revocations).where(tables.revocations.c.lifted_at.is_(None)).order_by(tables.revocations.c.id)


def _revocation(row: Any) -> Revocation:
    return Revocation.model_validate({name: row[name] for name in Revocation.model_fields} | {"at": parse(row["at"])})
