"""Lessons as a person at the desk gives them: what the reader saw on a drawn page, and what is right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipeline.forms.form import Form
from pipeline.forms.learning import Learned, Lesson, learned
from pipeline.forms.memory import FormMemory, Remembered
from pipeline.reading.fields import find_values
from pipeline.reading.page import PageText
from pipeline.reading.reader import PageReading, Reader, assembled
from pipeline.reading.second_look import SecondLook
from schemas.reading import FieldName, Reading

NAME, DOB, PHONE, TO = FieldName.PATIENT_NAME, FieldName.PATIENT_DOB, FieldName.PATIENT_PHONE, FieldName.DESTINATION_NAME
TODAY = date(2026, 11, 24)


def read(reader: Reader, page: PageText, *known: Form | Remembered, scan: str = "a") -> Reading:
    """The page as a reader with this memory reads it."""
    remembered = [each if isinstance(each, Remembered) else Remembered(each) for each in known]
    memory = FormMemory(lambda: remembered)
    values = memory.recalled(page, find_values(page, TODAY), reader.engines.first)
    weighed = SecondLook(reader.engines).weighed(values, (), page.layout.grey)
    seen = PageReading(1, page.layout.width, page.layout.height, tuple(weighed))
    return assembled([seen], 1, scan * 64, 0.0)


def teach(
    page: PageText,
    reading: Reading,
    corrections: Mapping[FieldName, str],
    *forms: Form,
    request: int = 1,
    released: bool = False,
    same_patient: bool = False,
) -> list[Learned]:
    """What a person's corrections teach."""
    lesson = Lesson(f"R-{request:06d}", reading, corrections, released, [(1, page)], lambda _other: same_patient)
    return learned(lesson, forms)
