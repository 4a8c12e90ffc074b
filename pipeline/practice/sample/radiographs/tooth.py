"""The shape of a tooth, seen from the cheek, by its universal number (1 to 32).

Local axes: origin at the middle of the neck, y towards the crown, x to the right; millimetres. Sizes are textbook means.
"""

from __future__ import annotations

import functools
import random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Outline = NDArray[np.float64]
"""Corners of a closed shape, (n, 2)."""


class Anatomy(NamedTuple):
    """Mean measures of one kind of tooth."""

    width: float
    neck: float
    crown: float
    root: float
    roots: int
    cusps: int


_UPPER = (
    Anatomy(8.5, 6.8, 10.5, 13.0, 1, 1),
    Anatomy(6.5, 5.0, 9.0, 13.0, 1, 1),
    Anatomy(7.5, 5.6, 10.0, 17.0, 1, 1),
    Anatomy(7.0, 5.2, 8.5, 14.0, 1, 2),
    Anatomy(7.0, 5.2, 8.5, 14.0, 1, 2),
    Anatomy(10.2, 8.0, 7.5, 12.5, 3, 3),
    Anatomy(9.4, 7.4, 7.0, 11.5, 3, 3),
    Anatomy(8.6, 6.6, 6.5, 10.5, 2, 3),
)
_LOWER = (
    Anatomy(5.2, 3.8, 9.0, 12.5, 1, 1),
    Anatomy(5.7, 4.1, 9.5, 14.0, 1, 1),
    Anatomy(6.9, 5.4, 11.0, 16.0, 1, 1),
    Anatomy(7.0, 5.0, 8.5, 14.0, 1, 2),
    Anatomy(7.1, 5.2, 8.0, 14.5, 1, 2),
    Anatomy(11.2, 9.2, 7.5, 14.0, 2, 3),
    Anatomy(10.6, 8.8, 7.0, 13.0, 2, 3),
    Anatomy(10.2, 8.4, 7.0, 11.0, 2, 3),
)


class Shape(NamedTuple):
    """The parts of one tooth that a radiograph tells apart."""

    crown: Outline
    dentine: Outline
    """The inside of the crown; between the two lies the enamel."""
    roots: tuple[Outline, ...]
    pulp: tuple[Outline, ...]
    canals: tuple[Outline, ...]


def is_upper(tooth: int) -> bool:
    """Whether the tooth is in the upper jaw."""
    return tooth <= 16


def place_from_midline(tooth: int) -> int:
    """1 for a central incisor to 8 for a wisdom tooth."""
    return (9 - tooth, tooth - 8, 25 - tooth, tooth - 24)[(tooth - 1) // 8]


def anatomy(tooth: int) -> Anatomy:
    """The measures of the tooth with this universal number."""
    return (_UPPER if is_upper(tooth) else _LOWER)[place_from_midline(tooth) - 1]


def shape(tooth: int, chance: random.Random) -> Shape:
    """The tooth, a little different each time."""
    measures = anatomy(tooth)
    size = chance.uniform(0.96, 1.04)
    width, neck, crown, root = (value * size for value in measures[:4])
    apexes = _apexes(measures.roots, neck, root, chance)
    return Shape(
        crown=smooth(_crown(width, neck, crown, measures.cusps, 0.0)),
        dentine=smooth(_crown(width, neck, crown, measures.cusps, 1.0)),
        roots=tuple(_roots(neck, apexes)),
        pulp=(smooth(_chamber(neck, crown, measures.cusps)),),
        canals=tuple(_canal(neck, apex, len(apexes)) for apex in apexes),
    )


def smooth(corners: list[tuple[float, float]], steps: int = 5) -> Outline:
    """A closed Catmull-Rom curve through the corners, `steps` points from each to the next."""
    points = np.array(corners)
    around = (np.arange(len(points))[:, None] + (-1, 0, 1, 2)) % len(points)
    return np.asarray((_weights(steps) @ points[around]).reshape(-1, 2))


@functools.cache
def _weights(steps: int) -> NDArray[np.float64]:
    """How much each of four neighbouring corners weighs at each step, (steps, 4)."""
    t = np.linspace(0, 1, steps, endpoint=False)
    return np.stack([2 * t**2 - t - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], axis=1) / 2


def _crown(width: float, neck: float, height: float, cusps: int, depth: float) -> list[tuple[float, float]]:
    """The crown's outline, or at `depth` 1 that of the dentine within it: enamel is thick on the cusps, thin at the neck."""
    half, root_half = width / 2 - 0.85 * depth, neck / 2 - 0.06 * depth
    top = height - 1.5 * depth
    sides_left = [
        (-root_half * 0.8, -0.8 - 2.2 * depth),
        (-root_half, -0.2 - 1.2 * depth),
        (-root_half - 0.06 * width * (1 - depth), 0.18 * height),
        (-half, 0.6 * height),
    ]
    sides_right = [(-x, y) for x, y in reversed(sides_left)]
    if cusps == 1:
        edge = [(-0.86 * half, 0.93 * top), (-0.3 * half, top), (0.3 * half, top), (0.86 * half, 0.92 * top)]
    elif cusps == 2:
        edge = [(-0.6 * half, 0.86 * top), (-0.08 * half, top), (0.35 * half, 0.88 * top), (0.7 * half, 0.84 * top)]
    else:
        edge = [
            (-0.8 * half, 0.86 * top),
            (-0.5 * half, top),
            (-0.1 * half, 0.84 * top),
            (0.12 * half, 0.86 * top),
            (0.5 * half, 0.98 * top),
            (0.8 * half, 0.84 * top),
        ]
    return [*sides_left, *edge, *sides_right]


def _apexes(count: int, neck: float, length: float, chance: random.Random) -> list[tuple[float, float]]:
    bend = chance.uniform(0.2, 1.1)
    spread = 0.36 * neck
    if count == 1:
        return [(bend * 0.6, -length)]
    if count == 2:
        return [(-spread + bend * 0.5, -length), (spread + bend, -0.94 * length)]
    return [
        (0.0 + bend * 0.4, -1.05 * length),
        (-spread * 1.15 + bend * 0.3, -length),
        (spread * 1.15 + bend * 0.5, -0.95 * length),
    ]


def _roots(neck: float, apexes: list[tuple[float, float]]) -> list[Outline]:
    half = neck / 2
    if len(apexes) == 1:
        return [_root(-half, half, apexes[0])]
    outer = apexes[-2:]
    roots = [_root(-half, 0.12 * half, outer[0]), _root(-0.12 * half, half, outer[1])]
    trunk = np.array([(-half, 0.3), (half, 0.3), (half * 0.93, -3.4), (0.0, -2.7), (-half * 0.93, -3.4)])
    palatal = [_root(-0.62 * half, 0.62 * half, apexes[0])] if len(apexes) == 3 else []
    return [*palatal, *roots, trunk]


def _root(left: float, right: float, apex: tuple[float, float]) -> Outline:
    x, y = apex
    middle = (left + right) / 2
    belly = (right - left) / 2

    def side(sign: float) -> list[tuple[float, float]]:
        return [(middle + (x - middle) * max(down, 0.0) ** 1.7 + sign * belly * wide, y * down) for down, wide in _TAPER]

    return smooth([*side(-1), (x, y), *reversed(side(1))])


_TAPER = ((-0.02, 1.0), (0.3, 0.88), (0.6, 0.63), (0.85, 0.36), (0.97, 0.17))


def _chamber(neck: float, crown: float, cusps: int) -> list[tuple[float, float]]:
    if cusps == 1:
        return [
            (-0.13 * neck, -1.5),
            (-0.14 * neck, 0.2 * crown),
            (0.0, 0.45 * crown),
            (0.14 * neck, 0.2 * crown),
            (0.13 * neck, -1.5),
        ]
    half = (0.11 if cusps == 2 else 0.19) * neck
    horn = 0.40 * crown
    return [
        (-half * 0.8, -1.9),
        (-half, 0.1 * crown),
        (-half * 1.15, horn),
        (0.0, 0.22 * crown),
        (half * 1.15, horn),
        (half, 0.1 * crown),
        (half * 0.8, -1.9),
    ]


def _canal(neck: float, apex: tuple[float, float], roots: int) -> Outline:
    """A canal from the chamber to just short of the apex."""
    x, y = apex
    start = 0.0 if roots == 1 else x * 0.55
    wide = 0.10 * neck if roots == 1 else 0.055 * neck
    down = np.linspace(0.08, 0.95, 7)
    middle = start + (x - start) * down**1.7
    half = wide * (1.05 - down) + 0.09
    return np.concatenate([np.stack([middle - half, y * down], 1), np.stack([middle + half, y * down], 1)[::-1]])
