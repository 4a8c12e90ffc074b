"""`chartrelay policy`: what the machine may release alone, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.practice.folder import NEW_PRACTICE, settings_text
from pipeline.release.policy import Policy
from workers.cli.app import app
from workers.cli.common import out


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A practice in Illinois that has a person look at families."""
    text = settings_text(NEW_PRACTICE.model_copy(update={"state": "IL"}))
    (tmp_path / "chartrelay.toml").write_text(text + '\nfamilies = "hold"\n', encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no sentence of a table is cut, whoever made the console first."""
    monkeypatch.setattr(out, "_width", 160)


def said(home: Path, *options: str) -> str:
    result = CliRunner().invoke(app, ["policy", "--home", str(home), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_people_read_what_leaves_alone_what_never_does_and_by_which_rules(home: Path) -> None:
    page = said(home)
    for words in (
        "by machine alone",
        "What always goes to a person",
        "An unpaid balance holds no release.",
        "Deadlines in IL",
        "735 ILCS 5/8-2001",
        "$34.72, and $1.30 a page to page 25",
        '✎  families = "hold"  (the program comes with "split")',
        "Not legal advice",
    ):
        assert words in page


def test_programs_get_an_object_a_line(home: Path) -> None:
    objects: list[dict[str, Any]] = [json.loads(line) for line in said(home, "--json").splitlines()]
    settings = {each["setting"]: each for each in objects if each["about"] == "setting"}
    assert list(settings) == [f"policy.{name}" for name in Policy.model_fields]
    assert [name for name, each in settings.items() if each["changed"]] == ["policy.families"]
    assert {each["about"] for each in objects} == {"alone", "person", "pathway", "deadline", "rate", "setting"}
