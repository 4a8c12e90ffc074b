"""Lines of a narrow hand are read again, stretched, where that reads more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.reading.engines import Glyph, LineText, Picture, RapidEngine
from pipeline.reading.narrow import LONGEST, read_again, stretched, to_have


def line(text: str, score: float) -> LineText:
    return LineText(text, score, tuple(Glyph(c, 0.0, 1.0, score) for c in text))


class Again(RapidEngine):
    """An engine with its answer ready, that remembers how wide the pictures were."""

    def __init__(self, answer: LineText) -> None:
        super().__init__()
        self.answer = answer
        self.widths: list[int] = []

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """The same answer for every picture."""
        self.widths += [c.shape[1] for c in crops]
        return [self.answer] * len(crops)


def picture(letters: int, room: int) -> Picture:
    return np.full((48, letters * room), 250, np.uint8)


def read(text: str, score: float, again: LineText, room: int = 10) -> tuple[str, list[int]]:
    """What becomes of a line with so much room for each letter, and how wide it was looked at."""
    engine = Again(again)
    (found,) = read_again([picture(len(text), room)], [line(text, score)], engine)
    return found.text, engine.widths


@pytest.mark.parametrize(
    ("text", "score", "again", "becomes"),
    [
        ("1/16/17", 0.9, line("11/16/17", 0.97), "11/16/17"),
        ("5/3/82", 0.9, line("5/3/82", 0.99), "5/3/82"),
        ("11/16/17", 0.9, line("1/16/17", 0.99), "11/16/17"),
        ("1/16/17", 0.9, line("11/16/17", 0.8), "1/16/17"),
        ("1/1/1935", 0.89, line("1/7/1935", 0.895), "1/1/1935"),
    ],
    ids=["a lost letter", "the same", "fewer letters", "a less sure reading", "hardly surer"],
)
def test_a_narrow_line_is_what_the_stretched_one_says_where_that_has_more_or_surer_letters(
    text: str, score: float, again: LineText, becomes: str
) -> None:
    assert read(text, score, again)[0] == becomes


def test_only_narrow_short_lines_with_a_weak_letter_are_read_again() -> None:
    other = line("11/16/17", 0.99)
    assert read("1/16/17", 0.99, other) == ("1/16/17", [])
    assert read("1/16/17", 0.9, other, room=20) == ("1/16/17", [])
    assert read("x" * (LONGEST + 1), 0.9, other)[1] == []
    assert read_again([picture(4, 10)], [LineText("", 0.0)], Again(other))[0].text == ""


def test_a_line_is_stretched_until_its_letters_have_room_but_not_to_more_than_twice_its_width() -> None:
    assert read("1/16/17", 0.9, line("1/16/17", 0.9), room=14)[1] == [pytest.approx(7 * 20, abs=1)]
    assert read("1/16/17", 0.9, line("1/16/17", 0.9), room=4)[1] == [7 * 4 * 2]
    assert to_have(20, picture(5, 10), 5) == 2 and stretched(picture(5, 10), 2).shape == (48, 100)
