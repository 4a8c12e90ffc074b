"""close: the chart knows what was sent, the request is filed with it, and the front desk has its chores."""

from __future__ import annotations

from pipeline.closing.chores import chores
from pipeline.closing.filing import file_release
from pipeline.closing.note import chart_note
from pipeline.log.chain import Note
from pipeline.release.fees import fee as fee_of
from pipeline.release.fees import ledger_line
from pipeline.settings import Settings
from pipeline.store.unit import Chore
from schemas.disclosure import DeliveryReceipt, LogEvent
from schemas.fee import Fee
from schemas.messages import RecordSetDelivered, RequestClosed
from schemas.record_set import ItemKind, Manifest
from schemas.release import Release
from workers.bench import Bench
from workers.station import Done

PRODUCED = "electronic: the originals bit for bit, and one labelled PDF"
"""The form in which a set leaves, for the ledger."""
PICTURES = frozenset(
    {
        ItemKind.XRAY_FMX,
        ItemKind.XRAY_BITEWING,
        ItemKind.XRAY_PERIAPICAL,
        ItemKind.XRAY_PANO,
        ItemKind.XRAY_CEPH,
        ItemKind.CBCT,
        ItemKind.PHOTO,
    }
)
"""Kinds that states charge as films or pictures, not as pages."""


def close(message: RecordSetDelivered, bench: Bench) -> Done:
    """Writes the chart note, files the request in the chart and lists the chores. Writing it twice writes the same."""
    release = bench.fact(Release, message.request_id, message.release)
    manifest = bench.fact(Manifest, message.request_id, message.manifest)
    receipt = bench.fact(DeliveryReceipt, message.request_id, message.receipt)
    request = bench.request(message.request_id)
    fee = fee_for(release, manifest, bench.settings)
    ledger = ledger_line(release, manifest, fee, produced=PRODUCED)
    file_release(
        bench.folder.charts / release.patient.patient_id,
        message.request_id,
        bench.vault.path(request.scan),
        request.file,
        chart_note(release, manifest, receipt, bench.settings.practice, fee=fee.sentence, ledger=ledger),
    )
    note = Note(
        LogEvent.CLOSED,
        "close",
        patient_id=release.patient.patient_id,
        patient=release.patient.name,
        recipient=release.destination.name,
        details={"fee": fee.model_dump(mode="json"), "ledger": ledger},
    )
    listed = tuple(Chore(c.kind, c.sentence) for c in chores(release, receipt))
    return Done((RequestClosed.after(message, bench.clock.now()),), notes=(note,), chores=listed)


def fee_for(release: Release, manifest: Manifest, settings: Settings) -> Fee:
    """What this practice charges for the copy. It is posted, never waited for: the set has left."""
    return fee_of(
        release.pathway,
        settings.practice.state,
        day=release.requested_on,
        pages=manifest.pages,
        images=sum(item.kind in PICTURES for item in manifest.items),
        electronic=True,
        policy=settings.policy,
        destination_kind=release.destination.kind,
    )
