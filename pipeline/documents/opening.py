"""From a path to an open document, or to what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.documents import refusal
from pipeline.documents.document import Document
from pipeline.documents.hush import hush_decoders
from pipeline.documents.kinds import HEAD_BYTES, MediaType, media_type_of
from pipeline.documents.limits import Limits
from pipeline.documents.mail import MailDocument
from pipeline.documents.pdf import PdfDocument
from pipeline.documents.pictures import PictureDocument
from pipeline.documents.source import head_of, size_of


@dataclass(frozen=True)
class Inspection:
    """What is known of a file that was found to be a whole document."""

    media_type: MediaType
    pages: int
    size_bytes: int


def inspect(path: Path, limits: Limits, *, name: str | None = None) -> Inspection:
    """Decodes every page far enough to know that the file is whole.

    `name` is the file's own name, where `path` is kept under another. Raises Refused; Retryable when the disk fails.
    Runs the decoders in this process: for a file that nobody has looked at yet, use `inspect_isolated`.
    """
    with refusal.mapping_faults():
        size = size_of(path)
        media_type = media_type_of(head_of(path, HEAD_BYTES), name or path.name)
    if size == 0:
        raise refusal.empty()
    if media_type is None:
        raise refusal.not_a_document()
    with open_document(path, media_type, limits) as document:
        document.check()
        return Inspection(media_type, document.page_count, size)


def open_document(path: Path, media_type: str, limits: Limits = Limits()) -> Document:  # noqa: B008 -- frozen
    """The document, open; use it in a `with`.

    `media_type` is what `inspect` found. Raises Refused where the file is no such document or exceeds the limits,
    Retryable when the disk fails, ValueError for a media type that is none of `MediaType`.
    """
    kind = MediaType(media_type)
    hush_decoders()
    with refusal.mapping_faults():
        size = size_of(path)
    most = limits.max_mail_bytes if kind is MediaType.MAIL else limits.max_bytes
    if size == 0:
        raise refusal.empty()
    if size > most:
        raise refusal.too_large(most)
    if kind is MediaType.PDF:
        return PdfDocument(path, limits)
    if kind is MediaType.MAIL:
        return MailDocument(path, limits)
    return PictureDocument(path, kind, limits)
