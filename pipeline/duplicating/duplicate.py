"""The labelled PDF: everything of a record set that can be paged, in one file.

Front pages, then every page of every item in the order of the manifest, each whole, in its own size and coding, with a
labelled strip below it. The same inputs always give the same bytes, so a repeat after a crash is known by its hash.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pikepdf import Page, Pdf, StreamDecodeLevel

from pipeline.duplicating.binder import Binder, Original
from pipeline.duplicating.documents import Documents
from pipeline.duplicating.front import Front
from pipeline.duplicating.label import Label
from pipeline.duplicating.layers import carry_layers
from pipeline.duplicating.navigation import add_bookmarks, add_links, describe
from pipeline.duplicating.pictures import Pictures
from pipeline.duplicating.trouble import UnreadableError, unreadable
from pipeline.duplicating.words import caption
from pipeline.errors import Retryable
from schemas.record_set import CopiedPage, Item, Manifest
from schemas.release import Practice, Release

_PDF_MARK = b"%PDF-"
_MARK_WITHIN = 1024  # a PDF may have that much before its header (ISO 32000-1, annex H.3.4.1)


@dataclass(frozen=True, slots=True)
class PdfMade:
    """What the labelled PDF holds."""

    pdf_pages: int
    """All pages."""
    front_pages: int
    """Cover sheet and contents."""
    pages: tuple[CopiedPage, ...]
    """Where each page of each original stands."""


def make_pdf(
    release: Release,
    manifest: Manifest,
    practice: Practice,
    originals: Callable[[str], Path],
    out: Path,
    *,
    made_at: datetime,
    request_id: str,
    progress: Callable[[int, int], None] | None = None,
) -> PdfMade:
    """Writes the labelled PDF of a record set to `out`, which appears only when it is complete.

    `originals` gives the file with the bytes of an original by their SHA-256. `progress` is told pages done and pages
    in all. Raises NeedsPerson (ORIGINAL_UNREADABLE) for an original that cannot be taken over whole, Retryable when the
    disk refuses.
    """
    front = Front.of(release, manifest, practice, made_at, request_id)
    with _disk_troubles(), tempfile.TemporaryDirectory(dir=out.parent, prefix=".making-") as folder:
        room = Path(folder)
        pages, parts = _bind(front, manifest, originals, room, progress)
        whole = room / "whole.pdf"
        _join(front, parts, whole)
        os.replace(whole, out)  # noqa: PTH105 -- names the atomic step
    return PdfMade(pdf_pages=front.cover.pages, front_pages=front.pages, pages=tuple(pages))


def _bind(
    front: Front,
    manifest: Manifest,
    originals: Callable[[str], Path],
    room: Path,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[CopiedPage], list[Path]]:
    total = front.cover.pages
    copied: list[CopiedPage] = []
    with Binder(room, front.labeller) as binder:
        for item in manifest.items:
            if not item.pages:
                continue
            with _held(item):
                binder.take(_opened(item, originals(item.sha256)))
            for page in range(1, item.pages + 1):
                place = front.pages + len(copied) + 1
                with _held(item):
                    binder.add(page, Label(page=place, pages=total, caption=f"{item.number}  {caption(item)}"))
                copied.append(CopiedPage(item=item.number, page=page, copy_page=place))
                if progress:
                    progress(len(copied), manifest.pages)
        return copied, binder.finish()


def _opened(item: Item, path: Path) -> Original:
    """The original, opened as what its bytes say it is. Raises UnreadableError."""
    with path.open("rb") as file:
        is_pdf = _PDF_MARK in file.read(_MARK_WITHIN)
    original: Original = Documents(path) if is_pdf else Pictures(path)
    if original.pages != item.pages:
        found = original.pages
        original.close()
        raise UnreadableError(f"it has {found} pages now, but {item.pages} were counted when the chart was gathered")
    return original


def _join(front: Front, parts: list[Path], whole: Path) -> None:
    with Pdf.new() as pdf, contextlib.ExitStack() as opened:
        printed, links = front.print()
        opened.enter_context(printed)
        pdf.pages.extend(printed.pages)
        for part in parts:
            bound = opened.enter_context(Pdf.open(part))
            for page in bound.pages:
                pdf.pages.append(Page(page))
            carry_layers(bound, pdf)
        add_links(pdf, links, front.first_pages())
        add_bookmarks(pdf, front)
        describe(pdf, front)
        pdf.save(whole, deterministic_id=True, stream_decode_level=StreamDecodeLevel.none)


@contextlib.contextmanager
def _held(item: Item) -> Iterator[None]:
    """An unreadable original is for a person."""
    try:
        yield
    except UnreadableError as error:
        raise unreadable(item, str(error)) from error


@contextlib.contextmanager
def _disk_troubles() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Retryable(f"the copy cannot be written: {error.strerror or type(error).__name__}") from error
