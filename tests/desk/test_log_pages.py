"""The auditor's pages: one line, one release, what is taken away."""

from __future__ import annotations

import io
import json

import pdfplumber
import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from pipeline.log.chain import Note
from pipeline.log.heads import Head, Proof, faults, read
from pipeline.log.signing import signer
from pipeline.store.tables import facts
from pipeline.store.times import stamp
from schemas.disclosure import LogEvent
from schemas.people import Role
from tests.desk.conftest import opened
from tests.desk.morning import EVIL, Morning
from tests.desk.test_screens import page

SENT = "R-000002"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("oyelaran delivered", "1 entry"),
        ("ruiz", "1 entry"),
        ("to lakeside reached", "1 entry"),
        (SENT, "6 entries"),
        ("nobody", "No entry"),
    ],
)
def test_one_line_answers(browser: TestClient, line: str, found: str) -> None:
    assert found in page(browser, f"/log?q={line.replace(' ', '+')}").said


def test_a_line_that_cannot_be_answered_says_why(browser: TestClient) -> None:
    answer = browser.get("/log?q=2026-02-30")
    assert answer.status_code == 422
    assert "There is no day “2026-02-30”." in answer.text


def test_pages_are_turned_and_exports_hold_all(quiet: Morning) -> None:
    with quiet.store.unit() as unit:
        unit.log(None, [Note(LogEvent.HELD, "match", patient="Ana Ruiz") for _ in range(230)])
    auditor = opened(quiet, Role.AUDITOR)
    first = page(auditor, "/log?q=ruiz")
    assert "100 entries, the newest; the exports hold all" in first.said
    (further,) = [link for link in first.links if "behind=" in link]
    assert "100 entries, before number 131" in page(auditor, further).said
    assert "30 entries, before number 31" in page(auditor, "/log?q=ruiz&behind=31").said
    assert len(auditor.get("/log.csv?q=ruiz&behind=31").text.splitlines()) == 231


def test_a_long_log_is_checked_at_its_end(quiet: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.desk.log_page.CHECKED_WHOLE", 20)
    with quiet.store.unit() as unit:
        unit.log(None, [Note(LogEvent.HELD, "match") for _ in range(30)])
    auditor = opened(quiet, Role.AUDITOR)
    assert "29 to 30 are as they were written" in page(auditor, "/log").said


def test_the_chain_is_checked_again_when_somebody_presses_the_button(quiet: Morning) -> None:
    auditor = opened(quiet, Role.AUDITOR)
    with quiet.store.unit() as unit:
        unit.log(None, [Note(LogEvent.HELD, "match")])
    assert "1 entry, all as they were written" in page(auditor, "/log").said
    with quiet.store.unit() as unit:
        unit.log(None, [Note(LogEvent.HELD, "match")])
    assert "1 entry, all as they were written" in page(auditor, "/log").said, "once a minute"
    assert auditor.post("/log/check").headers["location"] == "/log"
    assert "2 entries, all as they were written" in page(auditor, "/log").said


def test_a_release_shows_what_left_and_why(browser: TestClient) -> None:
    said = page(browser, f"/releases/{SENT}").said
    for part in (
        "bw-2025-03.png",
        f"{1:064x}",
        "Lakeside Family Dental",
        "reached",
        "What left, hash by hash",
        "In the delivery log",
    ):
        assert part in said
    assert browser.get("/releases/R-999999").status_code == 404
    assert "Nothing has left" in page(browser, "/releases/R-000003").said


def test_a_release_is_taken_away_whole(browser: TestClient) -> None:
    whole = browser.get(f"/releases/{SENT}/all.json").json()
    assert whole["request"] == SENT and len(whole["entries"]) == 6 and whole["receipt"]["proof"] == "reached"
    with pdfplumber.open(io.BytesIO(browser.get(f"/releases/{SENT}/all.pdf").content)) as pdf:
        text = "\n".join(each.extract_text() for each in pdf.pages)
    assert f"Release {SENT}" in text and f"{1:064x}"[:30] in text and "Seen there" in text


def test_a_release_whose_papers_disagree_says_so(quiet: Morning) -> None:
    request = quiet.drop("scan.pdf", b"%PDF-")
    with quiet.store.unit() as unit:
        unit.log(
            request,
            [Note(LogEvent.DELIVERED, "deliver", details={"items": [{"file": "x", "kind": "notes", "pages": 1, "sha256": "a"}]})],
        )
        row = {"request_id": request, "sha256": "ab" * 32, "kind": "release", "version": 1, "body": "{}", "at": stamp(unit.at)}
        unit.connection.execute(insert(facts).values(row))
    assert "cannot be believed" in page(opened(quiet, Role.AUDITOR), f"/releases/{request}").said


def test_head_and_proof_of_the_desk_hold(browser: TestClient, morning: Morning) -> None:
    key = signer(morning.desk().folder.var).public
    head = read(Head, browser.get("/log/head.json").text)
    assert head.size == 16 and head.fault(key) == ""
    proof = read(Proof, browser.get("/log/5/proof.json").text)
    assert proof.entry["seq"] == 5 and faults(proof, key) == []
    assert browser.get("/log/17/proof.json").status_code == 404


def test_the_log_goes_onto_paper(browser: TestClient) -> None:
    with pdfplumber.open(io.BytesIO(browser.get("/log.pdf?q=oyelaran").content)) as pdf:
        text = "\n".join(each.extract_text() for each in pdf.pages)
    assert "Delivery log" in text and "5 entries, asked for: oyelaran" in text and "Ruiz" not in text


def test_counts_show_their_differences(browser: TestClient) -> None:
    said = page(browser, "/log/counts").said
    assert "files in" in said and "pages gathered" in said and "sends" in said
    assert browser.get("/log/counts?from=tomorrow").status_code == 422


def test_the_accounting_is_shown_and_taken_away(quiet: Morning) -> None:
    told = {"items": [{"kind": "notes", "pages": 2}], "purpose": EVIL, "recipient_address": "1 Court Sq"}
    with quiet.store.unit() as unit:
        unit.log(None, [Note(LogEvent.DELIVERED, "deliver", "7", "Ana Ruiz", "County Court", True, told)])
    auditor = opened(quiet, Role.AUDITOR)
    assert "Whose?" in page(auditor, "/log/accounting").said
    assert "Nothing to account for" in page(auditor, "/log/accounting?patient=8").said
    said = page(auditor, "/log/accounting?patient=7").said
    assert "County Court" in said and "1 Court Sq" in said and "1 × notes; 2 pages" in said
    assert auditor.get("/log/accounting.json?patient=7").json()[0]["recipient"] == "County Court"
    assert "County Court" in auditor.get("/log/accounting.csv?patient=7").text
    with pdfplumber.open(io.BytesIO(auditor.get("/log/accounting.pdf?patient=7").content)) as pdf:
        assert "County Court" in pdf.pages[0].extract_text()


def test_only_who_may_take_away_takes_away(morning: Morning) -> None:
    intake = opened(morning, Role.INTAKE)
    for path in (
        "/log",
        "/log.pdf",
        "/log/head.json",
        "/log/1/proof.json",
        f"/releases/{SENT}",
        "/log/counts",
        "/log/accounting",
    ):
        assert intake.get(path).status_code == 403, path
    assert json.loads(opened(morning, Role.AUDITOR).get(f"/releases/{SENT}/all.json").text)
