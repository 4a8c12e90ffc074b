"""`chartrelay up`: what is wrong with the machine is said before anything starts."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path

from tests.stories.commands import chartrelay
from tests.stories.made_up import make_practice


def test_an_address_of_the_desk_that_is_taken_is_said_and_nothing_starts(tmp_path: Path) -> None:
    folder = make_practice(tmp_path / "practice", 1, date(2026, 11, 23))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = chartrelay("up", home=folder.root, environment={"CHARTRELAY_DESK__PORT": str(port)})
    assert result.returncode == 1
    assert f"127.0.0.1:{port}" in result.stderr
    assert "desk.port" in result.stderr
