"""A chart, its copy, and the check of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
from pikepdf import Pdf

from pipeline.duplicating import make_pdf
from pipeline.verifying import verify
from schemas.record_set import CompletenessReport, CopiedPage, Copy
from schemas.release import Release
from tests.duplicating.samples import (
    MADE_AT,
    PRACTICE,
    REQUEST_ID,
    Chart,
    release,
)


@dataclass
class Checked:
    """A chart and its copy, to be spoiled and checked."""

    chart: Chart
    path: Path
    pdf_pages: int = 0
    front_pages: int = 0
    pages: tuple[CopiedPage, ...] = ()
    pictures: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def made(cls, chart: Chart, path: Path, for_release: Release | None = None) -> Checked:
        made = make_pdf(
            for_release or release(), chart.manifest, PRACTICE, chart.original, path, made_at=MADE_AT, request_id=REQUEST_ID
        )
        return cls(chart, path, made.pdf_pages, made.front_pages, made.pages)

    def spoiled(self, folder: Path, spoil: Callable[[Pdf], None]) -> Checked:
        """The same copy after something happened to it; the facts name the spoiled file, so its hash tells nothing."""
        path = folder / "spoiled.pdf"
        with pikepdf.open(self.path) as pdf:
            spoil(pdf)
            pdf.save(path)
        return Checked(self.chart, path, self.pdf_pages, self.front_pages, self.pages)

    def report(self, for_release: Release | None = None, **facts: object) -> CompletenessReport:
        data = self.path.read_bytes()
        copied = Copy.model_validate(
            {
                "pdf": hashlib.sha256(data).hexdigest(),
                "pdf_size_bytes": len(data),
                "pdf_pages": self.pdf_pages,
                "front_pages": self.front_pages,
                "pages": self.pages,
                **facts,
            }
        )
        return verify(for_release or release(), self.chart.manifest, copied, self.path, self.chart.original, self.keep)

    def keep(self, png: bytes) -> str:
        sha256 = hashlib.sha256(png).hexdigest()
        self.pictures[sha256] = png
        return sha256


def found(report: CompletenessReport) -> list[tuple[str, int | None]]:
    """Kind and page of the copy of each fault."""
    return [(fault.kind.value, fault.copy_page) for fault in report.faults]


def sentences(report: CompletenessReport) -> list[str]:
    return [fault.sentence for fault in report.faults]
