"""The look of the pages we draw ourselves: measures, inks and styles.

Made for letter paper and for a black-and-white fax: dark inks, thin rules, no tints, one accent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.stationery.typography import SEMIBOLD, Style, draw

PAGE = (612.0, 792.0)
LEFT, RIGHT = 54.0, 558.0
TOP, BOTTOM = 744.0, 50.0
"""Between these, in points from the foot of the page, lies what is not the label."""

INK = (0.08, 0.08, 0.08)
PALE_INK = (0.3, 0.3, 0.3)
ACCENT = (0.03, 0.28, 0.34)
"""A dark petrol: calm on a screen, black enough on a fax."""

BODY = Style(9.25, colour=INK)
STRONG = Style(9.25, SEMIBOLD, INK)
SOFT = Style(9.25, colour=PALE_INK)
SMALL = Style(8.25, colour=PALE_INK)
HEAD = Style(7.5, SEMIBOLD, ACCENT)
SECTION = Style(12, SEMIBOLD, ACCENT)
NAME = Style(13.5, SEMIBOLD, INK)
TITLE = Style(25, SEMIBOLD, INK)
LETTERHEAD = Style(16.5, SEMIBOLD, ACCENT)


def draw_lines(canvas: Any, x: float, y: float, lines: Sequence[str], style: Style) -> float:
    """Lines of text, the first hanging from `y`; gives the y below them."""
    for line in lines:
        draw(canvas, x, y - style.size, line, style)
        y -= style.leading
    return y
