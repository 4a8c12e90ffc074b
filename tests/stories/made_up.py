"""A made-up practice of any size, with requests that are quick to read: typed, and signed by a drawn hand."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from pipeline.practice.folder import CONTENTS_COLUMNS, DIRECTORY_COLUMNS, ROSTER_COLUMNS, PracticeFolder
from schemas.release import Practice

FIRST = ("Margaret", "Daniel", "Chidi", "Renata", "Kenji", "Hannah", "Marta", "Emre", "Freja", "Quentin")
LAST = ("Oyelaran", "Ruizmann", "Okaforth", "Gauthier", "Nakagawa", "Whitlock", "Kowalczyk", "Yildizson", "Larsenby", "Pemberton")
OFFICES = (
    ("lakeside", "Lakeside Family Dental", "12 Shore Road", "(555) 010-0101", "(555) 010-0102"),
    ("summit", "Summit Dental Partners", "340 Ridge Avenue", "(555) 010-0201", "(555) 010-0202"),
)
PRACTICE = Practice(
    name="Maple Street Family Dentistry",
    street="4 Maple Street",
    city="Fairhaven",
    state="OH",
    zip="44001",
    phone="(555) 010-0001",
)


def make_practice(root: Path, patients: int, today: date) -> PracticeFolder:
    """A practice with this many patients, each with a chart of two items, and two trusted offices."""
    folder = PracticeFolder(root)
    folder.create(PRACTICE)
    rows = [_patient(n) for n in range(patients)]
    _write(folder.roster_csv, ROSTER_COLUMNS, rows)
    _write(folder.directory_csv, DIRECTORY_COLUMNS, [_office(*office) for office in OFFICES])
    for n, row in enumerate(rows):
        chart(folder.charts / row["patient_id"], n, row)
    return folder


def request_pdf(number: int, today: date, *, signed: bool = True) -> bytes:
    """A typed request of patient `number` to one of the offices."""
    patient, office = _patient(number), OFFICES[number % len(OFFICES)]
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=letter, invariant=1)
    page.setFont("Helvetica-Bold", 15)
    page.drawString(72, 730, "Request for a copy of dental records")
    born = date.fromisoformat(patient["date_of_birth"])
    lines = (
        ("Patient name:", f"{patient['first_name']} {patient['last_name']}"),
        ("Date of birth:", f"{born:%m/%d/%Y}"),
        ("Phone:", patient["phone"]),
        ("Release records from:", PRACTICE.name),
        ("Release records to:", office[1]),
        ("Address:", f"{office[2]}, Fairhaven, OH 44001"),
        ("Fax:", office[4]),
        ("Records to be released:", "      Complete dental record"),
        ("Purpose:", "continuing care"),
    )
    for row, (label, value) in enumerate(lines):
        page.setFont("Helvetica", 11)
        page.drawString(72, 680 - 34 * row, label)
        page.drawString(230, 680 - 34 * row, value)
    _tick(page, 230, 680 - 34 * 7)
    page.drawString(72, 300, "Signature of patient:")
    page.line(200, 296, 400, 296)
    page.drawString(420, 300, "Date:")
    page.drawString(460, 300, f"{today:%m/%d/%Y}")
    if signed:
        sign(page, random.Random(number))
    page.save()
    return buffer.getvalue()


def _tick(page: Canvas, x: float, y: float) -> None:
    page.rect(x, y - 1, 10, 10)
    page.setLineWidth(1.5)
    page.line(x + 1.5, y + 0.5, x + 8.5, y + 7.5)
    page.line(x + 1.5, y + 7.5, x + 8.5, y + 0.5)
    page.setLineWidth(1)


def sign(page: Canvas, dice: random.Random, x: float = 212.0, y: float = 306.0) -> None:
    """A hand signs from (x, y): nobody's name."""
    page.setLineWidth(1.4)
    path = page.beginPath()
    path.moveTo(x, y)
    for _ in range(9):
        step = dice.uniform(14, 20)
        path.curveTo(
            x + step * 0.2, y + dice.uniform(8, 26), x + step * 0.8, y - dice.uniform(4, 16), x + step, y + dice.uniform(-4, 4)
        )
        x += step
    page.drawPath(path)


def _patient(n: int) -> dict[str, str]:
    dice = random.Random(n)
    return {
        "patient_id": f"P{n:04d}",
        "last_name": LAST[n // 10 % 10] + ("" if n < 100 else "son"),
        "first_name": FIRST[n % 10],
        "date_of_birth": date(1950 + n % 45, 1 + n % 12, 1 + n % 28).isoformat(),
        "phone": f"(555) 010-{1000 + n:04d}",
        "street": f"{dice.randrange(1, 900)} Elm Street",
        "city": "Fairhaven",
        "state": "OH",
        "zip": "44001",
        "status": "active",
        "balance": "0.00",
    }


def _office(office_id: str, name: str, street: str, phone: str, fax: str) -> dict[str, str]:
    place = {"street": street, "city": "Fairhaven", "state": "OH", "zip": "44001"}
    return {
        "office_id": office_id,
        "name": name,
        **place,
        "phone": phone,
        "fax": fax,
        "channel": "folder",
        "address": office_id,
        "trusted": "yes",
    }


def chart(place: Path, n: int, row: dict[str, str]) -> None:
    """A chart of two items, like nobody else's: two pages of notes and a bitewing."""
    place.mkdir(parents=True)
    notes = Canvas(str(place / "notes.pdf"), pagesize=letter, invariant=1)
    for page in (1, 2):
        notes.drawString(72, 740, f"Progress notes of {row['first_name']} {row['last_name']}   Page {page} of 2")
        for line in range(30):
            notes.drawString(
                72,
                700 - 20 * line,
                f"{2020 + line % 6}-0{1 + line % 9}-1{line % 9}  tooth {1 + (n + line) % 32}: visit {n * 60 + page * 30 + line}",
            )
        notes.showPage()
    notes.save()
    picture = Image.new("L", (320, 240), 30)
    pen = ImageDraw.Draw(picture)
    for tooth in range(6):
        pen.ellipse(
            (20 + tooth * 48, 60 + (n * 7 + tooth * 13) % 50, 60 + tooth * 48, 200), fill=120 + (n * 11 + tooth * 17) % 120
        )
    picture.save(place / "bitewing.jpg", quality=92)
    contents = [
        {"file": "notes.pdf", "kind": "notes", "date": "2026-03-02", "pages": "2", "teeth": "", "description": "Progress notes"},
        {
            "file": "bitewing.jpg",
            "kind": "xray-bitewing",
            "date": "2026-03-02",
            "pages": "1",
            "teeth": "2-5",
            "description": "Bitewing",
        },
    ]
    _write(place / "contents.csv", CONTENTS_COLUMNS, contents)


def _write(file: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
