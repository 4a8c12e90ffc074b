"""What other readings of a value's own picture may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from pipeline.reading.confidence import SIGNS, Evidence, Opinion, confidence_of, signs_of
from pipeline.reading.engines import EngineError, Engines, LineText, Picture, RapidEngine
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect
from pipeline.reading.page import Word
from pipeline.reading.second_look import SecondLook
from pipeline.reading.text import Letter, TextLine
from pipeline.reading.values import Value, first_date
from schemas.reading import FieldName
from tests.reading.test_fields import TODAY

PAPER = np.full((200, 600), 250, np.uint8)


@dataclass
class Saying(RapidEngine):
    """An engine that has its answers ready."""

    answers: Sequence[str] = ()
    asked: list[int] = field(default_factory=list)

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """The next of the answers for every crop."""
        self.asked.append(len(crops))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if answer == "!":
            raise EngineError("RapidOCR recogniser failed (RuntimeError).")
        return [LineText(answer, 0.97) for _ in crops]


def date_value(raw: str, score: float) -> FoundValue:
    letters = tuple(Letter(c, 20 + 20 * i, 38 + 20 * i, score) for i, c in enumerate(raw))
    line = TextLine(0, Rect(20, 60, 20 + 20 * len(raw), 100), letters)
    word = Word(raw, line.part(0, len(raw)), score, line, 0, len(raw))
    value = first_date(raw, TODAY) or Value("", 0)
    return FoundValue(
        FieldName.PATIENT_DOB,
        value,
        raw,
        word.rect,
        score,
        1.0,
        False,
        (word,),
        label="dob",
        reread=lambda t: first_date(t, TODAY),
    )


def looked(answers: Sequence[str], value: FoundValue, *, unread: bool = False) -> list[FoundValue]:
    look = SecondLook(Engines(Saying(answers=answers)))
    weighed = look.weighed([], [value], PAPER) if unread else look.weighed([value], [], PAPER)
    return [w.found for w in weighed]


def test_an_unsure_value_gives_way_to_two_readings_that_agree() -> None:
    assert looked(["3/4/1979", "3/4/1979"], date_value("3/9/1979", 0.8))[0].value.text == "1979-03-04"


@pytest.mark.parametrize(
    ("answers", "score"), [(["3/4/1979", "3/7/1979"], 0.8), (["3/4/1979", "3/4/1979"], 0.99), (["!", "!"], 0.8)]
)
def test_a_value_stays_where_the_others_differ_or_fail_or_it_was_sure(answers: Sequence[str], score: float) -> None:
    assert looked(answers, date_value("3/9/1979", score))[0].value.text == "1979-03-09"


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
