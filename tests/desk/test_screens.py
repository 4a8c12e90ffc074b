"""The screens: each answers its question, says what an empty one will show, and lets no word of a scan become code."""

import io
import re
from html.parser import HTMLParser

import pytest
from PIL import Image
from sqlalchemy import text
from starlette.testclient import TestClient

from pipeline.errors import Retryable
from pipeline.line.broker import Depth
from pipeline.store.states import State
from schemas.release import StationName
from tests.desk.conftest import opened
from tests.desk.morning import EVIL, Morning, delivered, held_for_the_birth_date

DONE, RUIZ, FAULTY, HOSTILE = "R-000002", "R-000003", "R-000001", "R-000004"
PAGES = ("/", "/queue", "/log", "/log/1", *(f"/requests/R-00000{n}" for n in range(1, 7)))


class Words(HTMLParser):
    """The words of a page, and the tags and attributes that a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self._said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes it."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_data(self, data: str) -> None:
        """Notes it."""
        self._said.append(data)

    @property
    def said(self) -> str:
        """In one line."""
        return re.sub(r"\s+", " ", " ".join(self._said))


def page(browser: TestClient, path: str) -> Words:
    """The page at `path`, which must be there."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return Words(answer.text)


# ---- the board ---------------------------------------------------------------------------------------------------------


def test_the_board_says_where_every_file_of_today_is(browser: TestClient) -> None:
    said = page(browser, "/").said
    assert re.search(r"scan_0231.pdf 2 Margaret Oyelaran → Lakeside Family Dental delivered \d\d:\d\d, proof: reached", said)
    assert "held: The birth date on the form (03/14/87) is not the one in the chart (04/13/87)." in said
    assert "returned: The file breaks off before its end, so pages or parts of pages may be missing. Scan it again." in said
    assert "repeated: The same scan is R-000002 already." in said
    assert "copying 12 records" in said


def test_the_counts_of_today_account_for_every_file(browser: TestClient) -> None:
    said = page(browser, "/").said
    counts = [int(n) for n in re.findall(r"(?:dropped|reading|held|on the way|delivered|repeated|returned) (\d+)", said)[:7]]
    assert counts[0] == 7 and sum(counts[1:]) == 7
    assert "All 7 files are accounted for." in said


def test_a_scan_of_several_patients_is_one_file_and_a_line_for_each_of_them(quiet: Morning) -> None:
    letter = quiet.drop("family.pdf", b"%PDF-1")
    with quiet.store.unit() as unit:
        parts = [unit.part(letter, number) for number in (1, 2, 3)]
    quiet.move(letter, StationName.MATCH, State.SPLIT)
    for part, state in zip(parts, (State.CLOSED, State.HELD, State.HELD), strict=True):
        quiet.move(part, StationName.MATCH, state)
    browser = opened(quiet)
    said = page(browser, "/").said
    assert "3 patients on one scan: 2 held, 1 delivered" in said
    assert said.count("family.pdf") == 4
    assert "The one file is accounted for." in said
    assert "part 2 of R-000001" in page(browser, f"/requests/{parts[1]}").said


def test_a_file_whose_request_is_lost_is_counted_as_unaccounted_for(quiet: Morning) -> None:
    quiet.drop("scan.pdf", b"%PDF-")
    with quiet.store.unit() as unit:
        unit.connection.execute(text("UPDATE arrivals SET request_id = 'R-000099'"))
    assert "1 file not accounted for." in page(opened(quiet), "/").said


def test_what_is_left_from_days_before_is_listed_until_it_is_finished(browser: TestClient, morning: Morning) -> None:
    said = page(browser, "/").said
    assert "From days before, not finished" in said and "fax_118.pdf" in said
    assert "Oldest waiting: 2 days." in said


def test_the_line_shows_what_waits_what_is_at_work_and_what_is_held(browser: TestClient) -> None:
    said = page(browser, "/").said
    assert "Read waiting 2 at work 1 held 0" in said
    assert "Match waiting 0 at work 0 held 2" in said


def test_requests_that_stand_still_are_on_the_board_and_those_that_rest_are_not(quiet: Morning) -> None:
    held_for_the_birth_date(quiet)
    delivered(quiet)
    stuck = quiet.drop("scan.pdf", b"%PDF-")
    quiet.clock.turn(3500)
    assert "stood still" not in page(opened(quiet), "/").said
    quiet.clock.turn(101)
    said = page(opened(quiet), "/")
    assert f"1 request has stood still for more than an hour: {stuck} ." in said.said
    assert f"/requests/{stuck}" in said.links
    other = quiet.drop("other.pdf", b"%PDF-1.7")
    quiet.clock.turn(3601)
    assert f"2 requests have stood still for more than an hour: {stuck} , {other} ." in page(opened(quiet), "/").said


def test_open_chores_are_on_the_board(browser: TestClient) -> None:
    assert "Cancel the cleaning on 4 Dec. Margaret Oyelaran" in page(browser, "/").said


def test_an_empty_board_says_what_will_appear_and_how(quiet: Morning) -> None:
    said = page(opened(quiet), "/").said
    assert "Nothing has come in yet" in said
    assert str(quiet.folder.inbox.resolve()) in said


def test_a_broker_that_is_away_is_said_and_does_not_blank_the_board(quiet: Morning) -> None:
    quiet.drop("scan.pdf", b"%PDF-")
    desk = quiet.desk()

    def away() -> dict[StationName, Depth]:
        raise Retryable("the broker is away")

    object.__setattr__(desk, "depths", away)
    quiet.desk = lambda host="127.0.0.1": desk  # type: ignore[method-assign]
    said = page(opened(quiet), "/").said
    assert "The queues cannot be reached" in said and "scan.pdf" in said


def test_the_browser_is_told_when_nothing_is_new(quiet: Morning) -> None:
    browser = opened(quiet)
    etag = browser.get("/").headers["etag"]
    assert browser.get("/", headers={"If-None-Match": etag}).status_code == 304
    quiet.drop("scan.pdf", b"%PDF-")
    fresh = browser.get("/", headers={"If-None-Match": etag})
    assert fresh.status_code == 200 and "scan.pdf" in fresh.text


# ---- the exception queue -------------------------------------------------------------------------------------------------


def test_the_queue_lists_the_most_pressing_first_with_due_patient_why_age_and_station(browser: TestClient) -> None:
    said = page(browser, "/queue").said
    overdue = "2 days overdue Tom Birdinground fax_118.pdf Page 3 of “notes-2024.pdf” is not in the copy. and 1 more 2 days Claim"
    tomorrow = "tomorrow Daniel Ruiz scan_0232.pdf The birth date on the form (03/14/87) is not the one in the chart (04/13/87)."
    assert said.index(overdue) < said.index(tomorrow)
    assert "1 overdue 0 due today 1 in the next seven days 3 in all" in said


def test_the_queue_can_be_filtered_by_reason(browser: TestClient) -> None:
    said = page(browser, "/queue?reason=copy_faulty").said
    assert "Birdinground" in said and "Ruiz" not in said
    assert browser.get("/queue?reason=no-such-reason").status_code == 422


def test_an_empty_queue_says_what_will_appear(quiet: Morning) -> None:
    assert "Nothing waits for a person" in page(opened(quiet), "/queue").said


# ---- one request -----------------------------------------------------------------------------------------------------------


def test_a_held_request_says_why_what_would_settle_it_and_what_one_may_do(browser: TestClient) -> None:
    said = page(browser, f"/requests/{RUIZ}").said
    assert "The birth date on the form (03/14/87) is not the one in the chart (04/13/87)." in said
    assert "Ask the patient which one is right." in said and "45 CFR 164.514(h)" in said
    assert f"chartrelay decide {RUIZ} withdraw --who NAME --why TEXT" in said


def test_what_was_read_stands_beside_what_the_chart_has(browser: TestClient) -> None:
    said = page(browser, f"/requests/{RUIZ}").said
    assert "Birth date 1987-03-14 not the same: ≠ 1987-04-13 0.97" in said
    assert "Street 240 Cedar St the same: = 240 Cedar St 0.97" in said
    assert (
        "for name, phone against birth date: another month of the same year (1987-03-14 on the request, 1987-04-13 in the chart)"
        in said
    )


def test_a_patient_who_came_close_is_named_as_a_guess(quiet: Morning) -> None:
    request_id = held_for_the_birth_date(quiet, known=False)
    browser = opened(quiet)
    assert "Perhaps Daniel Ruiz" in page(browser, f"/requests/{request_id}").said
    assert "(not known yet)" in page(browser, "/queue").said


def test_each_field_has_its_place_on_the_page(browser: TestClient) -> None:
    shown = browser.get(f"/requests/{RUIZ}").text
    assert 'id="at-patient.dob"' in shown and 'href="#at-patient.dob"' in shown
    assert re.search(r'class="place finding" data-key="finding-\d+-0" x="0\.1', shown)


def test_a_delivered_request_shows_its_basis_its_set_its_check_and_its_proof(browser: TestClient) -> None:
    said = page(browser, f"/requests/{DONE}").said
    assert "Basis The patient directs a copy to Lakeside Family Dental" in said
    assert "3 records, 6 pages, from folder" in said and "withheld: billing was not asked for" in said
    assert "6 pages of 3 records compared with the originals" in said
    assert "All 4 files were read back" in said and "records.pdf" in said
    assert "overdue" not in said


def test_pages_in_findings_about_the_copy_are_not_drawn_on_the_scan(browser: TestClient) -> None:
    assert 'class="place finding"' not in browser.get(f"/requests/{FAULTY}").text


def test_a_request_that_is_not_read_yet_says_what_will_appear(browser: TestClient) -> None:
    assert "Nothing yet: the scan is still to be read." in page(browser, "/requests/R-000006").said


def test_a_scan_that_cannot_be_drawn_leaves_the_rest_of_the_page(quiet: Morning) -> None:
    request_id = quiet.drop("broken.pdf", b"%PDF-1.7 and no more")
    assert "The scan cannot be shown." in page(opened(quiet), f"/requests/{request_id}").said


@pytest.mark.parametrize("request_id", ["R-999999", "R-1", "R-00000x", "..%2f..%2fetc", "R-0000001%00", "r-000001"])
def test_a_request_that_is_not_there_is_not_found(browser: TestClient, request_id: str) -> None:
    assert browser.get(f"/requests/{request_id}").status_code in (404, 422)


# ---- pictures --------------------------------------------------------------------------------------------------------------


def test_a_page_of_the_scan_comes_in_two_sizes(browser: TestClient) -> None:
    small, large = (_picture(browser, f"/requests/{RUIZ}/pages/1/{size}.jpg") for size in ("page", "large"))
    assert small.size == (1020, 1320)
    assert large.width > small.width


def test_a_field_is_cut_out_of_its_page(browser: TestClient) -> None:
    cut = _picture(browser, f"/requests/{RUIZ}/fields/patient.dob.jpg")
    whole = _picture(browser, f"/requests/{RUIZ}/pages/1/page.jpg")
    assert cut.width < whole.width / 3 and cut.height < whole.height / 20
    assert min(cut.convert("L").tobytes()) < 120 < max(cut.convert("L").tobytes())


def test_a_picture_is_sent_once_and_asked_for_each_time(browser: TestClient) -> None:
    first = browser.get(f"/requests/{RUIZ}/pages/1/page.jpg")
    assert first.headers["cache-control"] == "private, no-cache"
    again = browser.get(f"/requests/{RUIZ}/pages/1/page.jpg", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content


NO_PICTURES = ("pages/0/page", "pages/2/page", "pages/1/huge", "pages/x/page", "fields/patient.ssn_last4", "fields/x")


@pytest.mark.parametrize("place", NO_PICTURES)
def test_a_picture_that_is_not_there_is_not_found(browser: TestClient, place: str) -> None:
    assert browser.get(f"/requests/{RUIZ}/{place}.jpg").status_code in (404, 422)


def test_the_picture_of_a_fault_is_shown_under_its_own_request_only(browser: TestClient) -> None:
    (address,) = {link for link in page(browser, f"/requests/{FAULTY}").links if link.endswith(".png")}
    assert _picture(browser, address).size == (900, 420)
    assert browser.get(address.replace(FAULTY, DONE)).status_code == 404


def test_nothing_else_of_the_vault_is_shown(browser: TestClient, morning: Morning) -> None:
    scan = morning.store.request(FAULTY)
    assert scan is not None and morning.vault.has(scan.scan)
    assert browser.get(f"/requests/{FAULTY}/pictures/{scan.scan}.png").status_code == 404
    assert browser.get(f"/requests/{FAULTY}/pictures/{'A' * 64}.png").status_code == 422


def _picture(browser: TestClient, path: str) -> Image.Image:
    answer = browser.get(path)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content))


# ---- the delivery log --------------------------------------------------------------------------------------------------------


def test_the_log_says_that_the_chain_was_checked(browser: TestClient) -> None:
    assert re.search(r"Chain checked .*: 16 entries, all as they were written. Head [0-9a-f]{64}", page(browser, "/log").said)


def test_a_changed_entry_is_seen(quiet: Morning) -> None:
    quiet.drop("scan.pdf", b"%PDF-")
    with quiet.store.unit() as unit:
        for (trigger,) in unit.connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            unit.connection.execute(text(f"DROP TRIGGER {trigger}"))
        unit.connection.execute(text("UPDATE log SET actor = 'somebody else'"))
    said = page(opened(quiet), "/log").said
    assert "The chain is broken. Entry 1 was changed after it was written." in said


@pytest.mark.parametrize(
    ("question", "found", "left_out"),
    [
        ("patient=OYELaran", "5 entries", "Ruiz"),
        ("patient=ruiz", "1 entry", "Oyelaran"),
        ("patient=1182&event=delivered", "1 entry", "Ruiz"),
        ("recipient=lakeside", "5 entries", "Ruiz"),
        ("from=2026-11-22", "14 entries", "fax_118"),
        ("to=2026-11-21", "2 entries", "Oyelaran"),
        ("request=r-000003", "2 entries", "Oyelaran"),
    ],
)
def test_the_log_answers_who_where_when_and_what(browser: TestClient, question: str, found: str, left_out: str) -> None:
    said = page(browser, f"/log?{question}").said
    assert found in said
    assert left_out not in said


def test_a_form_that_was_sent_empty_asks_nothing(browser: TestClient) -> None:
    assert "16 entries" in page(browser, "/log?patient=&recipient=&from=&to=&event=&request=").said


def test_a_date_that_is_none_is_explained_beside_the_form(browser: TestClient) -> None:
    answer = browser.get("/log?from=tomorrow")
    assert answer.status_code == 422
    assert "“tomorrow” is no date; write it as 2026-11-23." in answer.text


def test_an_entry_opens_to_its_details_with_hashes(browser: TestClient) -> None:
    delivered = page(browser, "/log?event=delivered")
    (address,) = {link for link in delivered.links if re.fullmatch(r"/log/\d+", link)}
    said = page(browser, address).said
    assert "bw-2025-03.png" in said and f"{1:064x}" in said
    assert re.search(r"Hash before [0-9a-f]{64} Its own hash [0-9a-f]{64}", said)


def test_the_export_holds_the_same_answers_and_no_formulas(browser: TestClient) -> None:
    table = browser.get("/log.csv?request=R-000004").text
    assert len(table.strip().splitlines()) == 4
    assert ",'=1+1," in table and ",=" not in table
    assert [entry["request_id"] for entry in browser.get("/log.json?request=R-000004").json()] == ["R-000004"] * 3
    assert browser.get("/log.csv?from=tomorrow").status_code == 422


# ---- on every page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/log?patient=%3Cscript%3Ealert(1)%3C/script%3E"])
def test_words_from_outside_never_become_code(browser: TestClient, path: str) -> None:
    shown = browser.get(path).text
    assert "<script>" not in shown and "<img src=x" not in shown
    seen = Words(shown)
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert seen.attributes.isdisjoint({"style"}) and seen.tags.isdisjoint({"style", "iframe", "object", "base"})


def test_hostile_words_are_still_shown_as_words(browser: TestClient) -> None:
    assert f"Nobody in the roster is called {EVIL}." in page(browser, f"/requests/{HOSTILE}").said


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_else_for_anything(browser: TestClient, path: str) -> None:
    links = page(browser, path).links
    assert links and all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(browser: TestClient, path: str) -> None:
    shown = browser.get(path).text
    for link in set(Words(shown).links):
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in shown, link
        else:
            assert browser.get(link, follow_redirects=True).status_code == 200, link


def test_every_state_has_its_place_on_the_board(quiet: Morning) -> None:
    for number, state in enumerate(State):
        request_id = quiet.drop(f"scan-{state}.pdf", f"%PDF-{number}".encode())
        quiet.move(request_id, StationName.MATCH, state)
    said = page(opened(quiet), "/").said
    assert f"All {len(State)} files are accounted for." in said
    assert all(f"scan-{state}.pdf" in said for state in State)
