"""Originals of every kind that a chart holds: which are paged, which are only files, which are not what they say."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import Limits, Refused
from pipeline.gathering.originals import examine
from tests.gathering.making import dicom, pdf, picture, stl, tiff


def kept(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a-blob-has-no-ending"
    path.write_bytes(data)
    return path


def zipped(path: Path, *, password_needed: bool = False) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>" * 50)
    if password_needed:
        data = bytearray(path.read_bytes())
        data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag that says encrypted, in the archive's list
        path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("name", "make", "media_type", "pages"),
    [
        ("notes.pdf", lambda path: pdf(path, 12), "application/pdf", 12),
        ("fmx.tif", lambda path: tiff(path, 18), "image/tiff", 18),
        ("pano.jpg", picture, "image/jpeg", 1),
        ("bw.png", picture, "image/png", 1),
        ("volume.dcm", dicom, "application/dicom", 0),
        ("upper.stl", stl, "model/stl", 0),
        ("letter.docx", zipped, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 0),
        ("letter.txt", lambda path: path.write_text("Dear colleague, ü"), "text/plain", 0),
        ("old.txt", lambda path: path.write_text("Dear colleague", encoding="utf-16"), "text/plain", 0),
    ],
)
def test_each_format_is_known_also_without_its_name_on_the_disk(tmp_path, name, make, media_type, pages):
    made = tmp_path / name
    make(made)
    original = examine(kept(tmp_path, made.read_bytes()), name)
    assert (original.media_type, original.pages, original.size_bytes) == (media_type, pages, made.stat().st_size)


@pytest.mark.parametrize("make", [stl, zipped, dicom])
@given(part=st.floats(0, 0.99))
def test_a_file_that_breaks_off_is_refused_or_at_least_still_bears_its_mark(tmp_path_factory, make, part):
    """An archive and a mesh tell of any cut; of a DICOM file only its beginning is looked at."""
    folder = tmp_path_factory.mktemp("cut")
    name = {stl: "a.stl", zipped: "a.docx", dicom: "a.dcm"}[make]
    make(folder / name)
    whole = (folder / name).read_bytes()
    cut = kept(folder, whole[: int(len(whole) * part)])
    if make is dicom and cut.stat().st_size >= 132:
        assert examine(cut, name).pages == 0
        return
    with pytest.raises(Refused):
        examine(cut, name)


def test_an_ascii_mesh_must_reach_its_end(tmp_path):
    mesh = b"solid arch\n" + b"facet normal 0 0 1\n" * 500 + b"endsolid arch\n"
    assert examine(kept(tmp_path, mesh), "a.stl").media_type == "model/stl"
    with pytest.raises(Refused):
        examine(kept(tmp_path, mesh[:-10]), "a.stl")


def test_an_archive_with_a_password_would_help_nobody(tmp_path):
    zipped(tmp_path / "a.zip", password_needed=True)
    with pytest.raises(Refused):
        examine(tmp_path / "a.zip", "a.zip")


def test_a_chart_may_be_longer_than_a_request(tmp_path):
    pdf(tmp_path / "long.pdf", Limits().max_pages + 1)
    assert examine(tmp_path / "long.pdf", "long.pdf").pages == Limits().max_pages + 1


@given(
    data=st.binary(max_size=400),
    suffix=st.sampled_from([".dcm", ".stl", ".ply", ".docx", ".doc", ".rtf", ".bmp", ".heic", ".exe"]),
)
def test_no_bytes_at_all_end_in_anything_but_an_answer_or_a_refusal(tmp_path_factory, data, suffix):
    try:
        original = examine(kept(tmp_path_factory.getbasetemp(), data), f"x{suffix}")
    except Refused as refused:
        assert refused.sentence
    else:
        assert original.pages == 0
