"""The auditor: what left for this patient since January, who decided, and is the log still as it was written?"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Seat
from tests.browser.served import ServedPractice
from tests.stories.commands import chartrelay


def test_an_auditor_finds_what_left_and_who_decided_and_takes_it_away(seat: Seat, practice: ServedPractice) -> None:
    """Patient P0020 asked thirteen months ago, ten months ago and last month; between the first two lies the line."""
    since = (datetime.now(UTC) - timedelta(days=330)).date().isoformat()
    auditor = seat("uma")
    auditor.goto("/log")
    auditor.get_by_label("Search").fill(f"#P0020 delivered since {since}")
    auditor.keyboard.press("Enter")
    rows = auditor.locator("table.log tbody tr")
    expect(rows).to_have_count(2)
    for text in ("delivered", "Margaret Okaforth", "Lakeside Family Dental"):
        expect(rows.first).to_contain_text(text)

    with auditor.expect_download() as taken:
        auditor.get_by_role("link", name="as a table (CSV)").click()
    table = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    exported = list(csv.DictReader(io.StringIO(table)))
    assert {row["request_id"] for row in exported} == {"R-000002", "R-000003"}

    auditor.get_by_role("link", name="R-000002").click()
    expect(auditor.get_by_role("heading", name="Release R-000002")).to_be_visible()
    expect(auditor.locator("main")).to_contain_text("Ben Achterberg")
    expect(auditor.locator("main")).to_contain_text("she showed her license")
    expect(auditor.locator("main")).to_contain_text("reached")
    assert auditor.get_by_role("button", name="Refuse it").count() == 0


@contextmanager
def tampered(practice: ServedPractice, seq: int) -> Iterator[None]:
    """Somebody with full rights on the database makes another name of a recipient; put back at the end."""
    with closing(sqlite3.connect(practice.folder.database, isolation_level=None)) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        [[was]] = database.execute("SELECT recipient FROM log WHERE seq = ?", [seq]).fetchall()
        database.execute("UPDATE log SET recipient = 'Somewhere Else' WHERE seq = ?", [seq])
        try:
            yield
        finally:
            database.execute("UPDATE log SET recipient = ? WHERE seq = ?", [was, seq])
            for _, sql in guards:
                database.execute(sql)


def test_a_row_that_was_tampered_with_is_found_on_the_page_and_by_the_command(seat: Seat, practice: ServedPractice) -> None:
    auditor = seat("uma")
    auditor.goto("/log?q=delivered")
    expect(auditor.locator(".chain")).to_contain_text("all as they were written")
    number = int(auditor.locator("table.log tbody tr").last.get_by_role("link").first.inner_text())
    with tampered(practice, number):
        auditor.get_by_role("button", name="Check again").click()
        expect(auditor.get_by_role("alert")).to_contain_text("The chain is broken")
        expect(auditor.get_by_role("alert")).to_contain_text(str(number))
        checked = chartrelay("log", "verify", home=practice.folder.root)
        assert checked.returncode == 1
        assert str(number) in checked.stdout + checked.stderr
    auditor.get_by_role("button", name="Check again").click()
    expect(auditor.locator(".chain")).to_contain_text("all as they were written")
