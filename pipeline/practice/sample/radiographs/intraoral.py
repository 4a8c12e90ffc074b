"""Bitewings, periapical films, and the mount of a full mouth series."""

from __future__ import annotations

import random
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.practice.sample.radiographs.film import Density, Film, Placed, row_of_teeth
from pipeline.practice.sample.radiographs.mouth import Mouth
from pipeline.practice.sample.radiographs.tooth import anatomy, is_upper

SENSOR = (41.0, 31.0)
"""Width and height of a size 2 sensor lying on its side, in millimetres."""


class View(NamedTuple):
    """One exposure: which teeth, from left to right on the film."""

    name: str
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    upright: bool = False

    @property
    def is_bitewing(self) -> bool:
        """Whether both jaws are seen."""
        return bool(self.upper and self.lower)

    @property
    def teeth(self) -> tuple[int, ...]:
        """All teeth that are wholly on the film."""
        return self.upper + self.lower


BITEWINGS = (
    View("BW molar right", (1, 2, 3, 4), (32, 31, 30, 29)),
    View("BW premolar right", (3, 4, 5, 6), (30, 29, 28, 27)),
    View("BW premolar left", (11, 12, 13, 14), (22, 21, 20, 19)),
    View("BW molar left", (13, 14, 15, 16), (20, 19, 18, 17)),
)
PERIAPICALS = (
    View("PA upper right molar", (1, 2, 3, 4), ()),
    View("PA upper right premolar", (3, 4, 5, 6), ()),
    View("PA upper right canine", (5, 6, 7), (), upright=True),
    View("PA upper incisors", (7, 8, 9, 10), (), upright=True),
    View("PA upper left canine", (10, 11, 12), (), upright=True),
    View("PA upper left premolar", (11, 12, 13, 14), ()),
    View("PA upper left molar", (13, 14, 15, 16), ()),
    View("PA lower right molar", (), (32, 31, 30, 29)),
    View("PA lower right premolar", (), (30, 29, 28, 27)),
    View("PA lower right canine", (), (28, 27, 26), upright=True),
    View("PA lower incisors", (), (26, 25, 24, 23), upright=True),
    View("PA lower left canine", (), (23, 22, 21), upright=True),
    View("PA lower left premolar", (), (22, 21, 20, 19)),
    View("PA lower left molar", (), (20, 19, 18, 17)),
)


def expose(view: View, mouth: Mouth, scale: float, chance: random.Random, grain: np.random.Generator) -> Density:
    """The film of one view, `scale` pixels a millimetre."""
    width, height = SENSOR[::-1] if view.upright else SENSOR
    film = Film(width, height, scale, grain)
    if view.is_bitewing:
        rows = [_row(view.upper, width, height / 2 - 8.1, chance), _row(view.lower, width, height / 2 + 8.1, chance)]
    elif view.upper:
        rows = [_row(view.upper, width, height - 12.2, chance)]
    else:
        rows = [_row(view.lower, width, 12.2, chance)]
    for row in rows:
        _draw_jaw(film, row, mouth)
    for row in rows:
        for placed in row:
            if placed.tooth not in mouth.missing:
                film.add_tooth(placed, mouth)
    return film.finish()


def eight_bit(density: Density) -> NDArray[np.uint8]:
    """The picture as most sensors export it."""
    return np.round(density * 255).astype(np.uint8)


def sixteen_bit(density: Density) -> NDArray[np.uint16]:
    """The picture with the sensor's full depth: 12 bits of signal, stored in 16."""
    levels = np.round(density * 4095).astype(np.uint16)
    return np.left_shift(levels, 4)


def mount(mouth: Mouth, scale: float, chance: random.Random, grain: np.random.Generator) -> NDArray[np.uint8]:
    """All eighteen films of a full mouth series in one black mount, upper row, bitewings between, lower row."""
    gap = round(1.6 * scale)
    films = {view.name: eight_bit(expose(view, mouth, scale, chance, grain)) for view in (*PERIAPICALS, *BITEWINGS)}
    upper = [films[view.name] for view in PERIAPICALS[:7]]
    lower = [films[view.name] for view in PERIAPICALS[7:]]
    wings = [films[view.name] for view in BITEWINGS]
    width = sum(film.shape[1] for film in upper) + 8 * gap
    tall = max(film.shape[0] for film in upper)
    flat = wings[0].shape[0]
    sheet = np.full((2 * tall + flat + 4 * gap, width), 16, np.uint8)
    _lay_row(sheet, upper, gap, gap + tall, gap)
    _lay_row(sheet, lower, gap, 2 * gap + tall + flat + gap, gap, hang=True)
    right, left = wings[:2], wings[2:]
    top = 2 * gap + tall
    _lay_row(sheet, right, gap, top + flat, gap)
    _lay_row(sheet, left, width - gap * 2 - sum(film.shape[1] for film in left), top + flat, gap)
    return sheet


def _lay_row(sheet: NDArray[np.uint8], films: list[NDArray[np.uint8]], x: int, y: int, gap: int, *, hang: bool = False) -> None:
    """Films side by side, standing on the line `y`, or hanging from it."""
    for film in films:
        rows, columns = film.shape
        top = y if hang else y - rows
        sheet[top : top + rows, x : x + columns] = film
        cv2.rectangle(sheet, (x - 1, top - 1), (x + columns, top + rows), 60, 1)
        x += columns + gap


def _row(teeth: tuple[int, ...], width: float, neck: float, chance: random.Random) -> list[Placed]:
    """The teeth in the middle of the film, the outer ones cut by its edge where there is no room."""
    row = list(teeth)
    start = (width - sum(anatomy(tooth).width for tooth in row) * 0.985) / 2 + chance.uniform(-1.2, 1.2)
    row, start = _with_neighbours(row, start, width)
    return row_of_teeth(row, start, neck, crown_down=is_upper(teeth[0]), chance=chance)


def _with_neighbours(row: list[int], start: float, width: float) -> tuple[list[int], float]:
    """The next teeth on either side, as long as the film still shows a part of them."""
    step = 1 if is_upper(row[0]) else -1
    first, last = (1, 16) if step == 1 else (32, 17)
    end = start + sum(anatomy(tooth).width for tooth in row) * 0.985
    while start > 0 and row[0] != first:
        row = [row[0] - step, *row]
        start -= anatomy(row[0]).width * 0.985
    while end < width and row[-1] != last:
        row = [*row, row[-1] + step]
        end += anatomy(row[-1]).width * 0.985
    return row, start


def _draw_jaw(film: Film, row: list[Placed], mouth: Mouth) -> None:
    """The bone up to its crest between the teeth, and the shade of gum and cheek over it."""
    rows, columns = film.shape
    towards_root = -1 if row[0].crown_down else 1
    edge = 0 if row[0].crown_down else rows
    level = 1.6 + mouth.bone_loss
    crest = []
    for placed in row:
        x, neck = placed.at
        half = anatomy(placed.tooth).width / 2
        crest += [(x - half, neck + towards_root * (level - 0.5)), (x, neck + towards_root * (level + 0.7))]
    points = [(x * film.scale, y * film.scale) for x, y in crest]
    bone = [(-9.0, points[0][1]), *points, (columns + 9.0, points[-1][1]), (columns + 9.0, edge), (-9.0, edge)]
    gum = [(x, y - towards_root * 2.6 * film.scale if 0 < i <= len(points) + 1 or i == 0 else y) for i, (x, y) in enumerate(bone)]
    film.density += film.mask(np.array(gum), blur=1.0) * 0.09
    there = [placed for placed in row if placed.tooth not in mouth.missing | mouth.implants]
    roots = film.mask(*(placed.on_film(root, film.scale) for placed in there for root in placed.shape.roots))
    film.add_bone(film.mask(np.array(bone), blur=0.25), roots)
