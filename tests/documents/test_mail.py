from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import Limits, RefusalReason, Refused, inspect, open_document
from pipeline.documents.html_text import text_of_html
from pipeline.documents.text_pages import set_text
from tests.documents import papers

MAIL = "message/rfc822"


def test_a_mail_shows_its_headers_and_its_text(tmp_path: Path) -> None:
    with open_document(papers.saved(tmp_path, papers.mail()), MAIL) as document:
        assert document.page_count == 1
        assert _lines(document.words(1)) == [
            "From: Ada Brook <ada@example.org>",
            "To: desk@example.org",
            "Subject: Records",
            "Date: Mon, 23 Nov 2026 09:41:00 -0500",
            "Please send my x-rays to Lakeside.",
        ]


@pytest.mark.parametrize("dpi", [72, 100, 300])
def test_every_word_is_drawn_where_it_is_said_to_be_and_nothing_else(tmp_path: Path, dpi: int) -> None:
    with open_document(papers.saved(tmp_path, papers.mail("gypsy Å |\n" * 60)), MAIL) as document:
        page = document.image(1, dpi)
        words = document.words(1)
    assert page.size == (round(8.5 * dpi), 11 * dpi)
    assert page.info["dpi"] == (dpi, dpi)
    ink = np.asarray(page) < 128
    assert ink.any()
    for word in words:
        top, bottom = round(word.box.top * page.height) - 2, round(word.box.bottom * page.height) + 2
        left, right = round(word.box.left * page.width) - 2, round(word.box.right * page.width) + 2
        assert ink[top:bottom, left:right].any(), word.text
        ink[top:bottom, left:right] = False
    assert not ink.any()


def test_attached_documents_follow_in_order(tmp_path: Path) -> None:
    message = papers.mail()
    papers.attach(message, papers.pdf(tmp_path, pages=2), "application/pdf")
    papers.attach(message, papers.tiff(tmp_path, pages=3), "image/tiff")
    papers.attach(message, papers.picture(tmp_path, "photo.jpg"), "image/jpeg")
    path = papers.saved(tmp_path, message)
    assert inspect(path, Limits()).pages == 1 + 2 + 3 + 1
    with open_document(path, MAIL) as document:
        assert "Attached: request.pdf; fax.tif; photo.jpg" in _lines(document.words(1))
        assert document.words(3)[4].text == "2"
        assert document.words(4) == ()
        for page in range(2, 8):
            assert papers.corner_is_black(document.image(page, 60))


def test_the_form_values_of_an_attached_form_are_read(tmp_path: Path) -> None:
    message = papers.mail()
    papers.attach(message, papers.form_pdf(tmp_path), "application/octet-stream")
    with open_document(papers.saved(tmp_path, message), MAIL) as document:
        assert document.form_values(1) == ()
        assert document.form_values(2)[0].value == "Ada Brook"


def test_a_mail_within_a_mail_is_read_like_an_attachment(tmp_path: Path) -> None:
    inner = papers.mail("I move to Ohio.", subject="inner")
    papers.attach(inner, papers.pdf(tmp_path, pages=1), "application/pdf")
    outer = papers.mail("See below.", subject="outer")
    outer.add_attachment(inner)
    with open_document(papers.saved(tmp_path, outer), MAIL) as document:
        assert document.page_count == 3
        assert "Subject: inner" in _lines(document.words(2))
        assert document.words(3)[0].text == "Patient"


def test_mails_packed_too_deep_are_refused(tmp_path: Path) -> None:
    message = papers.mail("innermost")
    for _ in range(3):
        outer = papers.mail("around")
        outer.add_attachment(message)
        message = outer
    with pytest.raises(Refused) as refused:
        inspect(papers.saved(tmp_path, message), Limits())
    assert "packed one within the other" in refused.value.sentence
    assert inspect(tmp_path / "mail.eml", Limits(max_nested_mails=4)).pages == 4


def test_a_logo_in_the_text_is_no_page_but_an_attached_small_picture_is(tmp_path: Path) -> None:
    message = papers.mail()
    message.add_attachment(papers.png_bytes(120, 40), "image", "png", disposition="inline", filename="logo.png", cid="<logo>")
    message.add_attachment(papers.png_bytes(850, 1100), "image", "png", disposition="inline", filename="form.png", cid="<form>")
    message.add_attachment(papers.png_bytes(300, 400), "image", "png", filename="card.png")
    with open_document(papers.saved(tmp_path, message), MAIL) as document:
        assert [document.image(n).size for n in (2, 3)] == [(850, 1100), (300, 400)]
        assert document.page_count == 3
        assert "Attached: form.png; card.png" in _lines(document.words(1))


def test_an_attachment_that_is_no_document_is_named_for_the_reader(tmp_path: Path) -> None:
    message = papers.mail()
    message.add_attachment(b"PK\x03\x04 pretend", "application", "vnd.ms-word", filename="request.docx")
    with open_document(papers.saved(tmp_path, message), MAIL) as document:
        assert document.page_count == 1
        assert "Attached: request.docx (cannot be read here)" in _lines(document.words(1))


def test_a_broken_attachment_refuses_the_mail_and_says_so(tmp_path: Path) -> None:
    message = papers.mail()
    whole = papers.pdf(tmp_path).read_bytes()
    message.add_attachment(whole[: len(whole) // 2], "application", "pdf", filename="half.pdf")
    with pytest.raises(Refused) as refused:
        inspect(papers.saved(tmp_path, message), Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED
    assert refused.value.sentence.startswith("An attachment of the e-mail")


@pytest.mark.parametrize("part", [0.2, 0.4, 0.6, 0.8, 0.99])
def test_a_mail_that_breaks_off_is_refused_and_never_a_mail_with_less_attached(tmp_path: Path, part: float) -> None:
    message = papers.mail()
    papers.attach(message, papers.pdf(tmp_path), "application/pdf")
    papers.attach(message, papers.tiff(tmp_path), "image/tiff")
    data = message.as_bytes()
    with pytest.raises(Refused) as refused:
        inspect(papers.saved(tmp_path, data[: int(len(data) * part)]), Limits())
    assert refused.value.reason is RefusalReason.TRUNCATED


def test_an_html_mail_is_read_without_its_scripts(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"] = "ada@example.org"
    message.set_content(
        "<html><head><title>no</title><style>p {}</style></head><body><p>Please&nbsp;send</p><script>alert('no')</script>"
        "<table><tr><td>DOB</td><td>3/14/87</td></tr></table>my <b>x-rays</b><br>to Ohio</body></html>",
        subtype="html",
    )
    with open_document(papers.saved(tmp_path, message), MAIL) as document:
        assert _lines(document.words(1))[1:] == ["Please send", "DOB 3/14/87", "my x-rays", "to Ohio"]


def test_plain_text_is_read_before_html(tmp_path: Path) -> None:
    message = papers.mail("the plain words")
    message.add_alternative("<p>the other words</p>", subtype="html")
    with open_document(papers.saved(tmp_path, message), MAIL) as document:
        assert _lines(document.words(1))[-1] == "the plain words"
        assert document.page_count == 1


@pytest.mark.parametrize("charset", ["latin-1", "no-such-charset", "utf-8"])
def test_a_mail_in_any_encoding_can_be_read(tmp_path: Path, charset: str) -> None:
    head = f"From: a@b\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
    with open_document(papers.saved(tmp_path, head + "José".encode("latin-1")), MAIL) as document:
        assert document.words(1)[-1].text == "José"


def test_what_cannot_be_seen_in_a_mail_is_not_read_from_it(tmp_path: Path) -> None:
    with open_document(papers.saved(tmp_path, papers.mail("to \u202eoihO\u202c and\u200b\x07 back")), MAIL) as document:
        assert _lines(document.words(1))[-1] == "to oihO and back"


def test_an_encrypted_mail_is_refused_as_encrypted(tmp_path: Path) -> None:
    data = b"From: a@b\r\nContent-Type: multipart/encrypted; boundary=x\r\n\r\n--x\r\n\r\nVersion: 1\r\n--x--\r\n"
    with pytest.raises(Refused) as refused:
        inspect(papers.saved(tmp_path, data), Limits())
    assert refused.value.reason is RefusalReason.ENCRYPTED


def test_headers_that_break_the_parser_are_shown_as_they_stand(tmp_path: Path) -> None:
    data = (
        b'From: "a\x00 <@@@>;,,\r\nTo: =?utf-8?q?=?=\r\nDate: not a date\r\nSubject: =?x?b?!!?=\r\nContent-Type: ;;\r\n\r\nhello'
    )
    with open_document(papers.saved(tmp_path, data), MAIL) as document:
        assert document.words(1)[-1].text == "hello"


def test_a_header_without_end_is_cut_and_takes_no_time(tmp_path: Path) -> None:
    data = b"From: a@b\r\nTo: " + b"a@b, " * 100_000 + b"\r\n\r\nhello"
    with open_document(papers.saved(tmp_path, data), MAIL) as document:
        assert document.page_count == 2
        assert document.words(2)[-1].text == "hello"


def test_a_mail_too_long_is_refused_for_its_pages_and_one_too_large_for_its_size(tmp_path: Path) -> None:
    path = papers.saved(tmp_path, papers.mail("line\n" * 2000))
    with pytest.raises(Refused) as refused:
        inspect(path, Limits(max_pages=10))
    assert refused.value.reason is RefusalReason.TOO_MANY_PAGES
    with pytest.raises(Refused) as refused:
        inspect(path, Limits(max_mail_bytes=5000))
    assert refused.value.reason is RefusalReason.TOO_LARGE


def test_parts_nested_without_end_are_refused(tmp_path: Path) -> None:
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(3000))
    with pytest.raises(Refused):
        inspect(papers.saved(tmp_path, b"From: a@b\r\n" + opened.encode()), Limits())


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=400))
def test_every_word_of_any_text_is_set_on_a_page_within_its_margins(text: str) -> None:
    pages = set_text(text, 100)
    words = [word for page in pages for word in page.words]
    assert "".join(word.text for word in words) == "".join(text.split())
    assert all(0 < w.box.left < w.box.right <= 1 - 1 / 8.5 + 0.02 and 0 < w.box.top < w.box.bottom < 1 for w in words)


@settings(max_examples=60, deadline=None)
@given(html=st.text(alphabet="<>/ab!-&; \"'=\n", max_size=200))
def test_no_html_is_too_broken_to_take_its_text(html: str) -> None:
    assert isinstance(text_of_html(html), str)


def _lines(words: tuple[object, ...]) -> list[str]:
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)  # type: ignore[attr-defined]
    return [" ".join(line) for line in lines.values()]
