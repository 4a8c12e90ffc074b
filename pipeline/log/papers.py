"""The papers of an auditor, filled in: the log, the accounting, the counts, and a release, each as a sheet to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pipeline.log.counting import Equation
from pipeline.log.disclosures import Disclosure
from pipeline.log.dossier import Dossier
from pipeline.log.printing import Block, Grid, Heading, Pairs, Sheet, Text
from pipeline.stationery.words import counted, long_day, short_day
from schemas.disclosure import LogEntry

ACCOUNTING_RULE = (
    "45 CFR 164.528. Left out, as the rule says: copies to the patient, copies under the patient's authorization, and copies for "
    "treatment, payment and operations."
)


def log_sheet(entries: Iterable[LogEntry], asked: str, day: date) -> Sheet:
    """Entries of the log as a table."""
    rows = [
        [
            str(entry.seq),
            f"{entry.at.astimezone():%m/%d/%Y %H:%M}",
            entry.event.value,
            entry.request_id or "",
            entry.patient or "",
            entry.recipient or "",
            entry.actor,
            entry.hash[:12],
        ]
        for entry in entries
    ]
    columns = (
        *(("No.", 5), ("When", 12), ("What", 9), ("Request", 9)),
        *(("Patient", 16), ("Recipient", 19), ("By", 10), ("Hash begins", 11)),
    )
    under = f"{len(rows):,} {'entry' if len(rows) == 1 else 'entries'}{f', asked for: {asked}' if asked else ''}"
    foot = "The hash begins as shown; in whole it is in the exports, and covers the entry and the hash before it."
    return Sheet("Delivery log", under, (Grid(columns, rows),), day, foot)


def accounting_sheet(patient: str, listed: Sequence[Disclosure], since: date, day: date) -> Sheet:
    """The accounting of disclosures, as it is handed to the patient."""
    columns = (("Date", 10), ("To whom", 20), ("Address", 20), ("What", 30), ("What for", 20))
    rows = [[short_day(one.date), one.recipient, one.address, one.description, one.purpose] for one in listed]
    blocks: tuple[Block, ...] = (
        (Grid(columns, rows),)
        if rows
        else (Text("There was no disclosure in this time that the rule asks to account for.", strong=True),)
    )
    under = f"{patient}: {counted(len(rows), 'disclosure')} from {long_day(since)} to {long_day(day)}"
    return Sheet("Accounting of disclosures", under, (*blocks, Text(ACCOUNTING_RULE)), day)


def counts_sheet(equations: Sequence[Equation], time: str, day: date) -> Sheet:
    """The counts, each with its difference."""
    columns = (("What", 24), ("Made up of", 40), ("Difference", 10), ("Counted from", 34))
    rows = [
        [
            f"{one.whole}: {one.left:,}",
            ", ".join(f"{what} {number:,}" for what, number in one.right),
            f"{one.difference:,}",
            one.sources,
        ]
        for one in equations
    ]
    whole = all(one.difference == 0 for one in equations)
    said = "Nothing is missing: every difference is 0." if whole else "Something is missing: a difference is not 0."
    return Sheet("What came in and what went out", time, (Grid(columns, rows), Text(said, strong=not whole)), day)


def release_sheet(of: Dossier, day: date) -> Sheet:
    """Everything of one release."""
    under = of.release.basis if of.release else "Not decided yet."
    return Sheet(f"Release {of.request_id}", under, tuple(_release(of)), day, f"{of.request_id} · request {of.row['scan'][:16]}…")


def _release(of: Dossier) -> Iterator[Block]:
    for sentence in (*([of.damaged] if of.damaged else []), *of.disagreements):
        yield Text(sentence, strong=True)
    yield Pairs(tuple(_facts_of(of)))
    if of.delivered:
        details = of.delivered.details
        yield Heading("What left, hash by hash")
        yield Grid((("Original", 27), ("Kind", 14), ("Pages", 6), ("SHA-256", 66)), list(_hashes(details.get("items", ()))))
        if details.get("enclosures"):
            yield Grid(
                (("File handed over", 33), ("Bytes", 14), ("SHA-256", 66)),
                [[str(e["name"]), f"{e['size_bytes']:,}", str(e["sha256"])] for e in details.get("enclosures", ())],
            )
        if details.get("withheld"):
            yield Heading("What was left out")
            rows = [[str(w["file"]), str(w["kind"]), str(w["pages"]), str(w["why"])] for w in details["withheld"]]
            yield Grid((("Record", 34), ("Kind", 14), ("Pages", 7), ("Why", 62)), rows)
    if of.elements:
        yield Heading("What the rule asks for")
        yield Grid(
            (("What", 28), ("Paragraph", 22), ("State", 12), ("Found", 55)),
            [[element.name, element.paragraph, element.state, element.sentence] for element in of.elements],
        )
    if of.release and of.release.identity:
        yield Heading("How it was verified who asks")
        yield Pairs(tuple((one.method.value.replace("_", " "), f"{one.what} ({one.who})") for one in of.release.identity))
    if of.decided:
        yield Heading("What people decided")
        for sentence in of.decided:
            yield Text(sentence)
    yield Heading("In the delivery log")
    yield Grid(
        (("No.", 7), ("When", 19), ("What", 11), ("By", 11), ("Hash", 66)),
        [[str(e.seq), f"{e.at.astimezone():%m/%d/%Y %H:%M:%S}", e.event.value, e.actor, e.hash] for e in of.entries],
    )


def _hashes(items: Iterable[dict[str, object]]) -> Iterator[list[str]]:
    for item in items:
        yield [str(item.get("file", "")), str(item.get("kind", "")), str(item.get("pages", "")), str(item.get("sha256", ""))]


def _facts_of(of: Dossier) -> Iterator[tuple[str, str]]:
    yield "Request", f"{of.row['file']}, SHA-256 {of.row['scan']}"
    if of.release:
        to = of.release.destination
        yield "Patient", f"{of.release.patient.name}, number {of.release.patient.patient_id}"
        yield "To", f"{to.name}, by {to.channel} to {to.address}"
        yield (
            "Asked by",
            f"{of.release.requester.name} ({of.release.requester.relationship}), {long_day(of.release.requested_on)}",
        )
        yield "By which rule", of.release.pathway.value.replace("_", " ")
        yield "Records", of.release.scope.sentence
        yield "Decided by", of.release.decided_by
    if of.report:
        yield "Compared", f"{counted(of.report.pages_checked, 'page')} of {counted(of.report.items_checked, 'original')}"
    if of.receipt:
        yield (
            "Handed over",
            f"{of.receipt.delivered_at.astimezone():%m/%d/%Y %H:%M:%S}; proof: {of.receipt.proof.value.replace('_', ' ')}",
        )
        yield "Seen there", of.receipt.sentence
