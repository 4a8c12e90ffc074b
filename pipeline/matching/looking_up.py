"""A person looks a patient up: by the beginnings of names, by birth date, by chart number, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from pipeline.matching.charts import Chart, chart_number
from pipeline.matching.words import words
from schemas.release import Patient

MOST = 20
"""Patients in an answer: whoever gets more asks more closely."""
_WAYS_TO_WRITE_A_DAY = ("%Y-%m-%d", "%m/%d/%Y")


def look_up(charts: Iterable[Chart], said: str, most: int = MOST) -> list[Patient]:
    """Everybody to whom each word of `said` belongs, in the order of their names; nobody for no words.

    Spelling counts here: what a person types is what they mean.
    """
    asked = said.split()
    days = {day for word in asked if (day := _day(word))}
    rest = [part for word in asked if not _day(word) for part in words(word)]
    if not (days or rest) or len(days) > 1:
        return []
    found = (chart for chart in charts if (not days or chart.date_of_birth in days) and _is(chart, rest))
    ordered = sorted(found, key=lambda chart: (chart.last_name, chart.first_name, chart.date_of_birth, chart.patient_id))
    return [chart.patient for chart in islice(ordered, most)]


def _is(chart: Chart, asked: Iterable[str]) -> bool:
    return all(any(known.startswith(word) for known in _names(chart)) or _numbers(chart, word) for word in asked)


def _names(chart: Chart) -> Iterator[str]:
    for text in (chart.last_name, chart.first_name, chart.middle_name, chart.other_names):
        yield from words(text)


def _numbers(chart: Chart, word: str) -> bool:
    return any(sign.isdigit() for sign in word) and chart_number(word) == chart_number(chart.patient_id)


def _day(word: str) -> date | None:
    for way in _WAYS_TO_WRITE_A_DAY:
        try:
            return datetime.strptime(word, way).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    return None
