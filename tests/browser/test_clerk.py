"""The front desk: a clerk logs in, drops a file, and watches it leave."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import expect

from schemas.release import StationName
from tests.browser.conftest import Seat, hand_in
from tests.browser.practices import PASSWORD
from tests.browser.served import ServedPractice
from tests.stories.made_up import request_pdf


def test_a_clerk_logs_in_drops_a_file_and_watches_it_leave(seat: Seat, practice: ServedPractice) -> None:
    clerk = seat()
    clerk.goto("/")
    expect(clerk.get_by_role("heading", name="Log in")).to_be_visible()
    clerk.get_by_label("Login").fill("ina")
    clerk.get_by_label("Password").fill(PASSWORD)
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("heading", name="Today")).to_be_visible()
    expect(clerk.get_by_role("navigation", name="Pages").get_by_role("link")).to_have_text(["Board"])

    hand_in(clerk, "from the scanner.pdf", request_pdf(21, date.today()))
    expect(clerk.get_by_text("1 file handed in")).to_be_visible()

    practice.the_line_runs([StationName.READ])
    row = clerk.get_by_role("row").filter(has_text="from the scanner.pdf")
    expect(row).to_contain_text("finding the patient and the destination")
    expect(row.get_by_role("progressbar")).to_be_visible()

    practice.the_line_runs()
    expect(row).to_contain_text("delivered")
    expect(row).to_contain_text(re.compile("Daniel Okaforth.*Summit Dental Partners"))
    expect(row).to_contain_text("proof: reached")
    expect(clerk.locator("#counts")).to_contain_text("accounted for")
    assert clerk.get_by_role("link", name="from the scanner.pdf").count() == 0, "intake sees no request"


def test_a_file_that_is_no_document_comes_back_with_a_sentence(seat: Seat, practice: ServedPractice) -> None:
    clerk = seat("ina")
    clerk.goto("/")
    clerk.get_by_label("Hand in scans").set_input_files(
        [{"name": "voicemail.pdf", "mimeType": "audio/wav", "buffer": b"RIFF" * 40}]
    )
    clerk.get_by_role("button", name="Hand in", exact=True).click()
    practice.the_line_runs()
    row = clerk.get_by_role("row").filter(has_text="voicemail.pdf")
    expect(row).to_contain_text("returned")


def test_a_chore_is_ticked_and_can_be_taken_back(seat: Seat) -> None:
    clerk = seat("ina")
    clerk.goto("/")
    chore = clerk.get_by_role("listitem").filter(has_text="Cancel the cleaning")
    chore.get_by_role("button", name="Done").click()
    expect(chore).to_contain_text("Ina Wells")
    chore.get_by_role("button", name="Not done after all").click()
    expect(chore).not_to_contain_text("Ina Wells")
