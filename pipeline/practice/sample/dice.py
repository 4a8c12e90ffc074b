"""Chance that repeats: the same seed and the same words always give the same numbers, in any order of use."""

from __future__ import annotations

import random
import zlib

import numpy as np


def dice(seed: int, *about: object) -> random.Random:
    """A source of chance for one thing, such as `dice(1, "chart", "1004")`; independent of all others."""
    return random.Random(f"{seed}/{'/'.join(map(str, about))}")  # noqa: S311 -- pictures need no secrets


def grain(seed: int, *about: object) -> np.random.Generator:
    """The same for numpy: for noise in pictures."""
    return np.random.default_rng([seed, zlib.crc32("/".join(map(str, about)).encode())])
