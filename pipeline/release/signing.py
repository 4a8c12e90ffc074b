"""Signature, its date, and how long it holds."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, ReadDate, as_written, finding
from schemas.reading import FieldName
from schemas.release import Finding, HoldReason, PathwayName

NEW_REQUEST = "Ask the patient for a new, signed and dated request; if the date was misread, correct it."
STRICT = frozenset({PathwayName.AUTHORIZATION, PathwayName.THIRD_PARTY})
"""Where an authorization must be complete in itself: 164.508(b)(2)(ii)."""


def says_signed(case: Case) -> str | None:
    """That a signature was seen."""
    return "The request is signed." if case.surely_signed else None


def signed(case: Case) -> Iterator[Finding]:
    """Signed, and certainly so: 164.524(c)(3)(ii) for a directive, 164.508(c)(1)(vi) for an authorization.

    The right of access itself asks for no signature (164.524(b)(1)): a patient may write a mail. Then a person verifies who
    wrote it, and notes how.
    """
    signature = case.reading.signature
    sentence = "The request is not signed." if signature.present is False else "It is not certain that the request is signed."
    access = case.pathway is PathwayName.PATIENT_ACCESS
    cure = "Look at the scan: if you see a signature, correct it to signed; if not, return the form to the patient to sign."
    if access:
        cure += " A patient's own copy needs no signature: verify who asks, note it, and accept."
    yield Finding(
        reason=HoldReason.NOT_SIGNED,
        sentence=sentence,
        cure=cure,
        paragraph=f"{paragraphs.DIRECTIVE}; {paragraphs.SIGNATURE}",
        page=signature.page,
        box=signature.box,
        acceptable=access,
    )


def says_date(case: Case) -> str | None:
    """When it was signed."""
    read = case.date_of(FieldName.SIGNATURE_DATE)
    if read.absent:
        return None
    return f"Signed on {as_written(read.day)}." if read.day else f"A date is there that reads {read.field and read.field.value}."


def dated(case: Case) -> Iterator[Finding]:
    """An authorization bears a date: 164.508(c)(1)(vi)."""
    yield blank("date of the signature", paragraphs.SIGNATURE)


def signature_date(case: Case) -> Iterator[Finding]:
    """Not after the day of receipt, not before the patient's birth, not older than the policy allows: 164.508(c)(1)(vi).

    A missing date is no defect of a patient's directive, which has to be signed, not dated; the day of receipt stands for it.
    How old a request may be, the practice says and no law does; so there a person may let it go.
    """
    read = case.date_of(FieldName.SIGNATURE_DATE)
    if read.absent:
        return
    if read.day is None:
        yield _unreadable(read, "signature", paragraphs.SIGNATURE, acceptable=case.pathway not in STRICT)
        return
    wrong, old = _impossible(case, read), _old(case, read)
    if (wrong or old) and not read.sure:
        yield _unreadable(read, "signature", paragraphs.SIGNATURE, acceptable=case.pathway not in STRICT)
    elif wrong:
        yield finding(HoldReason.ELEMENT_MISSING, wrong, NEW_REQUEST, paragraphs.SIGNATURE, read.field)
    elif old:
        cure = "Ask the patient whether it still stands, and accept it; or ask for a new request."
        yield finding(HoldReason.ELEMENT_MISSING, old, cure, paragraphs.SIGNATURE, read.field, acceptable=True)


def _impossible(case: Case, read: ReadDate) -> str | None:
    if read.day and read.day > case.received_on:
        return f"The signature is dated {as_written(read.day)}, after the request arrived ({as_written(case.received_on)})."
    if read.day and case.patient and read.day < case.patient.date_of_birth:
        return f"The signature is dated {as_written(read.day)}, before the patient was born."
    return None


def _old(case: Case, read: ReadDate) -> str | None:
    if read.day and (case.received_on - read.day).days > case.policy.max_age_days:
        days = case.policy.max_age_days
        return f"The signature is dated {as_written(read.day)}, more than {days} days before the request arrived."
    return None


def says_expiry(case: Case) -> str | None:
    """Until when it holds."""
    read, event = case.date_of(FieldName.EXPIRY_DATE), case.reading.fields.get(FieldName.EXPIRY_EVENT)
    if read.day:
        return f"Holds until {as_written(read.day)}."
    return f"Holds until: {event.value}." if event else None


def expires(case: Case) -> Iterator[Finding]:
    """An authorization names a date or an event: 164.508(c)(1)(v)."""
    yield blank("expiration", paragraphs.EXPIRY)


def expiry_date(case: Case) -> Iterator[Finding]:
    """Not passed on the day of the release: 164.508(b)(2)(i). A blank one is no defect of a patient's own request.

    One that is hardly read may be any day, a day that has passed among them.
    """
    read = case.date_of(FieldName.EXPIRY_DATE)
    if read.absent:
        return
    if read.day is None or not read.sure:
        yield _unreadable(read, "expiration", paragraphs.EXPIRED)
    elif read.day < case.today:
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
        cure = "Find out whether the event has happened; if not, accept it, and say who found out and how."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.EXPIRED, event, acceptable=True)


def blank(what: str, paragraph: str) -> Finding:
    """An element of an authorization that is blank: 164.508(b)(2)(ii)."""
    sentence = f"The authorization is incomplete: the {what} is blank."
    cure = "Return the form to the patient to fill it in; if it is filled in and was not read, correct it."
    return finding(HoldReason.ELEMENT_MISSING, sentence, cure, f"{paragraph}; {paragraphs.NOT_FILLED_OUT}")


def _unreadable(read: ReadDate, what: str, paragraph: str, *, acceptable: bool = False) -> Finding:
    value = read.field.value if read.field else ""
    sentence = f"The date of the {what} could not be read with certainty; it looks like {value}."
    cure = "Look at the date on the scan, and correct it."
    if acceptable:
        cure += " If nobody can read it, accept it: here the day of receipt stands for it."
    return finding(HoldReason.UNREADABLE, sentence, cure, paragraph, read.field, acceptable=acceptable)
