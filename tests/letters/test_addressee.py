"""For whom a letter is, and where it goes."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.letters import Addressee, Party, addressee_of, certain
from schemas.release import Destination, Finding, HoldReason, Match, OfficeKind, PathwayName, Patient
from tests.letters.test_privacy import reading

HOME = Patient(
    patient_id="P-0001",
    last_name="Whitefeather",
    first_name="Ana",
    date_of_birth=date(1987, 3, 14),
    street="7 Cedar Street",
    city="Camden",
    state="ME",
    zip="04843",
)
ON_THE_REQUEST = {
    "patient__name": "Ana Whitefeather",
    "patient__street": "9 Birch Road",
    "patient__city": "Rockport",
    "patient__state": "ME",
    "patient__zip": "04856",
}
LAW = {
    "destination__name": "Hart, Dunn & Vega LLP",
    "destination__attention": "Ms. Okafor",
    "destination__street": "900 Quay Street",
    "destination__city": "Portland",
    "destination__state": "ME",
    "destination__zip": "04101",
}


def test_the_patient_gets_it_at_the_address_on_the_request() -> None:
    to = addressee_of(reading(**ON_THE_REQUEST), Match(patient=HOME), HOME)
    assert to == Addressee("Ana Whitefeather", street="9 Birch Road", city="Rockport", state="ME", zip="04856")
    assert to.lines == ("Ana Whitefeather", "9 Birch Road", "Rockport, ME 04856")


def test_without_one_at_home_if_it_is_beyond_doubt_who_that_is() -> None:
    asked = reading(patient__name="Ana Whitefeather")
    assert addressee_of(asked, Match(patient=HOME), HOME).lines == ("Ana Whitefeather", "7 Cedar Street", "Camden, ME 04843")
    assert addressee_of(asked, Match(patient=HOME), None).lines == ("Ana Whitefeather",)


@pytest.mark.parametrize("reason", [HoldReason.NO_PATIENT, HoldReason.SEVERAL_PATIENTS, HoldReason.PATIENT_DIFFERS])
def test_a_finding_about_who_it_is_is_a_doubt(reason: HoldReason) -> None:
    assert certain(Match(patient=HOME))
    assert certain(Match(patient=HOME, findings=(Finding(reason=HoldReason.NOT_SIGNED, sentence="x"),)))
    assert not certain(Match(patient=HOME, findings=(Finding(reason=reason, sentence="x"),)))
    assert not certain(Match())
    assert not certain(None)


@pytest.mark.parametrize("relationship", ["mother", "Guardian", "executor of the estate"])
def test_who_asks_for_somebody_else_is_addressed_and_does_not_get_it_at_the_patients_address(relationship: str) -> None:
    asked = reading(**ON_THE_REQUEST, requester__name="Rosa Whitefeather", requester__relationship=relationship)
    to = addressee_of(asked, Match(patient=HOME), HOME)
    assert (to.party, to.lines) == (Party.REPRESENTATIVE, ("Rosa Whitefeather",))


@pytest.mark.parametrize("relationship", ["Self", "patient", "I", "N/A"])
def test_who_says_self_is_the_patient(relationship: str) -> None:
    asked = reading(**ON_THE_REQUEST, requester__name="ANA WHITEFEATHER", requester__relationship=relationship)
    assert addressee_of(asked, None, None).party is Party.PATIENT


def test_an_attorneys_office_gets_it_at_its_own_address() -> None:
    asked = reading(**ON_THE_REQUEST, **LAW, requester__name="Jo Dunn", requester__relationship="Attorney for patient")
    to = addressee_of(asked, None, None)
    assert (to.party, to.kind) == (Party.THIRD_PARTY, OfficeKind.ATTORNEY)
    assert to.lines == ("Hart, Dunn & Vega LLP", "Attn: Ms. Okafor", "900 Quay Street", "Portland, ME 04101")


def test_the_directory_knows_better_where_an_office_is() -> None:
    office = Destination(
        office_id="O-3",
        name="Hart Dunn Vega",
        street="1 New Street",
        city="Bath",
        channel="mail",
        address="x",
        kind=OfficeKind.ATTORNEY,
    )
    asked = reading(**LAW, requester__relationship="attorney")
    assert addressee_of(asked, Match(destination=office), None).lines == ("Hart Dunn Vega", "1 New Street", "Bath")


def test_an_attorney_who_sends_records_to_a_dentist_does_not_get_the_dentists_address() -> None:
    asked = reading(destination__name="Bayside Dental", requester__name="Jo Dunn", requester__relationship="attorney")
    assert addressee_of(asked, None, None).lines == ("Jo Dunn",)


@pytest.mark.parametrize("name", ["Jude Law", "Ann Court", "Ray Counsel"])
def test_people_called_like_an_office_are_people(name: str) -> None:
    asked = reading(**ON_THE_REQUEST | {"patient__name": name}, requester__name=name)
    assert addressee_of(asked, None, None).party is Party.PATIENT


def test_a_legal_process_comes_from_a_court() -> None:
    to = addressee_of(reading(), Match(pathway=PathwayName.LEGAL_PROCESS), None)
    assert (to.party, to.kind, to.lines) == (Party.THIRD_PARTY, OfficeKind.COURT, ())


def test_where_nothing_was_read_there_is_nobody_in_the_window() -> None:
    assert addressee_of(None, None, None).lines == ()
