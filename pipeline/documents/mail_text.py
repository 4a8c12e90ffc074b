"""What a mail says: its headers and its body as plain text, whatever state its encodings are in."""

from __future__ import annotations

import contextlib
import email
import email.errors
import email.policy
import unicodedata
from email.message import EmailMessage, Message

from pipeline.documents import refusal
from pipeline.documents.html_text import text_of_html
from pipeline.documents.kinds import as_single_bytes

_SHOWN_HEADERS = ("From", "To", "Cc", "Subject", "Date")
_LONGEST_HEADER = 4000  # characters; the standard library takes minutes to understand a hundred thousand addresses
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_CUT_OFF = (email.errors.CloseBoundaryNotFoundDefect, email.errors.StartBoundaryNotFoundDefect)
# What turns the reading direction or cannot be seen would let a mail show other words than it contains.
_NEVER_SHOWN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def parsed(data: bytes) -> Message:
    """The mail. Raises Refused if it is encrypted, or breaks off within its parts.

    The standard library gives what it could find of a mail that breaks off; an attachment would be missing in silence.
    """
    message = email.message_from_bytes(_without_mbox_line(as_single_bytes(data)), policy=email.policy.default)
    if message.get_content_type() in _ENCRYPTED and message.get_param("smime-type") != "signed-data":
        raise refusal.encrypted()
    if any(isinstance(defect, _CUT_OFF) for part in message.walk() for defect in part.defects):
        raise refusal.truncated()
    return message


def header_lines(message: Message) -> list[str]:
    """From, To, Cc, Subject and Date as `Name: value`, where the mail has them."""
    return [f"{name}: {value}" for name in _SHOWN_HEADERS if (value := header(message, name))]


def header(message: Message, name: str) -> str:
    """One header, decoded; as it stands in the mail where it is too broken or too long to; empty where there is none."""
    raw = next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), "")
    value: object = f"{raw[:_LONGEST_HEADER]} …" if len(raw) > _LONGEST_HEADER else raw
    if value is raw:
        with contextlib.suppress(Exception):  # the standard library raises IndexError and others on broken headers
            value = message.get(name, "")
    return visible(" ".join(str(value).split()))


def body_part(message: Message) -> Message | None:
    """The part that is the body: plain text before HTML."""
    try:
        return message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
    except Exception:  # as above, for a broken Content-Disposition or Content-Type
        return None


def body_text(part: Message) -> str:
    """The body in plain text, what cannot be decoded shown as �."""
    data = part.get_payload(decode=True)
    text = _decoded(data, part.get_content_charset()) if isinstance(data, bytes) else str(part.get_payload())
    return visible(text_of_html(text) if part.get_content_type() == "text/html" else text)


def visible(text: str) -> str:
    """The text without characters that cannot be seen; line ends as \\n, tabs as spaces."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(c for c in plain if c == "\n" or unicodedata.category(c) not in _NEVER_SHOWN)


def _decoded(data: bytes, charset: str | None) -> str:
    """In the declared encoding where that works, else UTF-8, else the Western one that most mail programs mean."""
    for candidate in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(candidate or "utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _without_mbox_line(data: bytes) -> bytes:
    """A mail cut out of a mailbox begins with a line `From somebody`, which is no header."""
    trimmed = data.lstrip()
    return trimmed.split(b"\n", 1)[-1] if trimmed.startswith(b"From ") else trimmed
