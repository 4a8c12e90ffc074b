"""Signature, its date, and how long it holds."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, ReadDate, as_written, finding
from schemas.reading import FieldName
from schemas.release import Finding, HoldReason

NEW_REQUEST = "Ask the patient for a new, signed and dated request."


def signed(case: Case) -> Iterator[Finding]:
    """Signed, and certainly so: 164.524(c)(3)(ii) for a directive, 164.508(c)(1)(vi) for an authorization."""
    signature = case.reading.signature
    paragraph = f"{paragraphs.DIRECTIVE}; {paragraphs.SIGNATURE}"
    if signature.present and signature.confidence >= case.policy.signature_confidence:
        return
    sentence = "The request is not signed." if signature.present is False else "It is not certain that the request is signed."
    cure = "Look at the scan; if there is no signature, return the form to the patient to sign."
    place = {"page": signature.page, "box": signature.box}
    yield Finding(reason=HoldReason.NOT_SIGNED, sentence=sentence, cure=cure, paragraph=paragraph, **place)


def signature_date(case: Case) -> Iterator[Finding]:
    """Not after the day of receipt, not before the patient's birth, not older than the policy allows: 164.508(c)(1)(vi).

    A missing date is no defect of a patient's directive, which has to be signed, not dated; the day of receipt stands for it.
    """
    read = case.date_of(FieldName.SIGNATURE_DATE)
    if read.absent:
        return
    if read.day is None:
        yield _unreadable(read, "signature", paragraphs.SIGNATURE)
        return
    wrong = _wrong_with_signature_date(case, read)
    if wrong and read.sure:
        yield finding(HoldReason.ELEMENT_MISSING, wrong, NEW_REQUEST, paragraphs.SIGNATURE, read.field)
    elif wrong:
        yield _unreadable(read, "signature", paragraphs.SIGNATURE)


def _wrong_with_signature_date(case: Case, read: ReadDate) -> str | None:
    day = read.day
    if day is None:
        return None
    if day > case.received_on:
        return f"The signature is dated {as_written(day)}, after the request arrived ({as_written(case.received_on)})."
    if case.patient and day < case.patient.date_of_birth:
        return f"The signature is dated {as_written(day)}, before the patient was born."
    if (case.received_on - day).days > case.policy.max_age_days:
        return f"The signature is dated {as_written(day)}, more than {case.policy.max_age_days} days before the request arrived."
    return None


def expiry_date(case: Case) -> Iterator[Finding]:
    """Not passed on the day of the release: 164.508(b)(2)(i). A blank one is no defect of a patient's own request."""
    read = case.date_of(FieldName.EXPIRY_DATE)
    if read.absent:
        return
    expired = read.day is not None and read.day < case.today
    if read.day is None or (expired and not read.sure):
        yield _unreadable(read, "expiration", paragraphs.EXPIRED)
    elif expired:
        sentence = f"The permission expired on {as_written(read.day)}."
        yield finding(HoldReason.ELEMENT_MISSING, sentence, NEW_REQUEST, paragraphs.EXPIRED, read.field)
    elif read.day < case.requested_on:
        sentence = f"The permission ends ({as_written(read.day)}) before it was given ({as_written(case.requested_on)})."
        yield finding(HoldReason.ELEMENT_MISSING, sentence, NEW_REQUEST, paragraphs.EXPIRED, read.field)


def expiry_event(case: Case) -> Iterator[Finding]:
    """Whether an event has happened, only a person can say: 164.508(b)(2)(i)."""
    event = case.reading.fields.get(FieldName.EXPIRY_EVENT)
    if event:
        sentence = f"The permission ends with an event: {event.value}. Only a person can say whether it has happened."
        cure = "Find out whether the event has happened; if not, release by hand and note who found out and how."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.EXPIRED, event)


def _unreadable(read: ReadDate, what: str, paragraph: str) -> Finding:
    value = read.field.value if read.field else ""
    sentence = f"The date of the {what} could not be read with certainty; it looks like {value}."
    return finding(HoldReason.UNREADABLE, sentence, "Look at the date on the scan.", paragraph, read.field)
