"""A permission that a patient takes back: recorded at once, and told how far each request of theirs has come.

45 CFR 164.508(b)(5): an individual may revoke an authorization at any time, in writing, except as far as it has been acted
upon. A practice that learns of it by phone stops as well and asks for the writing: stopping harms nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pipeline.errors import Error
from pipeline.log.chain import Note
from pipeline.store import tables
from pipeline.store.states import State
from pipeline.store.store import Store
from pipeline.store.unit import Conflict, Unit
from schemas.disclosure import LogEvent

HOW = ("call", "letter", "in person")
"""How the practice may learn of it, besides by a scan that says so."""


class NotRevocable(Error):
    """It cannot be recorded or lifted: the text says why."""


@dataclass(frozen=True)
class Stopped:
    """What a revocation means for one request of the patient."""

    request_id: str
    state: State
    sentence: str
    may_have_left: bool = False
    """Whether its handing over had begun and nobody knows yet if it has left."""


@dataclass(frozen=True)
class Revoked:
    """What was recorded, and what it stops."""

    number: int | None
    requests: tuple[Stopped, ...]


def revoke(store: Store, patient_id: str, *, office_id: str = "", how: str, who: str, words: str = "") -> Revoked:
    """Records the revocation and says what it stops. Every station looks for it before each step, and `deliver` once more at
    the moment of handing over.

    Raises NotRevocable without the name of whoever records it.
    """
    if not who.strip() or not patient_id.strip():
        raise NotRevocable("A revocation needs the patient's number, and the name of the person who records it.")
    if how not in HOW:
        raise NotRevocable(f"Say how the practice learned of it: {', '.join(HOW)}.")
    patient_id, office_id = patient_id.strip(), office_id.strip()
    with store.unit() as unit:
        number = unit.revoke(patient_id, office_id=office_id, how=how, who=who, words=words)
        reached = tuple(_requests(unit, patient_id, office_id))
        told = {
            "revocation": number,
            "how": how,
            "words": words,
            "destination": office_id,
            "stops": [one.request_id for one in reached if one.state not in _GONE and not one.may_have_left],
            "may_have_left": [one.request_id for one in reached if one.may_have_left],
        }
        unit.log(None, [Note(LogEvent.REVOKED, who, patient_id=patient_id, recipient=office_id or None, details=told)])
    return Revoked(number, reached)


def lift(store: Store, number: int, *, who: str, why: str) -> None:
    """Ends a revocation, because the patient has signed anew or it was recorded by mistake. What was stopped stays held until
    somebody lets it try again.

    Raises NotRevocable for one that is not in force, or without who and why.
    """
    if not who.strip() or not why.strip():
        raise NotRevocable("Lifting a revocation needs the name of the person who does it, and why.")
    with store.reading() as connection:
        row = connection.execute(select(tables.revocations).where(tables.revocations.c.id == number)).mappings().first()
    if row is None:
        raise NotRevocable(f"There is no revocation {number}.")
    try:
        with store.unit() as unit:
            unit.lift(number, who=who, why=why)
            note = Note(LogEvent.LIFTED, who, patient_id=row["patient_id"], details={"revocation": number, "why": why})
            unit.log(row["request_id"], [note])
    except Conflict:
        raise NotRevocable(f"The revocation {number} was lifted already.") from None


_GONE = frozenset({State.DELIVERED, State.CLOSED, State.WITHDRAWN, State.REJECTED, State.SPLIT})


def _requests(unit: Unit, patient_id: str, office_id: str) -> list[Stopped]:
    """Each request of the patient that the revocation reaches, the newest first.

    The rows are locked: a set that is being handed over at this moment either is marked already, and then this says so, or
    `begin_handing_over` waits and finds the revocation.
    """
    columns = tables.requests.c
    query = select(tables.requests).where(columns.patient_id == patient_id).order_by(columns.number.desc()).with_for_update()
    rows = unit.connection.execute(query).mappings().all()
    return [
        _stopped(row)
        for row in rows
        if (not office_id or row["office_id"] in (None, office_id))
        and (row["state"] not in _ENDED_WITHOUT_A_SET or row["handing_over_at"])
    ]


_ENDED_WITHOUT_A_SET = frozenset({State.WITHDRAWN.value, State.REJECTED.value, State.SPLIT.value})
"""Unless its handing over had begun: then it ended while nobody knew."""


def _stopped(row: Any) -> Stopped:
    state, begun = State(row["state"]), row["handing_over_at"] is not None
    return Stopped(row["id"], state, _sentence(state, begun, row["delivered_at"]), begun and not row["delivered_at"])


def _sentence(state: State, begun: bool, delivered_at: str | None) -> str:
    if delivered_at:
        return "was delivered before; what has left cannot be called back"
    if not begun:
        return "is stopped; nothing of it leaves"
    if state is State.DELIVERING:
        return "was being handed over at this very moment; the log will tell whether it left"
    return "was being handed over before; it is not known whether it has left, and nothing more of it leaves"
