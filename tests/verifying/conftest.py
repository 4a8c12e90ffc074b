"""A good copy that the tests spoil."""

from __future__ import annotations

import pytest

from tests.duplicating.samples import (
    chart_of,
)
from tests.verifying.checked import Checked


@pytest.fixture(scope="package")
def good(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("good")
    kinds = ("notes.pdf", "xray.jpg", "coarse-fax.tif", "annotated.pdf", "photo.png", "form.pdf", "scan.pdf")
    return Checked.made(chart_of(folder / "chart", *kinds), folder / "copy.pdf")
