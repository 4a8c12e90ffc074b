"""The access log: what is shown is written down before it is shown, once, and nothing is shown without it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from pipeline.people import accesses
from pipeline.people.accesses import AccessEntry, AccessQuestion
from pipeline.people.administering import Administration
from schemas.people import Role
from tests.desk.conftest import ADDRESS, bearer, opened
from tests.desk.morning import Morning, busy_morning


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """A busy morning for this file alone."""
    return busy_morning(tmp_path_factory.mktemp("witness") / "practice")


def rows(made: Morning, since: int = 0, **asked: str) -> list[AccessEntry]:
    """The oldest first, from after the row `since`."""
    with made.store.reading() as connection:
        found = accesses.ask(connection, AccessQuestion(**asked))  # type: ignore[arg-type]
    return [row for row in found[::-1] if row.id > since]


def last(made: Morning) -> int:
    return max((row.id for row in rows(made)), default=0)


def test_each_page_with_a_patients_data_is_a_row(busy: Morning) -> None:
    reviewer, before = opened(busy, [Role.REVIEWER, Role.AUDITOR]), last(busy)
    for path in ("/", "/queue", "/requests/R-000002", "/log?patient=ruiz", "/log/1", "/log.csv", "/api/requests", "/access"):
        assert reviewer.get(path).status_code == 200
    found = rows(busy, before)
    assert [row.kind for row in found] == [
        *("board", "queue", "request page", "log", "log", "export log", "api requests", "access log"),
    ]
    assert {(row.login, row.outcome, row.address) for row in found} == {("auditor-reviewer", "shown", "testclient")}
    assert (found[2].request_id, found[2].patient_id) == ("R-000002", "1182")
    assert "ruiz" in found[3].detail


def test_pages_about_nobody_are_no_rows(busy: Morning) -> None:
    boss, before = opened(busy, Role.ADMINISTRATOR), last(busy)
    for path in ("/metrics", "/people", "/account", "/alive", "/static/desk.css", "/healthz", "/api/openapi.json"):
        assert boss.get(path).status_code in (200, 204)
    assert rows(busy, before) == []


def test_the_pictures_of_a_request_are_one_row_a_minute(busy: Morning) -> None:
    reviewer, before = opened(busy), last(busy)
    paths = [f"/requests/R-000002/{path}.jpg" for path in ("pages/1/page", "fields/patient.name", "fields/patient.dob")]
    for path in paths:
        assert reviewer.get(path).status_code == 200
    assert [(row.kind, row.request_id) for row in rows(busy, before)] == [("request pictures", "R-000002")]
    busy.clock.turn(61)
    reviewer.get(paths[0])
    assert len(rows(busy, before)) == 2


def test_a_page_that_stays_open_is_one_row_an_hour_and_a_page_opened_anew_is_another(busy: Morning) -> None:
    reviewer, before = opened(busy), last(busy)
    reviewer.get("/")
    for _ in range(10):
        busy.clock.turn(60)
        reviewer.get("/", headers={"X-Desk-Live": "1"})
    assert len(rows(busy, before)) == 1
    reviewer.get("/")
    assert len(rows(busy, before)) == 2
    busy.clock.turn(180)
    reviewer.get("/", headers={"X-Desk-Live": "1"})
    assert len(rows(busy, before)) == 3, "after a gap it was opened anew, whatever it says of itself"


def test_who_says_that_nobody_looks_is_written_down_all_the_same(busy: Morning) -> None:
    reviewer, before = opened(busy), last(busy)
    reviewer.get("/requests/R-000003", headers={"X-Desk-Live": "1"})
    assert [row.request_id for row in rows(busy, before)] == ["R-000003"]


def test_what_was_refused_is_a_row_too(busy: Morning) -> None:
    intake, before = opened(busy, Role.INTAKE), last(busy)
    intake.get("/requests/R-000002")
    intake.get("/requests/R-000002/pages/1/page.jpg")
    opened(busy).get("/requests/R-999999")
    assert [(row.kind, row.outcome) for row in rows(busy, before)] == [
        ("request page", "refused"),
        ("requests", "refused"),
        ("request page", "not there"),
    ]


def test_a_program_is_written_down_by_the_name_of_its_token(busy: Morning) -> None:
    program, before = bearer(busy, Role.AUDITOR, "billing"), last(busy)
    opened(busy).get("/api/queue", headers=program)
    (row,) = rows(busy, before)
    assert (row.login, row.person_id, row.kind) == ("token:billing", None, "api queue")


def test_nothing_is_shown_that_cannot_be_written_down(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = busy_morning(tmp_path_factory.mktemp("full") / "practice")
    reviewer = opened(made)
    with made.store.engine.begin() as connection:
        refusal = "SELECT RAISE(ABORT, 'disk is full')"
        connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON accesses BEGIN {refusal}; END"))
    for path in ("/", "/requests/R-000002", "/requests/R-000002/pages/1/page.jpg", "/api/requests", "/log.csv"):
        answer = reviewer.get(path)
        assert answer.status_code == 503 and "access log cannot be written" in answer.text
        assert "Oyelaran" not in answer.text and not answer.headers["content-type"].startswith("image/")


def test_the_page_answers_who_looked_at_a_patient(busy: Morning) -> None:
    opened(busy).get("/requests/R-000003")
    auditor = opened(busy, Role.AUDITOR)
    page = auditor.get("/access?patient=Ruiz").text
    assert "request page" in page and "reviewer" in page and "/requests/R-000003" in page
    assert "No row answers that" in auditor.get("/access?person=nobody").text
    assert auditor.get("/access?from=tomorrow").status_code == 422
    assert opened(busy).get("/access").status_code == 403


# ---- people, looked after at the desk --------------------------------------------------------------------------------------


def test_an_administrator_adds_changes_and_disables_somebody(quiet: Morning) -> None:
    boss = opened(quiet, Role.ADMINISTRATOR)
    refused = boss.post("/people", data={"login": "bo", "name": "Bo Lind"})
    assert refused.status_code == 422 and "at least one role" in refused.text and 'value="Bo Lind"' in refused.text
    shown = boss.post("/people", data={"login": "bo", "name": "Bo Lind", "roles": ["intake", "reviewer"]})
    assert f"{ADDRESS}/link/" in shown.text and "It is shown only now" in shown.text
    assert "has not chosen a password yet" in boss.get("/people").text
    assert boss.post("/people/2/roles", data={"roles": ["auditor"]}).status_code == 303
    assert "auditor" in boss.get("/people").text
    assert boss.post("/people/2/disable").status_code == 303 and "disabled" in boss.get("/people").text
    assert boss.post("/people/1/disable").status_code == 422, "somebody must be left"
    assert [row.kind for row in rows(quiet, person="administrator")] == ["person added", "roles changed", "person disabled"]


def test_an_administrator_makes_and_revokes_a_token(quiet: Morning) -> None:
    boss = opened(quiet, Role.ADMINISTRATOR)
    shown = boss.post("/tokens", data={"name": "prometheus", "roles": ["auditor"], "days": "30"}).text
    secret = shown.partition('<p class="shown-once"><code>')[2].partition("</code>")[0]
    header = {"Authorization": f"Bearer {secret}"}
    assert secret.startswith("chartrelay_") and boss.get("/metrics", headers=header).status_code == 200
    assert secret not in boss.get("/tokens").text
    assert boss.post("/tokens/prometheus/revoke").status_code == 303
    assert boss.get("/metrics", headers=header).status_code == 401


def test_wrong_tokens_are_slowed_down_and_calls_are_counted(quiet: Morning) -> None:
    browser = opened(quiet)
    wrong = {"Authorization": "Bearer chartrelay_guess"}
    assert [browser.get("/api/queue", headers=wrong).status_code for _ in range(11)] == [401] * 10 + [429]
    quiet.clock.turn(61)
    Administration(quiet.store, "a test").add_token("busy", [Role.AUDITOR], 1)
    assert browser.get("/api/queue", headers=wrong).status_code == 401
    calls = [browser.get("/api/queue").status_code for _ in range(601)]
    assert calls == [200] * 600 + [429]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_more_than_the_desk_takes_is_refused_before_it_is_read(quiet: Morning) -> None:
    boss = opened(quiet, Role.ADMINISTRATOR)
    assert boss.post("/people", data={"login": "x" * 70_000}).status_code == 413
    assert boss.post("/people", content=iter([b"x" * 40_000] * 2), headers=FORM).status_code == 413
