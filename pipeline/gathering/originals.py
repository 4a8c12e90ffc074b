"""What an original is, told by the bytes that were kept: how many pages it has, or that it has none to count."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from pipeline.documents import HEAD_BYTES, Limits, RefusalReason, Refused, inspect_isolated, media_type_of
from pipeline.errors import Retryable

CHART_LIMITS = Limits(max_pages=5_000, max_bytes=2_000_000_000)
"""A chart's progress notes run to thousands of pages, which no request does."""
_SECONDS = 600.0  # thousands of pages are decoded one by one

_ADVICE = "Save the original in a common format, such as PDF, into the chart's folder, and correct its name in the list."


@dataclass(frozen=True)
class Original:
    """What is known of one original."""

    media_type: str
    pages: int
    """0 for what cannot be paged: it is copied as a file, and only its bytes can be checked."""
    size_bytes: int


def examine(path: Path, name: str, limits: Limits = CHART_LIMITS) -> Original:
    """Looks through the bytes at `path`, which the chart calls `name`.

    PDF, TIFF, JPEG and PNG are known by their bytes and decoded to the last page, in a process that may crash.
    Everything else is known by the end of its name, and must look like what the name says. Raises Refused, and Retryable
    where the disk fails.
    """
    try:
        head, size = _head(path), path.stat().st_size
        if media_type_of(head, "") is not None and not _is_dicom(head, path):
            found = inspect_isolated(path, limits, _SECONDS)
            return Original(found.media_type.value, found.pages, found.size_bytes)
        media_type, looks_right = _FILES_ONLY.get(PurePath(name).suffix.lower(), (None, None))
        if media_type is None or looks_right is None:
            raise Refused(RefusalReason.NOT_A_DOCUMENT, "The file is of a kind that ChartRelay does not know.", _ADVICE)
        if not looks_right(head, path):
            raise Refused(RefusalReason.NOT_A_DOCUMENT, "The file is damaged, or not what its name says.", _ADVICE)
    except OSError as error:
        raise Retryable(f"a kept original cannot be read: {error.strerror or type(error).__name__}") from None
    return Original(media_type, 0, size)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def _begins(*signatures: bytes, at: int = 0) -> Callable[[bytes, Path], bool]:
    return lambda head, path: head.startswith(signatures, at)


def _is_text(head: bytes, path: Path) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head


def _is_stl(head: bytes, path: Path) -> bool:
    """Binary STL: 80 bytes, the number of triangles, 50 bytes each. The other form is text from solid to endsolid."""
    if path.stat().st_size == 84 + 50 * int.from_bytes(head[80:84], "little"):
        return True
    if not head.lstrip().startswith(b"solid"):
        return False
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - HEAD_BYTES))
        return b"endsolid" in stream.read()


def _is_open_archive(head: bytes, path: Path) -> bool:
    """A whole ZIP (also .docx and .xlsx are one) that needs no password. Its list stands at its end, so it tells of cuts."""
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(member.flag_bits & 1 for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


_is_dicom = _begins(b"DICM", at=128)  # DICOM PS3.10, 7.1
_is_old_office = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # the compound file of Word and Excel before 2007

_FILES_ONLY: dict[str, tuple[str, Callable[[bytes, Path], bool]]] = {
    ".dcm": ("application/dicom", _is_dicom),
    ".dicom": ("application/dicom", _is_dicom),
    ".stl": ("model/stl", _is_stl),
    ".ply": ("model/ply", _begins(b"ply\n", b"ply\r")),  # in common use, though not registered
    ".obj": ("model/obj", _is_text),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _is_open_archive),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _is_open_archive),
    ".zip": ("application/zip", _is_open_archive),
    ".doc": ("application/msword", _is_old_office),
    ".xls": ("application/vnd.ms-excel", _is_old_office),
    ".rtf": ("application/rtf", _begins(b"{\\rtf")),
    ".txt": ("text/plain", _is_text),
    ".csv": ("text/csv", _is_text),
    ".xml": ("application/xml", _is_text),
    ".eml": ("message/rfc822", _is_text),
    ".bmp": ("image/bmp", _begins(b"BM")),
    ".gif": ("image/gif", _begins(b"GIF8")),
    ".jp2": ("image/jp2", _begins(b"\0\0\0\x0cjP  \r\n\x87\n")),
    ".heic": ("image/heic", _begins(b"ftyp", at=4)),
}
"""What is copied as a file only: media type (IANA) by the end of the name, and whether the bytes bear it out."""
