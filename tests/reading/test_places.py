"""Where the answer of a label is looked for: rules that a form prints tell rows apart, better than nearness does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.reading.geometry import Rect
from pipeline.reading.layout import Layout
from pipeline.reading.page import PageText
from pipeline.reading.text import TextLine
from schemas.reading import FieldName
from tests.reading.test_fields import PATIENT, found, line, page

PHONE, FAX = FieldName.DESTINATION_PHONE, FieldName.DESTINATION_FAX
RULES = (Rect(220, 440, 900, 443), Rect(220, 500, 900, 503))
"""Behind "Phone:" and behind "Fax:"."""


def hand(number: int, y: float, text: str) -> TextLine:
    """Writing 70 pixels high, where print is 40 high and rows are 60 apart."""
    written = line(number, 260, y, text)
    return replace(written, rect=Rect(written.rect.left, y, written.rect.right, y + 70))


def numbers(*hands: TextLine, across: tuple[Rect, ...]) -> dict[FieldName, str]:
    printed = (*PATIENT, (100, 270, "Release records to: Oak Dental"), (100, 400, "Phone:"), (100, 460, "Fax:"))
    lines = [*(line(n, *row) for n, row in enumerate(printed)), *hands]
    values = found(PageText.of(lines, Layout(np.full((2200, 1700), 250, np.uint8), across, (), ())))
    return {name: values[name] for name in (PHONE, FAX) if name in values}


@pytest.mark.parametrize("high", [0, 20, 35])
def test_writing_that_stands_high_above_its_rule_belongs_to_the_label_of_that_rule(high: int) -> None:
    phone, fax = hand(10, 380 - high, "(978) 555-0142"), hand(11, 440 - high, "(617) 555-0111")
    assert numbers(phone, fax, across=RULES) == {PHONE: "(978) 555-0142", FAX: "(617) 555-0111"}
    assert numbers(fax, across=RULES) == {FAX: "(617) 555-0111"}
    assert numbers(phone, across=RULES) == {PHONE: "(978) 555-0142"}


def test_where_no_rules_are_drawn_nearness_decides() -> None:
    assert numbers(hand(10, 440, "(617) 555-0111"), across=()) == {FAX: "(617) 555-0111"}
    assert numbers(hand(10, 410, "(617) 555-0111"), across=()) == {PHONE: "(617) 555-0111"}


def test_where_two_rules_are_about_as_near_to_the_foot_of_a_hand_nearness_decides() -> None:
    stroke = Rect(220, 470, 900, 473)
    assert numbers(hand(10, 414, "(617) 555-0111"), across=(*RULES, stroke)) == {PHONE: "(617) 555-0111"}


RULE = (Rect(100, 440, 900, 443),)
BRACKETS = (100, 450, "(Name of person or facility)")


def recipient(*rows: tuple[float, float, str]) -> str | None:
    return found(page(*PATIENT, (100, 300, "Release records to"), *rows, across=RULE)).get(FieldName.DESTINATION_NAME)


def test_a_label_in_brackets_under_a_rule_takes_what_stands_on_the_rule_and_never_what_stands_below() -> None:
    above, below = (100, 390, "Oak Dental"), (100, 510, "Elm Street Dental")
    assert recipient(BRACKETS, above, below) == "Oak Dental"
    assert recipient(BRACKETS, below) is None
