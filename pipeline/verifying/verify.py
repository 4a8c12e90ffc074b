"""The check of a copy: bytes, counts, every page, every label. No page is skipped and none is sampled.

It knows only the facts and the files. How the copy was made is not known here: other libraries decode the originals,
render both sides and read the labels.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from pipeline.errors import Retryable
from pipeline.verifying.findings import Expected, Findings
from pipeline.verifying.labels import names_place
from pipeline.verifying.leaves import Originals
from pipeline.verifying.review import Review
from pipeline.verifying.viewing import CannotBeShownError, Document
from pipeline.verifying.walk import Walk, same_bytes
from schemas.record_set import CompletenessReport, Copy, FaultKind, Manifest
from schemas.release import Release


def verify(
    release: Release,
    manifest: Manifest,
    copied: Copy,
    pdf: Path,
    originals: Callable[[str], Path],
    keep_picture: Callable[[bytes], str],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> CompletenessReport:
    """Checks the labelled PDF against the originals and gives everything that was found.

    `originals` gives the file with the bytes of an original by their SHA-256; `keep_picture` keeps a PNG and gives its
    SHA-256. `progress` is told pages done and pages in all. Nothing found means that every listed byte and page was
    compared. A damaged copy or original is a fault in the report, not an exception. Raises Retryable when the disk refuses.
    """
    findings = Findings(keep_picture)
    expected = [Expected(item, page) for item in manifest.items for page in range(1, item.pages + 1)]
    if manifest.patient_id != release.patient.patient_id:
        findings.fault(FaultKind.OTHER_PATIENT, "The records were gathered from the chart of another patient.")
    done = count(1)

    def tell() -> None:
        if progress:
            progress(next(done), len(expected))

    checked = 0
    try:
        _check_copy_facts(copied, pdf, expected, findings)
        with Document(pdf) as copy:
            walk = Walk(release, copied, copy, Originals(originals), originals, findings, tell)
            _check_front(walk)
            begins = 0
            for item in manifest.items:
                walk.item(item, begins)
                begins += item.pages
            Review(walk, expected).run()
            _check_count(copied, len(copy), findings)
            checked = walk.pages_checked
    except CannotBeShownError as error:
        findings.fault(FaultKind.UNREADABLE, f"The copy cannot be opened: {error}.")
    except OSError as error:
        raise Retryable(f"the copy cannot be checked now: {error.strerror or type(error).__name__}") from error
    return CompletenessReport(
        items_checked=len(manifest.items),
        pages_checked=checked,
        faults=tuple(findings.faults),
        notices=tuple(findings.notices),
    )


def _check_copy_facts(copied: Copy, pdf: Path, expected: list[Expected], findings: Findings) -> None:
    """What the facts say about the copy, before any page is looked at."""
    if not same_bytes(pdf, copied.pdf, copied.pdf_size_bytes):
        findings.fault(FaultKind.BYTES_DIFFER, "The copy is not the file that was made.")
    listed = {(page.item, page.page): page.copy_page for page in copied.pages}
    for place, about in enumerate(expected, start=copied.front_pages + 1):
        found = listed.pop((about.item.number, about.page), None)
        if found is None:
            findings.fault(FaultKind.MISSING, f"The list of copied pages lacks {about.words}.", about=about)
        elif found != place:
            sentence = f"The list of copied pages has {about.words} on page {found}, where page {place} is its place."
            findings.fault(FaultKind.DIFFERS, sentence, about=about, copy_page=found)
    if listed or len(copied.pages) > len(expected):
        findings.fault(FaultKind.REPEATED, "The list of copied pages has more than was gathered.")


def _check_front(walk: Walk) -> None:
    """Cover sheet and contents: there, labelled, and to the right place."""
    for number in range(1, min(walk.copied.front_pages, len(walk.copy)) + 1):
        try:
            with walk.copy.page(number) as view:
                text = view.text()
                walk.label(text, True, number, {number}, None)
                if number == 1 and not names_place(text, walk.release.destination.name):
                    sentence = "The cover sheet does not name the destination of this release."
                    walk.findings.fault(FaultKind.UNLABELLED, sentence, copy_page=1)
        except CannotBeShownError:
            walk.findings.fault(FaultKind.UNREADABLE, f"Page {number} of the copy cannot be shown.", copy_page=number)


def _check_count(copied: Copy, pages: int, findings: Findings) -> None:
    if pages != copied.pdf_pages:
        kind = FaultKind.MISSING if pages < copied.pdf_pages else FaultKind.REPEATED
        findings.fault(kind, f"The copy has {pages} pages, and {copied.pdf_pages} were made.")
