"""Knows a form again: by its printed words, and by how they stand to each other.

The words of a remembered form are laid over those of a page by one affine map (RANSAC), so that size, position, a little slant
and the stretch of a fax do not matter, and neither do words that were misread, or written over. A page is that form only if
most of the form's words lie where they should; where two forms fit nearly alike, it is neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms.form import MEASURE, Form
from pipeline.forms.printing import TELLING, WordSeen, surely_printed
from pipeline.reading.geometry import Rect

FEWEST = 20
"""Longer words that must lie where they should."""
SHARE = 0.6
"""The share of the form's longer words that must."""
EXPLAINED = 0.5
"""The share of the page's longer words that must be the form's: else it is a form within another."""
NEAR = 0.008
"""Page widths from where a word should lie: about 1.7 mm."""
FARTHEST = 0.25
"""Page widths by which a scan may be moved against another."""
MOST_ALIKE = 6
"""A word that stands on the page more often says little of where."""
CLEARLY = 0.85
"""A second form with this share of the first one's words fits as well."""
SMALLEST, LARGEST, MOST_SLANT = 0.75, 1.33, 0.06
"""Between scans of one form: least and most size, and how far it may be turned or slanted (as a tangent)."""
AROUND = 0.12 * MEASURE
"""How far around a place the print must be as remembered."""
FEWEST_AROUND, SHARE_AROUND = 3, 0.6
NEIGHBOURS = 8
"""Words that say how far the paper is bent where a place is."""


@dataclass(frozen=True)
class Recognised:
    """A page that is a remembered form."""

    form: Form
    width: int
    """Of the page, in pixels."""
    matrix: NDArray[np.float64]
    """2 x 3, from the form's places to pixels of the page."""
    pairs: Mapping[int, WordSeen]
    """The word of the page for each word of the form, by its number, that lies where it should."""

    def on_page(self, place: Rect) -> Rect:
        """The place in pixels of the page, moved with the words around it."""
        dx, dy = self._moved(place)
        left, top = _mapped(self.matrix, place.left, place.top)
        right, bottom = _mapped(self.matrix, place.right, place.bottom)
        return Rect(left + dx, top + dy, right + dx, bottom + dy)

    def on_form(self, place: Rect) -> Rect:
        """A place of the page in the form's own measure."""
        back = cv2.invertAffineTransform(self.matrix)
        left, top = _mapped(back, place.left, place.top)
        right, bottom = _mapped(back, place.right, place.bottom)
        return Rect(left, top, right, bottom)

    def stands(self, place: Rect) -> bool:
        """Whether the print around the place is as remembered: another edition of the form may have moved this part of it.

        A place without print around it never is: nothing would show that it has moved.
        """
        near = [
            number for number, word in enumerate(self.form.words) if _is_near(word.place, place) and len(word.text) >= TELLING
        ]
        found = sum(number in self.pairs for number in near)
        return len(near) >= FEWEST_AROUND and found >= SHARE_AROUND * len(near)

    def _moved(self, place: Rect) -> tuple[float, float]:
        """How far the nearest words lie from where the map as a whole puts them: their middle, in pixels."""
        x, y = place.middle
        words = sorted(self.pairs, key=lambda n: abs(_middle(self.form, n)[0] - x) + 2 * abs(_middle(self.form, n)[1] - y))
        off = []
        for number in words[:NEIGHBOURS]:
            mapped = _mapped(self.matrix, *_middle(self.form, number))
            seen = self.pairs[number].place.middle
            off.append((seen[0] - mapped[0], seen[1] - mapped[1]))
        if not off:
            return 0.0, 0.0
        dx, dy = np.median(np.asarray(off), axis=0)
        return float(dx), float(dy)


F = TypeVar("F")


def recognised(forms: Iterable[Form], words: Sequence[WordSeen], width: int) -> Recognised | None:
    """The form that the page is; None where none fits, or where two fit alike."""
    fitting = [found for form in forms if (found := registered(form, words, width)) is not None]
    fitting.sort(key=lambda found: -len(found.pairs))
    if not fitting or (len(fitting) > 1 and len(fitting[1].pairs) >= CLEARLY * len(fitting[0].pairs)):
        return None
    return fitting[0]


def registered(form: Form, words: Sequence[WordSeen], width: int) -> Recognised | None:
    """The form laid over the page's words; None where it does not fit."""
    telling = [number for number, word in enumerate(form.words) if len(word.text) >= TELLING]
    by_text: defaultdict[str, list[WordSeen]] = defaultdict(list)
    for seen in words:
        if len(seen.text) >= TELLING:
            by_text[seen.text].append(seen)
    if sum(form.words[number].text in by_text for number in telling) < max(FEWEST, SHARE * len(telling)):
        return None
    likely = [(number, seen) for number in telling for seen in _likely(form, number, by_text, width)]
    if len(likely) < FEWEST:
        return None
    source = np.asarray([_middle(form, number) for number, _ in likely], dtype=np.float32)
    target = np.asarray([seen.place.middle for _, seen in likely], dtype=np.float32)
    matrix, _inliers = cv2.estimateAffine2D(
        source * (width / MEASURE), target, method=cv2.RANSAC, ransacReprojThreshold=NEAR * width, maxIters=3000, confidence=0.995
    )
    if matrix is None or not _is_plausible(matrix):
        return None
    matrix = np.asarray(matrix, dtype=np.float64) @ np.diag([width / MEASURE, width / MEASURE, 1.0])
    pairs = _pairs(form, telling, by_text, matrix, NEAR * width)
    explained = sum(len(word.text) >= TELLING for word in surely_printed(words))
    enough = max(FEWEST, SHARE * len(telling), EXPLAINED * explained)
    return Recognised(form, width, matrix, pairs) if len(pairs) >= enough else None


def _likely(form: Form, number: int, by_text: Mapping[str, list[WordSeen]], width: int) -> list[WordSeen]:
    """The page's words that may be this one: the same letters, no farther than a scan is moved against another."""
    several = by_text.get(form.words[number].text, [])
    x, y = (value * width / MEASURE for value in _middle(form, number))
    near = [w for w in several if max(abs(w.place.middle[0] - x), abs(w.place.middle[1] - y)) < FARTHEST * width]
    return near if len(near) <= MOST_ALIKE else []


def _pairs(
    form: Form, telling: Sequence[int], by_text: Mapping[str, list[WordSeen]], matrix: NDArray[np.float64], near: float
) -> dict[int, WordSeen]:
    """Each word of the form with the page's own that lies where it should; no word of the page twice."""
    found: dict[int, WordSeen] = {}
    used: set[int] = set()
    for number in telling:
        x, y = _mapped(matrix, *_middle(form, number))
        free = [w for w in by_text.get(form.words[number].text, ()) if id(w) not in used]
        best = min(free, key=lambda w: abs(w.place.middle[0] - x) + abs(w.place.middle[1] - y), default=None)
        if best is not None and max(abs(best.place.middle[0] - x), abs(best.place.middle[1] - y)) < 1.5 * near:
            found[number] = best
            used.add(id(best))
    return found


def _is_plausible(matrix: NDArray[np.float64]) -> bool:
    """Whether one scan of a form may lie so on another: about as large, upright, not mirrored."""
    (a, b, _), (c, d, _) = matrix.tolist()
    return bool(min(a, d) > SMALLEST and max(a, d) < LARGEST and max(abs(b), abs(c)) < MOST_SLANT)


def _is_near(word: Rect, place: Rect) -> bool:
    return word.x_overlap(place.grown(AROUND, AROUND)) > 0 and word.y_overlap(place.grown(AROUND, AROUND / 2)) > 0


def _middle(form: Form, number: int) -> tuple[float, float]:
    return form.words[number].place.middle


def _mapped(matrix: NDArray[np.float64], x: float, y: float) -> tuple[float, float]:
    (a, b, c), (d, e, f) = matrix.tolist()
    return a * x + b * y + c, d * x + e * y + f
