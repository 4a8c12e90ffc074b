"""One way to look at any accepted document: its pages as pictures, its words, its form values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from PIL import Image

from pipeline.documents.kinds import MediaType
from schemas.base import Box


@dataclass(frozen=True)
class Word:
    """One word of a text layer."""

    text: str
    box: Box
    line: int
    """Words on one line of the page share this number; lines are numbered from 1, downwards."""


class FormKind(StrEnum):
    """The kinds of AcroForm fields (ISO 32000-1, 12.7.4)."""

    TEXT = "text"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    CHOICE = "choice"
    SIGNATURE = "signature"
    BUTTON = "button"


@dataclass(frozen=True)
class FormValue:
    """One place on a page where a fillable PDF keeps a value."""

    name: str
    """The full field name, parts joined by dots."""
    label: str
    """What a viewer shows as a tip (/TU); empty where the form has none."""
    value: str
    """As filled in; empty where nothing was. Of a check box or radio button, what the field exports."""
    checked: bool | None
    """Whether this box or button is ticked; None for every other kind. Of a signature field: None as well."""
    kind: FormKind
    box: Box


class Document(ABC):
    """An open document. Close it, or use it in a `with`; one thread at a time.

    Pages are counted from 1; asking for one that is not there raises IndexError. `image` raises Refused where a page
    turns out to be broken, and Retryable where the disk fails.
    """

    media_type: MediaType
    page_count: int

    @abstractmethod
    def image(self, page: int, dpi: int = 300) -> Image.Image:
        """The page upright, as a person would see it: mode RGB or L, square pixels, `info["dpi"]` set to (dpi, dpi).

        `dpi` is what to aim at: a scan is made smaller to fit, never larger, and a page of absurd size comes coarser.
        """

    def words(self, page: int) -> tuple[Word, ...]:
        """The text layer in reading order; () where there is none, or none that can be read."""
        self._require(page)
        return ()

    def form_values(self, page: int) -> tuple[FormValue, ...]:
        """The form fields on the page, empty ones too; () where there are none, or none that can be read."""
        self._require(page)
        return ()

    @abstractmethod
    def check(self) -> None:
        """Decodes every page as far as needed to know that the file is whole. Raises Refused."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of the file. May be called twice."""

    def _require(self, page: int) -> None:
        if not 1 <= page <= self.page_count:
            raise IndexError(f"page {page} of {self.page_count}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()
