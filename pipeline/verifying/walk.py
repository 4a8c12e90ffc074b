"""The walk through the set: original by original, each page beside the page of the copy where it belongs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.verifying.findings import Expected, Findings
from pipeline.verifying.labels import can_be_seen, missing_from_label
from pipeline.verifying.leaves import Leaf, Opened, Originals
from pipeline.verifying.numbering import gaps, printed_number
from pipeline.verifying.persons import names_somebody_else
from pipeline.verifying.viewing import CannotBeShownError, Document
from schemas.record_set import Copy, FaultKind, Item, ItemKind
from schemas.release import Release

_PICTURES = {
    ItemKind.XRAY_FMX,
    ItemKind.XRAY_BITEWING,
    ItemKind.XRAY_PERIAPICAL,
    ItemKind.XRAY_PANO,
    ItemKind.XRAY_CEPH,
    ItemKind.CBCT,
    ItemKind.PHOTO,
}
"""Kinds that show nothing if they are of one colour; a scanned sheet may have an empty back."""


@dataclass
class Walk:
    """One walk; afterwards `shown` says which expected page each copied page shows, as far as it is the right one."""

    release: Release
    copied: Copy
    copy: Document
    originals: Originals
    paths: Callable[[str], Path]
    findings: Findings
    tell: Callable[[], None]
    shown: list[int | None] = field(default_factory=list)
    unread: set[int] = field(default_factory=set)
    """Expected pages whose original cannot be shown: reported, and not compared."""
    pages_checked: int = 0

    def __post_init__(self) -> None:
        """Begins with nothing known about the copied pages there are."""
        self.shown = [None] * max(0, len(self.copy) - self.copied.front_pages)

    def item(self, item: Item, begins: int) -> None:
        """Checks one item, whose first page is the expected page `begins` (from 0)."""
        self._bytes(item)
        if not item.pages:
            return
        numbers: dict[int, tuple[int, int]] = {}
        try:
            with self.originals.open(item.sha256) as opened:
                self._count(item, opened)
                for page in range(1, item.pages + 1):
                    self._page(opened, Expected(item, page), begins + page - 1, numbers)
        except CannotBeShownError as error:
            self.unread |= set(range(begins, begins + item.pages))
            self.findings.fault(FaultKind.UNREADABLE, f"{item.file} in the chart cannot be checked: {error}.", item=item.number)
            return
        self._gaps(item, numbers)

    def label(self, words: str, seen: bool, copy_page: int, numbers: set[int], about: Expected | None) -> None:
        """Checks that a copied page is labelled, with any of these page numbers."""
        of = self.copied.pdf_pages
        missing = min((missing_from_label(words, self.release, number, of) for number in sorted(numbers)), key=len)
        if missing:
            lacks = ", ".join(missing)
            sentence = f"Page {copy_page} of the copy is not labelled as it must be: {lacks} is missing."
        elif not seen:
            sentence = f"The label on page {copy_page} of the copy cannot be seen."
        else:
            return
        self.findings.fault(FaultKind.UNLABELLED, sentence, about=about, copy_page=copy_page)

    def _bytes(self, item: Item) -> None:
        path = self.paths(item.sha256)
        if not same_bytes(path, item.sha256, item.size_bytes):
            sentence = f"{item.file}: the original kept for this release is not the file that was gathered."
            self.findings.fault(FaultKind.BYTES_DIFFER, sentence, item=item.number)

    def _count(self, item: Item, opened: Opened) -> None:
        if opened.pages != item.pages:
            sentence = f"{item.file} has {opened.pages} pages, but {item.pages} were listed when it was gathered."
            self.findings.fault(FaultKind.MISSING, sentence, item=item.number)

    def _page(self, opened: Opened, expected: Expected, index: int, numbers: dict[int, tuple[int, int]]) -> None:
        self.pages_checked += 1
        if expected.page > opened.pages:
            self.unread.add(index)
            self.tell()
            return
        with opened.leaf(expected.page) as leaf:
            self._original(leaf, expected, numbers)
            if index < len(self.shown):
                self._compare(leaf, expected, index)
        self.tell()

    def _original(self, leaf: Leaf, expected: Expected, numbers: dict[int, tuple[int, int]]) -> None:
        """What an original says about itself."""
        if leaf.blank:
            self._blank_original(expected)
        text = leaf.text
        if number := printed_number(text):
            numbers[expected.page] = number
        if names_somebody_else(text, self.release.patient):
            sentence = f"{_capital(expected.words)} in the chart names another patient with another birth date."
            self.findings.fault(FaultKind.OTHER_PATIENT, sentence, about=expected)

    def _blank_original(self, expected: Expected) -> None:
        if expected.item.kind in _PICTURES:
            sentence = f"{_capital(expected.words)} shows nothing: it is of one colour in the chart itself."
            self.findings.fault(FaultKind.BLANK, sentence, about=expected)
        else:
            self.findings.notice(f"{_capital(expected.words)} is blank in the chart too.")

    def _compare(self, leaf: Leaf, expected: Expected, index: int) -> None:
        copy_page = self.copied.front_pages + index + 1
        try:
            with self.copy.page(copy_page) as view:
                look = leaf.seen_on(view)
                if look.same and look.area:
                    self.shown[index] = index
                    words, seen = view.text_outside(look.area), can_be_seen(view, look.area)
                    self.label(words, seen, copy_page, {copy_page}, expected)
        except CannotBeShownError:
            return  # nothing is shown there: the review of misplaced pages says so

    def _gaps(self, item: Item, numbers: dict[int, tuple[int, int]]) -> None:
        for gap in gaps(numbers, item.pages):
            lost = f"page {gap.first}" if gap.first == gap.last else f"pages {gap.first} to {gap.last}"
            sentence = f"{item.file} prints “page … of {gap.of}”, and {lost} of {gap.of} is not there."
            self.findings.fault(FaultKind.NUMBERING_GAP, sentence, about=Expected(item, gap.beside))


def same_bytes(path: Path, sha256: str, size_bytes: int) -> bool:
    """Whether a file has this size and hash, read anew."""
    with path.open("rb") as file:
        return path.stat().st_size == size_bytes and hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _capital(words: str) -> str:
    return words[0].upper() + words[1:] if words.startswith("page ") else words
