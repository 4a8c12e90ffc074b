"""What stories begin with: the sample practice, which takes a minute to run, for all workers of pytest-xdist; a front desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.once import Once
from tests.stories.front_desk import FrontDesk, the_reader
from tests.stories.sample import Drawn, Run, drawn_once, run_once
from workers import wiring


@pytest.fixture(scope="session")
def drawn(once: Once) -> Drawn:
    """As `init --sample` leaves it: look at it, or run the line on a copy."""
    return drawn_once(once)


@pytest.fixture(scope="session")
def run(once: Once, drawn: Drawn) -> Run:
    """The same after `up --once`, at rest: ask it, and change nothing."""
    return run_once(once, drawn)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FrontDesk:
    """A front desk with a practice of ten patients and three offices, and an empty inbox."""
    monkeypatch.setattr(wiring, "Reader", the_reader)
    return FrontDesk(tmp_path / "practice")
