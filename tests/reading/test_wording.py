"""Labels and headings that no list has are told by the words that they are made of."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pipeline.reading.confidence import SURE
from pipeline.reading.fields import find_values
from pipeline.reading.labels import found_in
from pipeline.reading.ticks import find_ticks
from pipeline.reading.wording import composed, heading_of
from schemas.reading import FieldName
from tests.reading.test_fields import PATIENT, TODAY, found, page
from tests.reading.test_labels import line


def asked(text: str) -> set[tuple[str, str]]:
    printed = line(text)
    return {(h.phrase.party, h.phrase.key) for h in composed(printed, found_in(printed)) if h.phrase.kind == "label"}


def made_up(text: str) -> set[str]:
    return {h.phrase.key for h in composed(line(text), [])}


@pytest.mark.parametrize(
    ("printed", "party", "key"),
    [
        ("Doctor/Facility", "", "name"),
        ("Agency, dentist or physician", "", "name"),
        ("Name of the receiving dentist", "destination", "name"),
        ("Name of receiving office:", "destination", "name"),
        ("Disclosing practice or doctor", "holder", "name"),
        ("Your full name", "patient", "name"),
        ("Client:", "patient", "name"),
        ("Office:", "", "name"),
        ("Student (Last, First)", "patient", "last_first"),
        ("Best phone number", "", "phone"),
        ("Office telephone", "", "phone"),
        ("Recipient's facsimile", "destination", "fax"),
        ("Full address, city, state and zip", "", "address"),
        ("Dirección completa / Full address", "", "address"),
        ("Residence", "", "address"),
        ("Name of person signing", "signature", "printed_name"),
        ("To the attention of", "destination", "attention"),
        ("Former name(s)", "patient", "other_names"),
        ("Emergency contact phone", "", "ignore"),
        ("Current address, with city, state and zip", "", "address"),
        ("New address", "", "address"),
        ("New dentist's phone", "destination", "phone"),
        ("Name (First, Middle, Last)", "", "name"),
        ("Name (Last, First, Middle)", "patient", "last_first"),
        ("a. Name of person or organization to receive my", "destination", "name"),
        ("8. Name and address of person(s) or category of person to whom this will be sent:", "destination", "name_address"),
        ("NAME AND ADDRESS OF ORGANIZATION OR TITLE OF INDIVIDUAL TO WHOM IT IS TO BE RELEASED", "destination", "name_address"),
        ("7. Name and address of health provider or entity to release this information:", "holder", "name_address"),
    ],
)
def test_a_label_is_understood_by_what_is_asked_for_and_whose_it_is(printed: str, party: str, key: str) -> None:
    assert (party, key) in asked(printed)


@pytest.mark.parametrize("misread", ["Docter/Facilty", "Practlce or doctor"])
def test_one_wrong_letter_in_a_long_word_is_forgiven(misread: str) -> None:
    assert ("", "name") in asked(misread)


@pytest.mark.parametrize("written", ["Lakeside Family Dental", "Elm Street Clinic", "The person or office named here", "Doctor"])
def test_what_somebody_wrote_and_what_a_sentence_begins_with_is_no_label(written: str) -> None:
    assert {h.phrase.key for h in page((100, 300, written)).labels} & {"name", "address", "phone"} == set()


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("This consent expires on", "expiry"),
        ("This request is good until", "expiry"),
        ("It is void after", "expiry"),
        ("Authorization expires (date):", "expiry"),
        ("This authorization ends one year from the date below or, if earlier, on:", "expiry"),
        ("For the period beginning", "from_date"),
        ("Only treatment from", "from_date"),
        ("Clinical notes since 8/22/2017", "from_date"),
        ("For visits dated", "from_date"),
        ("It will expire on the following date or event or 180 days from the date of signature.", "expiry"),
    ],
)
def test_a_sentence_that_ends_where_a_date_is_to_be_written_asks_for_it(printed: str, key: str) -> None:
    assert key in {k for _party, k in asked(printed)}


@pytest.mark.parametrize("printed", ["This authorization ends when I turn eighteen.", "I may be seen from time to time."])
def test_a_sentence_that_goes_on_asks_for_nothing(printed: str) -> None:
    assert made_up(printed) == set()


@pytest.mark.parametrize(
    ("printed", "part"),
    [
        ("3. WHO MAY RECEIVE THE INFORMATION", "destination"),
        ("RECEIVING PRACTICE OR PERSON", "destination"),
        ("Where should we send them?", "destination"),
        ("RECORDS TO BE SENT TO:", "destination"),
        ("Who should have my records?", "destination"),
        ("Who needs the records?", "destination"),
        ("DO NOT RELEASE THE FOLLOWING RECORDS:", "excluded"),
        ("RECORDS NOW HELD BY", "holder"),
        ("DISCLOSING PRACTICE (HAS THE RECORDS)", "holder"),
        ("Who has your records now?", "holder"),
        ("2. I request and authorize the following to disclose information about me", "holder"),
        ("1. Client", "patient"),
        ("What should we send?", "scope"),
        ("5. Purpose or need for disclosure", "purpose"),
        ("METHOD", "delivery"),
        ("6. Duration", "expiry"),
        ("HIM USE ONLY", "office"),
        ("AUTHORIZES:", "holder"),
        ("DO NOT WRITE BELOW", "office"),
        ("CANCELLATION", "revocation"),
        ("Lakeside Family Dental", ""),
        ("I have received a copy of these records", ""),
        ("9/13/1980", ""),
    ],
)
def test_a_heading_is_understood_by_its_words_if_it_stands_out(printed: str, part: str) -> None:
    assert heading_of(line(printed)) == part


def test_the_holder_and_the_recipient_are_kept_apart_under_headings_that_no_list_has() -> None:
    rows = (
        (100, 300, "RECORDS NOW HELD BY"),
        (100, 360, "DOCTOR / PRACTICE: Oak Dental"),
        (100, 460, "WHERE SHOULD WE SEND THEM?"),
        (100, 520, "DOCTOR / PRACTICE: Elm Orthodontics"),
    )
    values = found(page(*PATIENT, *rows))
    assert (values[FieldName.HOLDER_NAME], values[FieldName.DESTINATION_NAME]) == ("Oak Dental", "Elm Orthodontics")


def test_who_writes_is_taken_for_the_patient_but_never_surely() -> None:
    text = page((100, 100, "I, Jane Doe"), (900, 100, "born 9/13/1980"))
    (name,) = [v for v in find_values(text, TODAY) if v.name is FieldName.PATIENT_NAME]
    assert name.value.text == "Jane Doe"
    assert name.most < SURE


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("to release copies of my dental records to Elm Street Dental", "Elm Street Dental"),
        ("Send all questions to Oak Dental Records Office", None),
    ],
)
def test_a_line_that_asks_for_records_may_go_on_with_who_receives_them(sentence: str, name: str | None) -> None:
    assert found(page(*PATIENT, (100, 300, sentence))).get(FieldName.DESTINATION_NAME) == name


def test_who_must_not_receive_the_records_is_no_destination() -> None:
    rows = ((100, 300, "Do not release my records to:"), (100, 360, "Name: Oak Dental"))
    assert FieldName.DESTINATION_NAME not in found(page(*PATIENT, *rows))


def test_what_is_listed_as_not_to_be_released_is_no_scope() -> None:
    listed = page(*PATIENT, (100, 300, "DO NOT RELEASE THE FOLLOWING RECORDS:"), (150, 360, "[X] X-rays"))
    assert find_ticks(listed, []) == []


def test_words_have_one_order_so_that_a_page_is_read_one_way() -> None:
    program = "from pipeline.reading.wording import _kinds; print(list(_kinds().of))"
    orders = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(orders) == 1


def test_leave_given_to_whoever_has_the_records_is_no_place_to_send_them_to() -> None:
    rows = ((100, 300, "I hereby give permission to:"), (100, 360, "Name: Oak Dental"))
    assert FieldName.DESTINATION_NAME not in found(page(*PATIENT, *rows))


def test_of_a_range_only_whose_end_is_filled_in_the_end_is_read() -> None:
    values = found(page(*PATIENT, (100, 300, "Treatment provided between"), (900, 300, "and 6/9/2025")))
    assert values.get(FieldName.SCOPE_TO_DATE) == "2025-06-09"
    assert FieldName.SCOPE_FROM_DATE not in values


def test_a_date_is_looked_for_at_the_start_of_the_next_line_where_the_sentence_ends_its_line() -> None:
    text = "A copy of this form is as good as the original. This authorization ends on:"
    values = found(page(*PATIENT, (100, 300, text), (100, 350, "04/06/2027")))
    assert values.get(FieldName.EXPIRY_DATE) == "2027-04-06"


def test_a_choice_among_others_on_its_row_is_no_heading() -> None:
    rows = ((100, 300, "Why do you need it?"), (150, 400, "New dentist"), (700, 400, "Second opinion"), (1200, 400, "Insurance"))
    assert FieldName.DESTINATION_NAME not in found(page(*PATIENT, *rows))


def test_a_portal_is_no_postal_code() -> None:
    assert asked("Patient portal") == set()


def test_a_name_asked_for_of_whoever_sends_or_receives_is_of_neither() -> None:
    assert {party for party, _key in asked("Name of the party to release or to receive this:")} & {
        "destination",
        "holder",
    } == set()


def test_another_word_is_no_misreading() -> None:
    assert {h.phrase.key for h in found_in(line("Who may see the information"), ("heading",))} == set()
    assert {h.phrase.key for h in found_in(line("Who may sond the information"), ("heading",))} == {"holder"}


def test_a_label_may_go_on_in_its_next_line() -> None:
    rows = ((100, 300, "WHO RECEIVES"), (100, 400, "Name and mailing"), (100, 440, "address of the"), (100, 480, "organization:"))
    hand = (500, 400, "Oak Dental, 9 Mill Lane, Beverly, MA 01915")
    values = found(page(*PATIENT, *rows, hand))
    assert values[FieldName.DESTINATION_NAME] == "Oak Dental"
    assert values[FieldName.DESTINATION_ZIP] == "01915"


@pytest.mark.parametrize(("written", "whose"), [("I, Ann Lee,", True), ("1, Ann Lee,", True), ("11, Ann Lee,", False)])
def test_who_writes_names_themselves_behind_an_i_though_it_looks_like_a_one(written: str, whose: bool) -> None:
    assert (("patient", "name") in asked(written)) is whose
