"""chartrelay user, token and access, as whoever looks after the machine types them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.people import links, tokens
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from pipeline.store.store import Store
from workers.cli.app import app
from workers.cli.show import Follower
from workers.wiring import store_for


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A practice's folder."""
    assert run("init", str(tmp_path / "practice")).exit_code == 0
    return tmp_path / "practice"


@pytest.fixture
def store(home: Path) -> Store:
    """Its database."""
    folder = PracticeFolder(home)
    return store_for(folder, load(folder.settings_file))


def run(*words: str, home: Path | None = None) -> Result:
    return CliRunner().invoke(app, [*words, *(["--home", str(home)] if home else [])])


def secret_in(said: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8471/link/([\w-]{43})\b", said)
    assert found, said
    return found[1]


def test_an_account_is_made_and_its_link_works(home: Path, store: Store) -> None:
    said = run("user", "add", "ana", "--name", "Ana Gomez", "--role", "reviewer", "--role", "intake", home=home).output
    with store.reading() as connection:
        link = links.find(connection, store.clock.now(), secret_in(said))
    assert link and link.person_id == 1
    (listed,) = (json.loads(line) for line in run("user", "list", "--json", home=home).output.splitlines())
    assert (listed["login"], listed["roles"], listed["way_in"]) == ("ana", ["intake", "reviewer"], "invited")


def test_what_cannot_be_is_said_in_a_sentence(home: Path) -> None:
    run("user", "add", "ana", "--name", "Ana Gomez", "--role", "reviewer", home=home)
    again = run("user", "add", "ana", "--name", "Ana Again", "--role", "reviewer", home=home)
    assert again.exit_code == 1 and "There is an account “ana” already" in again.output
    assert run("user", "disable", "nobody", home=home).exit_code == 1
    assert run("user", "add", "bo", "--name", "Bo", "--role", "wizard", home=home).exit_code == 2


def test_roles_change_somebody_leaves_and_comes_back(home: Path) -> None:
    run("user", "add", "ana", "--name", "Ana Gomez", "--role", "reviewer", home=home)
    assert "now auditor, intake" in run("user", "roles", "ana", "--role", "intake", "--role", "auditor", home=home).output
    assert run("user", "disable", "ana", home=home).exit_code == 0
    assert "disabled" in run("user", "list", home=home).output
    assert run("user", "enable", "ana", home=home).exit_code == 0
    assert secret_in(run("user", "reset", "ana", home=home).output)
    kinds = [json.loads(line)["kind"] for line in run("access", "--json", home=home).output.splitlines()]
    assert kinds == ["person reset", "person enabled", "person disabled", "roles changed", "person added"]
    assert "(command line)" in run("access", "--person", "command line", "--json", home=home).output
    assert "person" in run("access", home=home).output
    assert "No row answers that" in run("access", "--request", "R-000001", home=home).output


def test_a_token_is_printed_once_and_can_be_revoked(home: Path, store: Store) -> None:
    secret = run("token", "add", "prometheus", "--role", "auditor", "--days", "30", home=home).output.strip()
    assert secret.startswith("chartrelay_")
    with store.reading() as connection:
        assert tokens.bearer(connection, store.clock.now(), secret)
    listed = run("token", "list", "--json", home=home).output
    assert secret not in listed and json.loads(listed)["state"].startswith("until ")
    assert run("token", "revoke", "prometheus", home=home).exit_code == 0
    with store.reading() as connection:
        assert tokens.bearer(connection, store.clock.now(), secret) is None
    assert "revoked" in run("token", "list", home=home).output


def test_the_first_start_shows_a_link_and_later_ones_only_the_address(
    home: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = PracticeFolder(home)

    def greeting() -> str:
        with Follower(store, folder, load(folder.settings_file), with_desk=True):
            pass
        return capsys.readouterr().out

    first = greeting()
    assert secret_in(first) and "makes you the administrator" in first and "key=" not in first
    assert secret_in(greeting()) != secret_in(first)
    run("user", "add", "ana", "--name", "Ana Gomez", "--role", "administrator", home=home)
    assert "/link/" in greeting(), "an administrator who cannot log in yet is none"
    with store.unit() as unit:
        unit.connection.exec_driver_sql("UPDATE people SET password = 'hashed'")
    later = greeting()
    assert "http://127.0.0.1:8471/" in later and "/link/" not in later
