"""For whom a letter is, and where it goes: from what the request says of whoever asks, seldom from the practice's own files.

* The patient asks: their name and address as they stand on the request. Where the request has no address, the one in the
  roster, and only if the patient was found beyond doubt: a stranger's request must not bring out where somebody lives.
* Somebody asks for the patient: their name. A form has no room for their address, and the patient's must not stand for it.
* An attorney, an insurer or a court asks: its name and address, as in the directory, else as on the request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from schemas.reading import FieldName, Reading
from schemas.release import HoldReason, Match, OfficeKind, PathwayName, Patient

WHO_IS_IT = frozenset({HoldReason.NO_PATIENT, HoldReason.SEVERAL_PATIENTS, HoldReason.PATIENT_DIFFERS})
"""Findings that leave it open who the patient is."""
_SELF = frozenset(
    {"", "self", "the self", "myself", "me", "i", "patient", "the patient", "same", "same as above", "na", "n a", "none"}
)
_RELATIONS = (
    (OfficeKind.ATTORNEY, re.compile(r"\b(attorney|lawyer|counsel|law (firm|office)|paralegal|legal assistant)\b")),
    (OfficeKind.INSURER, re.compile(r"\b(insur\w+|claims?|adjuster|payer|health plan|underwrit\w+)\b")),
    (OfficeKind.COURT, re.compile(r"\b(court|clerk of|subpoena|district attorney|police|detective|coroner)\b")),
    (OfficeKind.OTHER, re.compile(r"\b(employer|school|agency|copy service|records retrieval|social worker|caseworker)\b")),
)
"""What stands in the line for the relationship of whoever asks."""
_NAMES = {
    OfficeKind.ATTORNEY: re.compile(r"\b(law (firm|offices?|group|center)|llp|attorneys?|esq)\b"),
    OfficeKind.INSURER: re.compile(r"\b(insurance|assurance|casualty|health plan)\b"),
    OfficeKind.COURT: re.compile(
        r"\b((superior|district|county|circuit|municipal|family|probate) court|court of|police department)\b"
    ),
}
"""What only such an office is called: people are called Law, Court and Counsel."""


class Party(StrEnum):
    """What the addressee is to the patient."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    """Somebody who acts for the patient, or says so."""
    THIRD_PARTY = "third_party"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the letter is for. Nothing but this of a person stands in a letter."""

    name: str
    party: Party = Party.PATIENT
    kind: OfficeKind = OfficeKind.PATIENT
    attention: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The address as it stands in the window; empty where there is nobody's name."""
        if not self.name:
            return ()
        place = f"{self.city}, {self.state} {self.zip}".strip(", ")
        attention = f"Attn: {self.attention}" if self.attention else ""
        return tuple(line for line in (self.name, attention, self.street, place) if line)


def certain(match: Match | None) -> bool:
    """Whether it is beyond doubt who the patient is."""
    return match is not None and match.patient is not None and not any(f.reason in WHO_IS_IT for f in match.findings)


def addressee_of(reading: Reading | None, match: Match | None, known: Patient | None) -> Addressee:
    """Whoever asks. `known` is the patient where it is beyond doubt who that is. Nothing read gives a nameless addressee."""
    said = _Said(reading or Reading(scan="0" * 64, pages=0))
    third = said.third_party(match)
    if third is not None:
        return _third_party(said, match, third)
    if said.for_another():
        return Addressee(said(FieldName.REQUESTER_NAME), Party.REPRESENTATIVE, OfficeKind.OTHER)
    return _patient(said, known)


def at_home(patient: Patient) -> Addressee:
    """The patient at their own address in the roster, for what only they may read."""
    return Addressee(patient.name, street=patient.street, city=patient.city, state=patient.state, zip=patient.zip)


class _Said:
    """What the request says."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, name: FieldName) -> str:
        return (self._reading.value(name) or "").strip()

    def third_party(self, match: Match | None) -> OfficeKind | None:
        """What kind of office asks; None where a person does."""
        relationship = self(FieldName.REQUESTER_RELATIONSHIP).casefold()
        found = next((kind for kind, words in _RELATIONS if words.search(relationship)), None)
        found = found or next((kind for kind in _NAMES if _is_called(self(FieldName.REQUESTER_NAME), kind)), None)
        if found is None and match is not None and match.pathway is PathwayName.LEGAL_PROCESS:
            return OfficeKind.COURT
        return found

    def for_another(self) -> bool:
        """Whether somebody else than the patient signed, by the request's own words."""
        relationship = " ".join(re.findall(r"[a-z]+", self(FieldName.REQUESTER_RELATIONSHIP).casefold()))
        if relationship not in _SELF:
            return True
        name = self(FieldName.REQUESTER_NAME).casefold()
        return bool(name) and name not in _SELF and name != self(FieldName.PATIENT_NAME).casefold()

    def where(self, whose: str) -> tuple[str, str, str, str]:
        """Street, city, state and zip of `patient` or `destination`; all empty where no letter would arrive there."""
        parts = [self(FieldName(f"{whose}.{part}")) for part in ("street", "city", "state", "zip")]
        street, city, state, code = parts
        return (street, city, state, code) if street and (city or code) else ("", "", "", "")


def _patient(said: _Said, known: Patient | None) -> Addressee:
    street, city, state, code = said.where("patient")
    if known is not None and not street:
        return at_home(known)
    return Addressee(said(FieldName.PATIENT_NAME), street=street, city=city, state=state, zip=code)


def _third_party(said: _Said, match: Match | None, kind: OfficeKind) -> Addressee:
    office = match.destination if match else None
    if office is not None and office.kind is kind:
        return Addressee(
            office.name, Party.THIRD_PARTY, kind, office.attention, office.street, office.city, office.state, office.zip
        )
    asks, gets = said(FieldName.REQUESTER_NAME), said(FieldName.DESTINATION_NAME)
    if _is_called(gets, kind) or (asks and asks.casefold() == gets.casefold()):
        street, city, state, code = said.where("destination")
        return Addressee(gets, Party.THIRD_PARTY, kind, said(FieldName.DESTINATION_ATTENTION), street, city, state, code)
    return Addressee(asks, Party.THIRD_PARTY, kind)


def _is_called(name: str, kind: OfficeKind) -> bool:
    """Whether a name says that such an office bears it: the firm, say, that the paralegal who asks works for."""
    return kind in _NAMES and bool(_NAMES[kind].search(name.casefold()))
