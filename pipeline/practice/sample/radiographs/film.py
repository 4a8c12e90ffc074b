"""Exposing a film: teeth and bone in millimetres become a picture of densities.

What makes it look like a radiograph: enamel brighter than dentine, the dark canal inside, the dark line of the ligament
with the bright line of the socket around every root, the net of the bone, a little blur and grain.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.practice.sample.radiographs.mouth import Mouth
from pipeline.practice.sample.radiographs.tooth import Outline, Shape, anatomy, shape
from pipeline.practice.sample.texture import as_mask, noise, soften

Density = NDArray[np.float32]

_DENTINE, _ENAMEL, _PULP, _METAL = 0.57, 0.82, 0.42, 1.0


class Placed(NamedTuple):
    """A tooth on the film."""

    tooth: int
    shape: Shape
    at: tuple[float, float]
    """Where the middle of the neck is, millimetres from the top left corner."""
    crown_down: bool
    tilt: float = 0.0
    """Degrees, clockwise on the film."""
    stretch: float = 1.0
    """Width on the film by true width; below 1 where a panoramic view turns a tooth."""

    def on_film(self, outline: Outline, scale: float) -> NDArray[np.float64]:
        """An outline of this tooth in pixels."""
        sign = 1.0 if self.crown_down else -1.0
        x, y = outline[:, 0] * self.stretch, outline[:, 1] * sign
        turn = np.radians(self.tilt)
        cos, sin = np.cos(turn), np.sin(turn)
        return np.asarray(np.stack([x * cos - y * sin + self.at[0], x * sin + y * cos + self.at[1]], axis=1) * scale)


class Film:
    """A picture under way: `width` by `height` millimetres at `scale` pixels a millimetre."""

    def __init__(self, width: float, height: float, scale: float, grain: np.random.Generator) -> None:
        self.scale = scale
        self.grain = grain
        self.shape = (round(height * scale), round(width * scale))
        self.density: Density = np.full(self.shape, 0.07, np.float32)

    def mask(self, *outlines: NDArray[np.float64], blur: float = 0.0) -> Density:
        """1 inside the outlines (pixels), soft at their edge by `blur` millimetres."""
        picture = np.zeros(self.shape, np.uint8)
        for outline in outlines:
            cv2.fillPoly(picture, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        mask = as_mask(picture)
        return soften(mask, blur * self.scale) if blur else mask

    def add_bone(self, where: Density, roots: Density, *, strength: float = 0.36) -> None:
        """Bone where the mask says, with its net of trabeculae, and sockets around the roots."""
        net = self._trabeculae()
        self.density += where * (strength * (0.72 + 0.5 * net))
        outside = cv2.distanceTransform((roots < 0.5).astype(np.uint8), cv2.DIST_L2, 3) / self.scale
        ligament = np.exp(-(((outside - 0.1) / 0.22) ** 2))
        socket = np.exp(-(((outside - 0.55) / 0.22) ** 2))
        self.density += where * (0.13 * socket - 0.2 * ligament).astype(np.float32)

    def add_tooth(self, placed: Placed, mouth: Mouth) -> None:
        """One tooth with what was done to it; an implant where there is one."""
        if placed.tooth in mouth.implants:
            self._add_implant(placed)
            return
        roots = [placed.on_film(root, self.scale) for root in placed.shape.roots]
        crown = placed.on_film(placed.shape.crown, self.scale)
        dentine = placed.on_film(placed.shape.dentine, self.scale)
        view = self._around([*roots, crown])
        self._lay(view, self._rounded(view, *roots, dentine), _DENTINE, cover=0.92)
        enamel = self._part(view, crown) * (1 - self._part(view, dentine, blur=0.16))
        inner = self._part(view, crown) * np.clip(self._part(view, crown, blur=1.6) * 2 - 1, 0, 1)
        self._lay(view, inner, 0.64, cover=0.8)
        self._lay(view, enamel, _ENAMEL, cover=0.92)
        filled = placed.tooth in mouth.root_canals
        inside = [placed.on_film(part, self.scale) for part in (*placed.shape.pulp, *placed.shape.canals)]
        self._lay(view, self._part(view, *inside, blur=0.2), _PULP, cover=0.7)
        if filled:
            self._lay(view, self._part(view, *inside[1:], blur=0.05), 0.95, cover=1.0)
        if placed.tooth in mouth.crowns:
            self._lay(view, self._part(view, crown), _METAL, cover=0.97)
        elif placed.tooth in mouth.fillings:
            self._add_filling(view, placed)

    def finish(self, *, blur: float = 0.07, grain: float = 0.022) -> Density:
        """The film as developed: blurred, uneven, grainy, between 0 and 1."""
        rows, columns = self.shape
        field = cv2.resize(self.grain.normal(0, 0.03, (5, 6)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
        soft = soften(self.density + field, max(0.6, blur * self.scale))
        grains = soften(noise(self.grain, self.shape, grain * 1.6), 0.7)
        return np.asarray(np.clip(soft + grains, 0, 1), np.float32)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _trabeculae(self) -> Density:
        """A net of fine bright lines around dark marrow, about a millimetre wide, 0 to 1."""
        rows, columns = self.shape
        net = np.zeros(self.shape, np.float32)
        for mesh, weight in ((0.5, 0.3), (1.0, 0.4), (3.2, 0.3)):
            small = (max(4, int(rows / self.scale / mesh)), max(4, int(columns / self.scale / mesh)))
            field = self.grain.standard_normal(small, dtype=np.float32)
            smooth = cv2.resize(field, (columns, rows), interpolation=cv2.INTER_CUBIC)
            net += weight * (1 - np.minimum(np.abs(smooth), 1.4) / 1.4)
        return net

    def _around(self, outlines: list[NDArray[np.float64]]) -> tuple[slice, slice]:
        """The rows and columns that hold the outlines."""
        points = np.concatenate(outlines)
        (left, top), (right, bottom) = points.min(0) - 3, points.max(0) + 4
        rows = slice(int(np.clip(top, 0, self.shape[0])), int(np.clip(bottom, 0, self.shape[0])))
        return rows, slice(int(np.clip(left, 0, self.shape[1])), int(np.clip(right, 0, self.shape[1])))

    def _part(self, view: tuple[slice, slice], *outlines: NDArray[np.float64], blur: float = 0.0) -> Density:
        """Like `mask`, but only for the part of the film that `view` says."""
        rows, columns = view
        picture = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        if not picture.size:
            return as_mask(picture)
        for outline in outlines:
            corners = np.round((outline - (columns.start, rows.start)) * 16).astype(np.int32)
            cv2.fillPoly(picture, [corners], 255, cv2.LINE_AA, 4)
        mask = as_mask(picture)
        return soften(mask, blur * self.scale) if blur else mask

    def _rounded(self, view: tuple[slice, slice], *outlines: NDArray[np.float64]) -> Density:
        """A mask that is fuller in the middle: a root is round, and rays pass more of it there."""
        mask = self._part(view, *outlines)
        if not mask.size:
            return mask
        depth = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 3) / self.scale
        return np.asarray(mask * (0.74 + 0.26 * np.sqrt(np.clip(depth / 2.2, 0, 1))), np.float32)

    def _lay(self, view: tuple[slice, slice], mask: Density, density: float, cover: float) -> None:
        part = self.density[view]
        part += mask * cover * (density - part)

    def _add_filling(self, view: tuple[slice, slice], placed: Placed) -> None:
        half = anatomy(placed.tooth).width / 2
        top = anatomy(placed.tooth).crown
        corners = [(-0.55, 0.95), (-0.42, 0.62), (0.0, 0.55), (0.4, 0.6), (0.5, 0.92), (0.05, 0.82)]
        if placed.tooth % 2:
            corners = [(0.3, 0.9), (0.35, 0.6), (0.62, 0.42), (1.0, 0.4), (0.98, 0.66), (0.8, 0.92)]
        outline = placed.on_film(np.array([(x * half, y * top) for x, y in corners]), self.scale)
        inside = self._part(view, placed.on_film(placed.shape.crown, self.scale))
        self._lay(view, self._part(view, outline, blur=0.06) * inside, _METAL, cover=1.0)

    def _add_implant(self, placed: Placed) -> None:
        down = np.linspace(0.5, -10.5, 56)
        half = 2.05 + 0.22 * np.where(np.arange(56) % 4 < 2, 1, -1) - np.clip(-down - 8, 0, 3) * 0.3
        screw = np.concatenate([np.stack([-half, down], 1), np.stack([half, down], 1)[::-1]])
        outlines = [placed.on_film(screw, self.scale), placed.on_film(placed.shape.crown, self.scale)]
        view = self._around(outlines)
        for outline in outlines:
            self._lay(view, self._part(view, outline), 0.97, cover=0.98)


def row_of_teeth(teeth: list[int], start: float, neck_height: float, *, crown_down: bool, chance: random.Random) -> list[Placed]:
    """Teeth side by side from `start` millimetres on, touching, with small differences of height and tilt."""
    row = []
    x = start
    for tooth in teeth:
        width = anatomy(tooth).width * 0.985
        at = (x + width / 2, neck_height + chance.gauss(0, 0.25))
        row.append(Placed(tooth, shape(tooth, chance), at, crown_down, chance.gauss(0, 1.6)))
        x += width
    return row
