"""What goes into a set, under which names, with which papers."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.delivering.naming import is_safe, original_name
from pipeline.delivering.packing import PackedFile, pack
from pipeline.store.vault import Vault, VaultDamaged
from schemas.record_set import Item, ItemKind
from tests.delivering.making import KEY, PRACTICE, RELEASE, facts, packed


def test_a_set_holds_the_pdf_the_originals_and_two_papers(tmp_path):
    assert [file.name for file in packed(tmp_path).files] == [
        "README.txt",
        "Records.pdf",
        "manifest.json",
        "originals/01 xray-pano 2024-05-01.jpg",
        "originals/02 notes.pdf",
        "originals/03 other.stl",
    ]


def test_every_file_is_what_its_hash_and_size_say(tmp_path):
    for file in packed(tmp_path).files:
        data = file.source.read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size_bytes)


def test_the_same_facts_always_give_the_same_bytes(tmp_path):
    first, second = packed(tmp_path / "a"), packed(tmp_path / "b")
    assert first.enclosures == second.enclosures
    assert packed(tmp_path / "a", "another-key").enclosures != first.enclosures


def test_an_original_that_the_vault_lost_is_never_left_out_silently(tmp_path):
    vault = Vault(tmp_path)
    manifest, copied = facts(vault)
    vault.path(manifest.items[1].sha256).unlink()
    with pytest.raises(VaultDamaged):
        pack(RELEASE, manifest, copied, practice=PRACTICE, vault=vault, key=KEY)


def test_the_readme_says_what_this_is_how_to_check_it_and_whom_to_call(tmp_path):
    sent = packed(tmp_path)
    text = sent.files[0].source.read_bytes().decode("utf-8")
    assert text.count("\n") == text.count("\r\n")
    for told in (PRACTICE.name, RELEASE.destination.name, PRACTICE.phone, PRACTICE.contact, KEY, "certutil"):
        assert told in text
    for file in sent.files[1:]:
        assert f"{file.sha256}  {file.name}\r\n" in text


def test_the_readme_names_no_patient(tmp_path):
    text = packed(tmp_path).files[0].source.read_text("utf-8")
    assert "Okafor" not in text
    assert "1984" not in text


def test_the_list_for_programs_tells_each_original_and_where_it_stands_in_the_pdf(tmp_path):
    sent = packed(tmp_path)
    told = json.loads(sent.files[2].source.read_bytes())
    by_name = {file.name: file for file in sent.files}
    assert [original["pages_in_pdf"] for original in told["originals"]] == [[3], [4, 5], []]
    assert told["patient"]["date_of_birth"] == "1984-02-29"
    for original in told["originals"]:
        assert original["sha256"] == by_name[original["file"]].sha256
    assert told["originals"][0]["teeth"] == "1-32"
    assert told["pdf"] == {
        "file": "Records.pdf",
        "sha256": by_name["Records.pdf"].sha256,
        "size_bytes": by_name["Records.pdf"].size_bytes,
        "pages": 5,
    }


def test_no_paper_tells_of_what_was_withheld(tmp_path):
    for file in packed(tmp_path).files:
        data = file.source.read_bytes()
        assert b"therapy" not in data
        assert b"counselling" not in data


@pytest.mark.parametrize(
    "name", ["../x", "a/../b", "/a", "a//b", "", "a\\b", "C:a", "CON", "originals/nul.txt", "a.", "a ", ".a"]
)
def test_a_name_that_leads_out_of_the_set_or_that_windows_cannot_store_is_no_name(tmp_path, name):
    with pytest.raises(ValueError, match="not a name"):
        PackedFile(name, "0" * 64, 1, tmp_path)


def item(number: int, file: str, day: date | None = None) -> Item:
    return Item(number=number, file=file, kind=ItemKind.NOTES, date=day, media_type="x/y", sha256="0" * 64, size_bytes=1, pages=0)


@given(file=st.text(min_size=1), number=st.integers(1, 9999), day=st.none() | st.dates())
def test_whatever_the_chart_calls_a_file_its_name_in_the_set_is_safe(file, number, day):
    folder, name = original_name(item(number, file, day), 9999).split("/")
    assert folder == "originals"
    assert is_safe(name)
    assert not PureWindowsPath(name).is_reserved()


@given(count=st.integers(1, 1200))
def test_names_sort_in_the_order_of_the_set(count):
    names = [original_name(item(number, "a.jpg"), count) for number in range(1, count + 1)]
    assert names == sorted(names)
    assert len(set(names)) == count
