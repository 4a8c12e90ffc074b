"""Cutting a field out of its page, wherever the reader says that it stands."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.pictures import pixels_around
from schemas.base import Box

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
