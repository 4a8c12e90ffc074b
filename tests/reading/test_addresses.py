"""Street, city, state and ZIP out of what hands write and engines misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.addresses import Address, address_in


def texts(parts: Address) -> tuple[str | None, ...]:
    street, city, state, code = (p.text if p else None for p in (parts.street, parts.city, parts.state, parts.zip))
    return street, city, state, code


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    address_in(text)


def test_an_address_on_one_line_comes_apart() -> None:
    parts = address_in("12 Harbor Road Apt. 4, Salem, MA 01970")
    assert texts(parts) == ("12 Harbor Road Apt. 4", "Salem", "MA", "01970")


def test_a_street_alone_stays_whole() -> None:
    parts = address_in("528 Andrew Union Apt. 826")
    assert parts.street is not None and parts.street.text == "528 Andrew Union Apt. 826"
    assert parts.city is None and parts.zip is None


@pytest.mark.parametrize(
    "written", ["26 Elm Street, Suite 12, New Haven", "3. Details, 26 Elm Street, Suite 12", "26Elm Street, Suite 12"]
)
def test_a_street_is_told_from_the_city_and_the_print_around_it(written: str) -> None:
    street = address_in(written).street
    assert street is not None and street.text == "26 Elm Street, Suite 12"


@pytest.mark.parametrize(
    ("written", "street", "code"),
    [
        ("2ss Mill Circle", "255 Mill Circle", None),
        ("14 Pitts Square Apt. Ill", "14 Pitts Square Apt. 111", None),
        ("12 Mill Lane, (Street)", "12 Mill Lane", None),
        ("39 AndrewsSpur", "39 Andrews Spur", None),
        ("12 McDonald Road, Salem, MA01970", "12 McDonald Road", "01970"),
        ("8 Jennifer Street, East Salem, JX 26862", "8 Jennifer Street", "26862"),
        ("445 Philip Ways, West Salem, AR 3728", "445 Philip Ways", None),
    ],
)
def test_streets_are_cut_out_of_what_was_misread_around_them(written: str, street: str, code: str | None) -> None:
    parts = address_in(written)
    assert parts.street is not None and parts.street.text == street
    assert (parts.zip.text if parts.zip else None) == code


@pytest.mark.parametrize(
    ("written", "street", "city"),
    [
        ("087 Hannah Overpass, Port Cameronfont", "087 Hannah Overpass", "Port Cameronfont"),
        ("087 Hannah Overpass; Port Cameronfont", "087 Hannah Overpass", "Port Cameronfont"),
        ("087 Hannah Overpass. Port Cameronfont", "087 Hannah Overpass", "Port Cameronfont"),
        ("9 Mill Lane, West Staceys1de", "9 Mill Lane", "West Staceys1de"),
        ("9 Mill Lane, W3st St4c3y", "9 Mill Lane, W3st St4c3y", None),
        ("12 Elm Street, Building B", "12 Elm Street, Building B", None),
        ("12 Elm Street, Tower B", "12 Elm Street, Tower B", None),
        ("12 Elm Street, Suite 12", "12 Elm Street, Suite 12", None),
        ("12 Elm Street, B", "12 Elm Street, B", None),
    ],
)
def test_without_a_zip_the_city_stands_behind_the_last_comma_unless_it_is_a_part_of_the_house(
    written: str, street: str, city: str | None
) -> None:
    assert texts(address_in(written)) == (street, city, None, None)


def test_a_city_that_only_a_comma_tells_is_believed_less() -> None:
    city = address_in("087 Hannah Overpass, Port Cameronfont").city
    assert city is not None and city.quality < 1


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("5573 Danielle Summit, West Kaylee, Mal 62672", ("5573 Danielle Summit", "West Kaylee", None, "62672")),
        ("445 Philip Ways, West Salem, 1N 3728", ("445 Philip Ways", "West Salem", None, None)),
        ("9 Mill Lane; Salem; MA 01970", ("9 Mill Lane", "Salem", "MA", "01970")),
        ("9 Danielle Summit. Salem, MA 01970", ("9 Danielle Summit", "Salem", "MA", "01970")),
        ("9 Mill Lane, . Salem, MA 01970", ("9 Mill Lane", "Salem", "MA", "01970")),
        ("12 Elm Street, Building B, Salem, MA 01970", ("12 Elm Street, Building B", "Salem", "MA", "01970")),
        ("9 Mill Lane, Gilbertview, IN 35 438", ("9 Mill Lane", "Gilbertview", "IN", "35438")),
        ("9 Mill Lane, Gilbertview, IN 3543 8", ("9 Mill Lane", "Gilbertview", "IN", "35438")),
        ("9 Mill Lane, Salem, MA 01970 Ci", ("9 Mill Lane", "Salem", "MA", "01970")),
        ("9 Mill Lane, Salem, MA 01970, St", ("9 Mill Lane", "Salem", "MA", "01970")),
        ("85 495 Joshua Centers, Salem, MA 01970", ("85495 Joshua Centers", "Salem", "MA", "01970")),
    ],
)
def test_the_end_of_an_address_is_read_though_an_engine_misread_it_or_cut_it_in_two(
    written: str, whole: tuple[str | None, ...]
) -> None:
    assert texts(address_in(written)) == whole


@pytest.mark.parametrize(
    ("written", "street"),
    [
        ("85 495 Joshua Centers", "85495 Joshua Centers"),
        ("8 5495 Joshua Centers", "85495 Joshua Centers"),
        ("12 34 Elm Street", "12 34 Elm Street"),
        ("818o6 valdez Branch", "81806 valdez Branch"),
        ("8/8O6 Valdez Branch", "81806 Valdez Branch"),
        ("Bo Valdez Branch", None),
        ("528 Andrew Union Apt. 3/4", "528 Andrew Union Apt. 314"),
        ("528 Andrew Union Suite 4O7", "528 Andrew Union Suite 407"),
        ("92657 Schultz ParKways", "92657 Schultz Parkways"),
        ("92657 Schultz StReet", "92657 Schultz Street"),
        ("12 McDonald Road", "12 McDonald Road"),
        ("39 AndrewsSpur", "39 Andrews Spur"),
    ],
)
def test_house_numbers_and_streets_are_mended_only_where_it_is_plain_what_was_meant(written: str, street: str | None) -> None:
    found = address_in(written).street
    assert (found.text if found else None) == street
