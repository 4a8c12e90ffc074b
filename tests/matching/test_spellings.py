"""A word is found although it was misread; the indexes only save time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.matching.birth_dates import compare_dates, near_dates
from pipeline.matching.charts import chart_number
from pipeline.matching.spellings import Spellings
from pipeline.matching.words import slipped

WORDS = st.text(alphabet="abcdilmnrvw", min_size=1, max_size=11)
DATES = st.dates(min_value=date(1920, 1, 1), max_value=date(2026, 12, 31))


@given(st.sets(WORDS, max_size=30), WORDS)
@settings(max_examples=300, deadline=None)
def test_all_words_that_are_slips_of_a_word_are_found_and_no_others(words: set[str], asked: str) -> None:
    assert Spellings(words).like(asked) == {word for word in words if word == asked or slipped(word, asked)}


@pytest.mark.parametrize(
    ("written", "read"), [("oyelaran", "oyelarn"), ("rodriguez", "rodrigvz"), ("morn", "mom"), ("claude", "daude")]
)
def test_a_misread_word_is_found(written: str, read: str) -> None:
    assert Spellings([written, "smith", "quill"]).like(read) == {written}


def test_two_edits_are_one_too_many_for_a_short_word() -> None:
    assert Spellings(["smith"]).like("smtth") == {"smith"}
    assert Spellings(["smith"]).like("snitb") == set()


@given(DATES, DATES)
@settings(max_examples=300, deadline=None)
def test_the_near_dates_are_those_that_compare_as_near(one: date, other: date) -> None:
    assert (other in near_dates(one)) is compare_dates(one, other).near
    assert all(compare_dates(one, near).near for near in near_dates(one))


@pytest.mark.parametrize(
    ("written", "number"),
    [("1182", "1182"), ("#001182", "1182"), ("No. 1182", "1182"), ("Chart No: 00-1182", "1182"), ("000", "0"), ("", "")],
)  # fmt: skip
def test_a_chart_number_is_compared_without_what_stands_around_it(written: str, number: str) -> None:
    assert chart_number(written) == number
