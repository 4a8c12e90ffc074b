"""Made-up documents of every accepted format, drawn anew for each test."""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

LETTER = (612, 792)  # points


def sheet(width: int = 850, height: int = 1100, text: str = "Please send my records", mode: str = "L") -> Image.Image:
    """A page with a black square at the top left, so that its orientation shows, and a line of text."""
    page = Image.new(mode, (width, height), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, width // 4, height // 8), fill="black")
    pen.text((width // 3, height // 2), text, fill="black")
    return page


def corner_is_black(page: Image.Image) -> bool:
    """Whether the square of `sheet` is where it belongs, and only there."""
    gray = page.convert("L")
    far = (gray.width - 4, gray.height - 4)
    return gray.getpixel((4, 4)) < 60 and gray.getpixel(far) > 200 and gray.getpixel((far[0], 4)) > 200


def picture(folder: Path, name: str, **options: object) -> Path:
    path = folder / name
    sheet().save(path, **options)
    return path


def tiff(folder: Path, pages: int = 3, compression: str = "group4", name: str = "fax.tif", **options: object) -> Path:
    path = folder / name
    first, *rest = [sheet(text=f"page {n}").convert("1") for n in range(1, pages + 1)]
    first.save(path, save_all=True, append_images=rest, compression=compression, **options)
    return path


def pdf(folder: Path, pages: int = 2, name: str = "request.pdf", size: tuple[float, float] = LETTER) -> Path:
    path = folder / name
    canvas = Canvas(str(path), pagesize=size)
    for number in range(1, pages + 1):
        canvas.rect(0, size[1] * 7 / 8, size[0] / 4, size[1] / 8, fill=1)
        canvas.drawString(size[0] / 2, size[1] / 2, f"Patient name on page {number}")
        canvas.drawString(size[0] / 2, size[1] / 4, "second line")
        canvas.showPage()
    canvas.save()
    return path


def form_pdf(folder: Path) -> Path:
    """A fillable form with a text field, a ticked box and an empty one."""
    path = folder / "form.pdf"
    canvas = Canvas(str(path), pagesize=LETTER)
    canvas.drawString(72, 700, "Release form")
    form = canvas.acroForm
    form.textfield(name="patient", tooltip="Patient name", value="Ada Brook", x=72, y=600, width=200, height=20)
    form.checkbox(name="xrays", tooltip="X-rays", checked=True, x=72, y=500, size=20)
    form.checkbox(name="notes", tooltip="Notes", checked=False, x=72, y=450, size=20)
    canvas.save()
    return path


def locked_pdf(folder: Path, *, user: str, owner: str, name: str = "locked.pdf") -> Path:
    path = folder / name
    with pikepdf.open(pdf(folder, name=f"open-{name}")) as opened:
        opened.save(path, encryption=pikepdf.Encryption(user=user, owner=owner))
    return path


def rotated_pdf(folder: Path, degrees: int) -> Path:
    """A page whose content is drawn lying, with a /Rotate that puts it upright: as many scanners write it."""
    path = folder / f"rotated-{degrees}.pdf"
    with pikepdf.open(form_pdf(folder)) as opened:
        opened.pages[0].rotate(degrees, relative=False)
        opened.save(path)
    return path


def mail(text: str = "Please send my x-rays to Lakeside.\n", subject: str = "Records") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada Brook <ada@example.org>"
    message["To"] = "desk@example.org"
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:41:00 -0500"
    message.set_content(text)
    return message


def attach(message: EmailMessage, path: Path, kind: str) -> None:
    main, sub = kind.split("/")
    message.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=path.name)


def saved(folder: Path, message: EmailMessage | bytes, name: str = "mail.eml") -> Path:
    path = folder / name
    path.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    return path


def png_bytes(width: int, height: int) -> bytes:
    data = io.BytesIO()
    sheet(width, height).save(data, "PNG")
    return data.getvalue()
