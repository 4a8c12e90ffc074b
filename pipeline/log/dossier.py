"""One release with everything that shows what it was: what left, hash by hash, on what basis, by whom, with what proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pipeline.log.chain import entries
from pipeline.store import facts, views
from pipeline.store.store import Store
from schemas.base import JsonDict
from schemas.decision import Decision, told
from schemas.disclosure import DeliveryIntent, DeliveryReceipt, LogEntry, LogEvent
from schemas.record_set import CompletenessReport, Copy, Manifest
from schemas.release import Element, Match, Release


@dataclass(frozen=True)
class Dossier:
    """Everything that is kept of a release. What a request has not come to yet is None."""

    request_id: str
    row: views.Row
    entries: tuple[LogEntry, ...]
    """Its whole time in the log."""
    match: Match | None = None
    release: Release | None = None
    manifest: Manifest | None = None
    copied: Copy | None = None
    report: CompletenessReport | None = None
    intent: DeliveryIntent | None = None
    receipt: DeliveryReceipt | None = None
    decisions: tuple[Decision, ...] = ()
    damaged: str = ""
    """Why the facts beside the log cannot be believed; empty where they can."""

    @property
    def delivered(self) -> LogEntry | None:
        """The entry that tells of the delivery: the last one, if there were several."""
        return next((entry for entry in reversed(self.entries) if entry.event is LogEvent.DELIVERED), None)

    @property
    def elements(self) -> tuple[Element, ...]:
        """What the pathway asks for, one by one."""
        return self.match.elements if self.match else ()

    @property
    def decided(self) -> list[str]:
        """What people have decided, a sentence each."""
        return [told(decision) for decision in self.decisions]

    @property
    def disagreements(self) -> list[str]:
        """Where the log, the manifest and the receipt do not say the same of what left; empty where they do."""
        return list(_disagreements(self)) if self.delivered else []

    def as_object(self) -> JsonDict:
        """As JSON: the facts as they are kept, and the entries."""
        kept = {
            name: fact.model_dump(mode="json") if (fact := getattr(self, name)) is not None else None
            for name in ("release", "manifest", "copied", "report", "intent", "receipt")
        }
        return {
            "request": self.request_id,
            "file": self.row["file"],
            "scan": self.row["scan"],
            "received_at": self.row["received_at"],
            "state": self.row["state"],
            **kept,
            "elements": [element.model_dump(mode="json") for element in self.elements],
            "decisions": [decision.model_dump(mode="json") for decision in self.decisions],
            "disagreements": self.disagreements,
            "damaged": self.damaged,
            "entries": [entry.model_dump(mode="json") for entry in self.entries],
        }


def dossier(store: Store, request_id: str) -> Dossier | None:
    """The dossier of a request, or None where there is no such request. Facts that were changed are said, not shown."""
    with store.reading() as connection:
        row = views.request(connection, request_id)
        if row is None:
            return None
        told_by_log = tuple(entries(views.timeline(connection, request_id)))
        try:
            return _whole(connection, request_id, row, told_by_log)
        except facts.StoreDamaged as damaged:
            return Dossier(request_id, row, told_by_log, damaged=f"What is kept beside the log cannot be believed: {damaged}.")


def _whole(connection: Connection, request_id: str, row: views.Row, told_by_log: Sequence[LogEntry]) -> Dossier:
    return Dossier(
        request_id,
        row,
        tuple(told_by_log),
        match=facts.latest(connection, Match, request_id),
        release=facts.latest(connection, Release, request_id),
        manifest=facts.latest(connection, Manifest, request_id),
        copied=facts.latest(connection, Copy, request_id),
        report=facts.latest(connection, CompletenessReport, request_id),
        intent=facts.latest(connection, DeliveryIntent, request_id),
        receipt=facts.latest(connection, DeliveryReceipt, request_id),
        decisions=tuple(facts.decisions(connection, request_id)),
    )


def _disagreements(of: Dossier) -> Iterator[str]:
    logged = of.delivered.details if of.delivered else {}
    listed = {(item.get("file"), item.get("sha256")) for item in logged.get("items", ())}
    if of.manifest and listed != {(item.file, item.sha256) for item in of.manifest.items}:
        yield "The log and the manifest do not name the same originals."
    if "manifest" in logged and of.manifest and logged["manifest"] != of.manifest.sha256():
        yield "The log names another manifest than the one that is kept."
    enclosed = {(one.get("name"), one.get("sha256")) for one in logged.get("enclosures", ())}
    if "enclosures" in logged and of.receipt and enclosed != {(one.name, one.sha256) for one in of.receipt.enclosures}:
        yield "The log and the receipt do not name the same files."
    if of.receipt and logged.get("proof", of.receipt.proof.value) != of.receipt.proof.value:
        yield "The log and the receipt do not name the same proof."
