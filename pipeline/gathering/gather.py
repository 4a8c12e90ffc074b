"""From the permission to send to the manifest: everything the chart lists within the scope, kept, counted and numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from pipeline.documents import Refused
from pipeline.errors import NeedsPerson, Retryable
from pipeline.gathering.contents import incomplete
from pipeline.gathering.originals import Original, examine
from pipeline.gathering.source import Entry, RecordSource
from pipeline.store.vault import Vault
from schemas.base import Sha256
from schemas.record_set import Item, ItemKind, Manifest, Withheld
from schemas.release import Finding, HoldReason, Release, Scope

Progress = Callable[[int, int], None]
"""Called after each record: how many are gathered, of how many."""

_MOST_FINDINGS = 50
_KINDS_IN_ORDER = list(ItemKind)
_Kept = tuple[Entry, Sha256, Original]


def gather(release: Release, source: RecordSource, vault: Vault, *, at: datetime, progress: Progress | None = None) -> Manifest:
    """Gathers the chart of `release.patient` within `release.scope`.

    A release is complete or it does not happen: what the chart lists and the source lacks, and what the source has and
    the chart does not list, holds the request. Raises NeedsPerson with all findings at once (CHART_INCOMPLETE,
    ORIGINAL_UNREADABLE, SCOPE_UNCLEAR); Retryable where the source is away or the chart changes meanwhile.
    """
    patient_id = release.patient.patient_id
    contents = source.contents(patient_id)
    entries = sorted(contents.entries, key=_place)
    inside = [entry for entry in entries if release.scope.takes(entry.kind, entry.date)]
    findings = list(contents.findings)
    kept: list[_Kept] = []
    for entry in inside:
        try:
            kept.append(_fetch(source, patient_id, entry, vault))
        except NeedsPerson as held:
            findings.extend(held.findings)
        if progress:
            progress(len(kept), len(inside))
    findings.extend(_contradictions(kept))
    findings.extend(_emptiness(entries, inside, release.scope))
    if findings:
        raise NeedsPerson.of(_readable(findings))
    if source.contents(patient_id) != contents:
        raise Retryable("the chart changed while it was gathered")
    return Manifest(
        patient_id=patient_id,
        source=source.name,
        gathered_at=at,
        items=tuple(_item(number, *one) for number, one in enumerate(kept, start=1)),
        withheld=tuple(_withheld(entry, release.scope) for entry in entries if entry not in inside),
    )


def _place(entry: Entry) -> tuple[int, bool, date, str]:
    """By kind, then by date, the undated last, then by name."""
    return _KINDS_IN_ORDER.index(entry.kind), entry.date is None, entry.date or date.min, entry.file


def _fetch(source: RecordSource, patient_id: str, entry: Entry, vault: Vault) -> _Kept:
    """One record kept, examined and counted. Raises NeedsPerson where it is not what the chart says."""
    sha256 = source.fetch(patient_id, entry, vault.put_file)
    try:
        original = examine(vault.path(sha256), entry.file)
    except Refused as refused:
        raise NeedsPerson.because(
            HoldReason.ORIGINAL_UNREADABLE,
            f"“{entry.file}” cannot be copied. {refused.sentence}",
            cure="Open the original where it was made, save it again without a password into the chart, and try again.",
        ) from refused
    _require_pages(entry, original)
    return entry, sha256, original


def _require_pages(entry: Entry, original: Original) -> None:
    """A chart may give one page, or none, for what has none to count; everything else must have what is listed."""
    if entry.pages == original.pages or (original.pages == 0 and entry.pages == 1):
        return
    if original.pages == 0:
        said = f"the chart lists {_pages(entry.pages)}, but pages of such a file cannot be counted"
        cure = "Save it as PDF into the chart, so that no page can get lost unseen, or write 0 as its number of pages."
    else:
        listed = f"lists {_pages(entry.pages)}" if entry.pages else "does not say how many pages it has"
        said = f"the chart {listed}, but the file has {_pages(original.pages)}"
        cure = "Look which is right: put the whole file back, or correct the number of pages in the chart's list."
    raise NeedsPerson(incomplete(f"“{entry.file}”: {said}.", cure))


def _contradictions(kept: Sequence[_Kept]) -> Iterator[Finding]:
    """The same bytes filed twice alike are merely filed twice; filed as two different records, one of them is not there."""
    first: dict[Sha256, Entry] = {}
    for entry, sha256, _ in kept:
        other = first.setdefault(sha256, entry)
        if (other.kind, other.date) != (entry.kind, entry.date):
            yield incomplete(
                f"“{other.file}” and “{entry.file}” are the same file, although the chart lists two different records.",
                "Look what each should be, and put the right file back.",
            )


def _emptiness(entries: Sequence[Entry], inside: Sequence[Entry], scope: Scope) -> Iterator[Finding]:
    if not entries:
        yield incomplete(
            "The chart lists no records at all.", "List the chart's records, or look whether this is the right patient."
        )
    elif not inside:
        yield Finding(
            reason=HoldReason.SCOPE_UNCLEAR,
            sentence=f"Nothing in the chart falls within what was asked: {scope.sentence}.",
            cure="Ask which records are meant, or answer that there are none.",
        )


def _readable(findings: Sequence[Finding]) -> list[Finding]:
    """Each once, and no more than a person can look through."""
    each = list(dict.fromkeys(findings))
    if len(each) <= _MOST_FINDINGS:
        return each
    more = incomplete(f"{len(each) - _MOST_FINDINGS} more faults like these were found.", "Mend these first, then try again.")
    return [*each[:_MOST_FINDINGS], more]


def _item(number: int, entry: Entry, sha256: Sha256, original: Original) -> Item:
    return Item(
        number=number,
        file=entry.file,
        kind=entry.kind,
        date=entry.date,
        teeth=entry.teeth,
        description=entry.description,
        media_type=original.media_type,
        sha256=sha256,
        size_bytes=original.size_bytes,
        pages=original.pages,
    )


def _withheld(entry: Entry, scope: Scope) -> Withheld:
    return Withheld(
        file=entry.file,
        kind=entry.kind,
        date=entry.date,
        pages=entry.pages,
        description=entry.description,
        why=_why_outside(entry, scope),
    )


def _why_outside(entry: Entry, scope: Scope) -> str:
    if scope.kinds and entry.kind not in scope.kinds:
        return "not among the kinds of records asked for"
    if entry.date is None:
        return "has no date, and records of certain dates were asked for"
    return "outside the dates asked for"


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
