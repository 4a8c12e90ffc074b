"""Pages that lie askew, on their side, on their head, or were photographed: read like upright ones, and laid back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.reading.preparation import prepare
from pipeline.reading.reader import Reader
from schemas.reading import FieldName, Reading, Sheet
from tests.reading.forms import HEIGHT, WIDTH, Paper, read, request_form, scanned


def place_on_arrival(sheet: Sheet, x: float, y: float) -> tuple[float, float]:
    """Where a point of the upright page lies on the page as it arrived, both in fractions."""
    upright = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(upright, np.array(sheet.corners, dtype=np.float32))
    found = cv2.perspectiveTransform(np.array([[[x, y]]], dtype=np.float32), warp)[0][0]
    return float(found[0]), float(found[1])


def middle(reading: Reading, name: FieldName) -> tuple[float, float]:
    box = reading.fields[name].box
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def test_a_page_that_came_upright_has_no_sheet(form: Reading) -> None:
    assert form.sheets == ()


def test_a_page_on_its_head_reads_the_same_and_its_places_lead_back(reader: Reader, tmp_path: Path, form: Reading) -> None:
    turned = read(reader, tmp_path, scanned(Paper(request_form().picture.transpose(Image.Transpose.ROTATE_180))))
    for name in (FieldName.PATIENT_NAME, FieldName.PATIENT_DOB, FieldName.DESTINATION_FAX):
        assert turned.value(name) == form.value(name)
    x, y = place_on_arrival(turned.sheets[0], *middle(turned, FieldName.PATIENT_NAME))
    upright = middle(form, FieldName.PATIENT_NAME)
    assert (x, y) == pytest.approx((1 - upright[0], 1 - upright[1]), abs=0.01)


@pytest.mark.parametrize(
    ("turn", "corners"),
    [
        (Image.Transpose.ROTATE_90, ((0, 1), (0, 0), (1, 0), (1, 1))),
        (Image.Transpose.ROTATE_270, ((1, 0), (1, 1), (0, 1), (0, 0))),
    ],
)
def test_a_page_on_its_side_is_set_upright(
    reader: Reader, turn: Image.Transpose, corners: tuple[tuple[float, float], ...]
) -> None:
    page = prepare(request_form().picture.transpose(turn), reader.engines.first)
    assert page.grey.shape[0] > page.grey.shape[1]
    assert page.arrived is not None
    assert page.arrived == pytest.approx(np.array(corners), abs=0.01)


def test_a_page_laid_down_askew_is_straightened_and_its_places_lead_back(reader: Reader, tmp_path: Path, form: Reading) -> None:
    askew = request_form().picture.rotate(2.3, fillcolor=255, resample=Image.Resampling.BICUBIC)
    reading = read(reader, tmp_path, scanned(Paper(askew)))
    assert reading.value(FieldName.PATIENT_NAME) == "Maria Lopez"
    assert reading.value(FieldName.DESTINATION_PHONE) == "(978) 555-0199"
    x, y = middle(form, FieldName.DESTINATION_PHONE)
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 2.3, 1.0)
    there = turn @ np.array([x * WIDTH, y * HEIGHT, 1.0])
    found = place_on_arrival(reading.sheets[0], *middle(reading, FieldName.DESTINATION_PHONE))
    assert found == pytest.approx((there[0] / WIDTH, there[1] / HEIGHT), abs=0.01)


def test_a_photographed_sheet_is_cut_out_and_its_places_lead_back(reader: Reader, tmp_path: Path, form: Reading) -> None:
    paper = np.asarray(request_form().picture)
    onto = np.array([[210, 160], [1830, 220], [1900, 2380], [120, 2330]], dtype=np.float32)
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(source, onto)
    photo = cv2.warpPerspective(paper, warp, (2000, 2500), flags=cv2.INTER_AREA, borderValue=70)
    reading = read(reader, tmp_path, scanned(Paper(Image.fromarray(photo))))
    assert reading.value(FieldName.PATIENT_NAME) == "Maria Lopez"
    x, y = middle(form, FieldName.PATIENT_NAME)
    there = cv2.perspectiveTransform(np.array([[[x * WIDTH, y * HEIGHT]]]), warp)[0][0]
    found = place_on_arrival(reading.sheets[0], *middle(reading, FieldName.PATIENT_NAME))
    assert found == pytest.approx((there[0] / 2000, there[1] / 2500), abs=0.015)
