"""The pages in front of the copied ones: the cover sheet and, where it cannot list everything, the contents."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pikepdf import Pdf
from reportlab.pdfgen.canvas import Canvas

from pipeline.duplicating.contents import Link, Table, draw_contents_page, enclosed, enclosed_by_kind, left_out, paginated
from pipeline.duplicating.cover import Cover
from pipeline.duplicating.label import Label, Labeller
from pipeline.duplicating.sheet import STRIP, Frame
from pipeline.stationery.paper import LEFT, PAGE
from pipeline.stationery.words import counted
from schemas.record_set import Manifest
from schemas.release import Practice, Release

_FRAME = Frame(width=PAGE[0], height=PAGE[1], strip=STRIP, margin=LEFT)
_BETWEEN = 16.0
_NOTHING_LEFT_OUT = "Nothing that was asked for and found in the chart was left out."


@dataclass(frozen=True, slots=True)
class Front:
    """The front of one copy. How many pages it takes depends on what is listed, never on the page numbers."""

    manifest: Manifest
    cover: Cover
    labeller: Labeller

    @classmethod
    def of(cls, release: Release, manifest: Manifest, practice: Practice, made_at: datetime, request_id: str) -> Front:
        """The front for a release."""
        cover = Cover(release=release, practice=practice, request_id=request_id, made_at=made_at, pages=1)
        front = cls(manifest=manifest, cover=cover, labeller=Labeller.of(release, request_id))
        return replace(front, cover=replace(cover, pages=front.pages + manifest.pages))

    @property
    def pages(self) -> int:
        """Pages in front of the first copied one."""
        return 1 if self._fits() else 1 + len(paginated(self._lists({})))

    def first_pages(self) -> dict[int, int]:
        """For every item that can be paged, the page of the copy where it begins."""
        begins, page = {}, self.pages + 1
        for item in self.manifest.items:
            if item.pages:
                begins[item.number] = page
                page += item.pages
        return begins

    def print(self) -> tuple[Pdf, list[Link]]:
        """The pages as a PDF, and the places on them that lead to items. The same front always gives the same bytes."""
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=PAGE, invariant=1, pageCompression=1)
        begins = self.first_pages()
        links = self.cover.print(canvas, self._on_cover(begins), self._remark())
        self._end_page(canvas, 1, "Cover sheet")
        if not self._fits():
            for number, tables in enumerate(paginated(self._lists(begins)), start=2):
                links += draw_contents_page(canvas, tables, number)
                self._end_page(canvas, number, "Contents")
        canvas.save()
        buffer.seek(0)
        return Pdf.open(buffer), links

    def _end_page(self, canvas: Canvas, page: int, caption: str) -> None:
        self.labeller.print(canvas, _FRAME, Label(page=page, pages=self.cover.pages, caption=caption))
        canvas.showPage()

    def _lists(self, begins: Mapping[int, int]) -> list[Table]:
        lists = [enclosed(self.manifest, begins), left_out(self.manifest.withheld)]
        return [table for table in lists if table.rows]

    def _fits(self) -> bool:
        """Whether the cover sheet has room for the full lists."""
        return sum(table.height + _BETWEEN for table in self._lists({})) <= self.cover.room()

    def _on_cover(self, begins: Mapping[int, int]) -> list[Table]:
        """The full lists, else a line for each kind, else nothing but the remark."""
        if self._fits():
            return self._lists(begins)
        by_kind = enclosed_by_kind(self.manifest, begins)
        return [by_kind] if by_kind.height + _BETWEEN <= self.cover.room() else []

    def _remark(self) -> str:
        withheld = len(self.manifest.withheld)
        if self._fits():
            return "" if withheld else _NOTHING_LEFT_OUT
        listed = f"The following pages list the {counted(len(self.manifest.items), 'record')} enclosed"
        if not withheld:
            return f"{listed}. {_NOTHING_LEFT_OUT}"
        return f"{listed}, and {counted(withheld, 'record')} not enclosed with the reason why."
