"""The number that says who a provider is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.matching.npi import is_npi
from tests.registry.making import npi


def test_the_example_of_the_standard_is_right() -> None:
    assert is_npi("1234567893")


@pytest.mark.parametrize(
    "text", ["", "1234567890", "123456789", "12345678931", "0234567893", "3234567893", "١٢٣٤٥٦٧٨٩٣", "123456789x"]
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_npi(text)


@given(st.integers(0, 10**8 - 1), st.integers(0, 9), st.integers(1, 9))
def test_one_digit_that_slipped_is_always_noticed(number: int, at: int, off: int) -> None:
    right = npi(number)
    wrong = f"{right[:at]}{(int(right[at]) + off) % 10}{right[at + 1 :]}"
    assert not is_npi(wrong)
