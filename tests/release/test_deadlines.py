"""The last day to answer: the shortest rule that applies, counted from receipt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.release.deadlines import due, last_day
from pipeline.release.states import DeadlineRule, state_rules

RECEIVED = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("state", "last", "source"),
    [
        ("", date(2026, 12, 20), "164.524(b)(2)"),
        ("ZZ", date(2026, 12, 20), "164.524(b)(2)"),
        ("CA", date(2026, 12, 5), "123110"),
        ("ca", date(2026, 12, 5), "123110"),
        ("FL", date(2026, 12, 19), "64B5-17.009"),
        ("NY", date(2026, 11, 30), "Public Health Law 18"),
        ("OR", date(2026, 12, 4), "Oregon"),
        ("WA", date(2026, 12, 11), "70.02.080"),
    ],
)
def test_the_shortest_time_that_applies_counts(state: str, last: date, source: str) -> None:
    found = due(RECEIVED, state)
    assert found.date == last
    assert source in found.source
    assert f"{last:%m/%d/%Y}" in found.sentence


def test_working_days_leave_out_the_week_ends() -> None:
    rule = DeadlineRule(state="WA", days=1, counted="working", source="x")
    assert last_day(RECEIVED, rule) == date(2026, 11, 23)


def test_an_entry_counts_only_within_its_days() -> None:
    rule = DeadlineRule(
        state="CA", days=5, counted="calendar", source="x", valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30)
    )
    assert rule.applies("CA", date(2026, 1, 1))
    assert rule.applies("CA", date(2026, 6, 30))
    assert not rule.applies("CA", date(2025, 12, 31))
    assert not rule.applies("CA", date(2026, 7, 1))
    assert not rule.applies("NV", date(2026, 3, 1))


@given(
    st.dates(min_value=date(2014, 1, 1), max_value=date(2090, 1, 1)), st.sampled_from([r.state for r in state_rules().deadline])
)
def test_no_state_takes_longer_than_the_federal_rule(received_on: date, state: str) -> None:
    assert received_on < due(received_on, state).date <= received_on + timedelta(days=30)
