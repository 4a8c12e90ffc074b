"""Where the address must lie to be seen in the window of a #10 envelope, and where the paper is folded.

A #10 envelope is 9 1/2 by 4 1/8 inches; its window, 4 1/2 by 1 1/8, lies 7/8 from the left and 1/2 from the foot. A letter in
three is 8 1/2 by 3 2/3 and may slide an inch to the side and not quite half an inch up and down. What is seen in every
position is `SEEN`; what may come to be seen in some position is `MAY_BE_SEEN`, and nothing but the address may stand there.
All in points, from the top left corner of the paper.
"""

from __future__ import annotations

from typing import NamedTuple

INCH = 72.0


class Area(NamedTuple):
    """A rectangle, in points from the top left corner of the paper."""

    left: float
    top: float
    right: float
    bottom: float


_SLACK_SIDE = (9.5 - 8.5) * INCH
_SLACK_UP = (4.125 - 11 / 3) * INCH
_WINDOW = Area(0.875 * INCH, (4.125 - 0.5 - 1.125) * INCH, (0.875 + 4.5) * INCH, (4.125 - 0.5) * INCH)

SEEN = Area(_WINDOW.left, _WINDOW.top, _WINDOW.right - _SLACK_SIDE, _WINDOW.bottom - _SLACK_UP)
MAY_BE_SEEN = Area(_WINDOW.left - _SLACK_SIDE, _WINDOW.top - _SLACK_UP, _WINDOW.right, _WINDOW.bottom)
FOLDS = (11 / 3 * INCH, 22 / 3 * INCH)
"""From the top of the paper."""
