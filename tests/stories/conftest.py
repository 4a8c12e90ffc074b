"""The sample practice, which takes a minute to run, for all stories of all workers of pytest-xdist."""

from __future__ import annotations

import pytest

from tests.once import Once
from tests.stories.sample import Drawn, Run, drawn_once, run_once


@pytest.fixture(scope="session")
def drawn(once: Once) -> Drawn:
    """As `init --sample` leaves it: look at it, or run the line on a copy."""
    return drawn_once(once)


@pytest.fixture(scope="session")
def run(once: Once, drawn: Drawn) -> Run:
    """The same after `up --once`, at rest: ask it, and change nothing."""
    return run_once(once, drawn)
