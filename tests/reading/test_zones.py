"""How far a heading rules, and what looks like one."""

from __future__ import annotations

import pytest

from pipeline.reading.geometry import Rect
from schemas.reading import FieldName
from tests.reading.test_fields import PATIENT, found, page


@pytest.mark.parametrize("choice", ["Request of Patient", "At request of patient"])
def test_a_purpose_to_tick_is_no_heading_of_who_receives(choice: str) -> None:
    rows = ((100, 300, "Purpose of disclosure:"), (150, 400, choice), (150, 500, "Other: At my request"))
    assert {h.part for h in page(*PATIENT, *rows).zones.headings} == {"patient", "purpose"}
    assert FieldName.DESTINATION_NAME not in found(page(*PATIENT, *rows))


def test_the_requestor_heads_a_part_of_its_own_and_so_does_a_choice_that_names_what_it_is_about() -> None:
    assert (
        found(page(*PATIENT, (100, 300, "Requestor"), (100, 400, "Name: Oak Dental")))[FieldName.DESTINATION_NAME] == "Oak Dental"
    )
    assert "delivery" in {h.part for h in page(*PATIENT, (100, 300, "Send by mail")).zones.headings}


@pytest.mark.parametrize(("lines_down", "party"), [(0, "holder"), (7, "holder"), (9, None)])
def test_a_stacked_heading_rules_over_its_row_unless_the_row_begins_far_above_it(lines_down: int, party: str | None) -> None:
    rules = (Rect(50, 297, 1650, 300), Rect(50, 1500, 1650, 1503))
    top = 300 + 40 * lines_down
    rows = ((60, top, "Release"), (60, top + 45, "records from"), (500, 320, "Facility: Oak Dental"))
    values = found(page(*PATIENT, *rows, across=rules))
    assert values.get(FieldName.HOLDER_NAME) == ("Oak Dental" if party else None)


@pytest.mark.parametrize(
    ("behind", "name"), [("moving to a new city", None), ("for my own files", None), ("Baker Orthodontics", "Baker Orthodontics")]
)
def test_behind_other_stands_a_name_which_has_a_capital_and_no_reason(behind: str, name: str | None) -> None:
    rows = ((100, 300, "Release records to"), (100, 400, f"Other: {behind}"))
    assert found(page(*PATIENT, *rows)).get(FieldName.DESTINATION_NAME) == name
