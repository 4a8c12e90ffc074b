"""What a person writes on a form, in their own words, whatever the form looks like."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple, Self

from schemas.release import Destination, Patient


class Answers(NamedTuple):
    """The answers on one request; an empty one is left blank."""

    patient: str
    born: str
    phone: str
    email: str
    street: str
    city: str
    state: str
    zip: str
    other_names: str
    office: str
    office_attention: str
    office_street: str
    office_city: str
    office_state: str
    office_zip: str
    office_phone: str
    office_fax: str
    reason: str
    expires: str
    signed_on: str
    scope: frozenset[str] = frozenset({"all"})
    """Of: all, xrays, notes, billing, history, plan, perio."""
    purpose: str = "transfer"
    """transfer, care or personal."""
    delivery: str = "electronic"
    """electronic, mail, fax or pickup."""
    signed: bool = True

    @property
    def town(self) -> str:
        """The patient's city, state and zip as one line."""
        return f"{self.city}, {self.state} {self.zip}"

    @property
    def office_town(self) -> str:
        """The office's city, state and zip as one line."""
        return f"{self.office_city}, {self.office_state} {self.office_zip}".strip(", ")

    def to(self, office: Destination) -> Self:
        """The same, to another office."""
        return self._replace(
            office=office.name,
            office_attention=office.attention,
            office_street=office.street,
            office_city=office.city,
            office_state=office.state,
            office_zip=office.zip,
            office_phone=office.phone,
            office_fax=office.fax,
        )

    def with_dashes(self) -> Self:
        """The same with dates as 01-09-1995: some people's slash is their one."""
        born, expires, signed_on = (day.replace("/", "-") for day in (self.born, self.expires, self.signed_on))
        return self._replace(born=born, expires=expires, signed_on=signed_on)


def as_on_file(patient: Patient, office: Destination, signed_on: date, reason: str) -> Answers:
    """The answers of somebody who writes everything just as roster and directory have it."""
    return Answers(
        patient=patient.name,
        born=us_date(patient.date_of_birth),
        phone=patient.phone,
        email=patient.email,
        street=patient.street,
        city=patient.city,
        state=patient.state,
        zip=patient.zip,
        other_names=patient.other_names,
        office=office.name,
        office_attention=office.attention,
        office_street=office.street,
        office_city=office.city,
        office_state=office.state,
        office_zip=office.zip,
        office_phone=office.phone,
        office_fax=office.fax,
        reason=reason,
        expires=us_date(signed_on + timedelta(days=365)),
        signed_on=us_date(signed_on),
    )


def us_date(day: date) -> str:
    """MM/DD/YYYY."""
    return f"{day:%m/%d/%Y}"
