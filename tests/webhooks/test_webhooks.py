"""Webhooks: what is held and what is delivered is told to whoever should know, signed, once it is in the log, and no more."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from structlog.testing import capture_logs
from typer.testing import CliRunner

from pipeline.clock import HandClock
from pipeline.errors import SettingsError
from pipeline.log.chain import Note
from pipeline.settings import WebhookSettings, load
from pipeline.store.store import Store
from pipeline.webhooks import notices, sending
from pipeline.webhooks.notices import register, tally
from pipeline.webhooks.secret import new_secret, secrets_of
from pipeline.webhooks.sending import Teller
from schemas.disclosure import LogEvent
from tests.databases import postgresql_store, sqlite_store, store  # noqa: F401
from tests.line.broker_contract import eventually
from tests.webhooks.listener import Listener, listening
from tests.workers.small import SmallOffice, request_of
from tests.workers.steps import Steps
from workers.cli.app import app
from workers.cli.run import WEBHOOKS, line_posts

SECRET = new_secret()


@pytest.fixture
def clock() -> HandClock:
    """The listener looks at a real clock, so the test's begins there."""
    return HandClock(datetime.now(UTC))


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening(SECRET) as made:
        yield made


def settings(*urls: str, **more: object) -> WebhookSettings:
    return WebhookSettings.model_validate({"urls": urls, "secret": SecretStr(SECRET), "timeout_seconds": 5} | more)


def teller(store: Store, *urls: str, **more: object) -> Teller:
    """Whoever tells these."""
    register(store, urls)
    return Teller(store, settings(*urls, **more), (SECRET,))


def happens(store: Store, event: LogEvent, request_id: str = "R-000001") -> None:
    with store.unit() as unit:
        details = {"sentences": ["Daniel Ruiz, born 03/14/1987"], "seen": "Lakeside"}
        unit.log(
            request_id, [Note(event, "match", patient_id="1182", patient="Daniel Ruiz", recipient="Lakeside", details=details)]
        )


def standing(store: Store, listener: Listener) -> notices.Tally:
    with store.reading() as connection:
        return tally(connection, listener.url)


# ---- what is told --------------------------------------------------------------------------------------------------------------


def test_what_is_held_and_what_is_delivered_is_told_with_numbers_alone(store: Store, listener: Listener) -> None:
    tells = teller(store, listener.url)
    for event in (LogEvent.RECEIVED, LogEvent.HELD, LogEvent.DECIDED, LogEvent.DELIVERED, LogEvent.CLOSED):
        happens(store, event)
    assert tells.tell() == 2 and tells.tell() == 0
    assert listener.told == [("request.held", "R-000001"), ("request.delivered", "R-000001")] and listener.refused == 0
    assert [set(one) for one in listener.heard] == [{"type", "timestamp", "data"}] * 2
    assert [set(one["data"]) for one in listener.heard] == [{"request_id", "entry"}] * 2
    assert not re.search("Ruiz|1182|Lakeside|1987", listener.as_text)


def test_only_what_is_wanted_is_told(store: Store, listener: Listener) -> None:
    tells = teller(store, listener.url, events=("request.delivered",))
    happens(store, LogEvent.HELD)
    happens(store, LogEvent.DELIVERED)
    tells.tell()
    assert listener.told == [("request.delivered", "R-000001")]


def test_whoever_is_new_is_not_told_what_was_before(store: Store, listener: Listener) -> None:
    happens(store, LogEvent.HELD)
    tells = teller(store, listener.url)
    happens(store, LogEvent.HELD, "R-000002")
    tells.tell()
    assert listener.told == [("request.held", "R-000002")]


def test_while_a_secret_is_exchanged_both_are_good(store: Store) -> None:
    old, new = new_secret(), new_secret()
    for known in (old, new):
        with listening(known) as listener:
            register(store, [listener.url])
            happens(store, LogEvent.HELD)
            Teller(store, settings(listener.url), (new, old)).tell()
            assert len(listener.told) == 1 and listener.refused == 0


def test_a_listener_with_another_secret_believes_nothing(store: Store) -> None:
    with listening(new_secret()) as listener:
        tells = teller(store, listener.url)
        happens(store, LogEvent.HELD)
        tells.tell()
        assert listener.told == [] and listener.refused == 1 and standing(store, listener).status == "401"


# ---- when it does not arrive ---------------------------------------------------------------------------------------------------


def test_a_listener_that_fails_is_told_again_after_growing_pauses_under_the_same_id(
    store: Store, clock: HandClock, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending.random, "random", lambda: 0.5)
    tells = teller(store, listener.url, first_pause_seconds=10)
    ids: list[str] = []
    take = listener.take
    monkeypatch.setattr(
        listener, "take", lambda path, headers, body: ids.append(headers["webhook-id"]) or take(path, headers, body)
    )
    listener.answers = [503, 500]
    happens(store, LogEvent.HELD)
    assert tells.tell() == 1
    clock.turn(9)
    assert tells.tell() == 0
    clock.turn(2)
    assert tells.tell() == 1
    clock.turn(19)
    assert tells.tell() == 0
    clock.turn(2)
    assert tells.tell() == 1
    assert listener.told == [("request.held", "R-000001")] and len(set(ids)) == 1 and len(ids) == 3
    assert standing(store, listener).waiting == 0


def test_a_listener_that_is_slow_is_left_and_keeps_no_other_waiting(store: Store, listener: Listener) -> None:
    with listening(SECRET) as slow:
        slow.slow = True
        tells = teller(store, slow.url, listener.url, timeout_seconds=0.3)
        happens(store, LogEvent.HELD)
        assert tells.tell() == 2
        assert len(listener.told) == 1 and standing(store, slow).status == "no answer in time"


def test_whoever_answers_slowly_gets_one_a_round_and_the_others_all_of_theirs(store: Store, listener: Listener) -> None:
    with listening(SECRET) as slow:
        register(store, [slow.url, listener.url])
        tells = Teller(store, settings(slow.url, listener.url), (SECRET,), round_seconds=0)
        happens(store, LogEvent.HELD, "R-000001")
        happens(store, LogEvent.HELD, "R-000002")
        assert tells.tell() == 2
        assert (len(slow.told), len(listener.told), standing(store, slow).waiting) == (1, 1, 1)
        assert tells.tell() == 2, "what was left of the round is nobody's, and free at once"
        assert slow.told == listener.told and len(set(slow.ids)) == 2 == len(slow.ids)


def test_what_is_answered_is_settled_though_another_is_not_answered_yet(store: Store, listener: Listener) -> None:
    with listening(SECRET) as slow:
        slow.slow = True
        tells = teller(store, slow.url, listener.url)
        happens(store, LogEvent.HELD)
        round_ = threading.Thread(target=tells.tell)
        round_.start()
        try:
            assert eventually(lambda: bool(listener.told) and not standing(store, listener).waiting)
            assert standing(store, slow).waiting == 1
        finally:
            slow.over.set()
            round_.join()
        assert not standing(store, slow).waiting


def test_however_much_waits_for_one_the_other_is_told(store: Store, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(SECRET) as gone:
        register(store, [gone.url])
        monkeypatch.setattr(notices, "AT_ONCE", 2)
        for number in range(3):
            happens(store, LogEvent.HELD, f"R-00000{number}")
        notices.feed(store, [gone.url], ["request.held"])
        tells = teller(store, gone.url, listener.url)
        happens(store, LogEvent.HELD, "R-000009")
        tells.tell()
        assert listener.told == [("request.held", "R-000009")]


def test_a_listener_that_is_not_there_waits_for_its_turn(store: Store, clock: HandClock) -> None:
    with listening(SECRET) as listener:
        tells = teller(store, listener.url)
    for _ in range(3):
        happens(store, LogEvent.HELD)
    tells.tell()
    found = standing(store, listener)
    assert (found.waiting, found.dead) == (3, 0) and found.status.startswith("no answer")


def test_a_redirect_leads_nowhere(store: Store, listener: Listener) -> None:
    tells = teller(store, listener.url)
    listener.answers = [302]
    happens(store, LogEvent.HELD)
    tells.tell()
    assert listener.paths == ["/hooks/s3cret-path"] and standing(store, listener).status == "302"


def test_what_was_tried_too_often_is_given_up_and_shown_and_can_be_tried_anew(
    store: Store, clock: HandClock, listener: Listener
) -> None:
    tells = teller(store, listener.url, tries=2, first_pause_seconds=1)
    listener.answers = [500, 500]
    happens(store, LogEvent.HELD)
    for _ in range(4):
        tells.tell()
        clock.turn(10)
    found = standing(store, listener)
    assert (found.waiting, found.dead, found.status) == (0, 1, "500")
    assert notices.send_again(store) == 1
    tells.tell()
    assert len(listener.told) == 1 and standing(store, listener).dead == 0


def test_an_endpoint_that_says_that_it_is_gone_is_not_asked_again(store: Store, clock: HandClock, listener: Listener) -> None:
    tells = teller(store, listener.url)
    listener.answers = [410]
    happens(store, LogEvent.HELD)
    tells.tell()
    clock.turn(86_400)
    assert tells.tell() == 0 and standing(store, listener).dead == 1


def test_the_power_fails_anywhere_and_nothing_is_left_untold(
    store: Store, clock: HandClock, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    tells = teller(store, listener.url)
    monkeypatch.setattr(notices, "CLAIM", timedelta(seconds=1))
    steps = Steps(monkeypatch, [(Teller, "_settle")])
    for step in range(1, 40):
        happens(store, LogEvent.HELD, f"R-{step:06d}")
        with steps.power_cut_at(step):
            tells.tell()
        happened = steps.happened
        clock.turn(2)  # what was claimed is free again
        tells.tell()
        assert ("request.held", f"R-{step:06d}") in listener.told
        assert len(set(listener.ids)) == step, "twice at most under one id, which the listener knows"
        if not happened:
            return
    raise AssertionError("it never came to an end")


def test_two_processes_tell_a_thing_once(store: Store, listener: Listener) -> None:
    one, other = teller(store, listener.url), teller(store, listener.url)
    happens(store, LogEvent.HELD)
    notices.feed(store, [listener.url], ["request.held"])
    first = notices.claim(store, [listener.url])
    assert len(first) == 1 and other.tell() == 0 and one.tell() == 0


def test_what_was_told_long_ago_is_forgotten(store: Store, clock: HandClock, listener: Listener) -> None:
    tells = teller(store, listener.url)
    happens(store, LogEvent.HELD)
    tells.tell()
    clock.turn(timedelta(days=31).total_seconds())
    tells.tell()
    with store.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from notices").scalar() == 0


# ---- secrets and settings ------------------------------------------------------------------------------------------------------


def test_neither_the_secret_nor_the_path_of_an_endpoint_is_logged(store: Store, listener: Listener) -> None:
    tells = teller(store, listener.url)
    listener.answers = [410]
    happens(store, LogEvent.HELD)
    with capture_logs() as lines:
        tells.tell()
    said = json.dumps(lines)
    assert lines and "s3cret-path" not in said and SECRET not in said and "R-000001" not in said


@pytest.mark.parametrize("url", ["http://hooks.example/x", "ftp://hooks.example", "https://", "https://me:pass@hooks.example/x"])
def test_nothing_is_told_where_others_could_listen(url: str) -> None:
    with pytest.raises(ValidationError, match="must begin with https://"):
        settings(url)


def test_an_address_without_a_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="secret"):
        WebhookSettings(urls=("https://hooks.example/x",))


@pytest.mark.parametrize("said", ["", "abc", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%"])
def test_a_secret_that_is_none_is_said_and_not_shown(tmp_path: Path, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        secrets_of(WebhookSettings(secret=SecretStr(said)), tmp_path)
    assert not said or said not in str(refused.value).replace("whsec_,", "")


def test_secrets_come_from_a_file_as_well(tmp_path: Path) -> None:
    (tmp_path / "webhook.secret").write_text(f"{SECRET}\n{SECRET}\n", encoding="utf-8")
    assert secrets_of(WebhookSettings(secret_file="webhook.secret"), tmp_path) == (SECRET, SECRET)
    with pytest.raises(SettingsError, match="cannot be read"):
        secrets_of(WebhookSettings(secret_file="nowhere"), tmp_path)


def test_a_wrong_address_is_not_shown_in_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "chartrelay.toml"
    file.write_text('[practice]\nname = "A"\n[webhooks]\nurls = ["http://hooks.example/t0ken"]\n', encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load(file)
    assert "t0ken" not in str(refused.value)


# ---- the line, and the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    made.clock.turn((datetime.now(UTC) - made.clock.now()).total_seconds())
    yield made
    made.close()


def test_the_line_tells_of_its_requests(office: SmallOffice, listener: Listener) -> None:
    tells = teller(office.store, listener.url)
    held, sent = office.drop(request_of(1, patient__dob="1990-01-01")), office.drop(request_of(2))
    office.work()
    tells.tell()
    assert sorted(listener.told) == [("request.delivered", sent), ("request.held", held)]


def test_a_process_of_its_own_tells_where_anybody_is_told(office: SmallOffice) -> None:
    plain = office.house.settings
    telling = plain.model_copy(update={"webhooks": settings("https://hooks.example/x")})
    for said, wanted in ((plain, False), (telling, True)):
        posts = line_posts(office.folder, said, readers=1, desk=False, webhooks=True)
        assert (WEBHOOKS in [post.name for post in posts]) == wanted


def test_the_command_shows_hosts_and_counts_and_makes_secrets(
    office: SmallOffice, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTRELAY_WEBHOOKS__SECRET", SECRET)
    monkeypatch.setenv("CHARTRELAY_WEBHOOKS__URLS", json.dumps([listener.url]))
    tells = teller(office.store, listener.url, tries=1)
    listener.answers = [500]
    office.drop(request_of(1, patient__dob="1990-01-01"))
    office.work()
    tells.tell()
    ran = CliRunner().invoke(app, ["webhooks", "--json", "--home", str(office.folder.root)])
    [shown] = [json.loads(line) for line in ran.output.splitlines()]
    assert (shown["dead"], shown["waiting"], shown["status"]) == (1, 0, "500") and "s3cret-path" not in ran.output
    assert (
        "1 notices are tried again" in CliRunner().invoke(app, ["webhooks", "--again", "--home", str(office.folder.root)]).output
    )
    made = CliRunner().invoke(app, ["webhooks", "--new-secret"]).output.strip()
    assert secrets_of(WebhookSettings(secret=SecretStr(made)), Path(os.curdir)) == (made,)
