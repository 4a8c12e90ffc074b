"""What is wrong with the order of pages, and gaps in printed numbers: the rules alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.verifying.numbering import gaps, printed_number
from pipeline.verifying.order import Misplaced, Trouble, misplaced

M, S, MV, R, F = Trouble.MISSING, Trouble.SPOILED, Trouble.MOVED, Trouble.REPEATED, Trouble.FOREIGN

CASES: dict[str, tuple[int, Sequence[int | None], list[Misplaced]]] = {
    "all is well": (3, [0, 1, 2], []),
    "one is dropped": (4, [0, 2, 3], [Misplaced(M, 1, None)]),
    "the last is dropped": (3, [0, 1], [Misplaced(M, 2, None)]),
    "one is there twice": (3, [0, 1, 1, 2], [Misplaced(R, 1, 2)]),
    "one stands in place of another": (3, [0, 0, 2], [Misplaced(M, 1, None), Misplaced(R, 0, 1)]),
    "two are swapped": (4, [0, 3, 2, 1], [Misplaced(MV, 1, 3), Misplaced(MV, 3, 1)]),
    "one is spoiled": (3, [0, None, 2], [Misplaced(S, 1, 1)]),
    "a stranger is put in between": (3, [0, None, 1, 2], [Misplaced(F, None, 1)]),
    "nothing is right": (2, [None, None], [Misplaced(S, 0, 0), Misplaced(S, 1, 1)]),
    "there is nothing": (2, [], [Misplaced(M, 0, None), Misplaced(M, 1, None)]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_simplest_explanation_is_given(case: str) -> None:
    expected, shown, found = CASES[case]
    assert misplaced(expected, shown) == found


@given(expected=st.integers(0, 9), shown=st.lists(st.one_of(st.none(), st.integers(0, 8)), max_size=12))
def test_nothing_is_found_only_when_every_page_is_in_its_place(expected: int, shown: list[int | None]) -> None:
    known = [page if page is not None and page < expected else None for page in shown]
    found = misplaced(expected, known)
    assert (found == []) == (known == list(range(expected)))
    absent = set(range(expected)) - set(known)
    assert {f.expected for f in found if f.trouble in {M, S}} == absent


@pytest.mark.parametrize(
    ("numbers", "pages", "lost"),
    [
        ({1: (1, 3), 2: (2, 3), 3: (3, 3)}, 3, []),
        ({1: (1, 3), 2: (3, 3)}, 2, [(2, 2)]),
        ({1: (2, 3), 2: (3, 3)}, 2, [(1, 1)]),
        ({2: (2, 3), 3: (3, 3)}, 3, []),  # the first page bears no number
        ({1: (1, 3)}, 3, []),
        ({1: (1, 3), 2: (2, 3)}, 2, [(3, 3)]),
        ({1: (1, 5), 2: (5, 5)}, 2, [(2, 4)]),
        ({1: (1, 2), 2: (2, 2), 3: (1, 2), 4: (2, 2)}, 4, []),  # two letters in one file
        ({1: (1, 2), 2: (1, 2), 3: (2, 2)}, 3, [(2, 2)]),
        ({}, 4, []),
    ],
)
def test_only_a_number_that_cannot_be_on_an_unnumbered_page_is_missed(
    numbers: dict[int, tuple[int, int]], pages: int, lost: list[tuple[int, int]]
) -> None:
    assert [(gap.first, gap.last) for gap in gaps(numbers, pages)] == lost


@given(of=st.integers(1, 30), dropped=st.integers(1, 30))
def test_a_dropped_numbered_page_is_always_missed(of: int, dropped: int) -> None:
    printed = [n for n in range(1, of + 1) if n != dropped]
    found = gaps({place: (n, of) for place, n in enumerate(printed, start=1)}, len(printed))
    lost = {n for gap in found for n in range(gap.first, gap.last + 1)}
    assert lost == ({dropped} if dropped <= of and printed else set())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Fee 12.00\nPage 2 of 5", (2, 5)),
        ("Pg. 3/4", (3, 4)),
        ("page 7 of 5", None),
        ("Page 1 of 2 ... see page 2 of 2", None),
        ("tooth 2 of 5", None),
    ],
)
def test_a_page_number_is_read_where_it_is_plain(text: str, number: tuple[int, int] | None) -> None:
    assert printed_number(text) == number
