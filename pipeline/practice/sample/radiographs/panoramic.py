"""A panoramic view: both jaws unrolled, from one joint to the other."""

from __future__ import annotations

import random
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.practice.sample.radiographs.film import Density, Film, Placed
from pipeline.practice.sample.radiographs.intraoral import eight_bit
from pipeline.practice.sample.radiographs.mouth import Mouth
from pipeline.practice.sample.radiographs.tooth import anatomy, is_upper, shape, smooth
from pipeline.practice.sample.texture import as_mask, soften

WIDTH, HEIGHT = 236.0, 122.0
"""The receptor, in millimetres."""

_CENTRE = WIDTH / 2
_BITE = 58.0
"""Height of the edges of the front teeth."""

_JAW_LOWER: list[tuple[float, float]] = [
    (0, 112),
    (26, 110.5),
    (52, 105),
    (74, 94),
    (86, 78),
    (92, 58),
    (97, 34),
    (101, 22),
    (97, 15),
]
_JAW_UPPER: list[tuple[float, float]] = [
    (91, 17),
    (86, 30),
    (80, 42),
    (77, 32),
    (74, 31),
    (72, 42),
    (71, 52),
    (67, 58),
    (58, 62.5),
    (46, 65.5),
    (28, 69),
    (0, 71),
]
_MAXILLA: list[tuple[float, float]] = [(0, 46), (30, 46), (54, 43.5), (67, 40), (74, 30), (84, 22), (82, 8), (60, -8), (0, -8)]


def panoramic(mouth: Mouth, scale: float, chance: random.Random, grain: np.random.Generator) -> NDArray[np.uint8]:
    """The picture, `scale` pixels a millimetre."""
    film = Film(WIDTH, HEIGHT, scale, grain)
    teeth = [*_row(range(1, 17), chance), *_row(range(32, 16, -1), chance)]
    _draw_ghosts(film)
    _draw_skull(film, teeth, mouth)
    for placed in teeth:
        if placed.tooth not in mouth.missing:
            film.add_tooth(placed, mouth)
    return eight_bit(film.finish(blur=0.24, grain=0.016))


def _row(teeth: range, chance: random.Random) -> list[Placed]:
    """Sixteen teeth along the smile of the bite, back teeth fanned out; their length on the film is a third too great."""
    widths = [anatomy(tooth).width * _widening(tooth) for tooth in teeth]
    x = _CENTRE - sum(widths) / 2
    row = []
    for tooth, width in zip(teeth, widths, strict=True):
        middle = x + width / 2
        aside = (middle - _CENTRE) / 60
        upper = is_upper(tooth)
        crown = anatomy(tooth).crown
        edge = _BITE - 6.5 * aside**2 + (-0.4 if upper else 0.9)
        neck = edge - crown if upper else edge + crown
        tilt = (-9 if upper else 15) * aside + chance.gauss(0, 1.5)
        row.append(Placed(tooth, shape(tooth, chance), (middle, neck), upper, tilt, _widening(tooth)))
        x += width
    return row


def _widening(tooth: int) -> float:
    return 1.12 if anatomy(tooth).cusps == 3 else 1.0


def _both_sides(*halves: list[tuple[float, float]]) -> NDArray[np.float64]:
    """A closed outline from the right half given from the midline out and back."""
    half = [point for part in halves for point in part]
    mirrored = [(-x, y) for x, y in reversed(half)]
    return smooth([(_CENTRE + x, y) for x, y in (*half, *mirrored)])


def _draw_ghosts(film: Film) -> None:
    """Air of the throat, soft tissue, and the blurred shadow of the spine in the middle and at the edges."""
    rows, columns = film.shape
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    spine = 0.17 * np.exp(-((x / 0.13) ** 2)) * np.clip(y * 1.5 - 0.2, 0, 1)
    edges = 0.20 * np.exp(-(((np.abs(x) - 1.0) / 0.1) ** 2))
    tissue = 0.10 * np.exp(-((x / 0.85) ** 4)) * (1 - 0.4 * y)
    throat = -0.07 * np.exp(-(((np.abs(x) - 0.52) / 0.07) ** 2)) * np.clip(y * 2 - 0.6, 0, 1)
    film.density += (spine + edges + tissue + throat).astype(np.float32)


def _draw_skull(film: Film, teeth: list[Placed], mouth: Mouth) -> None:
    scale = film.scale
    jaw = film.mask(_both_sides(_JAW_LOWER, _JAW_UPPER)[:] * scale, blur=0.3)
    maxilla = film.mask(_both_sides(_MAXILLA) * scale, blur=0.9)
    there = [placed for placed in teeth if placed.tooth not in mouth.missing | mouth.implants]
    roots = film.mask(*(placed.on_film(root, scale) for placed in there for root in placed.shape.roots))
    film.add_bone(maxilla, roots, strength=0.34)
    film.add_bone(jaw, roots, strength=0.36)
    _draw_cortex(film, jaw)
    for side in (-1, 1):
        sinus = _ellipse(film, _CENTRE + side * 41, 22, (22, 11), tilt=side * 8)
        _draw_hollow(film, sinus, 0.10)
        _draw_hollow(film, _ellipse(film, _CENTRE + side * 8.0, 20, (6.4, 14.5), tilt=side * 5), 0.15)
        _draw_canal(film, side)
    palate = [(_CENTRE - 66, 34.5), (_CENTRE, 36.5), (_CENTRE + 66, 34.5)]
    _draw_line(film, palate, 0.10, 0.9)
    _draw_line(film, [(_CENTRE, 5), (_CENTRE + 0.6, 22), (_CENTRE, 36)], 0.16, 0.9)


def _draw_cortex(film: Film, jaw: Density) -> None:
    """The dense rim of the lower jaw."""
    inside = cv2.distanceTransform((jaw > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / film.scale
    film.density += (jaw * 0.24 * np.exp(-(((inside - 1.1) / 1.1) ** 2))).astype(np.float32)


def _ellipse(film: Film, x: float, y: float, axes: tuple[float, float], *, tilt: float) -> Density:
    picture = np.zeros(film.shape, np.uint8)
    middle = (round(x * film.scale), round(y * film.scale))
    size = (round(axes[0] * film.scale), round(axes[1] * film.scale))
    cv2.ellipse(picture, middle, size, tilt, 0, 360, 255, -1, cv2.LINE_AA)
    return soften(as_mask(picture), 0.8 * film.scale)


def _draw_hollow(film: Film, where: Density, depth: float) -> None:
    """Air within bone, with its thin bright wall."""
    wall = np.exp(-(((where - 0.5) / 0.28) ** 2)) * (where > 0.02)
    film.density += (0.09 * wall - depth * where).astype(np.float32)


def _draw_canal(film: Film, side: int) -> None:
    """The canal of the lower jaw's nerve: dark between two fine bright lines."""
    path = [(_CENTRE + side * x, y) for x, y in ((34, 92), (48, 96), (62, 92), (73, 80), (80, 64), (83, 52))]
    _draw_line(film, path, 0.10, 2.0)
    _draw_line(film, path, -0.17, 1.2)


def _draw_line(film: Film, path: Sequence[tuple[float, float]], strength: float, half_width: float) -> None:
    picture = np.zeros(film.shape, np.uint8)
    smoothed = smooth([*path, *reversed(path)], 8)[: 8 * (len(path) - 1)]
    corners = np.round(smoothed * film.scale * 16).astype(np.int32)
    cv2.polylines(picture, [corners], False, 255, max(1, round(half_width * film.scale)), cv2.LINE_AA, 4)
    film.density += soften(as_mask(picture), 0.35 * film.scale) * strength
