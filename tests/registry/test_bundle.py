"""The file comes from outside: what is not the published one is refused, before it can do harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.registry import nppes
from pipeline.registry.bundle import opened
from pipeline.registry.problem import RegistryProblem
from pipeline.registry.records import CHUNK, LONGEST_RECORD, Records
from pipeline.registry.taxonomies import DENTAL
from tests.registry import making

MAIN = f"npidata_pfile_{making.MONTH}.csv"


def read(path: Path) -> list[nppes.ProviderRow]:
    """All that is wanted of the file."""
    with opened(path) as bundle, bundle.providers.open() as stream:
        return list(nppes.providers(Records(bundle.providers.name, stream, lambda size: None), DENTAL))


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(RegistryProblem) as problem:
        read(path)
    assert str(problem.value).startswith(path.name) or MAIN in str(problem.value)
    assert str(problem.value).endswith("Nothing was changed.")
    return str(problem.value)


# ---- what is published ---------------------------------------------------------------------------------------------------


def test_the_heading_is_that_of_the_published_table() -> None:
    assert len(making.HEADING) == 330
    assert set(nppes.PROVIDER.values()) <= set(making.HEADING)


def test_the_zip_and_the_table_in_it_give_the_same(tmp_path: Path) -> None:
    rows = (making.provider(1), making.person(2, "SUSAN", "CHEN", taxonomy="1223E0200X"))
    plain = tmp_path / MAIN
    plain.write_bytes(making.providers_table(*rows))
    found = read(making.bundle(tmp_path / "NPPES_Data_Dissemination_November_2026_V2.zip", *rows))
    assert read(plain) == found
    assert [(row.name, row.person, row.taxonomy) for row in found] == [
        ("Tidewater Dental Studio, LLC", False, "1223G0001X"),
        ("Susan Chen", True, "1223E0200X"),
    ]
    assert found[0].place == nppes.PlaceRow("900 Quay St", "Port Linden", "OR", "97993-1234", "5415550170", "5415550171")
    assert found[0].updated == "2025-03-14"


def test_the_day_of_the_file_is_in_its_name(tmp_path: Path) -> None:
    with opened(making.bundle(tmp_path / "any.zip", making.provider(1))) as bundle:
        assert str(bundle.last_day) == "2026-11-08"


def test_the_smaller_tables_are_found_beside_the_large_one(tmp_path: Path) -> None:
    for kind in ("npidata", "pl", "othername"):
        (tmp_path / f"{kind}_pfile_{making.MONTH}.csv").write_bytes(b"x")
    with opened(tmp_path / MAIN) as bundle:
        assert bundle.places is not None
        assert bundle.names is not None
        assert (bundle.places.name, bundle.names.name) == (f"pl_pfile_{making.MONTH}.csv", f"othername_pfile_{making.MONTH}.csv")


def test_a_line_break_and_a_comma_within_a_cell_end_nothing(tmp_path: Path) -> None:
    row = making.provider(1, organisation='THE "BEST"\nDENTAL, INC')
    (found, after) = read(making.bundle(tmp_path / "a.zip", row, making.provider(2)))
    assert found.name == 'The "Best" Dental, Inc'
    assert after.npi == making.npi(2)


def test_a_table_that_was_saved_again_without_quotation_marks_is_read(tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + making.providers_table(making.provider(1, organisation="TIDEWATER")).replace(b'"', b"").replace(b"\n", b"\r\n")
    )
    assert [row.name for row in read(path)] == ["Tidewater"]


# ---- who is kept ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({}, True),
        ({"taxonomy": "122300000X"}, True),
        ({"taxonomy": "1223X0400X"}, True),
        ({"taxonomy": "204E00000X"}, True),
        ({"taxonomy": "261QD0000X"}, True),
        ({"taxonomy": "124Q00000X"}, False),
        ({"taxonomy": "207Q00000X", "phone": "5415551223"}, False),
        ({"taxonomy": "207Q00000X", "taxonomy2": "1223S0112X"}, True),
        ({"taxonomy": ""}, False),
        ({"deactivated": "01/02/2020"}, False),
        ({"deactivated": "01/02/2020", "reactivated": "03/04/2021"}, True),
        ({"deactivated": "03/04/2021", "reactivated": "01/02/2020"}, False),
        ({"deactivated": "some day", "reactivated": "01/02/2020"}, False),
        ({"npi": "1234567890"}, False),
        ({"npi": "=1+1"}, False),
        ({"organisation": "\x07 "}, False),
    ],
)  # fmt: skip
def test_active_dentists_and_dental_offices_are_kept_and_nobody_else(tmp_path: Path, values: dict[str, str], kept: bool) -> None:
    found = read(making.bundle(tmp_path / "a.zip", making.provider(1, **values), making.provider(2)))
    assert len(found) == 1 + kept


def test_of_several_codes_the_primary_one_is_kept(tmp_path: Path) -> None:
    row = making.provider(1, primary="N", taxonomy2="1223P0300X", primary2="Y")
    assert read(making.bundle(tmp_path / "a.zip", row))[0].taxonomy == "1223P0300X"


def test_nothing_unseen_and_no_formula_gets_in(tmp_path: Path) -> None:
    row = making.provider(1, organisation="TIDE\x1b\u202eWATER " + "A" * 5000)
    (found,) = read(making.bundle(tmp_path / "a.zip", row))
    assert found.name.startswith("Tide Water Aaa")
    assert len(found.name) <= nppes.LONGEST_TEXT
    (formula,) = read(making.bundle(tmp_path / "b.zip", making.provider(1, organisation="=HYPERLINK(1)", street="@SUM(1)")))
    assert (formula.name, formula.place.street) == ("Hyperlink(1)", "Sum(1)")


# ---- what is not the published file --------------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_anything_of_it_is_unpacked(tmp_path: Path) -> None:
    assert "far more than it can honestly hold" in refused(zip_of(tmp_path / "bomb.zip", {MAIN: b"0" * 20_000_000}))


def test_a_size_that_is_a_lie_is_believed_and_nothing_is_read_beyond_it(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "liar.zip", {MAIN: making.providers_table(*(making.provider(n) for n in range(50)))})
    true_size = zipfile.ZipFile(path).infolist()[0].file_size
    data = path.read_bytes().replace(true_size.to_bytes(4, "little"), (2000).to_bytes(4, "little"))
    path.write_bytes(data)
    assert "cut off or damaged" in refused(path)


def test_names_that_lead_elsewhere_lead_nowhere(tmp_path: Path) -> None:
    table = making.providers_table(making.provider(1))
    path = zip_of(tmp_path / "paths.zip", {f"../../{MAIN}": table, "/etc/passwd": b"x", "C:\\windows\\x": b"x"})
    assert len(read(path)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["paths.zip"]


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95, 0.999])
def test_a_download_that_broke_off_is_refused(tmp_path: Path, keep: float) -> None:
    path = making.bundle(tmp_path / "part.zip", *(making.provider(n) for n in range(200)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert "is cut off or damaged" in refused(path)


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "bit.zip", {MAIN: making.providers_table(*(making.provider(n) for n in range(200)))})
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)
    assert "damaged" in refused(path)


@pytest.mark.parametrize(
    ("members", "right"),
    [
        ({"holiday.jpg": b"x"}, "holds no npidata_pfile"),
        ({MAIN: b"x", f"again/{MAIN}": b"x"}, "more than one npidata_pfile"),
        ({f"npidata_pfile_{making.WEEK}.csv": b"x"}, "weekly file"),
        ({f"npidata_pfile_{making.MONTH}_fileheader.csv": b"x"}, "holds no npidata_pfile"),
        ({MAIN: b""}, "lacks"),
        ({MAIN: b"a,b,c\n1,2,3\n"}, "such as “NPI”"),
        ({MAIN: making.table(making.PLACES_HEADING, ())}, "such as “Entity Type Code”"),
        ({MAIN: making.providers_table(making.provider(1)).decode().encode("utf-16")}, "is not UTF-8"),
        ({f"{n}.txt": b"" for n in range(300)}, "holds 300 files"),
    ],
)  # fmt: skip
def test_another_zip_is_refused_with_what_would_be_right(tmp_path: Path, members: dict[str, bytes], right: str) -> None:
    assert right in refused(zip_of(tmp_path / "other.zip", members))


def test_a_table_that_ends_within_a_line_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / MAIN
    whole = making.providers_table(making.provider(1), making.provider(2, taxonomy="207Q00000X"))
    path.write_bytes(whole[:-40])
    assert "cut off" in refused(path)
    path.write_bytes(whole[:-700])
    assert "cut off" in refused(path) or "no well-formed" in refused(path)


def test_the_place_of_a_bad_letter_is_told(tmp_path: Path) -> None:
    path = tmp_path / MAIN
    path.write_bytes(making.providers_table(making.provider(1), making.provider(2, city="X")).replace(b'"X"', b'"\xff"'))
    assert ", line 3: is not UTF-8" in refused(path)


def test_a_line_without_an_end_is_not_collected_for_ever(tmp_path: Path) -> None:
    path = tmp_path / MAIN
    path.write_bytes(making.providers_table() + b"9" * (LONGEST_RECORD + 2 * CHUNK))
    assert "longer than any" in refused(path)
    path.write_bytes(making.providers_table() + b'"open\n' + b"line\n" * CHUNK)
    assert "longer than any" in refused(path)


@pytest.mark.parametrize("name", ["missing.zip", "."])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RegistryProblem, match="cannot be read"):
        read(tmp_path / name)


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", making.providers_table()]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_at_all_get_past_the_refusals(tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / MAIN
    path.write_bytes(start + data)
    try:
        assert read(path) == []
    except RegistryProblem as problem:
        assert str(problem).endswith("Nothing was changed.")


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30), min_size=1, max_size=5),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_records_are_split_where_the_csv_module_splits_them(names: list[str], windows: bool) -> None:
    import csv
    import io

    data = making.table(["a", "b"], [[name, "x"] for name in names])
    if windows:
        data = data.replace(b"\n", b"\r\n")
    records = Records("any", io.BytesIO(data), lambda size: None)
    found = [records.heading, *records.having(2)]
    assert found == list(csv.reader(io.StringIO(data.decode(), newline="")))
