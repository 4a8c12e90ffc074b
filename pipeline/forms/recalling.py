"""A page of a form that was seen before: its fields are read where they are known to stand.

What the labels found at the known place is left as it is. Where they found nothing, the place is read; what only the memory has
found decides nothing by itself (`believing.py`): of a name, a birth date or another date it is so little sure that a person is
asked, and a phone number or an address has to be the chart's or the directory's. Where it is enough for a rule that something is
there, the memory gives none. Where labels found something else elsewhere, their value stays, and is in doubt: of dates that
contradict each other neither passes. The memory never takes the place of what was read by its label, and leaves out nothing whose
absence a rule would take lightly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from pipeline.forms.asking import is_known, of_one_family, read_as
from pipeline.forms.believing import (
    BESIDE,
    DATES,
    IN_DOUBT,
    MAY_BE_LEFT_OUT,
    NEVER_GIVEN,
    most_against,
    most_of_its_own,
)
from pipeline.forms.blank import Blank, ink_in, is_printed
from pipeline.forms.form import Place
from pipeline.forms.recognition import Recognised
from pipeline.forms.room import room_on
from pipeline.reading.engines import EngineError, Recognizer
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect, around
from pipeline.reading.page import PageText, Word, rows_of
from pipeline.reading.text import line_from, plain
from pipeline.reading.values import Value
from schemas.reading import FieldName

REMEMBERED = "remembered"
"""The label of a value that no label asked for."""
FIT = 0.9
"""How well its place fits: as well as below a label, in a cell."""
CLEAR = 0.8
"""Score of the weakest letters: what is read worse is looked at again in its own picture."""
FAR_FETCHED = 0.6
"""Quality of a value: what needs more repair than that was never written."""
ALIKE = 85
"""Percent: two readings of one place that differ by a letter or two say the same."""
MISREAD = 0.6
"""Of a word's width: with so much of it where the form prints a word, it is that word, though it was misread."""
THE_PATIENT = frozenset({"self", "myself", "me", "patient", "thepatient", "same", "sameasabove", "tome", "i"})
"""In place of an office, in plain letters: the copy goes to the patient."""
NO_LINE = -1
"""The number of a line that was not found on the page as a whole."""


@dataclass(frozen=True)
class Recalling:
    """One page that was recognised, with what was read on it."""

    page: PageText
    found: Recognised
    engine: Recognizer
    blank: Blank | None = None
    looked_at: dict[Rect, list[Word]] = field(default_factory=dict)
    """What was read in rooms so far: an address is one room for four fields."""

    def values(self, values: Sequence[FoundValue]) -> list[FoundValue]:
        """The values as they stand with what is remembered."""
        kept = [doubted for v in values if (doubted := self._unless_in_vain(v)) is not None]
        for place in sorted(self.found.form.places, key=lambda p: p.field is not FieldName.PATIENT_NAME):
            if is_known(place.field) and self.found.stands(place.box):
                kept = self._with(place, kept)
        return kept

    def _unless_in_vain(self, value: FoundValue) -> FoundValue | None:
        """The value; in doubt if people have said that its field does not stand there, and the more so if twice."""
        if not is_known(value.name):
            return value
        places = [n for n in self.found.form.not_here if n.field is value.name and self.found.stands(n.box)]
        times = [n.times for n in places if self.found.on_page(n.box).grown(4, 4).holds(*value.rect.middle)]
        if max(times, default=0) > 1:
            return None if value.name in MAY_BE_LEFT_OUT else _at_most(value, most_against(value.name))
        return _at_most(value, IN_DOUBT) if times else value

    def _with(self, place: Place, values: list[FoundValue]) -> list[FoundValue]:
        """The values with what stands at one known place."""
        room = room_on(self.found, place, self.page.layout)
        own = [v for v in values if v.name is place.field]
        if any(_stands_in(v, room) for v in own):
            return _in_doubt(values, [v for v in own if not _stands_in(v, room)])
        read = self._read(place, room)
        if read is None:
            return _in_doubt(values, own)
        if any(plain(v.value.text) == plain(read.value.text) for v in own):
            return values
        if not own:
            return self._given(read, values)
        if not self._is_clear(place, room, read) and place.field not in DATES:
            return _in_doubt(values, own)
        return [*_contradicted(values, [*own, *_of_the_same_words(values, read)]), _at_most(read, BESIDE)]

    def _given(self, read: FoundValue, values: list[FoundValue]) -> list[FoundValue]:
        """The values with one that only the memory has found, if it may give one."""
        kept = _contradicted(values, _of_the_same_words(values, read))
        not_given = read.name in NEVER_GIVEN or (read.name is FieldName.DESTINATION_NAME and _may_be_the_patient(read, values))
        return kept if not_given else [*kept, read]

    @cached_property
    def _printed(self) -> NDArray[np.bool_] | None:
        """The print of the form as it lies on this page, where it is known."""
        return self.blank.on_page(self.found, (self.page.layout.height, self.page.layout.width)) if self.blank else None

    # ---- reading a place ---------------------------------------------------------------------------------------------

    def _read(self, place: Place, room: Rect) -> FoundValue | None:
        """What stands at the place, or None where nothing does that the field could hold."""
        words = self._words_in(place, room)
        read = self._value(place, words)
        if read is not None and read.value.quality >= 1 and read.score >= CLEAR:
            return read
        again = self._value(place, self._looked_at(place, room))
        return max((r for r in (read, again) if r is not None), key=lambda r: r.value.quality * r.score, default=None)

    def _is_clear(self, place: Place, room: Rect, read: FoundValue) -> bool:
        """Whether it speaks against what was read elsewhere: well read at a place that two scans have shown, or twice alike."""
        if len(place.boxes) > 1 and read.value.quality >= 1 and read.score >= CLEAR:
            return True
        said = [self._value(place, words) for words in (self._words_in(place, room), self._looked_at(place, room))]
        return all(each is not None and fuzz.ratio(plain(each.value.text), plain(read.value.text)) >= ALIKE for each in said)

    def _value(self, place: Place, words: list[Word]) -> FoundValue | None:
        if not words:
            return None
        raw = ", ".join(" ".join(w.text for w in row) for row in rows_of(words))

        def as_asked(text: str) -> Value | None:
            return read_as(place.field, text, _today(), last_first=place.last_first)

        value = as_asked(raw)
        if value is None or value.quality < FAR_FETCHED:
            return None
        return FoundValue(
            name=place.field,
            value=value,
            raw=raw,
            rect=around([w.rect for w in words]),
            score=min(w.score for w in words),
            fit=FIT,
            printed=all(w.line.printed for w in words),
            words=tuple(words),
            label=REMEMBERED,
            reread=as_asked,
            most=most_of_its_own(place.field),
        )

    def _words_in(self, place: Place, room: Rect) -> list[Word]:
        """The words that were read in the room and are not the form's own; of several rows those at the place's height."""
        inside = [w for w in self.page.words if room.holds(*w.rect.middle) and not self._is_print(w)]
        rows = rows_of(inside)
        if len(rows) > place.rows:
            middle = room.middle[1]
            rows = sorted(rows, key=lambda row: abs(around([w.rect for w in row]).middle[1] - middle))[: place.rows]
        return [word for row in rows for word in row]

    def _is_print(self, word: Word) -> bool:
        """Whether the form prints something here, and it is no more than that."""
        if any(seen.line is word.line and seen.start < word.end and word.start < seen.end for seen in self.found.pairs.values()):
            return True
        if self._printed is not None and is_printed(self._printed, self.page.layout, word.rect):
            return True
        here = self.found.on_form(word.rect)
        return any(
            w.place.x_overlap(here) > MISREAD * here.width and w.place.same_row(here) for w in self.found.form.words if w.lasting
        )

    def _looked_at(self, place: Place, room: Rect) -> list[Word]:
        """The place's own picture without what the form prints there, read as one line."""
        if room not in self.looked_at:
            self.looked_at[room] = self._read_alone(place, room)
        return self.looked_at[room]

    def _read_alone(self, place: Place, room: Rect) -> list[Word]:
        ink = ink_in(self.page.layout, room, self._printed) if place.rows == 1 else None
        if ink is None:
            return []
        try:
            [read] = self.engine.recognize([ink.crop])
        except EngineError:
            return []
        left, top, right, bottom = ink.place
        corners = np.asarray([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
        line = line_from(NO_LINE, corners, read)
        return [Word(line.text, line.rect, line.score(), line, 0, len(line.letters))] if line else []


def _stands_in(value: FoundValue, room: Rect) -> bool:
    """Whether the value stands in the room, for the most part."""
    return value.rect.x_overlap(room) >= 0.6 * value.rect.width and value.rect.y_overlap(room) >= 0.5 * min(
        value.rect.height, room.height
    )


def _of_the_same_words(values: Sequence[FoundValue], read: FoundValue) -> list[FoundValue]:
    """The values of other fields that are made of the same words: then one of the two is wrong."""
    others = [v for v in values if v.name is not read.name and not of_one_family(v.name, read.name)]
    return [
        v
        for v in others
        if v.rect.x_overlap(read.rect) > 0.3 * v.rect.width and v.rect.y_overlap(read.rect) > 0.3 * v.rect.height
    ]


def _may_be_the_patient(read: FoundValue, values: Sequence[FoundValue]) -> bool:
    """Whether an office's name may say that the copy goes to the patient: then it would be as sure as the patient's name is."""
    names = [sorted(v.value.text.lower().split()) for v in values if v.name is FieldName.PATIENT_NAME]
    return not names or plain(read.value.text) in THE_PATIENT or sorted(read.value.text.lower().split()) in names


def _at_most(value: FoundValue, most: float) -> FoundValue:
    return replace(value, most=min(value.most, most))


def _in_doubt(values: Sequence[FoundValue], doubted: Sequence[FoundValue]) -> list[FoundValue]:
    """The values, some of them no longer sure."""
    these = {id(v) for v in doubted}
    return [_at_most(v, IN_DOUBT) if id(v) in these else v for v in values]


def _contradicted(values: Sequence[FoundValue], doubted: Sequence[FoundValue]) -> list[FoundValue]:
    """The values, some of them contradicted by what stands where their field does."""
    these = {id(v) for v in doubted}
    return [_at_most(v, most_against(v.name)) if id(v) in these else v for v in values]


def _today() -> date:
    return datetime.now(UTC).date()
