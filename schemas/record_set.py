"""The record set: what was gathered, what was copied, and what the check of the copy found."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Fact, Frozen, Moment, PageNumber, Sha256, Version1


class ItemKind(StrEnum):
    """The kinds of records that a chart's `contents.csv` lists."""

    XRAY_FMX = "xray-fmx"
    XRAY_BITEWING = "xray-bitewing"
    XRAY_PERIAPICAL = "xray-periapical"
    XRAY_PANO = "xray-pano"
    XRAY_CEPH = "xray-ceph"
    CBCT = "cbct"
    PHOTO = "photo"
    PERIO_CHART = "perio-chart"
    TOOTH_CHART = "tooth-chart"
    NOTES = "notes"
    TREATMENT_PLAN = "treatment-plan"
    HEALTH_HISTORY = "health-history"
    CONSENT = "consent"
    REFERRAL = "referral"
    LAB = "lab"
    PRESCRIPTION = "prescription"
    LEDGER = "ledger"
    INSURANCE = "insurance"
    OTHER = "other"


class Item(Frozen):
    """One original of the chart, its bytes in the vault."""

    number: Annotated[int, Field(ge=1)]
    """Its place in the set, from 1: by kind in the order of `ItemKind`, then by date."""
    file: str
    """Its name in the chart."""
    kind: ItemKind
    date: date | None
    teeth: str = ""
    description: str = ""
    media_type: str
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=1)]
    pages: Annotated[int, Field(ge=0)]
    """Pages of a PDF, frames of a TIFF, 1 for a picture; 0 for what cannot be paged (a CBCT volume, an STL scan)."""


class Withheld(Frozen):
    """What the chart has and this release leaves out, and why."""

    file: str
    kind: ItemKind
    date: date | None
    pages: int
    description: str = ""
    why: str


class Manifest(Fact):
    """The gathered set: the standard that the copy is checked against."""

    kind: Literal["manifest"] = "manifest"
    version: Version1 = 1
    patient_id: str
    source: str
    """Which record source the items came from, such as `folder`."""
    gathered_at: Moment
    items: tuple[Item, ...]
    withheld: tuple[Withheld, ...] = ()

    @property
    def pages(self) -> int:
        """Pages of all items together."""
        return sum(item.pages for item in self.items)


class CopiedPage(Frozen):
    """Where one page of one original stands in the labelled PDF."""

    item: Annotated[int, Field(ge=1)]
    page: PageNumber
    """Page of the original."""
    copy_page: PageNumber
    """Page of the labelled PDF."""


class Copy(Fact):
    """The copy made for release: the labelled PDF; the originals go beside it byte for byte."""

    kind: Literal["copy"] = "copy"
    version: Version1 = 1
    pdf: Sha256
    pdf_size_bytes: Annotated[int, Field(ge=1)]
    pdf_pages: Annotated[int, Field(ge=1)]
    """All pages: cover sheet, contents and copied pages."""
    front_pages: Annotated[int, Field(ge=1)]
    """Cover sheet and contents: the pages before the first copied one."""
    pages: tuple[CopiedPage, ...]


class FaultKind(StrEnum):
    """What can be wrong with a copied page or item."""

    MISSING = "missing"
    REPEATED = "repeated"
    DIFFERS = "differs"
    BLANK = "blank"
    UNREADABLE = "unreadable"
    NUMBERING_GAP = "numbering_gap"
    OTHER_PATIENT = "other_patient"
    UNLABELLED = "unlabelled"
    BYTES_DIFFER = "bytes_differ"


class PageFault(Frozen):
    """One thing the verifier found, and where."""

    kind: FaultKind
    sentence: str
    item: int | None = None
    page: int | None = None
    copy_page: int | None = None
    picture: Sha256 | None = None
    """In the vault: a PNG with original and copy side by side and the difference marked."""


class CompletenessReport(Fact):
    """The findings of the verifier, page by page. No faults means that everything listed was compared and is there."""

    kind: Literal["completeness_report"] = "completeness_report"
    version: Version1 = 1
    items_checked: int
    pages_checked: int
    faults: tuple[PageFault, ...] = ()
    notices: tuple[str, ...] = ()
    """What a person may want to know and no rule holds for, such as a blank back page that the original has too."""

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.faults
