"""`chartrelay up`: what is wrong with the machine is said before anything starts."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from tests.stories.made_up import make_practice
from workers.cli.app import app


def test_an_address_of_the_desk_that_is_taken_is_said_and_nothing_starts(tmp_path: Path) -> None:
    folder = make_practice(tmp_path / "practice", 1, date(2026, 11, 23))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["up", "--home", str(folder.root)], env={"CHARTRELAY_DESK__PORT": str(port)})
    assert result.exit_code == 1
    assert f"127.0.0.1:{port}" in result.output
    assert "desk.port" in result.output
