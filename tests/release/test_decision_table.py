"""The rules of release as a table: one row a case, with what is done and the paragraph that says so."""

# ruff: noqa: E501 -- one row a line, however long: it is a table

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pytest

from pipeline.release.authorize import AFTER, BEFORE, LAST
from pipeline.release.case import name_of
from pipeline.release.elements import RULES
from schemas.reading import Choice, SensitiveClass, Statement
from schemas.reading import FieldName as F
from schemas.release import HoldReason as H
from schemas.release import IdentityMethod as I
from schemas.release import OfficeKind as K
from schemas.release import PathwayName as P
from tests.release.cases import (
    GOOD,
    Change,
    accepted,
    as_a_letter,
    asked_before,
    blank,
    both,
    called_back,
    in_state,
    marked,
    noticed,
    on_pathway,
    one_of,
    only_ticked,
    read,
    revoking,
    seen,
    signed,
    stating,
    taken_back,
    ticked,
    to,
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


class LetGo(NamedTuple):
    """A row that waits for a person, and leaves once a person has looked, noted what was seen, and let it go."""

    case: str
    change: Change
    seen: tuple[I, ...]
    paragraph: str


class NotAnybodysToLetGo(NamedTuple):
    """A row that no person can let go, whatever was seen: only a new paper, a correction, or a lifted revocation settles it."""

    case: str
    change: Change
    reason: H
    paragraph: str


class Led(NamedTuple):
    """A row that says which pathway a request takes, and by which words."""

    case: str
    change: Change
    pathway: P
    why: str


AUTHORIZATIONS_ONLY = with_policy(require_authorization=True)
IGNORING_NOTICES = with_policy(notices="ignore")
STATEMENTS = stating(*Statement)
COMPLETE = both(
    STATEMENTS, read(F.PURPOSE, "moving"), read(F.EXPIRY_DATE, "2027-11-18"), read(F.HOLDER_NAME, "Old Mill Dental Group")
)
UNSIGNED = signed(False)
CONTINUING = ticked(Choice.PURPOSE_CONTINUING_CARE)
CHILD = with_patient(date_of_birth=date(2015, 4, 13))
MOTHER = both(read(F.REQUESTER_NAME, "Grace Oyelaran"), read(F.REQUESTER_RELATIONSHIP, "mother"))
SIGNED_BY_THE_PATIENT = both(read(F.SIGNER_NAME, "Margaret Oyelaran"), read(F.SIGNER_RELATIONSHIP, "Self"))
LAWYERS_LETTER = both(read(F.REQUESTER_NAME, "Park & Lee, Attorneys at Law"), read(F.REQUESTER_RELATIONSHIP, "attorney"))
ATTORNEY = both(to(K.ATTORNEY), COMPLETE)
TO_SELF = with_destination(name="Margaret Oyelaran", kind=K.PATIENT)
PAPERS, PARENT_KNOWN, CALLED = (I.AUTHORITY_PAPERS,), (I.KNOWN,), (I.CALL_BACK,)
EVERYTHING = tuple(I)

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
    Held("hardly read, and perhaps in the future", read(F.EXPIRY_DATE, "2027-11-22", 0.3), H.UNREADABLE, "164.508(b)(2)(i)"),
    Held("ends before it was signed", both(read(F.SIGNATURE_DATE, "2026-11-20"), read(F.EXPIRY_DATE, "2026-11-19")), H.ELEMENT_MISSING, "164.508(b)(2)(i)"),
    Held("expiration that is no date", read(F.EXPIRY_DATE, "one year"), H.UNREADABLE, "164.508(b)(2)(i)"),
    Held("ends with an event", read(F.EXPIRY_EVENT, "when treatment is complete"), H.PATHWAY_UNCLEAR, "164.508(b)(2)(i)"),
    # Revocation and families
    Held("a revocation block is filled in", noticed("A revocation on this page is signed."), H.REVOKED, "164.508(b)(2)(iii)"),
    Held("revoked, in a practice that ignores notices", both(IGNORING_NOTICES, noticed("The permission was revoked.")), H.REVOKED, "164.508(b)(5)"),
    Held("taken back for every destination", taken_back(), H.REVOKED, "164.508(b)(2)(iii)"),
    Held("taken back for this destination", taken_back("7"), H.REVOKED, "164.508(b)(5)"),
    Held("taken back, and a complete authorization came since", both(COMPLETE, taken_back()), H.REVOKED, "164.508(b)(2)(iii)"),
    Held("taken back, and a specialist asks for treatment", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, taken_back()), H.REVOKED, "164.508(b)(2)(iii)"),
    Held("the paper itself takes a permission back", revoking(), H.REVOKED, "164.508(b)(5)"),
    Held("several patients on one letter", noticed("Several patients are named."), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("several patients, in a practice that ignores notices", both(IGNORING_NOTICES, noticed("More than one patient is named.")), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("a page that nobody has read", both(IGNORING_NOTICES, noticed("Page 2 could not be opened and was not read.")), H.UNREADABLE, "164.508(b)(2)(ii)"),
    Held("something else that a person should know", noticed("There is a handwritten remark."), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("one of three, and nobody's name under the signature", one_of(3), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("one of three, and another member's name under the signature", both(one_of(3), read(F.REQUESTER_NAME, "Daniel Oyelaran")), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("one of three, and the name of the first under the signature, whose name the page has", both(one_of(3), read(F.PATIENT_NAME, "Daniel Oyelaran"), read(F.REQUESTER_NAME, "Daniel Oyelaran")), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("one of three, and the name under the signature hardly read", both(one_of(3), read(F.REQUESTER_NAME, "Margaret Oyelaran", 0.6)), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("one of three, and an initial under the signature", both(one_of(3), read(F.REQUESTER_NAME, "M. Oyelaran")), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("two of one name, and that name under the signature", both(one_of(2, "Margaret Oyelaran", "Margaret A. Oyelaran"), read(F.REQUESTER_NAME, "Margaret Oyelaran")), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("one of three who signed, in a practice that has a person look at families", both(with_policy(families="hold"), one_of(3), read(F.REQUESTER_NAME, "Margaret Oyelaran")), H.SEVERAL_PATIENTS, "164.514(h)"),
    Held("a child of the family whose mother signed", both(one_of(2), CHILD, MOTHER), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    # The same request again
    Held("asked for again the next day", asked_before(1), H.ASKED_BEFORE, "164.514(h)"),
    Held("asked for again on the last day of the window", asked_before(90), H.ASKED_BEFORE, "164.514(h)"),
    Held("asked for again, in a practice with a longer window", both(with_policy(same_again_days=365), asked_before(200)), H.ASKED_BEFORE, "164.514(h)"),
    # A second person
    Held("in a practice where a second person agrees to every copy", with_policy(second_person="all"), H.PATHWAY_UNCLEAR, "164.530(c)(1)"),
    Held("for an office of which nobody knows what it is, where third parties need a second person", with_policy(second_person="third_party"), H.PATHWAY_UNCLEAR, "164.530(c)(1)"),
    # Who asks
    Held("the mother asks", read(F.REQUESTER_RELATIONSHIP, "mother"), H.PATHWAY_UNCLEAR, "164.502(g)"),
    Held("a guardian asks, hardly readable", read(F.REQUESTER_RELATIONSHIP, "guardian", 0.2), H.PATHWAY_UNCLEAR, "164.502(g)"),
    Held("power of attorney", read(F.REQUESTER_RELATIONSHIP, "POA"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(vi)"),
    Held("another name under the signature", read(F.REQUESTER_NAME, "Daniel Oyelaran"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("a reason for leaving is no purpose of an authorization that the machine releases", both(AUTHORIZATIONS_ONLY, COMPLETE, blank(F.PURPOSE), read(F.REASON, "moving")), H.ELEMENT_MISSING, "164.508(b)(2)(ii)"),
    Held("a mother's letter before a form that the patient signed", both(MOTHER, SIGNED_BY_THE_PATIENT), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("the patient's letter before a form that somebody else signed", both(read(F.REQUESTER_NAME, "Margaret Oyelaran"), read(F.SIGNER_NAME, "Ruth Bell")), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("the patient's letter before a form that a guardian signed", both(read(F.REQUESTER_NAME, "Margaret Oyelaran"), read(F.SIGNER_RELATIONSHIP, "guardian")), H.PATHWAY_UNCLEAR, "164.502(g)"),
    Held("a letter under which nobody's name can be read", as_a_letter(), H.UNREADABLE, "164.514(h)"),
    Held("a letter about the patient, signed by somebody else", both(as_a_letter(), read(F.REQUESTER_NAME, "Ruth Bell")), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("a generation that the patient does not have", read(F.REQUESTER_NAME, "Margaret Oyelaran Jr"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("a name under the signature that cannot be read", read(F.REQUESTER_NAME, "M rg t", 0.2), H.UNREADABLE, "164.514(h)"),
    Held("another middle initial", read(F.REQUESTER_NAME, "Margaret B. Oyelaran"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("a dentist's name under the signature, to an office that is not known to treat", read(F.REQUESTER_NAME, "Dr. Susan Chen"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("signed, in the voice of an office that is not known to treat", read(F.REASON, "for our mutual patient"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    # Whose records
    Held("the patient has died", with_patient(status="Deceased"), H.PATHWAY_UNCLEAR, "164.502(g)(4)"),
    Held("a status that nobody expected", with_patient(status="do not contact"), H.PATHWAY_UNCLEAR, "164.502(g)(4)"),
    Held("a child", with_patient(date_of_birth=date(2015, 4, 13)), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("18 a day after signing", with_patient(date_of_birth=date(2008, 11, 19)), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("18 a day after receipt of an undated request", both(blank(F.SIGNATURE_DATE), with_patient(date_of_birth=date(2008, 11, 21))), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("18 in Alabama", both(in_state("AL"), with_patient(date_of_birth=date(2008, 1, 1))), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("nothing on the request agrees with the chart", both(blank(F.PATIENT_NAME), blank(F.PATIENT_DOB)), H.PATIENT_DIFFERS, "164.514(h)"),
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
    Held("a disability claim", ticked(Choice.PURPOSE_DISABILITY), H.PATHWAY_UNCLEAR, "164.508(c)(1)(iv)"),
    Held("a school", ticked(Choice.PURPOSE_SCHOOL), H.PATHWAY_UNCLEAR, "164.508(c)(1)(iv)"),
    Held("marked for psychotherapy notes", marked(SensitiveClass.PSYCHOTHERAPY), H.PATHWAY_UNCLEAR, "164.508(a)(2)"),
    Held("marked for substance use", marked(SensitiveClass.SUBSTANCE_USE), H.PATHWAY_UNCLEAR, "42 CFR 2.31"),
    Held("marked for HIV, hardly to be seen", marked(SensitiveClass.HIV, 0.1), H.PATHWAY_UNCLEAR, "state law"),
    Held("marked for mental health", marked(SensitiveClass.MENTAL_HEALTH), H.PATHWAY_UNCLEAR, "state law"),
    Held("marked for genetic tests", marked(SensitiveClass.GENETIC), H.PATHWAY_UNCLEAR, "state law"),
    Held("marked for reproductive health", marked(SensitiveClass.REPRODUCTIVE), H.PATHWAY_UNCLEAR, "state law"),
    # Who is asked, and where to
    Held("another practice is asked", read(F.HOLDER_NAME, "Riverside Endodontics"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(ii)"),
    Held("another practice with half our name", read(F.HOLDER_NAME, "Old Town Dental Group"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(ii)"),
    Held("records are to come to us", read(F.DESTINATION_NAME, "Old Mill Dental"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(iii)"),
    Held("no patient", lambda r: replace(r, patient=None), H.NO_PATIENT, "164.514(h)"),
    Held("no destination", lambda r: replace(r, destination=None), H.DESTINATION_UNKNOWN, "164.514(h)"),
    Held("an office that is not trusted", with_destination(trusted=False), H.DESTINATION_UNKNOWN, "164.514(h)"),
    Held("a channel that needs a person", with_destination(channel="fax"), H.PATHWAY_UNCLEAR, "164.524(c)(2)"),
    Held("to be picked up", ticked(Choice.DELIVERY_PICKUP), H.PATHWAY_UNCLEAR, "164.524(c)(2)"),
    Held("to an attorney by the directory", to(K.ATTORNEY), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("to an attorney by the directory, under a complete authorization", ATTORNEY, H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("to an insurer by the directory", to(K.INSURER), H.PATHWAY_UNCLEAR, "164.506(c)"),
    Held("to a court by the directory", to(K.COURT), H.PATHWAY_UNCLEAR, "164.512"),
    Held("to somebody who neither treats nor is the patient", to(K.OTHER), H.PATHWAY_UNCLEAR, "164.508(a)(1)"),
    Held("to the address of another patient", with_destination(name="Daniel Oyelaran", kind=K.PATIENT), H.PATHWAY_UNCLEAR, "164.514(h)"),
    Held("to the patient's name at a house that the chart does not have", both(with_patient(zip="78701"), TO_SELF, with_destination(zip="10001")), H.DESTINATION_DIFFERS, "164.514(h)"),
    # Which records
    Held("nothing ticked, no dates", only_ticked(), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("a summary", ticked(Choice.SCOPE_SUMMARY), H.SCOPE_UNCLEAR, "164.524(c)(2)(iii)"),
    Held("a box whose meaning is not known", only_ticked(Choice.SCOPE_XRAYS, Choice.SCOPE_ITEM), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("immunizations, and no other box", only_ticked(Choice.SCOPE_IMMUNIZATIONS), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("a box that may be ticked", ticked(Choice.SCOPE_XRAYS, confidence=0.3), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("dates that are hardly read", read(F.SCOPE_FROM_DATE, "2020-01-01", 0.3), H.UNREADABLE, "164.508(c)(1)(i)"),
    Held("a date that is none", read(F.SCOPE_TO_DATE, "present"), H.UNREADABLE, "164.508(c)(1)(i)"),
    Held("dates in the wrong order", both(read(F.SCOPE_FROM_DATE, "2024-01-01"), read(F.SCOPE_TO_DATE, "2020-01-01")), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("dates in the future", read(F.SCOPE_FROM_DATE, "2027-01-01"), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    # Treatment
    Held("a new dentist asks, nobody has signed", both(to(K.DENTIST), UNSIGNED, CONTINUING), H.PATHWAY_UNCLEAR, "164.506(c)(2)"),
    Held("a physician asks, nobody has signed", both(to(K.PHYSICIAN), UNSIGNED, read(F.PURPOSE, "consultation")), H.PATHWAY_UNCLEAR, "164.506(c)(2)"),
    Held("a specialist asks, in a practice that sends nothing unsigned", both(with_policy(treatment_without_signature="never"), to(K.SPECIALIST), UNSIGNED, CONTINUING), H.PATHWAY_UNCLEAR, "164.506(c)(2)"),
    Held("a specialist who is not trusted", both(to(K.SPECIALIST), with_destination(trusted=False), UNSIGNED, CONTINUING), H.DESTINATION_UNKNOWN, "164.514(h)"),
    Held("unsigned, for treatment, to an office of which the directory does not say what it is", both(UNSIGNED, CONTINUING), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("unsigned, to a specialist, and nothing says that it is for treatment", both(to(K.SPECIALIST), UNSIGNED), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("unsigned, to a specialist, and the mother asks", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, MOTHER), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("perhaps signed, and the box for continuing care hardly ticked", both(to(K.SPECIALIST), signed(None, 0.0), ticked(Choice.PURPOSE_CONTINUING_CARE, confidence=0.2)), H.NOT_SIGNED, "164.508(c)(1)(vi)"),
    Held("unsigned, to a specialist, unhappy with the treatment here", both(to(K.SPECIALIST), UNSIGNED, read(F.REASON, "unhappy with further treatment")), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("unsigned, to a specialist whom the patient prefers", both(to(K.SPECIALIST), UNSIGNED, read(F.PURPOSE, "my preferred office")), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("unsigned, to a specialist, asked for by a relative called Md", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, read(F.REQUESTER_NAME, "Md Rahman")), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("unsigned, to a specialist whose name is hardly to be read under it", both(to(K.SPECIALIST), UNSIGNED, read(F.REQUESTER_NAME, "Lakeside Family Dental", 0.1)), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("unsigned, to a specialist, a purpose that is hardly to be read", both(to(K.SPECIALIST), UNSIGNED, read(F.PURPOSE, "referral", 0.1)), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    Held("to a specialist for continuing care, and who asks is hardly to be read", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, read(F.REQUESTER_NAME, "Dr. Susan Chen", 0.1)), H.UNREADABLE, "164.514(h)"),
    Held("a child whom a specialist treats", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, CHILD), H.PATHWAY_UNCLEAR, "164.502(g)(3)"),
    Held("a specialist does not say which records", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, only_ticked(Choice.PURPOSE_CONTINUING_CARE)), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    # Payment, the law, third parties, the deceased
    Held("an insurer asks for the whole record", both(to(K.INSURER), UNSIGNED), H.SCOPE_UNCLEAR, "164.502(b)"),
    Held("an insurer does not say which records", both(to(K.INSURER), UNSIGNED, only_ticked()), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("what was seen of a court's paper is not noted", both(to(K.COURT), UNSIGNED), H.PATHWAY_UNCLEAR, "164.514(h)(1)"),
    Held("what was seen of the executor's papers is not noted", with_patient(status="deceased"), H.PATHWAY_UNCLEAR, "164.514(h)(1)"),
    Held("what was seen of the guardian's papers is not noted", read(F.REQUESTER_RELATIONSHIP, "guardian"), H.PATHWAY_UNCLEAR, "164.514(h)(1)"),
    # A practice that asks for complete authorizations
    Held("authorization without a date", both(AUTHORIZATIONS_ONLY, COMPLETE, blank(F.SIGNATURE_DATE)), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    Held("authorization without an expiration", both(AUTHORIZATIONS_ONLY, COMPLETE, blank(F.EXPIRY_DATE)), H.ELEMENT_MISSING, "164.508(c)(1)(v)"),
    Held("authorization without a purpose", both(AUTHORIZATIONS_ONLY, COMPLETE, blank(F.PURPOSE)), H.ELEMENT_MISSING, "164.508(b)(2)(ii)"),
    Held("authorization that does not say who may disclose", both(AUTHORIZATIONS_ONLY, COMPLETE, blank(F.HOLDER_NAME)), H.ELEMENT_MISSING, "164.508(c)(1)(ii)"),
    Held("authorization that does not say which records", both(AUTHORIZATIONS_ONLY, COMPLETE, only_ticked()), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("the same, in a practice that then sends everything", both(AUTHORIZATIONS_ONLY, with_policy(nothing_ticked="everything"), COMPLETE, only_ticked()), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    Held("authorization without the right to revoke", both(AUTHORIZATIONS_ONLY, COMPLETE, stating(Statement.NOT_CONDITIONED, Statement.REDISCLOSURE)), H.ELEMENT_MISSING, "164.508(c)(2)(i)"),
    Held("authorization that does not say that treatment does not depend on it", both(AUTHORIZATIONS_ONLY, COMPLETE, stating(Statement.RIGHT_TO_REVOKE, Statement.REDISCLOSURE)), H.ELEMENT_MISSING, "164.508(c)(2)(ii)"),
    Held("authorization that does not speak of redisclosure", both(AUTHORIZATIONS_ONLY, COMPLETE, stating(Statement.RIGHT_TO_REVOKE, Statement.NOT_CONDITIONED)), H.ELEMENT_MISSING, "164.508(c)(2)(iii)"),
    Held("authorization that has expired", both(AUTHORIZATIONS_ONLY, COMPLETE, read(F.EXPIRY_DATE, "2026-11-22")), H.ELEMENT_MISSING, "164.508(b)(2)(i)"),
    Held("authorization with a signature date that cannot be read", both(AUTHORIZATIONS_ONLY, COMPLETE, read(F.SIGNATURE_DATE, "11/??/26")), H.UNREADABLE, "164.508(c)(1)(vi)"),
)  # fmt: skip

RELEASED = (
    Released("signed, dated, everything, to a trusted office", both(), "164.524(c)(3)(ii)"),
    Released("a letter that the patient has signed", both(as_a_letter(), read(F.REQUESTER_NAME, "Margaret Oyelaran")), "164.524(c)(3)(ii)"),
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
    Released("to the patient's own address, as the chart has it", both(with_patient(zip="78701"), TO_SELF, with_destination(zip="78701")), "45 CFR 164.524)"),
    Released("to oneself, in a practice that asks others for authorizations", both(AUTHORIZATIONS_ONLY, TO_SELF), "45 CFR 164.524)"),
    Released("a complete authorization", both(AUTHORIZATIONS_ONLY, COMPLETE), "164.508(c)"),
    Released("a complete authorization, in a practice that does not ask for one", COMPLETE, "164.508(c)"),
    Released("a form that lacks a statement is still the patient's own directive", both(COMPLETE, stating()), "164.524(c)(3)(ii)"),
    Released("a form without an expiration is still the patient's own directive", both(COMPLETE, blank(F.EXPIRY_DATE)), "164.524(c)(3)(ii)"),
    Released("taken back for another destination", taken_back("9"), "164.524(c)(3)(ii)"),
    Released("another patient took a permission back", taken_back(patient_id="2205"), "164.524(c)(3)(ii)"),
    Released("asked for before, longer ago than the window", asked_before(91), "164.524(c)(3)(ii)"),
    Released("asked for before, in a practice with a shorter window", both(with_policy(same_again_days=7), asked_before(8)), "164.524(c)(3)(ii)"),
    Released("one of three, whose own name is under the signature", both(one_of(3), read(F.REQUESTER_NAME, "Margaret Oyelaran")), "164.524(c)(3)(ii)"),
    Released("one of three who signed, and the reader notes that there are several", both(one_of(3), read(F.REQUESTER_NAME, "Margaret Oyelaran"), noticed("Several patients are named.")), "164.524(c)(3)(ii)"),
    Released("an office that is not yet trusted, which a person has just called", both(with_destination(trusted=False), called_back()), "164.524(c)(3)(ii)"),
    Released("signed for a new dentist, where third parties need a second person", both(with_policy(second_person="third_party"), to(K.DENTIST)), "164.524(c)(3)(ii)"),
    # Treatment
    Released("a specialist asks for continuing care, nobody has signed", both(to(K.SPECIALIST), UNSIGNED, CONTINUING), "164.506(c)(2)"),
    Released("a referral to a specialist, with no place to sign", both(to(K.SPECIALIST), signed(None, 0.0), read(F.PURPOSE, "referral")), "164.506(c)(2)"),
    Released("a specialist's letter about a mutual patient, with the specialist's signature", both(to(K.SPECIALIST), read(F.REASON, "our mutual patient"), read(F.REQUESTER_NAME, "Dr. Susan Chen")), "164.506(c)(2)"),
    Released("a specialist's office asks, by its own name", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, read(F.REQUESTER_NAME, "Lakeside Family Dental"), read(F.REQUESTER_RELATIONSHIP, "treating dentist")), "164.506(c)(2)"),
    Released("a new dentist asks, in a practice that sends to all who treat", both(with_policy(treatment_without_signature="providers"), to(K.DENTIST), UNSIGNED, CONTINUING), "164.506(c)(2)"),
    Released("a balance does not hold a copy for treatment either", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, with_patient(balance="910.00")), "164.506(c)(2)"),
    Released("signed for a new dentist: the patient's own directive", both(to(K.DENTIST), CONTINUING), "164.524(c)(3)(ii)"),
    Released("signed for a specialist, in a practice that sends nothing unsigned", both(with_policy(treatment_without_signature="never"), to(K.SPECIALIST), CONTINUING), "164.524(c)(3)(ii)"),
)  # fmt: skip


LET_GO = (
    # What a person may judge
    LetGo("the event by which it ends has not happened", read(F.EXPIRY_EVENT, "when treatment is complete"), (), "164.524(c)(3)(ii)"),
    LetGo("the revocation block is empty after all", noticed("A revocation on this page is signed."), (), "164.524(c)(3)(ii)"),
    LetGo("the page that the machine could not read says nothing else", noticed("Page 2 could not be opened and was not read."), (), "164.524(c)(3)(ii)"),
    LetGo("the handwritten remark does not matter", noticed("There is a handwritten remark."), (), "164.524(c)(3)(ii)"),
    LetGo("the patient says that the old request still stands", read(F.SIGNATURE_DATE, "2024-11-18"), (), "164.524(c)(3)(ii)"),
    LetGo("nobody can read the date of a directive", read(F.SIGNATURE_DATE, "11/??/2026"), (), "164.524(c)(3)(ii)"),
    LetGo("nothing ticked, and the whole record is meant", only_ticked(), (), "164.524(c)(3)(ii)"),
    LetGo("the faint box is ticked", ticked(Choice.SCOPE_XRAYS, confidence=0.3), (), "164.524(c)(3)(ii)"),
    LetGo("copies will do in place of a summary", ticked(Choice.SCOPE_SUMMARY), (), "164.524(c)(3)(ii)"),
    LetGo("the unknown purpose is harmless", ticked(Choice.PURPOSE_ITEM), (), "164.524(c)(3)(ii)"),
    LetGo("it shall be sent, not picked up", ticked(Choice.DELIVERY_PICKUP), (), "164.524(c)(3)(ii)"),
    LetGo("the channel that needs a person has one", with_destination(channel="fax"), (), "164.524(c)(3)(ii)"),
    LetGo("asked for anew, not the same request", asked_before(1), (), "164.524(c)(3)(ii)"),
    LetGo("the chart has no psychotherapy notes", marked(SensitiveClass.PSYCHOTHERAPY), (), "164.524(c)(3)(ii)"),
    LetGo("the patient means the other person's address", with_destination(name="Daniel Oyelaran", kind=K.PATIENT), (), "164.524(c)(3)(ii)"),
    LetGo("the patient has moved", both(with_patient(zip="78701"), TO_SELF, with_destination(zip="10001")), (), "45 CFR 164.524)"),
    LetGo("one of three who signed, looked at", both(with_policy(families="hold"), one_of(3), read(F.REQUESTER_NAME, "Margaret Oyelaran")), (), "164.524(c)(3)(ii)"),
    LetGo("a new dentist treats the patient", both(to(K.DENTIST), UNSIGNED, CONTINUING), (), "164.506(c)(2)"),
    LetGo("a specialist treats the child", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, CHILD), (), "164.506(c)(2)"),
    LetGo("one of two whom a specialist treats", both(to(K.SPECIALIST), UNSIGNED, CONTINUING, one_of(2)), (), "164.506(c)(2)"),
    LetGo("the statement is on the form, and the reader missed it", both(AUTHORIZATIONS_ONLY, COMPLETE, stating()), (), "164.508(c)"),
    LetGo("an insurer gets what its claim needs", both(to(K.INSURER), UNSIGNED, only_ticked(Choice.SCOPE_BILLING)), (), "164.506(c)"),
    # What a person may let go once it is noted what was seen
    LetGo("a mother who is known asks for her child", both(CHILD, MOTHER), PARENT_KNOWN, "164.524(c)(3)(ii)"),
    LetGo("a guardian with papers asks for a ward", read(F.REQUESTER_RELATIONSHIP, "guardian"), PAPERS, "164.524(c)(3)(ii)"),
    LetGo("a child of a family whose mother has shown papers", both(one_of(2), CHILD, MOTHER), PAPERS, "164.524(c)(3)(ii)"),
    LetGo("the patient signed with a married name", read(F.REQUESTER_NAME, "Margaret Kowalczyk"), (I.PHOTO_ID,), "164.524(c)(3)(ii)"),
    LetGo("nobody can read who signed, and the signature was compared", read(F.REQUESTER_NAME, "M rg t", 0.2), (I.SIGNATURE_COMPARED,), "164.524(c)(3)(ii)"),
    LetGo("an executor with papers", both(with_patient(status="deceased"), read(F.REQUESTER_RELATIONSHIP, "executor")), PAPERS, "164.502(g)(4)"),
    LetGo("a subpoena, the paper seen", both(to(K.COURT), UNSIGNED), PAPERS, "164.512"),
    LetGo("an attorney under a complete authorization, the patient called back", ATTORNEY, CALLED, "164.508(a)(1)"),
    LetGo("an attorney's letter before the patient's complete authorization", both(ATTORNEY, LAWYERS_LETTER, SIGNED_BY_THE_PATIENT), CALLED, "164.508(a)(1)"),
    LetGo("an attorney, the claim given as the reason", both(ATTORNEY, blank(F.PURPOSE), read(F.REASON, "claim after an accident")), CALLED, "164.508(a)(1)"),
    LetGo("an attorney by the patient's own directive, chosen by a person", both(to(K.ATTORNEY), on_pathway(P.PATIENT_DIRECTIVE)), CALLED, "164.524(c)(3)(ii)"),
    LetGo("a patient's own copy by mail without a signature, called back", both(TO_SELF, signed(False)), CALLED, "45 CFR 164.524)"),
    LetGo("nothing agrees with the chart, and the patient is known", both(blank(F.PATIENT_NAME), blank(F.PATIENT_DOB)), PARENT_KNOWN, "164.524(c)(3)(ii)"),
    LetGo("a mother asks, and the copy goes to her", both(CHILD, MOTHER, with_destination(name="Grace Oyelaran", kind=K.PATIENT)), PARENT_KNOWN, "45 CFR 164.524)"),
)  # fmt: skip

NOT_ANYBODYS = (
    NotAnybodysToLetGo("not signed", signed(False), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    NotAnybodysToLetGo("perhaps signed", signed(None, 0.0), H.NOT_SIGNED, "164.524(c)(3)(ii)"),
    NotAnybodysToLetGo("expired", read(F.EXPIRY_DATE, "2026-11-22"), H.ELEMENT_MISSING, "164.508(b)(2)(i)"),
    NotAnybodysToLetGo("nobody knows whether it has expired", read(F.EXPIRY_DATE, "one year"), H.UNREADABLE, "164.508(b)(2)(i)"),
    NotAnybodysToLetGo("signed in the future", read(F.SIGNATURE_DATE, "2026-12-24"), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    NotAnybodysToLetGo("signed before birth", read(F.SIGNATURE_DATE, "1980-01-01"), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    NotAnybodysToLetGo("taken back", taken_back(), H.REVOKED, "164.508(b)(2)(iii)"),
    NotAnybodysToLetGo("taken back, whatever pathway a person chooses", both(taken_back(), to(K.SPECIALIST), on_pathway(P.TREATMENT)), H.REVOKED, "164.508(b)(5)"),
    NotAnybodysToLetGo("a letter under which nobody's name can be read", as_a_letter(), H.UNREADABLE, "164.514(h)"),
    NotAnybodysToLetGo("the paper takes a permission back", revoking(), H.REVOKED, "164.508(b)(5)"),
    NotAnybodysToLetGo("no patient", lambda r: replace(r, patient=None), H.NO_PATIENT, "164.514(h)"),
    NotAnybodysToLetGo("no destination", lambda r: replace(r, destination=None), H.DESTINATION_UNKNOWN, "164.514(h)"),
    NotAnybodysToLetGo("not trusted, and not called back", with_destination(trusted=False), H.DESTINATION_UNKNOWN, "164.514(h)"),
    NotAnybodysToLetGo("not trusted, and another office was called", both(with_destination(trusted=False), called_back("9")), H.DESTINATION_UNKNOWN, "164.514(h)"),
    NotAnybodysToLetGo("another practice is asked", read(F.HOLDER_NAME, "Riverside Endodontics"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(ii)"),
    NotAnybodysToLetGo("records are to come to us", read(F.DESTINATION_NAME, "Old Mill Dental"), H.PATHWAY_UNCLEAR, "164.508(c)(1)(iii)"),
    NotAnybodysToLetGo("dates that cannot be read", read(F.SCOPE_FROM_DATE, "2020-01-01", 0.3), H.UNREADABLE, "164.508(c)(1)(i)"),
    NotAnybodysToLetGo("another adult of the family signed", both(one_of(2), read(F.REQUESTER_NAME, "Daniel Oyelaran")), H.SEVERAL_PATIENTS, "164.514(h)"),
    NotAnybodysToLetGo("a provider's signature, to an office that is not known to treat", read(F.REASON, "our mutual patient"), H.PATHWAY_UNCLEAR, "164.514(h)"),
    NotAnybodysToLetGo("put on treatment, to an office that is not known to treat", both(signed(False), on_pathway(P.TREATMENT)), H.PATHWAY_UNCLEAR, "164.506(c)(2)"),
    NotAnybodysToLetGo("put on treatment, to an attorney", both(to(K.ATTORNEY), on_pathway(P.TREATMENT)), H.PATHWAY_UNCLEAR, "164.506(c)(2)"),
    NotAnybodysToLetGo("put on payment, to a dentist", both(to(K.DENTIST), on_pathway(P.PAYMENT)), H.PATHWAY_UNCLEAR, "164.506(c)"),
    NotAnybodysToLetGo("put on access, to an office", both(to(K.DENTIST), on_pathway(P.PATIENT_ACCESS)), H.PATHWAY_UNCLEAR, "45 CFR 164.524"),
    NotAnybodysToLetGo("put on authorization, without an expiration", both(COMPLETE, blank(F.EXPIRY_DATE), on_pathway(P.AUTHORIZATION)), H.ELEMENT_MISSING, "164.508(c)(1)(v)"),
    NotAnybodysToLetGo("an attorney, without an expiration", both(ATTORNEY, blank(F.EXPIRY_DATE)), H.ELEMENT_MISSING, "164.508(c)(1)(v)"),
    NotAnybodysToLetGo("an attorney, without a purpose", both(ATTORNEY, blank(F.PURPOSE)), H.ELEMENT_MISSING, "164.508(c)(1)(iv)"),
    NotAnybodysToLetGo("an attorney, and not signed", both(ATTORNEY, signed(False)), H.NOT_SIGNED, "164.508(c)(1)(vi)"),
    NotAnybodysToLetGo("an attorney, undated", both(ATTORNEY, blank(F.SIGNATURE_DATE)), H.ELEMENT_MISSING, "164.508(c)(1)(vi)"),
    NotAnybodysToLetGo("an attorney, and nothing says which records", both(ATTORNEY, only_ticked()), H.SCOPE_UNCLEAR, "164.508(c)(1)(i)"),
    NotAnybodysToLetGo("an attorney, and nothing says who may give them", both(ATTORNEY, blank(F.HOLDER_NAME)), H.ELEMENT_MISSING, "164.508(c)(1)(ii)"),
)  # fmt: skip

UNSEEN = (
    LetGo("a mother, of whom nothing was noted", both(CHILD, MOTHER), (), "164.514(h)(1)"),
    LetGo("a mother, and only a photo ID was seen", both(CHILD, MOTHER), (I.PHOTO_ID,), "164.514(h)(1)"),
    LetGo("a guardian, and only a call was made", read(F.REQUESTER_RELATIONSHIP, "guardian"), CALLED, "164.514(h)(1)"),
    LetGo("a guardian whom the practice knows, without papers", read(F.REQUESTER_RELATIONSHIP, "guardian"), PARENT_KNOWN, "164.514(h)(1)"),
    LetGo("an executor without papers", with_patient(status="deceased"), (I.PHOTO_ID, I.CALL_BACK), "164.514(h)(1)"),
    LetGo("an executor without papers, put on the patient's own directive", both(with_patient(status="deceased"), on_pathway(P.PATIENT_DIRECTIVE)), CALLED, "164.514(h)(1)"),
    LetGo("a court, and nothing was seen", both(to(K.COURT), UNSIGNED), (), "164.514(h)(1)"),
    LetGo("a court, and a signature was compared", both(to(K.COURT), UNSIGNED), (I.SIGNATURE_COMPARED,), "164.514(h)(1)"),
    LetGo("an attorney, and nothing was seen", ATTORNEY, (), "164.514(h)(1)"),
    LetGo("an attorney, and a person only notes that the chart agrees", ATTORNEY, (I.CHART_COMPARED,), "164.514(h)(1)"),
    LetGo("another name under the signature, and nothing was seen", read(F.REQUESTER_NAME, "Margaret Kowalczyk"), (), "164.514(h)(1)"),
    LetGo("a patient's own copy without a signature, and nobody called", both(TO_SELF, signed(False)), (), "164.514(h)(1)"),
)  # fmt: skip
"""Rows that a person has let go, and that still wait, because it is not noted what was seen."""

LED = (
    Led("a patient's signed request", both(), P.PATIENT_DIRECTIVE, "The patient asks that a copy go to Lakeside Family Dental."),
    Led("to the patient", TO_SELF, P.PATIENT_ACCESS, "Margaret Oyelaran, who asks for it"),
    Led("to myself, and no destination matched", both(read(F.DESTINATION_NAME, "Myself"), lambda r: replace(r, destination=None)), P.PATIENT_ACCESS, "goes to the patient"),
    Led("every element and statement", COMPLETE, P.AUTHORIZATION, "every element and every statement"),
    Led("a practice that asks for authorizations", AUTHORIZATIONS_ONLY, P.AUTHORIZATION, "This practice asks"),
    Led("a box, and nobody has signed", both(to(K.SPECIALIST), UNSIGNED, CONTINUING), P.TREATMENT, "continuing care"),
    Led("a referral, and nobody has signed", both(to(K.DENTIST), UNSIGNED, read(F.PURPOSE, "referral for implant")), P.TREATMENT, "referral"),
    Led("a provider's voice", both(to(K.DENTIST), read(F.REASON, "our mutual patient")), P.TREATMENT, "mutual patient"),
    Led("a provider asks, and the patient signed", both(to(K.DENTIST), read(F.REASON, "our mutual patient"), read(F.REQUESTER_NAME, "Margaret Oyelaran")), P.PATIENT_DIRECTIVE, "The patient asks"),
    Led("a subpoena", read(F.PURPOSE, "subpoena"), P.LEGAL_PROCESS, "“subpoena” in the purpose"),
    Led("a lawyer", read(F.PURPOSE, "for my lawyer"), P.THIRD_PARTY, "“lawyer” in the purpose"),
    Led("the box for insurance", ticked(Choice.PURPOSE_INSURANCE), P.PAYMENT, "The box for an insurer is ticked"),
    Led("the box for legal use", ticked(Choice.PURPOSE_LEGAL), P.LEGAL_PROCESS, "The box for legal use is ticked"),
    Led("an attorney by the directory", to(K.ATTORNEY), P.THIRD_PARTY, "The directory says"),
    Led("an insurer by the directory", to(K.INSURER), P.PAYMENT, "is an insurer"),
    Led("a court by the directory", to(K.COURT), P.LEGAL_PROCESS, "is a court"),
    Led("a deceased patient", with_patient(status="Deceased"), P.DECEASED, "has died"),
    Led("a deceased patient, and a subpoena: the stricter one", both(with_patient(status="deceased"), read(F.PURPOSE, "subpoena")), P.LEGAL_PROCESS, "subpoena"),
    Led("an insurer and a lawyer: the stricter one", both(ticked(Choice.PURPOSE_INSURANCE), read(F.PURPOSE, "for my lawyer")), P.THIRD_PARTY, "lawyer"),
    Led("chosen by a person", both(read(F.PURPOSE, "for my lawyer"), on_pathway(P.PATIENT_DIRECTIVE)), P.PATIENT_DIRECTIVE, "by a person (Maria Keller)"),
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


@pytest.mark.parametrize("row", LET_GO, ids=lambda row: row.case)
def test_a_person_who_has_looked_may_let_this_go(row: LetGo) -> None:
    request = row.change(GOOD)
    assert request.decided().release is None
    decided = accepted(seen(*row.seen)(request) if row.seen else request).decided()
    assert decided.findings == ()
    assert decided.release is not None
    assert row.paragraph in decided.release.basis
    assert decided.release.decided_by == "Maria Keller"
    assert decided.accepted or row.seen


@pytest.mark.parametrize("row", NOT_ANYBODYS, ids=lambda row: row.case)
def test_no_person_lets_this_go(row: NotAnybodysToLetGo) -> None:
    decided = accepted(seen(*EVERYTHING)(row.change(GOOD))).decided()
    assert decided.release is None
    assert (row.reason, True) in {(f.reason, row.paragraph in (f.paragraph or "")) for f in decided.findings}
    assert not any(f.acceptable for f in decided.findings)


@pytest.mark.parametrize("row", UNSEEN, ids=lambda row: row.case)
def test_what_was_let_go_still_waits_until_it_is_noted_what_was_seen(row: LetGo) -> None:
    decided = accepted(seen(*row.seen)(row.change(GOOD))).decided()
    assert decided.release is None
    (left,) = decided.findings
    assert left.rule in {"identity.noted", "identity.signer_noted"}
    assert not left.acceptable
    assert row.paragraph in (left.paragraph or "")
    assert "identity" in (left.cure or "")


@pytest.mark.parametrize("row", LED, ids=lambda row: row.case)
def test_a_request_takes_this_pathway(row: Led) -> None:
    decided = row.change(GOOD).decided()
    assert decided.pathway is row.pathway
    assert row.why in decided.why


def test_an_attorney_by_the_directory_is_told_once_and_with_it_what_has_to_be_seen() -> None:
    assert [found.rule for found in ATTORNEY(GOOD).decided().findings] == ["identity.signer_noted", "pointing.always_a_person"]
    chosen = both(ATTORNEY, on_pathway(P.PATIENT_DIRECTIVE))(GOOD).decided()
    assert [found.rule for found in chosen.findings] == ["identity.signer_noted", "pointing.kind_for_a_person"]


def test_every_rule_has_a_row_that_it_holds() -> None:
    rules = {name_of(rule) for rule in (*BEFORE, *AFTER, *LAST)}
    rules |= {name_of(rule) for each in RULES.values() for rule in (*each.wrong, each.missing) if rule}
    rows = [*HELD, *NOT_ANYBODYS]
    assert rules == {found.rule for row in rows for found in row.change(GOOD).decided().findings}


def test_the_table_has_a_row_for_each_pathway_and_each_way_out() -> None:
    assert {row.pathway for row in LED} == set(P)
    assert len(HELD) + len(RELEASED) + len(LET_GO) + len(NOT_ANYBODYS) + len(UNSEEN) + len(LED) >= 150
