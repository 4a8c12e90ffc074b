"""One browser for each process of the run, and in it a seat at the desk for whoever a story is about.

Whatever a story does, nothing may be asked for anywhere but at the desk, and no page may complain or run what is not ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import chromium, practices
from tests.browser.served import ServedPractice, served
from tests.conftest import do_without
from tests.once import Once
from tests.servers.processes import ServerUnavailableError

LAPTOP = {"width": 1280, "height": 720}
Seat = Callable[..., Page]
PATIENCE = 30_000
"""Milliseconds: the machine may be busy."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that asks for the browser bears its mark, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "playwright_driver" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium_browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """The browser. What is open in it belongs to one test alone."""
    browser = _started(playwright_driver)
    yield browser
    browser.close()


@pytest.fixture
def large_text(playwright_driver: Playwright) -> Iterator[Browser]:
    """A browser whose owner has set the letters to twice their size."""
    browser = _started(playwright_driver, "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26")
    yield browser
    browser.close()


def _started(playwright: Playwright, *flags: str) -> Browser:
    try:
        return chromium.start(playwright, *flags)
    except ServerUnavailableError as reason:
        do_without(reason)


@pytest.fixture(scope="session")
def practice(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPractice]:
    """A practice in the midst of a morning. Stories share it, and each has a patient of its own in it."""
    with served(once("busy-practice", practices.busy) / "practice", tmp_path_factory.mktemp("busy")) as opened:
        yield opened


@pytest.fixture(scope="session")
def ten_held(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPractice]:
    """A practice where ten requests wait for a person."""
    with served(once("ten-held", practices.ten_held) / "practice", tmp_path_factory.mktemp("ten")) as opened:
        yield opened


class Watched:
    """The contexts of one test, and what its pages did that they must not do."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    def context(self, practice: ServedPractice, **options: object) -> BrowserContext:
        """A browser as somebody has it alone: no cookie, nothing kept."""
        made = self._browser.new_context(base_url=practice.url, viewport=LAPTOP, **options)  # type: ignore[arg-type]
        made.set_default_timeout(PATIENCE)
        made.on("request", lambda request: self._look(request.url, practice.url))
        made.on("page", self._listen)
        self._contexts.append(made)
        return made

    def _listen(self, page: Page) -> None:
        page.on("dialog", lambda dialog: (self.wrong.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.wrong.append(f"a mistake in a script: {error}"))
        page.on("console", lambda said: said.type == "error" and self._complained(said.text))

    def _complained(self, text: str) -> None:
        if not text.startswith("Failed to load resource: the server responded with a status of 4"):  # the tests ask for some
            self.wrong.append(f"a complaint: {text}")

    def _look(self, url: str, home: str) -> None:
        if not url.startswith((f"{home}/", "data:", "blob:")):
            self.wrong.append(f"asked for {url}")

    def close(self) -> None:
        """Closes all of them."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def watched(chromium_browser: Browser) -> Iterator[Watched]:
    """Browsers whose every request and complaint is looked at, at the end of the test."""
    made = Watched(chromium_browser)
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def seat(watched: Watched, practice: ServedPractice) -> Seat:
    """Somebody at the desk of the busy practice, logged in: `seat("ana")`; a stranger: `seat()`."""
    return lambda login="", **options: seated(watched, practice, login, **options)


def seated(watched: Watched, practice: ServedPractice, login: str = "", **options: object) -> Page:
    """Somebody at the desk of any practice."""
    context = watched.context(practice, **options)
    if login:
        name, secret = practice.cookie(login)
        context.add_cookies([{"name": name, "value": secret, "url": practice.url, "httpOnly": True, "sameSite": "Strict"}])
    return context.new_page()


def hand_in(page: Page, name: str, content: bytes) -> None:
    """A file of this name, by the form on the board."""
    page.get_by_label("Hand in scans").set_input_files([{"name": name, "mimeType": "application/pdf", "buffer": content}])
    page.get_by_role("button", name="Hand in", exact=True).click()
