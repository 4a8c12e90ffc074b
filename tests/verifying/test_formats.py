"""A faithful copy passes, whatever the originals are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.duplicating.samples import (
    ORIGINALS,
    chart_of,
)
from tests.verifying.checked import Checked, sentences


@pytest.mark.parametrize("half", [0, 1])
def test_a_faithful_copy_of_every_format_passes(tmp_path: Path, half: int) -> None:
    chart = chart_of(tmp_path / "chart", *list(ORIGINALS)[half::2])
    report = Checked.made(chart, tmp_path / "copy.pdf").report()
    assert sentences(report) == []
    assert report.pages_checked == chart.manifest.pages
    assert report.items_checked == len(chart.items)
    assert report.notices == ()
