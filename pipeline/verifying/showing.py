"""The picture of a fault: original and copy side by side, each place where they differ framed, and the largest one enlarged."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.verifying.comparing import Difference, Spot
from pipeline.verifying.viewing import Pixels

_HEIGHT = 900
_WIDTH = 900
_GAP = 24
_HEAD = 40
_GREY = (225, 225, 225)
_RED = (30, 30, 200)
_AIR = 6
_CLOSE_WIDTH, _CLOSE_HEIGHT = 700, 260
"""Pixels of a close look, at most."""
_CLOSEST = 6.0
"""How often a pixel is enlarged at most; a single dot needs no whole screen."""
_AROUND = 30
"""Pixels of the page around what is looked at closely: a digit without its line tells little."""


def side_by_side(original: Pixels | None, copy: Pixels | None, found: Difference | None = None) -> bytes:
    """A PNG with the original left and the copy right; what is missing stays an empty frame. Where it is known what differs, the
    largest of the places is shown below once more, enlarged.
    """
    rows = [[_panel(original, "original", found), _panel(copy, "copy", found)]]
    if found and found.spots and original is not None and copy is not None:
        rows.append([_close(original, "original, enlarged", found.spots[0]), _close(copy, "copy, enlarged", found.spots[0])])
    widths = [max(row[side].shape[1] for row in rows) for side in (0, 1)]
    heights = [max(panel.shape[0] for panel in row) for row in rows]
    sheet = np.full((sum(heights) + (len(rows) + 1) * _GAP, sum(widths) + 3 * _GAP, 3), _GREY, np.uint8)
    top = _GAP
    for row, height in zip(rows, heights, strict=True):
        for panel, left in zip(row, (_GAP, widths[0] + 2 * _GAP), strict=True):
            sheet[top : top + panel.shape[0], left : left + panel.shape[1]] = panel
        top += height + _GAP
    _, coded = cv2.imencode(".png", sheet)
    return bytes(coded)


def _panel(page: Pixels | None, title: str, found: Difference | None) -> Pixels:
    if page is None:
        shown = np.full((_HEIGHT // 2, _WIDTH // 2, 3), 255, np.uint8)
        cv2.putText(shown, "no page", (20, _HEIGHT // 4), cv2.FONT_HERSHEY_SIMPLEX, 1, _RED, 2, cv2.LINE_AA)
        return _titled(shown, title)
    scale = min(1.0, _HEIGHT / page.shape[0], _WIDTH / page.shape[1])
    shown = cv2.resize(page, _size(page, scale), interpolation=cv2.INTER_AREA)
    for spot in (found.spots or (found.box,)) if found else ():
        left, top, right, bottom = (round(edge * scale) for edge in spot)
        cv2.rectangle(shown, (left - _AIR, top - _AIR), (right + _AIR, bottom + _AIR), _RED, 2)
    return _titled(shown, title)


def _close(page: Pixels, title: str, spot: Spot) -> Pixels:
    """One place of the page, as large as it may be."""
    height, width = page.shape[:2]
    left, top = max(0, spot[0] - _AROUND), max(0, spot[1] - _AROUND)
    right, bottom = min(width, spot[2] + _AROUND), min(height, spot[3] + _AROUND)
    part = page[top:bottom, left:right]
    scale = min(_CLOSEST, _CLOSE_WIDTH / part.shape[1], _CLOSE_HEIGHT / part.shape[0])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST  # enlarged pixels are seen as they are
    return _titled(cv2.resize(part, _size(part, scale), interpolation=way), title)


def _size(picture: Pixels, scale: float) -> tuple[int, int]:
    return max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))


def _titled(shown: Pixels, title: str) -> Pixels:
    panel = np.full((shown.shape[0] + _HEAD, max(shown.shape[1], 16 * len(title)), 3), _GREY, np.uint8)
    cv2.putText(panel, title, (0, _HEAD - 14), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40, 40, 40), 2, cv2.LINE_AA)
    panel[_HEAD:, : shown.shape[1]] = shown
    return panel
