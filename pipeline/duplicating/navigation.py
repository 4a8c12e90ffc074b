"""Finding one's way in the copy: bookmarks by kind and item, a click from the contents to the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import groupby

from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf

from pipeline.duplicating.contents import Link
from pipeline.duplicating.front import Front
from pipeline.duplicating.words import KIND_WORDS
from pipeline.stationery.words import listed, short_day
from schemas.record_set import Item


def add_bookmarks(pdf: Pdf, front: Front) -> None:
    """Bookmarks: the cover sheet, the contents, then each kind with its items."""
    begins = front.first_pages()
    paged = [item for item in front.manifest.items if item.pages]
    with pdf.open_outline() as outline:
        outline.root.append(OutlineItem("Cover sheet", 0))
        if front.pages > 1:
            outline.root.append(OutlineItem("Contents", 1))
        for kind, group in groupby(paged, key=lambda item: item.kind):
            items = list(group)
            branch = OutlineItem(KIND_WORDS[kind], begins[items[0].number] - 1)
            branch.children.extend(OutlineItem(_bookmark(item), begins[item.number] - 1) for item in items)
            outline.root.append(branch)


def add_links(pdf: Pdf, links: Sequence[Link], begins: Mapping[int, int]) -> None:
    """Makes the rows of the tables in front lead to their items."""
    for link in links:
        front_page = pdf.pages[link.front_page - 1].obj
        target = pdf.pages[begins[link.item] - 1].obj
        note = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([round(v, 2) for v in link.box]),
            Border=Array([0, 0, 0]),
            Dest=Array([target, Name.Fit]),
        )
        if "/Annots" not in front_page:
            front_page.Annots = Array()
        front_page.Annots.append(pdf.make_indirect(note))


def describe(pdf: Pdf, front: Front) -> None:
    """Title, maker and date for the viewer, which opens with the bookmarks showing. No patient in what a listing shows."""
    day = front.cover.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    pdf.docinfo.Title = "Copy of dental records"
    pdf.docinfo.Author = front.cover.practice.name
    pdf.docinfo.Creator = "ChartRelay"
    pdf.docinfo.CreationDate = day
    pdf.docinfo.ModDate = day
    pdf.Root.Lang = "en-US"
    pdf.Root.PageMode = Name.UseOutlines
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _bookmark(item: Item) -> str:
    teeth = f"teeth {item.teeth}" if item.teeth else ""
    return listed([short_day(item.date), item.description, teeth]) or item.file
