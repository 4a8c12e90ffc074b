"""One reader for all tests of the room, and each drawn page read once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from pipeline.reading.engines import Engines, RapidEngine
from pipeline.reading.page import PageText
from pipeline.reading.reader import Reader
from tests.forms.drawn import AGNES, HENRY, MARIA, NOBODY, askew, hillside, lakeview, signed_by

PAGES = {
    "maria": lambda: lakeview(MARIA),
    "henry": lambda: askew(lakeview(HENRY)),
    "agnes": lambda: lakeview(AGNES),
    "agnes, moved": lambda: lakeview(AGNES, name_lower=294),
    "hollow": lambda: lakeview(NOBODY),
    "signer": lambda: signed_by(MARIA),
    "hillside": lambda: hillside(HENRY),
}

Pages = Callable[[str], PageText]


@pytest.fixture(scope="session")
def reader() -> Reader:
    """A reader without a second opinion."""
    return Reader(Engines(RapidEngine()))


@pytest.fixture(scope="session")
def pages(reader: Reader) -> Pages:
    """A page by its name in PAGES."""

    @cache
    def page(name: str) -> PageText:
        return reader.page_text(PAGES[name]().picture)[0]

    return page
