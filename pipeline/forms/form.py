"""What is remembered of one page of a form: the words it prints, and where its fields stand. No value, and nobody's hand.

All places are in thousandths of the width of the page that it was learned from, down as well as across: so they fit any size
of scan.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Annotated

from pydantic import Field

from pipeline.reading.geometry import Rect
from schemas.base import Frozen, PageNumber, RequestId, Version1
from schemas.reading import FieldName

MEASURE = 1000.0
"""A page is so wide."""
THE_SAME = 2.0
"""Two places that differ by no more were made by one pen stroke."""
MOST_BOXES = 6
"""Places of one field that are kept: enough for the widths of hands to even out."""
MOST_SCANS = 12
"""From so many scans on it is known what a form prints; and so many requests at most stand beside anything that is remembered."""


class PrintedWord(Frozen):
    """A word that the form prints, in plain letters, out of the words that all forms print (`printing.form_words`)."""

    text: Annotated[str, Field(pattern=r"^[a-z0-9]+$")]
    place: Rect
    seen: int = 1
    """On how many scans it stood here,"""
    of: int = 1
    """of so many since it was first seen."""

    @property
    def is_print(self) -> bool:
        """Whether it stood on scans of two people at least, and so is no hand's."""
        return self.seen > 1

    @property
    def lasting(self) -> bool:
        """Whether most scans had it; the others lack it because it was misread there, or written over."""
        return 2 * self.seen > self.of


class Place(Frozen):
    """Where a field stands, as far as people have shown."""

    field: FieldName
    boxes: Annotated[tuple[Rect, ...], Field(min_length=1)]
    """Around what was written there, a box for each scan, the last ones."""
    rows: int = 1
    """On how many lines it was written; on one, as soon as anybody found room on one."""
    last_first: bool = False
    """Whether a name stands there with the last name first."""
    against: int = 0
    """On how many scans a person has read something else than what stood there, since it was last shown."""
    against_by: tuple[RequestId, ...] = ()
    """The last requests that have said so. A request is a lesson again at each correction and at its release, and counts once, as
    a patient does: only its number shows that it has. MOST_SCANS others later it is taken for closed, and its number dropped."""

    @property
    def box(self) -> Rect:
        """From the first to the last that was written there; as high as most of it, for a hand may be large once."""
        top, bottom = median(box.top for box in self.boxes), median(box.bottom for box in self.boxes)
        return Rect(min(box.left for box in self.boxes), top, max(box.right for box in self.boxes), bottom)

    def also(self, box: Rect, rows: int) -> Place:
        """With one more scan that has the field here; the same scan once more is none."""
        others = [known for known in self.boxes if max(abs(a - b) for a, b in zip(known, box, strict=True)) > THE_SAME]
        boxes = (*others, box)[-MOST_BOXES:]
        return self.model_copy(update={"boxes": boxes, "rows": rows if rows == 1 else self.rows, "against": 0})


class NotHere(Frozen):
    """A place that was taken for a field, and a person has said that nothing stands there."""

    field: FieldName
    box: Rect
    times: int = 1
    """On so many scans, of as many patients. Once may be a speck in the right place that was left blank."""
    by: tuple[RequestId, ...] = ()
    """The last requests that have said so, as `Place.against_by`."""


class Form(Frozen):
    """One page of a form."""

    version: Version1 = 1
    words: tuple[PrintedWord, ...]
    places: tuple[Place, ...] = ()
    not_here: tuple[NotHere, ...] = ()
    page: PageNumber = 1
    """Of the scan that it was learned from; all places are measured on it."""
    scans: int = 1
    """On so many it was seen, each of another patient. After MOST_SCANS they are not counted any more."""
    taught_by: tuple[RequestId, ...] = ()
    """The requests of these scans, the first one first: a scan says what is print only if its patient is none of theirs, and the
    blank begins with the first one's scan. None once MOST_SCANS are counted: then neither is asked any more."""

    @property
    def name(self) -> str:
        """Its first printed line that says more than a word, for people who list what is remembered."""
        return next((line for line in _lines(self.words) if " " in line and len(line) >= SHORTEST_TITLE), "a form")

    def counted(self, request_id: RequestId) -> Form:
        """With one more scan, of this request."""
        scans = self.scans + 1
        taught_by = (*self.taught_by, request_id) if scans < MOST_SCANS else ()
        return self.model_copy(update={"scans": scans, "taught_by": taught_by})

    def place_of(self, field: FieldName) -> Place | None:
        """Where the field stands, or None."""
        return next((place for place in self.places if place.field is field), None)

    def with_place(self, place: Place) -> Form:
        """With this place for its field, and no other."""
        others = tuple(each for each in self.places if each.field is not place.field)
        return self.model_copy(update={"places": (*others, place)})

    def without(self, field: FieldName) -> Form:
        """Not knowing any more where the field stands."""
        return self.model_copy(update={"places": tuple(each for each in self.places if each.field is not field)})


SHORTEST_TITLE = 12
"""Letters."""


def _lines(words: Iterable[PrintedWord]) -> Iterable[str]:
    """The words that stand on one row each, from the top."""
    rows: list[list[PrintedWord]] = []
    for word in sorted(words, key=lambda w: w.place.middle[1]):
        if rows and word.place.same_row(rows[-1][-1].place, 0.6):
            rows[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        yield " ".join(word.text for word in sorted(row, key=lambda w: w.place.left)).capitalize()
