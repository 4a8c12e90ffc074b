"""A page of the scan as the reader saw it: turned, straightened or cut out, so that the places it found lie where they say."""

from __future__ import annotations

import numpy as np
from PIL import Image

from schemas.reading import Sheet

MOST_GROWTH = 2
"""Times the longer side of the page as it arrived: an upright page is no larger, whatever its corners say."""


def upright(picture: Image.Image, sheet: Sheet) -> Image.Image:
    """The upright page, cut out of the page as it arrived by its four corners; what lies beyond that page is white.

    Corners that span no page leave the picture as it is: somebody has to see it.
    """
    corners = np.array(sheet.corners) * picture.size
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)  # top, right, bottom, left
    longest = MOST_GROWTH * max(picture.size)
    if not (sides <= longest).all():  # nor are those that are no number
        return picture
    width, height = (max(1, round(max(pair))) for pair in (sides[0::2], sides[1::2]))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    try:
        terms = _perspective(target, corners)
    except np.linalg.LinAlgError:
        return picture
    return picture.transform((width, height), Image.Transform.PERSPECTIVE, terms, Image.Resampling.BICUBIC, fillcolor="white")


def _perspective(points: np.ndarray, images: np.ndarray) -> list[float]:
    """a to h of x' = (ax + by + c) / (gx + hy + 1), y' = (dx + ey + f) / (gx + hy + 1), from four points and their images.

    Raises LinAlgError where there are none, because three of the points lie on one line.
    """
    rows, values = [], []
    for (x, y), (image_x, image_y) in zip(points, images, strict=True):
        rows.append((x, y, 1, 0, 0, 0, -image_x * x, -image_x * y))
        rows.append((0, 0, 0, x, y, 1, -image_y * x, -image_y * y))
        values += [image_x, image_y]
    return [float(term) for term in np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float))]
