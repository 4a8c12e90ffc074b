"""Parts of ink and the paper that they close in, counted as OpenCV counts them, only sooner."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.reading.geometry import holes_of, parts_of


def specks(share: float) -> NDArray[np.uint8]:
    return (np.random.default_rng(7).random((90, 140)) < share).astype(np.uint8)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.4, 0.9, 1.0])
@pytest.mark.parametrize("connectivity", [4, 8])
def test_parts_have_the_boxes_and_areas_that_opencv_finds(share: float, connectivity: int) -> None:
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(specks(share), connectivity=connectivity)
    found, parts = parts_of(specks(share), connectivity)
    assert np.array_equal(found, labels) and parts == stats[1:].tolist()


def test_a_mask_without_pixels_has_no_parts() -> None:
    assert parts_of(np.zeros((0, 12), np.bool_))[1] == []


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6])
def test_holes_are_the_pieces_of_paper_of_these_widths_that_fill_enough_of_their_boxes(share: float) -> None:
    paper = 1 - specks(share)
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(paper, connectivity=4)
    wanted = {(x, y, w, h, a) for x, y, w, h, a in stats[1:].tolist() if 2 <= w <= 9 and a >= 0.8 * w * h}
    found = {hole for hole in holes_of(specks(share), (2, 9), 0.8) if hole[4] >= 0.8 * hole[2] * hole[3]}
    assert found == wanted and wanted


def test_a_speck_in_a_hole_is_no_paper() -> None:
    dark = np.zeros((40, 40), np.uint8)
    cv2.rectangle(dark, (5, 5), (30, 30), 1, 2)
    dark[15:18, 15:18] = 1
    ((_x, _y, w, h, area),) = holes_of(dark, (10, 30), 0.8)
    assert area == w * h - 9


def test_the_edge_of_the_page_closes_as_ink_does() -> None:
    dark = np.zeros((40, 40), np.uint8)
    dark[12, :13] = dark[:13, 12] = 1
    assert (0, 0, 12, 12, 144) in holes_of(dark, (10, 20), 0.8)
