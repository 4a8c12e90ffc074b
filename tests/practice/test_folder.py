"""The practice's folder: everything in its place, and nothing a person wrote is ever overwritten."""

from __future__ import annotations

import csv
import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.practice.folder import DIRECTORY_COLUMNS, ROSTER_COLUMNS, FolderError, PracticeFolder, settings_text
from schemas.release import Destination, Patient, Practice


def everything_in(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_new_folder_has_every_place(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path / "smiles" / "practice")
    folder.create()
    for place in (folder.inbox, folder.returned, folder.charts, folder.outgoing, folder.var, folder.vault):
        assert place.is_dir(), place
    assert folder.settings_file.is_file()


def test_the_tables_of_a_new_folder_have_just_their_header(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.create()
    with folder.roster_csv.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [list(ROSTER_COLUMNS)]
    with folder.directory_csv.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [list(DIRECTORY_COLUMNS)]


def test_the_columns_are_those_of_a_patient_and_of_a_destination() -> None:
    assert set(ROSTER_COLUMNS) == set(Patient.model_fields)
    assert set(DIRECTORY_COLUMNS) == set(Destination.model_fields)


def test_making_it_again_overwrites_nothing_and_restores_what_is_missing(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.create()
    folder.settings_file.write_text("# mine\n", encoding="utf-8")
    folder.roster_csv.write_text("patient_id\n7\n", encoding="utf-8")
    (folder.inbox / "scan.pdf").write_bytes(b"%PDF-")
    (folder.charts / "7").mkdir()
    folder.directory_csv.unlink()
    folder.returned.rmdir()
    before = everything_in(tmp_path)

    folder.create(Practice(name="Another Practice"))

    after = everything_in(tmp_path)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"directory.csv"}
    assert folder.returned.is_dir()


def test_outgoing_is_marked_once_and_never_where_a_share_is_missing(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.create()
    assert "Please leave it here" in folder.outgoing_marker.read_text(encoding="utf-8")
    folder.outgoing_marker.unlink()  # the share is unmounted; what is left is its empty place
    folder.create()
    assert not folder.outgoing_marker.exists()


def test_a_share_that_is_connected_before_the_practice_is_made_is_marked(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.outgoing.mkdir()
    folder.create()
    assert folder.outgoing_marker.is_file()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits; the rights of the folder above hold")
def test_only_the_owner_may_look_into_var(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.var.mkdir(mode=0o755)
    folder.create()
    for place in (folder.var, folder.vault):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_a_file_in_the_way_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("not a folder")
    with pytest.raises(FolderError, match="cannot be made"):
        PracticeFolder(tmp_path).create()


def test_the_settings_name_the_practice(tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.create(Practice(name='Smile & "Sons"', city="Núñez \\ Falls", state="OR"))
    with folder.settings_file.open("rb") as stream:
        settings = tomllib.load(stream)
    assert settings["practice"]["name"] == 'Smile & "Sons"'
    assert settings["practice"]["city"] == "Núñez \\ Falls"
    assert settings["line"] == {"broker": "embedded", "database": "sqlite"}
    assert settings["inbox"].keys() == {"quiet_seconds", "max_pages", "max_pixels", "max_megabytes"}
    assert settings["desk"]["host"] == "127.0.0.1"


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_any_name_survives_the_settings_file(name: str) -> None:
    assert tomllib.loads(settings_text(Practice(name=name)))["practice"]["name"] == name


@pytest.mark.parametrize("patient_id", ["", ".", "..", "../1001", "a/b", "a\\b", "C:", "nul\0"])
def test_a_patient_id_that_leaves_the_charts_is_refused(patient_id: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="plain folder name"):
        PracticeFolder(tmp_path).chart(patient_id)


def test_a_chart_lies_below_charts(tmp_path: Path) -> None:
    assert PracticeFolder(tmp_path).chart("1001") == tmp_path / "charts" / "1001"
