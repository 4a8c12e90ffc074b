"""Requests in sentences."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.reading.geometry import Rect
from pipeline.reading.letters import find_in_sentences
from pipeline.reading.text import Letter, TextLine
from schemas.reading import FieldName

TODAY = date(2026, 11, 22)


def read(*rows: str) -> dict[FieldName, str]:
    lines = []
    for number, row in enumerate(rows):
        top = 100.0 + 60 * number
        letters = tuple(Letter(c, 100 + 20 * i, 118 + 20 * i, 0.99) for i, c in enumerate(row))
        lines.append(TextLine(number, Rect(100, top, 100 + 20 * len(row), top + 40), letters))
    return {f.name: f.value.text for f in find_in_sentences(lines, TODAY)}


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
