"""Why a file is not taken, in sentences for the clerk.

Every fault that a decoder can find ends here or in `pipeline.errors.Retryable`; nothing else leaves this room, apart
from the mistakes of a caller (a page number that does not exist).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum

from pipeline.errors import Retryable


class RefusalReason(StrEnum):
    """The kinds of files that go back to who dropped them."""

    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    NOT_A_DOCUMENT = "not_a_document"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"


class Refused(Exception):
    """The file cannot be taken as it is. `sentence` says what is wrong, `advice` what to do; neither quotes the file."""

    def __init__(self, reason: RefusalReason, sentence: str, advice: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.sentence = sentence
        self.advice = advice


def empty() -> Refused:
    """Nothing is in the file."""
    return Refused(
        RefusalReason.EMPTY,
        "The file is empty: there is nothing in it.",
        "Scan the request again, wait until the scanner has finished, and drop the new file.",
    )


def encrypted() -> Refused:
    """A password is needed to open it."""
    return Refused(
        RefusalReason.ENCRYPTED,
        "The file is protected with a password and cannot be opened.",
        "Open it with the password, print it or save it without one, and drop that copy.",
    )


def truncated() -> Refused:
    """The file breaks off."""
    return Refused(
        RefusalReason.TRUNCATED,
        "The file breaks off before its end, so pages or parts of pages may be missing.",
        "Copy or scan it again, wait until that has finished, and drop the new file.",
    )


def damaged() -> Refused:
    """It says that it is a document, but it cannot be read as one."""
    return Refused(
        RefusalReason.NOT_A_DOCUMENT,
        "The file is damaged and cannot be opened.",
        "Try to open it yourself. If that works, print it to a new PDF and drop that; if not, scan the request again.",
    )


def unopenable() -> Refused:
    """A decoder crashed, ran out of memory or did not come to an end."""
    return Refused(
        RefusalReason.NOT_A_DOCUMENT,
        "The file could not be opened: reading it took more time or memory than any ordinary scan needs.",
        "Print it to a new PDF, or scan the paper again, and drop that. If it happens again, show the file to your IT support.",
    )


def not_a_document() -> Refused:
    """None of the accepted formats."""
    return Refused(
        RefusalReason.NOT_A_DOCUMENT,
        "The file is not a PDF, TIFF, JPEG or PNG scan and not a saved e-mail (.eml).",
        "Print it to PDF, or scan the paper, and drop that.",
    )


def no_pages() -> Refused:
    """A document without a page."""
    return Refused(
        RefusalReason.EMPTY,
        "The document has no pages.",
        "Scan the request again and drop the new file.",
    )


def too_many_pages(most: int) -> Refused:
    """More than `most` pages."""
    return Refused(
        RefusalReason.TOO_MANY_PAGES,
        f"The document has more than {most:,} pages.",
        "Drop the request alone, without the records. If it really is that long, split it or ask for a higher limit.",
    )


def too_many_pixels(most: int) -> Refused:
    """A page with more than `most` pixels."""
    return Refused(
        RefusalReason.TOO_MANY_PIXELS,
        f"A page has more than {most // 1_000_000:,} million pixels, far more than a scan needs.",
        "Scan it again at 300 dpi and drop the new file.",
    )


def too_large(most: int) -> Refused:
    """More than `most` bytes."""
    return Refused(
        RefusalReason.TOO_LARGE,
        f"The file is larger than {most // 1_000_000:,} MB.",
        "Scan it again at 300 dpi, in gray or black and white, and drop the new file.",
    )


def mails_too_deep(most: int) -> Refused:
    """More than `most` mails one within the other."""
    return Refused(
        RefusalReason.NOT_A_DOCUMENT,
        f"The e-mail has more than {most} e-mails packed one within the other.",
        "Save the innermost e-mail, or its attachment, by itself and drop that.",
    )


def within_mail(refused: Refused) -> Refused:
    """The same about an attachment, when it was the mail that was dropped."""
    return Refused(
        refused.reason,
        f"An attachment of the e-mail cannot be taken. {refused.sentence}",
        f"Save the attachments by themselves. {refused.advice}",
    )


@contextlib.contextmanager
def mapping_faults() -> Iterator[None]:
    """Turns whatever a decoder raises on hostile bytes into Refused, and what the disk raises into Retryable.

    Decoders fed with broken files raise nearly everything (struct.error, KeyError, RecursionError, ...), hence the wide
    net. Pillow tells of bad data with an OSError that has no errno; one with an errno came from the disk.
    """
    try:
        yield
    except (Refused, Retryable):
        raise
    except MemoryError as error:
        raise unopenable() from error
    except OSError as error:
        if error.errno is not None:
            raise Retryable(f"a document cannot be read from the disk: {error.strerror or type(error).__name__}") from error
        raise (truncated() if _tells_of_missing_bytes(error) else damaged()) from error
    except Exception as error:
        raise damaged() from error


def _tells_of_missing_bytes(error: Exception) -> bool:
    text = str(error).lower()
    return "truncated" in text or "unexpected end" in text or "incomplete" in text
