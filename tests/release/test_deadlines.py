"""The last day to answer: the shortest rule that applies, counted from receipt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Error
from pipeline.release.deadlines import NotExtended, due, extended, last_day
from pipeline.release.states import DeadlineRule, deadlines_in, state_rules
from pipeline.release.working_days import after, is_working
from schemas.release import PathwayName

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
        ("WA", date(2026, 12, 15), "70.02.080"),  # Thanksgiving and the day after it are holidays there
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


def test_the_public_holidays_of_the_state_are_no_working_days() -> None:
    assert not is_working(date(2026, 11, 27), "WA")  # Native American Heritage Day
    assert is_working(date(2026, 11, 27), "NY")
    assert is_working(date(2026, 11, 27), None)
    assert not is_working(date(2026, 11, 26), "ZZ")  # a state that nobody knows has those of the country


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 30), st.sampled_from([None, "WA", "CA", "FL"]))
def test_so_many_working_days_later_is_a_working_day_with_so_many_between(day: date, count: int, state: str | None) -> None:
    last = after(day, count, state)
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert is_working(last, state)
    assert sum(is_working(each, state) for each in between) == count


@pytest.mark.parametrize(
    ("pathway", "state", "last", "words"),
    [
        (PathwayName.PATIENT_ACCESS, "", date(2026, 12, 20), "(federal rule)."),
        (PathwayName.PATIENT_DIRECTIVE, "CA", date(2026, 12, 5), "(rule of CA)."),
        (PathwayName.DECEASED, "NY", date(2026, 11, 30), "(rule of NY)."),
        (PathwayName.AUTHORIZATION, "", date(2026, 12, 20), "No federal rule sets a day for an authorization"),
        (PathwayName.AUTHORIZATION, "CA", date(2026, 12, 5), "(rule of CA)."),
        (PathwayName.THIRD_PARTY, "FL", date(2026, 12, 8), "10 working days"),
        (PathwayName.PATIENT_ACCESS, "FL", date(2026, 12, 19), "29 days"),
        (PathwayName.TREATMENT, "", date(2026, 12, 20), "No rule sets a day for a copy for treatment"),
        (PathwayName.PAYMENT, "", date(2026, 12, 20), "No rule sets a day for a copy for payment"),
        (PathwayName.LEGAL_PROCESS, "", date(2026, 12, 20), "The paper itself sets the day"),
        (PathwayName.LEGAL_PROCESS, "CA", date(2026, 12, 5), "The paper itself sets the day"),
    ],
)
def test_each_pathway_says_whose_time_is_kept(pathway: PathwayName, state: str, last: date, words: str) -> None:
    found = due(RECEIVED, state, pathway)
    assert found.date == last
    assert words in found.sentence


def test_an_inspection_sooner_than_the_copy_does_not_hurry_the_copy() -> None:
    assert {(rule.act, rule.time) for rule in deadlines_in("CA", RECEIVED) if rule.state == "CA"} == {
        ("copy", "15 days"),
        ("inspection", "5 working days"),
    }
    assert due(RECEIVED, "CA").date == date(2026, 12, 5)


# ---- extension: 164.524(b)(2)(ii) -----------------------------------------------------------------------------------------

THIRTIETH, SIXTIETH = RECEIVED + timedelta(days=30), RECEIVED + timedelta(days=60)


def test_the_time_is_extended_once_to_the_day_that_is_told() -> None:
    found = extended(RECEIVED, THIRTIETH, SIXTIETH, "TX")
    assert found.date == SIXTIETH
    assert found.sentence == "Due 01/19/2027: extended once from 12/20/2026, told in writing by 12/20/2026."
    assert "164.524(b)(2)(ii)" in found.source


def test_an_extension_says_that_the_shorter_time_of_a_state_is_not_extended() -> None:
    found = extended(RECEIVED, RECEIVED, SIXTIETH, "ca")
    assert found.sentence.endswith("The shorter time of CA ends on 12/05/2026; no rule here extends it.")


@pytest.mark.parametrize(
    ("today", "until", "before", "words"),
    [
        (THIRTIETH + timedelta(days=1), SIXTIETH, False, "within 30 days of receipt"),
        (RECEIVED, SIXTIETH + timedelta(days=1), False, "by 30 days at most: name 01/19/2027"),
        (RECEIVED, THIRTIETH, False, "is due on 12/20/2026 anyway"),
        (RECEIVED, SIXTIETH, True, "only once"),
    ],
)
def test_the_time_is_not_extended_late_too_far_in_vain_or_twice(today: date, until: date, before: bool, words: str) -> None:
    with pytest.raises(NotExtended, match=words) as raised:
        extended(RECEIVED, today, until, "TX", extended_before=before)
    assert isinstance(raised.value, Error)


@given(st.integers(0, 90), st.integers(1, 120), st.sampled_from(["", "CA", "WA"]))
def test_no_extension_goes_beyond_sixty_days(told: int, until: int, state: str) -> None:
    try:
        found = extended(RECEIVED, RECEIVED + timedelta(days=told), RECEIVED + timedelta(days=until), state)
    except NotExtended:
        return
    assert told <= 30
    assert due(RECEIVED, state).date < found.date <= SIXTIETH
