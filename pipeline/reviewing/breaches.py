"""A copy may have gone wrong: what left, to whom, whether it was opened, what else shares its fault, and the sheet to fill in.

45 CFR 164.402: an impermissible disclosure is presumed to be a breach, unless an assessment of four factors shows a low
probability that the information was compromised. The practice bears the burden of proof (164.414(b)) and keeps the papers
for six years. So every version of the sheet is a fact, and an entry of the delivery log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, select

from pipeline.delivering.retracting import Retraction, retract
from pipeline.errors import Error
from pipeline.log.asking import Name, Search
from pipeline.log.chain import Note
from pipeline.log.disclosures import disclosure
from pipeline.log.dossier import Dossier, dossier
from pipeline.log.finding import all_found
from pipeline.log.words import Sort, plain
from pipeline.store import facts, tables
from pipeline.store.store import Store
from pipeline.store.unit import Unit
from schemas.base import JsonDict
from schemas.breach import Breach, BreachDecision, Factor
from schemas.disclosure import LogEvent, ProofRung

OPENED = {
    ProofRung.HANDED_OVER: "Handed over; whether it arrived, and whether anybody opened it, is not known.",
    ProofRung.ACCEPTED: "Accepted at the other end; whether anybody opened it is not known.",
    ProofRung.REACHED: "It arrived whole; whether anybody opened it is not known.",
    ProofRung.OPENED: "It was opened.",
    ProofRung.ACKNOWLEDGED: "It was opened, and its receipt was acknowledged.",
}

TOLD = "Somebody was told that it arrived; whether all of it, and whether anybody opened it, is not known."
"""Of a set whose arrival rests on a person's word."""


class NotAssessed(Error):
    """The sheet cannot be kept like that. The text says why."""


@dataclass(frozen=True)
class Sibling:
    """Another release that may have the same fault."""

    request_id: str
    patient: str
    delivered_at: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class WorkUp:
    """All that a person needs to judge."""

    of: Dossier
    opened: str
    siblings: tuple[Sibling, ...]
    sheet: Breach | None
    """As it stands; None before anybody has written."""

    def as_object(self) -> JsonDict:
        """As JSON."""
        entry = self.of.delivered
        told = disclosure(entry).as_object() if entry else None
        return {
            "request": self.of.request_id,
            "disclosure": told,
            "opened": self.opened,
            "siblings": [vars(one) | {"why": list(one.why)} for one in self.siblings],
            "sheet": self.sheet.model_dump(mode="json") if self.sheet else None,
            "notice_due": self.sheet.notice_due.isoformat() if self.sheet else None,
        }


def work_up(store: Store, request_id: str) -> WorkUp:
    """Raises NotAssessed where nothing has left."""
    of = dossier(store, request_id)
    if of is None or of.delivered is None or of.receipt is None:
        raise NotAssessed(f"{request_id} has delivered nothing: there is nothing to assess.")
    with store.reading() as connection:
        siblings = _siblings(connection, of)
        sheet = facts.latest(connection, Breach, request_id)
    return WorkUp(of, TOLD if of.receipt.told_by else OPENED[of.receipt.proof], siblings, sheet)


def record(store: Store, request_id: str, sheet: Breach) -> None:
    """Keeps the sheet. Raises NotAssessed where it does not hold together."""
    of = work_up(store, request_id).of
    _check(sheet, of, store.clock.today())
    with store.unit() as unit:
        unit.keep(request_id, [sheet])
        why = f", {sheet.why}" if sheet.why else ""
        said = f"{sheet.who}: {sheet.happened} Decision: {sheet.decision.value.replace('_', ' ')}{why}."
        details = sheet.model_dump(mode="json") | {"notice_due": sheet.notice_due.isoformat(), "sentence": said}
        _log(unit, of, sheet.who, details, accountable=_newly_accountable(of, sheet))


def take_back(store: Store, request_id: str, outgoing: Path, who: str) -> Retraction:
    """Takes the set back where that can be done. The try is in the log before it is made, and what came of it after."""
    found = work_up(store, request_id)
    if not who.strip() or found.of.receipt is None:
        raise NotAssessed("Say who takes it back.")
    if any(entry.event is LogEvent.BREACH and entry.details.get("step") == "retracted" for entry in found.of.entries):
        raise NotAssessed("The set was taken back already; the log has when, and by whom.")
    with store.unit() as unit:
        _log(unit, found.of, who, {"step": "retracting", "sentence": f"{who} tries to take the set back."})
    done = retract(found.of.receipt, outgoing)
    with store.unit() as unit:
        told = {"step": "retracted" if done.done else "not retracted", "sentence": done.sentence}
        _log(unit, found.of, who, told)
    return done


def _log(unit: Unit, of: Dossier, who: str, details: JsonDict, *, accountable: bool = False) -> None:
    entry = of.delivered
    if entry is None:
        return
    told = disclosure(entry)
    if accountable:
        details = details | {
            "disclosed_on": told.date.isoformat(),
            "recipient_address": told.address,
            "description": told.description,
            "purpose": "sent by mistake",
        }
    note = Note(LogEvent.BREACH, who, entry.patient_id, entry.patient, entry.recipient, accountable, details)
    unit.log(of.request_id, [note])


def _newly_accountable(of: Dossier, sheet: Breach) -> bool:
    """A disclosure that should not have been belongs in the accounting (164.528), once, however probable its harm is."""
    already = any(entry.details.get("accountable") for entry in of.entries)
    return sheet.decision is not BreachDecision.OPEN and not already


def _check(sheet: Breach, of: Dossier, today: date) -> None:
    delivered = of.receipt.delivered_at.astimezone().date() if of.receipt else today
    if not delivered <= sheet.discovered_on <= today:
        raise NotAssessed(f"It was discovered between the day it left ({delivered:%m/%d/%Y}) and today; write that day.")
    if sheet.notified_on and not sheet.discovered_on <= sheet.notified_on <= today:
        raise NotAssessed("The patient was told between the discovery and today; write that day.")
    if sheet.decision is not BreachDecision.OPEN and not sheet.why.strip():
        raise NotAssessed("Say why: whoever looks at this in six years must understand it.")
    missing = [factor.value for factor in Factor if not sheet.factors.get(factor, "").strip()]
    if sheet.decision is BreachDecision.LOW_PROBABILITY and missing:
        raise NotAssessed(f"A low probability is shown by all four factors (45 CFR 164.402(2)); missing: {', '.join(missing)}.")


# ---- what shares its fault -----------------------------------------------------------------------------------------------


def _siblings(connection: Connection, of: Dossier) -> tuple[Sibling, ...]:
    why: dict[str, list[str]] = {}
    for request_id, reason in _alike(connection, of):
        if request_id != of.request_id and reason not in why.setdefault(request_id, []):
            why[request_id].append(reason)
    r = tables.requests.c
    query = select(r.id, r.patient, r.delivered_at).where(r.id.in_(sorted(why)), r.delivered_at.is_not(None))
    return tuple(
        Sibling(row.id, row.patient or "", row.delivered_at, tuple(why[row.id]))
        for row in connection.execute(query.order_by(r.number))
    )


def _alike(connection: Connection, of: Dossier) -> Iterator[tuple[str, str]]:
    r, row = tables.requests.c, of.row
    sent = select(r.id).where(r.delivered_at.is_not(None))
    if row["office_id"]:
        for found in connection.execute(sent.where(r.office_id == row["office_id"])):
            yield found.id, "the same row of the directory"
    same_place = (r.channel == row["channel"]) & (r.address == row["address"]) & (r.delivered_at >= row["delivered_at"])
    for found in connection.execute(sent.where(same_place)):
        yield found.id, "to the same place since"
    decider = str(of.delivered.details.get("decided_by") or "policy") if of.delivered else "policy"
    words = plain(decider)
    if decider == "policy" or not words:
        return
    names = tuple(Name(word, (Sort.BY,), whole=True) for word in words)
    for entry in all_found(connection, Search(names=names, events=(LogEvent.DELIVERED.value,))):
        if entry.request_id and entry.details.get("decided_by") == decider:
            yield entry.request_id, f"decided by {decider}, too"
