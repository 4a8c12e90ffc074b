"""What other readings of a value's own picture may change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from pipeline.reading.confidence import SIGNS, SURE, Evidence, Opinion, confidence_of, signs_of
from pipeline.reading.engines import EngineError, Engines, LineText, Picture, RapidEngine
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect, around
from pipeline.reading.page import Word
from pipeline.reading.second_look import SecondLook, Weighed
from pipeline.reading.shapes import AHEAD, FARTHEST, FITTED_AT_MOST, FOLLOWED_CLOSELY, of_digits
from pipeline.reading.text import Letter, TextLine
from pipeline.reading.values import Value, first_date
from pipeline.release.policy import Policy
from schemas.reading import FieldName
from tests.reading.test_fields import TODAY

PAPER = np.full((200, 800), 250, np.uint8)


@dataclass
class Saying(RapidEngine):
    """An engine that has its answers ready."""

    answers: Sequence[str] = ()
    fits: dict[str, float] | None = field(default_factory=dict)
    """What it finds for shapes; None where it fails."""
    asked: list[int] = field(default_factory=list)
    fitted: list[Picture] = field(default_factory=list)
    """The first of the pictures each time that it was asked for shapes."""

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """The next of the answers for every crop."""
        self.asked.append(len(crops))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if answer == "!":
            raise EngineError("RapidOCR recogniser failed (RuntimeError).")
        return [LineText(answer, 0.98) for _ in crops]

    def fitting(self, crops: Sequence[Picture], shapes: Sequence[Sequence[str]]) -> dict[str, float]:
        """What it has ready for shapes."""
        self.fitted.append(crops[0])
        if self.fits is None:
            raise EngineError("RapidOCR recogniser failed (RuntimeError).")
        return self.fits


def words_of(raw: str, score: float) -> tuple[Word, ...]:
    letters = tuple(Letter(c, 20 + 20 * i, 38 + 20 * i, score) for i, c in enumerate(raw))
    line = TextLine(0, Rect(20, 60, 20 + 20 * len(raw), 100), letters)
    spans = [m.span() for m in re.finditer(r"\S+", raw)]
    return tuple(Word(raw[start:end], line.part(start, end), score, line, start, end) for start, end in spans)


def date_value(raw: str, score: float) -> FoundValue:
    words = words_of(raw, score)
    value = first_date(raw, TODAY) or Value("", 0)
    return FoundValue(
        FieldName.PATIENT_DOB,
        value,
        raw,
        around([w.rect for w in words]),
        score,
        1.0,
        False,
        words,
        label="dob",
        reread=lambda t: first_date(t, TODAY),
    )


def weighed(engine: Saying, value: FoundValue, *, unread: bool = False) -> list[Weighed]:
    look = SecondLook(Engines(engine))
    return look.weighed([], [replace(value, value=Value("", 0))], PAPER) if unread else look.weighed([value], [], PAPER)


def looked(answers: Sequence[str], value: FoundValue, *, unread: bool = False) -> list[FoundValue]:
    return [w.found for w in weighed(Saying(answers=answers), value, unread=unread)]


def broken(fits: dict[str, float] | None, raw: str = "06-03-1438") -> list[Weighed]:
    """What becomes of a date whose shape is broken, where no other reading mends it."""
    return weighed(Saying(answers=["06-03-1438", "0b-03-1438"], fits=fits), date_value(raw, 0.97), unread=True)


def test_an_unsure_value_gives_way_to_two_readings_that_agree() -> None:
    assert looked(["3/4/1979", "3/4/1979"], date_value("3/9/1979", 0.8))[0].value.text == "1979-03-04"


@pytest.mark.parametrize(
    ("answers", "score"), [(["3/4/1979", "3/7/1979"], 0.8), (["3/4/1979", "3/4/1979"], 0.99), (["!", "!"], 0.8)]
)
def test_a_value_stays_where_the_others_differ_or_fail_or_it_was_sure(answers: Sequence[str], score: float) -> None:
    assert looked(answers, date_value("3/9/1979", score))[0].value.text == "1979-03-09"


@pytest.mark.parametrize(
    ("answers", "becomes"),
    [
        (["Zoe Lindqvist"] * 2, "Zoe Lindqvist"),
        (["Zo Lindqvist", "Zoe Lindqvist"], "Zo Lindqvist"),
        (["Ze Lindqvist"] * 2, "Zo Lindqvist"),
    ],
)
def test_a_sure_name_gains_the_letters_that_two_surer_readings_have_and_is_not_changed_otherwise(
    answers: Sequence[str], becomes: str
) -> None:
    named = replace(
        date_value("Zo Lindqvist", 0.99),
        name=FieldName.DESTINATION_ATTENTION,
        value=Value("Zo Lindqvist"),
        label="attention",
        reread=Value,
    )
    (found,) = looked(answers, named)
    assert (found.value.text, found.most < Policy().date_confidence) == (becomes, becomes != "Zo Lindqvist")


def test_what_had_no_shape_is_rescued_by_two_readings_and_believed_less() -> None:
    (found,) = looked(["3/4/1979", "3/4/1979"], date_value("3/4/l9", 0.9), unread=True)
    assert found.value.text == "1979-03-04" and found.value.quality < 1
    assert looked(["3/4/1979", "no"], date_value("3/4/l9", 0.9), unread=True) == []


def test_agreement_raises_the_confidence_and_contradiction_lowers_it() -> None:
    value = date_value("3/4/1979", 0.99)
    same, other = Opinion("3/4/1979", 0.97), Opinion("8/4/1919", 0.97)
    agreed, alone, against = (confidence_of(Evidence(value, o)) for o in ((same, same), (), (other, other)))
    assert agreed >= 0.9 > alone > against


def test_every_sign_has_a_weight_and_lies_between_nothing_and_all() -> None:
    signs = signs_of(Evidence(date_value("3/4/1979", 0.99), (Opinion("3/4/1979", 0.97),)))
    assert len(signs) == len(SIGNS) and all(0 <= s <= 1 for s in signs)


def test_a_number_whose_shape_is_broken_becomes_the_date_that_fits_best_and_is_never_sure() -> None:
    (mended,) = broken({"06-03-1938": -1.0, "06-03-1978": -6.0, "not a date": 0.0})
    assert mended.found.value.text == "1938-06-03"
    assert mended.found.most == FITTED_AT_MOST < 0.6 and mended.confidence <= FITTED_AT_MOST


def test_the_spellings_of_one_date_count_together() -> None:
    two = {"06-03-1938": -2.0, "06-03-1978": -2.7}
    assert broken(two) == []
    assert broken({**two, "6-3-1938": -2.0})[0].found.value.text == "1938-06-03"


@pytest.mark.parametrize(
    "fits",
    [
        {"06-03-1938": -1.0, "06-03-1978": -1.3},
        {"06-03-1938": -FARTHEST - 1},
        {},
        None,
    ],
    ids=["two are about as likely", "far from what was read", "nothing fits", "the engine fails"],
)
def test_a_broken_number_stays_unread_where_the_ink_does_not_say_which_date_it_is(fits: dict[str, float] | None) -> None:
    assert broken(fits) == []


def test_a_date_that_was_mended_gives_way_to_the_one_that_fits_and_stays_as_it_is_where_it_fits_itself() -> None:
    mended = date_value("0422-2026", 0.97)
    assert mended.value.quality < 1
    (other,) = weighed(Saying(answers=["x"], fits={"04/22/2016": -1.0}), mended)
    (same,) = weighed(Saying(answers=["x"], fits={"04/22/2026": -1.0}), mended)
    assert other.found.value.text == "2016-04-22" and other.confidence <= FITTED_AT_MOST
    assert same.found == mended


def test_weak_letters_are_asked_again_and_sure_ones_of_a_whole_shape_are_not_changed() -> None:
    weak, sure = (Saying(answers=["3/9/1979"], fits={"3/4/1979": -1.0}) for _ in range(2))
    assert weighed(weak, date_value("3/9/1979", 0.8))[0].found.value.text == "1979-03-04"
    assert weighed(sure, date_value("3/9/1979", 0.97))[0].found.value.text == "1979-03-09"


def test_a_number_is_sure_only_if_the_ink_is_much_less_likely_any_other() -> None:
    value = date_value("3/9/1979", 0.99)
    fits = {"3/9/1979": 0.0, "3/4/1979": -AHEAD - 1}
    (ahead,) = weighed(Saying(answers=["3/9/1979"], fits=fits), value)
    (close,) = weighed(Saying(answers=["3/9/1979"], fits=fits | {"3/4/1979": -AHEAD + 1}), value)
    (failed,) = weighed(Saying(answers=["3/9/1979"], fits=None), value)
    assert ahead.confidence >= SURE > close.confidence == failed.confidence == FOLLOWED_CLOSELY
    assert {w.found.value.text for w in (ahead, close, failed)} == {"1979-03-09"}


def test_what_stands_in_the_file_as_text_is_never_read_as_another_number() -> None:
    engine = Saying(answers=["x"], fits={"3/4/1979": -1.0})
    assert weighed(engine, replace(date_value("0309-1979", 0.8), printed=True))[0].found.value.text == "1979-03-09"
    assert engine.fitted == []


def test_words_that_a_form_prints_behind_a_number_are_left_out_of_its_picture() -> None:
    raw = "1/5/2Z (no greater than one year)"
    assert [w.text for w in of_digits(words_of(raw, 0.97))] == ["1/5/2Z"]
    engine = Saying(answers=["x", "y"], fits={"1/5/26": -1.0})
    assert weighed(engine, date_value(raw, 0.97), unread=True)[0].found.value.text == "2026-01-05"
    assert engine.fitted[0].shape[1] < 200 < len(raw) * 20


def test_a_number_that_goes_over_two_rows_is_not_read_as_one() -> None:
    upper, lower = date_value("06-03-", 0.8), date_value("1438", 0.8)
    below = tuple(replace(w, rect=Rect(w.rect.left, 120, w.rect.right, 160)) for w in lower.words)
    engine = Saying(answers=["x", "y"], fits={"06-03-1938": -1.0})
    assert weighed(engine, replace(upper, words=upper.words + below), unread=True) == [] and engine.fitted == []
