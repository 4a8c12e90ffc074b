"""What a line recogniser's probabilities say about a text: how likely it is, and which text of a given shape is likeliest.

The recogniser gives, for each narrow strip of a line, how likely every letter is there. Which text that makes is told by
connectionist temporal classification (Graves and others, 2006): a text is as likely as all ways together to lay its letters on
the strips, each over one or more of them, with 'no letter' (0) between. All is in natural logarithms; `logs` is strips x letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Letters = tuple[int, ...]
"""A text as the recogniser numbers its letters."""
Shape = Sequence[Letters]
"""For each place of a text the letters that may stand there."""

POSSIBLE = 8.0
"""A letter so much less likely than the best of its place was not meant."""
OTHERS = 3
"""Letters besides the best that are tried at one place: in noise all are about as likely."""


def log_likelihood(logs: NDArray[np.float32], spellings: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Log likelihood of each spelling, all at once by the forward pass."""
    longest = 2 * max((len(s) for s in spellings), default=0) + 1
    paths = np.zeros((len(spellings), longest), dtype=np.intp)
    for row, letters in enumerate(spellings):
        paths[row, 1 : 2 * len(letters) : 2] = letters
    skip = np.zeros(paths.shape, dtype=np.bool_)
    skip[:, 2:] = (paths[:, 2:] != 0) & (paths[:, 2:] != paths[:, :-2])
    state = np.full((len(spellings), longest + 2), -np.inf)  # two columns before the first letter, so that none is a case apart
    state[:, 2:4] = logs[0, paths[:, :2]]
    for row in logs[1:]:
        two = np.where(skip, state[:, :-2], -np.inf)
        state[:, 2:] = np.logaddexp(np.logaddexp(state[:, 2:], state[:, 1:-1]), two) + row[paths]
    ends = np.array([2 * len(s) + 2 for s in spellings], dtype=np.intp)  # the last 'no letter' of each path
    rows = np.arange(len(spellings))
    return np.asarray(np.logaddexp(state[rows, ends], np.where(ends > 2, state[rows, ends - 1], -np.inf)), dtype=np.float64)


def read(logs: NDArray[np.float32]) -> Letters:
    """The text of the likeliest letter of each strip, repeats and 'no letter' left out."""
    best = logs.argmax(axis=1).tolist()
    return tuple(letter for at, letter in enumerate(best) if letter and (at == 0 or best[at - 1] != letter))


def near_readings(logs: NDArray[np.float32], shape: Shape) -> set[Letters]:
    """The likeliest text of a shape, and those that differ from it in one or two letters that the ink allows as well."""
    path = _likeliest_path(logs, shape)
    if path is None:
        return set()
    places = []
    for at, letters in enumerate(shape):
        seen = logs[path == 2 * at + 1][:, letters].max(axis=0)
        order = np.argsort(-seen)
        places.append([letters[i] for i in order[: 1 + OTHERS] if seen[i] > seen[order[0]] - POSSIBLE])
    return set(_around([tuple(p) for p in places]))


def _around(places: Sequence[Letters]) -> Iterator[Letters]:
    """The first letter of each place; with any other of one place, and with the second best of two."""
    best = [p[0] for p in places]
    yield tuple(best)
    for at, letters in enumerate(places):
        for other in letters[1:]:
            yield (*best[:at], other, *best[at + 1 :])
    for one, two in combinations([at for at, letters in enumerate(places) if len(letters) > 1], 2):
        changed = list(best)
        changed[one], changed[two] = places[one][1], places[two][1]
        yield tuple(changed)


def _likeliest_path(logs: NDArray[np.float32], shape: Shape) -> NDArray[np.intp] | None:
    """For each strip the place that its letter belongs to, 2n + 1 for the n-th and even between; None where they are too few."""
    states = 2 * len(shape) + 1
    if not shape or len(logs) < len(shape):
        return None
    here = np.full((len(logs), states), -np.inf)
    here[:, 0::2] = logs[:, :1]
    for at, letters in enumerate(shape):
        here[:, 2 * at + 1] = logs[:, letters].max(axis=1)
    skip = np.where(np.arange(states) % 2 == 1, 0.0, -np.inf)
    score = np.full(states, -np.inf)
    score[:2] = here[0, :2]
    came = np.zeros(here.shape, dtype=np.intp)
    for at in range(1, len(here)):
        one, two = np.full(states, -np.inf), np.full(states, -np.inf)
        one[1:], two[2:] = score[:-1], score[:-2]
        ways = np.stack([score, one, two + skip])
        came[at] = ways.argmax(axis=0)
        score = ways.max(axis=0) + here[at]
    last = states - 1 if score[-1] >= score[-2] else states - 2
    if not np.isfinite(score[last]):
        return None
    path = np.empty(len(here), dtype=np.intp)
    for at in range(len(here) - 1, -1, -1):
        path[at] = last
        last -= came[at, last]
    return path
