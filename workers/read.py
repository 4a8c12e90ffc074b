"""read: a scan in, what stands on it out."""

from __future__ import annotations

from pipeline.documents import Refused, open_document
from pipeline.errors import NeedsPerson
from schemas.messages import RequestRead, RequestReceived
from schemas.release import HoldReason
from workers.bench import Bench
from workers.station import Done


def read(message: RequestReceived, bench: Bench) -> Done:
    """Reads every page of the request. Holds what no reader can open; what is missing on it is for `match` to judge.

    What people have corrected since the last scan is learned first: this one may be of the same form.
    """
    if bench.school is not None:
        bench.school.take(bench.reader)
    try:
        with open_document(bench.vault.path(message.scan), message.media_type, bench.settings.inbox.limits) as document:
            reading = bench.reader().read(document, message.scan)
    except Refused as refusal:
        raise NeedsPerson.because(HoldReason.UNREADABLE, refusal.sentence, cure=refusal.advice) from refusal
    event = RequestRead.after(message, bench.clock.now(), reading=reading.sha256(), pages=reading.pages)
    return Done((event,), facts=(reading,))
