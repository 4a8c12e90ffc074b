"""Pages as the reader saw them, and fields cut out of them, wherever the reader says that they stand."""

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from starlette.testclient import TestClient

from pipeline.desk.pictures import pixels_around
from pipeline.desk.upright import MOST_GROWTH, upright
from pipeline.store.states import State
from schemas.base import Box
from schemas.reading import Corner, FieldName, Reading, Sheet
from schemas.release import StationName
from tests.desk.conftest import opened
from tests.desk.morning import Morning, reading_of, scan_of

Corners = tuple[Corner, Corner, Corner, Corner]
ANSWERS = {FieldName.PATIENT_NAME: "Daniel Ruiz", FieldName.PATIENT_DOB: "1987-03-14"}

edges = st.floats(allow_nan=True, allow_infinity=True)
sides = st.integers(min_value=1, max_value=5000)


@given(box=st.builds(Box, left=edges, top=edges, right=edges, bottom=edges), width=sides, height=sides)
def test_any_place_gives_a_piece_of_the_page(box: Box, width: int, height: int) -> None:
    x0, y0, x1, y1 = pixels_around(box, (width, height))
    assert 0 <= x0 < x1 <= width
    assert 0 <= y0 < y1 <= height


@given(st.data())
def test_the_piece_holds_the_whole_field(data: st.DataObject) -> None:
    left, top = (data.draw(st.floats(min_value=0, max_value=0.9)) for _ in range(2))
    right, bottom = (data.draw(st.floats(min_value=edge, max_value=1)) for edge in (left, top))
    x0, y0, x1, y1 = pixels_around(Box(left=left, top=top, right=right, bottom=bottom), (1000, 1300))
    assert x0 <= left * 1000 and y0 <= top * 1300
    assert x1 >= right * 1000 and y1 >= bottom * 1300


# ---- the upright page ----------------------------------------------------------------------------------------------------


def as_it_was(page: Image.Image) -> Image.Image:
    return page


def turned_right(page: Image.Image) -> Image.Image:
    return page.transpose(Image.Transpose.ROTATE_270)


def on_its_head(page: Image.Image) -> Image.Image:
    return page.transpose(Image.Transpose.ROTATE_180)


def on_a_table(page: Image.Image) -> Image.Image:
    """Photographed with the table around it."""
    table = Image.new("L", (page.width * 2, page.height * 2), 90)
    table.paste(page, (page.width // 2, page.height // 2))
    return table


ASLANT: Corners = ((0.22, 0.11), (0.91, 0.17), (0.97, 0.93), (0.08, 0.88))


def photographed_aslant(page: Image.Image) -> Image.Image:
    """With the near edge longer than the far one, by another library than the one that mends it."""
    width, height = page.size
    sheet = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    corners = (np.array(ASLANT) * (2 * width, 2 * height)).astype(np.float32)
    warp = cv2.getPerspectiveTransform(sheet, corners)
    return Image.fromarray(cv2.warpPerspective(np.asarray(page), warp, (2 * width, 2 * height), borderValue=90))


ARRIVALS: list[tuple[Callable[[Image.Image], Image.Image], Corners]] = [
    (as_it_was, ((0, 0), (1, 0), (1, 1), (0, 1))),
    (turned_right, ((1, 0), (1, 1), (0, 1), (0, 0))),
    (on_its_head, ((1, 1), (0, 1), (0, 0), (1, 0))),
    (photographed_aslant, ASLANT),
    (on_a_table, ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))),
]


def drop_arrived(morning: Morning, arrive: Callable[[Image.Image], Image.Image], sheets: tuple[Sheet, ...]) -> str:
    """A request on a page that came in some position, as read upright."""
    form, places = form_upright()
    made = io.BytesIO()
    arrive(form).save(made, "PNG", dpi=(150, 150))
    request_id = morning.drop(f"{arrive.__name__}.png", made.getvalue(), "image/png")
    reading = reading_of(morning.vault.put(made.getvalue()), ANSWERS, places).model_copy(update={"sheets": sheets})
    morning.move(request_id, StationName.READ, State.READ, [reading])
    return request_id


def form_upright() -> tuple[Image.Image, dict[FieldName, Box]]:
    """The form as its writer held it, and where the answers stand."""
    scan, places = scan_of(ANSWERS)
    at = scan.index(b"\xff\xd8")  # the PDF holds the page as one JPEG
    return Image.open(io.BytesIO(scan[at:])).convert("L"), places


def picture(browser: TestClient, path: str) -> Image.Image:
    answer = browser.get(path)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content)).convert("L")


def unlike(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the pixels' grey, 0 to 255, at the same size; coarse, so that a pixel's shift is nothing."""
    small = [image.convert("L").resize((170, 220), Image.Resampling.BOX) for image in (one, other)]
    return float(ImageStat.Stat(ImageChops.difference(*small)).mean[0])


@pytest.mark.parametrize(("arrive", "corners"), ARRIVALS)
def test_a_page_is_shown_upright_and_its_fields_are_where_they_were_read(
    quiet: Morning, arrive: Callable[[Image.Image], Image.Image], corners: Corners
) -> None:
    request_id = drop_arrived(quiet, arrive, (Sheet(page=1, corners=corners),))
    form, places = form_upright()
    browser = opened(quiet)
    expected = {f"fields/{name}": form.crop(pixels_around(box, form.size)) for name, box in places.items()}
    for path, piece in ({"pages/1/page": form, "pages/1/large": form} | expected).items():
        shown = picture(browser, f"/requests/{request_id}/{path}.jpg")
        assert 0.8 < (shown.width / shown.height) / (piece.width / piece.height) < 1.25, path
        assert unlike(shown, piece) < 0.4 * unlike(on_its_head(shown), piece), path


def test_a_page_that_was_read_as_it_arrived_is_shown_as_it_arrived(quiet: Morning) -> None:
    request_id = drop_arrived(quiet, turned_right, (Sheet(page=2, corners=ARRIVALS[1][1]),))
    shown = picture(opened(quiet), f"/requests/{request_id}/pages/1/page.jpg")
    assert shown.width > shown.height


def test_a_page_that_is_read_anew_is_another_picture(quiet: Morning) -> None:
    request_id = drop_arrived(quiet, turned_right, (Sheet(page=1, corners=ARRIVALS[2][1]),))
    browser, path = opened(quiet), f"/requests/{request_id}/pages/1/page.jpg"
    first = browser.get(path)
    reading = quiet.store.latest(Reading, request_id)
    assert reading is not None
    again = reading.model_copy(update={"sheets": (Sheet(page=1, corners=ARRIVALS[1][1]),)})
    with quiet.store.unit() as unit:
        unit.keep(request_id, [again])
    second = browser.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.content != first.content


NOWHERE = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1, 2)


@given(corners=st.tuples(*[st.tuples(NOWHERE, NOWHERE)] * 4))
@settings(deadline=None)
def test_corners_that_span_no_page_still_leave_a_picture_of_no_absurd_size(corners: Corners) -> None:
    arrived = Image.new("RGB", (64, 80), "grey")
    shown = upright(arrived, Sheet(page=1, corners=corners))
    assert shown.mode == "RGB"
    assert min(shown.size) >= 1 and max(shown.size) <= MOST_GROWTH * 80
