"""The whole reasoning of one request, step by step: what was read, matched, decided, by which rule or person, with what proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from pipeline.errors import Error
from pipeline.reviewing.holds import Hold, all_holds
from pipeline.store import facts, tables, views
from pipeline.store.times import parse
from schemas.base import JsonDict
from schemas.decision import told
from schemas.disclosure import DeliveryReceipt
from schemas.reading import Reading
from schemas.record_set import Manifest
from schemas.release import Candidate, Element, Evidence, Finding, IdentityEvidence, Match, Release


class NoSuchRequest(Error):
    """There is no request of that number."""


@dataclass(frozen=True)
class Line:
    """One thing that was found or done."""

    sentence: str
    sign: str = ""
    """`for`, `against`, `neither`, `held`, `decided`, or empty: for colours and marks."""
    source: str = ""
    """The paragraph, the rule, or who says so."""


@dataclass(frozen=True)
class Step:
    """One step of the reasoning."""

    title: str
    lines: tuple[Line, ...] = field(default_factory=tuple)


def reasoning(connection: Connection, request_id: str) -> list[Step]:
    """Every step that the request has taken so far. Raises NoSuchRequest."""
    row = connection.execute(select(tables.requests).where(tables.requests.c.id == request_id)).mappings().first()
    if row is None:
        raise NoSuchRequest(f"There is no request {request_id}.")
    reading = facts.latest(connection, Reading, request_id)
    match = facts.latest(connection, Match, request_id)
    release = facts.latest(connection, Release, request_id)
    manifest = facts.latest(connection, Manifest, request_id)
    receipt = facts.latest(connection, DeliveryReceipt, request_id)
    steps = (
        Step("Arrived", tuple(_arrived(connection, row))),
        Step("Read", tuple(_read(reading))),
        Step("Whose records", tuple(_patient(match))),
        Step("To whom", tuple(_destination(match))),
        Step("By what right", tuple(_pathway(match))),
        Step("Held and decided", tuple(_held(connection, request_id))),
        Step("Until when", tuple(_until(row, match))),
        Step("Released", tuple(_released(release, manifest))),
        Step("Sent", tuple(_sent(receipt))),
    )
    return [step for step in steps if step.lines]


def as_json(request_id: str, steps: Sequence[Step]) -> JsonDict:
    """The same for programs."""
    return {
        "id": request_id,
        "steps": [{"title": step.title, "lines": [line.__dict__ for line in step.lines]} for step in steps],
    }


def _arrived(connection: Connection, row: views.Row) -> Iterator[Line]:
    yield Line(
        f"{row['file']}, taken {parse(row['received_at']).astimezone():%m/%d/%Y %H:%M}.", source=f"scan {row['scan'][:12]}…"
    )
    if row["parent"]:
        whole = connection.scalar(select(tables.requests.c.scan).where(tables.requests.c.id == row["parent"]))
        why = "several patients are named on that scan" if whole == row["scan"] else "its pages were cut out of that scan"
        yield Line(f"Part {row['part']} of {row['parent']}: {why}.")
    of_it = select(tables.requests.c.id, tables.requests.c.scan).where(tables.requests.c.parent == row["id"])
    parts = connection.execute(of_it.order_by(tables.requests.c.part)).all()
    if parts:
        why = "each patient has" if parts[0].scan == row["scan"] else "its pages were cut apart, and each part has"
        yield Line(f"Split into {', '.join(part.id for part in parts)}: {why} a request of their own.")


def _read(reading: Reading | None) -> Iterator[Line]:
    if reading is None:
        return
    for name, read in reading.fields.items():
        yield Line(f"{name.value}: {read.value}", source=f"page {read.page}, sure {read.confidence:.2f}")
    if ticked := reading.checked():
        yield Line(f"ticked: {', '.join(ticked)}")
    signed = {True: "signed", False: "not signed", None: "not certain whether it is signed"}[reading.signature.present]
    yield Line(signed, source=f"sure {reading.signature.confidence:.2f}")
    if reading.statements:
        yield Line(f"printed on the form: {', '.join(s.value.replace('_', ' ') for s in reading.statements)}")
    if reading.photo_id:
        yield Line(f"page {reading.photo_id} is a copy of a photo ID")
    for notice in reading.notices:
        yield Line(notice, sign="against")


def _patient(match: Match | None) -> Iterator[Line]:
    if match is None:
        return
    if not match.candidates and match.patient is None:
        yield Line("Nobody in the roster fits.", sign="against")
    for candidate in match.candidates:
        yield from _candidate(candidate, chosen=match.patient is not None and candidate.patient == match.patient)


def _candidate(candidate: Candidate, *, chosen: bool) -> Iterator[Line]:
    who = f"{candidate.patient.name}, born {candidate.patient.date_of_birth:%m/%d/%Y} ({candidate.patient.patient_id})"
    yield Line(f"{who}{': this patient' if chosen else ''}", sign="for" if chosen else "neither", source=f"{candidate.score:.4f}")
    yield from (_evidence(each) for each in candidate.evidence)


def _evidence(evidence: Evidence) -> Line:
    compared = f"“{evidence.read}” / “{evidence.chart}”" if evidence.read or evidence.chart else ""
    return Line(f"   {evidence.field}: {evidence.sentence}", sign=evidence.speaks, source=compared)


def _destination(match: Match | None) -> Iterator[Line]:
    if match is None:
        return
    if match.destination:
        d = match.destination
        trusted = "trusted" if d.trusted else "not trusted"
        yield Line(f"{d.name} ({d.office_id}), {trusted} in the directory; by {d.channel} to {d.address}", sign="for")
    else:
        yield Line("No office of the directory is certain.", sign="against")
    yield from (_evidence(each) for each in match.destination_evidence)


_STANDS = {"present": "for", "missing": "against", "defective": "against", "not needed": "neither"}


def _pathway(match: Match | None) -> Iterator[Line]:
    if match is None or match.pathway is None:
        return
    yield Line(f"{match.pathway.value.replace('_', ' ').capitalize()}. {match.why}".strip())
    yield from (_element(each) for each in match.elements)


def _element(element: Element) -> Line:
    return Line(f"   {element.name}: {element.state}. {element.sentence}", sign=_STANDS[element.state], source=element.paragraph)


def _held(connection: Connection, request_id: str) -> Iterator[Line]:
    """Every hold with what settled it, in order."""
    decided = {one.sha256(): one for one in facts.decisions(connection, request_id)}
    told_already = set()
    for hold, decision in all_holds(connection, request_id):
        yield from (_finding(hold, finding) for finding in hold.findings)
        if decision and decision in decided:
            told_already.add(decision)
            yield Line(told(decided[decision]), sign="decided", source=f"{decided[decision].at.astimezone():%m/%d/%Y %H:%M}")
    for sha256, one in decided.items():
        if sha256 not in told_already:
            yield Line(told(one), sign="decided", source=f"{one.at.astimezone():%m/%d/%Y %H:%M}")


def _finding(hold: Hold, finding: Finding) -> Line:
    rule = finding.paragraph or finding.rule or f"station {hold.station.value}"
    return Line(f"held by {hold.station.value}: {finding.sentence}", sign="held", source=rule)


def _until(row: views.Row, match: Match | None) -> Iterator[Line]:
    if match and match.due_because:
        yield Line(match.due_because)
    if match and match.due and row["due"] and row["due"] != match.due.isoformat():
        yield Line(f"The time was extended: now due {row['due']}.", sign="decided")


def _released(release: Release | None, manifest: Manifest | None) -> Iterator[Line]:
    if release is None:
        return
    yield Line(release.basis, source=f"decided by {release.decided_by}")
    yield Line(f"Asked for: {release.scope.sentence}")
    yield from (_identity(each) for each in release.identity)
    if release.repeats:
        yield Line(f"Knowingly sent again after {release.repeats}.", sign="decided")
    if manifest:
        yield Line(f"Gathered: {len(manifest.items)} records, {manifest.pages} pages.")
        for out in manifest.withheld:
            yield Line(f"Withheld: {out.file} ({out.kind.value}): {out.why}", sign="against")


def _identity(evidence: IdentityEvidence) -> Line:
    return Line(
        f"Identity: {evidence.what}",
        sign="for",
        source=f"{evidence.method.value.replace('_', ' ')}, {evidence.who}, {evidence.at.astimezone():%m/%d/%Y}",
    )


def _sent(receipt: DeliveryReceipt | None) -> Iterator[Line]:
    if receipt:
        when = f"{receipt.delivered_at.astimezone():%m/%d/%Y %H:%M}"
        yield Line(
            f"{when} by {receipt.channel} to {receipt.address}. {receipt.sentence}",
            sign="for",
            source=f"proof: {receipt.proof.value}",
        )
