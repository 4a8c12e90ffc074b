"""Settings: one typed object from file and environment; a wrong one is refused at the start, in a sentence that helps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load, reader_processes
from pipeline.store.database import database_url
from workers.wiring import broker_for, store_for

SECRET = "hunter2-is-secret"


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("CHARTRELAY_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path) -> PracticeFolder:
    made = PracticeFolder(tmp_path / "practice")
    made.create()
    return made


def write(folder: PracticeFolder, *lines: str) -> Path:
    """chartrelay.toml with a practice's name, and these lines."""
    folder.settings_file.write_text("\n".join(['practice.name = "Maple Street"', *lines]), encoding="utf-8")
    return folder.settings_file


def refused(file: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load(file)
    return str(caught.value)


def test_a_fresh_practice_folder_has_settings_that_hold(folder: PracticeFolder) -> None:
    settings = load(folder.settings_file)
    assert settings.line.broker == "embedded"
    assert settings.line.database == "sqlite"
    assert settings.practice.name


@pytest.mark.parametrize(
    ("line", "key", "value", "right"),
    [
        ("inbox.quiet_seconds = -1", "inbox.quiet_seconds", "-1", "greater than or equal to 0"),
        ("inbox.max_pages = 0", "inbox.max_pages", "0", "greater than or equal to 1"),
        ('inbox.max_pages = "many"', "inbox.max_pages", "'many'", "valid integer"),
        ("line.delivery_limit = 1000", "line.delivery_limit", "1000", "less than or equal to 100"),
        ("line.lease_seconds = 0.1", "line.lease_seconds", "0.1", "greater than 0.2"),
        ("desk.port = 70000", "desk.port", "70000", "less than or equal to 65535"),
        ('inbox.polling = "perhaps"', "inbox.polling", "'perhaps'", "true or false"),
        ('policy.nothing_ticked = "release"', "policy.nothing_ticked", "'release'", "'hold' or 'everything'"),
    ],
)
def test_a_wrong_value_is_refused_with_key_value_and_what_would_be_right(
    folder: PracticeFolder, line: str, key: str, value: str, right: str
) -> None:
    sentence = refused(write(folder, line))
    assert f"{key} = {value}: " in sentence
    assert right in sentence
    assert str(folder.settings_file) in sentence


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('line.brocker = "embedded"', "line.brocker"),
        ("inboks.quiet_seconds = 1", "inboks"),
        ('practice.nmae = "Maple"', "practice.nmae"),
        ("policy.trust_everybody = true", "policy.trust_everybody"),
    ],
)
def test_a_setting_that_there_is_not_is_refused(folder: PracticeFolder, line: str, key: str) -> None:
    """A mistyped key would otherwise leave the default standing, and nobody would know."""
    assert f"{key}: there is no such setting" in refused(write(folder, line))


@pytest.mark.parametrize(("line", "known"), [("line.brocker = 1", "broker, database"), ("lime.broker = 1", "practice, line")])
def test_the_sentence_about_an_unknown_setting_names_those_that_there_are(folder: PracticeFolder, line: str, known: str) -> None:
    assert f"there are {known}" in refused(write(folder, line))


def test_an_unknown_setting_in_the_environment_is_refused(folder: PracticeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTRELAY_LINE__BROCKER", "amqp://somewhere")
    assert "line.brocker: there is no such setting" in refused(folder.settings_file)


def test_what_must_be_set_and_is_not_is_named(folder: PracticeFolder) -> None:
    folder.settings_file.write_text("[line]\n", encoding="utf-8")
    assert "practice: is missing and must be set" in refused(folder.settings_file)


def test_all_that_is_wrong_is_said_at_once(folder: PracticeFolder) -> None:
    sentence = refused(write(folder, "desk.port = 70000", "inbox.max_pages = 0"))
    assert "desk.port" in sentence
    assert "inbox.max_pages" in sentence


@pytest.mark.parametrize(
    ("text", "why"), [("[line\n", "is no TOML"), ('[practice]\nname = "unclosed\n', "is no TOML"), (None, "is not there")]
)
def test_a_file_that_cannot_be_used_is_refused(folder: PracticeFolder, text: str | None, why: str) -> None:
    if text is None:
        folder.settings_file.unlink()
    else:
        folder.settings_file.write_text(text, encoding="utf-8")
    sentence = refused(folder.settings_file)
    assert why in sentence
    assert str(folder.settings_file) in sentence


def test_a_file_that_is_not_utf_8_is_refused(folder: PracticeFolder) -> None:
    folder.settings_file.write_bytes('[practice]\nname = "Müller"\n'.encode("latin-1"))
    assert str(folder.settings_file) in refused(folder.settings_file)


def test_the_environment_wins_over_the_file_and_an_option_over_both(
    folder: PracticeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(folder, "inbox.max_pages = 10", "inbox.quiet_seconds = 5", "inbox.rescan_seconds = 7")
    monkeypatch.setenv("CHARTRELAY_INBOX__MAX_PAGES", "20")
    monkeypatch.setenv("CHARTRELAY_INBOX__QUIET_SECONDS", "6")
    found = load(file, inbox={"max_pages": 30}).inbox
    assert (found.max_pages, found.quiet_seconds, found.rescan_seconds) == (30, 6, 7)


def test_a_wrong_value_in_the_environment_is_refused(folder: PracticeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTRELAY_DESK__PORT", "everywhere")
    assert "desk.port = 'everywhere': " in refused(folder.settings_file)


def test_settings_do_not_change_once_they_are_read(folder: PracticeFolder) -> None:
    settings = load(folder.settings_file)
    with pytest.raises(ValueError, match="frozen"):
        settings.line.broker = "amqp://elsewhere"  # type: ignore[misc]


def test_the_number_of_readers_follows_the_machine_unless_it_is_set(folder: PracticeFolder) -> None:
    assert reader_processes(load(write(folder))) == max(1, (os.cpu_count() or 2) // 2)
    assert reader_processes(load(write(folder, "reading.processes = 3"))) == 3


# ---- secrets -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        [f'line.broker = ["amqp://relay:{SECRET}@host/"]'],
        [f'line.database = {{ url = "postgresql://relay:{SECRET}@host/db" }}'],
        [f'line = "postgresql://relay:{SECRET}@host/db"'],
        [f'line.databse = "postgresql://relay:{SECRET}@host/db"'],
        [f'database = "postgresql://relay:{SECRET}@host/db"'],
        [f'desk.port = "amqp://relay:{SECRET}@host/"'],
    ],
)
def test_no_refusal_shows_a_password(folder: PracticeFolder, lines: list[str]) -> None:
    assert SECRET not in refused(write(folder, *lines))


def test_a_password_in_a_broken_file_is_not_shown(folder: PracticeFolder) -> None:
    assert SECRET not in refused(write(folder, f'line.broker = "amqp://relay:{SECRET}@host/'))


@pytest.mark.parametrize(
    "broker", [f"amqq://relay:{SECRET}@host/", f"relay:{SECRET}@host", f"amqp://relay:{SECRET}@host/?heartbeat=x"]
)
def test_a_broker_that_is_none_is_refused_without_its_password(folder: PracticeFolder, broker: str) -> None:
    with pytest.raises(SettingsError, match=r"line\.broker") as caught:
        broker_for(folder, load(folder.settings_file, line={"broker": broker}))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("database", [f"mysql://relay:{SECRET}@host/db", f"relay:{SECRET}@host"])
def test_a_database_that_is_none_is_refused_without_its_password(folder: PracticeFolder, database: str) -> None:
    with pytest.raises(SettingsError, match=r"line\.database") as caught:
        store_for(folder, load(folder.settings_file, line={"database": database}))
    assert SECRET not in str(caught.value)


def test_the_database_of_a_practice_is_its_own_file_unless_said_otherwise(folder: PracticeFolder) -> None:
    assert database_url("sqlite", folder.database).database == str(folder.database)


# ---- the commands --------------------------------------------------------------------------------------------------------


def chartrelay(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workers.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", [["up", "--once"], ["worker", "match"], ["requests"], ["log", "verify"]])
def test_every_command_stops_at_a_wrong_setting_with_its_sentence(folder: PracticeFolder, command: list[str]) -> None:
    write(folder, "desk.port = 70000")
    done = chartrelay(*command, "--home", str(folder.root))
    assert done.returncode == 2
    assert "desk.port = 70000: " in done.stderr
    assert "less than or equal to 65535" in done.stderr
    assert "Traceback" not in done.stderr


def test_up_with_a_broker_that_is_none_stops_before_anything_starts(folder: PracticeFolder) -> None:
    done = chartrelay("up", "--once", "--home", str(folder.root), "--broker", f"amqq://relay:{SECRET}@host/")
    assert done.returncode == 2
    assert "line.broker" in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert not (folder.var / "log").exists()
