"""`chartrelay letter`, as a front desk would use it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipeline.clock import SystemClock
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from pipeline.store.store import Store
from schemas.release import Finding, HoldReason, Match
from tests.letters.making import texts
from tests.letters.test_addressee import HOME
from tests.reviewing.test_correspondence import ASKED, NOT_SIGNED, Desk
from workers.cli.letter import letter
from workers.wiring import store_for

APP = typer.Typer()
APP.command()(letter)
SETTINGS = """
[practice]
name = "Harbor Lane Dental"
phone = "(207) 555-0142"
"""


class Front:
    """A practice's folder with one held request, and somebody at the keyboard."""

    def __init__(self, home: Path) -> None:
        self.folder = PracticeFolder(home)
        self.folder.create()
        self.folder.settings_file.write_text(SETTINGS, encoding="utf-8")
        self.store: Store = store_for(self.folder, load(self.folder.settings_file), SystemClock())
        self.desk = Desk(self.store, self.folder.vault)
        self.desk.hold(NOT_SIGNED, facts=(ASKED, Match(findings=(NOT_SIGNED,))))

    def types(self, *words: str) -> tuple[int, str]:
        """Exit status, and what is said."""
        ended = CliRunner().invoke(APP, [*words, "--home", str(self.folder.root)])
        return ended.exit_code, " ".join(ended.output.split())


@pytest.fixture
def front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Front:
    """Somebody in a folder of their own."""
    (tmp_path / "papers").mkdir()
    monkeypatch.chdir(tmp_path / "papers")
    return Front(tmp_path / "practice")


def test_the_letter_lies_in_the_folder_under_the_requests_number(front: Front) -> None:
    status, said = front.types("r-000001", "--who", "Ana")
    assert status == 0, said
    (file,) = Path().iterdir()
    assert file.name == "R-000001-missing.pdf"
    assert "One more thing before we can help" in texts(file.read_bytes())[0]
    assert "#10 envelope" in said
    assert [entry.actor for entry in front.desk.letters()] == ["Ana"]


def test_a_file_that_is_there_is_not_written_over_unless_told(front: Front) -> None:
    there = Path("R-000001-missing.pdf")
    there.write_text("mine")
    status, said = front.types("R-000001", "--who", "Ana")
    assert (status, there.read_text()) == (1, "mine")
    assert "--force" in said
    assert front.desk.letters() == []
    assert front.types("R-000001", "--who", "Ana", "--force")[0] == 0
    assert there.read_bytes().startswith(b"%PDF")


def test_it_goes_where_it_is_told_in_the_language_it_is_told(front: Front) -> None:
    assert front.types("R-000001", "--who", "Ana", "--language", "es", "--out", "carta.pdf", "--until", "2099-01-31")[0] == 0
    assert "31 de enero de 2099" in texts(Path("carta.pdf").read_bytes())[0]


def test_nobody_prints_a_letter_without_a_name(front: Front) -> None:
    assert front.types("R-000001")[0] == 2
    assert front.types("R-000001", "--who", " ")[0] == 1
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("R-000009",), "There is no request R-000009."),
        (("R-000001", "--kind", "denial"), "names its ground"),
        (("R-000001", "--kind", "extension", "--because", "archive"), "names the new day"),
        (("R-000001", "--kind", "fee"), "first make sure who the patient is"),
        (("R-000001", "--kind", "revoked"), "No revocation"),
        (("R-000001", "--kind", "welcome"), "not one after which this letter fits"),
        (("R-000001", "--kind", "denial", "--language", "es"), "write it in English"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(front: Front, words: tuple[str, ...], says: str) -> None:
    status, said = front.types(*words, "--who", "Ana")
    assert status == 1
    assert says in said
    assert list(Path().iterdir()) == []


def test_a_denial_and_a_slip_are_written_too(front: Front) -> None:
    denied = ("--kind", "denial", "--because", "no_permission", "--what", "the ledger")
    assert front.types("R-000001", *denied, "--who", "Ana")[0] == 0
    status, said = front.types("R-000001", "--kind", "call", "--who", "Ana")
    assert status == 0
    assert "cut along the line" in said
    assert sorted(file.name for file in Path().iterdir()) == ["R-000001-call.pdf", "R-000001-denial.pdf"]


def test_a_practice_that_charges_nobody_says_so_before_the_copy_is_made(front: Front) -> None:
    front.desk.hold(NOT_SIGNED, facts=(Match(patient=HOME),))
    assert front.types("R-000001", "--kind", "fee", "--who", "Ana")[0] == 0
    assert "The copy costs you nothing" in texts(Path("R-000001-fee.pdf").read_bytes())[0]


def test_where_the_practice_must_mend_it_itself_the_front_desk_is_told_so(front: Front) -> None:
    front.desk.hold(Finding(reason=HoldReason.CHART_INCOMPLETE, sentence="A page is missing in the chart."))
    with front.store.unit() as unit:
        unit.settle(front.desk.id, "0" * 64)
    front.desk.hold(Finding(reason=HoldReason.CHART_INCOMPLETE, sentence="A page is missing in the chart."))
    status, said = front.types("R-000001", "--who", "Ana")
    assert status == 1
    assert "for this office to settle" in said


def test_a_disk_that_refuses_is_told_with_where_the_letter_is(front: Front) -> None:
    status, said = front.types("R-000001", "--who", "Ana", "--out", "nowhere/letter.pdf")
    assert status == 1
    assert "in the vault" in said
