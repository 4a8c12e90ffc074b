"""The press: draws on pages, and says of everything drawn what it is, so that a letter can be read aloud.

A tagged PDF (ISO 32000-1, 14.7 and 14.8): headings, paragraphs, lists and tables in their order; rules, fold marks and page
numbers are artifacts. All type is embedded, nothing acts, and the title, the language and who wrote it are in the metadata.
The same drawing always gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, Pdf
from reportlab.pdfgen.canvas import Canvas

from pipeline.letters.setting import TEXT
from pipeline.stationery.paper import PAGE
from pipeline.stationery.typography import width


@dataclass(slots=True)
class Tag:
    """A piece of the letter's structure: what it is, and what is in it, pieces or marks on a page."""

    role: str
    kids: list[Tag | Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn: the page, from 0, and its number on that page."""

    page: int
    number: int


class Press:
    """Pages being drawn, one after the other."""

    def __init__(self) -> None:
        width(" ", TEXT)  # a canvas begins with a font, which must have been loaded
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=PAGE, invariant=1, pageCompression=1, initialFontName=TEXT.font)
        self._open = [Tag("Document")]
        self._page, self._marks = 0, 0

    @contextmanager
    def inside(self, role: str, *, again: bool = False) -> Iterator[None]:
        """What is drawn in this block belongs to a piece of this role; with `again`, to the one before if it has the role."""
        kids = self._open[-1].kids
        last = kids[-1] if kids and again else None
        if not (isinstance(last, Tag) and last.role == role):
            last = Tag(role)
            kids.append(last)
        self._open.append(last)
        yield
        self._open.pop()

    @contextmanager
    def text(self, role: str) -> Iterator[Any]:
        """What is drawn in this block is a piece of this role; gives the canvas."""
        self._open[-1].kids.append(Tag(role, [Mark(self._page, self._marks)]))
        self.canvas.addLiteral(f"/{role} <</MCID {self._marks}>> BDC")
        self._marks += 1
        yield self.canvas
        self.canvas.addLiteral("EMC")

    @contextmanager
    def artifact(self) -> Iterator[Any]:
        """What is drawn in this block is decoration; gives the canvas."""
        self.canvas.addLiteral("/Artifact BMC")
        yield self.canvas
        self.canvas.addLiteral("EMC")

    def end_page(self) -> None:
        """The next page."""
        self.canvas.showPage()
        self._page, self._marks = self._page + 1, 0

    def pdf(self, *, title: str, author: str, language: str, day: date) -> bytes:
        """The letter as a PDF. `day` is the only time in it."""
        self.canvas.save()
        made = io.BytesIO()
        with Pdf.open(io.BytesIO(self._buffer.getvalue())) as pdf:
            _describe(pdf, title, author, language, day)
            _Structure(pdf).build(self._open[0])
            pdf.save(made, deterministic_id=True)
        return made.getvalue()


def _describe(pdf: Pdf, title: str, author: str, language: str, day: date) -> None:
    """Title, author, language and date, for the viewer and in XMP; no patient in what a listing shows."""
    stamp = f"{day:%Y-%m-%d}T00:00:00Z"
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        xmp["dc:title"] = title
        xmp["dc:creator"] = [author]
        xmp["dc:language"] = {language}
        xmp["xmp:CreatorTool"] = "ChartRelay"
        xmp["xmp:CreateDate"] = xmp["xmp:ModifyDate"] = stamp
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    pdf.docinfo.Title, pdf.docinfo.Author, pdf.docinfo.Creator = title, author, "ChartRelay"
    pdf.docinfo.CreationDate = pdf.docinfo.ModDate = f"D:{day:%Y%m%d}000000Z"
    pdf.Root.Lang = language
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.MarkInfo = Dictionary(Marked=True)


class _Structure:
    """Writes the tags into the PDF: the tree of pieces, and for every page which piece each of its marks belongs to."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._parents: list[list[Object]] = [[] for _ in pdf.pages]

    def build(self, document: Tag) -> None:
        """The whole tree."""
        root = self._pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = self._piece(document, root)
        numbers: list[Object | int] = []
        for page, parents in enumerate(self._parents):
            self._pdf.pages[page].obj.StructParents = page
            self._pdf.pages[page].obj.Tabs = Name.S
            numbers.extend([page, self._pdf.make_indirect(Array(parents))])
        root.ParentTree = self._pdf.make_indirect(Dictionary(Nums=Array(numbers)))
        root.ParentTreeNextKey = len(self._parents)
        self._pdf.Root.StructTreeRoot = root

    def _piece(self, tag: Tag, parent: Object) -> Object:
        piece = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{tag.role}"), P=parent))
        piece.K = Array([self._kid(kid, piece) for kid in tag.kids])
        return piece

    def _kid(self, kid: Tag | Mark, piece: Object) -> Object | int:
        if isinstance(kid, Tag):
            return self._piece(kid, piece)
        piece.Pg = self._pdf.pages[kid.page].obj
        self._parents[kid.page].append(piece)  # the marks of a page were made, and come here, in the order of their numbers
        return kid.number
