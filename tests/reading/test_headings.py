"""Who sends and who receives: told by headings, by sentences broken over two lines, and by "From" beside "To"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.matching.destinations import NAME_FLOOR
from pipeline.reading.fields import find_values
from pipeline.reading.geometry import Rect
from pipeline.reading.page import PageText
from pipeline.reading.reader import Reader
from schemas.reading import FieldName
from tests.reading.forms import Paper, read, scanned
from tests.reading.test_fields import PATIENT, TODAY, found, page

OFFICE = ((100, 420, "Practice Name: Oak Dental"), (100, 500, "Address: 9 Mill Lane, Beverly, MA 01915"))


def parts(read: PageText) -> set[str]:
    return {h.part for h in read.zones.headings}


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (
            "I hereby authorize Elm Dental to release copies of my dental records and x-rays",
            "or those of my child to:",
            "destination",
        ),
        ("By signing this form I authorize Elm Dental to disclose the health", "information described below to:", "destination"),
        ("I would like you to request copies of all my x-rays and", "records of treatment from:", "holder"),
    ],
)
def test_a_request_may_be_broken_over_two_lines(first: str, second: str, field: str) -> None:
    values = found(page(*PATIENT, (100, 300, first), (100, 345, second), *OFFICE))
    assert values[FieldName(f"{field}.name")] == "Oak Dental"


def test_a_sentence_that_has_ended_is_no_beginning_of_the_next_line() -> None:
    rows = ((100, 300, "Please send my dental records soon."), (100, 345, "Belongs to:"))
    assert "destination" not in parts(page(*PATIENT, *rows))


def test_what_must_not_be_sent_is_not_sent_though_the_sentence_is_broken() -> None:
    rows = ((100, 300, "You may not release copies of my dental records and x-rays"), (100, 345, "or any other charts to:"))
    assert "destination" not in parts(page(*PATIENT, *rows))


@pytest.mark.parametrize(
    "sentence",
    [
        "I authorize the following office to receive or release information to or from Elm Dental:",
        "I authorize Elm Dental to obtain and/or release records of the following office:",
        "I authorize Elm Dental to release/obtain information:",
        "Please exchange my records with:",
    ],
)
def test_where_a_form_leaves_open_who_sends_nobody_is_surely_the_one_who_receives(sentence: str) -> None:
    values = {v.name: v for v in find_values(page(*PATIENT, (100, 300, sentence), *OFFICE), TODAY)}
    assert values[FieldName.DESTINATION_NAME].value.text == "Oak Dental"
    assert values[FieldName.DESTINATION_NAME].most < NAME_FLOOR
    assert values[FieldName.DESTINATION_STREET].most < NAME_FLOOR


def test_from_beside_to_tells_who_sends_and_who_receives() -> None:
    rows = (
        (100, 300, "FROM: Elm Clinic"),
        (900, 300, "TO: Elm Clinic"),
        (100, 400, "Name: Oak Dental"),
        (900, 400, "Name: Baker Orthodontics"),
        (100, 480, "Phone: (978) 555-0142"),
        (900, 480, "Phone: (978) 555-0199"),
    )
    values = found(page(*PATIENT, *rows))
    assert values[FieldName.HOLDER_NAME] == "Oak Dental"
    assert values[FieldName.DESTINATION_NAME] == "Baker Orthodontics"
    assert values[FieldName.DESTINATION_PHONE] == "(978) 555-0199"


@pytest.mark.parametrize("alone", ["TO: Elm Clinic", "FROM: Elm Clinic"])
def test_one_of_the_two_alone_tells_nothing(alone: str) -> None:
    assert parts(page(*PATIENT, (100, 300, alone))) == {"patient"}


def test_a_range_of_dates_is_no_sender_and_receiver() -> None:
    read = page(*PATIENT, (100, 300, "From: 01/02/2019"), (900, 300, "To: 03/04/2021"))
    assert parts(read) == {"patient"}
    assert found(read)[FieldName.SCOPE_TO_DATE] == "2021-03-04"


def test_a_remark_in_brackets_behind_a_heading_lets_it_keep_its_column() -> None:
    rows = (
        (100, 300, "RECORDS FROM (PREVIOUS DENTIST)"),
        (900, 300, "SEND RECORDS TO (OUR OFFICE)"),
        (100, 400, "Name: Oak Dental"),
        (900, 400, "Name: Baker Orthodontics"),
    )
    values = found(page(*PATIENT, *rows))
    assert (values[FieldName.HOLDER_NAME], values[FieldName.DESTINATION_NAME]) == ("Oak Dental", "Baker Orthodontics")
    assert FieldName.DESTINATION_NAME not in found(page(*PATIENT, (100, 300, "TRANSFER TO (RECEIVING ORTHODONTIST)")))


def test_a_question_in_the_left_column_rules_over_its_row_of_the_table() -> None:
    walls = tuple(Rect(x, 280, x + 4, 700) for x in (50, 400, 1650))
    rules = (Rect(50, 280, 1654, 284), Rect(50, 700, 1654, 704))
    left = ((70, 300, "Who may see"), (70, 345, "the records?"), (70, 390, "Dentist, doctor"), (70, 435, "or school"))
    rows = ((430, 300, "Name: Oak Dental"), (430, 400, "Phone: (978) 555-0142"))
    values = found(page(*PATIENT, *left, *rows, across=rules, down=walls))
    assert values[FieldName.DESTINATION_NAME] == "Oak Dental"
    assert values[FieldName.DESTINATION_PHONE] == "(978) 555-0142"


def test_a_phone_number_under_a_printed_address_is_an_offices() -> None:
    office = (
        (100, 300, "Elm Dental"),
        (100, 345, "901 Boren Ave."),
        (100, 390, "Seattle, WA 98104"),
        (100, 435, "Ph: (978) 555-0142"),
    )
    assert FieldName.PATIENT_PHONE not in found(page(*PATIENT, *office))
    assert found(page(*PATIENT, (100, 435, "Ph: (978) 555-0142")))[FieldName.PATIENT_PHONE] == "(978) 555-0142"


def test_a_sheet_of_instructions_wishes_for_nothing(reader: Reader, tmp_path: Path) -> None:
    sheet = Paper().write(300, 100, "Instructions for Completing the Authorization Form", 40)
    sheet.write(120, 300, "Section 2. Check who has the records and who should receive them.")
    sheet.write(120, 400, "Please send my dental records to Elm Street Dental if you move.")
    sheet.write(120, 500, "Return the form to: Elm Street Dental, Fax: (978) 555-0142")
    assert read(reader, tmp_path, scanned(sheet)).fields == {}


def test_the_number_of_an_office_in_another_part_is_not_surely_theirs_whose_name_is_below() -> None:
    rows = (
        (100, 300, "I hereby request my records be sent to:"),
        (100, 360, "Elm Dental"),
        (100, 420, "Phone: (978) 555-0142"),
        (100, 600, "I hereby request my records be released to:"),
        (100, 660, "Practice Name: Oak Dental"),
    )
    (phone,) = (v for v in find_values(page(*PATIENT, *rows), TODAY) if v.name is FieldName.DESTINATION_PHONE)
    assert found(page(*PATIENT, *rows))[FieldName.DESTINATION_NAME] == "Oak Dental"
    assert phone.most < NAME_FLOOR
    near = {v.name: v for v in find_values(page(*PATIENT, rows[0], rows[2], (100, 480, "Practice Name: Oak Dental")), TODAY)}
    assert near[FieldName.DESTINATION_PHONE].most == 1


@pytest.mark.parametrize(
    "ways",
    [
        ((140, 300, "Release information to"), (600, 300, "Obtain information from")),
        (
            (140, 300, "I authorize Elm Dental to release information to:"),
            (140, 350, "I authorize Elm Dental to obtain information from:"),
        ),
    ],
)
def test_boxes_before_release_to_and_obtain_from_leave_it_open_who_sends(ways: tuple[tuple[float, float, str], ...]) -> None:
    boxes = tuple(Rect(x - 40, y + 5, x - 10, y + 35) for x, y, _words in ways)
    rows = ((100, 420, "Name of office: Oak Dental"), (100, 480, "City: Salem"), (900, 480, "Fax: (978) 555-0142"))
    plain = page(*PATIENT, *ways, *rows)
    read = PageText.of(plain.lines, replace(plain.layout, boxes=boxes))
    values = {v.name: v for v in find_values(read, TODAY)}
    assert values[FieldName.DESTINATION_NAME].value.text == "Oak Dental"
    assert values[FieldName.DESTINATION_FAX].most < NAME_FLOOR
    assert FieldName.HOLDER_NAME not in values


def test_a_sentence_tells_what_is_filled_in_below_it() -> None:
    who = (100, 300, "5. Fill in the name and address of the person(s) or organization(s) to whom you want us to disclose it.")
    values = found(page(*PATIENT, who, (140, 400, "1. Name: Oak Dental"), (140, 460, "Address: 9 Mill Lane, Beverly, MA 01915")))
    assert (values[FieldName.DESTINATION_NAME], values[FieldName.DESTINATION_ZIP]) == ("Oak Dental", "01915")
    long = (100, 300, "3. Check one box below to tell us how long we can use this authorization to disclose your records:")
    values = found(page(*PATIENT, long, (140, 400, "beginning: 1/2/2026"), (700, 400, "and ending: 3/4/2027")))
    assert values[FieldName.EXPIRY_DATE] == "2027-03-04"
    assert FieldName.SCOPE_TO_DATE not in values


def test_a_caption_in_brackets_asks_for_what_stands_over_it() -> None:
    rules = (Rect(100, 440, 500, 443), Rect(600, 440, 1000, 443))
    captions = ((110, 450, "(Phone)"), (610, 450, "(Fax)"))
    hands = ((100, 395, "(978) 555-0142"), (600, 395, "(978) 555-0143"))
    values = found(page(*PATIENT, (100, 300, "Release to: Oak Dental"), *captions, *hands, across=rules))
    assert values[FieldName.DESTINATION_PHONE] == "(978) 555-0142"
    assert values[FieldName.DESTINATION_FAX] == "(978) 555-0143"


@pytest.mark.parametrize(
    "lines",
    [
        ("My records may not be released to:",),
        ("Please never send my records to:",),
        ("The following persons should not receive my records:",),
        ("Name of persons to whom my records may NOT be released:",),
        ("I refuse to let Elm Dental send my records", "to:"),
        ("I do not authorize my dental", "information to be released to:"),
    ],
)
def test_whoever_must_not_have_the_records_does_not_receive_them(lines: tuple[str, ...]) -> None:
    rows = [(100.0, 300.0 + 45 * n, text) for n, text in enumerate(lines)]
    assert FieldName.DESTINATION_NAME not in found(page(*PATIENT, *rows, *OFFICE))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("To release my information, I hereby give authorization", "to:"),
        ("I consent to the release of my records to Elm Dental and authorize", "the following to:"),
    ],
)
def test_leave_that_is_given_over_two_lines_is_the_holders(first: str, second: str) -> None:
    values = found(page(*PATIENT, (100, 300, first), (100, 345, second), *OFFICE))
    assert values[FieldName.HOLDER_NAME] == "Oak Dental" and FieldName.DESTINATION_NAME not in values


@pytest.mark.parametrize(
    "heading",
    [
        "Office where records will be sent from:",
        "WHERE SHOULD WE SEND FOR YOUR RECORDS?",
        "Who do we need to receive records from?",
        "Name of facility where I received treatment:",
        "Name of person receiving services:",
    ],
)
def test_where_records_come_from_and_who_is_treated_is_nobody_who_receives(heading: str) -> None:
    assert FieldName.DESTINATION_NAME not in found(page(*PATIENT, (100, 300, heading), *OFFICE))


@pytest.mark.parametrize(
    "line",
    [
        "RELEASE TO OR OBTAIN FROM",
        "We would like to receive your records from or send them to:",
        "Release to, or receive from, the following:",
        "☐ Release to ☐ Obtain from",
    ],
)
def test_both_ways_in_one_line_leave_it_open_who_sends(line: str) -> None:
    values = {
        v.name: v for v in find_values(page(*PATIENT, (100, 300, line), *OFFICE, (100, 560, "Phone: (978) 555-0142")), TODAY)
    }
    assert values[FieldName.DESTINATION_NAME].most < NAME_FLOOR
    assert values[FieldName.DESTINATION_PHONE].most < NAME_FLOOR
    assert FieldName.HOLDER_NAME not in values


def test_who_is_named_behind_both_ways_on_their_line_never_surely_receives() -> None:
    rows = ((100, 300, "Release to/Obtain from: Oak Dental"), (100, 380, "Phone: (978) 555-0142"))
    values = {v.name: v for v in find_values(page(*PATIENT, *rows), TODAY)}
    assert values[FieldName.DESTINATION_PHONE].most < NAME_FLOOR
    assert all(v.most < NAME_FLOOR for name, v in values.items() if name.value.startswith("destination."))


def test_somebody_to_call_in_an_emergency_is_neither_patient_nor_receiver() -> None:
    rows = ((100, 300, "Emergency contact:"), (100, 360, "Contact person: Tom Roe"), (100, 420, "Phone: (978) 555-0142"))
    values = found(page(*PATIENT, *rows))
    assert {FieldName.PATIENT_PHONE, FieldName.DESTINATION_ATTENTION, FieldName.DESTINATION_PHONE} & values.keys() == set()


def test_a_list_that_counts_from_one_names_no_patient() -> None:
    rows = ((100, 400, "Release to:"), (100, 460, "1, Oak Dental"), (100, 520, "Phone: (978) 555-0142"))
    values = found(page(*PATIENT, *rows))
    assert values[FieldName.PATIENT_NAME] == "Ann Lee"
    assert FieldName.PATIENT_PHONE not in values


def test_sender_and_receiver_of_a_fax_are_not_those_of_the_records() -> None:
    rows = (
        (100, 300, "FAX COVER SHEET"),
        (100, 400, "FROM: Oak Dental"),
        (900, 400, "TO: Elm Dental"),
        (900, 460, "Fax: (978) 555-0142"),
    )
    assert {FieldName.DESTINATION_NAME, FieldName.DESTINATION_FAX} & found(page(*PATIENT, *rows)).keys() == set()
    assert parts(page(*PATIENT, (100, 300, "From: January 2019"), (900, 300, "To: Present"))) == {"patient"}


def test_the_date_of_a_witness_is_not_the_signers() -> None:
    rows = ((100, 900, "Signature of patient:"), (100, 1060, "Witness: Jane Roe"), (900, 1060, "Date: 5/6/2026"))
    assert FieldName.SIGNATURE_DATE not in found(page(*PATIENT, *rows))


def test_labels_in_capitals_one_under_the_other_stay_two() -> None:
    rows = ((100, 300, "PHONE"), (500, 300, "(978) 555-0142"), (100, 342, "RECIPIENT NAME"), (500, 342, "Oak Dental"))
    assert FieldName.DESTINATION_PHONE not in found(page(*PATIENT, *rows))
