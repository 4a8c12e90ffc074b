"""From "this page of the copy shows that page of an original" to what is missing, repeated, out of order or foreign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Trouble(StrEnum):
    """What can be wrong with the order of pages."""

    MISSING = "missing"
    """The expected page is nowhere in the copy."""
    SPOILED = "spoiled"
    """In its place stands something that is no page of the originals."""
    MOVED = "moved"
    """It is in the copy, but not in its place."""
    REPEATED = "repeated"
    """A page of the copy shows once more what another shows."""
    FOREIGN = "foreign"
    """A page of the copy, in nobody's place, shows no page of the originals."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """One finding. `expected` and `place` count from 0."""

    trouble: Trouble
    expected: int | None
    """Which expected page it is about."""
    place: int | None
    """Which copied page it is about."""


def misplaced(expected: int, shown: Sequence[int | None]) -> list[Misplaced]:
    """What is wrong when copied page k shows expected page `shown[k]` (None: none of them): the simplest explanation."""
    times = Counter(page for page in shown if page is not None)
    readings = [_found(stretches, shown, times) for stretches in (_by_place(expected, shown), _by_order(expected, shown))]
    return min(readings, key=len)


Stretch = tuple[list[int], list[int]]
"""Expected pages that are lacking, and places with something else."""


def _by_place(expected: int, shown: Sequence[int | None]) -> list[Stretch]:
    """Each place on its own: right for pages that were swapped or spoiled."""
    stretches = []
    for place in range(max(expected, len(shown))):
        lacking = [place] if place < expected else []
        extra = [place] if place < len(shown) else []
        if not lacking or not extra or shown[place] != place:
            stretches.append((lacking, extra))
    return stretches


def _by_order(expected: int, shown: Sequence[int | None]) -> list[Stretch]:
    """By what follows what: right for pages that were dropped or put in between."""
    matcher = SequenceMatcher(None, range(expected), list(shown), autojunk=False)
    return [(list(range(a, b)), list(range(c, d))) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _found(stretches: Sequence[Stretch], shown: Sequence[int | None], times: Counter[int]) -> list[Misplaced]:
    return [finding for lacking, extra in stretches for finding in _paired(lacking, extra, shown, times)]


def _paired(lacking: list[int], extra: list[int], shown: Sequence[int | None], times: Counter[int]) -> list[Misplaced]:
    """One stretch where pages are lacking, extra or both."""
    found = []
    unknown = [place for place in extra if shown[place] is None]
    absent = [page for page in lacking if not times[page]]
    # A page that shows nothing known, where a page is absent, is taken for that page, spoiled.
    spoiled = dict(zip(absent, unknown, strict=False))
    for page in lacking:
        if page in spoiled:
            found.append(Misplaced(Trouble.SPOILED, page, spoiled[page]))
        elif times[page]:
            found.append(Misplaced(Trouble.MOVED, page, list(shown).index(page)))
        else:
            found.append(Misplaced(Trouble.MISSING, page, None))
    for place in extra:
        known = shown[place]
        if known is None:
            if place not in spoiled.values():
                found.append(Misplaced(Trouble.FOREIGN, None, place))
        elif times[known] > 1:
            last = max(other for other, page in enumerate(shown) if page == known)
            found.append(Misplaced(Trouble.REPEATED, known, last))
    return found
