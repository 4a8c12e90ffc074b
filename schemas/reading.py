"""What the reader saw in a scan: values with their confidence and their place on the page."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Box, Confidence, Fact, Frozen, JsonDict, PageNumber, Sha256, Version1


class FieldName(StrEnum):
    """The fields of a request. Dates are ISO, phones (NNN) NNN-NNNN, states two letters, names in spoken order."""

    PATIENT_NAME = "patient.name"
    PATIENT_DOB = "patient.dob"
    PATIENT_PHONE = "patient.phone"
    PATIENT_EMAIL = "patient.email"
    PATIENT_STREET = "patient.street"
    PATIENT_CITY = "patient.city"
    PATIENT_STATE = "patient.state"
    PATIENT_ZIP = "patient.zip"
    PATIENT_OTHER_NAMES = "patient.other_names"
    PATIENT_SSN_LAST4 = "patient.ssn_last4"
    PATIENT_CHART_NUMBER = "patient.chart_number"
    DESTINATION_NAME = "destination.name"
    DESTINATION_ATTENTION = "destination.attention"
    DESTINATION_STREET = "destination.street"
    DESTINATION_CITY = "destination.city"
    DESTINATION_STATE = "destination.state"
    DESTINATION_ZIP = "destination.zip"
    DESTINATION_PHONE = "destination.phone"
    DESTINATION_FAX = "destination.fax"
    DESTINATION_EMAIL = "destination.email"
    REQUESTER_NAME = "requester.name"
    REQUESTER_RELATIONSHIP = "requester.relationship"
    SIGNER_NAME = "signer.name"
    """What is printed beside the signature, where another page says who asks: the patient's form behind an attorney's letter."""
    SIGNER_RELATIONSHIP = "signer.relationship"
    HOLDER_NAME = "holder.name"
    SCOPE_FROM_DATE = "scope.from_date"
    SCOPE_TO_DATE = "scope.to_date"
    PURPOSE = "purpose"
    EXPIRY_DATE = "expiry.date"
    EXPIRY_EVENT = "expiry.event"
    SIGNATURE_DATE = "signature.date"
    REASON = "reason"


class Choice(StrEnum):
    """A choice that a form offers to tick. The `.item` ones are ticked boxes whose meaning is none of the others."""

    SCOPE_ALL = "scope.all"
    SCOPE_XRAYS = "scope.xrays"
    SCOPE_NOTES = "scope.notes"
    SCOPE_BILLING = "scope.billing"
    SCOPE_LABS = "scope.labs"
    SCOPE_MEDICATIONS = "scope.medications"
    SCOPE_HISTORY = "scope.history"
    SCOPE_SUMMARY = "scope.summary"
    SCOPE_IMMUNIZATIONS = "scope.immunizations"
    SCOPE_DENTAL = "scope.dental"
    SCOPE_ITEM = "scope.item"
    PURPOSE_PERSONAL = "purpose.personal"
    PURPOSE_CONTINUING_CARE = "purpose.continuing_care"
    PURPOSE_TRANSFER = "purpose.transfer"
    PURPOSE_LEGAL = "purpose.legal"
    PURPOSE_INSURANCE = "purpose.insurance"
    PURPOSE_DISABILITY = "purpose.disability"
    PURPOSE_SCHOOL = "purpose.school"
    PURPOSE_ITEM = "purpose.item"
    DELIVERY_MAIL = "delivery.mail"
    DELIVERY_FAX = "delivery.fax"
    DELIVERY_EMAIL = "delivery.email"
    DELIVERY_PICKUP = "delivery.pickup"
    DELIVERY_PORTAL = "delivery.portal"
    DELIVERY_CD = "delivery.cd"
    DELIVERY_USB = "delivery.usb"
    DELIVERY_PAPER = "delivery.paper"
    DELIVERY_ELECTRONIC = "delivery.electronic"
    DELIVERY_VERBAL = "delivery.verbal"
    DELIVERY_ITEM = "delivery.item"


class Statement(StrEnum):
    """What an authorization has to tell whoever signs it (45 CFR 164.508(c)(2)), found printed on the form."""

    RIGHT_TO_REVOKE = "right_to_revoke"
    """(c)(2)(i): that it may be revoked in writing, and how."""
    NOT_CONDITIONED = "not_conditioned"
    """(c)(2)(ii): that treatment does not depend on signing, or what follows if it does."""
    REDISCLOSURE = "redisclosure"
    """(c)(2)(iii): that the recipient may pass the records on, and that they are then no longer protected."""


class SensitiveClass(StrEnum):
    """Records that need a permission of their own, as forms list them to be ticked or initialled."""

    PSYCHOTHERAPY = "psychotherapy"
    MENTAL_HEALTH = "mental_health"
    SUBSTANCE_USE = "substance_use"
    HIV = "hiv"
    GENETIC = "genetic"
    REPRODUCTIVE = "reproductive"


class ReadField(Frozen):
    """One value as it stands on the page (never invented, only normalised)."""

    value: Annotated[str, Field(min_length=1)]
    confidence: Confidence
    page: PageNumber
    box: Box


class Tick(Frozen):
    """A ticked choice and where its mark is."""

    choice: Choice
    confidence: Confidence
    page: PageNumber
    box: Box


class Signature(Frozen):
    """Whether somebody signed. `present` is null where no place to sign was found, or ink is there that may be one."""

    present: bool | None
    confidence: Confidence
    page: PageNumber | None = None
    box: Box | None = None


class NamedPatient(Frozen):
    """One of several patients named on a request, with what stands beside the name."""

    name: ReadField
    dob: ReadField | None = None


class SensitiveMark(Frozen):
    """A class of specially protected records that is ticked or initialled on the form."""

    about: SensitiveClass
    confidence: Confidence
    page: PageNumber
    box: Box


Corner = tuple[float, float]


class Sheet(Frozen):
    """How a page was turned, straightened or cut out before it was read. All boxes are on the upright page."""

    page: PageNumber
    corners: tuple[Corner, Corner, Corner, Corner]
    """Where the upright page's corners lie on the page as it arrived: top left, top right, bottom right, bottom left, each
    as (x, y) in fractions of that page's width and height, from its top left."""


class Reading(Fact):
    """All that the reader saw in one request."""

    kind: Literal["reading"] = "reading"
    version: Version1 = 1
    scan: Sha256
    pages: Annotated[int, Field(ge=0)]
    fields: dict[FieldName, ReadField] = {}
    ticks: tuple[Tick, ...] = ()
    signature: Signature = Signature(present=None, confidence=0)
    notices: tuple[str, ...] = ()
    """Sentences about what the reader met and a person should know (a revocation block that is filled in, a second request)."""
    sheets: tuple[Sheet, ...] = ()
    """A page that is not among them was read as it arrived."""
    patients: tuple[NamedPatient, ...] = ()
    """Everybody whose records are asked for, in the order of the page, where that is more than one person; else empty."""
    statements: tuple[Statement, ...] = ()
    """Which of the statements of 164.508(c)(2) are printed on the form."""
    sensitive: tuple[SensitiveMark, ...] = ()
    photo_id: PageNumber | None = None
    """The page that is a copy of a photo ID, if one is."""
    letter: bool = False
    """Whether the signature stands under a letter or an e-mail, where no printed label says whose it is."""
    revokes: bool = False
    """Whether the document takes an earlier permission back, and asks for nothing."""
    seconds: Annotated[float, Field(ge=0)] = 0

    def value(self, name: FieldName) -> str | None:
        """The value read for `name`, or None."""
        found = self.fields.get(name)
        return found.value if found else None

    def checked(self) -> list[str]:
        """The ticked choices, each once, in the order of `Choice`."""
        ticked = {t.choice for t in self.ticks}
        return [c.value for c in Choice if c in ticked]

    def as_printed(self, file: str) -> JsonDict:
        """The object that `chartrelay read --json` prints; boxes as [left, top, right, bottom] in fractions of the page."""
        return {
            "file": file,
            "pages": self.pages,
            "fields": {
                name.value: {"value": f.value, "confidence": round(f.confidence, 3), "page": f.page, "box": f.box.as_list()}
                for name, f in self.fields.items()
            },
            "checked": self.checked(),
            "signed": self.signature.present,
            "seconds": round(self.seconds, 3),
            "notices": list(self.notices),
        }
