"""Whether a PDF arrived whole. PDFium repairs what it can in silence; here the repair is what tells of the damage."""

from __future__ import annotations

import pikepdf

from pipeline.documents import refusal
from pipeline.documents.source import Source, stream_of, tail_of

_END_MARK = b"%%EOF"
_END_WITHIN = 2048  # readers look for the end mark in the last 1,024 bytes (ISO 32000-1, annex H, note 18); scanners pad


def why_unopenable(source: Source) -> refusal.Refused:
    """What to say of a PDF that the renderer does not open: that it breaks off, has no pages, or is damaged."""
    with refusal.mapping_faults():
        if _END_MARK not in tail_of(source, _END_WITHIN):
            return refusal.truncated()
        try:
            with stream_of(source) as stream, pikepdf.open(stream, suppress_warnings=True) as pdf:
                return refusal.damaged() if len(pdf.pages) else refusal.no_pages()
        except pikepdf.PdfError:
            return refusal.damaged()


def check_structure(source: Source, pages: int) -> None:
    """Raises Refused unless the file has its end, its pages tree and all of its pages.

    `pages` is what the renderer counted: a second library that counts otherwise has seen a damaged pages tree.
    """
    with refusal.mapping_faults():
        whole = _END_MARK in tail_of(source, _END_WITHIN)
        try:
            with stream_of(source) as stream, pikepdf.open(stream, suppress_warnings=True) as pdf:
                repaired = bool(pdf.get_warnings())
                counted = len(pdf.pages)
        except pikepdf.PasswordError as error:
            raise refusal.encrypted() from error
        except pikepdf.PdfError as error:
            raise (refusal.damaged() if whole else refusal.truncated()) from error
        if repaired and not whole:
            raise refusal.truncated()
        if counted != pages:
            raise refusal.damaged()
