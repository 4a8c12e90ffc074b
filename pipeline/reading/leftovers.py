"""A second pass: words that no label took, and labels that found no value, brought together by mere nearness.

Hands do not keep to the lines that a form prints: they write over the wall of a cell, a little under a rule, into the margin.
What is found here must have the shape of what the label asks for, and is believed less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.reading.geometry import Rect, around
from pipeline.reading.labels import Hit, is_prose
from pipeline.reading.page import PageText, Word, runs_of
from pipeline.reading.places import SHAPED_KEYS, explains

NEAR = 0.5
"""How likely such a place is, 0 to 1."""
KEYS = SHAPED_KEYS | {
    "street",
    "address",
    "city_state_zip",
    "state_zip",
    "name",
    "last",
    "first",
    "last_first",
    "from_date",
    "to_date",
}
"""Labels whose value can be told by its shape, or by being the only words near."""
DEAREST = 2.6
"""Line heights: what is farther belongs to nothing."""


def near_pairs(page: PageText, labels: Sequence[Hit], free: Sequence[Word]) -> Iterator[tuple[Hit, list[Word], float]]:
    """Labels without a value, runs of free words near them, and how far each is, in line heights; the nearest first."""
    runs = [run for run in runs_of(free) if not is_prose(run[0].line)]
    pairs = [
        (cost, number, hit, run)
        for hit in labels
        if hit.phrase.key in KEYS
        for number, run in enumerate(runs)
        if (cost := _distance(page, hit, around([w.rect for w in run]))) is not None and cost < DEAREST
    ]
    for cost, _number, hit, run in sorted(pairs, key=lambda p: (p[0], p[1])):
        yield hit, run, cost


def _distance(page: PageText, hit: Hit, written: Rect) -> float | None:
    """Line heights from a label to words beside, under or over it; None where they stand nowhere near or behind another one."""
    label = hit.rect
    height = max(label.height, 1.0)
    others = [h.rect for h in page.labels if h is not hit and h.rect.same_row(label, 0.5)]
    off = _off(written, label) / height
    ahead = written.left - label.right
    if off < 1.0 and -height < ahead < 14 * height:
        if any(label.right - 2 <= r.left < written.middle[0] for r in others):
            return None
        return off + 0.05 * max(0.0, ahead) / height
    right = min((r.left for r in others if r.left >= label.right - 2), default=label.right + 22 * height)
    across = label.left - 1.5 * height <= written.left < right and written.middle[0] < right + 2 * height
    down, up = (written.middle[1] - label.bottom) / height, (label.top - written.middle[1]) / height
    aside = 0.05 * abs(written.left - label.left) / height
    if across and 0 < down < 2.2 and not explains(hit):
        return 0.4 + down + aside
    if across and 0 < up < 1.8 and hit.phrase.above and not hit.colon:
        return 0.6 + up + aside
    return None


def _off(written: Rect, label: Rect) -> float:
    """How far the foot or the middle of a hand is from its label's."""
    return min(abs(written.middle[1] - label.middle[1]), abs(written.bottom - label.bottom) + 0.1 * label.height)
