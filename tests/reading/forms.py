"""Small request forms, drawn by code, as a scanner would give them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.documents import media_type_of, open_document
from pipeline.reading.reader import Reader
from schemas.reading import Reading

WIDTH, HEIGHT = 1700, 2200
"""Pixels of a letter page at 200 dots an inch."""


@dataclass
class Paper:
    """A sheet to draw a form on."""

    picture: Image.Image = field(default_factory=lambda: Image.new("L", (WIDTH, HEIGHT), 255))

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """Draws on the sheet."""
        return ImageDraw.Draw(self.picture)

    def write(self, x: int, y: int, text: str, size: int = 34) -> Paper:
        """Text with its top left corner at x, y."""
        self.pen.text((x, y), text, fill=20, font=ImageFont.load_default(size))
        return self

    def rule(self, x0: int, x1: int, y: int) -> Paper:
        """A line to write on."""
        self.pen.line([(x0, y), (x1, y)], fill=30, width=2)
        return self

    def box(self, x: int, y: int, words: str, *, ticked: bool = False, side: int = 30) -> Paper:
        """A box to tick with its words to the right."""
        self.pen.rectangle([x, y, x + side, y + side], outline=30, width=3)
        if ticked:
            self.pen.line([(x - 3, y - 3), (x + side + 3, y + side + 3)], fill=15, width=5)
            self.pen.line([(x + side + 3, y - 3), (x - 3, y + side + 3)], fill=15, width=5)
        return self.write(x + side + 16, y - 4, words)

    def scribble(self, x: int, y: int) -> Paper:
        """A signature: one long stroke up and down."""
        points = [(x + 9 * i, y + int(28 * np.sin(i * 1.3) * (1 - i / 60))) for i in range(45)]
        self.pen.line(points, fill=25, width=5, joint="curve")
        return self


def request_form(*, signed: bool = True, printed_name: str = "Maria Lopez") -> Paper:
    """A form with patient, holder, destination, choices and a place to sign."""
    paper = Paper()
    paper.write(500, 80, "AUTHORIZATION TO RELEASE RECORDS", 40)
    paper.write(120, 220, "Patient Name:").write(390, 220, "Maria Lopez").rule(380, 1000, 262)
    paper.write(1050, 220, "Date of Birth:").write(1300, 220, "03/04/1979").rule(1280, 1600, 262)
    paper.write(120, 310, "Address:").write(300, 310, "12 Harbor Road, Salem, MA 01970").rule(280, 1000, 352)
    paper.write(1050, 310, "Phone:").write(1200, 310, "(978) 555-0142").rule(1180, 1600, 352)
    paper.write(120, 440, "Release records from:").write(520, 440, "Elm Street Dental").rule(500, 1300, 482)
    paper.write(120, 540, "Release records to:").write(520, 540, "Baker Orthodontics").rule(500, 1300, 582)
    paper.write(120, 620, "Address:").write(300, 620, "9 Mill Lane, Beverly, MA 01915").rule(280, 1000, 662)
    paper.write(120, 700, "Phone:").write(260, 700, "(978) 555-0199").rule(240, 700, 742)
    paper.write(760, 700, "Fax:").write(860, 700, "(978) 555-0177").rule(840, 1300, 742)
    paper.write(120, 820, "Information to be released:")
    paper.box(150, 890, "X-rays", ticked=True).box(600, 890, "Progress notes").box(1050, 890, "Billing records")
    paper.box(150, 950, "Entire record").box(600, 950, "Treatment plan", ticked=True)
    paper.write(120, 1050, "Purpose of disclosure:")
    paper.box(150, 1120, "Continuing care", ticked=True).box(600, 1120, "Legal").box(1050, 1120, "Insurance")
    paper.write(120, 1400, "Signature of patient:").rule(480, 1080, 1442)
    paper.write(1120, 1400, "Date:").write(1230, 1400, "06/15/2026").rule(1210, 1600, 1442)
    paper.write(120, 1500, "Printed name:").write(400, 1500, printed_name).rule(380, 1080, 1542)
    return paper.scribble(520, 1415) if signed else paper


def scanned(*papers: Paper) -> bytes:
    """The sheets as a TIFF, one page each."""
    first, *rest = [p.picture for p in papers]
    data = BytesIO()
    first.save(data, "TIFF", save_all=True, append_images=rest, dpi=(200, 200), compression="tiff_lzw")
    return data.getvalue()


def scan_with_hidden_text(paper: Paper, rows: list[tuple[int, int, str]]) -> bytes:
    """A PDF of one picture, with invisible words over it as a scanner's own program leaves them; places as in `typed_pdf`."""
    data = BytesIO()
    canvas = Canvas(data, pagesize=(612, 792))
    canvas.drawImage(ImageReader(paper.picture), 0, 0, 612, 792)
    for x, y, text in rows:
        words = canvas.beginText(x, 792 - y)
        words.setTextRenderMode(3)
        words.textLine(text)
        canvas.drawText(words)
    canvas.save()
    return data.getvalue()


def typed_pdf(rows: list[tuple[int, int, str]]) -> bytes:
    """A PDF with real letters; places in points from the top left of a letter page."""
    data = BytesIO()
    canvas = Canvas(data, pagesize=(612, 792))
    for x, y, text in rows:
        canvas.drawString(x, 792 - y, text)
    canvas.save()
    return data.getvalue()


def typed_picture(rows: list[str], top: int = 160, step: int = 54) -> Paper:
    """A typed page: each row under the one before, an empty one for a gap."""
    paper = Paper()
    for number, row in enumerate(rows):
        paper.write(160, top + step * number, row)
    return paper


def read(reader: Reader, folder: Path, data: bytes, name: str = "request.tif") -> Reading:
    """What the reader sees in a file."""
    path = folder / name
    path.write_bytes(data)
    kind = media_type_of(data[:4096], name)
    assert kind is not None
    with open_document(path, kind) as document:
        return reader.read(document, hashlib.sha256(data).hexdigest())
