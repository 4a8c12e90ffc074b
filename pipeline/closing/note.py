"""The chart note: what a person who opens this chart in five years wants to know about the release."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from schemas.disclosure import DeliveryReceipt, ProofRung
from schemas.record_set import Item, Manifest
from schemas.release import Destination, IdentityEvidence, Practice, Release

_WIDTH = 96
_LABEL = 14
_PROVEN = {
    ProofRung.HANDED_OVER: "handed over; nothing is known of its arrival",
    ProofRung.ACCEPTED: "accepted by the carrier; nothing is known of its arrival",
    ProofRung.REACHED: "reached the destination",
    ProofRung.OPENED: "reached the destination and was opened there",
    ProofRung.ACKNOWLEDGED: "receipt was acknowledged by the recipient",
}


def chart_note(
    release: Release, manifest: Manifest, receipt: DeliveryReceipt, practice: Practice, *, fee: str, ledger: str
) -> str:
    """The note as plain text, lines of at most 96 characters where words allow. Times are in UTC.

    `fee` says what is charged and why; `ledger` is the line for D9961: to which entity, which contact, why, and what.
    """
    lines = [
        "RELEASE OF RECORDS",
        *_told("Patient", f"{release.patient.name}, born {release.patient.date_of_birth} ({release.patient.patient_id})"),
        *_told("Requested", f"{release.requested_on} by {release.requester.name} ({release.requester.relationship})"),
        *_told("Basis", f"{release.basis} [{release.pathway.value}; decided by {release.decided_by}]"),
        *(line for decision in release.decisions for line in _told("Decided", decision)),
        *(line for seen in release.identity for line in _told("Identity", _seen(seen))),
        *_told("Purpose", release.purpose or "not stated"),
        *_told("Asked for", release.scope.sentence),
        *_told("Leaving", f"{'yes' if release.leaving else 'no'}; reason: {release.reason or 'not stated'}"),
        *_told("Released by", practice.name),
        *_told("Sent to", _address(release.destination)),
        *_told("Sent", f"{receipt.delivered_at:%Y-%m-%d %H:%M} UTC, by {receipt.channel}, to {receipt.address}"),
        *_told("Proof", f"{_PROVEN[receipt.proof]}. {receipt.sentence}"),
        *_told("Reference", receipt.key),
        *_told("Withheld", _withheld(manifest)),
        "",
        f"SENT: {_count(len(manifest.items), 'record')}, {_count(manifest.pages, 'page')}",
        *(f"{item.number:>4}  {_item(item)}" for item in manifest.items),
        "",
        *_told("Fee", fee),
        *_told("D9961", ledger),
    ]
    return "\n".join(lines) + "\n"


def _told(label: str, text: str) -> Iterator[str]:
    """One labelled paragraph. What others wrote stays one paragraph, so that it cannot pass for a line of the note."""
    yield from textwrap.wrap(
        _one_line(text),
        _WIDTH,
        initial_indent=f"{label}:".ljust(_LABEL),
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _one_line(text: str) -> str:
    """The words with single spaces between them, without signs that nobody can see."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _address(destination: Destination) -> str:
    place = " ".join(part for part in (destination.state, destination.zip) if part)
    attention = f"attention {destination.attention}" if destination.attention else ""
    parts = (destination.name, attention, destination.street, destination.city, place, destination.phone)
    return ", ".join(part for part in parts if part)


def _item(item: Item) -> str:
    day = item.date.isoformat() if item.date else "undated"
    teeth = f"teeth {item.teeth}" if item.teeth else ""
    size = _count(item.pages, "page") if item.pages else f"1 file, {item.size_bytes:,} bytes"
    return ", ".join(_one_line(part) for part in (item.kind.value, day, teeth, item.description, size, item.file) if part)


def _withheld(manifest: Manifest) -> str:
    if not manifest.withheld:
        return "nothing"
    return "; ".join(f"{out.file} ({out.kind.value}): {out.why}" for out in manifest.withheld)


def _seen(evidence: IdentityEvidence) -> str:
    method = evidence.method.value.replace("_", " ")
    return f"{evidence.what} [{method}; {evidence.who}, {evidence.at:%Y-%m-%d %H:%M} UTC]"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
