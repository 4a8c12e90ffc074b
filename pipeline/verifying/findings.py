"""Faults and notices as they are found, in sentences for the person who will look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.verifying.comparing import Difference
from pipeline.verifying.showing import side_by_side
from pipeline.verifying.viewing import Pixels
from schemas.record_set import FaultKind, Item, PageFault


@dataclass(frozen=True, slots=True)
class Expected:
    """A page that the copy has to show."""

    item: Item
    page: int
    """Page of the original, from 1."""

    @property
    def words(self) -> str:
        """For a sentence: page 2 of notes.pdf, or pano.jpg."""
        return self.item.file if self.item.pages == 1 else f"page {self.page} of {self.item.file}"


@dataclass
class Findings:
    """Collects what is found. Pictures go to `keep_picture`, which gives their SHA-256."""

    keep_picture: Callable[[bytes], str]
    faults: list[PageFault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def fault(
        self,
        kind: FaultKind,
        sentence: str,
        *,
        about: Expected | None = None,
        item: int | None = None,
        copy_page: int | None = None,
        picture: bytes | None = None,
    ) -> None:
        """Something that holds the release."""
        kept = self.keep_picture(picture) if picture else None
        number, page = (about.item.number, about.page) if about else (item, None)
        self.faults.append(PageFault(kind=kind, sentence=sentence, item=number, page=page, copy_page=copy_page, picture=kept))

    def notice(self, sentence: str) -> None:
        """Something a person may want to know."""
        self.notices.append(sentence)


def picture_of(original: Pixels | None, copy: Pixels | None, found: Difference | None = None) -> bytes:
    """The picture that goes with a fault."""
    return side_by_side(original, copy, found)
