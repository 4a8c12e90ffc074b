"""The board as the front desk uses it: scans handed in at the page, chores ticked, what is due."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.desk.app import make_app
from pipeline.intake import LeftAlone, NotTaken, candidates, hand_in
from pipeline.settings import InboxSettings
from pipeline.store import tables
from schemas.people import Role
from tests.desk.conftest import Browser, logged_in, opened
from tests.desk.morning import Morning, delivered, held_for_the_birth_date, held_with_a_faulty_copy
from tests.desk.test_screens import page
from tests.workers.inbox import Inbox


def handed(browser: Browser, *files: tuple[str, bytes]) -> Any:
    """Sends the form of the board with these files."""
    return browser.post("/drop", files=[("scans", (name, data, "application/pdf")) for name, data in files])


# ---- handing in ----------------------------------------------------------------------------------------------------------------


def test_files_that_are_handed_in_lie_in_the_inbox_and_are_taken_like_any_other(quiet: Morning) -> None:
    browser = opened(quiet, Role.INTAKE)
    answer = handed(browser, ("scan.pdf", b"%PDF-one"), ("fax.tif", b"II*\0two"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/?handed=2")
    found = {one.name: one.path.read_bytes() for one in candidates(quiet.folder.inbox)}
    assert found == {"scan.pdf": b"%PDF-one", "fax.tif": b"II*\0two"}
    assert "2 files handed in" in page(browser, "/?handed=2").said


def test_a_file_that_is_there_already_is_not_overwritten(quiet: Morning) -> None:
    browser = opened(quiet, Role.INTAKE)
    for data in (b"first", b"second"):
        handed(browser, ("scan.pdf", data))
    inbox = quiet.folder.inbox
    assert [(inbox / name).read_bytes() for name in ("scan.pdf", "scan (2).pdf")] == [b"first", b"second"]


@pytest.mark.parametrize(
    ("name", "there"),
    [("../../etc/passwd", "passwd"), ("C:\\scans\\fax.tif", "fax.tif"), ("a:b?.pdf", "a_b_.pdf"), ("con.pdf", "_con.pdf")],
)
def test_a_name_never_leads_out_of_the_inbox(quiet: Morning, name: str, there: str) -> None:
    assert hand_in(quiet.folder.inbox, name, io.BytesIO(b"x"), 10) == there
    assert [one.name for one in candidates(quiet.folder.inbox)] == [there]


@pytest.mark.parametrize("name", [".hidden.pdf", "~$scan.pdf", "scan.tmp", "Thumbs.db", "  "])
def test_a_name_that_nobody_would_ever_take_is_refused(quiet: Morning, name: str) -> None:
    with pytest.raises(NotTaken, match="another name"):
        hand_in(quiet.folder.inbox, name, io.BytesIO(b"x"), 10)
    assert not list(quiet.folder.inbox.iterdir())


def test_a_file_that_is_too_large_leaves_nothing_behind_and_the_others_are_taken(quiet: Morning) -> None:
    desk = quiet.desk()
    small = desk.settings.model_copy(update={"inbox": InboxSettings(max_megabytes=0.001)})
    object.__setattr__(desk, "settings", small)
    browser = logged_in(make_app(desk), quiet, frozenset({Role.INTAKE}))
    answer = handed(browser, ("large.pdf", b"x" * 1001), ("small.pdf", b"x" * 1000), ("empty.pdf", b""))
    assert answer.status_code == 409
    assert "“large.pdf” is larger than 0.001 MB." in answer.text and "“empty.pdf” is empty." in answer.text
    assert "1 file handed in" in " ".join(answer.text.split())
    assert [one.name for one in quiet.folder.inbox.iterdir()] == ["small.pdf"]


def test_a_file_in_the_making_is_left_alone(quiet: Morning) -> None:
    class Half(io.BytesIO):
        """Looks into the inbox while it is being read."""

        def read(self, size: int | None = -1, /) -> bytes:
            """The next piece."""
            seen.extend(candidates(quiet.folder.inbox))
            return super().read(size)

    seen: list[Any] = []
    hand_in(quiet.folder.inbox, "scan.pdf", Half(b"%PDF-"), 10)
    assert not seen and LeftAlone


def test_nothing_chosen_is_said(quiet: Morning) -> None:
    answer = opened(quiet, Role.INTAKE).post("/drop", data={"x": "y"})
    assert answer.status_code == 409 and "Choose one file or more." in answer.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_only_looks_hands_in_nothing(quiet: Morning, role: Role) -> None:
    browser = opened(quiet, role)
    assert handed(browser, ("scan.pdf", b"%PDF-")).status_code == 403
    assert 'action="/drop"' not in browser.get("/").text and not list(quiet.folder.inbox.iterdir())


# ---- chores --------------------------------------------------------------------------------------------------------------------


def test_a_ticked_chore_says_who_did_it_and_when_and_can_be_taken_back(quiet: Morning) -> None:
    delivered(quiet)
    browser = opened(quiet, Role.INTAKE)
    assert "Chores (2)" in page(browser, "/").said
    assert browser.post("/chores/1", data={"done": "yes"}).headers["location"] == "/#chores"
    assert "Chores (1)" in page(browser, "/").said
    assert "Cancel the cleaning on 4 Dec. Margaret Oyelaran Ms. intake" in page(browser, "/").said
    opened(quiet, Role.REVIEWER).post("/chores/1", data={"done": "yes"})
    with quiet.store.reading() as connection:
        assert connection.scalar(select(tables.chores.c.done_by).where(tables.chores.c.id == 1)) == "Ms. intake"
    browser.post("/chores/1", data={"done": "no"})
    assert "Chores (2)" in page(browser, "/").said


def test_what_was_done_yesterday_is_not_on_the_board(quiet: Morning) -> None:
    delivered(quiet)
    opened(quiet, Role.INTAKE).post("/chores/1", data={"done": "yes"})
    quiet.clock.turn(24 * 3600)
    assert "Cancel the cleaning" not in page(opened(quiet, Role.INTAKE), "/").said


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_only_looks_ticks_nothing(quiet: Morning, role: Role) -> None:
    delivered(quiet)
    browser = opened(quiet, role)
    assert browser.post("/chores/1", data={"done": "yes"}).status_code == 403
    assert 'action="/chores' not in browser.get("/").text


# ---- what is due ---------------------------------------------------------------------------------------------------------------


def test_what_is_due_within_a_week_is_on_the_board_the_nearest_first(quiet: Morning) -> None:
    held_with_a_faulty_copy(quiet)
    quiet.clock.turn(3 * 24 * 3600 - 1800)
    held_for_the_birth_date(quiet)
    delivered(quiet)
    said = page(opened(quiet, Role.INTAKE), "/").said
    assert "Due within a week (2) 2 days overdue Tom Birdinground held tomorrow Daniel Ruiz held" in said


def test_what_is_handed_in_becomes_a_request_with_a_receipt(tmp_path: Any) -> None:
    """From the page to the watcher: no way around its checks."""
    inbox = Inbox(tmp_path)
    hand_in(inbox.folder.inbox, "broken.pdf", io.BytesIO(b"no document at all"), 1000)
    inbox.settle()
    assert inbox.outcomes() == {"returned": 1}
    inbox.close()
