"""Gaps in printed page numbers: “Page 2 of 5” is there and the third page is not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_PRINTED = re.compile(r"\b(?:page|pg\.?)\s*(\d{1,3})\s*(?:of|/)\s*(\d{1,3})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gap:
    """Printed numbers that are missing, and the page of the original beside which they should be."""

    beside: int
    first: int
    last: int
    of: int


def printed_number(text: str) -> tuple[int, int] | None:
    """The “page n of m” that a page bears, if it bears exactly one that makes sense."""
    found = {(int(n), int(of)) for n, of in _PRINTED.findall(text)}
    sensible = {(n, of) for n, of in found if 1 <= n <= of}
    return sensible.pop() if len(sensible) == 1 else None


def gaps(numbers: Mapping[int, tuple[int, int]], pages: int) -> list[Gap]:
    """The gaps in an original of so many pages, `numbers` giving what is printed on some of them.

    A page without a number may be any of the missing ones, so it closes a gap; only what cannot be there is reported.
    """
    found = []
    for run in _runs(numbers):
        first, last = run[0], run[-1]
        (start, of), end = numbers[first], numbers[last][0]
        before = first - 1 - _last_before(numbers, first)
        after = _first_after(numbers, last, pages) - last - 1
        if start - 1 > before:
            found.append(Gap(first, 1, start - 1 - before, of))
        for here, there in pairwise(run):
            lacking = (numbers[there][0] - numbers[here][0]) - (there - here)
            if lacking > 0:
                found.append(Gap(here, numbers[here][0] + 1, numbers[here][0] + lacking, of))
        if of - end > after:
            found.append(Gap(last, end + after + 1, of, of))
    return found


def _runs(numbers: Mapping[int, tuple[int, int]]) -> list[Sequence[int]]:
    """Pages that belong to one printed document: the same total, and numbers that grow."""
    runs: list[list[int]] = []
    for page in sorted(numbers):
        previous = runs[-1][-1] if runs else None
        grows = previous is not None and numbers[page][0] > numbers[previous][0] and numbers[page][1] == numbers[previous][1]
        if grows:
            runs[-1].append(page)
        else:
            runs.append([page])
    return list(runs)


def _last_before(numbers: Mapping[int, tuple[int, int]], page: int) -> int:
    return max((other for other in numbers if other < page), default=0)


def _first_after(numbers: Mapping[int, tuple[int, int]], page: int, pages: int) -> int:
    return min((other for other in numbers if other > page), default=pages + 1)
