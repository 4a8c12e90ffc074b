"""chartrelay log: search, heads and proofs, as an auditor types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.clock import HandClock
from pipeline.log.chain import Note
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from pipeline.store.store import Store
from schemas.disclosure import LogEvent
from workers.cli.app import app
from workers.cli.common import FAILED, WRONG_USE
from workers.wiring import store_for


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A practice with three entries in its log."""
    folder = PracticeFolder(tmp_path / "practice")
    folder.create()
    store = store_for(folder, load(folder.settings_file), HandClock())
    for patient in ("Ana Ruiz", "Ben Oak", "Cy Ruiz"):
        with store.unit() as unit:
            unit.log("R-000001", [Note(LogEvent.HELD, "match", patient=patient)])
    store.engine.dispose()
    return folder.root


def opened(home: Path) -> Store:
    folder = PracticeFolder(home)
    return store_for(folder, load(folder.settings_file), HandClock())


def said(*words: str, status: int = 0) -> str:
    answer = CliRunner().invoke(app, ["log", *words])
    assert answer.exit_code == status, answer.output
    return answer.output


def test_one_line_finds(home: Path) -> None:
    found = [json.loads(line)["seq"] for line in said("--find", "ruiz held", "--home", str(home), "--json").splitlines()]
    assert found == [1, 3]
    assert "no day" in said("--find", "2026-02-30", "--home", str(home), status=WRONG_USE)


def test_counts_of_a_time_that_ends_before_it_begins_are_refused(home: Path) -> None:
    assert "after the last" in said("counts", "--from", "2026-12-01", "--to", "2026-11-01", "--home", str(home), status=WRONG_USE)


def test_an_empty_accounting_says_what_it_leaves_out(home: Path) -> None:
    assert "are left out" in " ".join(said("accounting", "9999", "--home", str(home)).split())


def test_a_head_that_is_kept_is_held_against_the_log(home: Path, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    said("head", "--out", str(head), "--home", str(home))
    assert "begins with the 3 entries of the head" in said("verify", "--head", str(head), "--home", str(home))
    assert "A head of 3 entries" in said("check", str(head))
    body = json.loads(head.read_text())
    head.write_text(json.dumps(body | {"size": 2}))
    assert "signature" in said("verify", "--head", str(head), "--home", str(home), status=FAILED)


def test_a_hash_that_was_written_down_is_looked_for(home: Path) -> None:
    hash_ = json.loads(said("verify", "--json", "--home", str(home)))["head"]
    said("verify", "--head", hash_, "--home", str(home))
    assert "no longer there" in said("verify", "--head", "ab" * 32, "--home", str(home), status=FAILED)
    said("verify", "--head", "not-there.json", "--home", str(home), status=WRONG_USE)


def test_a_proof_is_checked_without_the_practice(home: Path, tmp_path: Path) -> None:
    file, key = tmp_path / "proof.json", tmp_path / "key.pem"
    said("prove", "2", "--out", str(file), "--home", str(home))
    key.write_text(said("key", "--pem", "--home", str(home)))
    digits = said("key", "--home", str(home)).strip()
    home.rename(tmp_path / "gone")
    assert "Entry 2 is in the log of 3 entries" in said("check", str(file), "--key", str(key))
    assert "Entry 2 is in the log of 3 entries" in said("check", str(file), "--key", digits)
    assert "another key" in said(
        "check", str(file), "--key", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", status=FAILED
    )
    file.write_text(file.read_text().replace("Ben Oak", "Ben Elm"))
    assert "was changed" in said("check", str(file), "--key", digits, status=FAILED)


def test_several_entries_are_proven_in_one_file(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "proofs.json"
    said("prove", "1", "3", "--out", str(file), "--home", str(home))
    assert "Entry 1, 3" in said("check", str(file))
    assert "no entry 4" in said("prove", "4", "--home", str(home), status=FAILED)


def test_the_tree_is_made_anew_only_for_a_whole_log(home: Path) -> None:
    store = opened(home)
    with store.unit() as unit:
        unit.connection.exec_driver_sql("DELETE FROM log_tree WHERE level = 1")
    assert "rebuild" in said("verify", "--home", str(home), status=FAILED)
    said("rebuild", "--home", str(home))
    said("verify", "--home", str(home))
    with store.unit() as unit:
        unit.connection.exec_driver_sql("DROP TRIGGER log_no_delete")
        unit.connection.exec_driver_sql("DELETE FROM log WHERE seq = 3")
    assert "shortened" in said("rebuild", "--home", str(home), status=FAILED)
    store.engine.dispose()
