"""Requests in sentences."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.reading.geometry import Rect
from pipeline.reading.letters import Letter, find_in_sentences
from pipeline.reading.text import Letter as Glyph
from pipeline.reading.text import TextLine
from pipeline.reading.wishes import find_wishes
from schemas.reading import Choice, FieldName

TODAY = date(2026, 11, 22)


def letter(*rows: str) -> Letter:
    lines = []
    for number, row in enumerate(rows):
        top = 100.0 + 60 * number
        letters = tuple(Glyph(c, 100 + 20 * i, 118 + 20 * i, 0.99) for i, c in enumerate(row))
        if letters:
            lines.append(TextLine(number, Rect(100, top, 100 + 20 * len(row), top + 40), letters))
    return Letter.of(lines)


def read(*rows: str) -> dict[FieldName, str]:
    return {f.name: f.value.text for f in find_in_sentences(letter(*rows), TODAY)}


def test_a_letter_says_who_asks_and_where_to_send() -> None:
    found = read(
        "To whom it may concern,",
        "my name is Maria Lopez and I was born on 3/4/1979. Please send my x-rays",
        "to Dr. Chen at Harbor Dental, fax (617) 555-0111.",
        "Sincerely, Maria Lopez",
    )
    assert found[FieldName.PATIENT_NAME] == "Maria Lopez"
    assert found[FieldName.PATIENT_DOB] == "1979-03-04"
    assert found[FieldName.DESTINATION_NAME] == "Harbor Dental"
    assert found[FieldName.DESTINATION_ATTENTION] == "Dr. Chen"
    assert found[FieldName.DESTINATION_FAX] == "(617) 555-0111"


def test_an_email_address_to_send_to_is_the_destinations() -> None:
    found = read("Please forward my dental records to Oak Street Dental at records@oakstreet.com. Thanks, Ann Lee")
    assert found[FieldName.DESTINATION_EMAIL] == "records@oakstreet.com"
    assert found[FieldName.DESTINATION_NAME].startswith("Oak Street Dental")
    assert found[FieldName.PATIENT_NAME] == "Ann Lee"


@pytest.mark.parametrize("text", ["I would like to make an appointment.", "Thank you for your kind letter.", ""])
def test_a_letter_that_asks_for_no_records_names_no_destination(text: str) -> None:
    assert FieldName.DESTINATION_NAME not in read(text)


BLOCKS = (
    "Ann Lee-Moreau",
    "6 Weaver Close",
    "Salem, MA 01970",
    "(978) 555-0136",
    "ann@mailbox.com",
    "10/15/2026",
    "Elm Street Dental",
    "118 Elm Street",
    "Re: Ann Lee-Moreau, date of birth 08/05/1983",
    "Dear records department,",
    "My insurance no longer covers your office.",
    "Please send a copy of my complete dental record, including all x-rays, to my new dentist:",
    "Riverside Oral Surgery",
    "15 Mill Avenue",
    "Beverly, MA 01915",
    "You may act on this letter until 10/15/2027.",
    "Sincerely,",
    "Ann Lee-Moreau",
)


def test_blocks_of_a_letter_are_told_apart() -> None:
    found = read(*BLOCKS)
    assert found[FieldName.PATIENT_NAME] == "Ann Lee-Moreau"
    assert found[FieldName.PATIENT_DOB] == "1983-08-05"
    assert found[FieldName.PATIENT_STREET] == "6 Weaver Close"
    assert found[FieldName.PATIENT_PHONE] == "(978) 555-0136"
    assert found[FieldName.PATIENT_EMAIL] == "ann@mailbox.com"
    assert found[FieldName.DESTINATION_NAME] == "Riverside Oral Surgery"
    assert found[FieldName.DESTINATION_STREET] == "15 Mill Avenue"
    assert found[FieldName.DESTINATION_ZIP] == "01915"
    assert found[FieldName.EXPIRY_DATE] == "2027-10-15"
    assert found[FieldName.SIGNATURE_DATE] == "2026-10-15"
    assert "insurance" in found[FieldName.REASON]


def test_the_practice_that_is_written_to_is_no_destination() -> None:
    assert "Elm Street Dental" not in read(*BLOCKS).values()


def test_a_printed_mail_names_its_writer() -> None:
    found = read("From: Ann Lee <ann@mailbox.com>", "Sent: 10/15/2026 8:14 PM", "Subject: My records", "Hello,", "Thank you,")
    assert found[FieldName.PATIENT_NAME] == "Ann Lee"
    assert found[FieldName.PATIENT_EMAIL] == "ann@mailbox.com"


@pytest.mark.parametrize(
    ("sentence", "wish"),
    [
        ("Please send a copy of all my records to Dr. Chen.", Choice.SCOPE_ALL),
        ("I would like my complete dental records with x-rays to be sent to Oak Dental.", Choice.SCOPE_ALL),
        ("Please send my records to Dr. Chen.", Choice.SCOPE_ALL),
        ("Please e-mail my recent x-rays to Dr. Chen.", Choice.SCOPE_XRAYS),
        ("Please send my records from 2019 to 2021 to Dr. Chen.", None),
        ("Please call me about my bill.", None),
    ],
)
def test_a_letter_says_what_is_wanted_and_a_limited_wish_is_not_taken_for_everything(sentence: str, wish: Choice | None) -> None:
    assert [t.choice for t in find_wishes(letter(sentence))] == ([wish] if wish else [])


def test_a_new_dentist_is_a_change_of_dentist() -> None:
    wishes = find_wishes(letter("Please send all my records to my new dentist: Oak Dental."))
    assert [t.choice for t in wishes] == [Choice.SCOPE_ALL, Choice.PURPOSE_TRANSFER]


def test_a_form_with_a_few_sentences_is_no_letter() -> None:
    assert not letter("Patient Name: Ann Lee", "Thank you for completing this form.", "Sincerely,").is_one
    assert letter("Dear Dr. Chen,", "please send my records.", "Sincerely,", "Ann Lee").is_one
