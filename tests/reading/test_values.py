"""Values as they should stand, and nothing invented."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading import values

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("3/4/1979", "1979-03-04"),
        ("03-04-79", "1979-03-04"),
        ("12.31.2024", "2024-12-31"),
        ("Jan 5, 2020", "2020-01-05"),
        ("5 de enero 2020", "2020-01-05"),
        ("2020-01-05", "2020-01-05"),
        ("07 / 14 / 1948", "1948-07-14"),
        ("Month 01 Day 11 Year 2009", "2009-01-11"),
        ("7/l4/1948", "1948-07-14"),
        ("911311941", "1941-09-13"),
        ("9//7//995", "1995-09-17"),
        ("818/26", "2026-08-08"),
        ("02.-03-1975", "1975-02-03"),
        ("7/\\4/\\998", "1998-07-14"),
        ("02/\\7/2026", "2026-02-17"),
        ("9/2/972", "1972-09-02"),
        ("expires on 10/o5 /20 26or on", "2026-10-05"),
        ("Month 11 Day29 Year1948", "1948-11-29"),
        ("Mes11 Día 29 Año1948", "1948-11-29"),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, iso: str) -> None:
    found = values.first_date(written, TODAY)
    assert found is not None and found.text == iso


@pytest.mark.parametrize("text", ["13/13/2020", "02/30/2020", "1/1/2050", "hello", "(978) 555-0142", "01970", "7//26", "1114126"])
def test_what_is_no_day_in_the_calendar_is_no_date(text: str) -> None:
    assert values.first_date(text, TODAY) is None


def test_a_stroke_may_be_a_one_so_that_two_are_not_read_as_one() -> None:
    days = [v.text for v, _ in values.dates_in("8//4/2027", date(2050, 1, 1))]
    assert "2027-08-04" not in days


@pytest.mark.parametrize("written", ["02.-03-1975", "02-03-,1975"])
def test_a_dot_that_the_pen_left_beside_a_dash_costs_nothing(written: str) -> None:
    found = values.first_date(written, TODAY)
    assert found is not None and found.quality == 1


def test_a_two_digit_year_never_lies_in_the_future() -> None:
    found = values.first_date("1/2/30", TODAY)
    assert found is not None and found.text == "1930-01-02"


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_every_date_comes_back_from_its_usual_spelling(day: date) -> None:
    found = values.first_date(f"{day.month}/{day.day}/{day.year}", TODAY)
    assert found is not None and found.text == day.isoformat()


@given(st.text(max_size=60))
def test_no_text_breaks_any_reading_of_values(text: str) -> None:
    values.first_date(text, TODAY)
    values.phones_in(text)
    values.email_in(text)
    values.zip_in(text)
    values.state_in(text)
    values.person_name(text)


@pytest.mark.parametrize(
    "written", ["(978) 555-0142", "978-555-0142", "978.555.0142", "1 978 555 0142", "9785550142", "(978)555-0142"]
)
def test_phones_have_one_spelling(written: str) -> None:
    assert [v.text for v, _ in values.phones_in(written)] == ["(978) 555-0142"]


def test_a_repaired_digit_costs_quality() -> None:
    clean, repaired = values.phones_in("(978) 555-0142")[0][0], values.phones_in("(978) 555-O142")[0][0]
    assert repaired.text == clean.text and repaired.quality < clean.quality


def test_two_phones_are_two_values() -> None:
    assert [v.text for v, _ in values.phones_in("(978) 555-0142 / (978) 555-0177")] == ["(978) 555-0142", "(978) 555-0177"]


@pytest.mark.parametrize(
    ("written", "code"), [("MA", "MA"), ("Massachusetts", "MA"), ("west virginia", "WV"), ("Salem, NH 03079", "NH")]
)
def test_states_become_two_letters(written: str, code: str) -> None:
    found = values.state_in(written)
    assert found is not None and found.text == code


def test_letters_that_are_no_state_are_none() -> None:
    assert values.state_in("ZZ") is None


def test_a_house_number_is_no_zip() -> None:
    found = values.zip_in("81590 Benjamin Mews, Jonesland, OH 56143")
    assert found is not None and found.text == "56143"


@pytest.mark.parametrize("written", ["ann.lee@mailbox.com", "Ann.Lee @ mailbox.com", "ann.lee@mailbox. com"])
def test_email_addresses_lose_the_spaces_of_the_engine(written: str) -> None:
    found = values.email_in(written)
    assert found is not None and found.text == "ann.lee@mailbox.com"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [("Lopez, Maria", "Maria Lopez"), ("Maria K. Lopez", "Maria K. Lopez"), ("McDonald, Ann", "Ann McDonald")],
)
def test_names_are_given_as_they_are_spoken(written: str, spoken: str) -> None:
    found = values.person_name(written)
    assert found is not None and found.text == spoken


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("lan Campbell", "Ian Campbell"),
        ("O'Neil, lrene", "Irene O'Neil"),
        ("lori Irwin", "Lori Irwin"),
        ("Chery! Harris", "Cheryl Harris"),
        ("DeborahL. Miller", "Deborah L. Miller"),
        ("t Mindy Camacho", "Mindy Camacho"),
    ],
)
def test_what_engines_make_of_capitals_and_strokes_is_put_right_in_names(read: str, meant: str) -> None:
    value = values.person_name(read)
    assert value is not None and value.text == meant


def test_a_small_l_is_no_misread_capital_where_the_whole_name_is_small_or_the_capital_is_there() -> None:
    assert [values.person_name(n) for n in ("lan nguyen", "Lan Nguyen")] == [
        values.Value("lan nguyen"),
        values.Value("Lan Nguyen"),
    ]


@pytest.mark.parametrize("text", ["Signature of patient", "12/04/1979", "ann@mailbox.com", "of Authorized Representative"])
def test_the_forms_own_words_and_numbers_are_no_name(text: str) -> None:
    assert values.person_name(text) is None


@pytest.mark.parametrize("written", ["(559 )5ss -8114", "1559 )5ss -8114", "1559 1555 -8114"])
def test_a_phone_is_read_though_brackets_and_fives_were_misread_but_not_as_surely(written: str) -> None:
    (found, _at), *_more = values.phones_in(written)
    assert found.text == "(559) 555-8114" and found.quality < 1


def test_fives_read_as_letters_make_a_phone_number_where_its_end_is_read_and_words_make_none() -> None:
    assert [v.text for v, _ in values.phones_in("(S12) SSS-7876ALT. PHONE (")] == ["(512) 555-7876"]
    assert values.phones_in("Solids 555-1234") == []


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("6inaport Dental 6roup", "Ginaport Dental Group"),
        ("737 Lewis 6roves Apt. 6B", "737 Lewis Groves Apt. 6B"),
        ("Elliot+ Periodontics", "Elliott Periodontics"),
        ("21st Street and 4th Avenue", "21st Street and 4th Avenue"),
    ],
)
def test_a_digit_that_begins_a_word_of_small_letters_is_its_capital(read: str, meant: str) -> None:
    assert values.words_parted(read) == meant
