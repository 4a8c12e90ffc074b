"""What stands at a known place is read as what its field holds: the same readers as for a label that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.reading.asked import HORIZON, PARSERS
from pipeline.reading.values import Value, dates_in
from schemas.reading import FieldName

_KEYS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "dob": ("dob",),
    "phone": ("phone",),
    "fax": ("fax",),
    "email": ("email",),
    "street": ("address",),
    "city": ("address", "city_state_zip", "city"),
    "state": ("state",),
    "zip": ("zip",),
    "other_names": ("other_names",),
    "ssn_last4": ("ssn",),
    "chart_number": ("chart_number",),
    "attention": ("attention",),
}
"""For the part of a person or an office that a field holds: the labels whose answer has it, the fullest answer first."""
_WHOLE: dict[FieldName, tuple[str, str]] = {
    FieldName.SCOPE_FROM_DATE: ("from_date", ""),
    FieldName.EXPIRY_DATE: ("expiry", ""),
    FieldName.SIGNATURE_DATE: ("date_signed", "signature"),
}
"""Fields that are asked for as a whole: by which label, in whose part of the form."""
FAMILIES: tuple[tuple[str, ...], ...] = (("street", "city", "state", "zip"),)
"""Parts that are often written in one go: none of them ends where another was written the last time."""


def is_known(field: FieldName) -> bool:
    """Whether a place can be remembered for the field: some are judged from the whole page, and have none."""
    owner, _, part = field.value.partition(".")
    return (
        field in _WHOLE or field is FieldName.SCOPE_TO_DATE or (owner in ("patient", "destination", "holder") and part in _KEYS)
    )


def read_as(field: FieldName, text: str, today: date, *, last_first: bool = False) -> Value | None:
    """The value of `field` in these words, or None where they cannot be one."""
    if field is FieldName.SCOPE_TO_DATE:
        days = dates_in(text, today + HORIZON)
        return days[-1][0] if days else None
    if field in _WHOLE:
        key, party = _WHOLE[field]
        return PARSERS[key](text, party, today).get(field)
    owner, _, part = field.value.partition(".")
    keys: Sequence[str] = ("last_first",) if last_first and field is FieldName.PATIENT_NAME else _KEYS.get(part, ())
    return next((value for key in keys if (value := PARSERS[key](text, owner, today).get(field)) is not None), None)


def of_one_family(one: FieldName, other: FieldName) -> bool:
    """Whether both are parts of one thing that is written in one go: an address."""
    (owner, _, part), (owner_too, _, part_too) = one.value.partition("."), other.value.partition(".")
    return owner == owner_too and any(part in family and part_too in family for family in FAMILIES)
