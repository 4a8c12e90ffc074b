"""What a corrected scan teaches: where the fields of its form stand.

Three things show a place. A value that the reader gave and a person has changed stands where the reader found it, or where
something much more like it was read. A value that the reader did not give stands where the one thing like it was read. And what
a person has left as it was on a request that was then released stands where it was read. Of none of these the value is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.forms.asking import is_known
from pipeline.forms.blank import Blank
from pipeline.forms.form import MEASURE, MOST_SCANS, Form, NotHere, Place, PrintedWord
from pipeline.forms.printing import TELLING, WordSeen, printed_on, surely_printed
from pipeline.forms.recognition import Recognised, recognised, registered
from pipeline.forms.room import room_of
from pipeline.forms.where import is_signers, likeness, narrowed, where_is
from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect
from pipeline.reading.page import PageText, rows_of
from pipeline.reviewing.corrections import NOWHERE
from schemas.base import Box
from schemas.reading import FieldName, Reading

FEWEST_WORDS = 30
"""Longer printed words: a page with fewer is not known again surely enough."""
STILL_THERE = 0.45
"""A corrected value stands where the reader took it from, if what was read there is so like it, and nothing else is more."""


@dataclass(frozen=True)
class Lesson:
    """A scan as the reader saw it, and what people have made of it."""

    request_id: str
    reading: Reading
    corrections: Mapping[FieldName, str]
    released: bool
    """Whether the request was let go: then what was left as it was is right."""
    pages: Sequence[tuple[int, PageText]]
    same_patient: Callable[[str], bool] = lambda _request_id: False
    """Whether another request is about the same patient: then what both scans show may be that patient's."""


@dataclass
class _Shown:
    """What a lesson shows of one page."""

    places: dict[FieldName, tuple[Rect, bool]] = field(default_factory=dict)
    """Where fields stand, in pixels, and whether a name stands there with the last name first."""
    corrected: set[FieldName] = field(default_factory=set)
    """Those of them that a person has corrected."""
    not_here: dict[FieldName, Rect] = field(default_factory=dict)
    unlike: dict[FieldName, Rect] = field(default_factory=dict)
    """Where the reader took a value from that is nothing like what a person says."""


@dataclass(frozen=True)
class Learned:
    """A form as it is remembered after a lesson, and the page of the lesson that it is."""

    form: Form
    page: PageText
    known: Recognised | None
    """How the page lies on the form as it was remembered before; None for a form that is new."""
    counts: bool = False
    """Whether the page says what the form prints: it is a scan of another patient than those before."""
    written: tuple[Rect, ...] = ()
    """Where the page is filled in, as far as that is known, in the form's measure."""


def learned(lesson: Lesson, forms: Iterable[Form]) -> list[Learned]:
    """The forms that the pages of the lesson teach, changed or new, each once.

    A form is new only if it teaches a place and is none that is remembered: not even one of two that fit alike, for a third that
    fits would not tell them apart.
    """
    forms, shown = list(forms), _shown(lesson)
    taught: list[Learned] = []
    for number, page in lesson.pages:
        words, here = printed_on(page.lines), shown[number]
        known = recognised(forms, words, page.layout.width)
        filled_in = _filled_in(lesson, number, page, here)
        if known is not None:
            if all(one.known is None or one.known.form is not known.form for one in taught):
                taught.append(_known_again(lesson, known, words, page, here, filled_in))
        elif here.places or here.not_here:
            others = [*forms, *(one.form for one in taught)]
            form = _new(lesson.request_id, number, page, words, filled_in)
            telling = sum(len(word.text) >= TELLING for word in form.words)
            if telling >= FEWEST_WORDS and not any(registered(other, words, page.layout.width) for other in others):
                taught.append(Learned(_with_places(form, None, here, page, lesson), page, None))
    return taught


def _known_again(
    lesson: Lesson,
    known: Recognised,
    words: Sequence[WordSeen],
    page: PageText,
    here: _Shown,
    filled_in: Sequence[Rect],
) -> Learned:
    counts = known.form.scans < MOST_SCANS and not _has_said(lesson, known.form.taught_by)
    form = _again(known, words, filled_in).counted(lesson.request_id) if counts else known.form
    written = tuple(known.on_form(rect) for rect in filled_in)
    return Learned(_with_places(form, known, here, page, lesson), page, known, counts, written)


def blank_after(one: Learned, before: Blank | None, first: Callable[[], Picture | None]) -> Blank | None:
    """The blank after a lesson. `first` gives the page that the form was learned from, where that is still to be had."""
    if one.known is None or not one.counts:
        return before
    if before is not None:
        return before.also(one.known, one.page)
    picture = first()
    return None if picture is None else Blank.common(one.form, picture, one.known, one.page, one.written)


# ---- what is shown ---------------------------------------------------------------------------------------------------------


def _shown(lesson: Lesson) -> dict[int, _Shown]:
    """By page, what the corrections and what was left as it was show."""
    pages = dict(lesson.pages)
    shown: dict[int, _Shown] = {number: _Shown() for number in pages}
    taken: list[tuple[int, Rect]] = []
    for name, read in lesson.reading.fields.items():
        if is_known(name) and name not in lesson.corrections and lesson.released and read.page in pages and read.box != NOWHERE:
            rect = _pixels(read.box, pages[read.page])
            if is_signers(name, pages[read.page], rect):
                continue
            rect = narrowed(name, read.value, pages[read.page], rect)
            shown[read.page].places[name] = rect, False
            taken.append((read.page, rect))
    for name, value in lesson.corrections.items():
        if is_known(name):
            _correct(lesson, name, value, shown, taken)
    return shown


def _correct(lesson: Lesson, name: FieldName, value: str, shown: dict[int, _Shown], taken: list[tuple[int, Rect]]) -> None:
    """What one corrected field shows."""
    pages = dict(lesson.pages)
    read = lesson.reading.fields.get(name)
    was = (read.page, _pixels(read.box, pages[read.page])) if read and read.page in pages and read.box != NOWHERE else None
    if not value:
        if was:
            shown[was[0]].not_here[name] = was[1]
        return
    there = likeness(name, value, read.value) if read else 0.0
    found = where_is(name, value, lesson.pages, taken, _others(lesson, name))
    if found is not None and (was is None or found.likeness > there):
        place, last_first = (found.page, found.rect), found.last_first
    elif was is not None and there >= STILL_THERE and not is_signers(name, pages[was[0]], was[1]):
        place, last_first = (was[0], narrowed(name, value, pages[was[0]], was[1])), False
    else:
        if was:
            shown[was[0]].unlike[name] = was[1]
        return
    shown[place[0]].places[name] = place[1], last_first
    shown[place[0]].corrected.add(name)
    taken.append(place)


def _others(lesson: Lesson, name: FieldName) -> dict[FieldName, str]:
    """What the other fields say, as far as it is known to be right."""
    said = {other: read.value for other, read in lesson.reading.fields.items() if lesson.released}
    said |= lesson.corrections
    return {other: value for other, value in said.items() if other is not name and value and is_known(other)}


def _pixels(box: Box, page: PageText) -> Rect:
    width, height = page.layout.width, page.layout.height
    return Rect(box.left * width, box.top * height, box.right * width, box.bottom * height)


def _filled_in(lesson: Lesson, number: int, page: PageText, here: _Shown) -> list[Rect]:
    """Wherever something was written, as far as it is known: no word that stands there is taken for print."""
    read = [_pixels(f.box, page) for f in lesson.reading.fields.values() if f.page == number and f.box != NOWHERE]
    return [*read, *(rect for rect, _ in here.places.values())]


# ---- the print -------------------------------------------------------------------------------------------------------------


def _new(request_id: str, number: int, page: PageText, words: Sequence[WordSeen], filled_in: Sequence[Rect]) -> Form:
    """A form that was not seen before."""
    scale = MEASURE / page.layout.width
    printed = [PrintedWord(text=w.text, place=_scaled(w.place, scale)) for w in surely_printed(words, filled_in)]
    return Form(words=tuple(printed), page=number, taught_by=(request_id,))


def _again(known: Recognised, words: Sequence[WordSeen], filled_in: Sequence[Rect]) -> Form:
    """The form with one more scan: its words counted, those that only one scan had left out, new ones added on trial."""
    form = known.form
    found = {id(word) for word in known.pairs.values()}
    counted = [
        word.model_copy(
            update={"of": word.of + 1, "seen": word.seen + (number in known.pairs or _short_again(known, number, words))}
        )
        for number, word in enumerate(form.words)
    ]
    fresh = [
        PrintedWord(text=w.text, place=_rounded(known.on_form(w.place)))
        for w in surely_printed(words, filled_in)
        if id(w) not in found and len(w.text) >= TELLING
    ]
    return form.model_copy(update={"words": tuple(w for w in (*counted, *fresh) if w.lasting)})


def _short_again(known: Recognised, number: int, words: Sequence[WordSeen]) -> bool:
    """Whether a short word, which does not help to know the form again, stands where it should."""
    word = known.form.words[number]
    if len(word.text) >= TELLING:
        return False
    place = known.on_page(word.place)
    return any(w.text == word.text and place.grown(place.height / 2, place.height / 3).holds(*w.place.middle) for w in words)


def _scaled(place: Rect, scale: float) -> Rect:
    return _rounded(Rect(*(value * scale for value in place)))


def _rounded(place: Rect) -> Rect:
    return Rect(*(round(value, 2) for value in place))


# ---- the places ------------------------------------------------------------------------------------------------------------


def _with_places(form: Form, known: Recognised | None, here: _Shown, page: PageText, lesson: Lesson) -> Form:
    """The form with what the page shows of its fields. A form that is new is measured by this page."""

    def on_form(rect: Rect) -> Rect:
        return _rounded(known.on_form(rect)) if known else _scaled(rect, MEASURE / page.layout.width)

    for name, rect in here.not_here.items():
        form = _not_here(form, name, on_form(rect), lesson)
    for name, rect in here.unlike.items():
        form = _doubted(form, name, on_form(rect), lesson)
    for name, (rect, last_first) in here.places.items():
        place = Place(field=name, boxes=(on_form(rect),), rows=_rows_in(page, rect), last_first=last_first)
        form = _placed(form, place, by_person=name in here.corrected)
    return form


def _rows_in(page: PageText, rect: Rect) -> int:
    """On how many lines something is written in a place."""
    return max(1, len(rows_of([w for w in page.words if rect.grown(1, 1).holds(*w.rect.middle)])))


def _placed(form: Form, place: Place, *, by_person: bool) -> Form:
    """With a field at this place. A person's word moves it; what the reader alone has found elsewhere does not."""
    name, box = place.field, place.box
    known, struck_out = form.place_of(name), [n for n in form.not_here if n.field is name]
    said = known.against_by if known else ()
    if any(n.box.grown(2, 2).holds(*box.middle) for n in struck_out):
        if not by_person:
            return form
        form = form.model_copy(update={"not_here": tuple(n for n in form.not_here if n not in struck_out)})
        said = (*said, *(request for n in struck_out for request in n.by))
    if known is not None and room_of(form, known).holds(*box.middle):
        place = known.also(box, place.rows)
    elif known is not None and not by_person:
        return form
    return form.with_place(place.model_copy(update={"against_by": said[-MOST_SCANS:]}))


def _not_here(form: Form, name: FieldName, box: Rect, lesson: Lesson) -> Form:
    """With the knowledge that the field does not stand there."""
    known = form.place_of(name)
    if known is not None and room_of(form, known).holds(*box.middle):
        return _doubted(form, name, box, lesson)
    same = [n for n in form.not_here if n.field is name and n.box.grown(2, 2).holds(*box.middle)]
    by = tuple(request for n in same for request in n.by)
    if _has_said(lesson, by):
        return form
    others = tuple(n for n in form.not_here if n not in same)
    times = 1 + max((n.times for n in same), default=0)
    there = NotHere(field=name, box=box, times=times, by=(*by, lesson.request_id)[-MOST_SCANS:])
    return form.model_copy(update={"not_here": (*others, there)})


def _doubted(form: Form, name: FieldName, box: Rect, lesson: Lesson) -> Form:
    """The reader took the value from there, and it was nothing like it: on as many scans as others, and it is forgotten."""
    known = form.place_of(name)
    if known is None or not room_of(form, known).holds(*box.middle) or _has_said(lesson, known.against_by):
        return form
    against = known.against + 1
    if against >= len(known.boxes):
        return form.without(name)
    said = (*known.against_by, lesson.request_id)[-MOST_SCANS:]
    return form.with_place(known.model_copy(update={"against": against, "against_by": said}))


def _has_said(lesson: Lesson, by: Iterable[str]) -> bool:
    """Whether the lesson has counted already: the same request, or another of the same patient."""
    return any(request == lesson.request_id or lesson.same_patient(request) for request in by)
