"""What stands at a known place is read as what its field holds: the same readers as for a label that asks for it."""

from __future__ import annotations

import re
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
    FieldName.EXPIRY_DATE: ("expiry", ""),
    FieldName.SIGNATURE_DATE: ("date_signed", "signature"),
}
"""Fields that are asked for as a whole: by which label, in whose part of the form."""
FAMILIES: tuple[tuple[str, ...], ...] = (("street", "city", "state", "zip"),)
"""Parts that are often written in one go: none of them ends where another was written the last time."""


def is_known(field: FieldName) -> bool:
    """Whether a place can be remembered for the field: some are judged from the whole page, and have none.

    The practice that is asked has none either: that it is named is enough for one rule, and another looks at the name only
    where it was read surely.
    """
    owner, _, part = field.value.partition(".")
    of_somebody = owner in ("patient", "destination") and part in _KEYS
    return of_somebody or field in (*_WHOLE, FieldName.SCOPE_FROM_DATE, FieldName.SCOPE_TO_DATE)


def read_as(field: FieldName, text: str, today: date, *, last_first: bool = False) -> Value | None:
    """The value of `field` in these words, or None where they cannot be one.

    A room may hold more than the field, and of that, one part may be misread: then the other is not taken for the field.
    """
    owner, _, part = field.value.partition(".")
    if field in (FieldName.SCOPE_FROM_DATE, FieldName.SCOPE_TO_DATE):
        return _end_of_time(text, today, last=field is FieldName.SCOPE_TO_DATE)
    if field in _WHOLE:
        key, party = _WHOLE[field]
        return PARSERS[key](text, party, today).get(field)
    keys: Sequence[str] = ("last_first",) if last_first and field is FieldName.PATIENT_NAME else _KEYS.get(part, ())
    value = next((value for key in keys if (value := PARSERS[key](text, owner, today).get(field)) is not None), None)
    return value if value is None or _is_whole(part, value, text) else None


def _end_of_time(text: str, today: date, *, last: bool) -> Value | None:
    """The first or the last day in the words, if no other digits stand before or behind it: they would be a misread day."""
    days = dates_in(text, today + HORIZON)
    if not days:
        return None
    value, start = days[-1 if last else 0]
    beyond = sum(c.isdigit() for c in (text[start:] if last else text[:start]))
    return value if beyond <= (DIGITS_OF_A_DAY if last else STRAY_DIGITS) else None


DIGITS_OF_A_DAY, STRAY_DIGITS = 9, 1
"""A day has eight digits at most, and a stroke may be misread as one."""


def _is_whole(part: str, value: Value, text: str) -> bool:
    """Whether the value is what its field is, and not a piece of another that stands in the same room."""
    if part == "zip":  # a house number has five digits, too, but a street behind it
        return not re.search(r"[A-Za-z]{3}", text[text.rfind(value.text) + len(value.text) :]) if value.text in text else True
    if part == "street":
        return any(c.isdigit() for c in value.text) and sum(c.isalpha() for c in value.text) > 1
    return True


def of_one_family(one: FieldName, other: FieldName) -> bool:
    """Whether both are parts of one thing that is written in one go: an address."""
    (owner, _, part), (owner_too, _, part_too) = one.value.partition("."), other.value.partition(".")
    return owner == owner_too and any(part in family and part_too in family for family in FAMILIES)
