"""chartrelay revoke: what a person types, and whether it stops anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.store.states import State
from tests.workers.small import SmallOffice, request_of
from workers.cli.app import app


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SmallOffice]:
    made = SmallOffice(tmp_path)
    yield made
    made.close()


def revoked(office: SmallOffice, *said: str) -> Result:
    """What the command answers."""
    return CliRunner().invoke(app, ["revoke", *said, "--who", "Ben", "--home", str(office.folder.root)])


@pytest.mark.parametrize("said", [("p0001",), ("P1",), ("1",), ("P9999",), ("P0001", "--office", "Lakeside")])
def test_a_revocation_that_would_stop_nothing_is_refused_and_not_confirmed(office: SmallOffice, said: tuple[str, ...]) -> None:
    answer = revoked(office, *said)
    assert answer.exit_code == 1
    assert "Nothing was recorded" in answer.output
    assert office.store.revocations("P0001") == []


@pytest.mark.parametrize("said", [("P0001",), (" P0001 ",), ("P0001", "--office", "lakeside ")])
def test_a_revocation_of_a_patient_of_the_roster_stops_the_release(office: SmallOffice, said: tuple[str, ...]) -> None:
    request_id = office.drop(request_of(1))
    assert revoked(office, *said).exit_code == 0
    office.work()
    assert office.state(request_id) is State.HELD


def test_a_revocation_is_recorded_where_the_roster_cannot_be_read(office: SmallOffice) -> None:
    """Stopping harms nobody."""
    office.folder.roster_csv.write_text("patient_id\n", encoding="utf-8")
    assert revoked(office, "P0001").exit_code == 0
    assert len(office.store.revocations("P0001")) == 1
