"""How far the memory is believed: so little that nothing is released by what it alone has found.

The floors are those of the rules (`release/policy.py`, `matching/patients.py`, `destinations.py`, `office_comparisons.py`). Where
a rule is stricter for a value that was read surely, as for another practice's name or for a phone number that is not the
office's, the memory lowers the value no further than the rule still looks at it.
"""

from __future__ import annotations

from pipeline.reading.confidence import SURE
from schemas.reading import FieldName

IN_DOUBT = round(SURE - 0.01, 2)
"""No more sure. What is no more than that still decides."""
FOR_A_PERSON = 0.25
"""Below the floor of whatever it decides: a person is asked, and sees the value."""
BESIDE = 0.1
"""What the memory has found where labels found something else elsewhere: theirs stays the one that is shown."""
STILL_AGAINST = 0.4
"""A contact of an office that was read so surely is against another office, and speaks for none."""

DATES = frozenset({FieldName.EXPIRY_DATE, FieldName.SIGNATURE_DATE, FieldName.SCOPE_FROM_DATE, FieldName.SCOPE_TO_DATE})
NEVER_GIVEN = frozenset({FieldName.SIGNATURE_DATE, FieldName.PATIENT_OTHER_NAMES})
"""That they are there is enough for a rule, however badly they were read: a permission that bears a date, another name of the
patient. So the memory gives none."""
MAY_BE_LEFT_OUT = frozenset(
    {
        FieldName.PATIENT_NAME,
        FieldName.PATIENT_DOB,
        FieldName.PATIENT_OTHER_NAMES,
        FieldName.PATIENT_SSN_LAST4,
        FieldName.DESTINATION_NAME,
        FieldName.DESTINATION_ATTENTION,
    }
)
"""Without them a request is held, or they decide nothing. All else would be missed as something that speaks against a release."""
_DECIDES = frozenset({FieldName.PATIENT_NAME, FieldName.PATIENT_DOB, FieldName.DESTINATION_NAME, *DATES})
_CONTACTS = frozenset(
    {FieldName.DESTINATION_PHONE, FieldName.DESTINATION_FAX, FieldName.DESTINATION_EMAIL, FieldName.DESTINATION_STREET}
)


def most_of_its_own(field: FieldName) -> float:
    """The most that is believed of what the memory alone has found.

    What decides nothing but by agreeing with the chart or the directory, beside a name that labels gave, may agree.
    """
    return FOR_A_PERSON if field in _DECIDES else IN_DOUBT


def most_against(field: FieldName) -> float:
    """The most that is believed of what labels found where the memory says otherwise: it holds, and rules it out nowhere."""
    if field in _DECIDES or field.value.startswith(("requester.", "signer.")):
        return FOR_A_PERSON
    if field is FieldName.HOLDER_NAME:
        return 1.0
    return STILL_AGAINST if field in _CONTACTS else IN_DOUBT
