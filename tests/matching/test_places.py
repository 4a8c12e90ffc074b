"""Where an office is: two places are never taken for one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.matching.contacts import Agreement
from pipeline.matching.offices import OfficeLikeness, compare_offices
from pipeline.matching.places import compare_numbers, compare_places

SAME, NEARLY, OTHER, ABSENT = Agreement.EQUAL, Agreement.NEARLY, Agreement.DIFFERENT, Agreement.ABSENT


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("400 Lake Road, Suite 12", "400 Lake Rd Ste. 12", SAME),
        ("400 Lake Road", "400 Lake Rd #12", SAME),
        ("Suite 12, 400 Lake Road", "400 Lake Road #12", SAME),
        ("400 Lake Rd, 2nd Floor", "400 Lake Road Floor 2nd", SAME),
        ("400 Fifth Avenue", "400 5th Ave", SAME),
        ("One Main Street", "1 Main St.", SAME),
        ("123 NW Main", "123 Main Northwest", SAME),
        ("400 Lakeshore Dr", "400 Lakeshire Drive", SAME),
        ("P.O. Box 12", "Post Office Box 12", SAME),
        ("PO BOX 12", "P O Box 13", NEARLY),
        ("PO Box 12", "12 Box Street", OTHER),
        ("PO Box 400", "400 Lake Road", OTHER),
        ("400 Lake Road, Suite 12", "400 Lake Road, Suite 13", OTHER),
        ("100 N Main St", "100 South Main St", NEARLY),
        ("100 N Main St", "100 Main St", NEARLY),
        ("400 5th Ave", "400 6th Ave", NEARLY),
        ("1200 Lakeshore Street", "1200 Lakeshore Terrace", NEARLY),
        ("100 Avenue B", "100 Avenue C", NEARLY),
        ("410 Lake Road", "400 Lake Road", NEARLY),
        ("100 Highway 290", "290 Highway 100", NEARLY),
        ("77 Elm Street", "400 Lake Road", OTHER),
        ("", "400 Lake Road", ABSENT),
    ],
)  # fmt: skip
def test_two_streets(one: str, other: str, answer: Agreement) -> None:
    assert compare_places(one, other) is answer
    assert compare_places(other, one) is answer


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("+1 (512) 555-0100", "512.555.0100", SAME),
        ("(512) 555-0100 ext. 4", "(512) 555-0100", SAME),
        ("(512) 555-0100 x4", "(512) 555-0100 extension 4", SAME),
        ("(512) 555-0100 x4", "(512) 555-0100 x7", NEARLY),
        ("(512) 555-0101", "(512) 555-0100", NEARLY),
        ("512-555-01001", "(512) 555-0100", OTHER),
        ("555-0100", "(512) 555-0100", OTHER),
        ("+44 20 7946 0018", "(207) 946-0018", OTHER),
        ("(907) 555-7777", "(512) 555-0100", OTHER),
        ("same", "(512) 555-0100", ABSENT),
        ("(512) 555-0100", "", ABSENT),
    ],
)  # fmt: skip
def test_two_numbers(one: str, other: str, answer: Agreement) -> None:
    assert compare_numbers(one, other) is answer
    assert compare_numbers(other, one) is answer


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Susan Chen DDS", "Dr. Susan Chen, D.D.S., P.C.", OfficeLikeness.EQUAL),
        ("Chen Dental, A Professional Corporation", "Chen Dental APC", OfficeLikeness.EQUAL),
        ("Chen Dental Professional Association", "Chen Dental PA", OfficeLikeness.EQUAL),
        ("Professional Dental", "Community Dental", OfficeLikeness.DIFFERENT),
        ("Dr. Wei Do", "Dr. Wei Li", OfficeLikeness.DIFFERENT),
        ("Park Place Dental", "Park Dental", OfficeLikeness.DIFFERENT),
        ("Susan Chen, DMD", "Sarah Chen, DMD", OfficeLikeness.DIFFERENT),
    ],
)
def test_titles_and_legal_forms_tell_no_offices_apart_and_names_do(one: str, other: str, likeness: OfficeLikeness) -> None:
    assert compare_offices(one, other) is likeness
    assert compare_offices(other, one) is likeness


NUMBER = st.integers(1, 99999)
STREET = st.sampled_from(["Main Street", "N Lake Rd", "5th Ave", "Avenue B", "Highway 290", "Harborview Terrace", "NW Elm"])
UNIT = st.sampled_from(["", ", Suite 12", " #3", " Apt B", ", 2nd Floor"])


@given(NUMBER, NUMBER, STREET, UNIT, UNIT, st.sampled_from(["{}", "{}B", "{} 1/2", "PO Box {}"]))
def test_two_house_numbers_are_never_one(one: int, other: int, street: str, unit: str, unit2: str, form: str) -> None:
    assume(one != other)
    assert compare_places(f"{form.format(one)} {street}{unit}", f"{form.format(other)} {street}{unit2}") is not SAME


TEN_DIGITS = st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True)
FORMS = st.sampled_from(
    ["{0}{1}{2}", "({0}) {1}-{2}", "+1 {0} {1} {2}", "1-{0}-{1}-{2}", "{0}.{1}.{2} ext. 12", "{0}-{1}-{2} x7"]
)


def written(digits: str, form: str) -> str:
    return form.format(digits[:3], digits[3:6], digits[6:])


@given(TEN_DIGITS, TEN_DIGITS, FORMS, FORMS)
def test_two_phone_numbers_are_never_one(one: str, other: str, form: str, form2: str) -> None:
    assume(one != other)
    assert compare_numbers(written(one, form), written(other, form2)) in (NEARLY, OTHER)


@given(TEN_DIGITS, FORMS, FORMS)
def test_one_number_is_one_however_it_is_written(digits: str, form: str, form2: str) -> None:
    two_desks = "ext" in form + form2 and "x7" in form + form2
    assert compare_numbers(written(digits, form), written(digits, form2)) is (NEARLY if two_desks else SAME)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_at_all_can_be_compared(one: str, other: str) -> None:
    assert compare_places(one, other) in Agreement
    assert compare_numbers(one, other) in Agreement
