"""The words of a choice are understood by what they say, and left open where they say more than one thing."""

from __future__ import annotations

import pytest

from pipeline.reading.choices import asked_by, is_limited, meant, names_more, plainly_meant
from schemas.reading import Choice


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("The latest panoramic film and bitewing x-rays", Choice.SCOPE_XRAYS),
        ("FMX / BWX / PAX", Choice.SCOPE_XRAYS),
        ("Ceph and CBCT scans", Choice.SCOPE_XRAYS),
        ("All x-rays", Choice.SCOPE_XRAYS),
        ("A copy of my whole dental chart", Choice.SCOPE_ALL),
        ("Records (complete)", Choice.SCOPE_ALL),
        ("Entire chart, including x-rays and billing", Choice.SCOPE_ALL),
        ("Clinical / progress notes", Choice.SCOPE_NOTES),
        ("Notas de la consulta / Visit notes", Choice.SCOPE_NOTES),
        ("Ledger / EOBs", Choice.SCOPE_BILLING),
        ("Account history", Choice.SCOPE_BILLING),
        ("Medicalhistory", Choice.SCOPE_HISTORY),
        ("Rx history", Choice.SCOPE_MEDICATIONS),
        ("Vacunas / Immunizations", Choice.SCOPE_IMMUNIZATIONS),
        ("Models / STL scans", Choice.SCOPE_ITEM),
        ("Perio charting", Choice.SCOPE_ITEM),
        ("Odontogram", Choice.SCOPE_ITEM),
    ],
)
def test_words_that_say_one_thing_are_that_choice(words: str, choice: Choice) -> None:
    assert meant(words, "scope") is choice


@pytest.mark.parametrize(
    "words",
    [
        "X-rays and notes",
        "Billing / lab results",
        "No other records",
        "Everything except x-rays",
        "Complete chart for the last 2 years",
    ],
)
def test_two_things_and_limits_are_no_kind_of_records(words: str) -> None:
    assert meant(words, "scope") is Choice.SCOPE_ITEM


def test_records_that_need_a_permission_of_their_own_are_no_choice() -> None:
    assert meant("Behavioral health notes", "scope") is None


def test_a_sentence_is_no_choice() -> None:
    assert meant("Please tick this box when you would rather we also asked for billing", "scope") is None


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("Referral / continued treatment", Choice.PURPOSE_CONTINUING_CARE),
        ("Moving / new dentist", Choice.PURPOSE_TRANSFER),
        ("Cambio de dentista o médico", Choice.PURPOSE_TRANSFER),
        ("Personal injury case", Choice.PURPOSE_LEGAL),
        ("My own use", Choice.PURPOSE_PERSONAL),
        ("Change of insurance", Choice.PURPOSE_ITEM),
        ("Seeing another doctor", Choice.PURPOSE_CONTINUING_CARE),
        ("Leaving the College", Choice.PURPOSE_TRANSFER),
        ("Filing a claim", Choice.PURPOSE_INSURANCE),
        ("Benefits or insurance", Choice.PURPOSE_INSURANCE),
        ("Housing", Choice.PURPOSE_ITEM),
        ("Summer travels", None),
    ],
)
def test_a_reason_is_known_by_its_stems(words: str, choice: Choice | None) -> None:
    assert meant(words, "purpose") is choice


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("Patient will pick up", Choice.DELIVERY_PICKUP),
        ("Encrypted e-mail", Choice.DELIVERY_EMAIL),
        ("Paper copies by U.S. Mail", Choice.DELIVERY_MAIL),
        ("Paper by mail", Choice.DELIVERY_MAIL),
        ("I will carry them", Choice.DELIVERY_PICKUP),
        ("Patient app", Choice.DELIVERY_PORTAL),
        ("Do not fax", Choice.DELIVERY_ITEM),
    ],
)
def test_a_way_of_sending_is_known_by_its_stems(words: str, choice: Choice) -> None:
    assert meant(words, "delivery") is choice


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("Why are you transferring?", "purpose"),
        ("Because I am", "purpose"),
        ("HOW?", "delivery"),
        ("Forward by", "delivery"),
        ("How long:", ""),
        ("Reason and method", ""),
        ("Send", ""),
    ],
)
def test_the_words_before_a_row_say_what_it_asks_for(words: str, group: str) -> None:
    assert asked_by(words) == group


def test_without_a_heading_no_word_may_be_strange() -> None:
    assert plainly_meant("Copy of my x-rays") is Choice.SCOPE_XRAYS
    assert plainly_meant("Account manager") is None


def test_what_follows_a_known_choice_may_name_more_or_take_away() -> None:
    assert names_more(Choice.SCOPE_XRAYS, " and treatment notes")
    assert not names_more(Choice.SCOPE_XRAYS, " (bitewings)")
    assert not names_more(Choice.SCOPE_NOTES, " e.g. lab, operative notes")
    assert is_limited(Choice.SCOPE_ALL, " (last 3 years)")
    assert is_limited(Choice.SCOPE_XRAYS, ", not bitewings")
    assert not is_limited(Choice.SCOPE_ALL, ". This includes past records of others")
