"""Every page for everybody: by axe's rules, light and dark, with large text, on a laptop without scrolling sideways."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP

from tests.browser.conftest import Seat, Watched, seated
from tests.browser.practices import PASSWORD
from tests.browser.served import ServedPractice

FAULTY, HOSTILE, MOVING = "R-000012", "R-000014", "R-000015"
PAGES: dict[str, tuple[str, ...]] = {
    "": ("/login", "/login/code", "/queue", "/link/" + "x" * 43),
    "ina": ("/", "/account", "/account/second-factor", "/queue"),
    "ana": (
        "/",
        "/queue",
        "/queue?show=aside",
        "/queue?show=mine",
        "/requests/scan_0216.pdf",
        "/requests/scan_0217.pdf",
        "/requests/scan_0220.pdf",
        f"/requests/{FAULTY}",
        f"/requests/{HOSTILE}",
        f"/requests/{MOVING}",
        "/requests/R-000002",
        "/requests/R-999999",
        "/releases/R-000002/breach",
    ),
    "uma": (
        "/log",
        "/log?q=nobody",
        "/log?q=2026-13-40",
        "/log/1",
        "/log/counts",
        "/log/accounting",
        "/log/accounting?patient=P0020",
        "/releases/R-000002",
        f"/releases/{HOSTILE}",
        "/access",
        "/access?from=nonsense",
    ),
    "ada": ("/people", "/people/1", "/people/6", "/tokens", "/requests/R-000001"),
}
ALL_RULES: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
"""Of all the rules, those that depend on the colours."""


def found_by_axe(page: Page, options: dict[str, Any]) -> list[str]:
    """What is wrong, in words: nothing is let through."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    wrong = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{page.url}: {one['impact']} {one['id']}: {node['html'][:160]}" for one in wrong for node in one["nodes"][:3]]


def sideways(page: Page) -> list[str]:
    """Whether there is more to the right than fits, and what sticks out."""
    told = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("main *, header *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 4).map((e) => e.outerHTML.slice(0, 140))"""
    )
    return [f"{page.url} at {page.viewport_size}: {one}" for one in told]


def opened(page: Page, practice: ServedPractice, place: str) -> None:
    """The page; a request may be called by its file."""
    head, _, file = place.rpartition("/")
    page.goto(f"{head}/{practice.request_of(file)}" if file.endswith(".pdf") else place)
    page.evaluate("document.querySelectorAll('.fresh').forEach((row) => row.classList.remove('fresh'))")


def looked_at(page: Page) -> list[str]:
    """By axe in light and dark; then in a window of half the width, as when everything is shown twice as large."""
    wrong = found_by_axe(page, ALL_RULES) + sideways(page)
    page.emulate_media(color_scheme="dark")
    wrong += found_by_axe(page, COLOURS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 640, "height": 360})
    wrong += sideways(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    return wrong


def test_letters_of_twice_the_size_find_room_on_every_page(large_text: Browser, practice: ServedPractice) -> None:
    watched, wrong = Watched(large_text), []
    for login, places in PAGES.items():
        page = seated(watched, practice, login)
        for place in places:
            opened(page, practice, place)
            wrong += sideways(page)
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "30px"
    watched.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("login", PAGES, ids=lambda login: login or "stranger")
def test_every_page_can_be_used_by_everybody(seat: Seat, practice: ServedPractice, login: str) -> None:
    page = seat(login)
    wrong = []
    for place in PAGES[login]:
        opened(page, practice, place)
        wrong += looked_at(page)
    assert not wrong, "\n".join(wrong)


def test_what_opens_on_a_page_can_be_used_by_everybody(seat: Seat, practice: ServedPractice) -> None:
    """Each form of a held request, the forms of a line of the queue, the keys, the words of the line."""
    page = seat("ana")
    wrong = []
    opened(page, practice, "/requests/scan_0216.pdf")
    for way in page.locator("details.way").all():
        way.locator(":scope > summary").click()
        for inner in way.locator("details > summary").all():
            inner.click()
        wrong += found_by_axe(page, ALL_RULES) + sideways(page)
    page.goto("/queue")
    page.locator("details.row-more summary").last.click()
    page.keyboard.press("Escape")
    page.locator("details.row-more summary").first.click()
    page.locator("#keys summary").click()
    wrong += looked_at(page)
    page.goto("/")
    page.get_by_text("What each station does").click()
    wrong += looked_at(page)
    assert not wrong, "\n".join(wrong)


def test_the_first_start_can_be_mastered_by_everybody(ten_held: ServedPractice, watched: Watched) -> None:
    page = seated(watched, ten_held)
    page.goto(ten_held.first_link())
    expect(page.get_by_role("heading", name="Welcome to Maple Street Family Dentistry")).to_be_visible()
    wrong = looked_at(page)
    page.get_by_label("Your name").fill("Ada Lindqvist")
    page.get_by_label("Login").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    assert not wrong, "\n".join(wrong)


def test_a_second_factor_can_be_set_up_by_everybody(seat: Seat) -> None:
    page = seat("uma")
    page.goto("/account/second-factor")
    page.get_by_label("Six digits").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    wrong = looked_at(page)
    page.get_by_label("Six digits").fill(TOTP(page.locator(".secret").inner_text().replace(" ", "")).now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Keep these codes")).to_be_visible()
    wrong += looked_at(page)
    page.goto("/account")
    wrong += looked_at(page)
    assert not wrong, "\n".join(wrong)


def test_an_invitation_can_be_taken_up_by_everybody(seat: Seat) -> None:
    administrator, guest = seat("ada"), seat()
    administrator.goto("/people")
    administrator.get_by_label("Name").fill("Mo Redfern")
    administrator.get_by_label("Login").fill("mo")
    administrator.get_by_role("checkbox", name="Intake").check()
    administrator.get_by_role("button", name="Make a link").click()
    wrong = looked_at(administrator)
    link = administrator.locator(".shown-once code").inner_text()
    guest.goto("/link/" + link.rpartition("/")[2])
    expect(guest.get_by_role("heading", name="Choose a password, Mo Redfern")).to_be_visible()
    wrong += looked_at(guest)
    guest.get_by_label("Password").fill("short")
    guest.get_by_label("The same again").fill("short")
    guest.keyboard.press("Enter")
    expect(guest.get_by_role("alert")).to_be_visible()
    wrong += looked_at(guest)
    assert not wrong, "\n".join(wrong)


def test_the_tab_key_shows_where_it_is_and_skips_to_the_content(seat: Seat) -> None:
    page = seat("ana")
    page.goto("/queue")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.activeElement.closest('main') !== null")
    assert inside and page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
