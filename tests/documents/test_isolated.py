from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from pipeline.documents import Limits, MediaType, RefusalReason, Refused, inspect, inspect_isolated
from pipeline.documents.isolated import Inspector
from pipeline.errors import Retryable
from tests.documents import papers


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    one = Inspector()
    yield one
    one.close()


def look(inspector: Inspector, path: Path, limits: Limits = Limits(), seconds: float = 60) -> object:  # noqa: B008 -- frozen
    return inspector.inspect(path, limits, seconds, path.name)


def test_it_sees_what_is_seen_without_it(tmp_path: Path) -> None:
    path = papers.pdf(tmp_path)
    assert inspect_isolated(path, Limits()) == inspect(path, Limits())


def test_one_process_serves_one_file_after_the_other(inspector: Inspector, tmp_path: Path) -> None:
    path = papers.pdf(tmp_path)
    look(inspector, path)
    first = _pid(inspector)
    look(inspector, path)
    assert _pid(inspector) == first


def test_a_refusal_comes_through_with_its_words(inspector: Inspector, tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    path.touch()
    with pytest.raises(Refused) as refused:
        look(inspector, path)
    assert refused.value.reason is RefusalReason.EMPTY
    assert "nothing in it" in refused.value.sentence


def test_a_fault_of_the_disk_comes_through_as_one(inspector: Inspector, tmp_path: Path) -> None:
    with pytest.raises(Retryable):
        look(inspector, tmp_path / "gone.pdf")


def test_limits_reach_the_child(inspector: Inspector, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        look(inspector, papers.pdf(tmp_path, pages=3), Limits(max_pages=2))
    assert refused.value.reason is RefusalReason.TOO_MANY_PAGES


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_read(inspector: Inspector, tmp_path: Path) -> None:
    slow = tmp_path / "slow.png"
    Image.effect_noise((4000, 4000), 60).save(slow, compress_level=1)
    with pytest.raises(Refused) as refused:
        look(inspector, slow, seconds=0.01)
    assert "more time or memory" in refused.value.sentence
    assert look(inspector, papers.pdf(tmp_path)).media_type is MediaType.PDF  # type: ignore[attr-defined]


def test_a_child_killed_between_two_files_is_not_held_against_the_next(inspector: Inspector, tmp_path: Path) -> None:
    path = papers.pdf(tmp_path)
    look(inspector, path)
    child = inspector._child
    assert child is not None
    child._process.kill()
    child._process.join()
    assert look(inspector, path).pages == 2  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform != "linux", reason="only here is memory bounded for sure")
def test_a_file_that_wants_all_memory_is_refused_and_the_next_one_read(inspector: Inspector, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.eml"
    with bomb.open("wb") as file:
        file.write(b"From: a@b\r\n\r\n")
        file.truncate(3 << 30)  # sparse: three gigabytes of nothing, which reading would make real
    look(inspector, papers.pdf(tmp_path))
    child = _pid(inspector)
    with pytest.raises(Refused) as refused:
        look(inspector, bomb, Limits(max_mail_bytes=1 << 40))
    assert "more time or memory" in refused.value.sentence
    assert _pid(inspector) == child  # it was refused the memory, and lives
    assert look(inspector, papers.pdf(tmp_path)).pages == 2  # type: ignore[attr-defined]


def test_a_path_that_is_not_utf8_reaches_the_child(inspector: Inspector, tmp_path: Path) -> None:
    path = tmp_path / "\udce9.pdf"
    try:
        papers.pdf(tmp_path).rename(path)
    except (OSError, UnicodeError):
        pytest.skip("this file system only takes UTF-8 names")
    assert look(inspector, path).pages == 2  # type: ignore[attr-defined]


def _pid(inspector: Inspector) -> int | None:
    assert inspector._child is not None
    return inspector._child._process.pid
