"""What is written out where one should sign: a typed name, "/s/ Jane Doe", the print of a stamp. None of them is a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from pipeline.reading.geometry import Rect, around, parts_of
from pipeline.reading.page import PageText, Word

LEGIBLE = 0.9
"""Score of letters that are read as surely as print."""
AS_PRINT = 1.35
"""Words at most so many times as high as most lines may be typed."""
LETTER, WIDEST = (0.3, 1.2), 1.6
"""Line heights: how high a letter is, and how wide two that touch."""
FEWEST = 5
"""Letters that show whether they stand on one line."""
ON_LINE, APART = 0.8, 0.6
"""Share of typed letters that stand on one line, and that do not touch the next."""
UNEVEN = 0.06
"""Line heights by which a typed letter may stand higher or lower; at least two pixels."""

_SLASHED = re.compile(r"^\W{0,2}[xX]?\s*[/|\\]\s*[sS5]\s*[/|\\]")
_STAMPED = re.compile(
    r"(?i)^(?:received|scanned|faxed|filed|entered|copy|void|paid|docusign\w*|e-?signed|electronically|verified)\W*$"
)


def lettered(page: PageText, where: Rect, written: Sequence[Word]) -> list[Rect]:
    """The places of the words of `written`, which stand where one signs, that are typed there; the whole place if words say
    that it is stamped, or signed with a keyboard."""
    if any(_SLASHED.match(w.text) or _STAMPED.match(w.text) for w in written):
        return [where.grown(0, 0.5 * where.height)]
    usual = float(np.median([line.rect.height for line in page.lines]))
    typed = [w for w in written if w.score > LEGIBLE and w.rect.height < AS_PRINT * usual and any(c.isalpha() for c in w.text)]
    return [w.rect for w in typed] if typed and _on_one_line(page, typed, usual) else []


def _on_one_line(page: PageText, words: Sequence[Word], usual: float) -> bool:
    """Whether the letters of words stand apart, and on one straight line as only type does."""
    x0, y0, x1, y1 = (int(v) for v in around([w.rect for w in words]).grown(5, 5).within(page.layout.width, page.layout.height))
    _labels, parts = parts_of(page.layout.ink[y0:y1, x0:x1])
    low, high = LETTER
    letters = [(x + w / 2, y + h) for x, y, w, h, _ in parts if low * usual < h < high * usual and w < WIDEST * usual]
    if len(letters) < max(FEWEST, APART * sum(len(w.text) for w in words)):
        return False
    across, feet = (np.array(v, dtype=float) for v in zip(*letters, strict=True))
    straight = feet - float(np.polyfit(across, feet, 1)[0]) * across
    apart = np.abs(straight - np.median(straight))
    return bool((apart <= max(2.0, UNEVEN * usual)).mean() >= ON_LINE)
