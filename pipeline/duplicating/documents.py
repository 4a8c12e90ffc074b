"""PDF originals: their pages taken over as they are, looks only.

What shows on the screen is kept: inherited resources, crop, turn and unit, layers, notes and highlights, and the values of
filled fields. What acts is left behind: scripts, actions, links out, attached files, media. The original itself goes
beside the copy byte for byte, so nothing is lost by that.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

from pipeline.duplicating.layers import carry_layers
from pipeline.duplicating.sheet import Box, Sheet
from pipeline.duplicating.trouble import UnreadableError

_LETTER = Box(0, 0, 612, 792)
_LOOKS_ONLY = {"/Widget", "/Screen", "/Movie", "/Sound", "/FileAttachment", "/RichMedia", "/3D"}
"""Annotations that act: their appearance is drawn into the page, the rest of them is left behind."""
_ACTING_KEYS = ("/A", "/AA", "/PA", "/Dest", "/FS", "/AF", "/P", "/StructParent", "/RichMediaContent", "/Sound", "/Movie")
_DEEPEST = 64
"""A page tree deeper than this is damaged or made to harm."""


class Documents:
    """A PDF file and its pages."""

    def __init__(self, path: Path) -> None:
        """Opens the file; one that is encrypted with an empty password opens like any other. Raises UnreadableError."""
        with _troubles():
            self._source = Pdf.open(path)
            root = self._source.Root
            if root.get("/NeedsRendering", False):
                raise UnreadableError("it is a form that only Adobe Reader can show; print it to a new PDF")
            if "/Collection" in root:
                raise UnreadableError("it is a portfolio of other files; take them out and put them into the chart one by one")
            self.pages = len(self._source.pages)
            _prepare_fields(self._source)
            self._kept = _settle_annotations(self._source)

    def close(self) -> None:
        """Lets go of the file. Only after the PDFs that took pages from it are saved."""
        self._source.close()

    def place(self, page: int, pdf: Pdf) -> Sheet:
        """Page `page` (from 1) as a sheet of `pdf`. Raises UnreadableError."""
        with _troubles():
            original = self._source.pages[page - 1]
            group = original.obj.get("/Group")
            resources = _inherited(original.obj, "/Resources")
            content = _content(original)
            sheet = Sheet(
                box=_visible(original.obj),
                content=content,
                weight=len(content),
                resources=_taken(pdf, self._source, resources if isinstance(resources, Dictionary) else Dictionary()),
                rotate=_rotation(original.obj),
                unit=_unit(original.obj),
                group=None if group is None else _taken(pdf, self._source, group),
                annotations=[_taken(pdf, self._source, annotation) for annotation in self._kept[page - 1]],
            )
            carry_layers(self._source, pdf)
        return sheet


@contextlib.contextmanager
def _troubles() -> Iterator[None]:
    """Whatever the PDF library raises about a bad file becomes UnreadableError."""
    try:
        yield
    except pikepdf.PasswordError as error:
        raise UnreadableError("it is locked with a password") from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableError("the PDF is damaged or cut short") from error


def _prepare_fields(source: Pdf) -> None:
    """Makes sure that every answer in a form has a look of its own, then relies on these looks.

    A program that fills a form may leave the drawing of the answers to the reader (ISO 32000-1, 12.7.2). Then readers
    differ in what they show, so an answer without a look of its own is for a person.
    """
    for page in source.pages:
        if any(_is_unseen_answer(note) for note in _annotations(page.obj)):
            raise UnreadableError("answers typed into the form show in some programs only; print it to a new PDF")
    if "/AcroForm" in source.Root:
        source.Root.AcroForm.NeedAppearances = False


def _is_unseen_answer(note: Dictionary) -> bool:
    if note.get("/Subtype") != Name.Widget or "/AP" in note:
        return False
    return _field(note, "/FT") in {Name.Tx, Name.Ch} and bool(str(_field(note, "/V") or "").strip())


def _field(widget: Object, key: str) -> Any:
    """A value of a form field, own or inherited from its parents."""
    for _ in range(_DEEPEST):
        if key in widget:
            return widget[key]
        if "/Parent" not in widget:
            return None
        widget = widget.Parent
    return None


def _annotations(page: Object) -> list[Dictionary]:
    return [note for note in page.get("/Annots", Array()) if isinstance(note, Dictionary)]


def _settle_annotations(source: Pdf) -> list[list[Object]]:
    """Draws the acting annotations into their pages, as the screen shows them; gives each page's others, without actions."""
    kept = [_kept_annotations(source, page.obj) for page in source.pages]
    if any("/Annots" in page.obj for page in source.pages):
        source.flatten_annotations("screen")
    for page in source.pages:
        page.obj.Annots = Array()
    return kept


def _kept_annotations(source: Pdf, page: Object) -> list[Object]:
    """The page's annotations that only show; leaves those that act on the page."""
    acting: list[Object] = []
    kept: list[Object] = []
    for note in _annotations(page):
        if str(note.get("/Subtype", "")) in _LOOKS_ONLY:
            acting.append(source.make_indirect(note))
        elif not _is_bare_link(note):
            kept.append(source.make_indirect(note))
    for showing in kept:
        for key in _ACTING_KEYS:
            if key in showing:
                del showing[key]
    if acting:
        page.Annots = Array(acting)
    elif "/Annots" in page:
        del page["/Annots"]
    return kept


def _is_bare_link(note: Dictionary) -> bool:
    """A link that draws no frame: without its action nothing is left of it."""
    if note.get("/Subtype") != Name.Link or "/AP" in note:
        return False
    style, border = note.get("/BS"), note.get("/Border")
    if style is not None and "/W" in style:
        return float(style.W) == 0
    return border is not None and len(border) > 2 and float(border[2]) == 0


def _content(page: pikepdf.Page) -> bytes:
    """The drawing operators, in one piece."""
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    streams = list(contents) if isinstance(contents, Array) else [contents]
    return b"\n".join(stream.read_bytes() for stream in streams)


def _taken(pdf: Pdf, source: Pdf, thing: Object) -> Object:
    """The object, and all that it needs, as objects of `pdf`. What was taken before is shared, not taken again."""
    return pdf.copy_foreign(thing if thing.is_indirect else source.make_indirect(thing))


def _inherited(page: Object, key: str) -> Any:
    """A page's attribute, own or inherited from the page tree (ISO 32000-1, 7.7.3.4)."""
    for _ in range(_DEEPEST):
        if key in page:
            return page[key]
        if "/Parent" not in page:
            return None
        page = page.Parent
    raise UnreadableError("the PDF is damaged: its pages are nested without end")


def _visible(page: Object) -> Box:
    """What a viewer shows: the crop box within the media box; a letter page if neither makes sense."""
    media = _box(_inherited(page, "/MediaBox")) or _LETTER
    crop = _box(_inherited(page, "/CropBox")) or media
    both = Box(max(media.left, crop.left), max(media.bottom, crop.bottom), min(media.right, crop.right), min(media.top, crop.top))
    return both if both.width > 0 and both.height > 0 else media


def _box(numbers: Any) -> Box | None:
    if not isinstance(numbers, Array) or len(numbers) != 4:
        return None
    x0, y0, x1, y1 = (float(number) for number in numbers)
    box = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if box.width > 0 and box.height > 0 else None


def _rotation(page: Object) -> int:
    turn = _inherited(page, "/Rotate")
    return round(float(turn) / 90) * 90 % 360 if turn is not None else 0


def _unit(page: Object) -> float:
    unit = float(page.get("/UserUnit", 1))
    return unit if unit > 0 else 1.0
