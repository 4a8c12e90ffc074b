"""Labels are found with forgiveness, and only where they are labels."""

from __future__ import annotations

import pytest

from pipeline.reading.geometry import Rect
from pipeline.reading.labels import found_in, grown, is_prose, vocabulary
from pipeline.reading.text import Letter, TextLine
from pipeline.reading.words import is_label_text
from schemas.reading import Choice


def line(text: str, top: float = 100) -> TextLine:
    return TextLine(
        0,
        Rect(100, top, 100 + 20 * len(text), top + 40),
        tuple(Letter(c, 100 + 20 * i, 118 + 20 * i, 0.99) for i, c in enumerate(text)),
    )


def keys(text: str) -> set[str]:
    return {f"{h.phrase.party}.{h.phrase.key}" for h in found_in(line(text), ("label",))}


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("Patient Name: ____", "patient.name"),
        ("PATIENTNAME", "patient.name"),
        ("Patlent Name:", "patient.name"),
        ("Nombre del paciente", "patient.name"),
        ("D.O.B.", "patient.dob"),
        ("Date of blrth:", "patient.dob"),
        ("Fecha de nacimiento:", "patient.dob"),
        ("Recipient's Name:", "destination.name"),
        ("City, State, ZIP", ".city_state_zip"),
    ],
)
def test_labels_are_found_in_spite_of_misreadings(printed: str, key: str) -> None:
    assert key in keys(printed)


def test_the_longest_label_wins() -> None:
    assert keys("Signature of patient or legal representative") == {"signature.signature"}


def test_several_labels_on_one_line_are_all_found() -> None:
    assert keys("City: ____ State: ____ Zip: ____") == {".city", ".state", ".zip"}


def test_a_label_is_not_found_inside_a_word() -> None:
    assert keys("Velocity Statement") == set()


def test_short_labels_must_be_spelt_exactly() -> None:
    assert keys("Fix: 12") == set()


def test_small_print_is_told_from_lines_to_fill_in() -> None:
    assert is_prose(
        line("I understand that I may revoke this authorization at any time by writing to the practice that holds my records")
    )
    assert not is_prose(line("Patient Name: ______________ Date of Birth: ______________ Phone: ______________"))


def test_every_choice_of_the_language_has_words() -> None:
    said = {p.key for group in vocabulary().phrases.values() for p in group if p.kind == "choice"}
    assert set(Choice) <= said


@pytest.mark.parametrize(
    ("printed", "whole"),
    [
        ("Name of Office / Nombre del consultorio: Oak Dental", "Name of Office / Nombre del consultorio"),
        ("Attention or practice", "Attention or practice"),
        ("Phone / Teléfono: (978) 555-0142", "Phone / Teléfono"),
        ("Address (optional): 9 Mill Lane", "Address (optional)"),
        ("Address 9 Mill Lane", "Address"),
        ("Phone: for the office", "Phone"),
    ],
)
def test_a_label_goes_on_to_its_colon_or_as_far_as_forms_print(printed: str, whole: str) -> None:
    hit = grown(found_in(line(printed), ("label",))[0])
    assert printed[hit.start : hit.end] == whole


@pytest.mark.parametrize("text", ["or practice", "AND DELIVERY", "of Patient or Representative", "Nombre / Fecha"])
def test_what_is_left_of_a_label_is_no_value(text: str) -> None:
    assert is_label_text(text)


@pytest.mark.parametrize("text", ["Oak Dental Practice", "Records desk", "Maria Lopez", "moving"])
def test_a_value_may_hold_words_of_a_form(text: str) -> None:
    assert not is_label_text(text)


def test_a_cross_that_was_read_as_a_letter_does_not_hide_the_choice_behind_it() -> None:
    assert {h.phrase.key for h in found_in(line("XEmail:"), ("choice",))} == {Choice.DELIVERY_EMAIL}
