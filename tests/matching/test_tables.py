"""Tables as people keep them: read tolerantly, refused precisely, read again when they change."""

# ruff: noqa: E501 -- one case a line, however long

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.matching.directory import Directory, DirectoryFile, DirectoryProblem
from pipeline.matching.patients import match_patient
from pipeline.matching.roster import Roster, RosterFile, RosterProblem
from pipeline.matching.tables import DOUBTED_SECONDS, SAVING_SECONDS, TableProblem
from schemas.release import OfficeKind
from tests.matching.people import patient, reading, write_csv

ROW = {"patient_id": "1182", "last_name": "Núñez", "first_name": "José", "date_of_birth": "1984-04-13"}
OTHER = ROW | {"patient_id": "1183", "last_name": "Ruiz"}
OFFICE = {"office_id": "7", "name": "Lakeside", "channel": "folder", "address": "lakeside", "trusted": "Yes"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_roster_is_read_as_a_spreadsheet_saves_it(tmp_path: Path, encoding: str, end: str) -> None:
    roster = Roster.load(write_csv(tmp_path / "roster.csv", [ROW, OTHER], encoding, end))
    assert len(roster) == 2
    found = roster.by_id("1182")
    assert found is not None
    assert found.name == "José Núñez"
    assert roster.by_id("9") is None


def test_columns_may_stand_in_any_order_with_others_among_them(tmp_path: Path) -> None:
    row = {
        "Shoe size": "44",
        "Date of birth": "1984-04-13",
        "zip": " 78701 ",
        "First_Name": "José",
        "last_name": "Núñez",
        "PATIENT_ID": "1",
    }
    found = Roster.load(write_csv(tmp_path / "roster.csv", [row])).by_id("1")
    assert found is not None
    assert (found.name, found.zip) == ("José Núñez", "78701")


def test_empty_lines_and_rows_that_end_early_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("patient_id,last_name,first_name,date_of_birth,phone\n\n1,Park,John,1984-04-13\n,,,,\n", encoding="utf-8")
    assert len(Roster.load(path)) == 1


@pytest.mark.parametrize(
    ("text", "line", "column", "right"),
    [
        ("", 1, None, "names the columns"),
        ("patient_id,last_name,first_name\n1,Park,John\n", 1, None, "missing: date_of_birth"),
        ("patient_id;last_name;first_name;date_of_birth\n", 1, None, "separated by commas"),
        ("patient_id,last_name,first_name,date_of_birth,phone,phone\n", 1, None, "(phone)"),
        ("patient_id,last_name,first_name,date_of_birth\n1,Park,John,04/13/1984\n", 2, "date_of_birth", "YYYY-MM-DD"),
        ("patient_id,last_name,first_name,date_of_birth\n1,Park,John,1984-02-30\n", 2, "date_of_birth", "YYYY-MM-DD"),
        ("patient_id,last_name,first_name,date_of_birth\n1,Park,John,\n", 2, "date_of_birth", "YYYY-MM-DD"),
        ("patient_id,last_name,first_name,date_of_birth\n1,Park,John,0084-04-13\n", 2, "date_of_birth", "YYYY-MM-DD"),
        ("patient_id,last_name,first_name,date_of_birth\n1,A,B,1984-04-13\n1,Park,John,1984-04-13\n", 3, "patient_id", "line 2"),
        ("patient_id,last_name,first_name,date_of_birth\n,Park,John,1984-04-13\n", 2, "patient_id", "every patient has a number"),
        ("patient_id,last_name,first_name,date_of_birth\n1,--,John,1984-04-13\n", 2, "last_name", "every patient has a surname"),
        ("patient_id,last_name,first_name,date_of_birth\n1,Park,John,Jr,1984-04-13\n", 2, None, "quotation marks"),
        ('patient_id,last_name,first_name,date_of_birth\n1,"Park,John,1984-04-13\n', 2, None, "quotation mark"),
    ],
)  # fmt: skip
def test_a_broken_roster_is_refused_with_its_place_and_without_names(
    tmp_path: Path, text: str, line: int, column: str | None, right: str
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RosterProblem) as refused:
        Roster.load(path)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert right in str(refused.value)
    assert "Park" not in str(refused.value)
    assert "1984" not in str(refused.value)


@given(st.binary(max_size=400) | st.text(alphabet='patient_id,last"\r\n-0123456789', max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_no_bytes_at_all_get_past_the_refusals(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("tables") / "roster.csv"
    header = b"patient_id,last_name,first_name,date_of_birth\n"
    for text in (data, header + data):
        path.write_bytes(text)
        try:
            assert len(Roster.load(path)) >= 0
        except RosterProblem as refused:
            assert str(refused).startswith("roster.csv")


@pytest.mark.parametrize(
    ("change", "column"),
    [({"trusted": "maybe"}, "trusted"), ({"address": ""}, "address"), ({"channel": " "}, "channel"), ({"name": ""}, "name"), ({"office_id": ""}, "office_id"),
     ({"kind": "dentists"}, "kind"), ({"kind": "dentist?"}, "kind"), ({"npi": "1234567890"}, "npi"), ({"npi": "123456789"}, "npi"), ({"npi": "NPI"}, "npi")],
)  # fmt: skip
def test_a_broken_directory_is_refused_with_its_place(tmp_path: Path, change: dict[str, str], column: str) -> None:
    path = write_csv(tmp_path / "directory.csv", [OFFICE | {"office_id": "6", "kind": "", "npi": ""}, OFFICE | change])
    with pytest.raises(DirectoryProblem) as refused:
        Directory.load(path)
    assert (refused.value.line, refused.value.column) == (3, column)


def test_a_refusal_of_a_kind_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(DirectoryProblem) as refused:
        Directory.load(write_csv(tmp_path / "directory.csv", [OFFICE | {"kind": "secret"}]))
    assert "must be one of dentist, specialist, physician, patient, attorney, insurer, court, other, or empty" in str(
        refused.value
    )
    assert "secret" not in str(refused.value)


def test_kind_and_npi_may_be_given_or_left_out(tmp_path: Path) -> None:
    (plain,) = Directory.load(write_csv(tmp_path / "directory.csv", [OFFICE])).offices
    assert (plain.kind, plain.npi) == (OfficeKind.UNKNOWN, "")
    (full,) = Directory.load(write_csv(tmp_path / "full.csv", [OFFICE | {"kind": "Specialist", "npi": " 1234567893 "}])).offices
    assert (full.kind, full.npi) == (OfficeKind.SPECIALIST, "1234567893")


def test_an_office_is_found_by_its_id(tmp_path: Path) -> None:
    directory = Directory.load(write_csv(tmp_path / "directory.csv", [OFFICE]))
    assert directory.by_id("7") == directory.offices[0]
    assert directory.by_id("8") is None


def test_an_office_stands_in_the_directory_once(tmp_path: Path) -> None:
    with pytest.raises(DirectoryProblem, match="line 3, column office_id"):
        Directory.load(write_csv(tmp_path / "directory.csv", [OFFICE, OFFICE]))


@pytest.mark.parametrize("address", ["lakeside", "Lakeside", "LAKESIDE/", "lakeside\\", "lakeside//"])
def test_two_offices_never_get_their_sets_in_one_place(tmp_path: Path, address: str) -> None:
    other = OFFICE | {"office_id": "8", "name": "Riverbend", "address": address}
    path = write_csv(tmp_path / "directory.csv", [OFFICE, OFFICE | {"office_id": "9", "address": "elm"}, other])
    with pytest.raises(DirectoryProblem, match="line 4, column address: the office in line 2 has the same address"):
        Directory.load(path)


def test_one_address_may_be_used_by_two_channels(tmp_path: Path) -> None:
    by_mail = OFFICE | {"office_id": "8", "channel": "mail"}
    assert len(Directory.load(write_csv(tmp_path / "directory.csv", [OFFICE, by_mail]))) == 2


@pytest.mark.parametrize(
    ("word", "trusted"), [("yes", True), ("YES", True), ("y", True), ("no", False), ("", False), ("N", False)]
)
def test_only_a_yes_makes_an_office_trusted(tmp_path: Path, word: str, trusted: bool) -> None:
    directory = Directory.load(write_csv(tmp_path / "directory.csv", [OFFICE | {"trusted": word}]))
    assert directory.offices[0].trusted is trusted


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "roster.csv", [ROW])
    file = RosterFile(path)
    first = file.current()
    assert file.current() is first
    write_csv(path, [ROW, OTHER])
    assert len(file.current()) == 2
    before = path.stat()
    write_csv(path, [ROW, OTHER | {"last_name": "Raiz"}])  # the same size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    found = file.current().by_id("1183")
    assert found is not None
    assert found.last_name == "Raiz"


def test_an_earlier_version_never_stands_in_for_a_broken_or_missing_file(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "roster.csv", [ROW])
    file = RosterFile(path)
    assert len(file.current()) == 1
    path.write_text("spoiled\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(RosterProblem):
            file.current()
    path.unlink()
    with pytest.raises(RosterProblem, match="cannot be read"):
        file.current()
    write_csv(path, [ROW])
    assert len(file.current()) == 1
    with pytest.raises(DirectoryProblem, match=r"directory\.csv: cannot be read"):
        DirectoryFile(tmp_path / "directory.csv").current()


# ---- while it is being saved -----------------------------------------------------------------------------------------------

HEADER = "patient_id,last_name,first_name,date_of_birth,phone\n"


def rows(count: int) -> str:
    """So many patients."""
    return HEADER + "".join(f"{n},Park,John,1984-04-13,(512) 555-{n:04d}\n" for n in range(count))


def write(path: Path, text: str, age: float = 0.0) -> Path:
    """The text, in a file that is so many seconds old."""
    path.write_text(text, encoding="utf-8")
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def test_a_table_cut_in_the_middle_of_a_row_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "roster.csv", rows(3)[:-16], age=3600)
    with pytest.raises(RosterProblem, match=r"line 4: ends in the middle of a row"):
        Roster.load(path)
    assert len(Roster.load(write(path, rows(3)))) == 3


def test_a_young_table_without_a_last_line_end_is_read_once_it_has_come_to_rest(tmp_path: Path) -> None:
    path = write(tmp_path / "roster.csv", rows(3).rstrip("\n"), age=SAVING_SECONDS - 1)
    with pytest.raises(RosterProblem, match="was being saved"):
        Roster.load(path)
    assert len(Roster.load(write(path, rows(3).rstrip("\n"), age=SAVING_SECONDS + 1))) == 3


def test_a_table_that_has_lost_many_rows_is_believed_only_when_it_stays_so(tmp_path: Path) -> None:
    now = 1000.0
    path = write(tmp_path / "roster.csv", rows(100))
    file = RosterFile(path, clock=lambda: now)
    assert len(file.current()) == 100
    write(path, rows(40), age=1)
    for now in (1000.0, 1000.0 + DOUBTED_SECONDS - 1):  # noqa: B007 -- the clock reads it
        with pytest.raises(RosterProblem, match="has lost 60 of 100 rows"):
            file.current()
    write(path, rows(50), age=2)
    with pytest.raises(RosterProblem, match="has lost 50 of 100 rows"):
        file.current()
    now += DOUBTED_SECONDS
    assert len(file.current()) == 50
    assert file.current() is file.current()


def test_a_half_saved_table_is_doubted_and_the_whole_one_believed_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "roster.csv", rows(100))
    file = RosterFile(path)
    file.current()
    write(path, rows(40), age=1)
    with pytest.raises(RosterProblem):
        file.current()
    write(path, rows(101))
    assert len(file.current()) == 101


def test_patients_who_have_left_are_no_reason_for_doubt(tmp_path: Path) -> None:
    path = write(tmp_path / "roster.csv", rows(100))
    file = RosterFile(path)
    file.current()
    write(path, rows(80), age=1)
    assert len(file.current()) == 80


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_table_read_again_while_others_match_gives_each_a_whole_one(tmp_path: Path) -> None:
    path = write(tmp_path / "roster.csv", rows(200))
    file = RosterFile(path)
    seen: list[tuple[int, int, object]] = []
    done = threading.Event()

    def match_on() -> None:
        while not done.is_set():
            roster = file.current()
            found = match_patient(reading(patient_name="John Park", patient_dob="1984-04-13"), roster)
            seen.append((len(roster), len(found.findings), found.patient))

    threads = [threading.Thread(target=match_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    for count in range(201, 211):
        write(tmp_path / "new.csv", rows(count), age=300 - count).replace(path)
        assert len(file.current()) == count
    done.set()
    for thread in threads:
        thread.join()
    assert all(thread_saw in {(count, 1, None) for count in range(200, 211)} for thread_saw in seen)
    assert seen


def test_a_roster_may_come_from_anywhere() -> None:
    people = (patient(str(n), "John", "Park", "1984-04-13", email=f"john{n}@mailbox.com") for n in range(3))
    roster = Roster(people)
    assert len(roster) == 3
    assert roster.by_id("2") == patient("2", "John", "Park", "1984-04-13", email="john2@mailbox.com")


def test_every_refusal_is_one_family() -> None:
    assert issubclass(RosterProblem, TableProblem)
    assert issubclass(DirectoryProblem, TableProblem)
