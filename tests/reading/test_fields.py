"""Which words belong to which label, where hands do not keep to the lines that a form prints."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from pipeline.reading.confidence import SURE, best_of
from pipeline.reading.fields import FoundValue, find_and_unread, find_values
from pipeline.reading.geometry import Rect
from pipeline.reading.layout import Layout, layout_of
from pipeline.reading.page import PageText
from pipeline.reading.reader import Reader, parted
from pipeline.reading.text import Letter as Glyph
from pipeline.reading.text import TextLine
from pipeline.reading.values import Value, dates_in
from schemas.reading import FieldName
from tests.reading.forms import Paper, read, scanned

TODAY = date(2026, 11, 22)
STEP = 18


def line(number: int, x: float, y: float, text: str) -> TextLine:
    letters = tuple(Glyph(c, x + STEP * i, x + STEP * i + 16, 0.99) for i, c in enumerate(text))
    return TextLine(number, Rect(x, y, x + STEP * len(text), y + 40), letters)


def page(*rows: tuple[float, float, str], across: tuple[Rect, ...] = (), down: tuple[Rect, ...] = ()) -> PageText:
    paper = np.full((2200, 1700), 250, np.uint8)
    return PageText.of([line(n, *row) for n, row in enumerate(rows)], Layout(paper, across, down, ()))


def found(text: PageText) -> dict[FieldName, str]:
    values: dict[FieldName, str] = {}
    for value in find_values(text, TODAY):
        values.setdefault(value.name, value.value.text)
    return values


PATIENT = ((100, 100, "Patient Name: Ann Lee"), (100, 200, "Date of Birth: 3/4/1979"))


def test_values_over_one_rule_belong_to_the_label_they_begin_over() -> None:
    rule = Rect(100, 440, 1500, 443)
    labels = ((100, 450, "Address"), (900, 450, "City"), (1200, 450, "State"), (1350, 450, "Zip"))
    hands = ((100, 395, "9 Mill Lane"), (900, 395, "Salem"), (1200, 395, "MA"), (1350, 395, "01970"))
    values = found(page(*PATIENT, *labels, *hands, across=(rule,)))
    assert values[FieldName.PATIENT_STREET] == "9 Mill Lane"
    assert values[FieldName.PATIENT_CITY] == "Salem"
    assert (values[FieldName.PATIENT_STATE], values[FieldName.PATIENT_ZIP]) == ("MA", "01970")


def test_a_number_written_a_little_beside_its_place_is_still_found_but_believed_less() -> None:
    text = page(*PATIENT, (100, 300, "Phone:"), (260, 338, "(978) 555-0142"))
    phone = next(v for v in find_values(text, TODAY) if v.name == FieldName.PATIENT_PHONE)
    assert phone.value.text == "(978) 555-0142" and phone.fit < 0.9


def test_an_address_goes_on_in_the_next_line_and_not_in_the_next_column() -> None:
    rows = ((100, 300, "Address: 9 Mill Lane"), (100, 360, "Salem, MA 01970"), (1000, 360, "ann@mailbox.com"))
    values = found(page(*PATIENT, *rows, down=(Rect(900, 280, 903, 500),)))
    assert (values[FieldName.PATIENT_STREET], values[FieldName.PATIENT_ZIP]) == ("9 Mill Lane", "01970")


def test_a_phone_and_a_date_in_the_way_are_no_part_of_an_address() -> None:
    values = found(page(*PATIENT, (100, 300, "Address: 9 Mill Lane"), (100, 350, "(978) 555-0142"), (600, 350, "06/15/2026")))
    assert values[FieldName.PATIENT_STREET] == "9 Mill Lane"


def test_a_form_to_send_or_to_receive_names_who_receives() -> None:
    values = found(page(*PATIENT, (100, 300, "Send / Receive my records to / from"), (100, 400, "Facility: Oak Dental Care")))
    assert values[FieldName.DESTINATION_NAME] == "Oak Dental Care"


def test_an_email_where_the_delivery_is_chosen_is_the_recipients() -> None:
    rows = ((100, 300, "Release records from: Elm Dental"), (100, 400, "Delivery method:"), (100, 460, "Email: records@oak.com"))
    assert found(page(*PATIENT, *rows))[FieldName.DESTINATION_EMAIL] == "records@oak.com"


def test_a_bare_to_behind_from_asks_for_the_end_of_a_range() -> None:
    values = found(page(*PATIENT, (100, 300, "Dates from: 1/2/2020"), (600, 300, "to 3/4/2021")))
    assert (values[FieldName.SCOPE_FROM_DATE], values[FieldName.SCOPE_TO_DATE]) == ("2020-01-02", "2021-03-04")


@pytest.mark.parametrize(("printed", "code"), [("z1p", "79072"), ("2ip", "79072"), ("zip", None)])
def test_a_misread_zip_in_the_middle_of_a_line_is_a_label_and_the_small_word_is_none(printed: str, code: str | None) -> None:
    row = (100, 300, f"City: Salem State: GA {printed} 79072")
    values = found(page(*PATIENT, row))
    assert (values[FieldName.PATIENT_CITY], values[FieldName.PATIENT_STATE]) == ("Salem", "GA")
    assert values.get(FieldName.PATIENT_ZIP) == code


def test_words_that_are_no_date_beside_a_birth_date_are_looked_at_again() -> None:
    _, unread = find_and_unread(page(PATIENT[0], (100, 200, "Date of Birth: 3/4/197")), TODAY)
    assert [u.name for u in unread] == [FieldName.PATIENT_DOB]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("911311941", "1941-09-13"),
        ("07/12/20 26", "2026-07-12"),
        ("0422-2026", "2026-04-22"),
        ("Month 05 Day y09 Year 1942", "1942-05-09"),
        ("06 12112026", "2026-06-21"),
    ],
)
def test_dates_are_read_where_strokes_became_ones_or_were_lost(written: str, day: str) -> None:
    assert [v.text for v, _ in dates_in(written, date(2050, 1, 1))] == [day]


def value(text: str, x: float = 0, name: FieldName = FieldName.PATIENT_NAME) -> FoundValue:
    return FoundValue(name, Value(text), text, Rect(x, 0, x + 100, 40), 0.99, 1.0, False)


def test_a_name_that_is_spelt_otherwise_elsewhere_is_not_sure() -> None:
    assert best_of([(value("Scott Mercer"), 0.95, 1), (value("Scott Hercer", 500), 0.8, 1)])[1] < 0.9


def test_two_phones_for_one_patient_are_both_in_doubt() -> None:
    name = FieldName.PATIENT_PHONE
    two = [(value("(978) 555-0142", 0, name), 0.97, 1), (value("(617) 555-0111", 500, name), 0.93, 1)]
    assert best_of(two)[1] < 0.9


def test_a_line_is_cut_at_the_wall_of_a_cell_and_nowhere_else() -> None:
    corners = np.array([[100, 100], [900, 100], [900, 140], [100, 140]], dtype=np.float32)
    blank = np.full((300, 1000), 250, np.uint8)
    assert len(parted(corners, Layout(blank, (), (Rect(500, 60, 503, 200),), ()))) == 2
    assert len(parted(corners, Layout(blank, (), (Rect(500, 118, 503, 200),), ()))) == 1


def test_strokes_of_a_large_hand_are_no_walls() -> None:
    paper = Paper().rule(100, 1500, 600)
    paper.pen.line([(300, 520), (300, 585)], fill=20, width=5)
    paper.pen.rectangle([100, 800, 1500, 900], outline=20, width=3)
    down = layout_of(np.asarray(paper.picture)).down
    assert down and all(r.top >= 795 for r in down)


def signing(*, signed: bool) -> Paper:
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 220, "Release records to: Oak Dental").write(120, 300, "Fax: (617) 555-0111")
    if signed:
        paper.pen.text((130, 640), "Lopez", fill=20, font=ImageFont.load_default(150))
    paper.rule(120, 900, 760).write(120, 770, "SIGNATURE" if not signed else "")
    paper.rule(1000, 1500, 760).write(1000, 770, "Date").write(1000, 715, "06/15/2026")
    return paper.rule(120, 900, 880).write(120, 890, "Printed name")


def test_a_signature_over_its_own_label_is_seen_and_an_empty_line_is_none(reader: Reader, tmp_path: Path) -> None:
    assert read(reader, tmp_path, scanned(signing(signed=True))).signature.present is True
    assert read(reader, tmp_path, scanned(signing(signed=False))).signature.present is False


def test_the_only_date_of_a_signed_page_is_that_of_the_signature_but_never_surely() -> None:
    signature = (100, 900, "Signature of patient:")
    alone = {v.name: v for v in find_values(page((100, 40, "DATE: 6/15/2026"), *PATIENT, signature), TODAY)}
    assert alone[FieldName.SIGNATURE_DATE].value.text == "2026-06-15"
    assert alone[FieldName.SIGNATURE_DATE].most < SURE
    unsigned = page((100, 40, "DATE: 6/15/2026"), *PATIENT)
    assert FieldName.SIGNATURE_DATE not in found(unsigned)
    two = page((100, 40, "DATE: 6/15/2026"), (900, 40, "DATE: 7/16/2026"), *PATIENT, signature)
    assert FieldName.SIGNATURE_DATE not in found(two)


def test_the_date_until_which_a_form_may_be_used_is_not_the_patients() -> None:
    head = ((1200, 20, "OMB Number: 2900-0260"), (1200, 60, "Expiration Date: 8/31/2027"))
    assert FieldName.EXPIRY_DATE not in found(page(*head, *PATIENT))
    assert found(page(*PATIENT, (100, 600, "Expiration Date: 8/31/2027")))[FieldName.EXPIRY_DATE] == "2027-08-31"


def test_a_bare_date_right_under_how_long_it_lasts_is_its_end() -> None:
    values = found(page(*PATIENT, (100, 600, "10. AUTHORIZATION EXPIRATION"), (100, 650, "DATE (YYYYMMDD) 8/31/2027")))
    assert values[FieldName.EXPIRY_DATE] == "2027-08-31"
    assert FieldName.SIGNATURE_DATE not in values


def test_a_date_or_event_is_asked_for_in_one_place() -> None:
    values = found(page(*PATIENT, (100, 600, "This authorization will expire on the following date or event: 8/31/2027")))
    assert values[FieldName.EXPIRY_DATE] == "2027-08-31"


def test_a_value_may_stand_in_the_cell_beside_that_of_its_label() -> None:
    walls = tuple(Rect(x, 280, x + 4, 360) for x in (90, 480, 1400))
    rules = (Rect(90, 280, 1404, 284), Rect(90, 360, 1404, 364))
    heading, label, hand = (100, 230, "Release to"), (100, 300, "Name of office"), (520, 300, "Oak Dental")
    assert found(page(*PATIENT, heading, label, hand, across=rules, down=walls))[FieldName.DESTINATION_NAME] == "Oak Dental"


def test_letters_of_a_list_before_labels_are_none_of_their_words() -> None:
    rows = (
        (100, 300, "Release to"),
        (100, 380, "a. NAME: Oak Dental"),
        (100, 460, "c. TELEPHONE (Include Area Code) (978) 555-0142"),
    )
    values = found(page(*PATIENT, *rows))
    assert values[FieldName.DESTINATION_PHONE] == "(978) 555-0142"


def test_the_words_around_a_label_in_brackets_are_printed() -> None:
    rule = Rect(100, 440, 900, 443)
    rows = ((100, 330, "Release to"), (100, 395, "Oak Dental"), (300, 450, "(Name of Facility/TRICARE Health Plan)"))
    assert found(page(*PATIENT, *rows, across=(rule,)))[FieldName.DESTINATION_NAME] == "Oak Dental"


def test_where_a_name_and_an_organization_are_asked_for_the_name_is_a_persons_there() -> None:
    rows = ((100, 300, "Release to"), (100, 380, "Name: Dr. Taylor"), (100, 440, "Organization: Oak Dental"))
    both = found(page(*PATIENT, *rows))
    assert (both[FieldName.DESTINATION_ATTENTION], both[FieldName.DESTINATION_NAME]) == ("Dr. Taylor", "Oak Dental")
    assert found(page(*PATIENT, *rows[:2]))[FieldName.DESTINATION_NAME] == "Dr. Taylor"


def test_two_offices_that_a_form_names_are_not_a_person_and_an_office() -> None:
    rows = ((100, 300, "Release to: Oak Dental"), (100, 400, "Current office: Elm Dental"))
    assert FieldName.DESTINATION_ATTENTION not in found(page(*PATIENT, *rows))


def test_an_address_behind_who_receives_is_not_the_patients() -> None:
    rows = ((100, 300, "Release to: Oak Dental"), (100, 345, "whose address is 9 Mill Lane, Beverly, MA 01915"))
    values = found(page(*PATIENT, *rows))
    assert values[FieldName.DESTINATION_STREET] == "9 Mill Lane" and FieldName.PATIENT_STREET not in values


def test_the_end_of_a_permission_counts_beside_the_number_of_the_form_as_well() -> None:
    rows = ((100, 1900, "This authorization expires on: 5/6/2027"), (100, 1950, "Form Approved"))
    assert found(page(*PATIENT, *rows))[FieldName.EXPIRY_DATE] == "2027-05-06"
