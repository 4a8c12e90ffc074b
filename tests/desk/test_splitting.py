"""Splitting by form: the pages of a scan, small, each beside a number; or the patients of one letter by name."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from pipeline.store.states import State
from schemas.decision import DecisionKind
from schemas.disclosure import LogEvent
from schemas.people import Role
from tests.desk.office import DeskOffice, office  # noqa: F401
from tests.desk.test_deciding import decided, held
from tests.stories.made_up import _patient
from tests.workers.small import named
from tests.workers.test_splitting import scanned


def test_the_pages_of_a_scan_are_shown_small_each_with_the_number_of_its_request(office: DeskOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    browser = office.somebody()
    shown = browser.get(f"/requests/{request_id}").text
    assert re.findall(r'type="number" name="page\.(\d)"', shown) == ["1", "2", "3", "4"]
    small = browser.get(f"/requests/{request_id}/pages/4/small.jpg")
    with Image.open(io.BytesIO(small.content)) as picture:
        assert picture.height < 400


def test_what_is_written_under_the_pages_cuts_the_scan_apart(office: DeskOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    browser = office.somebody()
    pages = {"page.1": "1", "page.2": "2", "page.3": "1", "page.4": "0"}
    answer = office.fill_in(browser, request_id, "split", **pages, why="page 4 is a blank back")
    assert answer.status_code == 303
    first, second = office.parts(request_id)
    assert "pages 1, 3 as a request; page 2 as a request; page 4 left out" in decided(office, request_id).details["sentence"]
    shown = browser.get(f"/requests/{request_id}").text
    assert "cut into:" in shown and f"/requests/{first}" in shown and f"/requests/{second}" in shown
    assert "2 requests on one scan" in browser.get("/").text
    assert f'part 2 of <a href="/requests/{request_id}">' in browser.get(f"/requests/{second}").text


def test_a_page_of_which_nothing_is_said_is_asked_for_with_what_was_typed_still_there(office: DeskOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    pages = {"page.1": "1", "page.2": "2", "page.3": "2"}
    answer = office.fill_in(office.somebody(), request_id, "split", **pages, why="two letters")
    assert answer.status_code == 409 and "Say where page 4 belongs" in answer.text
    assert 'name="page.3" min="0" max="50" value="2"' in answer.text and 'value="two letters"' in answer.text
    assert office.state(request_id) is State.HELD and not office.logged(LogEvent.DECIDED, request_id=request_id)


def test_a_scan_of_one_page_is_not_cut(office: DeskOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path, pages=1)
    assert 'id="do-split"' not in office.somebody().get(f"/requests/{request_id}").text


def test_patients_of_one_letter_are_named_with_the_one_who_was_read_among_them(office: DeskOffice) -> None:
    request_id = held(office)
    browser = office.somebody()
    shown = browser.get(f"/requests/{request_id}").text
    assert f'name="name.1" value="{named(_patient(1))}"' in shown
    rows = {f"name.{n}": named(_patient(n)) for n in (1, 2)} | {f"born.{n}": _patient(n)["date_of_birth"] for n in (1, 2)}
    assert office.fill_in(browser, request_id, "family", **rows, why="both names are in the letter").status_code == 303
    office.work()
    assert office.state(request_id) is State.SPLIT and len(office.parts(request_id)) == 2
    assert "a request for each patient" in browser.get(f"/requests/{request_id}").text


def test_a_name_without_a_birth_date_is_asked_for(office: DeskOffice) -> None:
    request_id = held(office)
    rows = {"name.1": "Ann Ruiz", "born.1": "", "name.2": "Ben Ruiz", "born.2": "2012-05-02"}
    answer = office.fill_in(office.somebody(), request_id, "family", **rows, why="both")
    assert answer.status_code == 409 and "Name the day" in answer.text and 'value="Ben Ruiz"' in answer.text


def test_only_reviewers_split(office: DeskOffice, tmp_path: Path) -> None:
    request_id = scanned(office, tmp_path)
    for role in (Role.INTAKE, Role.AUDITOR, Role.ADMINISTRATOR):
        fields = {"way": DecisionKind.SPLIT, "page.1": "1", "page.2": "2", "page.3": "2", "page.4": "2", "why": "x"}
        assert office.somebody(role).post(f"/requests/{request_id}/decide", data=fields).status_code == 403
    assert office.state(request_id) is State.HELD
