from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.documents import Inspection, Limits, MediaType, RefusalReason, Refused, inspect, open_document, refusal
from pipeline.errors import Retryable
from tests.documents import papers


def test_an_inspection_tells_format_pages_and_size(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path, pages=3)
    assert inspect(path, Limits()) == Inspection(MediaType.PDF, 3, path.stat().st_size)


def test_a_file_under_another_name_is_inspected_by_its_own(tmp_path: Path) -> None:
    kept = papers.saved(tmp_path, papers.mail(), "0a1b2c")
    assert inspect(kept, Limits(), name="request.eml").media_type is MediaType.MAIL
    with pytest.raises(Refused):
        inspect(kept, Limits())


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", RefusalReason.EMPTY), (b"\0" * 500, RefusalReason.NOT_A_DOCUMENT), (b"hello", RefusalReason.NOT_A_DOCUMENT)],
)
def test_what_is_no_document_is_refused(tmp_path: Path, data: bytes, reason: RefusalReason) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        inspect(path, Limits())
    assert refused.value.reason is reason


def test_a_file_larger_than_the_limit_is_refused_unopened(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path)
    for look in (lambda: inspect(path, Limits(max_bytes=100)), lambda: open_document(path, MediaType.PDF, Limits(max_bytes=100))):
        with pytest.raises(Refused) as refused:
            look()
        assert refused.value.reason is RefusalReason.TOO_LARGE


def test_a_file_that_is_gone_may_be_tried_again(tmp_path: Path) -> None:
    for kind in MediaType:
        with pytest.raises(Retryable) as error:
            open_document(tmp_path / "Ada Brook.pdf", kind)
        assert "Ada" not in str(error.value)


def test_an_unknown_media_type_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="text/plain"):
        open_document(tmp_path, "text/plain")


@pytest.mark.parametrize("kind", list(MediaType))
def test_bytes_of_another_format_are_refused(tmp_path: Path, kind: MediaType) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x7fELF" + bytes(range(256)) * 8)
    try:
        with open_document(path, kind) as document:  # a mail may consist of anything
            document.image(1, 50)
    except Refused as refused:
        assert refused.sentence


@pytest.mark.parametrize(
    "raised",
    [KeyError("x"), RecursionError(), ValueError("Ada Brook"), OSError("bad data"), MemoryError(), ZeroDivisionError()],
)
def test_whatever_a_decoder_raises_becomes_a_refusal_without_its_words(raised: Exception) -> None:
    with pytest.raises(Refused) as refused, refusal.mapping_faults():
        raise raised
    assert "Ada" not in refused.value.sentence + refused.value.advice + str(refused.value)


def test_what_the_disk_raises_may_be_tried_again() -> None:
    with pytest.raises(Retryable, match="Input/output error"), refusal.mapping_faults():
        raise OSError(5, "Input/output error", "/practice/inbox/Ada Brook.pdf")


def test_every_refusal_says_what_is_wrong_and_what_to_do() -> None:
    refusals = [
        refusal.empty(),
        refusal.encrypted(),
        refusal.truncated(),
        refusal.damaged(),
        refusal.unopenable(),
        refusal.not_a_document(),
        refusal.no_pages(),
        refusal.too_many_pages(200),
        refusal.too_many_pixels(10**8),
        refusal.too_large(10**8),
        refusal.mails_too_deep(3),
    ]
    assert {r.reason for r in refusals} == set(RefusalReason)
    for one in [*refusals, *map(refusal.within_mail, refusals)]:
        assert one.sentence.endswith(".")
        assert one.advice.endswith(".")
