"""The vault keeps bytes under their hash, whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Retryable
from pipeline.store.vault import Vault, VaultDamaged


@given(data=st.binary(max_size=5000))
def test_bytes_come_back_as_they_went(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    vault = Vault(tmp_path_factory.mktemp("vault"))
    name = vault.put(data)
    assert name == hashlib.sha256(data).hexdigest()
    assert vault.read(name) == data
    assert vault.put(data) == name


def test_a_changed_blob_is_not_believed(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    name = vault.put(b"x-ray")
    vault.path(name).write_bytes(b"y-ray")
    with pytest.raises(VaultDamaged):
        vault.read(name)
    with pytest.raises(VaultDamaged):
        vault.check(name)


def test_a_blob_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(VaultDamaged):
        Vault(tmp_path).path("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Vault(tmp_path).path(name)


def test_a_write_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    with pytest.raises(RuntimeError), vault.writing() as (file, _):
        file.write(b"half")
        raise RuntimeError
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.skipif(not Path("/dev/full").exists() or os.name == "nt", reason="needs a device that is always full")
def test_a_full_disk_means_later_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(tmp_path)
    with pytest.raises(Retryable, match="cannot be written"), vault.writing() as (file, _):
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"x")
        file.write(b"never reached")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_no_file_name_in_the_vault_says_whose_it_is(tmp_path: Path) -> None:
    source = tmp_path / "Oyelaran, Margaret.pdf"
    source.write_bytes(b"%PDF")
    vault = Vault(tmp_path / "vault")
    vault.put_file(source)
    assert not any("Oyelaran" in str(p) for p in (tmp_path / "vault").rglob("*"))
