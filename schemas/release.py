"""Whose records, by what right, to whom: the words of a release."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Box, Confidence, Fact, Frozen, Moment, PageNumber, RequestId, Version1
from schemas.record_set import ItemKind


class StationName(StrEnum):
    """The stations in the order of the line."""

    WATCH = "watch"
    READ = "read"
    MATCH = "match"
    GATHER = "gather"
    DUPLICATE = "duplicate"
    VERIFY = "verify"
    DELIVER = "deliver"
    CLOSE = "close"


class HoldReason(StrEnum):
    """Why a request waits for a person. A closed set: the exception queue filters by it, and every member is used."""

    UNREADABLE = "unreadable"
    """A needed field could not be read with confidence."""
    NOT_SIGNED = "not_signed"
    """No signature was found, or it is not certain that there is one."""
    NO_PATIENT = "no_patient"
    """Nobody in the roster fits."""
    SEVERAL_PATIENTS = "several_patients"
    """More than one person in the roster fits."""
    PATIENT_DIFFERS = "patient_differs"
    """One patient fits, but something on the request contradicts the chart."""
    DESTINATION_UNKNOWN = "destination_unknown"
    """The directory does not have it, or does not trust it."""
    DESTINATION_DIFFERS = "destination_differs"
    """The directory has it, but with another number, address or name."""
    PATHWAY_UNCLEAR = "pathway_unclear"
    """It is not clear by which rule the copy may leave, or the rule asks for a person."""
    ELEMENT_MISSING = "element_missing"
    """Something the rule needs is missing, expired, revoked or contradictory."""
    SCOPE_UNCLEAR = "scope_unclear"
    """It is not clear which records are asked for."""
    CHART_INCOMPLETE = "chart_incomplete"
    """The chart says more, or other, than was found."""
    ORIGINAL_UNREADABLE = "original_unreadable"
    """An original in the chart cannot be opened."""
    COPY_FAULTY = "copy_faulty"
    """The copy differs from its original, or a page is missing, blank, cut, blurred or of somebody else."""
    DESTINATION_REFUSED = "destination_refused"
    """The destination did not take the set."""
    DELIVERY_UNCERTAIN = "delivery_uncertain"
    """It cannot be known whether an earlier try arrived."""
    REVOKED = "revoked"
    """The patient has taken the permission back."""
    ASKED_BEFORE = "asked_before"
    """The same records went, or are going, to the same destination within the window of the policy."""
    CHORE = "chore"
    """Closing needs a person."""
    SYSTEM_FAULT = "system_fault"
    """A fault of the program or the machine; the request itself may be fine."""


class PathwayName(StrEnum):
    """The rule under which a copy may leave (45 CFR 164.502 to 164.524)."""

    PATIENT_ACCESS = "patient_access"
    PATIENT_DIRECTIVE = "patient_directive"
    AUTHORIZATION = "authorization"
    TREATMENT = "treatment"
    PAYMENT = "payment"
    LEGAL_PROCESS = "legal_process"
    THIRD_PARTY = "third_party"
    DECEASED = "deceased"


class Finding(Frozen):
    """One thing that stands between a request and its release, in words for the clerk."""

    reason: HoldReason
    rule: str = ""
    """The rule that found it, such as `signing.expiry_event`; empty for what a station found out by itself."""
    acceptable: bool = False
    """Whether a person who has looked may let the release go all the same. False where only a new paper, a correction of what
    was read, or a change in the chart can settle it: no person may waive an element that the law asks for."""
    sentence: Annotated[str, Field(min_length=1)]
    """What is wrong, for the person at the desk; may name the patient, so it never enters a message or a log."""
    cure: str | None = None
    """What would settle it."""
    paragraph: str | None = None
    """The rule behind it, for the auditor, such as 45 CFR 164.508(c)(1)(vi)."""
    page: PageNumber | None = None
    box: Box | None = None

    @property
    def key(self) -> str:
        """Tells this very finding from any other, what it says included: who accepts one has not accepted the next."""
        return hashlib.sha256(f"{self.reason}\n{self.rule}\n{self.sentence}".encode()).hexdigest()[:16]


class Element(Frozen):
    """One thing that a pathway asks for, and how it stands on this request."""

    name: str
    """In the clerk's words: `signature`, `where to send the copy`."""
    paragraph: str
    state: Literal["present", "missing", "defective", "not needed"]
    sentence: str
    """What was found, or why it is not needed."""


class Evidence(Frozen):
    """One comparison that speaks for or against a candidate."""

    field: str
    read: str
    chart: str
    speaks: Literal["for", "against", "neither"]
    sentence: str
    bits: float = 0.0
    """Its weight, log2 of how much likelier this answer is from the very patient than from somebody else: below 0 it speaks
    against. 0 where it was not weighed."""


class Patient(Frozen):
    """A patient as the roster has them."""

    patient_id: Annotated[str, Field(min_length=1)]
    last_name: str
    first_name: str
    middle_name: str = ""
    other_names: str = ""
    date_of_birth: date
    phone: str = ""
    email: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    guarantor_id: str = ""
    status: str = ""
    balance: str = ""
    next_appointment: str = ""

    @property
    def name(self) -> str:
        """In spoken order."""
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)


class Candidate(Frozen):
    """A patient who may be the one, with what speaks for and against it."""

    patient: Patient
    score: Confidence
    evidence: tuple[Evidence, ...] = ()


class OfficeKind(StrEnum):
    """What a destination is; the directory's column `kind`."""

    UNKNOWN = ""
    DENTIST = "dentist"
    SPECIALIST = "specialist"
    """A specialist whom this practice refers its own patients to: treatment, 45 CFR 164.506(c)(2)."""
    PHYSICIAN = "physician"
    PATIENT = "patient"
    """A patient's own address, confirmed by the practice."""
    ATTORNEY = "attorney"
    INSURER = "insurer"
    COURT = "court"
    OTHER = "other"

    @property
    def treats(self) -> bool:
        """Whether a health care provider is there."""
        return self in (OfficeKind.DENTIST, OfficeKind.SPECIALIST, OfficeKind.PHYSICIAN)


class Standing(StrEnum):
    """How the destination on a request stands to the practice's directory."""

    KNOWN = "known and unchanged"
    """One office, and nothing on the request says otherwise."""
    DIFFERS = "known, but different"
    """The directory has it, but with another name, number or address: call back on the known number."""
    UNKNOWN = "unknown"
    """Nobody in the directory, or it is not clear who of them."""
    TO_THE_PATIENT = "to the patient"
    """The patient asks for the copy themself."""


class Destination(Frozen):
    """Where a set goes: a row of the directory, never merely what the request says about itself."""

    office_id: str
    name: Annotated[str, Field(min_length=1)]
    attention: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    channel: Annotated[str, Field(min_length=1)]
    address: Annotated[str, Field(min_length=1)]
    """What the channel delivers to: for the folder channel a folder below `outgoing/`."""
    trusted: bool = False
    kind: OfficeKind = OfficeKind.UNKNOWN
    npi: str = ""
    """National Provider Identifier, ten digits, where it is known."""


class Practice(Frozen):
    """The practice that holds the records and sends the copy, as printed on cover sheets and letters."""

    name: Annotated[str, Field(min_length=1)]
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    contact: str = ""
    """Whom to ask about a copy, such as "Records, extension 4"."""


class Requester(Frozen):
    """Who asks."""

    name: str
    relationship: str = "self"


class Scope(Frozen):
    """What may leave. Empty `kinds` means every kind; open dates mean from the first or to the last."""

    kinds: tuple[ItemKind, ...] = ()
    from_date: date | None = None
    to_date: date | None = None
    sentence: str = "the whole record"

    def takes(self, kind: ItemKind, day: date | None) -> bool:
        """Whether an item of this kind and date is inside. An undated item is never inside a dated scope."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.from_date is None and self.to_date is None:
            return True
        return day is not None and (self.from_date or day) <= day <= (self.to_date or day)


class IdentityMethod(StrEnum):
    """How it was verified who asks, and by what authority (45 CFR 164.514(h)). The rule prescribes no method."""

    CHART_COMPARED = "chart_compared"
    """What the signed request says of the patient was compared with the chart, and agreed."""
    PHOTO_ID = "photo_id"
    SIGNATURE_COMPARED = "signature_compared"
    """A person compared the signature with one on file."""
    CALL_BACK = "call_back"
    """Called back on a number that does not come from the request."""
    KNOWN = "known"
    """Known to the practice in person."""
    AUTHORITY_PAPERS = "authority_papers"
    """Papers that show who may act for the patient were seen: guardianship, power of attorney, letters testamentary."""
    PROVIDER_KNOWN = "provider_known"
    """The asking provider is an office that the directory trusts."""


class IdentityEvidence(Frozen):
    """Who was verified how, by whom and when."""

    method: IdentityMethod
    what: Annotated[str, Field(min_length=1)]
    """What was seen, in a sentence: which paper, which number, which fields agreed."""
    who: Annotated[str, Field(min_length=1)]
    """The person who saw it, or the station."""
    at: Moment


class Revocation(Frozen):
    """A permission that a patient has taken back (45 CFR 164.508(b)(5)). Stands until it is lifted by a person."""

    id: int
    patient_id: str
    office_id: str = ""
    """The destination it is limited to; empty: no copy may go anywhere on a permission given before."""
    at: Moment
    """When the practice learned of it."""
    how: Literal["letter", "call", "in person", "scan"]
    who: str
    """Who recorded it: a person, or the station that read the scan."""
    words: str = ""
    request_id: str | None = None
    """The scan that it came with, if it came with one."""

    def stops(self, office_id: str) -> bool:
        """Whether it stands against a copy for this destination."""
        return self.office_id in ("", office_id)


class EarlierRelease(Frozen):
    """A release of the same patient's records to the same destination, within the window of the policy."""

    request_id: RequestId
    on: date
    """When it was authorized."""
    delivered_on: date | None = None
    state: str
    """Where that request stands: still on its way, held, closed, or withdrawn without anybody knowing whether it arrived."""


class Match(Fact):
    """What matching found, also where it ended in a hold: the candidates and the destination as far as known."""

    kind: Literal["match"] = "match"
    version: Version1 = 1
    candidates: tuple[Candidate, ...] = ()
    patient: Patient | None = None
    destination: Destination | None = None
    standing: Standing | None = None
    """How the destination on the request stands to the directory; null where it was not looked for."""
    destination_evidence: tuple[Evidence, ...] = ()
    """What the request says of its destination beside what the directory, or the registry, has."""
    pathway: PathwayName | None = None
    why: str = ""
    """Why this pathway, in one sentence."""
    elements: tuple[Element, ...] = ()
    """What the pathway asks for, one by one."""
    accepted: tuple[Finding, ...] = ()
    """What a person has looked at and let go."""
    due: date | None = None
    due_because: str = ""
    """Which rule gives the day, in a sentence with its source."""
    findings: tuple[Finding, ...] = ()


class Release(Fact):
    """The permission to send: one patient, one destination, one pathway, one scope, and the sentence why."""

    kind: Literal["release"] = "release"
    version: Version1 = 1
    patient: Patient
    destination: Destination
    requester: Requester
    pathway: PathwayName
    scope: Scope
    requested_on: date
    """Date of the request: as signed, else as received."""
    basis: str
    """Why the copy may leave, in one sentence."""
    expires: date | None = None
    """Last day of the permission, where the request names one; looked at again at the moment of handing over."""
    leaving: bool = False
    """Whether the patient is leaving the practice (and not only asking for a second opinion or a copy)."""
    purpose: str = ""
    reason: str = ""
    """Why the patient leaves, in the words of the request."""
    decided_by: str = "policy"
    """`policy`, or the persons who decided."""
    decisions: tuple[str, ...] = ()
    """What each of them decided, and why, in a sentence each."""
    identity: tuple[IdentityEvidence, ...] = ()
    """How it was verified who asks: 45 CFR 164.514(h)."""
    repeats: RequestId | None = None
    """The latest earlier release of the same records to the same place, knowingly repeated by a person."""
