"""The reader: a document in, a Reading out. Page by page, so that a thick file costs no more memory than a thin one."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.documents import Document, Refused
from pipeline.reading.closer import looked_closer
from pipeline.reading.confidence import best_of
from pipeline.reading.engines import Engine, EngineError, Engines
from pipeline.reading.fields import FoundValue, find_and_unread
from pipeline.reading.geometry import Rect
from pipeline.reading.labels import found_in
from pipeline.reading.layout import Layout, layout_of
from pipeline.reading.letters import Letter, find_in_sentences
from pipeline.reading.memory import NO_MEMORY, Memory
from pipeline.reading.narrow import read_again
from pipeline.reading.page import PageText
from pipeline.reading.people import FoundPatient, believed, several_patients
from pipeline.reading.photo_id import is_photo_id
from pipeline.reading.preparation import PreparedPage, crop_line, prepare
from pipeline.reading.second_look import SecondLook, Weighed
from pipeline.reading.senders import asks_for_records, find_own_office, find_sender, find_writer, is_revocation_form, takes_back
from pipeline.reading.sending import LOOSE, PLAIN
from pipeline.reading.sensitive import FoundMark, find_sensitive
from pipeline.reading.signature import (
    ENOUGH,
    SigningPlace,
    find_covered,
    find_signing_places,
    find_under_letter,
    ink_of_revocation,
)
from pipeline.reading.statements import find_statements
from pipeline.reading.text import TextLine, line_from, plain
from pipeline.reading.third_parties import find_legal_process
from pipeline.reading.ticks import Box as TickBox
from pipeline.reading.ticks import FoundTick, boxes_with_words, find_ticks
from pipeline.reading.typed import typed_lines
from pipeline.reading.whose import of_first_patient
from pipeline.reading.wishes import find_wishes
from schemas.base import Box
from schemas.reading import (
    FieldName,
    NamedPatient,
    ReadField,
    Reading,
    SensitiveClass,
    SensitiveMark,
    Sheet,
    Signature,
    Statement,
    Tick,
)

Progress = Callable[[int, int], None]
"""Called with (pages done, pages in all)."""


@dataclass(frozen=True)
class ReaderSettings:
    """How the reader works. The defaults are for a small office machine."""

    threads: int = 1
    dpi: int = 300
    most_pages: int = 200
    """Pages after these are not read; a notice says so."""
    frugal: bool = True
    """Whether the second engine is asked only where its word may make a value sure."""


@dataclass(frozen=True)
class PageReading:
    """What was found on one page."""

    number: int
    width: int
    height: int
    values: tuple[Weighed, ...] = ()
    ticks: tuple[FoundTick, ...] = ()
    places: tuple[SigningPlace, ...] = ()
    notices: tuple[str, ...] = ()
    sheet: Sheet | None = None
    """How the page was turned, straightened or cut out; None if it was read as it arrived."""
    patients: tuple[FoundPatient, ...] = ()
    statements: tuple[Statement, ...] = ()
    sensitive: tuple[FoundMark, ...] = ()
    photo_id: bool = False
    revokes: bool = False
    asks: bool = False
    """Whether the page asks to send records."""
    is_letter: bool = False
    """Whether it is written in sentences: no printed label says whose signature is under it."""


class Reader:
    """Reads documents. One a process: models are loaded once, at the first page."""

    def __init__(
        self, engines: Engines | None = None, settings: ReaderSettings | None = None, memory: Memory = NO_MEMORY
    ) -> None:
        self._settings = settings or ReaderSettings()
        self._memory = memory
        self.engines = engines or Engines.installed(self._settings.threads)
        self._second_look = SecondLook(self.engines, frugal=self._settings.frugal)

    def read(self, document: Document, scan_sha256: str, progress: Progress | None = None) -> Reading:
        """Reads all pages. A page that cannot be read leaves a notice, not an error.

        Raises EngineError if the engines cannot be used at all.
        """
        started = time.perf_counter()
        pages = []
        count = min(document.page_count, self._settings.most_pages)
        for number in range(1, count + 1):
            pages.append(self._page(document, number))
            if progress:
                progress(number, count)
        return assembled(pages, document.page_count, scan_sha256, time.perf_counter() - started)

    def _page(self, document: Document, number: int) -> PageReading:
        try:
            opened = [document.image(number, self._settings.dpi)]
        except Refused:
            return PageReading(number, 1, 1, notices=(f"Page {number} could not be opened and was not read.",))
        size = opened[0].size
        try:
            return self.read_picture(opened.pop(), number, document)  # nobody else keeps the picture
        except EngineError:
            return PageReading(
                number, *size, notices=(f"Page {number} could not be read by the machine. Please read it yourself.",)
            )

    def read_picture(self, picture: Image.Image, number: int = 1, document: Document | None = None) -> PageReading:
        """Reads one page from its picture and, where `document` is given, its text layer and form values."""
        page, prepared = self.page_text(picture, number, document)
        return self.page_reading(page, prepared, number)

    def page_text(self, picture: Image.Image, number: int = 1, document: Document | None = None) -> tuple[PageText, PreparedPage]:
        """The page's lines and drawing, before anything is made of them. Raises EngineError."""
        engine = self.engines.first
        prepared = prepare(picture, engine)
        del picture  # a page at 300 dots an inch is large
        layout = layout_of(prepared.grey, [upright(c) for c in prepared.corners])
        typed = typed_lines(document, number, layout) if document is not None and not prepared.turned else ()
        page = PageText.of(typed or recognized(prepared, engine, layout), layout)
        return (page if typed else looked_closer(page, prepared.grey, engine)), prepared

    def page_reading(self, page: PageText, prepared: PreparedPage, number: int) -> PageReading:
        """What the text and the drawing of a page say."""
        boxes, layout = boxes_with_words(page), page.layout
        found = _found(page, boxes)
        values = found.values if found.is_letter else self._memory.recalled(page, found.values, self.engines.first)
        return PageReading(
            number,
            layout.width,
            layout.height,
            tuple(self._second_look.weighed(values, found.unread, prepared.grey)),
            found.ticks,
            found.places,
            tuple(_notices(page, number)),
            _sheet(prepared, number),
            found.patients,
            find_statements(page.lines),
            find_sensitive(page, boxes),
            is_photo_id(page.lines, layout.width, layout.height),
            found.revokes,
            found.asks,
            found.is_letter,
        )


@dataclass(frozen=True)
class _Found:
    """What a page's text says, before any second look."""

    values: list[FoundValue]
    ticks: tuple[FoundTick, ...]
    places: tuple[SigningPlace, ...]
    patients: tuple[FoundPatient, ...] = ()
    revokes: bool = False
    asks: bool = False
    is_letter: bool = False
    unread: Sequence[FoundValue] = ()


ONLY_IN_LETTERS = frozenset({FieldName.REASON, FieldName.EXPIRY_DATE, FieldName.SIGNATURE_DATE})
"""What a form's small print speaks of, too."""


def _found(page: PageText, boxes: Sequence[TickBox]) -> _Found:
    """What labels and boxes say; where there are few, and on letters, what sentences say as well."""
    (values, unread), ticks = find_and_unread(page, _today()), tuple(find_ticks(page, boxes))
    places = tuple(find_signing_places(page))
    if not any(place.signed for place in places):  # beside a line that is surely empty, strokes elsewhere only raise a doubt
        covered = find_covered(page, [v.rect for v in values if v.fit >= PLAIN])
        places += tuple(replace(c, typed=bool(places)) for c in covered)
    letter = Letter.of(page.lines)
    patients = several_patients(letter, values, _today())
    if not letter.is_one and len(page.labels) >= FEWEST_LABELS and not find_legal_process(letter):
        takes = is_revocation_form(letter) and not ticks
        return _Found(values, ticks, places, patients, revokes=takes, asks=not takes, unread=unread)
    if letter.instructs:
        return _Found([], ticks, places, revokes=False, asks=False, is_letter=False)
    if letter.is_mail:
        values = [v for v in values if v.name not in (FieldName.SCOPE_FROM_DATE, FieldName.SCOPE_TO_DATE)]
    in_sentences = find_in_sentences(letter, _today())
    if not letter.is_one:
        in_sentences = [replace(v, fit=min(v.fit, LOOSE)) for v in in_sentences if v.name not in ONLY_IN_LETTERS]
    said = {v.name for v in in_sentences if v.fit >= PLAIN}
    known = {v.name for v in values} - said
    values = [v for v in values if v.name not in said] + [v for v in in_sentences if v.name not in known]
    sender = find_sender(letter)
    values = _with_sender(values, sender)
    if sender and not any(v.name == FieldName.DESTINATION_NAME for v in values):
        values += [v for v in find_own_office(letter) if v.name not in {known.name for known in values}]
    if not any(v.name == FieldName.REQUESTER_NAME for v in values):
        values = values + [v for v in find_writer(letter) if v.name not in {known.name for known in values}]
    patients = several_patients(letter, values, _today())
    if letter.is_one and letter.closing is not None and not _has_boxes(page, letter.closing):
        ticks = ticks or tuple(find_wishes(letter, of_one_who_writes=not patients and _writes_of_themselves(values)))
        places = places or tuple(find_under_letter(page, letter.closing))
    return _Found(values, ticks, places, patients, takes_back(letter), asks_for_records(letter), is_letter=True)


A_BOX = 0.6
"""Line heights: what is lower is no box to tick on a letter, but the inside of a letter such as o or D."""


def _has_boxes(page: PageText, closing: Rect) -> bool:
    """Whether a letter has boxes to tick after all: above its end, for under it a signature has loops."""
    usual = float(np.median([line.rect.height for line in page.lines]))
    return any(b.height > A_BOX * usual and b.bottom < closing.top for b in page.layout.boxes)


def _writes_of_themselves(values: Sequence[FoundValue]) -> bool:
    """Whether the name under the letter is the patient's, as far as surname and initial tell; or nobody's."""
    names = [
        max((v for v in values if v.name == name), key=lambda v: v.fit, default=None)
        for name in (FieldName.PATIENT_NAME, FieldName.REQUESTER_NAME)
    ]
    patient, writer = ([plain(word) for word in name.value.text.split()] if name else [] for name in names)
    return not patient or not writer or (patient[-1], patient[0][:1]) == (writer[-1], writer[0][:1])


def _with_sender(values: list[FoundValue], sender: list[FoundValue]) -> list[FoundValue]:
    """With who wrote the letter, where that is not the patient: then the name at its end is not the patient's."""
    if not sender:
        return values
    name = plain(sender[0].value.text)
    named = {v.name for v in sender}
    return [
        v for v in values if v.name not in named and not (v.name == FieldName.PATIENT_NAME and plain(v.value.text) in name)
    ] + sender


def _sheet(prepared: PreparedPage, number: int) -> Sheet | None:
    if prepared.arrived is None:
        return None
    first, second, third, fourth = ((float(x), float(y)) for x, y in prepared.arrived)
    return Sheet(page=number, corners=(first, second, third, fourth))


def upright(corners: NDArray[np.float32]) -> Rect:
    """The upright rectangle around a line's four corners."""
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return Rect(left, top, right, bottom)


def _today() -> date:
    return datetime.now(UTC).date()


FEWEST_LABELS = 4
"""A page with fewer labels is a letter: its sentences are searched."""
TALL = 1.75
"""A line so many times as high as most may hold two: a large signature over the printed words under it."""


def recognized(prepared: PreparedPage, engine: Engine, layout: Layout) -> tuple[TextLine, ...]:
    """The lines of the page; of very tall ones the lower part once more, for print that a large hand covers."""
    corners = [part for corner in prepared.corners for part in parted(corner, layout)]
    heights = [float(c[3, 1] - c[0, 1]) for c in corners]
    usual = float(np.median(heights)) if heights else 0.0
    for corner, height in zip(list(corners), heights, strict=True):
        if height > TALL * usual:
            low = corner.copy()
            low[0] += (corner[3] - corner[0]) * (1 - min(0.5, 1.1 * usual / height))
            low[1] += (corner[2] - corner[1]) * (1 - min(0.5, 1.1 * usual / height))
            corners.append(low)
    crops = [crop_line(prepared.grey, c) for c in corners]
    read = read_again(crops, engine.recognize(crops), engine)
    lines: list[TextLine] = []
    for number, (corner, text) in enumerate(zip(corners, read, strict=True)):
        line = line_from(number, corner, text)
        if line is not None and (number < len(heights) or found_in(line, ("label",))):
            lines.append(line)
    return tuple(lines)


NARROWEST = 1.2
"""Line heights: no narrower piece is cut off a line where a wall crosses it."""


def parted(corner: NDArray[np.float32], layout: Layout) -> list[NDArray[np.float32]]:
    """The corners of a line, cut at the walls of table cells: the detector joins what stands close on both sides of a wall."""
    rect = upright(corner)
    walls = [w for w in layout.down if _crosses(w, rect)]
    least = NARROWEST * rect.height
    cuts = sorted({w.middle[0] for w in walls if rect.left + least < w.middle[0] < rect.right - least})
    if not cuts:
        return [corner]
    parts = []
    edges = [rect.left, *cuts, rect.right]
    for left, right in pairwise(edges):
        if right - left < least:
            continue
        first, last = ((x - rect.left) / rect.width for x in (left, right))
        top, bottom = corner[1] - corner[0], corner[2] - corner[3]
        parts.append(
            np.stack([corner[0] + first * top, corner[0] + last * top, corner[3] + last * bottom, corner[3] + first * bottom])
        )
    return [np.asarray(p, dtype=np.float32) for p in parts]


def _crosses(wall: Rect, line: Rect) -> bool:
    """Whether a wall stands through a line, or ends within it: at the foot of its row a hand may reach a little farther down."""
    through = wall.top < line.top + 0.25 * line.height and wall.bottom > line.bottom - 0.25 * line.height
    return through or (wall.top < line.top - line.height and wall.bottom > line.bottom - 0.6 * line.height)


A_SPECK = 0.25
"""Ink, in strokes, that a blank line may show."""


def _notices(page: PageText, number: int) -> list[str]:
    ink = ink_of_revocation(page)
    if ink >= ENOUGH:
        return [f"Page {number} has a part that revokes the authorization, and it seems to be signed or dated."]
    if ink > A_SPECK:
        return [f"Page {number} has a part that revokes the authorization. Please look whether it is filled in."]
    return []


def assembled(pages: Sequence[PageReading], page_count: int, scan_sha256: str, seconds: float) -> Reading:
    """The findings on the pages of one patient as one reading: for each field the surest value. Notices are of all pages."""
    arrived, of_one = pages, of_first_patient(pages)
    pages = of_one.pages
    by_name: defaultdict[FieldName, list[tuple[FoundValue, float, int]]] = defaultdict(list)
    for page in pages:
        for weighed in page.values:
            by_name[weighed.found.name].append((weighed.found, weighed.confidence, page.number))
    sizes = {page.number: (page.width, page.height) for page in pages}
    fields: dict[FieldName, ReadField] = {}
    for name in FieldName:
        if name in by_name:
            written = fields.get(FieldName.REQUESTER_NAME) if name is FieldName.REQUESTER_RELATIONSHIP else None
            certain = [c for c in by_name[name] if c[2] not in of_one.doubtful] or by_name[name]
            beside = [c for c in certain if written and c[2] == written.page]  # what the writer is stands with the name
            found, confidence, number = best_of(beside or certain)
            fields[name] = ReadField(
                value=found.value.text, confidence=confidence, page=number, box=found.rect.as_box(*sizes[number])
            )
    if _ends_before_signed(fields):
        fields[FieldName.EXPIRY_DATE] = fields[FieldName.EXPIRY_DATE].model_copy(update={"confidence": IN_DOUBT})
    ticks = [
        Tick(choice=t.choice, confidence=t.confidence, page=p.number, box=t.rect.as_box(p.width, p.height))
        for p in pages
        for t in p.ticks
    ]
    fields |= _signer(pages, fields, signature := _signature(pages))
    notices = [n for p in arrived for n in p.notices]
    if any(p.revokes and p.asks for p in arrived):
        notices.append("The request also revokes an earlier permission. Please read which of the two is meant.")
    notices.extend(of_one.notices)
    revoking = [p for p in of_one.certain if p.revokes]
    notices.extend(
        f"Page {p.number} takes a permission back, perhaps another patient's. Please read whose, and record the revocation."
        for p in arrived
        if p.revokes and p.number not in {own.number for own in revoking}
    )
    if len(arrived) < page_count:
        notices.append(f"Only the first {len(arrived)} of {page_count} pages were read.")
    return Reading(
        scan=scan_sha256,
        pages=page_count,
        fields=fields,
        ticks=tuple(ticks),
        signature=signature,
        letter=any(p.is_letter for p in pages if p.number == signature.page),
        notices=tuple(notices),
        sheets=tuple(p.sheet for p in arrived if p.sheet is not None),
        patients=_patients(pages),
        statements=tuple(s for s in Statement if any(s in p.statements for p in pages)),
        sensitive=_sensitive(arrived),
        photo_id=next((p.number for p in pages if p.photo_id), None),
        revokes=bool(revoking) and not any(p.asks for p in arrived),
        seconds=seconds,
    )


_WHO_SIGNED = {
    FieldName.REQUESTER_NAME: FieldName.SIGNER_NAME,
    FieldName.REQUESTER_RELATIONSHIP: FieldName.SIGNER_RELATIONSHIP,
}


def _signer(
    pages: Sequence[PageReading], fields: Mapping[FieldName, ReadField], signature: Signature
) -> dict[FieldName, ReadField]:
    """Who signed, by what stands on the signed page, where it is another page that says who asks."""
    asks = [field for name in _WHO_SIGNED if (field := fields.get(name))]
    page = next((p for p in pages if p.number == signature.page), None)
    if page is None or signature.present is False or not asks or any(field.page == page.number for field in asks):
        return {}
    found: dict[FieldName, ReadField] = {}
    for read_as, name in _WHO_SIGNED.items():
        there = [(w.found, w.confidence, page.number) for w in page.values if w.found.name is read_as]
        if there:
            value, confidence, number = best_of(there)
            box = value.rect.as_box(page.width, page.height)
            found[name] = ReadField(value=value.value.text, confidence=confidence, page=number, box=box)
    return found


def _patients(pages: Sequence[PageReading]) -> tuple[NamedPatient, ...]:
    """Of the first page that names several; the others name the same people again."""
    page = next((p for p in pages if p.patients), None)
    if page is None:
        return ()

    def field(found: FoundValue) -> ReadField:
        return ReadField(
            value=found.value.text,
            confidence=believed(found),
            page=page.number,
            box=found.rect.as_box(page.width, page.height),
        )

    return tuple(NamedPatient(name=field(p.name), dob=field(p.dob) if p.dob else None) for p in page.patients)


def _sensitive(pages: Sequence[PageReading]) -> tuple[SensitiveMark, ...]:
    """Each class once, from its surest mark."""
    marks = [
        SensitiveMark(about=m.about, confidence=m.confidence, page=p.number, box=m.rect.as_box(p.width, p.height))
        for p in pages
        for m in p.sensitive
    ]
    return tuple(
        max(found, key=lambda m: m.confidence) for about in SensitiveClass if (found := [m for m in marks if m.about == about])
    )


IN_DOUBT = 0.5
"""Confidence of a value that cannot be right if another is: the authorization would have expired before it was signed."""


def _ends_before_signed(fields: Mapping[FieldName, ReadField]) -> bool:
    signed, expires = fields.get(FieldName.SIGNATURE_DATE), fields.get(FieldName.EXPIRY_DATE)
    return signed is not None and expires is not None and expires.value < signed.value


def _signature(pages: Sequence[PageReading]) -> Signature:
    """Signed where any line for it is; unsigned only if every line found is surely empty."""
    places = [(page, place) for page in pages for place in page.places]
    if not places:
        return Signature(present=None, confidence=0)
    page, place = max(places, key=lambda found: (found[1].ink, found[1].confidence))
    box: Box = place.rect.as_box(page.width, page.height)
    return Signature(present=place.signed, confidence=place.confidence, page=page.number, box=box)
