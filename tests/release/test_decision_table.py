"""The rules of release as a table: one row a case, with what is done and the paragraph that says so."""

# ruff: noqa: E501 -- one row a line, however long: it is a table

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pytest

from schemas.reading import Choice
from schemas.reading import FieldName as F
from schemas.release import HoldReason as H
from schemas.release import PathwayName as P
from tests.release.cases import (
    GOOD,
    Change,
    blank,
    both,
    noticed,
    only_ticked,
    read,
    signed,
    ticked,
    with_destination,
    with_patient,
    with_policy,
)


class Held(NamedTuple):
    """A row that ends before a person."""

    case: str
    change: Change
    reason: H
    paragraph: str


class Released(NamedTuple):
    """A row that ends in a release."""

    case: str
    change: Change
    paragraph: str


AUTHORIZATIONS_ONLY = with_policy(require_authorization=True)
IGNORING_NOTICES = with_policy(notices="ignore")
IN_ALABAMA: Change = lambda r: replace(r, holder=r.holder.model_copy(update={"state": "AL"}))  # noqa: E731 -- a word of the table

HELD = (
    # Signature and date
    Held("not signed", signed(False), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("perhaps signed", signed(None, 0.0), H.NOT_SIGNED, "164.508(c)(1)(vi)"),
    Held("signed, but hardly to be seen", signed(True, 0.4), H.NOT_SIGNED, "164.508(c)(1)(vi)"),
    Held("signature dated tomorrow", read(F.SIGNATURE_DATE, "2026-11-24"), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    Held("signature dated after receipt, before today", read(F.SIGNATURE_DATE, "2026-11-21"), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    Held("signature dated a year and a day before receipt", read(F.SIGNATURE_DATE, "2025-11-19"), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    Held("signature dated before birth", read(F.SIGNATURE_DATE, "1984-04-12"), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    Held("signature date that is no date", read(F.SIGNATURE_DATE, "11/??/2026"), H.UNREADABLE, "164.508(c)(1)(vi)"),
    Held("faint signature date that would be too old", read(F.SIGNATURE_DATE, "2016-11-18", 0.3), H.UNREADABLE, "164.508(c)(1)(vi)"),
    Held("older than this practice allows", both(with_policy(max_age_days=60), read(F.SIGNATURE_DATE, "2026-09-20")), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    # Expiration
    Held("expired yesterday", read(F.EXPIRY_DATE, "2026-11-22"), H.ELEMENT_MISSING, "164.508(b)(2)(i)"),
    Held("expired between receipt and today", read(F.EXPIRY_DATE, "2026-11-21"), H.ELEMENT_MISSING, "164.508(b)(2)(i)"),
    Held("perhaps expired", read(F.EXPIRY_DATE, "2020-11-22", 0.2), H.UNREADABLE, "164.508(b)(2)(i)"),
    Held("expiration that is no date", read(F.EXPIRY_DATE, "one year"), H.UNREADABLE, "164.508(b)(2)(i)"),
    Held("ends with an event", read(F.EXPIRY_EVENT, "when treatment is complete"), H.PATHWAY_UNCLEAR, "164.508(b)(2)(i)"),
    # Revocation and families
    Held("a revocation block is filled in", noticed("A revocation on this page is signed."), H.ELEMENT_MISSING, "164.508(b)(2)(iii)"),
    Held("revoked, in a practice that ignores notices", both(IGNORING_NOTICES, noticed("The permission was revoked.")), H.ELEMENT_MISSING, "164.508(b)(5)"),
    Held("several patients on one letter", noticed("Several patients are named."), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("several patients, in a practice that ignores notices", both(IGNORING_NOTICES, noticed("More than one patient is named.")), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("a page that nobody has read", both(IGNORING_NOTICES, noticed("Page 2 could not be opened and was not read.")), H.UNREADABLE, "164.508(b)(2)(ii)"),
    Held("something else that a person should know", noticed("There is a handwritten remark."), H.PATHWAY_UNCLEAR, "164.514(h)"),
    # Who asks
    Held("the mother asks", read(F.REQUESTER_RELATIONSHIP, "mother"), H.PATHWAY_UNCLEAR, "164.502(g)"),
    Held("a guardian asks, hardly readable", read(F.REQUESTER_RELATIONSHIP, "guardian", 0.2), H.PATHWAY_UNCLEAR, "164.502(g)"),
    Held("power of attorney", read(F.REQUESTER_RELATIONSHIP, "POA"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(vi)"),
    Held("another name under the signature", read(F.REQUESTER_NAME, "Daniel Oyelaran"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("a generation that the patient does not have", read(F.REQUESTER_NAME, "Margaret Oyelaran Jr"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("a name under the signature that cannot be read", read(F.REQUESTER_NAME, "M rg t", 0.2), H.UNREADABLE, "164.514(h)"),
    Held("another middle initial", read(F.REQUESTER_NAME, "Margaret B. Oyelaran"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    # Whose records
    Held("the patient has died", with_patient(status="Deceased"), H.PATHWAY_UNCLEAR, "164.502(g)(4)"),
    Held("a status that nobody expected", with_patient(status="do not contact"), H.PATHWAY_UNCLEAR, "164.502(g)(4)"),
    Held("a child", with_patient(date_of_birth=date(2015, 4, 13)), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("18 a day after signing", with_patient(date_of_birth=date(2008, 11, 19)), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("18 a day after receipt of an undated request", both(blank(F.SIGNATURE_DATE), with_patient(date_of_birth=date(2008, 11, 21))), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("18 in Alabama", both(IN_ALABAMA, with_patient(date_of_birth=date(2008, 1, 1))), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    # What for
    Held("for an attorney", read(F.PURPOSE, "my attorney needs them"), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("for an attorney, misread", read(F.PURPOSE, "attomey review"), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("to a law firm that the directory trusts", with_destination(name="Park & Lee, Attorneys at Law"), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("to somebody's lawyer", read(F.DESTINATION_NAME, "Law Office of J. Park"), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("a subpoena", read(F.REASON, "Subpoena of October 3"), H.PATHWAY_UNCLEAR, "164.512"),
    Held("the police", read(F.PURPOSE, "police investigation"), H.PATHWAY_UNCLEAR, "164.512"),
    Held("an insurer's claim", read(F.PURPOSE, "insurance claim"), H.PATHWAY_UNCLEAR, "164.506(c)"),
    Held("a claim to a new insurance", read(F.PURPOSE, "claim with new insurance"), H.PATHWAY_UNCLEAR, "164.506(c)"),
    Held("for an employer", read(F.PURPOSE, "employer request"), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("for workers' compensation", read(F.PURPOSE, "workers' comp"), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("for an estate", read(F.PURPOSE, "settling the estate"), H.PATHWAY_UNCLEAR, "164.502(g)(4)"),
    Held("about substance use", read(F.PURPOSE, "substance abuse program"), H.PATHWAY_UNCLEAR, "42 CFR 2.31"),
    Held("the box for legal use", ticked(Choice.PURPOSE_LEGAL), H.PATHWAY_UNCLEAR, "164.512(e)"),
    Held("the box for legal use, hardly ticked", ticked(Choice.PURPOSE_LEGAL, confidence=0.1), H.PATHWAY_UNCLEAR, "164.512(e)"),
    Held("the box for insurance", ticked(Choice.PURPOSE_INSURANCE), H.PATHWAY_UNCLEAR, "164.506(c)"),
    Held("a purpose that the reader does not know", ticked(Choice.PURPOSE_ITEM), H.PATHWAY_UNCLEAR, "164.508(c)(1)(iv)"),
    # Who is asked, and where to
    Held("another practice is asked", read(F.HOLDER_NAME, "Riverside Endodontics"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(ii)"),
    Held("another practice with half our name", read(F.HOLDER_NAME, "Old Town Dental Group"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(ii)"),
    Held("records are to come to us", read(F.DESTINATION_NAME, "Old Mill Dental"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(iii)"),
    Held("no patient", lambda r: replace(r, patient=None), H.NO_PATIENT, "164.514(h)"),
    Held("no destination", lambda r: replace(r, destination=None), H.DESTINATION_UNKNOWN, "164.514(h)"),
    Held("an office that is not trusted", with_destination(trusted=False), H.DESTINATION_UNKNOWN, "164.514(h)"),
    Held("a channel that needs a person", with_destination(channel="fax"), H.PATHWAY_UNCLEAR, "164.524(c)(2)"),
    Held("to be picked up", ticked(Choice.DELIVERY_PICKUP), H.PATHWAY_UNCLEAR, "164.524(c)(2)"),
    # Which records
    Held("nothing ticked, no dates", only_ticked(), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("a summary", ticked(Choice.SCOPE_SUMMARY), H.SCOPE_UNCLEAR, "164.524(c)(2)(iii)"),
    Held("a box whose meaning is not known", only_ticked(Choice.SCOPE_XRAYS, Choice.SCOPE_ITEM), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("a box that may be ticked", ticked(Choice.SCOPE_XRAYS, confidence=0.3), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("dates that are hardly read", read(F.SCOPE_FROM_DATE, "2020-01-01", 0.3), H.UNREADABLE, "164.508(c)(1)(i)"),
    Held("a date that is none", read(F.SCOPE_TO_DATE, "present"), H.UNREADABLE, "164.508(c)(1)(i)"),
    Held("dates in the wrong order", both(read(F.SCOPE_FROM_DATE, "2024-01-01"), read(F.SCOPE_TO_DATE, "2020-01-01")), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("dates in the future", read(F.SCOPE_FROM_DATE, "2027-01-01"), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    # A practice that asks for complete authorizations
    Held("authorization without a date", both(AUTHORIZATIONS_ONLY, read(F.PURPOSE, "moving"), read(F.EXPIRY_DATE, "2027-11-18"), blank(F.SIGNATURE_DATE)), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    Held("authorization without an expiration", both(AUTHORIZATIONS_ONLY, read(F.PURPOSE, "moving")), H.ELEMENT_MISSING, "164.508(c)(1)(v)"),
    Held("authorization without a purpose", both(AUTHORIZATIONS_ONLY, read(F.EXPIRY_DATE, "2027-11-18")), H.ELEMENT_MISSING, "164.508(b)(2)(ii)"),
)  # fmt: skip

RELEASED = (
    Released("signed, dated, everything, to a trusted office", both(), "164.524(c)(3)(ii)"),
    Released("undated: a directive has to be signed, not dated", blank(F.SIGNATURE_DATE), "164.524(c)(3)(ii)"),
    Released("a faint date that would be in order", read(F.SIGNATURE_DATE, "2026-11-18", 0.3), "164.524(c)(3)(ii)"),
    Released("signed a year before receipt", read(F.SIGNATURE_DATE, "2025-11-20"), "164.524(c)(3)(ii)"),
    Released("expires today", read(F.EXPIRY_DATE, "2026-11-23"), "164.524(c)(3)(ii)"),
    Released("an unpaid balance never holds", with_patient(balance="4312.50"), "164.524(c)(3)(ii)"),
    Released("asks for oneself", read(F.REQUESTER_RELATIONSHIP, "Self"), "164.524(c)(3)(ii)"),
    Released("oneself, misread", read(F.REQUESTER_RELATIONSHIP, "se1f"), "164.524(c)(3)(ii)"),
    Released("printed name as on the request", read(F.REQUESTER_NAME, "Margaret A. Oyelaran"), "164.524(c)(3)(ii)"),
    Released("printed name with a slip", read(F.REQUESTER_NAME, "Margaret Oyelaram"), "164.524(c)(3)(ii)"),
    Released("printed maiden name", read(F.REQUESTER_NAME, "Margaret Bell"), "164.524(c)(3)(ii)"),
    Released("printed surname first", read(F.REQUESTER_NAME, "Oyelaran, Margaret"), "164.524(c)(3)(ii)"),
    Released("18 on the day of signing", with_patient(date_of_birth=date(2008, 11, 18)), "164.524(c)(3)(ii)"),
    Released("an inactive patient", with_patient(status="inactive"), "164.524(c)(3)(ii)"),
    Released("moving", read(F.PURPOSE, "moving to a new city"), "164.524(c)(3)(ii)"),
    Released("a new insurance is a reason to leave, not an insurer's request", read(F.PURPOSE, "new insurance"), "164.524(c)(3)(ii)"),
    Released("moving out of state concerns no estate", read(F.REASON, "moving out of state"), "164.524(c)(3)(ii)"),
    Released("Courtney is a name, not a court", read(F.DESTINATION_ATTENTION, "Courtney Bell"), "164.524(c)(3)(ii)"),
    Released("a university's dental clinic", with_destination(name="University Dental Clinic"), "164.524(c)(3)(ii)"),
    Released("we are asked", read(F.HOLDER_NAME, "Old Mill Dental"), "164.524(c)(3)(ii)"),
    Released("we are asked, with more on the line", read(F.HOLDER_NAME, "Dr. Patel, Old Mill Dental Group"), "164.524(c)(3)(ii)"),
    Released("our doctor is asked", both(with_policy(also_called=("Dr. Anika Patel",)), read(F.HOLDER_NAME, "Anika Patel DDS")), "164.524(c)(3)(ii)"),
    Released("nothing ticked, in a practice that then sends everything", both(with_policy(nothing_ticked="everything"), only_ticked()), "164.524(c)(3)(ii)"),
    Released("an unknown box beside the one for everything", ticked(Choice.SCOPE_ITEM), "164.524(c)(3)(ii)"),
    Released("to the patient's own row of the directory", with_destination(name="Margaret Oyelaran"), "45 CFR 164.524)"),
    Released("a complete authorization", both(AUTHORIZATIONS_ONLY, read(F.PURPOSE, "moving"), read(F.EXPIRY_DATE, "2027-11-18")), "164.508(c)"),
)  # fmt: skip


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.case)
def test_a_request_with_this_defect_waits_for_a_person(row: Held) -> None:
    decided = row.change(GOOD).decided()
    assert decided.release is None
    assert (row.reason, True) in {(f.reason, row.paragraph in (f.paragraph or "")) for f in decided.findings}
    assert all(f.cure and f.sentence[0].isupper() and f.sentence.rstrip().endswith(".") for f in decided.findings)


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.case)
def test_a_defect_is_told_once(row: Held) -> None:
    sentences = [f.sentence for f in row.change(GOOD).decided().findings]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("row", RELEASED, ids=lambda row: row.case)
def test_a_request_in_order_is_released_with_its_basis(row: Released) -> None:
    decided = row.change(GOOD).decided()
    assert decided.findings == ()
    assert decided.release is not None
    assert row.paragraph in decided.release.basis


def test_words_point_to_the_pathway_of_a_held_request() -> None:
    assert read(F.PURPOSE, "subpoena")(GOOD).decided().pathway is P.LEGAL_PROCESS
    assert read(F.PURPOSE, "for my lawyer")(GOOD).decided().pathway is P.THIRD_PARTY
    assert ticked(Choice.PURPOSE_INSURANCE)(GOOD).decided().pathway is P.PAYMENT
    assert GOOD.decided().pathway is P.PATIENT_DIRECTIVE
