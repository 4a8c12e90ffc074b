"""Charts made for a test: real PDFs, pictures and files, and the list beside them."""

from __future__ import annotations

import csv
import io
import struct
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
from PIL import Image

from schemas.release import Destination, PathwayName, Patient, Release, Requester, Scope

AT = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)
PATIENT = "P-1007"
COLUMNS = ("file", "kind", "date", "pages", "teeth", "description")
Row = tuple[str, str, str, str, str, str]


def release(scope: Scope | None = None, patient_id: str = PATIENT) -> Release:
    return Release(
        patient=Patient(patient_id=patient_id, last_name="Okafor", first_name="Ada", date_of_birth=date(1984, 2, 29)),
        destination=Destination(office_id="D-1", name="Elm Street Dental", channel="folder", address="Elm Street Dental"),
        requester=Requester(name="Ada Okafor"),
        pathway=PathwayName.AUTHORIZATION,
        scope=scope or Scope(),
        requested_on=date(2026, 11, 20),
        basis="signed request of 2026-11-20",
    )


def pdf(path: Path, pages: int, *, password: str = "") -> None:
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(612, 792))
        made.docinfo["/Title"] = path.name  # so that no two files have the same bytes
        made.save(path, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)


def picture(path: Path, shade: int = 120) -> None:
    Image.new("L", (60, 40), shade).save(path)


def tiff(path: Path, frames: int) -> None:
    first, *rest = [Image.new("L", (60, 40), 10 * n) for n in range(1, frames + 1)]
    first.save(path, save_all=True, append_images=rest)


def stl(path: Path, triangles: int = 2) -> None:
    path.write_bytes(bytes(80) + struct.pack("<I", triangles) + bytes(50 * triangles))


def dicom(path: Path) -> None:
    path.write_bytes(bytes(128) + b"DICM" + bytes(200))


def table(rows: list[Row], columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dict(zip(COLUMNS, row, strict=True)) for row in rows)
    return text.getvalue()


def chart(charts: Path) -> tuple[Path, list[Row]]:
    """A chart of several formats, complete as listed."""
    folder = charts / PATIENT
    (folder / "xrays").mkdir(parents=True)
    pdf(folder / "notes.pdf", 3)
    picture(folder / "xrays" / "pano.jpg")
    tiff(folder / "xrays" / "fmx.tif", 4)
    picture(folder / "xrays" / "bw.png", 33)
    stl(folder / "upper.stl")
    dicom(folder / "volume.dcm")
    rows: list[Row] = [
        ("notes.pdf", "notes", "2025-03-01", "3", "", "Progress notes"),
        ("volume.dcm", "cbct", "2024-02-02", "0", "", ""),
        ("xrays/pano.jpg", "xray-pano", "2024-05-01", "1", "", "Panoramic"),
        ("xrays/bw.png", "xray-bitewing", "2025-01-15", "1", "2-5", ""),
        ("xrays/fmx.tif", "xray-fmx", "2021-06-30", "4", "", "Full mouth"),
        ("upper.stl", "other", "", "", "", "Scan of the upper arch"),
    ]
    (folder / "contents.csv").write_text(table(rows), encoding="utf-8")
    return folder, rows
