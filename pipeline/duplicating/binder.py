"""Binds labelled pages into parts on the disk, so that a set of a thousand pages needs the memory of a few.

A part is saved when it has grown large or holds many originals open. Joining the parts later moves the data of each page
from file to file.
"""

from __future__ import annotations

import zlib
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream, StreamDecodeLevel

from pipeline.duplicating.label import Label, Labeller, printed_labels
from pipeline.duplicating.sheet import Sheet, make_page

_PART_BYTES = 48 << 20
_PART_PAGES = 200
_PART_ORIGINALS = 40  # each is an open file, and systems allow a process only so many


class Original(Protocol):
    """An opened original that can be paged."""

    pages: int

    def place(self, page: int, pdf: Pdf) -> Sheet:
        """Page `page` (from 1) as a sheet of `pdf`."""
        ...

    def close(self) -> None:
        """Lets go of the file."""
        ...


class Binder:
    """Takes pages one after the other into `parts`, which are files in `room`. A context manager; leaving it closes all."""

    def __init__(self, room: Path, labeller: Labeller) -> None:
        self.parts: list[Path] = []
        self._room = room
        self._labeller = labeller
        self._originals: list[Original] = []
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def take(self, original: Original) -> None:
        """The original that the next pages come from. It is closed here, once no page needs it."""
        if len(self._originals) >= _PART_ORIGINALS:
            self._save()
        self._originals.append(original)

    def add(self, page: int, label: Label) -> None:
        """One page (from 1) of the original taken last."""
        sheet = self._originals[-1].place(page, self._pdf)
        self._sheets.append((sheet, label))
        self._weight += sheet.weight
        if len(self._sheets) >= _PART_PAGES or self._weight >= _PART_BYTES:
            self._save()

    def finish(self) -> list[Path]:
        """Saves what is left; all parts in order."""
        self._save()
        return self.parts

    def _begin(self) -> None:
        self._pdf = Pdf.new()
        self._sheets: list[tuple[Sheet, Label]] = []
        self._weight = 0

    def _save(self) -> None:
        """Writes the part. The original in hand stays open, for it may have more pages."""
        if self._sheets:
            with printed_labels(self._labeller, [(sheet.frame, label) for sheet, label in self._sheets]) as labels:
                for (sheet, _), printed in zip(self._sheets, labels.pages, strict=True):
                    page = make_page(self._pdf, sheet, _as_form(self._pdf, labels, printed))
                    self._pdf.pages.append(Page(self._pdf.make_indirect(page)))
                part = self._room / f"part-{len(self.parts) + 1:04d}.pdf"
                self._pdf.save(part, static_id=True, stream_decode_level=StreamDecodeLevel.none)
            self.parts.append(part)
        self._pdf.close()
        in_hand = self._originals[-1:]
        for original in self._originals[:-1]:
            original.close()
        self._originals = in_hand
        self._begin()

    def _close(self) -> None:
        self._pdf.close()
        with ExitStack() as stack:
            for original in self._originals:
                stack.callback(original.close)
        self._originals = []


def _as_form(pdf: Pdf, labels: Pdf, printed: Page) -> Object:
    """A printed label as a form of `pdf`."""
    form = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=printed.obj.MediaBox, Filter=Name.FlateDecode)
    form.Resources = pdf.copy_foreign(labels.make_indirect(printed.obj.Resources))
    return Stream(pdf, zlib.compress(printed.obj.Contents.read_bytes()), form)
