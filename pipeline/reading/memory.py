"""The port through which the reader asks what is remembered of forms that were seen before."""

from __future__ import annotations

from typing import Protocol

from pipeline.reading.engines import Recognizer
from pipeline.reading.fields import FoundValue
from pipeline.reading.page import PageText


class Memory(Protocol):
    """What a practice remembers of its forms."""

    def recalled(self, page: PageText, values: list[FoundValue], engine: Recognizer) -> list[FoundValue]:
        """The values that labels gave, as they stand with what is remembered of the form; the same where nothing is.

        Raises nothing: a memory that fails is no memory.
        """
        ...


class _NoMemory:
    """Nothing was seen before."""

    def recalled(self, page: PageText, values: list[FoundValue], engine: Recognizer) -> list[FoundValue]:
        """As the labels gave them."""
        return values


NO_MEMORY: Memory = _NoMemory()
