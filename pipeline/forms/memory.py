"""The memory as the reader asks it: knows the page again, and reads its fields where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from pipeline.forms.blank import Blank
from pipeline.forms.form import Form
from pipeline.forms.printing import printed_on
from pipeline.forms.recalling import Recalling
from pipeline.forms.recognition import recognised
from pipeline.reading.engines import Recognizer
from pipeline.reading.fields import FoundValue
from pipeline.reading.page import PageText


@dataclass(frozen=True)
class Remembered:
    """A form with its blank, where that is known."""

    form: Form
    blank: Blank | None = None


class FormMemory:
    """The reader's port over what is remembered, looked up anew for each page: it may have learned since the last."""

    def __init__(self, known: Callable[[], Sequence[Remembered]]) -> None:
        self._known = known

    def recalled(self, page: PageText, values: list[FoundValue], engine: Recognizer) -> list[FoundValue]:
        """The values as they stand with what is remembered. A memory that fails is no memory."""
        try:
            return self._recalled(page, values, engine)
        except Exception as error:
            structlog.get_logger().warning("the memory of forms could not be used", why=type(error).__name__)
            return values

    def _recalled(self, page: PageText, values: list[FoundValue], engine: Recognizer) -> list[FoundValue]:
        known = self._known()
        if not known:
            return values
        found = recognised((each.form for each in known), printed_on(page.lines), page.layout.width)
        if found is None:
            return values
        blank = next(each.blank for each in known if each.form is found.form)
        return Recalling(page, found, engine, blank).values(values)
