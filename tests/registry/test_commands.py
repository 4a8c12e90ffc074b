"""`chartrelay directory`, as a clerk types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.practice.folder import DIRECTORY_COLUMNS, PracticeFolder, csv_text
from pipeline.practice.sample.people import PRACTICE, directory
from tests.registry import making
from workers.cli.directory import directory_app


@pytest.fixture
def folder(tmp_path: Path) -> PracticeFolder:
    """The sample practice in Oregon, without its charts."""
    made = PracticeFolder(tmp_path / "practice")
    made.create(PRACTICE)
    rows = [office.model_dump(mode="json") | {"trusted": "yes" if office.trusted else "no"} for office in directory()]
    made.directory_csv.write_text(csv_text(DIRECTORY_COLUMNS, rows), encoding="utf-8")
    return made


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A registry in which Lakeside has another fax number than in the directory."""
    lakeside = making.provider(
        1, organisation="LAKESIDE FAMILY DENTAL PC", street="2200 SHORELINE DR", city="FERNHAVEN", zip="97992",
        phone="5415550110", fax="5415550199",
    )  # fmt: skip
    return making.bundle(tmp_path / "NPPES.zip", lakeside, making.provider(2, state="WA"))


def run(folder: PracticeFolder, *words: str) -> Result:
    return CliRunner().invoke(directory_app, [*words, "--home", str(folder.root)])


def test_an_import_says_what_it_kept_and_the_directory_what_differs(folder: PracticeFolder, bundle: Path) -> None:
    assert "No NPI registry is imported" in run(folder, "show").output
    done = run(folder, "import", str(bundle), "--who", "Ana")
    assert done.exit_code == 0, done.output
    assert "1 places of providers kept, of 2 providers" in done.output
    shown = run(folder, "show").output
    assert "has another fax number ((541) 555-0199) for Lakeside Family Dental PC" in shown
    assert "imported" in shown
    assert "by Ana" in shown


def test_programs_get_one_object_a_line(folder: PracticeFolder, bundle: Path) -> None:
    (done,) = map(
        json.loads, run(folder, "import", str(bundle), "--state", "all", "--taxonomy", "1223", "--json").output.splitlines()
    )
    assert (done["kept"], done["rows"], done["states"], done["taxonomies"]) == (2, 2, "", "1223")
    offices = {office["office_id"]: office for office in map(json.loads, run(folder, "show", "--json").output.splitlines())}
    assert len(offices) == len(directory())
    assert [problem["column"] for problem in offices["lakeside-family-dental"]["problems"]] == ["fax"]
    assert [problem["column"] for problem in offices["pinecrest-endodontics"]["problems"]] == ["kind"]
    assert offices["harbor-point-orthodontics"]["kind"] == "specialist"
    assert offices["harbor-point-orthodontics"]["problems"] == []


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--state", "Oregon"), 2, "OREGON is no state"),
        (("--taxonomy", "12"), 2, "begins no taxonomy code"),
        (("--taxonomy", "1223%"), 2, "begins no taxonomy code"),
        (("--state", "TX"), 1, "none of the kind asked for in TX"),
    ],
)
def test_a_wrong_wish_is_refused(folder: PracticeFolder, bundle: Path, words: tuple[str, ...], status: int, says: str) -> None:
    refused = run(folder, "import", str(bundle), *words)
    assert refused.exit_code == status
    assert says in refused.output


def test_a_wrong_file_is_refused_in_a_sentence(folder: PracticeFolder, tmp_path: Path) -> None:
    for name, data in (("roster.csv", b"patient_id,last_name\n"), ("part.zip", b"PK\x03\x04....")):
        (tmp_path / name).write_bytes(data)
        refused = run(folder, "import", str(tmp_path / name))
        assert refused.exit_code == 1
        assert "Nothing was changed." in refused.output
    assert run(folder, "import", str(tmp_path / "missing.zip")).exit_code == 1


def test_a_directory_that_is_broken_is_told_with_its_line(folder: PracticeFolder) -> None:
    text = folder.directory_csv.read_text(encoding="utf-8").replace(",specialist,", ",expert,", 1)
    folder.directory_csv.write_text(text, encoding="utf-8")
    refused = run(folder, "show")
    assert refused.exit_code == 1
    assert "line 4, column kind: must be one of dentist" in refused.output
