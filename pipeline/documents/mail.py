"""A saved mail: its own text as pages, then every attachment that is a document, in order."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from PIL import Image

from pipeline.documents import refusal
from pipeline.documents.document import Document, FormValue, Word
from pipeline.documents.kinds import HEAD_BYTES, MediaType, media_type_of
from pipeline.documents.limits import Limits
from pipeline.documents.mail_text import body_part, body_text, header_lines, parsed, visible
from pipeline.documents.pdf import PdfDocument
from pipeline.documents.pictures import PictureDocument
from pipeline.documents.source import Source, stream_of
from pipeline.documents.text_pages import TextPage, set_text

_READABLE_PIXELS = 600  # the longer side; an inline picture smaller than that is a logo, no page anybody could read
_MOST_NESTING = 50  # levels of multiparts: an honest mail has four
_PICTURES = (MediaType.TIFF, MediaType.JPEG, MediaType.PNG)


@dataclass(frozen=True)
class _Attachment:
    name: str
    data: bytes
    media_type: MediaType | None
    inline: bool


class MailDocument(Document):
    """A mail. Page numbers run through its text and then through its attachments."""

    media_type = MediaType.MAIL

    def __init__(self, source: Source, limits: Limits, depth: int = 1) -> None:
        if depth > limits.max_nested_mails:
            raise refusal.mails_too_deep(limits.max_nested_mails)
        self._stack = contextlib.ExitStack()
        self._attached: list[Document] = []
        try:
            with refusal.mapping_faults():
                message, attachments = _taken_apart(source)
                self._text = set_text(_text_of(message, attachments), limits.max_pages)
            self._attach(attachments, limits, depth)
            self.page_count = len(self._text) + sum(document.page_count for document in self._attached)
            if self.page_count > limits.max_pages:
                raise refusal.too_many_pages(limits.max_pages)
        except BaseException:
            self.close()
            raise

    def image(self, page: int, dpi: int = 300) -> Image.Image:
        """A page of the mail's own text, drawn; or of an attachment, as that gives it."""
        where, number = self._find(page)
        return where.drawn(dpi) if isinstance(where, TextPage) else where.image(number, dpi)

    def words(self, page: int) -> tuple[Word, ...]:
        """The words of the mail, or of the attachment's text layer."""
        where, number = self._find(page)
        return where.words if isinstance(where, TextPage) else where.words(number)

    def form_values(self, page: int) -> tuple[FormValue, ...]:
        """The form values of an attached PDF."""
        where, number = self._find(page)
        return () if isinstance(where, TextPage) else where.form_values(number)

    def check(self) -> None:
        """Whether every attachment is whole. Raises Refused."""
        for document in self._attached:
            try:
                document.check()
            except refusal.Refused as refused:
                raise refusal.within_mail(refused) from refused

    def close(self) -> None:
        """Lets go of the attachments."""
        self._stack.close()

    def _attach(self, attachments: list[_Attachment], limits: Limits, depth: int) -> None:
        for attachment in attachments:
            try:
                document = _opened(attachment, limits, depth)
            except refusal.Refused as refused:
                raise refusal.within_mail(refused) from refused
            if document is not None:
                self._attached.append(self._stack.enter_context(document))

    def _find(self, page: int) -> tuple[TextPage | Document, int]:
        self._require(page)
        if page <= len(self._text):
            return self._text[page - 1], 1
        number = page - len(self._text)
        for document in self._attached:
            if number <= document.page_count:
                return document, number
            number -= document.page_count
        raise IndexError(f"page {page}")


def _taken_apart(source: Source) -> tuple[Message, list[_Attachment]]:
    with stream_of(source) as stream:
        message = parsed(stream.read())
    body = body_part(message)
    return message, [found for part in _leaves(message) if part is not body and (found := _attachment(part))]


def _leaves(part: Message, level: int = 0) -> Iterator[Message]:
    """The parts that contain no parts; a mail within the mail counts as one."""
    if level > _MOST_NESTING:
        raise refusal.damaged()
    parts = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(parts, list):
        for inner in (p for p in parts if isinstance(p, Message)):
            yield from _leaves(inner, level + 1)
    elif level:
        yield part


def _attachment(part: Message) -> _Attachment | None:
    """The part as an attachment; None for the other wording of the body, and for parts with nothing in them."""
    name = _name_of(part)
    inner = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return _Attachment(name or "e-mail", inner[0].as_bytes(), MediaType.MAIL, inline=False)
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return None
    media_type = media_type_of(data[:HEAD_BYTES], name)
    if media_type is None and part.get_content_maintype() == "text" and not name:
        return None
    inline = part.get_content_disposition() != "attachment" or "Content-ID" in part
    return _Attachment(name or "attachment", data, media_type, inline)


def _name_of(part: Message) -> str:
    try:
        return visible(part.get_filename() or "")
    except Exception:  # the standard library's header parser, on broken headers
        return ""


def _text_of(message: Message, attachments: list[_Attachment]) -> str:
    """What stands on the pages of the mail: its headers, what is attached, its body."""
    lines = header_lines(message)
    names = [a.name if a.media_type else f"{a.name} (cannot be read here)" for a in attachments if not _is_logo(a)]
    if names:
        lines.append(f"Attached: {'; '.join(names)}")
    body = body_part(message)
    text = body_text(body).strip() if body is not None else ""
    if not lines and not text:
        raise refusal.no_pages()
    return "\n".join([*lines, "", text]).rstrip()


def _is_logo(attachment: _Attachment) -> bool:
    """Whether it is a picture in the text that is too small to be a page."""
    if not attachment.inline or attachment.media_type not in _PICTURES:
        return False
    try:
        with Image.open(io.BytesIO(attachment.data), formats=["TIFF", "JPEG", "PNG"]) as picture:
            return max(picture.size) < _READABLE_PIXELS
    except Exception:  # broken: opening it as a page will say so
        return False


def _opened(attachment: _Attachment, limits: Limits, depth: int) -> Document | None:
    if attachment.media_type is None or _is_logo(attachment):
        return None
    if attachment.media_type is MediaType.MAIL:
        return MailDocument(attachment.data, limits, depth + 1)
    if attachment.media_type is MediaType.PDF:
        return PdfDocument(attachment.data, limits)
    return PictureDocument(attachment.data, attachment.media_type, limits)
