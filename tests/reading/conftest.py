"""One reader for all tests of the room: its models are loaded once, and the usual form is read once."""

from __future__ import annotations

import pytest

from pipeline.reading.engines import Engines, RapidEngine
from pipeline.reading.reader import Reader
from schemas.reading import Reading
from tests.reading.forms import read, request_form, scanned


@pytest.fixture(scope="session")
def rapid() -> RapidEngine:
    """The main engine."""
    return RapidEngine()


@pytest.fixture(scope="session")
def reader(rapid: RapidEngine) -> Reader:
    """A reader without a second opinion: half the time a page."""
    return Reader(Engines(rapid))


@pytest.fixture(scope="session")
def form(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What is read on the usual form."""
    return read(reader, tmp_path_factory.mktemp("form"), scanned(request_form()))
