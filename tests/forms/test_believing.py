"""How far the memory is believed: what it alone has found releases nothing, and it hides nothing that speaks against one."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.forms.asking import is_known
from pipeline.forms.believing import BESIDE, IN_DOUBT, MAY_BE_LEFT_OUT, NEVER_GIVEN, most_against, most_of_its_own
from pipeline.forms.form import Form, NotHere, Place, PrintedWord
from pipeline.forms.recalling import THE_PATIENT, Recalling
from pipeline.forms.recognition import Recognised
from pipeline.matching.destinations import NAME_FLOOR, is_to_self
from pipeline.matching.office_comparisons import AGREES_FROM, CONTRADICTS_FROM
from pipeline.matching.patients import Floors
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect
from pipeline.reading.page import Word
from pipeline.reading.values import Value
from pipeline.release.policy import Policy
from schemas.reading import FieldName as F
from schemas.reading import Reading
from tests.release.cases import GOOD, Request, field

HERE, ELSEWHERE = Rect(300, 700, 420, 720), Rect(305, 500, 415, 520)
DATES = (F.EXPIRY_DATE, F.SIGNATURE_DATE, F.SCOPE_FROM_DATE, F.SCOPE_TO_DATE)


def with_print(form: Form) -> Recognised:
    """A page that is this form and has print around the place, each word where it should be."""
    words = tuple(PrintedWord(text="expiration", place=Rect(200, 640 + 25 * n, 280, 660 + 25 * n)) for n in range(4))
    words += tuple(PrintedWord(text="authorize", place=Rect(300, 430 + 25 * n, 380, 450 + 25 * n)) for n in range(4))
    seen: dict[int, Any] = {n: SimpleNamespace(place=w.place, line=None, start=0, end=0) for n, w in enumerate(words)}
    return Recognised(form.model_copy(update={"words": words}), 1000, np.array([[1.0, 0, 0], [0, 1.0, 0]]), seen)


def recalled(form: Form, said: list[FoundValue], written: str = "") -> list[FoundValue]:
    """What is made of values that labels gave, on a page where this is written at the place."""
    line: Any = SimpleNamespace(printed=False, text=written, letters=[1] * len(written), rect=Rect(305, 700, 415, 720))
    words = [Word(written, line.rect, 0.97, line, 0, len(written))] if written else []
    paper = {"grey": np.full((1300, 1000), 255, np.uint8), "ink": np.zeros((1300, 1000), bool)}
    page: Any = SimpleNamespace(words=words, layout=SimpleNamespace(width=1000, height=1300, down=[], **paper))
    engine: Any = SimpleNamespace(recognize=lambda _crops: [])
    return Recalling(page, with_print(form), engine).values(said)


def place(name: F) -> Form:
    return Form(words=(), places=(Place(field=name, boxes=(HERE, Rect(303, 703, 425, 723))),))


def by_label(name: F, value: str, rect: Rect = ELSEWHERE) -> FoundValue:
    return FoundValue(name, Value(value), value, rect, 0.99, 1.0, printed=False, label="its label")


def read_so(values: list[FoundValue], base: Request = GOOD) -> Request:
    """The request with these values, each as sure as it may be."""
    fields: dict[F, Any] = {}
    for value in values:
        read = field(value.value.text, min(0.95, value.most))
        if value.name not in fields or fields[value.name].confidence < read.confidence:
            fields[value.name] = read
    return replace(base, fields={**base.fields, **fields})


# ---- what only the memory has found --------------------------------------------------------------------------------------------


def test_what_only_the_memory_has_found_is_below_the_floor_of_what_it_decides() -> None:
    floors, policy = Floors(), Policy()
    assert most_of_its_own(F.PATIENT_NAME) < min(floors.name, floors.name_letter_for_letter)
    assert most_of_its_own(F.PATIENT_DOB) < min(floors.birth_date, floors.birth_date_corroborated)
    assert most_of_its_own(F.DESTINATION_NAME) < NAME_FLOOR
    assert all(most_of_its_own(name) < policy.date_confidence for name in DATES)


@pytest.mark.parametrize("name", [F.EXPIRY_DATE, F.SCOPE_FROM_DATE, F.SCOPE_TO_DATE])
def test_a_date_that_only_the_memory_has_found_is_offered_and_holds(name: F) -> None:
    [found] = recalled(place(name), [], "11/30/2027" if name is F.EXPIRY_DATE else "11/30/2025")
    assert found.name is name
    dated = replace(GOOD, fields={**GOOD.fields, F.SCOPE_FROM_DATE: field("2020-01-01"), F.SCOPE_TO_DATE: field("2026-01-01")})
    assert dated.decided().release is not None
    assert replace(dated, fields={**dated.fields, name: field(found.value.text, found.most)}).decided().release is None


def test_a_date_of_signature_comes_from_its_label_alone() -> None:
    """An authorization bears a date: that there is one is enough for the rule, however badly it was read."""
    assert recalled(place(F.SIGNATURE_DATE), [], "11/18/2026") == []


def test_the_practice_that_is_asked_is_read_from_its_label_alone() -> None:
    """That it is named is enough for one rule, and whether it is another only asked of what was read surely."""
    assert not is_known(F.HOLDER_NAME)
    asked = by_label(F.HOLDER_NAME, "Pine Dental", HERE)
    [kept] = recalled(
        place(F.HOLDER_NAME).model_copy(update={"not_here": (NotHere(field=F.HOLDER_NAME, box=HERE, times=5),)}), [asked]
    )
    assert kept == asked
    assert read_so([kept]).decided().release is None


@pytest.mark.parametrize("said", ["Self", "Maria Lopez", "Lopez Maria", "same as above"])
def test_that_a_copy_goes_to_the_patient_is_never_from_the_memory(said: str) -> None:
    """It would be as sure as the patient's own name is."""
    patient = by_label(F.PATIENT_NAME, "Maria Lopez")
    assert recalled(place(F.DESTINATION_NAME), [patient], said) == [patient]
    assert [v.most for v in recalled(place(F.DESTINATION_NAME), [patient], "Baker Orthodontics")] == [1.0, 0.25]


def test_every_word_for_the_patient_is_known() -> None:
    words = ("self", "myself", "me", "patient", "the patient", "same", "same as above", "to me", "i")
    for word in words:
        fields = {F.DESTINATION_NAME: field(word), F.PATIENT_NAME: field("Maria Lopez")}
        assert is_to_self(Reading.model_construct(fields=fields))
    assert {"".join(word.split()) for word in words} == THE_PATIENT


FLOORS = {
    F.PATIENT_NAME: min(Floors().name, Floors().name_letter_for_letter),
    F.PATIENT_DOB: min(Floors().birth_date, Floors().birth_date_corroborated),
    F.DESTINATION_NAME: NAME_FLOOR,
    **dict.fromkeys(DATES, Policy().date_confidence),
}
"""Below which the rules ask a person."""
NOT_KNOWN = [name for name in F if name is F.HOLDER_NAME or name.value.startswith(("requester.", "signer."))]
WRITTEN = ("Maria Lopez", "Baker Orthodontics", "03/04/1979", "11/30/2027", "(978) 555-0142", "12 Elm Street", "02139")


@pytest.mark.parametrize("name", FLOORS)
def test_no_value_from_the_memory_alone_reaches_a_floor(name: F) -> None:
    patient = [by_label(F.PATIENT_NAME, "Henry Thornquist")] if name is F.DESTINATION_NAME else []
    given = [v for said in WRITTEN for v in recalled(place(name), patient, said) if v.name is name]
    assert all(value.most < FLOORS[name] for value in given)
    assert bool(given) is (name not in NEVER_GIVEN)


@pytest.mark.parametrize("name", NOT_KNOWN)
def test_of_whom_is_asked_and_who_asks_the_memory_says_nothing(name: F) -> None:
    """Nor does it know ticks and signatures. All of these have floors of their own."""
    assert all(recalled(place(name), [], said) == [] for said in WRITTEN)


# ---- where labels have found something else -----------------------------------------------------------------------------------


def test_an_expired_date_that_a_label_has_is_not_replaced_by_one_from_the_place() -> None:
    label, beside = recalled(place(F.EXPIRY_DATE), [by_label(F.EXPIRY_DATE, "2026-10-01")], "11/30/2027")
    assert (label.value.text, beside.value.text) == ("2026-10-01", "2027-11-30")
    assert beside.most == BESIDE
    assert beside.most < label.most < Policy().date_confidence
    held = read_so([label, beside])
    assert held.fields[F.EXPIRY_DATE].value == "2026-10-01"
    assert held.decided().release is None


@pytest.mark.parametrize("name", list(F))
@pytest.mark.parametrize("written", ["", *WRITTEN])
def test_what_a_label_has_elsewhere_never_vanishes_for_what_stands_at_the_place(name: F, written: str) -> None:
    label, *beside = recalled(place(name), [by_label(name, "what the label has")], written)
    assert label.value.text == "what the label has"
    assert all(value.most == BESIDE < label.most for value in beside)


def test_where_labels_and_the_memory_agree_the_value_is_as_sure_as_ever() -> None:
    label = by_label(F.EXPIRY_DATE, "2027-11-30")
    assert recalled(place(F.EXPIRY_DATE), [label], "11/30/2027") == [label]


def test_a_contact_in_doubt_is_still_against_another_office_and_speaks_for_none() -> None:
    for name in (F.DESTINATION_PHONE, F.DESTINATION_FAX, F.DESTINATION_EMAIL, F.DESTINATION_STREET):
        assert CONTRADICTS_FROM <= most_against(name) < AGREES_FROM


# ---- what was struck out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*DATES, *NOT_KNOWN, F.DESTINATION_PHONE, F.DESTINATION_FAX])
def test_no_strike_out_takes_away_what_a_rule_would_take_lightly(name: F) -> None:
    form = Form(words=(), not_here=(NotHere(field=name, box=HERE, times=9),))
    [kept] = recalled(form, [by_label(name, "2026-10-01", HERE)])
    assert kept.value.text == "2026-10-01"
    assert kept.most < Policy().date_confidence or name not in DATES


@pytest.mark.parametrize(("name", "value"), [(F.EXPIRY_DATE, "2026-10-01"), (F.REQUESTER_NAME, "Carlos Ruiz")])
def test_what_speaks_against_a_release_is_never_left_out(name: F, value: str) -> None:
    form = Form(words=(), not_here=(NotHere(field=name, box=HERE, times=5),))
    [kept] = recalled(form, [by_label(name, value, HERE)])
    assert kept.value.text == value
    assert GOOD.decided().release is not None
    assert read_so([kept]).decided().release is None


@pytest.mark.parametrize("name", [name for name in F if is_known(name)])
def test_what_was_struck_out_twice_is_left_out_only_where_its_absence_holds_or_decides_nothing(name: F) -> None:
    form = Form(words=(), not_here=(NotHere(field=name, box=HERE, times=2),))
    kept = recalled(form, [by_label(name, "2026-10-01", HERE)])
    assert [v.most for v in kept] == ([] if name in MAY_BE_LEFT_OUT else [most_against(name)])
    once = Form(words=(), not_here=(NotHere(field=name, box=HERE),))
    assert [v.most for v in recalled(once, [by_label(name, "2026-10-01", HERE)])] == [IN_DOUBT]
