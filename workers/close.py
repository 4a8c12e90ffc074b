"""close: the chart knows what was sent, the request is filed with it, and the front desk has its chores."""

from __future__ import annotations

from pipeline.closing.chores import chores
from pipeline.closing.filing import file_release
from pipeline.closing.note import chart_note
from pipeline.log.chain import Note
from pipeline.store.unit import Chore
from schemas.disclosure import DeliveryReceipt, LogEvent
from schemas.messages import RecordSetDelivered, RequestClosed
from schemas.record_set import Manifest
from schemas.release import Release
from workers.bench import Bench
from workers.station import Done


def close(message: RecordSetDelivered, bench: Bench) -> Done:
    """Writes the chart note, files the request in the chart and lists the chores. Writing it twice writes the same."""
    release = bench.fact(Release, message.request_id, message.release)
    manifest = bench.fact(Manifest, message.request_id, message.manifest)
    receipt = bench.fact(DeliveryReceipt, message.request_id, message.receipt)
    request = bench.request(message.request_id)
    file_release(
        bench.folder.charts / release.patient.patient_id,
        message.request_id,
        bench.vault.path(request.scan),
        request.file,
        chart_note(release, manifest, receipt, bench.settings.practice),
    )
    note = Note(
        LogEvent.CLOSED,
        "close",
        patient_id=release.patient.patient_id,
        patient=release.patient.name,
        recipient=release.destination.name,
    )
    listed = tuple(Chore(c.kind, c.sentence) for c in chores(release, receipt))
    return Done((RequestClosed.after(message, bench.clock.now()),), notes=(note,), chores=listed)
