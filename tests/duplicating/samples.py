"""Real originals of every kind a chart holds, drawn by code, and the facts to release them with."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms, ImageDraw, ImageFont
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from schemas.record_set import Item, ItemKind, Manifest, Withheld
from schemas.release import Destination, PathwayName, Patient, Practice, Release, Requester, Scope

MADE_AT = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
REQUEST_ID = "R-000123"
PRACTICE = Practice(
    name="Harbor Lane Dental",
    street="18 Harbor Lane",
    city="Camden",
    state="ME",
    zip="04843",
    phone="(207) 555-0142",
    fax="(207) 555-0143",
    email="records@harborlane.example",
    contact="Records, extension 4",
)


def release(first: str = "Thị Ánh", last: str = "Nguyễn-O’Brien", **changes: object) -> Release:
    """A release with every part filled in."""
    facts: dict[str, object] = {
        "patient": Patient(patient_id="1042", first_name=first, last_name=last, date_of_birth=date(1985, 3, 4)),
        "destination": Destination(
            office_id="D7",
            name="Bayside Family Dentistry",
            attention="Dr. Łukasz Ñuñez",
            street="200 Commercial Street, Suite 3",
            city="Portland",
            state="ME",
            zip="04101",
            phone="(207) 555-0177",
            fax="(207) 555-0178",
            channel="folder",
            address="bayside",
            trusted=True,
        ),
        "requester": Requester(name="Thị Ánh Nguyễn-O’Brien"),
        "pathway": PathwayName.AUTHORIZATION,
        "scope": Scope(),
        "requested_on": date(2026, 11, 2),
        "basis": "The patient signed an authorization on November 2, 2026 that names this office; it has not expired.",
    }
    return Release.model_validate({**facts, **changes})


@dataclass
class Chart:
    """Originals on the disk, and a manifest that lists them."""

    folder: Path
    items: list[Item]
    withheld: tuple[Withheld, ...] = ()

    @property
    def manifest(self) -> Manifest:
        """What a gatherer would say about them."""
        return Manifest(patient_id="1042", source="folder", gathered_at=MADE_AT, items=tuple(self.items), withheld=self.withheld)

    def original(self, sha256: str) -> Path:
        """Where an original lies."""
        return self.folder / sha256

    def add(self, file: str, data: bytes, pages: int = 1, kind: ItemKind = ItemKind.OTHER, **facts: object) -> Item:
        """Lays an original down and lists it."""
        sha256 = hashlib.sha256(data).hexdigest()
        (self.folder / sha256).write_bytes(data)
        item = Item.model_validate(
            {
                "number": len(self.items) + 1,
                "file": file,
                "kind": kind,
                "date": date(2024, 6, 1),
                "media_type": "application/octet-stream",
                "sha256": sha256,
                "size_bytes": len(data),
                "pages": pages,
                **facts,
            }
        )
        self.items.append(item)
        return item


def chart_of(folder: Path, *names: str) -> Chart:
    """A chart with these originals of `ORIGINALS`."""
    folder.mkdir(exist_ok=True)
    chart = Chart(folder=folder, items=[])
    for name in names:
        maker, pages = ORIGINALS[name]
        chart.add(name, maker(), pages)
    return chart


# --- PDF originals


def drawn(draw: Callable[[Canvas], None], size: tuple[float, float] = letter) -> bytes:
    """A PDF from drawing calls."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def notes(pages: int = 3, start: int = 1, seed: int = 0, fee: str = "148.00") -> bytes:
    """Treatment notes: dense text, every page other words."""

    def draw(canvas: Canvas) -> None:
        words = [
            *("tooth", "composite", "occlusal", "recall", "prophylaxis", "bitewing", "crown"),
            *("margin", "probing", "lidocaine", "carpule", "consent", "plan"),
        ]
        for page in range(start, start + pages):
            dice = np.random.default_rng(seed * 1000 + page)
            canvas.setFont("Helvetica-Bold", 14)
            canvas.drawString(54, 740, f"Progress notes {page}")
            canvas.setFont("Helvetica", 9)
            for line in range(52):
                canvas.drawString(54, 715 - line * 12.5, f"{2000 + line}-{page:02d}  " + " ".join(dice.choice(words, 12)))
            canvas.drawString(54, 40, f"Fee {fee}")
            canvas.showPage()

    return drawn(draw)


def edited(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A PDF after a change."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(buffer, static_id=True)
    return buffer.getvalue()


def with_boxes(**entries: object) -> Callable[[], bytes]:
    """A page of notes with these page entries."""

    def change(pdf: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            pdf.pages[0].obj[f"/{key}"] = Array(value) if isinstance(value, list) else value

    return lambda: edited(notes(1), change)


def with_inherited_resources() -> bytes:
    """Resources, box and turn stand at the root of the page tree only."""

    def change(pdf: pikepdf.Pdf) -> None:
        page, tree = pdf.pages[0].obj, pdf.Root.Pages
        for key, value in (("/Resources", page.Resources), ("/MediaBox", page.MediaBox), ("/Rotate", 90)):
            tree[key] = value
        for key in ("/Resources", "/MediaBox", "/Rotate"):
            if key in page:
                del page[key]

    return edited(notes(1), change)


def with_notes_on_it() -> bytes:
    """A highlight without an appearance, a square with one, and a link out."""

    def change(pdf: pikepdf.Pdf) -> None:
        look = pdf.make_stream(b"0.8 0.1 0.1 RG 3 w 2 2 116 56 re S")
        look.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 120, 60]))
        look.write(b"0.8 0.1 0.1 RG 3 w 2 2 116 56 re S")
        pdf.pages[0].obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Highlight,
                        Rect=Array([54, 600, 300, 614]),
                        QuadPoints=Array([54, 614, 300, 614, 54, 600, 300, 600]),
                        C=Array([1, 1, 0]),
                        F=4,
                    )
                ),
                pdf.make_indirect(
                    Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([320, 500, 440, 560]), AP=Dictionary(N=look), F=4)
                ),
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Link,
                        Rect=Array([54, 30, 200, 50]),
                        Border=Array([0, 0, 0]),
                        A=Dictionary(S=Name.URI, URI=pikepdf.String("https://tracker.example/")),
                    )
                ),
            ]
        )

    return edited(notes(1), change)


def filled_form() -> bytes:
    """A health history with typed and ticked answers."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 720, "Health history")
        form = canvas.acroForm
        form.textfield(name="allergy", x=72, y=640, width=220, height=24, value="Penicillin, 1998")
        form.checkbox(name="heart", x=72, y=600, checked=True)
        form.choice(name="smoker", x=72, y=550, width=100, height=20, options=["never", "daily"], value="daily")
        canvas.showPage()

    return drawn(draw)


def filled_form_redrawn_by_readers() -> bytes:
    """The same, and the file asks every reader to draw the answers anew."""
    return edited(filled_form(), lambda pdf: pdf.Root.AcroForm.__setitem__("/NeedAppearances", True))


def with_a_hidden_layer() -> bytes:
    """One layer shows, another is off."""

    def change(pdf: pikepdf.Pdf) -> None:
        shown, hidden = (pdf.make_indirect(Dictionary(Type=Name.OCG, Name=pikepdf.String(name))) for name in ("shown", "hidden"))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([shown, hidden]), D=Dictionary(OFF=Array([hidden])))
        page = pdf.pages[0]
        page.obj.Resources.Properties = Dictionary(Shown=shown, Hidden=hidden)
        page.contents_add(
            b"/OC /Shown BDC 0 0 1 rg 400 700 80 40 re f EMC /OC /Hidden BDC 1 0 0 rg 100 100 400 500 re f EMC", prepend=False
        )

    return edited(notes(1), change)


def with_active_content() -> bytes:
    """Scripts, a launch action, an attached file and a page action."""

    def change(pdf: pikepdf.Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert('hello')"))
        pdf.Root.OpenAction = pdf.make_indirect(script)
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([pikepdf.String("a"), script])))
        pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F=pikepdf.String("calc.exe")))
        pdf.attachments["virus.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="virus.exe")

    return edited(with_notes_on_it(), change)


def locked(password: str) -> bytes:
    """Encrypted; with an empty password, every reader opens it."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(notes(1))) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="owner", user=password))
    return buffer.getvalue()


def with_unclipped_scrawl() -> bytes:
    """Content runs far beyond the crop box."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(b"0.2 g 0 0 612 200 re f", prepend=True)
        pdf.pages[0].obj.CropBox = Array([36, 100, 500, 760])

    return edited(notes(1), change)


def scan_in_pdf() -> bytes:
    """A grey scan as a picture in a PDF."""
    buffer = io.BytesIO()
    fine_print("L").save(buffer, "PDF", resolution=200, quality=85)
    return buffer.getvalue()


# --- picture originals


def xray(width: int = 900, height: int = 600, seed: int = 1) -> Image.Image:
    """A dark x-ray: teeth as bright arches in noise, and a tooth number that tells left from right."""
    dice = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    grey = 14 + 10 * np.sin(x / 90.0) + dice.normal(0, 3, (height, width))
    for tooth in range(5):
        cx, cy = width * (tooth + 0.6) / 5, height * (0.35 if tooth % 2 else 0.6)
        grey += 70 * np.exp(-(((x - cx) / (width / 16)) ** 2 + ((y - cy) / (height / 5)) ** 2))
    image = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    ImageDraw.Draw(image).text((20, 12), "R 3", fill=150, font=ImageFont.load_default(36))
    return image


def photo(width: int = 1200, height: int = 800, seed: int = 2) -> Image.Image:
    """A colour photo."""
    grey = np.asarray(xray(width, height, seed)).astype(np.float32) * 2
    rgb = np.stack([grey + 60, grey * 0.8 + 30, grey * 0.7 + 20], axis=2)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def fine_print(mode: str = "1", size: tuple[int, int] = (1700, 2200)) -> Image.Image:
    """A scanned page of small print, 200 dots an inch."""
    image = Image.new("L", size, 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(17)
    for line in range(90):
        draw.text(
            (120, 100 + line * 22),
            f"{line:03d} Claim 0274 paid 61.50 write-off 12.25 balance 0.00 tooth 14 MOD",
            fill=0,
            font=font,
        )
    return image.convert(mode)


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    """A picture file."""
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def exif_turned(orientation: int) -> bytes:
    """A photo whose file says how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(photo(), "JPEG", quality=90, exif=exif)


def cmyk_jpeg() -> bytes:
    """A JPEG in printing inks, stored inverted as Adobe does."""
    return saved(photo().convert("CMYK"), "JPEG", quality=92)


def sixteen_bit_png() -> bytes:
    """An x-ray with 65,536 greys."""
    grey = np.asarray(xray()).astype(np.uint16) * 257 + 37
    return saved(Image.fromarray(grey), "PNG", dpi=(300, 300))


def sixteen_bit_tiff() -> bytes:
    """The same as TIFF."""
    return saved(Image.fromarray(np.asarray(xray()).astype(np.uint16) * 200), "TIFF")


def alpha_png() -> bytes:
    """A drawing on a transparent ground."""
    image = Image.new("RGBA", (800, 500), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((100, 80, 500, 420), fill=(20, 90, 160, 128), outline=(0, 0, 0, 255), width=6)
    return saved(image, "PNG")


def palette_png() -> bytes:
    """A tooth chart in few colours."""
    return saved(photo().quantize(64), "PNG")


def fax_tiff(pages: int = 3, dpi: int = 200) -> bytes:
    """A scan of several letter pages, fax group 4 in one strip each."""
    frames = []
    for page in range(pages):
        frame = fine_print("1", (dpi * 17 // 2, dpi * 11))
        ImageDraw.Draw(frame).text((120, 40), f"Sheet {page + 1}", fill=0, font=ImageFont.load_default(40))
        frames.append(frame)
    options = {"compression": "group4", "dpi": (dpi, dpi), "tiffinfo": {278: dpi * 11}}
    return saved(frames[0], "TIFF", save_all=True, append_images=frames[1:], **options)


def profiled_jpeg() -> bytes:
    """A JPEG with a colour profile."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return saved(photo(), "JPEG", quality=90, icc_profile=profile)


ORIGINALS: dict[str, tuple[Callable[[], bytes], int]] = {
    "notes.pdf": (notes, 3),
    "turned-90.pdf": (with_boxes(Rotate=90), 1),
    "turned-180.pdf": (with_boxes(Rotate=180), 1),
    "turned-270.pdf": (with_boxes(Rotate=270), 1),
    "cropped.pdf": (with_unclipped_scrawl, 1),
    "cropped-turned.pdf": (with_boxes(CropBox=[40, 60, 500, 700], Rotate=90), 1),
    "odd-box.pdf": (with_boxes(MediaBox=[-20.5, -30.25, 592.33, 761.9]), 1),
    "unit.pdf": (with_boxes(UserUnit=2), 1),
    "narrow.pdf": (with_boxes(CropBox=[54, 500, 254, 760]), 1),
    "inherited.pdf": (with_inherited_resources, 1),
    "annotated.pdf": (with_notes_on_it, 1),
    "form.pdf": (filled_form, 1),
    "form-redrawn.pdf": (filled_form_redrawn_by_readers, 1),
    "layers.pdf": (with_a_hidden_layer, 1),
    "active.pdf": (with_active_content, 1),
    "locked-with-nothing.pdf": (lambda: locked(""), 1),
    "scan.pdf": (scan_in_pdf, 1),
    "xray.jpg": (lambda: saved(xray(), "JPEG", quality=92), 1),
    "photo.jpg": (lambda: saved(photo(), "JPEG", quality=90), 1),
    "progressive.jpg": (lambda: saved(photo(), "JPEG", quality=90, progressive=True), 1),
    "profiled.jpg": (profiled_jpeg, 1),
    "cmyk.jpg": (cmyk_jpeg, 1),
    **{f"exif-{n}.jpg": ((lambda n=n: exif_turned(n)), 1) for n in range(2, 9)},
    "xray.png": (lambda: saved(xray(), "PNG"), 1),
    "photo.png": (lambda: saved(photo(), "PNG"), 1),
    "16bit.png": (sixteen_bit_png, 1),
    "alpha.png": (alpha_png, 1),
    "palette.png": (palette_png, 1),
    "fine-print.png": (lambda: saved(fine_print("1"), "PNG", dpi=(200, 200)), 1),
    "fax.tif": (fax_tiff, 3),
    "coarse-fax.tif": (lambda: fax_tiff(dpi=120), 3),
    "fax-inverted.tif": (lambda: saved(fine_print("1"), "TIFF", compression="group4", tiffinfo={262: 0, 278: 2200}), 1),
    "strips.tif": (lambda: saved(fine_print("1"), "TIFF", compression="group4", tiffinfo={278: 64}), 1),
    "lzw.tif": (lambda: saved(photo(), "TIFF", compression="tiff_lzw"), 1),
    "palette.tif": (lambda: saved(photo().quantize(64), "TIFF"), 1),
    "see-through.tif": (lambda: saved(Image.open(io.BytesIO(alpha_png())), "TIFF"), 1),
    "see-through-grey.png": (lambda: saved(Image.open(io.BytesIO(alpha_png())).convert("LA"), "PNG"), 1),
    "bitmap.bmp": (lambda: saved(photo(), "BMP"), 1),
    "turned.tif": (lambda: saved(photo(), "TIFF", compression="tiff_lzw", tiffinfo={274: 6}), 1),
    "turned-fax.tif": (lambda: saved(fine_print("1"), "TIFF", compression="group4", tiffinfo={274: 6, 278: 2200}), 1),
    "16bit.tif": (sixteen_bit_tiff, 1),
    "cmyk.tif": (lambda: saved(photo().convert("CMYK"), "TIFF"), 1),
}
