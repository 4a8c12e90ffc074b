"""The picture of a fault: original and copy side by side, the place where they differ framed."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.verifying.comparing import Difference
from pipeline.verifying.viewing import Pixels

_HEIGHT = 900
_WIDTH = 900
_GAP = 24
_HEAD = 40
_GREY = (225, 225, 225)
_RED = (30, 30, 200)
_AIR = 6


def side_by_side(original: Pixels | None, copy: Pixels | None, found: Difference | None = None) -> bytes:
    """A PNG with the original left and the copy right; what is missing stays an empty frame."""
    panels = [_panel(original, "original", found), _panel(copy, "copy", found)]
    height = max(panel.shape[0] for panel in panels)
    width = sum(panel.shape[1] for panel in panels) + 3 * _GAP
    sheet = np.full((height + 2 * _GAP, width, 3), _GREY, np.uint8)
    left = _GAP
    for panel in panels:
        sheet[_GAP : _GAP + panel.shape[0], left : left + panel.shape[1]] = panel
        left += panel.shape[1] + _GAP
    _, coded = cv2.imencode(".png", sheet)
    return bytes(coded)


def _panel(page: Pixels | None, title: str, found: Difference | None) -> Pixels:
    if page is None:
        shown = np.full((_HEIGHT // 2, _WIDTH // 2, 3), 255, np.uint8)
        cv2.putText(shown, "no page", (20, _HEIGHT // 4), cv2.FONT_HERSHEY_SIMPLEX, 1, _RED, 2, cv2.LINE_AA)
    else:
        scale = min(1.0, _HEIGHT / page.shape[0], _WIDTH / page.shape[1])
        size = (max(1, round(page.shape[1] * scale)), max(1, round(page.shape[0] * scale)))
        shown = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
        if found is not None:
            left, top, right, bottom = (round(edge * scale) for edge in found.box)
            cv2.rectangle(shown, (left - _AIR, top - _AIR), (right + _AIR, bottom + _AIR), _RED, 2)
    panel = np.full((shown.shape[0] + _HEAD, max(shown.shape[1], 140), 3), _GREY, np.uint8)
    cv2.putText(panel, title, (0, _HEAD - 14), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40, 40, 40), 2, cv2.LINE_AA)
    panel[_HEAD:, : shown.shape[1]] = shown
    return panel
