"""gather: everything that the chart lists within the scope, into the vault."""

from __future__ import annotations

from pipeline.gathering.gather import gather as gather_records
from pipeline.store.unit import Shown
from schemas.messages import RecordSetGathered, ReleaseAuthorized
from schemas.release import Release
from workers.bench import Bench
from workers.station import Done


def gather(message: ReleaseAuthorized, bench: Bench) -> Done:
    """Gathers the record set. Holds the request where the chart says more, or other, than was found."""
    release = bench.fact(Release, message.request_id, message.release)
    manifest = gather_records(release, bench.source, bench.vault, at=bench.clock.now())
    event = RecordSetGathered.after(
        message,
        bench.clock.now(),
        release=message.release,
        manifest=manifest.sha256(),
        items=len(manifest.items),
        pages=manifest.pages,
    )
    return Done((event,), facts=(manifest,), shown=Shown(items=len(manifest.items), pages=manifest.pages))
