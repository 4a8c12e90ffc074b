"""Where a letter wants the records sent."""

from __future__ import annotations

import pytest

from pipeline.reading.sending import destination_in, goes_to_the_writer, office_in_head
from schemas.reading import FieldName
from tests.reading.test_letters import read

NAME, STREET, ZIP = FieldName.DESTINATION_NAME, FieldName.DESTINATION_STREET, FieldName.DESTINATION_ZIP


def said(*rows: str) -> dict[str, str]:
    return {s.name.removeprefix("destination."): s.value.text for s in destination_in("\n".join(rows))}


OAK = {"name": "Oak Grove Endodontics", "street": "9 Mill Lane", "city": "Beverly", "state": "MA", "zip": "01915"}
OAK_IN_LINE = "Oak Grove Endodontics, 9 Mill Lane, Beverly, MA 01915"


@pytest.mark.parametrize(
    "rows",
    [
        (f"Please send the films to {OAK_IN_LINE}, before Friday.",),
        (f"Kindly forward all radiographs directly to {OAK_IN_LINE}.",),
        ("We ask you to mail the chart notes of Mr. Park to Oak Grove", "Endodontics, 9 Mill Lane, Beverly, MA", "01915."),
        (f"The x-rays may be sent to my new dentist, {OAK_IN_LINE}.",),
        (f"Copies are to be delivered to the office named below: {OAK_IN_LINE}",),
    ],
)
def test_a_name_with_its_address_in_a_sentence_is_the_destination(rows: tuple[str, ...]) -> None:
    assert said(*rows) == OAK


@pytest.mark.parametrize(
    "lead",
    [
        "Please send her complete chart to her new dentist:",
        "Would you forward the records of our daughter to the following office:",
        "The x-rays should be mailed to:",
        "Please release everything you have to the specialist named below:",
        "Please fax them to our family dentist:",
    ],
)
def test_the_lines_under_a_colon_are_the_destination(lead: str) -> None:
    block = ("Oak Grove Endodontics", "Attn: Dr. Amy Chen", "9 Mill Lane", "Beverly, MA 01915", "Tel. (617) 555-0110")
    last = ("Fax: (617) 555-0111", "Please call me if you have questions.", "Phone: (617) 555-0199")
    expected = OAK | {"attention": "Dr. Amy Chen", "phone": "(617) 555-0110", "fax": "(617) 555-0111"}
    assert said(lead, *block, *last) == expected


def test_both_numbers_of_one_line_are_told_by_the_words_before_them() -> None:
    found = said("Please send my chart to:", "Oak Dental", "Phone (617) 555-0110 · Fax (617) 555-0111")
    assert found == {"name": "Oak Dental", "phone": "(617) 555-0110", "fax": "(617) 555-0111"}


def test_a_dentist_above_the_office_is_whose_attention_it_is_for() -> None:
    found = said("Please send my records to:", "Dr. Amy Chen", "Oak Dental", "9 Mill Lane", "Beverly, MA 01915")
    assert (found["attention"], found["name"]) == ("Dr. Amy Chen", "Oak Dental")


def test_a_dentist_under_the_office_is_no_part_of_its_name() -> None:
    found = said("Please send my records to:", "Oak Dental", "Dr. Amy Chen", "9 Mill Lane", "Beverly, MA 01915")
    assert (found["attention"], found["name"], found["street"]) == ("Dr. Amy Chen", "Oak Dental", "9 Mill Lane")


def test_a_dentist_before_the_office_in_a_sentence_is_whose_attention_it_is_for() -> None:
    found = said("Please send my x-rays to my orthodontist, Dr. Amy Chen, at", "Oak Braces, 9 Mill Lane, Beverly, MA 01915.")
    assert (found["attention"], found["name"]) == ("Dr. Amy Chen", "Oak Braces")


def test_a_list_of_patients_may_stand_between_the_request_and_the_office() -> None:
    found = said(
        "Please send copies of the records of:",
        "Ann Park, born 3/4/1980",
        "Tom Park, born 5/6/1982",
        "to our new practice:",
        "Oak Dental",
        "9 Mill Lane",
        "Beverly, MA 01915",
    )
    assert (found["name"], found["zip"]) == ("Oak Dental", "01915")


@pytest.mark.parametrize(
    "rows",
    [
        ("Please do not send my records to Oak Dental, 9 Mill Lane, Beverly, MA 01915.",),
        ("Please send x-rays of Ann Park, who was referred to Oak Dental, 9 Mill Lane, Beverly, MA 01915.",),
        ("I look forward to hearing from you. My address:", "Ann Park", "9 Mill Lane", "Beverly, MA 01915"),
        ("Please send the records of:", "Ann Park", "Tom Park", "Thank you very much."),
        ("Good luck to:", "Oak Dental", "9 Mill Lane", "Beverly, MA 01915"),
    ],
)
def test_an_address_to_which_nothing_is_to_go_is_no_destination(rows: tuple[str, ...]) -> None:
    assert said(*rows) == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I asked you to send my records to Oak Grove Smiles. I have changed my mind.", "Oak Grove Smiles"),
        ("Please send my records to St. Mary Dental Inc. They expect them.", "St. Mary Dental Inc"),
        ("Please send my records to Oak Dental. Dr. Chen expects them.", "Oak Dental"),
        ("Please send my films to Smith & Jones Dental, who will see me next week.", "Smith & Jones Dental"),
    ],
)
def test_the_name_of_an_office_ends_with_its_sentence(text: str, name: str) -> None:
    assert read(text)[NAME] == name


def test_the_fax_number_after_the_destination_counts_before_the_one_in_a_letterhead() -> None:
    found = read("Elm Clinic, Fax (617) 555-0100", "Please send my x-rays to Oak Dental, or by fax to (617) 555-0111.")
    assert found[FieldName.DESTINATION_FAX] == "(617) 555-0111"


def test_a_firm_is_named_with_what_it_is() -> None:
    found = read("Please send a copy of her chart to Grant & Howe,", "Attorneys at Law, 9 Mill Lane, Beverly, MA 01915.")
    assert (found[NAME], found[STREET]) == ("Grant & Howe, Attorneys at Law", "9 Mill Lane")
    assert found[ZIP] == "01915"


HEAD = ("Oak Grove Endodontics", "Amy Chen, DMD", "9 Mill Lane, Beverly, MA 01915", "Dear Colleague,")


@pytest.mark.parametrize(
    ("asks", "to_the_writer"),
    [
        ("Would you forward any recent films to our office at the address above?", True),
        ("Please send a full copy of the chart to us.", True),
        ("Could you send us the latest films?", True),
        ("Please send the films to Smith Dental and let us know.", False),
        ("Please do not send the records to our office.", False),
    ],
)
def test_records_asked_for_to_our_office_go_to_the_letterhead(asks: str, to_the_writer: bool) -> None:
    assert goes_to_the_writer("\n".join((*HEAD, asks))) is to_the_writer
    assert {s.name.removeprefix("destination."): s.value.text for s in office_in_head("\n".join((*HEAD, asks)))} == OAK
