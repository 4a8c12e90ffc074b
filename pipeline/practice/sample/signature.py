"""Signatures as strokes: a name becomes a running line of loops and arches, as people sign and not as they write.

Coordinates are in units of the height of a small letter, from the start of the signature, y upwards.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

from pipeline.practice.sample.people import plain

Point = tuple[float, float]
Stroke = list[Point]

_ROUND: Stroke = [(0.2, 0.2), (0.55, 0.85), (0.3, 1.0), (0.08, 0.5), (0.3, 0.0), (0.65, 0.25)]
_HUMPS: Stroke = [(0.1, 0.3), (0.22, 0.95), (0.3, 0.05), (0.5, 0.95), (0.6, 0.1), (0.8, 0.3)]
_LOW_HUMP: Stroke = [(0.15, 0.5), (0.3, 0.9), (0.4, 0.1), (0.6, 0.3)]
_TALL: Stroke = [(0.15, 0.5), (0.5, 2.1), (0.3, 2.25), (0.15, 0.2), (0.35, 0.0), (0.6, 0.4)]
_TAIL: Stroke = [(0.35, 0.9), (0.1, 0.5), (0.4, 0.3), (0.4, -1.1), (0.1, -1.2), (0.15, -0.5), (0.7, 0.35)]
_SHAPES: dict[str, Stroke] = (
    dict.fromkeys("aceosxz", _ROUND)
    | dict.fromkeys("mnuvw", _HUMPS)
    | dict.fromkeys("ir", _LOW_HUMP)
    | dict.fromkeys("bdfhklt", _TALL)
    | dict.fromkeys("gjpqy", _TAIL)
)

_ROUND_CAPITAL: Stroke = [(1.3, 2.1), (0.8, 2.6), (0.1, 1.4), (0.5, -0.1), (1.3, 0.5), (1.5, 0.9)]
_STEM_CAPITAL: Stroke = [
    (0.1, 2.2),
    (0.5, 2.5),
    (0.35, 0.1),
    (0.0, 0.2),
    (0.5, 2.3),
    (1.3, 2.3),
    (1.2, 1.3),
    (0.5, 1.2),
    (1.4, 0.1),
    (1.6, 0.4),
]
_PEAK_CAPITAL: Stroke = [(0.0, -0.1), (0.5, 2.4), (0.75, 0.3), (1.2, 2.3), (1.4, 0.1), (1.7, 0.4)]
_CAPITALS: dict[str, Stroke] = dict.fromkeys("CEGLOQS", _ROUND_CAPITAL) | dict.fromkeys("AHMNVWXUYZKI", _PEAK_CAPITAL)


def strokes_of(name: str, chance: random.Random) -> list[Stroke]:
    """One stroke a word and a flourish under the last: smooth polylines."""
    strokes = []
    pen = 0.0
    for word in plain(name).replace("-", " ").replace("'", "").split():
        points, pen = _word(word, pen, chance)
        strokes.append(_smooth(points))
        pen += 0.7
    strokes.append(_flourish(pen, chance))
    return strokes


def _word(word: str, start: float, chance: random.Random) -> tuple[Stroke, float]:
    """The word's points, and where the pen ends. Letters get flatter and wider apart towards the end, as in haste."""
    points: Stroke = []
    x = start
    for place, letter in enumerate(word):
        shape = _CAPITALS.get(letter, _STEM_CAPITAL) if letter.isupper() else _SHAPES.get(letter, _ROUND)
        haste = 1.0 if letter.isupper() else max(0.5, 1.05 - 0.08 * place)
        stretch = chance.uniform(0.9, 1.15)
        points += [(x + u * stretch + 0.12 * v + chance.gauss(0, 0.03), v * haste + chance.gauss(0, 0.05)) for u, v in shape]
        x += max(u for u, _ in shape) * stretch
    return points, x


def _flourish(end: float, chance: random.Random) -> Stroke:
    dip = chance.uniform(-0.9, -0.5)
    return _smooth([(end - 0.6, 0.2), (end + 0.3, dip + 0.1), (end * 0.55, dip), (end * 0.3, dip - 0.15), (end * 0.9, dip - 0.1)])


def _smooth(points: Sequence[Point], steps: int = 6) -> Stroke:
    """A Catmull-Rom curve through the points: it passes every one, with no corner."""
    padded = [points[0], *points, points[-1]]
    curve: Stroke = []
    for i, (start, end) in enumerate(pairwise(points)):
        before, after = padded[i], padded[i + 3]
        curve += [_between(before, start, end, after, step / steps) for step in range(steps)]
    return [*curve, points[-1]]


def _between(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    def along(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)

    return along(p0[0], p1[0], p2[0], p3[0]), along(p0[1], p1[1], p2[1], p3[1])
