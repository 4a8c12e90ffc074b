"""The list of a chart, as spreadsheets and people write it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NeedsPerson
from pipeline.gathering.contents import plain_name, read_contents
from schemas.record_set import ItemKind
from schemas.release import HoldReason
from tests.gathering.making import COLUMNS, Row, table

GOOD: Row = ("pano.jpg", "xray-pano", "2024-05-01", "1", "", "Panorámica")


def one_finding(data: str) -> str:
    findings = read_contents(data.encode()).findings
    assert [finding.reason for finding in findings] == [HoldReason.CHART_INCOMPLETE]
    assert findings[0].cure
    return findings[0].sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_whatever_a_spreadsheet_saves_reads_the_same(encoding, line_end):
    entry = read_contents(table([GOOD]).replace("\n", line_end).encode(encoding)).entries[0]
    assert (entry.file, entry.kind, entry.date, entry.pages) == ("pano.jpg", ItemKind.XRAY_PANO, date(2024, 5, 1), 1)
    assert entry.description == "Panorámica"


@given(order=st.permutations(COLUMNS))
def test_columns_may_stand_in_any_order(order):
    assert read_contents(table([GOOD], tuple(order)).encode()) == read_contents(table([GOOD]).encode())


def test_columns_that_nobody_asked_for_and_blank_lines_are_passed_over():
    text = "File, Kind ,date,pages,our remark\na.pdf,notes,,2,hello\n\n,,,,\nb.pdf,LAB,,1,\n"
    assert [(entry.file, entry.kind.value, entry.pages) for entry in read_contents(text.encode()).entries] == [
        ("a.pdf", "notes", 2),
        ("b.pdf", "lab", 1),
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "x-ray"}, "“x-ray” is no kind"),
        ({"date": "5/1/2024"}, "“5/1/2024” is no date"),
        ({"date": "2024-02-30"}, "is no date"),
        ({"date": "20240501"}, "is no date"),
        ({"pages": "-1"}, "is no number of pages"),
        ({"pages": "two"}, "is no number of pages"),
        ({"pages": "²"}, "is no number of pages"),
        ({"file": ""}, "names no file"),
        ({"file": "../P-2/pano.jpg"}, "leads out"),
        ({"file": "..\\P-2\\pano.jpg"}, "leads out"),
        ({"file": "/etc/passwd"}, "leads out"),
        ({"file": "\\\\server\\share\\a.jpg"}, "leads out"),
        ({"file": "C:\\a.jpg"}, "leads out"),
        ({"file": "c:a.jpg"}, "leads out"),
    ],
)
def test_a_line_that_can_be_misunderstood_is_named_with_its_number(change, said):
    row = dict(zip(COLUMNS, GOOD, strict=True)) | change
    sentence = one_finding(table([("fine.pdf", "notes", "", "1", "", ""), tuple(row.values())]))
    assert sentence.startswith("Line 3 of contents.csv")
    assert said in sentence


def test_a_line_that_is_too_short_is_named():
    assert "fewer cells" in one_finding("file,kind,date,pages\na.pdf,notes\n")


def test_every_line_that_is_wrong_is_named_at_once():
    rows: list[Row] = [("a.pdf", "bad", "", "1", "", ""), GOOD, ("b.pdf", "notes", "yesterday", "1", "", "")]
    contents = read_contents(table(rows).encode())
    assert [finding.sentence[:6] for finding in contents.findings] == ["Line 2", "Line 4"]
    assert [entry.file for entry in contents.entries] == ["pano.jpg"]


def test_a_file_that_is_listed_twice_is_named():
    assert "“PANO.jpg” more than once" in one_finding(table([GOOD, ("PANO.jpg", *GOOD[1:])]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"file,kind,date\n",
        b"file,file,kind,date,pages\n",
        b'file,kind,date,pages\na.pdf,"notes,,1\n',
        "file,kind,date,pages\n".encode("utf-16"),
        b"file,kind,date,pages\n\x81\x8d,notes,,1\n",
        b"file,kind,date,pages\n" + b"a" * 200_000 + b",notes,,1\n",
    ],
)
def test_what_is_no_such_table_is_held(data):
    with pytest.raises(NeedsPerson) as held:
        read_contents(data)
    assert held.value.findings[0].reason is HoldReason.CHART_INCOMPLETE


@given(data=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"file,kind,date,pages\n{text}".encode()))
def test_no_bytes_at_all_end_in_anything_but_a_reading_or_a_hold(data):
    try:
        contents = read_contents(data)
    except NeedsPerson:
        return
    assert all(".." not in plain_name(entry.file).split("/") for entry in contents.entries)
