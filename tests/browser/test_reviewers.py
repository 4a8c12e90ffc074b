"""The records team: ten held requests by keyboard alone, and two people at the same one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from pipeline.store.states import State
from tests.browser.conftest import Seat, Watched, seated
from tests.browser.served import ServedPractice

MANUAL = Path(__file__).parents[2] / "docs" / "manual" / "records-team.md"
MOST_KEYS = 60
"""For ten requests, from the queue to the empty queue; what is typed as a reason comes on top."""


@dataclass
class Keys:
    """Two hands at the keyboard, and how often they pressed."""

    page: Page
    pressed: list[str] = field(default_factory=list)
    typed: str = ""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed.append(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.typed += text

    def go(self, key: str) -> None:
        """A key that leads to another page."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.press(key)

    def open(self, way: str) -> None:
        """The digit that stands before a decision."""
        digit = self.page.locator(f"#do-{way}").get_attribute("data-digit")
        assert digit
        self.press(digit)


def settle(keys: Keys) -> None:
    """Decides on the request that is shown, as what it is held for asks."""
    why = keys.page.locator("section.why .finding").first.inner_text()
    if "Birth date" in why:
        keys.open("patient")
        keys.press("Space", "Tab")
        keys.type("she showed her license")
    elif "fax number" in why:
        keys.open("destination")
        keys.press("ArrowDown", "Tab")
        keys.type("(555) 010-0101")
    elif "ends with an event" in why:
        keys.open("accept")
        keys.press("Space", "Tab")
        keys.type("is still treated")
    else:
        assert "certain that the request is signed" in why
        keys.open("correct")
        keys.press("Tab", "Tab", "ArrowDown", "Tab")
    keys.go("Enter")


def test_a_reviewer_clears_ten_held_requests_by_keyboard_alone(ten_held: ServedPractice, watched: Watched) -> None:
    page = seated(watched, ten_held, "ana")
    page.goto("/queue")
    expect(page.locator("#held tr")).to_have_count(10)
    keys = Keys(page)
    keys.press("j")
    keys.go("Enter")
    for _ in range(10):
        settle(keys)
        expect(page.locator(".standing")).not_to_contain_text("held")
        keys.go("n")
    expect(page.get_by_role("heading", name="Nothing waits for a person")).to_be_visible()

    assert len(keys.pressed) <= MOST_KEYS
    said = re.search(r"(\d+) keys.*?(\d+) letters", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    assert said and (int(said[1]), int(said[2])) == (len(keys.pressed), len(keys.typed)), (len(keys.pressed), len(keys.typed))
    ten_held.the_line_runs()
    assert {ten_held.state(f"R-{number:06d}") for number in range(1, 11)} == {State.CLOSED}


def test_what_one_has_claimed_the_other_cannot_decide(seat: Seat, practice: ServedPractice) -> None:
    request_id = practice.request_of("scan_0213.pdf")
    ana, ben = seat("ana"), seat("ben")
    for one in (ana, ben):
        one.goto(f"/requests/{request_id}")
    ana.keyboard.press("c")
    expect(ana.locator(".claim")).to_contain_text("You work on it until")

    ben.locator("summary", has_text="It is refused").click()
    ben.get_by_label("Why it is refused").fill("nobody answers")
    ben.get_by_role("button", name="Refuse it").click()
    expect(ben.get_by_role("alert")).to_contain_text("Ana Gomez")
    expect(ben.get_by_label("Why it is refused")).to_have_value("nobody answers")
    expect(ben.locator(".claim")).to_contain_text("Ana Gomez works on it until")
    expect(ben.get_by_role("button", name="Claim")).to_have_count(0)
    assert practice.state(request_id) is State.HELD

    ben.goto("/queue")
    expect(ben.locator(f"#held-{request_id}")).to_contain_text("Ana Gomez, until")
    expect(ana.locator("section.why")).to_contain_text("Birth date")


def test_the_first_of_two_decisions_holds_and_the_second_is_told(seat: Seat, practice: ServedPractice) -> None:
    request_id = practice.request_of("scan_0214.pdf")
    ana, ben = seat("ana"), seat("ben")
    for one in (ana, ben):
        one.goto(f"/requests/{request_id}")
        one.locator("summary", has_text="It ends here").click()
        one.get_by_label("Why it ends").fill("the patient called")
    ben.get_by_role("button", name="End it").click()
    expect(ben.locator(".standing")).to_contain_text("withdrawn")
    ana.get_by_role("button", name="End it").click()
    expect(ana.get_by_role("alert")).to_contain_text("withdrawn already")
    expect(ana.locator(".timeline")).to_contain_text("Ben Achterberg")
    assert practice.state(request_id) is State.WITHDRAWN
