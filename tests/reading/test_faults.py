"""Nothing that arrives, and nothing that an engine says, may bring the reader down or keep it for ever."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from pipeline.documents import Limits, Refused, inspect, open_document
from pipeline.errors import Retryable
from pipeline.reading.debug import draw
from pipeline.reading.engines import DETECTION_LIMIT, EngineError, Engines, Glyph, LineText, Picture, RapidEngine
from pipeline.reading.reader import Reader
from tests.reading.forms import WIDTH, Paper, read, request_form, scanned
from tests.reading.test_closer import form_with_a_small_box

HOSTILE = os.environ.get("CHARTRELAY_HOSTILE_FILES", "")
"""A folder of broken and malicious files, where there is one."""
files = sorted(p for p in Path(HOSTILE).rglob("*") if p.is_file()) if HOSTILE else []


@pytest.mark.skipif(not files, reason="CHARTRELAY_HOSTILE_FILES names no folder of hostile files")
@pytest.mark.parametrize("path", files, ids=lambda p: p.name)
def test_a_hostile_file_is_read_or_refused(reader: Reader, path: Path) -> None:
    limits = Limits()
    try:
        found = inspect(path, limits)
        with open_document(path, found.media_type, limits) as document:
            assert reader.read(document, "0" * 64).pages == document.page_count
    except (Refused, Retryable):
        pass


@dataclass
class Babbling:
    """An engine that finds the lines and says whatever it is given."""

    sound: RapidEngine
    detect: Callable[..., NDArray[np.float32]]
    upside_down: Callable[[Sequence[Picture]], list[bool]]
    likelihood: Callable[[Picture, Sequence[str]], list[float]]
    says: str = ""
    score: float = 1.0

    def fitting(self, crops: Sequence[Picture], shapes: Sequence[Sequence[str]]) -> dict[str, float]:
        """As the sound one."""
        return self.sound.fitting(crops, shapes)

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """The same for every line."""
        step = 1 / max(1, len(self.says))
        glyphs = tuple(Glyph(c, i * step, (i + 1) * step, self.score) for i, c in enumerate(self.says))
        return [LineText(self.says, self.score, glyphs) for _ in crops]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(says=st.text(max_size=60), score=st.sampled_from([0.0, 0.5, 1.0, math.nan]))
def test_no_answer_of_an_engine_brings_the_reader_down(rapid: RapidEngine, says: str, score: float) -> None:
    engine = Babbling(rapid, rapid.detect, lambda crops: [False] * len(crops), rapid.likelihood, says, score)
    page = Reader(Engines(engine)).read_picture(request_form().picture.resize((425, 550)))
    assert all(0 <= w.confidence <= 1 for w in page.values)


@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (4000, 3), (20_000, 40)])
def test_a_picture_of_any_shape_is_a_page(reader: Reader, size: tuple[int, int]) -> None:
    assert reader.read_picture(Image.new("L", size, 255)).values == ()


def test_a_page_of_noise_says_nothing_surely(reader: Reader) -> None:
    specks = np.random.default_rng(5).integers(0, 256, (1100, 850), dtype=np.uint8)
    page = reader.read_picture(Image.fromarray(specks))
    assert all(w.confidence < 0.9 for w in page.values) and page.ticks == () and not any(p.signed for p in page.places)


def test_an_engine_that_fails_at_small_writing_leaves_the_page_as_it_was(rapid: RapidEngine) -> None:
    found = []

    def once(page: Picture, limit: int = DETECTION_LIMIT) -> NDArray[np.float32]:
        if found:
            raise EngineError("RapidOCR detector failed (RuntimeError).")
        found.append(rapid.detect(page, limit))
        return found[0]

    engine = Babbling(rapid, once, rapid.upside_down, rapid.likelihood)
    engine.recognize = rapid.recognize  # type: ignore[method-assign]
    page = Reader(Engines(engine)).read_picture(form_with_a_small_box("9 Mill Lane, Beverly, MA 01915").picture)
    assert any(w.found.value.text == "Maria Lopez" for w in page.values)


def test_an_engine_that_cannot_say_how_likely_a_spelling_is_leaves_the_name_as_it_was_read(rapid: RapidEngine) -> None:
    def failing(_crop: Picture, _spellings: Sequence[str]) -> list[float]:
        raise EngineError("RapidOCR recogniser failed (RuntimeError).")

    engine = Babbling(rapid, rapid.detect, rapid.upside_down, failing)
    engine.recognize = rapid.recognize  # type: ignore[method-assign]
    rows = Paper().write(120, 220, "Patient Name:").write(390, 220, "Maria Lopesz").rule(380, 1000, 262)
    page = Reader(Engines(engine)).read_picture(rows.picture.crop((0, 150, WIDTH, 350)))
    assert any(w.found.value.text == "Maria Lopesz" for w in page.values)


def test_an_engine_that_answers_too_little_leaves_a_notice_and_no_half_page(rapid: RapidEngine, tmp_path: Path) -> None:
    def failing(_crops: Sequence[Picture]) -> list[LineText]:
        raise EngineError("RapidOCR recogniser failed (RuntimeError).")

    engine = Babbling(rapid, rapid.detect, rapid.upside_down, rapid.likelihood)
    engine.recognize = failing  # type: ignore[method-assign]
    reading = read(Reader(Engines(engine)), tmp_path, scanned(request_form()))
    assert reading.fields == {} and any("could not be read" in notice for notice in reading.notices)


def test_the_debug_picture_of_a_page_on_its_head_is_upright(reader: Reader, tmp_path: Path) -> None:
    turned = request_form()
    turned.picture = turned.picture.rotate(180)
    reading = read(reader, tmp_path, scanned(turned))
    drawn = draw(turned.picture, reading, 1).convert("L")
    assert drawn.width > turned.picture.width and drawn.height > turned.picture.height  # a margin with the values, a legend
    small = (turned.picture.width // 10, turned.picture.height // 10)  # a hair's breadth of slope is no other way up
    upright = np.asarray(drawn.crop((0, 0, *turned.picture.size)).resize(small), dtype=float)
    expected = np.asarray(request_form().picture.convert("L").resize(small), dtype=float)
    top = slice(0, upright.shape[0] // 3)
    assert np.abs(upright[top] - expected[top]).mean() < np.abs(upright[top] - expected[::-1, ::-1][top]).mean()
