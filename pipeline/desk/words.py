"""Times, ages, due dates and the words of the line, as people say them. Times are shown in the machine's own zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pipeline.store.times import parse
from schemas.disclosure import LogEntry, LogEvent
from schemas.people import Role
from schemas.reading import Choice, FieldName
from schemas.release import HoldReason, IdentityMethod, PathwayName

REASONS: Mapping[HoldReason, str] = {
    HoldReason.UNREADABLE: "cannot be read",
    HoldReason.NOT_SIGNED: "signature",
    HoldReason.NO_PATIENT: "no patient fits",
    HoldReason.SEVERAL_PATIENTS: "several patients fit",
    HoldReason.PATIENT_DIFFERS: "patient differs",
    HoldReason.DESTINATION_UNKNOWN: "destination unknown",
    HoldReason.DESTINATION_DIFFERS: "destination differs",
    HoldReason.PATHWAY_UNCLEAR: "by which rule",
    HoldReason.ELEMENT_MISSING: "something is missing",
    HoldReason.SCOPE_UNCLEAR: "which records",
    HoldReason.CHART_INCOMPLETE: "chart incomplete",
    HoldReason.ORIGINAL_UNREADABLE: "original unreadable",
    HoldReason.COPY_FAULTY: "copy faulty",
    HoldReason.DESTINATION_REFUSED: "destination refused",
    HoldReason.DELIVERY_UNCERTAIN: "delivery uncertain",
    HoldReason.REVOKED: "permission taken back",
    HoldReason.ASKED_BEFORE: "asked for before",
    HoldReason.CHORE: "chore",
    HoldReason.SYSTEM_FAULT: "fault of the system",
}
"""For filters and marks: two or three words each."""

PATHWAYS: Mapping[PathwayName, str] = {
    PathwayName.PATIENT_ACCESS: "patient's own access",
    PathwayName.PATIENT_DIRECTIVE: "patient's directive",
    PathwayName.AUTHORIZATION: "signed authorization",
    PathwayName.TREATMENT: "treatment",
    PathwayName.PAYMENT: "payment",
    PathwayName.LEGAL_PROCESS: "legal process",
    PathwayName.THIRD_PARTY: "third party",
    PathwayName.DECEASED: "records of the deceased",
}

IDENTITY_WAYS: Mapping[IdentityMethod, str] = {
    IdentityMethod.CHART_COMPARED: "compared with the chart",
    IdentityMethod.PHOTO_ID: "photo ID",
    IdentityMethod.SIGNATURE_COMPARED: "signature compared with one on file",
    IdentityMethod.CALL_BACK: "called back on a number that is not from the request",
    IdentityMethod.KNOWN: "known to the practice in person",
    IdentityMethod.AUTHORITY_PAPERS: "papers of guardianship, power of attorney or the estate",
    IdentityMethod.PROVIDER_KNOWN: "an office that the directory trusts",
}

ROLES: Mapping[Role, str] = {
    Role.INTAKE: "sees the board, drops scans in, does the chores",
    Role.REVIEWER: "sees all of a request, and decides",
    Role.AUDITOR: "sees everything, and changes nothing",
    Role.ADMINISTRATOR: "looks after people, and sees everything; decides only if also a reviewer",
}

_FIELDS: Mapping[FieldName, str] = {
    FieldName.PATIENT_NAME: "Patient",
    FieldName.PATIENT_DOB: "Birth date",
    FieldName.PATIENT_SSN_LAST4: "SSN, last four",
    FieldName.DESTINATION_NAME: "Send to",
    FieldName.DESTINATION_ATTENTION: "Attention",
    FieldName.REQUESTER_NAME: "Asked by",
    FieldName.REQUESTER_RELATIONSHIP: "Relationship",
    FieldName.SIGNER_NAME: "Signed by",
    FieldName.SIGNER_RELATIONSHIP: "Signer's relationship",
    FieldName.HOLDER_NAME: "Records held by",
    FieldName.SCOPE_FROM_DATE: "Records from",
    FieldName.SCOPE_TO_DATE: "Records to",
    FieldName.EXPIRY_DATE: "Expires on",
    FieldName.EXPIRY_EVENT: "Expires when",
    FieldName.SIGNATURE_DATE: "Signed on",
}


def field_label(name: FieldName) -> str:
    """`Birth date` for patient.dob, `Their fax` for destination.fax."""
    if name in _FIELDS:
        return _FIELDS[name]
    owner, _, part = name.value.rpartition(".")
    label = part.replace("_", " ")
    return f"Their {label}" if owner == "destination" else label.capitalize()


def choice_label(choice: Choice) -> str:
    """`X-rays` for scope.xrays: what stands beside the box, more or less."""
    subject, _, what = choice.value.partition(".")
    words = {"xrays": "X-rays", "cd": "CD", "usb": "USB", "fax": "fax", "item": "something else"}.get(
        what, what.replace("_", " ")
    )
    return f"{subject}: {words}"


def capital(sentence: str) -> str:
    """With a capital first letter, and otherwise as it is."""
    return sentence[:1].upper() + sentence[1:]


def long_day(day: date) -> str:
    """Mon 23 Nov"""
    return f"{day:%a} {day.day} {day:%b}"


def full_day(day: date) -> str:
    """23 Nov 2026"""
    return f"{day.day} {day:%b} {day.year}"


def moment(stamp: str, today: date) -> str:
    """09:41 if that was today, 20 Nov 09:41 in the months around, 20 Nov 2025 09:41 else."""
    there = parse(stamp).astimezone()
    if there.date() == today:
        return f"{there:%H:%M}"
    if abs((there.date() - today).days) < 180:
        return f"{there.day} {there:%b} {there:%H:%M}"
    return f"{full_day(there.date())} {there:%H:%M}"


def exact(stamp: str) -> str:
    """23 Nov 2026 09:41:07, for logs."""
    there = parse(stamp).astimezone()
    return f"{full_day(there.date())} {there:%H:%M:%S}"


def age(since: str, now: datetime) -> str:
    """12 min, 2 h, 3 days"""
    minutes = max(0, int((now - parse(since)).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


def due_in_words(due: str | None, today: date) -> str:
    """today, tomorrow, Fri 4 Dec, 2 days overdue; a dash where no date is set yet."""
    if due is None:
        return "–"
    there = date.fromisoformat(due)
    days = (there - today).days
    if days < 0:
        return f"{count(-days, 'day')} overdue"
    if days < 2:
        return ("today", "tomorrow")[days]
    return long_day(there) if days < 300 else full_day(there)


def size(count: int) -> str:
    """1,204 KB, 3.1 MB"""
    return f"{count / 1_000_000:,.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000)):,} KB"


def count(number: int, one: str, many: str | None = None) -> str:
    """1 page, 2 pages"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def proof(rung: str) -> str:
    """handed over, for handed_over"""
    return rung.replace("_", " ")


def told_by(entry: LogEntry) -> str:
    """What an entry of the delivery log says in one line."""
    details = entry.details
    told: dict[LogEvent, str] = {
        LogEvent.HELD: " ".join(map(str, details.get("sentences", ()))),
        LogEvent.DECIDED: details.get("sentence") or _joined(": ", proof(details.get("what", "")), details.get("why")),
        LogEvent.REVOKED: _joined(": ", f"taken back by {details.get('how', '')}", details.get("words")),
        LogEvent.LIFTED: _joined(": ", f"revocation {details.get('revocation', '')} lifted", details.get("why")),
        LogEvent.AUTHORIZED: details.get("basis", ""),
        LogEvent.VERIFIED: f"{count(details.get('pages', 0), 'page')} compared, nothing found",
        LogEvent.INTENDED: _joined(" to ", details.get("channel"), details.get("address")),
        LogEvent.DELIVERED: details.get("seen", ""),
        LogEvent.BREACH: details.get("sentence", ""),
        LogEvent.LETTER: _joined(", ", proof(details.get("kind", "")), details.get("language"), details.get("sha256")),
    }
    return told.get(entry.event) or _joined(": ", details.get("file"), details.get("sentence"))


def _joined(between: str, *parts: str | None) -> str:
    return between.join(part for part in parts if part)
