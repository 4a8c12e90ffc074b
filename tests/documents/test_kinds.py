from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import HEAD_BYTES, MediaType, media_type_of
from tests.documents import papers


def test_a_format_is_told_by_its_bytes_whatever_the_name(tmp_path: Path) -> None:
    files = {
        MediaType.PDF: papers.pdf(tmp_path),
        MediaType.TIFF: papers.tiff(tmp_path),
        MediaType.JPEG: papers.picture(tmp_path, "a.jpg"),
        MediaType.PNG: papers.picture(tmp_path, "a.png"),
    }
    for kind, path in files.items():
        head = path.read_bytes()[:HEAD_BYTES]
        assert media_type_of(head, "holiday.docx") is kind
        assert media_type_of(head, "") is kind


@pytest.mark.parametrize("name", ["request.eml", "REQUEST.EML"])
def test_a_mail_is_text_that_begins_with_a_header_in_a_file_named_eml(name: str) -> None:
    assert media_type_of(b"Received: from x\r\nFrom: a@b\r\n\r\nhello", name) is MediaType.MAIL


def test_a_mail_saved_as_utf16_is_still_a_mail() -> None:
    assert media_type_of("From: a@b\r\n\r\nhello".encode("utf-16"), "x.eml") is MediaType.MAIL
    assert media_type_of("From: a@b\r\n\r\nhello".encode("utf-16-le"), "x.eml") is MediaType.MAIL
    assert media_type_of("From: a@b\r\n\r\nhello".encode("utf-16-be"), "x.eml") is MediaType.MAIL


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"From: a@b\r\n\r\nhello", "notes.txt"),
        (b"Just some words, no header", "notes.eml"),
        (b"PK\x03\x04", "records.pdf"),
        (b"GIF89a", "scan.png"),
        (b"", "empty.pdf"),
        (b"\x00" * 64, "zeros.eml"),
    ],
)
def test_anything_else_is_no_document(head: bytes, name: str) -> None:
    assert media_type_of(head, name) is None


def test_a_pdf_may_have_junk_before_its_header() -> None:
    assert media_type_of(b"\r\nsome scanner 1.0\r\n%PDF-1.4", "x.pdf") is MediaType.PDF


def test_a_mail_that_speaks_of_pdf_headers_is_a_mail() -> None:
    assert media_type_of(b"Subject: what is %PDF-1.4\r\n\r\n", "x.eml") is MediaType.MAIL


@given(head=st.binary(max_size=64), name=st.text(max_size=20))
def test_no_bytes_and_no_name_confuse_it(head: bytes, name: str) -> None:
    assert media_type_of(head, name) in {None, *MediaType}
