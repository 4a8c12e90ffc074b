"""One sample practice for all tests of this folder: it takes seconds to draw."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from pipeline.practice.folder import PracticeFolder
from pipeline.practice.sample import SampleSummary, write_sample

TODAY = date(2026, 11, 23)


class Sample(NamedTuple):
    folder: PracticeFolder
    summary: SampleSummary
    steps: list[tuple[int, int]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample practice as written; tests read it and change nothing."""
    folder = PracticeFolder(tmp_path_factory.mktemp("sample") / "practice")
    steps: list[tuple[int, int]] = []
    summary = write_sample(folder, TODAY, progress=lambda done, total: steps.append((done, total)))
    return Sample(folder, summary, steps)
