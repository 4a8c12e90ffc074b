"""What a file is, told by its bytes; a name is believed only where bytes cannot decide."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

HEAD_BYTES = 4096
"""How much of a file `media_type_of` wants to see."""


class MediaType(StrEnum):
    """The formats in which a request may arrive."""

    PDF = "application/pdf"
    TIFF = "image/tiff"
    JPEG = "image/jpeg"
    PNG = "image/png"
    MAIL = "message/rfc822"


_SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"II*\x00", MediaType.TIFF),
    (b"MM\x00*", MediaType.TIFF),
    (b"II+\x00", MediaType.TIFF),  # BigTIFF
    (b"MM\x00+", MediaType.TIFF),
)
_MAIL_SUFFIX = ".eml"
_HEADER_LINE = re.compile(rb"\s*(From |[A-Za-z][A-Za-z0-9-]*[ \t]*:)")
_PDF_HEADER_WITHIN = 1024  # junk may stand before the header: ISO 32000-1, annex H, implementation note 13


def media_type_of(head: bytes, name: str) -> MediaType | None:
    """The format of a file that begins with `head` (HEAD_BYTES are enough), or None if it is no accepted document.

    `name` only tells a mail from any other text: it must end in .eml, and the text must begin as a mail does.
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if PurePath(name).suffix.lower() == _MAIL_SUFFIX and _HEADER_LINE.match(as_single_bytes(head)):
        return MediaType.MAIL
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        return MediaType.PDF
    return None


def as_single_bytes(text: bytes) -> bytes:
    """Text that some mail programs save as UTF-16, as UTF-8; any other bytes unchanged."""
    encoding = _utf16_kind(text)
    if encoding is None:
        return text
    return text.decode(encoding, "replace").encode("utf-8", "replace")


def _utf16_kind(text: bytes) -> str | None:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(text) >= 4 and text[0] and text[2] and not text[1] and not text[3]:
        return "utf-16-le"
    if len(text) >= 4 and text[1] and text[3] and not text[0] and not text[2]:
        return "utf-16-be"
    return None
