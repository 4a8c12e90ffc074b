"""Two requests that were scanned in one go: each becomes a scan and a request of its own, and no page is in two or in none.

The pages are cut out and kept in the vault before anything is decided; a blob that nothing names harms nobody. Then one
transaction ends the first request as split and gives birth to the others, which are read from the start. Whoever decides
twice finds the first decision, and so does whoever comes back after a crash.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid5

from pipeline.documents import Limits, Refused, open_document
from pipeline.documents.cutting import CannotCut, cut
from pipeline.log.chain import Note
from pipeline.reviewing.ground import DECISIONS, NotPossible, held, not_left, note
from pipeline.store.states import FINAL
from pipeline.store.store import RequestRow, Store
from pipeline.store.unit import Unit
from pipeline.store.vault import Vault, VaultDamaged
from schemas.decision import Decision, ScanPart, pages_in_words
from schemas.disclosure import LogEvent
from schemas.messages import Event, RequestReceived, RequestSplit

MOST_PARTS = 50


def pages_of(said: str) -> tuple[int, ...]:
    """`1-2+4` as (1, 2, 4). Raises NotPossible for what names no pages."""
    pages: list[int] = []
    for run in said.split("+"):
        found = re.fullmatch(r"\s*(\d{1,4})\s*(?:[-–]\s*(\d{1,4})\s*)?", run)
        if not found or not 1 <= int(found[1]) <= int(found[2] or found[1]):
            raise NotPossible(f"“{said.strip()}” names no pages: write 3, or 1-2, or 1+3-4.")
        pages += range(int(found[1]), int(found[2] or found[1]) + 1)
    return tuple(pages)


def parts_said(said: str) -> tuple[tuple[int, ...], ...]:
    """`1-2, 3` as ((1, 2), (3,)): a part after each comma. Raises NotPossible."""
    return tuple(pages_of(part) for part in said.split(","))


def cut_parts(
    store: Store, vault: Vault, limits: Limits, request_id: str, parts: Sequence[Sequence[int]], left_out: Sequence[int] = ()
) -> dict[str, Any]:
    """Cuts the scan of the request, and gives the members of the `Decision` that splits it so.

    Raises NotPossible where a page is in two parts or in none, where there are not two parts, and where the scan cannot be cut;
    Retryable where the disk fails.
    """
    request = store.request(request_id)
    if request is None:
        raise NotPossible(f"There is no request {request_id}.")
    if request.state in FINAL:
        raise NotPossible(f"{request_id} is {request.state} already.")
    try:
        scan = vault.path(request.scan)
        with open_document(scan, request.media_type, limits) as document:
            require_each_once(parts, left_out, document.page_count)
        made = cut(scan, request.media_type, parts, limits)
    except (CannotCut, Refused) as error:
        raise NotPossible(getattr(error, "sentence", "") or str(error)) from error
    except VaultDamaged as error:
        raise NotPossible(f"The scan of {request_id} is not whole any more: restore it from a backup.") from error
    kept = tuple(
        ScanPart(pages=tuple(pages), scan=vault.put(data), size_bytes=len(data)) for pages, data in zip(parts, made, strict=True)
    )
    return {"parts": kept, "left_out": tuple(sorted(left_out))}


def require_each_once(parts: Sequence[Sequence[int]], left_out: Iterable[int], count: int) -> None:
    """Raises NotPossible unless each of the scan's pages is in exactly one part, or left out."""
    named = Counter(page for pages in (*parts, tuple(left_out)) for page in pages)
    if strangers := sorted(page for page in named if not 1 <= page <= count):
        raise NotPossible(f"The scan has {count} page{'s' if count > 1 else ''}, and not {pages_in_words(strangers)}.")
    if twice := sorted(page for page, times in named.items() if times > 1):
        raise NotPossible(f"A page belongs to one request alone; named twice: {pages_in_words(twice)}.")
    if missing := [page for page in range(1, count + 1) if page not in named]:
        raise NotPossible(f"Say where {pages_in_words(missing)} belongs, or that it belongs to none of them, and why.")
    if not 2 <= len(parts) <= MOST_PARTS:
        raise NotPossible("A scan is split into two requests or more.")


def cut_up(unit: Unit, request: RequestRow, decision: Decision) -> None:
    """Ends the request as split, and makes one of each part, to be read from the start."""
    hold = held(unit, request)
    message = not_left(hold)
    if not decision.why.strip():
        raise NotPossible("Say why it is split, and why pages are left out: it goes into the delivery log.")
    named = [page for part in decision.parts for page in part.pages]
    require_each_once([part.pages for part in decision.parts], decision.left_out, len(named) + len(decision.left_out))
    unit.keep(request.id, [decision])
    unit.settle(request.id, decision.sha256())
    unit.void(request.id)
    made = [_part(unit, request, hold.id, number, decision, message) for number, _ in enumerate(decision.parts, start=1)]
    event = RequestSplit(
        id=uuid5(DECISIONS, f"{request.id}/{hold.id}/split"),
        request_id=request.id,
        occurred_at=decision.at,
        cause=message.id,
        parts=len(made),
    )
    unit.advance(request.id, request.revision, hold.station, (event,))
    unit.log(request.id, [note(decision), _split_note(request, decision, made)])


def _part(unit: Unit, request: RequestRow, hold: int, number: int, decision: Decision, message: Event) -> str:
    part = decision.parts[number - 1]
    request_id = unit.part(request.id, number, scan=part.scan)
    unit.send(
        RequestReceived(
            id=uuid5(DECISIONS, f"{request.id}/{hold}/part/{number}"),
            request_id=request_id,
            occurred_at=unit.at,
            cause=message.id,
            scan=part.scan,
            media_type=request.media_type,
            size_bytes=part.size_bytes,
        )
    )
    told = {
        "from": request.id,
        "cut": list(part.pages),
        "of_scan": request.scan,
        "scan": part.scan,
        "sentence": f"Cut out of the scan of {request.id}: {pages_in_words(part.pages)}.",
    }
    unit.log(request_id, [Note(LogEvent.SPLIT, decision.who, details=told)])
    return request_id


def _split_note(request: RequestRow, decision: Decision, made: Sequence[str]) -> Note:
    each = (f"{pages_in_words(part.pages)} became {child}" for part, child in zip(decision.parts, made, strict=True))
    out = f"; {pages_in_words(decision.left_out)} left out" if decision.left_out else ""
    told = {
        "parts": list(made),
        "left_out": list(decision.left_out),
        "scan": request.scan,
        "sentence": f"{', '.join(each)}{out}.",
    }
    return Note(LogEvent.SPLIT, decision.who, details=told)
