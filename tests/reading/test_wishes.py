"""Which records a letter about somebody else asks for."""

from __future__ import annotations

import pytest

from pipeline.reading.wishes import find_wishes
from schemas.reading import Choice
from tests.reading.test_letters import letter

ENOUGH = 0.6
"""From here on a choice counts as ticked."""


def asked(*rows: str) -> dict[Choice, bool]:
    """Each choice of a scope, and whether it is sure enough."""
    return {t.choice: t.confidence >= ENOUGH for t in find_wishes(letter(*rows)) if t.choice.startswith("scope.")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Please send a complete copy of her dental chart to Oak Dental.",
        "We request the entire dental record of the above patient.",
        "I would like you to forward his complete dental records, with x-rays, to the office below.",
        "Please furnish any and all dental records of Mr. Ann Park, including x-rays and billing.",
        "Please send copies of the complete records, with films, of:",
        "Kindly provide all of the patient's records to this office.",
    ],
)
def test_the_complete_record_of_another_is_everything(sentence: str) -> None:
    assert asked("Dear Elm Dental,", sentence) == {Choice.SCOPE_ALL: True}


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("Please send the latest x-rays of our mutual patient Ann Park.", {Choice.SCOPE_XRAYS}),
        ("Would you kindly forward any recent films and the treatment notes to us.", {Choice.SCOPE_XRAYS, Choice.SCOPE_NOTES}),
        ("We are requesting her panoramic radiograph and health history.", {Choice.SCOPE_XRAYS, Choice.SCOPE_HISTORY}),
        ("Please mail the ledger of my mother to me.", {Choice.SCOPE_BILLING}),
    ],
)
def test_kinds_that_a_sentence_names_are_asked_for_each(sentence: str, kinds: set[Choice]) -> None:
    assert asked(sentence) == dict.fromkeys(kinds, True)


def test_records_of_one_tooth_are_no_sure_wish_for_all_of_them() -> None:
    assert asked("Please send the x-rays of tooth 14 and the records for this claim to us.") == {Choice.SCOPE_XRAYS: False}


@pytest.mark.parametrize(
    "sentence",
    [
        "Please send her complete dental records from 2019 to 2021 to Oak Dental.",
        "Please send only the x-rays taken since 3/4/2024.",
        "Please do not send the complete record of Ann Park to anybody.",
        "We took a full mouth series of x-rays and updated the chart of Ann Park.",
        "Please call us about the complete record.",
    ],
)
def test_a_wish_with_dates_and_a_sentence_that_does_not_ask_are_no_wish_for_everything(sentence: str) -> None:
    assert asked(sentence) == {}


def test_the_dates_below_an_address_limit_nothing() -> None:
    rows = ("Please send her x-rays to:", "Oak Dental", "9 Mill Lane", "If we do not hear from you by 12/20/2026, we shall call")
    assert asked(*rows) == {Choice.SCOPE_XRAYS: True}


@pytest.mark.parametrize(
    ("sentence", "sure"),
    [
        ("Please send my x-rays from the last two years to Dr. Chen.", {Choice.SCOPE_XRAYS: False}),
        ("Please send all my records since January 2021 to Dr. Chen.", {Choice.SCOPE_ALL: False}),
        ("Please send my x-rays from your office to Dr. Chen.", {Choice.SCOPE_XRAYS: True}),
        ("Please send all my records to Dr. Chen. I have seen you since 2021.", {Choice.SCOPE_ALL: True}),
    ],
)
def test_ones_own_records_of_some_years_are_no_sure_wish_for_those_of_all_years(sentence: str, sure: dict[Choice, bool]) -> None:
    assert asked(sentence) == sure
