"""The picture of a fault: both pages, each place that differs framed, and the largest one large enough to see."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.verifying.comparing import MOST_SPOTS, difference
from pipeline.verifying.showing import side_by_side
from pipeline.verifying.viewing import Pixels

RED = (30, 30, 200)


def page(*dots: tuple[int, int], size: tuple[int, int] = (1100, 850)) -> Pixels:
    """A page with a line of text and black dots of three pixels at these places (down, across)."""
    made = np.full((*size, 3), 255, np.uint8)
    cv2.putText(made, "Tooth 14, MOD composite", (60, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    for down, across in dots:
        made[down : down + 3, across : across + 3] = 0
    return made


def drawn(picture: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)


def framed(picture: Pixels) -> int:
    """How many places are framed."""
    red = np.all(picture == RED, axis=2).astype(np.uint8)
    return cv2.connectedComponents(red)[0] - 1


def test_two_places_far_apart_are_framed_each_and_not_the_page_between_them() -> None:
    original, copy = page((200, 100), (1000, 700)), page()
    found = difference(original, copy)
    assert found and len(found.spots) == 2
    assert framed(drawn(side_by_side(original, copy, found))) == 4, "two in the original, two in the copy"


def test_what_lies_close_together_is_one_place() -> None:
    original, copy = page((200, 100), (204, 108), (209, 100)), page()
    found = difference(original, copy)
    assert found and len(found.spots) == 1


def test_a_dot_is_enlarged_below_both_pages() -> None:
    original, copy = page((200, 100)), page()
    found = difference(original, copy)
    picture = drawn(side_by_side(original, copy, found))
    below = picture[990:]
    left, right = below[:, : below.shape[1] // 2], below[:, below.shape[1] // 2 :]
    black = [int(np.all(half < 20, axis=2).sum()) for half in (left, right)]
    assert black[0] >= 100 and black[0] > black[1], "nine pixels of the page"


def test_a_page_that_is_missing_stays_an_empty_frame() -> None:
    picture = drawn(side_by_side(page(), None))
    assert picture.shape[0] < 1000 and framed(picture) > 0, "“no page” in red"


@pytest.mark.parametrize("size", [(60, 2000), (2000, 60), (5, 5)])
def test_a_page_of_any_shape_is_drawn(size: tuple[int, int]) -> None:
    original = np.full((*size, 3), 255, np.uint8)
    copy = original.copy()
    copy[1:4, 1:4] = 0
    assert drawn(side_by_side(original, copy, difference(original, copy))).size


def test_a_page_that_differs_everywhere_is_not_drowned_in_frames() -> None:
    dots = [(down, across) for down in range(100, 1090, 40) for across in range(10, 840, 40)]
    found = difference(page(*dots), page())
    assert found and len(found.spots) == MOST_SPOTS
