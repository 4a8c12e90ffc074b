"""What each label asks for: how the words beside it are read, and which field they fill for whose part of the form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from pipeline.reading import values
from pipeline.reading.addresses import address_in, is_street
from pipeline.reading.values import Value
from pipeline.reading.words import is_form_text
from schemas.reading import FieldName

HORIZON = timedelta(days=366 * 30)
"""How far in the future an expiry date may lie."""

Parse = Callable[[str, str, date], dict[FieldName, Value]]
"""From the words beside a label, the party and today's date to the fields they fill; empty where they cannot be meant."""


def _field(party: str, part: str) -> FieldName | None:
    """`patient` and `street` as patient.street, where there is such a field."""
    try:
        return FieldName(f"{party}.{part}")
    except ValueError:
        return None


def _one(party: str, part: str, value: Value | None) -> dict[FieldName, Value]:
    name = _field(party, part)
    return {name: value} if name is not None and value is not None else {}


def _name(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    if party in ("patient", "representative"):
        part = "patient.name" if party == "patient" else "requester.name"
        value = values.person_name(text)
        return {FieldName(part): value} if value else {}
    return _one(party, "name", _office_name(text))


def _other_name(text: str, party: str, today: date) -> dict[FieldName, Value]:
    """Behind "Other:" a name, which begins with a capital, and no reason such as "moving to a new city"."""
    return _lessened(_name(text, party, today), 0.7) if any(c.isupper() for c in text) else {}


def _office_name(text: str) -> Value | None:
    """The name of a person or place; where an address follows in the same box, only what stands before it."""
    text = values.words_parted(values.tidy(text))
    head = text.split(", ")[0]
    if is_street(head) or sum(c.isalpha() for c in head) < 3 or is_form_text(head, allowed=min(1, len(head.split()) - 1)):
        return None
    return Value(head, 1.0 if not any(c.isdigit() for c in head) else 0.6)


def _address(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    parts = address_in(text)
    found = (
        _one(party, "street", parts.street)
        | _one(party, "city", parts.city)
        | _one(party, "state", parts.state)
        | _one(party, "zip", parts.zip)
    )
    return found if parts.street or parts.zip else {}


def _name_address(text: str, party: str, today: date) -> dict[FieldName, Value]:
    head, _, tail = text.partition(", ")
    return _name(head, party, today) | _address(tail, party, today)


def _phone_fax(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    numbers = [v for v, _ in values.phones_in(text)]
    found = _one(party, "phone", numbers[0] if numbers else None)
    return found | _one(party, "fax", numbers[1] if len(numbers) > 1 else None)


def _city(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    city = values.tidy(text)
    good = sum(c.isalpha() for c in city) >= 3 and not any(c.isdigit() for c in city)
    return _one(party, "city", Value(city) if good else None)


def _city_state(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    parts = address_in(text)
    if parts.zip or parts.state:
        return _one(party, "city", parts.city) | _one(party, "state", parts.state) | _one(party, "zip", parts.zip)
    state = values.state_in(text[-16:])
    city = values.tidy(text.rsplit(",", 1)[0] if "," in text else " ".join(text.split()[:-1]))
    return (_one(party, "city", Value(city)) if len(city) > 2 else {}) | _one(party, "state", state)


def _state_zip(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    return _one(party, "state", values.state_in(text)) | _one(party, "zip", values.zip_in(text))


def _first_phone(part: str) -> Parse:
    def parse(text: str, party: str, _today: date) -> dict[FieldName, Value]:
        numbers = values.phones_in(text)
        return _one(party, part, numbers[0][0] if numbers else None)

    return parse


def _range(text: str, _party: str, today: date) -> dict[FieldName, Value]:
    days = values.dates_in(text, today + HORIZON)
    if not days:
        return {}
    (first, at), *_more = days
    if len(days) == 1 and re.search(r"(?i)(?:\b|/)to\W*$", text[:at]):  # only the end was filled in
        return {FieldName.SCOPE_TO_DATE: first}
    found = {FieldName.SCOPE_FROM_DATE: first}
    return found | ({FieldName.SCOPE_TO_DATE: days[1][0]} if len(days) > 1 else {})


def _date(name: FieldName, ahead: timedelta = timedelta(days=1)) -> Parse:
    def parse(text: str, _party: str, today: date) -> dict[FieldName, Value]:
        value = values.first_date(text, today + ahead)
        return {name: value} if value else {}

    return parse


def _signed_on(text: str, party: str, today: date) -> dict[FieldName, Value]:
    value = values.first_date(text, today + timedelta(days=366))
    if value is None or party not in ("signature", "representative"):
        return {}
    return {FieldName.SIGNATURE_DATE: value if party == "signature" else Value(value.text, 0.9 * value.quality)}


def _ssn(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    digits = "".join(c for c in text if c.isdigit())
    return {FieldName.PATIENT_SSN_LAST4: Value(digits[-4:])} if len(digits) in (4, 9) and party != "office" else {}


_CHART = re.compile(r"(?<![\w/])(?:[A-Z]{1,3}[ \-]?)?\d[\dA-Z\-]{2,14}(?![\w/])")


def _chart_number(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    """A number with at most a few letters; no date, no phone, and nothing that the office itself writes down."""
    tidy = values.tidy(text)
    found = _CHART.fullmatch(tidy.upper()) or _CHART.match(tidy.upper())
    if party != "patient" or found is None or values.phones_in(tidy) or re.search(r"\d[/.]\d|\d-\d+-\d", tidy):
        return {}
    return {FieldName.PATIENT_CHART_NUMBER: Value(found[0].replace(" ", ""), 1.0 if found[0] == tidy.upper() else 0.8)}


_TELLS_HOW = re.compile(r"(?i)^\W*(?:please|check|choose|select|mark|marque|seleccione|circle|if )\b")
"""What a form prints beside a label to say how it is filled in."""


def _free(name: FieldName) -> Parse:
    def parse(text: str, party: str, _today: date) -> dict[FieldName, Value]:
        tidy = values.tidy(text)
        return (
            {name: Value(tidy)}
            if not _TELLS_HOW.match(text)
            and sum(c.isalpha() for c in tidy) >= 3
            and party not in ("office", "witness", "revocation")
            else {}
        )

    return parse


def _patient_only(parse: Parse) -> Parse:
    return lambda text, party, today: {} if party in ("office", "revocation", "letterhead") else parse(text, party, today)


def _attention(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    tidy = values.tidy(text)
    good = sum(c.isalpha() for c in tidy) >= 3 and party in ("destination", "patient", "signature", "")
    return {FieldName.DESTINATION_ATTENTION: Value(tidy)} if good else {}


_OFFICE_MAIL = re.compile(r"records|release|info|office|medical|requests?$|roi\b|library")


def _email(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    value = values.email_in(text)
    if value and party == "patient" and _OFFICE_MAIL.search(value.text.split("@")[0]):
        return {}  # the practice's own address in the letterhead
    return _one(party, "email", value)


def _lessened(found: dict[FieldName, Value], share: float) -> dict[FieldName, Value]:
    """The same values, less believed: another label says the same more plainly."""
    return {name: Value(value.text, share * value.quality) for name, value in found.items()}


PARTS_OF_NAME = ("first", "middle", "last")


def _name_part(text: str, party: str, _today: date) -> dict[FieldName, Value]:
    tidy = values.tidy(re.sub(r"\([^)]*\)?", " ", text)).strip(".,")
    good = tidy and not any(c.isdigit() for c in tidy) and party in ("patient", "")
    return {FieldName.PATIENT_NAME: Value(tidy)} if good else {}


PARSERS: dict[str, Parse] = {
    "name": _name,
    "other_name": _other_name,
    "printed_name": lambda text, party, today: _lessened(_name(text, "patient", today), 0.85) if party == "signature" else {},
    "last_first": lambda text, party, today: (
        {FieldName.PATIENT_NAME: v} if (v := values.person_name(text, last_first=True)) and party == "patient" else {}
    ),
    "first": _name_part,
    "middle": _name_part,
    "last": _name_part,
    "other_names": _free(FieldName.PATIENT_OTHER_NAMES),
    "dob": _patient_only(_date(FieldName.PATIENT_DOB)),
    "ssn": _ssn,
    "chart_number": _chart_number,
    "address": _address,
    "name_address": _name_address,
    "street": _address,
    "city": _city,
    "state": lambda text, party, _today: _one(party, "state", values.state_in(text)),
    "zip": lambda text, party, _today: _one(party, "zip", values.zip_in(text)),
    "city_state_zip": _city_state,
    "city_state": _city_state,
    "state_zip": _state_zip,
    "phone": _first_phone("phone"),
    "fax": _first_phone("fax"),
    "phone_fax": _phone_fax,
    "email": _email,
    "attention": _attention,
    "from_date": _range,
    "to_date": _date(FieldName.SCOPE_TO_DATE, HORIZON),
    "date_range": _range,
    "expiry": _date(FieldName.EXPIRY_DATE, HORIZON),
    "expiry_event": _free(FieldName.EXPIRY_EVENT),
    "purpose_text": _free(FieldName.PURPOSE),
    "reason": _free(FieldName.REASON),
    "date_signed": _signed_on,
    "relationship": _free(FieldName.REQUESTER_RELATIONSHIP),
}
