"""The codes of the Health Care Provider Taxonomy (nucc.org) that a dental practice meets."""

from __future__ import annotations

import re

from schemas.release import OfficeKind

DENTAL = ("1223", "204E00000X", "261QD0000X")
"""Dentists and their specialties, physicians who are oral surgeons, dental clinics. Hygienists and assistants are not among them:
nobody asks for records to be sent to them."""
_GENERAL = frozenset({"122300000X", "1223G0001X", "261QD0000X"})
_SPECIALTIES = {
    "122300000X": "Dentistry",
    "1223D0001X": "Dental Public Health",
    "1223D0004X": "Dental Anesthesiology",
    "1223E0200X": "Endodontics",
    "1223G0001X": "General Dentistry",
    "1223P0106X": "Oral and Maxillofacial Pathology",
    "1223P0221X": "Pediatric Dentistry",
    "1223P0300X": "Periodontics",
    "1223P0700X": "Prosthodontics",
    "1223S0112X": "Oral and Maxillofacial Surgery",
    "1223X0008X": "Oral and Maxillofacial Radiology",
    "1223X0400X": "Orthodontics and Dentofacial Orthopedics",
    "1223X2210X": "Orofacial Pain",
    "204E00000X": "Oral and Maxillofacial Surgery",
    "261QD0000X": "a dental clinic",
}
_BEGINNING = re.compile(r"[0-9]{2}[0-9A-Z]{1,8}")


def is_beginning(text: str) -> bool:
    """Whether a taxonomy code can begin like this; three signs at least, or it would mean half of all providers."""
    return bool(_BEGINNING.fullmatch(text))


def specialty_of(code: str) -> str:
    """The code in words, as far as they are known here."""
    return _SPECIALTIES.get(code, f"taxonomy {code}")


def suggested_kind(code: str) -> OfficeKind:
    """What a provider with this code is likely to be; a suggestion for a person who fills in the directory."""
    if code in _GENERAL:
        return OfficeKind.DENTIST
    if code.startswith("1223") or code == "204E00000X":
        return OfficeKind.SPECIALIST
    return OfficeKind.PHYSICIAN if code.startswith("20") else OfficeKind.OTHER
