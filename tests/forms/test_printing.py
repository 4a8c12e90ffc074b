"""What a page that is seen for the first time may leave behind: words of lines that a form prints, and nothing that says more."""

from __future__ import annotations

import pytest

from pipeline.forms.printing import form_words, printed_on, surely_printed
from pipeline.reading.geometry import Rect
from pipeline.reading.text import Letter, TextLine


def line(text: str, number: int = 0) -> TextLine:
    top = 100.0 + 60 * number
    letters = tuple(Letter(c, 100 + 20 * i, 118 + 20 * i, 0.99) for i, c in enumerate(text))
    return TextLine(number, Rect(100, top, 100 + 20 * len(text), top + 40), letters)


def kept(*texts: str) -> list[str]:
    """The words that a page with these lines leaves behind."""
    lines = [line(text, number) for number, text in enumerate(texts)]
    return [word.text for word in surely_printed(printed_on(lines))]


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("Date of Birth:", ["date", "of", "birth"]),
        ("Release records to:", ["release", "records", "to"]),
        ("Progress notes", ["progress", "notes"]),
        ("I may revoke this authorization in writing at any time by sending notice to the facility", ["revoke", "authorization"]),
    ],
)
def test_a_line_with_a_label_a_heading_a_choice_or_a_statement_is_print(printed: str, words: list[str]) -> None:
    assert set(words) <= set(kept(printed))


@pytest.mark.parametrize("written", ["care to the office", "health of the patient", "the other office", "all of the records"])
def test_a_line_that_says_nothing_a_form_asks_for_may_be_somebodys(written: str) -> None:
    """Though every one of its words is on the list."""
    assert {word.text for word in printed_on([line(written)])} == set(written.split())
    assert kept(written) == []


@pytest.mark.parametrize(
    "about",
    [
        "HIV test results",
        "HIV/AIDS records",
        "Mental health records",
        "Mental",
        "Alcohol and drug abuse records",
        "Drug treatment records",
        "Substance use disorder treatment records",
        "Genetic information records",
        "Psychotherapy notes",
        "Psychlatric records",
        "Reproductive health clinic",
        "Sexually transmitted diseases records",
        "Communicable disease records",
        "STD test results",
        "Registros de salud mental",
    ],
)
def test_nothing_is_kept_of_a_line_about_records_that_need_a_permission_of_their_own(about: str) -> None:
    assert kept(about) == []
    assert kept("Date of Birth:", f"Medical records: {about}") == ["date", "of", "birth"]


def test_no_word_of_the_list_about_such_records_is_ever_kept() -> None:
    about = {w for w in form_words() if w.startswith(("psych", "hiv", "aids", "alcohol", "drug", "abus", "mental", "reproduct"))}
    assert about
    assert [word for word in about if kept(f"Medical records: {word}")] == []
