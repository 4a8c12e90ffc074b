"""Colour photographs of a smile with the lips held back, drawn by code."""

from __future__ import annotations

import random
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.practice.sample.radiographs.mouth import Mouth
from pipeline.practice.sample.radiographs.tooth import anatomy, is_upper
from pipeline.practice.sample.texture import as_mask, soften

WIDTH, HEIGHT = 78.0, 52.0
"""The field of view, in millimetres."""

_GUM = np.array([196, 112, 112], np.float32)
_LIP = np.array([150, 66, 66], np.float32)
_THROAT = np.array([48, 16, 18], np.float32)
_IVORY = np.array([238, 224, 196], np.float32)


def smile(mouth: Mouth, scale: float, chance: random.Random, grain: np.random.Generator) -> NDArray[np.uint8]:
    """A frontal picture in RGB, `scale` pixels a millimetre."""
    rows, columns = round(HEIGHT * scale), round(WIDTH * scale)
    mottle = cv2.resize(grain.normal(0, 7, (14, 20)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
    picture = np.broadcast_to(_LIP, (rows, columns, 3)) + mottle[..., None]
    picture = _over(picture, _ellipse(rows, columns, 0.47, 0.44, 12), _GUM + mottle[..., None] * 0.8)
    picture = _over(picture, _ellipse(rows, columns, 0.42, 0.075, 6), _THROAT)
    for teeth in (range(29, 19, -1), range(4, 14)):
        for tooth, middle in _places(teeth):
            if tooth not in mouth.missing:
                _add_tooth(picture, tooth, middle, scale, chance)
    ring = np.hypot(*np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))).astype(np.float32)
    lit = picture * (1.08 - 0.36 * ring**2)[..., None] + grain.normal(0, 2.2, (rows, columns, 1)).astype(np.float32)
    return np.asarray(np.clip(soften(lit, 0.8), 0, 255), np.uint8)


def _places(teeth: range) -> list[tuple[int, float]]:
    """Each tooth with its middle, millimetres from the midline; the side teeth seen ever more from the edge."""
    widths = [anatomy(tooth).width * _turned(tooth) for tooth in teeth]
    edges = np.cumsum([-sum(widths) / 2, *widths])
    places = [(tooth, float(left + right) / 2) for tooth, (left, right) in zip(teeth, pairwise(edges), strict=True)]
    return sorted(places, key=lambda place: -abs(place[1]))


def _turned(tooth: int) -> float:
    from_middle = abs((tooth - 8.5) if is_upper(tooth) else (tooth - 24.5))
    return float(np.cos(from_middle * 0.21))


def _add_tooth(picture: NDArray[np.float32], tooth: int, middle: float, scale: float, chance: random.Random) -> None:
    """Paints one crown: square at the edge, round where it leaves the gum."""
    sign = 1.0 if is_upper(tooth) else -1.0
    aside = middle / 30
    edge = HEIGHT / 2 + (1.4 if is_upper(tooth) else 0.3) * sign - 2.0 * aside**2
    half_width = anatomy(tooth).width / 2 * _turned(tooth) * 1.01
    half_height = anatomy(tooth).crown / 2 * chance.uniform(0.97, 1.0)
    centre = (middle + WIDTH / 2, edge - sign * half_height)
    left, top = (max(0, int((at - half - 1) * scale)) for at, half in zip(centre, (half_width, half_height), strict=True))
    right, bottom = (int((at + half + 1) * scale) for at, half in zip(centre, (half_width, half_height), strict=True))
    part = picture[top:bottom, left:right]
    y, x = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]].astype(np.float32) / scale
    u, v = np.abs(x - centre[0]) / half_width, (y - centre[1]) / half_height * sign
    waist = 1 - 0.16 * np.clip(-v, 0, 1)
    reach = np.where(v > 0, np.abs(v) ** 6 + u**5, np.abs(v) ** 2.4 + (u / waist) ** 2.4)
    mask = np.clip((1 - reach) * 5, 0, 1)
    round_face = 1 - 0.30 * u**2 - 0.12 * np.clip(-v, 0, 1) ** 2
    shade = round_face * (1 - 0.25 * aside**2)
    shine = np.exp(-(((v - 0.15) / 0.28) ** 2) - ((u - 0.2) / 0.3) ** 2)
    edge_blue = np.clip(v - 0.62, 0, 1)[..., None] * np.array([-46, -30, -8], np.float32)
    colour = (_IVORY + chance.gauss(0, 3)) * shade[..., None] + shine[..., None] * 26 + edge_blue
    part += mask[..., None].astype(np.float32) * (colour - part)


def _ellipse(rows: int, columns: int, wide: float, tall: float, soft: float) -> NDArray[np.float32]:
    mask = np.zeros((rows, columns), np.uint8)
    cv2.ellipse(mask, (columns // 2, rows // 2), (int(columns * wide), int(rows * tall)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return as_mask(soften(mask, soft))


def _over(below: NDArray[np.float32], mask: NDArray[np.float32], above: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(below + mask[..., None] * (above - below), np.float32)
