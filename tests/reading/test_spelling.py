"""Lists of names choose between what the recogniser may have read, and add nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.matching.patients import Floors
from pipeline.reading.confidence import SURE, Evidence, Opinion, confidence_of, signs_of
from pipeline.reading.engines import Picture, RapidEngine
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect
from pipeline.reading.spelling import Look, respelt
from pipeline.reading.values import Value
from pipeline.reading.vocabulary import vocabulary_of
from schemas.reading import FieldName

CROP = np.full((48, 300), 250, np.uint8)


class Hearing(RapidEngine):
    """An engine whose letters cost what they say: each letter that the picture would not hold is so much less likely."""

    def __init__(self, true: str, doubtful: str = "", cost: float = 9.0) -> None:
        super().__init__()
        self._true, self._doubtful, self._cost = true, doubtful, cost

    def likelihood(self, crop: Picture, spellings: Sequence[str]) -> list[float]:
        """Mean log likelihood a letter: letters in `doubtful` may stand for each other at little cost."""
        return [
            sum(self._letter(a, b) for a, b in zip(s.ljust(40), self._true.ljust(40), strict=True)) / len(s) for s in spellings
        ]

    def _letter(self, one: str, other: str) -> float:
        if one == other:
            return 0.0
        return -0.7 if one in self._doubtful and other in self._doubtful else -self._cost


def value(text: str, name: FieldName = FieldName.PATIENT_NAME, *, printed: bool = False) -> FoundValue:
    return FoundValue(name, Value(text), text, Rect(0, 0, 300, 48), 0.97, 1.0, printed)


def spelt(text: str, engine: RapidEngine, name: FieldName = FieldName.PATIENT_NAME) -> FoundValue:
    return respelt(value(text, name), (Look(CROP, text),), engine)


@pytest.mark.parametrize(
    ("read", "alike", "meant"),
    [
        ("Douna Burus", "nu", "Donna Burns"),
        ("Ashley Codriguez", "RC", "Ashley Rodriguez"),
        ("DOUNA M. BURUS", "NU", "DONNA M. BURNS"),
        ("William Lamos", "LR", "William Ramos"),
    ],
)
def test_a_letter_that_looks_like_another_is_the_one_that_makes_a_name(read: str, alike: str, meant: str) -> None:
    found = spelt(read, Hearing(read, alike))
    assert found.value.text == meant and found.value.quality < 1 and found.raw == read


def test_words_of_streets_and_offices_are_known() -> None:
    assert (
        spelt("4100 Lyun Mouutains", Hearing("4100 Lyun Mouutains", "nu"), FieldName.PATIENT_STREET).value.text
        == "4100 Lynn Mountains"
    )
    assert spelt("Moore Deutal", Hearing("Moore Deutal", "nu"), FieldName.DESTINATION_NAME).value.text == "Moore Dental"


@pytest.mark.parametrize("rare", ["Xochitl Burus", "Amy Oyelaran", "Jo Ng"])
def test_a_name_that_no_list_holds_stays_where_the_ink_is_plain(rare: str) -> None:
    assert spelt(rare, Hearing(rare)).value.text == rare


def test_a_frequent_name_is_not_doubted_and_print_is_not_touched() -> None:
    assert spelt("Mary Jones", Hearing("Mark Jonas", "yk")).value.text == "Mary Jones"
    printed = value("Douna Burus", printed=True)
    assert respelt(printed, (Look(CROP, "Douna Burus"),), Hearing("Donna Burns")) is printed


def test_the_name_under_the_signature_stays_as_it_stands_there() -> None:
    """Or a list would make a relative who signs the patient."""
    assert spelt("Mariya Ruiz", Hearing("Mariya Ruiz", cost=0.5), FieldName.REQUESTER_NAME).value.text == "Mariya Ruiz"


def test_a_name_that_a_list_has_chosen_is_too_little_for_one_that_fits_the_chart_only_nearly() -> None:
    found = spelt("Douna Burus", Hearing("Douna Burus", "nu"))
    assert confidence_of(Evidence(found, (Opinion("Donna Burns", 1.0),) * 2)) < Floors().name


@pytest.mark.parametrize(
    ("read", "meant", "name"),
    [
        ("TIM OTHY CHAN", "TIMOTHY CHAN", FieldName.PATIENT_NAME),
        ("7560 Nich olas Village", "7560 Nicholas Village", FieldName.PATIENT_STREET),
        ("W ONG ORAL SURGERY", "WONG ORAL SURGERY", FieldName.DESTINATION_NAME),
        ("W ONG", "W ONG", FieldName.PATIENT_NAME),
        ("Mary Ann Van Horn", "Mary Ann Van Horn", FieldName.PATIENT_NAME),
        ("Han Son", "Han Son", FieldName.PATIENT_NAME),
    ],
)
def test_pieces_of_a_word_are_put_together_where_one_of_them_is_none(read: str, meant: str, name: FieldName) -> None:
    assert spelt(read, Hearing(read), name).value.text == meant


def test_a_name_that_a_gap_may_have_broken_is_not_sure() -> None:
    broken, whole = (Evidence(value(n), (Opinion(n, 0.99),) * 2) for n in ("Gina Han Son", "Gina Ann Hanson"))
    assert confidence_of(broken) < SURE and sum(signs_of(broken)) < sum(signs_of(whole))


def test_numbers_and_fields_without_words_stay() -> None:
    address = "records@burus.com"
    assert spelt(address, Hearing("records@burns.com"), FieldName.DESTINATION_EMAIL).value.text == address
    assert spelt("12 l5a Road", Hearing("12 Lisa Road"), FieldName.PATIENT_STREET).value.text == "12 l5a Road"


def test_a_look_that_joins_words_is_asked_about_its_part() -> None:
    found = respelt(value("Douna Burus"), (Look(CROP, "DounaBurus"),), Hearing("DounaBurus", "nu"))
    assert found.value.text == "Donna Burns"


def test_a_name_whose_words_are_known_is_believed_more() -> None:
    looks = (Opinion("Donna Burns", 0.97), Opinion("Donna Burns", 0.97))
    known = signs_of(Evidence(value("Donna Burns"), looks))
    unknown = signs_of(Evidence(value("Douna Burus"), looks))
    assert sum(known) > sum(unknown)


def test_the_lists_know_names_and_how_frequent_they_are() -> None:
    names = vocabulary_of(FieldName.PATIENT_NAME)
    assert names is not None and names.knows("SMITH") and not names.knows("Smieth")
    assert names.weight("Smith") > names.weight("Ramos") > names.weight("Lamos") > names.weight("Oyelaran")
    assert vocabulary_of(FieldName.PATIENT_DOB) is None
