"""How likely a text is in a picture of one line: against all ways to lay letters on strips, one by one."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, product

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.reading import ctc
from pipeline.reading.ctc import Letters
from pipeline.reading.engines import Network, RapidEngine
from pipeline.reading.shapes import DATES, DIGIT
from tests.reading.test_engines import picture_of

Logs = NDArray[np.float32]


def table(seed: int, strips: int, letters: int) -> Logs:
    """Log likelihoods of letters on strips, at random."""
    scores = np.random.default_rng(seed).normal(size=(strips, letters))
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), dtype=np.float32)


def strips_of(*likeliest: int, letters: int = 4) -> Logs:
    """A table in which each strip clearly holds one letter."""
    logs = np.full((len(likeliest), letters), np.log(0.01), dtype=np.float32)
    logs[np.arange(len(likeliest)), likeliest] = np.log(0.97)
    return logs


def text_on(strips: tuple[int, ...]) -> Letters:
    """The text of one letter a strip: repeats are one letter, 0 is none."""
    return tuple(letter for letter, _ in groupby(strips) if letter)


def all_texts(logs: Logs) -> dict[Letters, float]:
    """Every text that the strips can hold, with its log likelihood: all ways to lay it on them together."""
    ways: defaultdict[Letters, float] = defaultdict(lambda: -np.inf)
    for strips in product(range(logs.shape[1]), repeat=len(logs)):
        ways[text_on(strips)] = float(np.logaddexp(ways[text_on(strips)], logs[np.arange(len(logs)), strips].sum()))
    return dict(ways)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("strips", "letters"), [(1, 3), (4, 3), (4, 4), (5, 3)])
def test_a_text_is_as_likely_as_all_ways_together_to_lay_it_on_the_strips(seed: int, strips: int, letters: int) -> None:
    logs = table(seed, strips, letters)
    every = all_texts(logs)
    together = ctc.log_likelihood(logs, list(every))  # of all lengths at once
    assert together == pytest.approx(list(every.values()), abs=1e-4)
    assert [ctc.log_likelihood(logs, [text])[0] for text in every] == pytest.approx(list(every.values()), abs=1e-4)


@pytest.mark.parametrize("text", [(1, 2, 1, 2, 1), (1, 1, 1)])
def test_a_text_for_which_there_are_too_few_strips_cannot_be(text: Letters) -> None:
    assert ctc.log_likelihood(table(1, 4, 3), [text])[0] == -np.inf  # two ones side by side need a strip between


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [((1, 2), (3,)), ((1,), (2, 3), (1, 2)), ((2, 3), (2, 3))])
def test_what_is_near_has_the_shape_and_holds_the_likeliest_text_of_it_where_letters_are_clear(
    seed: int, shape: tuple[Letters, ...]
) -> None:
    chance = np.random.default_rng(seed)
    texts = set(product(*shape))
    for drawn in sorted(texts):
        ways = [strips for strips in product(range(4), repeat=5) if text_on(strips) == drawn]
        clear = np.exp(strips_of(*ways[chance.integers(len(ways))]))
        logs = np.log(0.7 * clear + 0.3 * chance.dirichlet(np.ones(4), size=5)).astype(np.float32)
        every, near = all_texts(logs), ctc.near_readings(logs, shape)
        assert near <= texts
        assert max(texts, key=every.__getitem__) in near


def test_near_readings_differ_in_one_or_two_letters_that_the_ink_allows_as_well() -> None:
    logs = strips_of(1, 0, 1, 0, 1)
    logs[[0, 2, 4], 2] = np.log(0.02)
    one_or_two = {t for t in product((1, 2), repeat=3) if 1 in t}
    assert ctc.near_readings(logs, [(1, 2, 3)] * 3) >= one_or_two
    logs[2, 2:] = -ctc.POSSIBLE - 1  # no two or three there
    assert {t[1] for t in ctc.near_readings(logs, [(1, 2, 3)] * 3)} == {1}


def test_strips_fewer_than_places_hold_no_text_of_the_shape_and_no_shape_has_none() -> None:
    logs = strips_of(1, 2)
    assert ctc.near_readings(logs, [(1, 2)] * 3) == set() == ctc.near_readings(logs, [])
    assert (1, 2) in ctc.near_readings(logs, [(1, 2)] * 2)


def test_what_is_read_has_no_repeats_and_no_blanks_but_a_letter_twice_where_a_blank_is_between() -> None:
    assert ctc.read(strips_of(0, 1, 1, 0, 1, 2, 2, 0, 3)) == (1, 1, 2, 3)
    assert ctc.read(strips_of(0, 0)) == ()


def test_of_all_dates_the_one_that_is_drawn_fits_best(rapid: RapidEngine) -> None:
    picture = picture_of("03/04/1979")
    fits = rapid.fitting([picture, picture[:, 4:]], DATES)
    assert max(fits, key=fits.__getitem__) == "03/04/1979"
    assert fits["03/04/1979"] == pytest.approx(0, abs=0.1)  # as likely as what is read without regard to shape
    assert all(near < -1 for text, near in fits.items() if text != "03/04/1979")


def engine_that_sees(*strips: tuple[float, ...]) -> RapidEngine:
    """An engine for which every picture 64 wide and 48 high holds these strips: how likely no letter, "1" and "2" are there."""
    engine = RapidEngine()
    engine.__dict__["_reader"] = (Network(lambda batch: np.array([strips] * len(batch), dtype=np.float32)), ["", "1", "2"])
    return engine


WHOLE, HALF = np.full((48, 64), 250, np.uint8), np.full((48, 32), 250, np.uint8)


def test_how_near_a_text_is_is_told_against_what_is_read_so_that_a_poor_scan_does_not_count() -> None:
    fits = engine_that_sees((0.1, 0.5, 0.4)).fitting([WHOLE, WHOLE], [("12",)])
    assert fits == pytest.approx({"1": 0, "2": np.log(0.4 / 0.5)}, abs=1e-5)


def test_what_the_network_sees_beside_the_picture_does_not_count() -> None:
    engine = engine_that_sees((0.1, 0.8, 0.1), (0.1, 0.1, 0.8))
    assert set(engine.fitting([WHOLE], [("1", "2")])) == {"12"}
    assert engine.fitting([HALF], [("1", "2")]) == {}


def test_a_character_that_the_network_does_not_know_is_in_no_text() -> None:
    assert set(engine_that_sees((0.1, 0.5, 0.4)).fitting([WHOLE], [("1€2",)])) == {"1", "2"}


def test_a_picture_without_a_number_holds_none_that_is_near(rapid: RapidEngine) -> None:
    fits = rapid.fitting([picture_of("Maria Lopez")], [(DIGIT,) * 5])
    assert max(fits.values()) < -10


def test_no_pictures_and_no_shapes_fit_nothing(rapid: RapidEngine) -> None:
    assert rapid.fitting([], DATES) == {} == rapid.fitting([picture_of("03/04/1979")], [])
