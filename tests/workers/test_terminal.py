"""What others wrote, on the terminal of whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.workers.small import SmallOffice, request_of
from workers.cli.app import app


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("command", [("queue",), ("requests",), ("why", "R-000001"), ("log",)])
def test_a_name_on_a_scan_commands_no_terminal(office: SmallOffice, command: tuple[str, ...]) -> None:
    hostile = "Mallory \x1b]0;gone\x07\x9b2J[/][bold red]Gray"
    request_id = office.drop(request_of(1, patient__name=hostile, requester__name=hostile, destination__name=hostile))
    office.work()
    answer = CliRunner().invoke(app, [*command, "--home", str(office.folder.root)])
    assert answer.exit_code == 0, request_id
    assert not set("\x1b\x07\x9b") & set(answer.output)
    assert "Mallory" in answer.output
