"""verify: the copy against the originals, page by page, by other means than it was made with."""

from __future__ import annotations

from pipeline.log.chain import Note
from pipeline.verifying import verify as compare
from schemas.disclosure import LogEvent
from schemas.messages import CopyMade, CopyVerified
from schemas.record_set import CompletenessReport, Copy, Manifest, PageFault
from schemas.release import Finding, HoldReason, Release
from workers.bench import Bench
from workers.station import AskPerson, Done


def verify(message: CopyMade, bench: Bench) -> Done | AskPerson:
    """Compares every page and every item. Any fault holds the request, with the picture of the page."""
    release = bench.fact(Release, message.request_id, message.release)
    manifest = bench.fact(Manifest, message.request_id, message.manifest)
    copied = bench.fact(Copy, message.request_id, message.copied)
    report = compare(release, manifest, copied, bench.vault.path(copied.pdf), bench.vault.path, bench.vault.put)
    if not report.passed:
        return AskPerson(tuple(map(_finding, report.faults)), facts=(report,))
    event = CopyVerified.after(
        message,
        bench.clock.now(),
        release=message.release,
        manifest=message.manifest,
        copied=message.copied,
        report=report.sha256(),
    )
    return Done((event,), facts=(report,), notes=(_note(release, report),))


def _finding(fault: PageFault) -> Finding:
    return Finding(
        reason=HoldReason.COPY_FAULTY,
        sentence=fault.sentence,
        cure="Look at the page beside its original; mend the chart if the original is wrong, then let it try again.",
        page=fault.copy_page,
    )


def _note(release: Release, report: CompletenessReport) -> Note:
    return Note(
        LogEvent.VERIFIED,
        "verify",
        patient_id=release.patient.patient_id,
        patient=release.patient.name,
        recipient=release.destination.name,
        details={"items": report.items_checked, "pages": report.pages_checked, "notices": list(report.notices)},
    )
