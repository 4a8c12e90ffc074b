"""duplicate: the originals stay as they are, bit for bit; one labelled PDF is made of all that has pages."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.duplicating import make_pdf
from schemas.messages import CopyMade, RecordSetGathered
from schemas.record_set import Copy, Manifest
from schemas.release import Release
from workers.bench import Bench
from workers.station import Done


def duplicate(message: RecordSetGathered, bench: Bench) -> Done:
    """Makes the copy. Holds the request where an original cannot be opened."""
    release = bench.fact(Release, message.request_id, message.release)
    manifest = bench.fact(Manifest, message.request_id, message.manifest)
    with tempfile.TemporaryDirectory(dir=bench.folder.scratch) as scratch:
        out = Path(scratch) / "copy.pdf"
        made = make_pdf(
            release,
            manifest,
            bench.settings.practice,
            bench.vault.path,
            out,
            made_at=message.occurred_at,  # not the clock: the same work done twice gives the same bytes
            request_id=message.request_id,
        )
        copied = Copy(
            pdf=bench.vault.put_file(out),
            pdf_size_bytes=out.stat().st_size,
            pdf_pages=made.pdf_pages,
            front_pages=made.front_pages,
            pages=made.pages,
        )
    event = CopyMade.after(message, bench.clock.now(), release=message.release, manifest=message.manifest, copied=copied.sha256())
    return Done((event,), facts=(copied,))
