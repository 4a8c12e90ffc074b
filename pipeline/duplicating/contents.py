"""What is enclosed and what is not, as tables: on the cover sheet when short, else on contents pages of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline.duplicating.words import KIND_WORDS, span
from pipeline.stationery.paper import BOTTOM, LEFT, RIGHT, SOFT, STRONG, TOP
from pipeline.stationery.table import HEADER_HEIGHT, Column, Row, draw_header, draw_row, draw_section, row
from pipeline.stationery.words import counted, listed, short_day
from schemas.record_set import Item, Manifest, Withheld

ON_FILE_ONLY = "file only"
_SECTION_HEIGHT = 21.0
_GAP = 16.0

_ITEMS = (
    Column("NO.", LEFT, LEFT + 20, style=SOFT),
    Column("RECORD", LEFT + 22, LEFT + 138, style=STRONG),
    Column("DESCRIPTION", LEFT + 144, LEFT + 290),
    Column("DATE", LEFT + 298, LEFT + 348),
    Column("TEETH", LEFT + 358, LEFT + 416),
    Column("PAGES", LEFT + 420, LEFT + 452, "right"),
    Column("ON PAGE", LEFT + 458, RIGHT, "right", STRONG),
)
_KINDS = (
    Column("RECORDS", LEFT, LEFT + 180, style=STRONG),
    Column("NUMBER", LEFT + 190, LEFT + 240, "right"),
    Column("DATES", LEFT + 270, LEFT + 410),
    Column("PAGES", LEFT + 416, LEFT + 452, "right"),
    Column("FROM PAGE", LEFT + 456, RIGHT, "right", STRONG),
)
_LEFT_OUT = (
    Column("RECORD", LEFT, LEFT + 138, style=STRONG),
    Column("DESCRIPTION", LEFT + 144, LEFT + 260),
    Column("DATE", LEFT + 268, LEFT + 318),
    Column("WHY NOT", LEFT + 326, RIGHT),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place on a page in front that leads to the first page of an item."""

    front_page: int
    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points."""
    item: int


@dataclass(frozen=True, slots=True)
class Table:
    """A headed table that may run over several pages."""

    title: str
    summary: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def height(self) -> float:
        """In one piece, in points."""
        return _SECTION_HEIGHT + HEADER_HEIGHT + sum(r.height for r in self.rows)


def enclosed(manifest: Manifest, first_pages: Mapping[int, int]) -> Table:
    """Every item: kind, description, date, teeth, pages, and the page of the copy where it begins."""
    rows = tuple(_item_row(item, first_pages.get(item.number)) for item in manifest.items)
    return Table("Enclosed", _summary(manifest), _ITEMS, rows)


def enclosed_by_kind(manifest: Manifest, first_pages: Mapping[int, int]) -> Table:
    """The same by kind, a line each."""
    rows = []
    for kind, group in groupby(sorted(manifest.items, key=lambda item: item.number), key=lambda item: item.kind):
        items = list(group)
        first = next((item for item in items if item.number in first_pages), None)
        pages = sum(item.pages for item in items)
        texts = [KIND_WORDS[kind], f"{len(items):,}", span(item.date for item in items), f"{pages:,}" if pages else "–"]
        texts.append(f"{first_pages[first.number]:,}" if first else ON_FILE_ONLY)
        rows.append(row(_KINDS, texts, first.number if first else None))
    return Table("Enclosed", _summary(manifest), _KINDS, tuple(rows))


def left_out(withheld: Iterable[Withheld]) -> Table:
    """What the chart has and this copy has not, with the reason."""
    rows = tuple(
        row(_LEFT_OUT, [KIND_WORDS[w.kind], listed([w.description]), short_day(w.date), w.why.rstrip(".")]) for w in withheld
    )
    return Table("Not enclosed", counted(len(rows), "record"), _LEFT_OUT, rows)


def draw_table(canvas: Any, y: float, table: Table, front_page: int) -> tuple[float, list[Link]]:
    """The table in one piece, hanging from `y`; gives the y below it and its links."""
    y = draw_header(canvas, draw_section(canvas, y, table.title, table.summary), table.columns)
    return _draw_rows(canvas, y, table, table.rows, front_page)


def paginated(tables: Sequence[Table]) -> list[list[Table]]:
    """The tables cut into pages: on each page the pieces of tables that stand there. A row is never cut."""
    pages: list[list[Table]] = [[]]
    room = TOP - BOTTOM
    for table in tables:
        rows: list[Row] = []
        room -= _SECTION_HEIGHT + HEADER_HEIGHT
        for filled in table.rows:
            if filled.height > room:
                _settle(pages, table, rows)
                pages.append([])
                rows = []
                room = TOP - BOTTOM - _SECTION_HEIGHT - HEADER_HEIGHT
            rows.append(filled)
            room -= filled.height
        _settle(pages, table, rows)
        room -= _GAP
    return pages


def draw_contents_page(canvas: Any, tables: Sequence[Table], front_page: int) -> list[Link]:
    """One page of `paginated`."""
    y, links = TOP, []
    for table in tables:
        y, found = draw_table(canvas, y, table, front_page)
        links += found
        y -= _GAP
    return links


def _settle(pages: list[list[Table]], table: Table, rows: Sequence[Row]) -> None:
    if not rows:
        return
    again = any(piece.columns is table.columns for page in pages for piece in page)
    title = f"{table.title}, continued" if again else table.title
    pages[-1].append(Table(title, "" if again else table.summary, table.columns, tuple(rows)))


def _draw_rows(canvas: Any, y: float, table: Table, rows: Iterable[Row], front_page: int) -> tuple[float, list[Link]]:
    links = []
    for filled in rows:
        below = draw_row(canvas, y, table.columns, filled)
        if filled.target is not None:
            links.append(Link(front_page, (LEFT, below + 2.5, RIGHT, y + 2.5), filled.target))
        y = below
    return y, links


def _item_row(item: Item, first_page: int | None) -> Row:
    pages = f"{item.pages:,}" if item.pages else "–"
    where = f"{first_page:,}" if first_page else ON_FILE_ONLY
    teeth = item.teeth.replace(",", ", ").replace(",  ", ", ")
    texts = [str(item.number), KIND_WORDS[item.kind], item.description, short_day(item.date), teeth, pages, where]
    return row(_ITEMS, texts, item.number if first_page else None)


def _summary(manifest: Manifest) -> str:
    files = sum(1 for item in manifest.items if not item.pages)
    only = f"{counted(files, 'record')} enclosed as a file only" if files else ""
    return listed([counted(len(manifest.items), "record"), counted(manifest.pages, "page"), only])
