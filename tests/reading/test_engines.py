"""Engines behind their port: what fails becomes one kind of error, and one engine less is no disaster."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.reading import engines
from pipeline.reading.engines import EngineError, Engines, LineText, Picture, RapidEngine, TesseractEngine
from pipeline.reading.reader import Reader
from tests.reading.forms import WIDTH, request_form


def picture_of(text: str) -> Picture:
    sheet = Image.new("L", (40 + 22 * len(text), 60), 255)
    ImageDraw.Draw(sheet).text((20, 10), text, fill=20, font=ImageFont.load_default(34))
    return np.asarray(sheet, dtype=np.uint8)


def test_lines_come_back_in_the_order_they_were_given(rapid: RapidEngine) -> None:
    words = ["a much longer line of text", "Salem", "Date of Birth: 03/04/1979"]
    read = [line.text.replace(" ", "") for line in rapid.recognize([picture_of(w) for w in words])]
    assert read == [w.replace(" ", "") for w in words]


def test_a_line_is_read_the_same_whatever_stands_beside_it(rapid: RapidEngine) -> None:
    short, long = picture_of("Salem"), picture_of("a much longer line of text, as laws are printed")
    alone = rapid.recognize([short]) + rapid.recognize([long])
    assert RapidEngine().recognize([short, long]) == alone


def test_a_picture_that_was_read_is_compared_with_spellings_without_another_look(
    rapid: RapidEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Picture] = []
    look = RapidEngine._looked_at
    monkeypatch.setattr(RapidEngine, "_looked_at", lambda engine, crop: looked.append(crop) or look(engine, crop))
    picture = picture_of("a name that nobody bears")
    rapid.recognize([picture])
    rapid.likelihood(picture, ["Lopez", "Lobos"])
    rapid.fitting([picture], [["0123456789"]])
    assert len(looked) == 1


def test_pictures_that_were_seen_long_ago_are_forgotten(rapid: RapidEngine) -> None:
    for level in range(engines.REMEMBERED + 5):
        rapid.recognize([np.full((48, 64), level, np.uint8)])
    assert len(rapid._recent) == engines.REMEMBERED


def test_every_letter_has_its_place_from_left_to_right(rapid: RapidEngine) -> None:
    (line,) = rapid.recognize([picture_of("Maria Lopez")])
    places = [g.left for g in line.glyphs]
    assert places == sorted(places)
    assert 0 <= places[0] < 0.25 and line.glyphs[-1].right <= 1


def test_the_spelling_on_the_page_is_the_likelier_one(rapid: RapidEngine) -> None:
    right, wrong = rapid.likelihood(picture_of("Lopez"), ["Lopez", "Lobos"])
    assert right > wrong


def test_no_crops_give_no_answers(rapid: RapidEngine) -> None:
    assert rapid.recognize([]) == [] and rapid.upside_down([]) == []


def test_a_missing_model_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engines, "_models", lambda: tmp_path)
    with pytest.raises(EngineError, match="Reinstall"):
        RapidEngine().detect(np.full((200, 200), 255, np.uint8))
    assert not engines.rapidocr_state().usable


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for the program is a shell script")
@pytest.mark.parametrize("script", ["exec sleep 60", "exit 3", "kill -9 $$", "printf '\\377\\376' > \"$2.tsv\""])
def test_a_second_engine_that_hangs_crashes_is_killed_or_talks_nonsense_is_an_engine_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    import pytesseract

    program = tmp_path / "tesseract"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo tesseract 5.3.0 && exit 0\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(program))
    with pytest.raises(EngineError):
        TesseractEngine(timeout=1).recognize([picture_of("Salem")])


def test_without_tesseract_the_state_says_so_and_the_reader_works(monkeypatch: pytest.MonkeyPatch) -> None:
    import pytesseract

    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program-anywhere")
    state = engines.tesseract_state()
    assert not state.usable and "install" in state.detail
    assert Engines.installed().second is None


class Crashing:
    """A second engine that always fails."""

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """Fails."""
        raise EngineError("Tesseract failed (TimeoutError).")


def test_values_survive_a_second_engine_that_fails(rapid: RapidEngine) -> None:
    rows = request_form().picture.crop((0, 180, WIDTH, 380))
    page = Reader(Engines(rapid, Crashing())).read_picture(rows)
    assert any(weighed.found.value.text == "Maria Lopez" for weighed in page.values)


@pytest.mark.skipif(not engines.tesseract_state().usable, reason="Tesseract is not installed")
def test_agreement_of_a_second_engine_raises_the_confidence(rapid: RapidEngine) -> None:
    rows = request_form().picture.crop((0, 180, WIDTH, 380))
    alone = {w.found.name: w.confidence for w in Reader(Engines(rapid)).read_picture(rows).values}
    both = {w.found.name: w.confidence for w in Reader(Engines(rapid, TesseractEngine())).read_picture(rows).values}
    assert alone and sum(both[n] > alone[n] for n in alone) >= len(alone) // 2
