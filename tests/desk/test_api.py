"""The API and the pages for machines: the shapes of the commands' `--json`, an OpenAPI document that keeps its word."""

import json
import re
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from pipeline.desk.app import AddressError, make_app, serve
from pipeline.desk.metrics import Attempts
from pipeline.desk.shapes import log_csv, log_object, queue_object, request_object
from pipeline.errors import Retryable
from pipeline.line.broker import Depth
from pipeline.log.questions import Question, ask
from pipeline.reviewing.holds import open_holds
from pipeline.store import views
from pipeline.store.states import State
from schemas.people import Role
from schemas.release import StationName
from tests.desk.conftest import ADDRESS, bearer, opened
from tests.desk.morning import Morning

REQUEST = {
    *("id", "file", "received_at", "state", "patient_id", "patient", "destination", "pathway"),
    *("held", "due", "delivered_at", "items", "pages", "proof", "parent", "part"),
}


def test_a_request_is_the_object_that_the_command_prints(browser: TestClient, morning: Morning) -> None:
    listed = browser.get("/api/requests").json()
    with morning.store.reading() as connection:
        holds = open_holds(connection)
        rows = views.requests(connection)
        printed = [request_object(row, [h for h in holds if h.request_id == row["id"]]) for row in rows]
    assert listed == printed == json.loads(json.dumps(printed))
    assert [set(one) for one in listed] == [REQUEST] * 6
    (delivered,) = (one for one in listed if one["id"] == "R-000002")
    assert delivered["destination"] == {"name": "Lakeside Family Dental", "channel": "folder", "address": "lakeside"}
    assert (delivered["state"], delivered["proof"], delivered["items"], delivered["pages"]) == ("closed", "reached", 3, 6)
    assert delivered["held"] == []
    (held,) = (one for one in listed if one["id"] == "R-000003")
    sentence = "The birth date on the form (03/14/87) is not the one in the chart (04/13/87)."
    assert held["held"] == [{"reason": "patient_differs", "sentence": sentence}]


def test_the_queue_is_the_object_that_the_command_prints(browser: TestClient, morning: Morning) -> None:
    listed = browser.get("/api/queue").json()
    with morning.store.reading() as connection:
        rows = {row["id"]: row for row in views.requests(connection)}
        printed = [queue_object(rows[hold.request_id], hold) for hold in open_holds(connection)]
    assert listed == printed
    assert [set(one) for one in listed] == [REQUEST | {"may", "station", "since", "hold"}] * 3
    (ruiz,) = (one for one in listed if one["id"] == "R-000003")
    assert [may["do"] for may in ruiz["may"]] == ["patient", "correct", "split", "ask_second", "try_again", "reject", "withdraw"]
    assert ruiz["station"] == "match"
    (finding,) = ruiz["held"]
    assert finding["cure"].startswith("Ask the patient") and finding["page"] == 1 and len(finding["box"]) == 4


def test_the_log_is_the_object_that_the_command_prints(browser: TestClient, morning: Morning) -> None:
    listed = browser.get("/api/log", params={"patient": "ruiz"}).json()
    with morning.store.reading() as connection:
        assert listed == [log_object(entry) for entry in ask(connection, Question(patient="ruiz"))]
    assert [entry["event"] for entry in listed] == ["held"]


def test_requests_can_be_asked_for_by_state(browser: TestClient) -> None:
    assert {one["state"] for one in browser.get("/api/requests?state=held").json()} == {"held"}
    assert len(browser.get("/api/requests?limit=2").json()) == 2
    assert browser.get("/api/requests?limit=0").status_code == 422


def test_the_openapi_document_is_valid_and_lists_the_three(browser: TestClient) -> None:
    document = browser.get("/api/openapi.json").json()
    assert OpenAPI.model_validate(document).openapi.startswith("3.1")
    assert set(document["paths"]) == {"/api/requests", "/api/queue", "/api/log"}
    assert all(set(operations) == {"get"} for operations in document["paths"].values())
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", ["/api/requests", "/api/queue", "/api/log"])
def test_what_is_answered_is_what_the_openapi_document_promises(browser: TestClient, path: str) -> None:
    document = browser.get("/api/openapi.json").json()
    promised = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(promised | {"components": document["components"]})
    answered = browser.get(path).json()
    assert answered
    validator.validate(answered)
    broken: list[dict[str, Any]] = [answered[0] | {"unknown": 1}]
    assert not validator.is_valid(broken)


def test_a_table_of_the_log_defuses_formulas(morning: Morning) -> None:
    with morning.store.reading() as connection:
        table = log_csv(ask(connection, Question(patient="=1+1")))
    assert "'=1+1" in table and not re.search(r"(^|,)=", table, re.MULTILINE)


# ---- for machines --------------------------------------------------------------------------------------------------------


def test_health_is_told_without_a_login(stranger: TestClient) -> None:
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_health_names_what_is_away(quiet: Morning) -> None:
    desk = quiet.desk()

    def away() -> dict[StationName, Depth]:
        raise Retryable("the broker is away")

    object.__setattr__(desk, "depths", away)
    client = TestClient(make_app(desk), base_url="http://localhost")
    quiet.folder.vault.rename(quiet.root / "elsewhere")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "queues vault\n")


def test_requests_that_stand_still_are_told_and_make_nothing_ill(quiet: Morning) -> None:
    browser, program = TestClient(make_app(quiet.desk()), base_url=ADDRESS), bearer(quiet)
    quiet.drop("scan.pdf", b"%PDF-")
    assert "chartrelay_requests_standing_still 0.0\n" in browser.get("/metrics", headers=program).text
    quiet.clock.turn(3601)
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\nrequests standing still: 1\n")
    assert "chartrelay_requests_standing_still 1.0\n" in browser.get("/metrics", headers=program).text


def test_a_database_that_is_away_is_said_on_every_page(quiet: Morning) -> None:
    browser = opened(quiet, Role.ADMINISTRATOR)
    quiet.store.engine.dispose()
    for path in quiet.folder.var.glob("chartrelay.db*"):
        path.unlink()
    quiet.folder.database.mkdir()
    assert browser.get("/healthz").text == "database\n"
    for path in ("/", "/queue", "/requests/R-000001", "/log", "/metrics", "/api/requests"):
        answer = browser.get(path)
        assert answer.status_code == 503
        assert "cannot be read just now" in answer.text


def test_metrics_count_and_name_nobody(browser: TestClient) -> None:
    text = browser.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {(sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value for sample in samples}
    assert found["chartrelay_requests", "held"] == 3
    assert found["chartrelay_requests", State.WITHDRAWN.value] == 0
    assert found["chartrelay_arrivals_total", "returned"] == 1
    assert found["chartrelay_holds_open", "match"] == 2
    assert 2 * 86_400 < found[("chartrelay_hold_oldest_seconds",)] < 3 * 86_400
    assert found["chartrelay_queue_messages", "ready", "read"] == 2
    assert found["chartrelay_messages_dealt_with_total", "done", "read"] == 2
    assert found["chartrelay_station_seconds_total", "done", "read"] == 3.0
    assert not re.search("Ruiz|Oyelaran|Lakeside|scan_|script", text)


# ---- on the network ------------------------------------------------------------------------------------------------------


def test_the_desk_serves_until_it_is_told_to_stop(quiet: Morning, tmp_path: Path) -> None:
    stopping, ready, ports = threading.Event(), threading.Event(), []

    def opened_at(port: int) -> None:
        ports.append(port)
        ready.set()

    thread = threading.Thread(target=serve, args=(make_app(quiet.desk()), "127.0.0.1", 0, stopping, opened_at))
    thread.start()
    try:
        assert ready.wait(10)
        answer = httpx.get(f"http://127.0.0.1:{ports[0]}/api/requests", headers=bearer(quiet))
        assert (answer.status_code, answer.json()) == (200, [])
        assert "server" not in answer.headers
        with pytest.raises(AddressError, match=r"set desk\.host or desk\.port"):
            serve(make_app(quiet.desk()), "127.0.0.1", ports[0], stopping)
    finally:
        stopping.set()
        thread.join(10)
    assert not thread.is_alive()


def test_what_was_added_up_once_is_not_added_up_again(quiet: Morning) -> None:
    """Attempts of long ago are summed when they are first asked for; what came since is added."""
    request_id = quiet.drop("scan.pdf", b"%PDF-")
    quiet.move(request_id, StationName.READ, State.READ)
    attempts = Attempts()
    for station, state in ((StationName.MATCH, State.AUTHORIZED), (StationName.GATHER, State.GATHERED), (None, None)):
        with quiet.store.reading() as connection:
            seen = attempts.all(connection, quiet.clock.now())
            assert seen == Attempts().all(connection, quiet.clock.now())
        quiet.clock.turn(3 * 3600)
        if station and state:
            quiet.move(request_id, station, state)
    assert [(one["station"], one["count"], one["seconds"]) for one in seen] == [
        ("gather", 1, 1.5), ("match", 1, 1.5), ("read", 1, 1.5)
    ]  # fmt: skip


def test_the_metrics_count_what_no_webhook_has_taken(browser: TestClient) -> None:
    text = browser.get("/metrics").text
    assert 'chartrelay_webhooks{part="waiting"} 0.0' in text and 'chartrelay_webhooks{part="dead"} 0.0' in text
