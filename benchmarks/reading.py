"""How well requests are read, and what it costs: `python -m benchmarks.reading FOLDER`.

FOLDER holds scans and `truth.jsonl`, one object a scan: {"file", "look", "fields": {NAME: value}, "checked": [...], "signed"},
with dates in ISO form; a field that the form does not ask for, or that was left blank, is absent. Whoever fills forms with
made-up people can write it. Values are compared without case and punctuation; names without middle initials.

Printed: values right, wrong and missing by field and by look; wrong among those that are sure; check boxes; signatures; CPU
seconds a page by step; and what pytesseract, RapidOCR as it comes and OCRmyPDF (where installed) take for the same pages,
with one thread each. They give the text of a page only; the reader finds fields, ticks and signatures besides.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont

from benchmarks.measuring import NOTHING, Used, used
from benchmarks.showing import Page
from pipeline.documents import Document, Limits, inspect, open_document
from pipeline.reading.closer import looked_closer
from pipeline.reading.layout import layout_of
from pipeline.reading.page import PageText
from pipeline.reading.preparation import prepare
from pipeline.reading.reader import PageReading, Reader, assembled, recognized, upright
from schemas.reading import Reading

DIGITS = {"patient.phone", "destination.phone", "destination.fax", "patient.zip", "destination.zip"}
DATES = {"patient.dob", "signature.date", "expiry.date", "scope.from_date", "scope.to_date"}
GROUPS = {"scope", "purpose", "delivery"}
BINS = 10


# ---- comparing -----------------------------------------------------------------------------------------------------------


def normal(name: str, value: str) -> str:
    """A value without what does not matter: case, accents, punctuation, middle initials, the word Suite."""
    if name in DATES:
        return value[:10]
    if name in DIGITS:
        return re.sub(r"\D", "", value)[: 5 if name.endswith("zip") else 10]
    if name.endswith("email"):
        return value.lower().replace(" ", "")
    text = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    if name == "patient.name":
        words = [w for w in words if len(w) > 1 or words.index(w) in (0, len(words) - 1)]
    if name.endswith("street"):
        words = [w for w in words if w not in ("suite", "ste", "apt", "unit")]
    return " ".join(words)


@dataclass
class Tally:
    """What was counted for one field, one look, or all."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    sure: int = 0
    sure_wrong: int = 0

    @property
    def row(self) -> tuple[int, int, int, int, float, int, float]:
        """n, right, wrong, missing, percent right, sure, percent of the sure ones wrong."""
        n = self.right + self.wrong + self.missing
        wrong = 100 * self.sure_wrong / max(1, self.sure)
        return n, self.right, self.wrong, self.missing, 100 * self.right / max(1, n), self.sure, wrong


@dataclass
class Score:
    """All that was counted."""

    by_field: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_look: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    boxes: Counter[str] = field(default_factory=Counter)
    signatures: Counter[bool] = field(default_factory=Counter)
    confidences: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, truth: dict[str, Any], reading: Reading, sure: float) -> None:
        """One scan."""
        read = {name.value: found for name, found in reading.fields.items()}
        for name, want in truth["fields"].items():
            found = read.get(name)
            right = found is not None and normal(name, found.value) == normal(name, str(want))
            is_sure = found is not None and found.confidence >= sure
            for tally in (self.by_field[name], self.by_field["all"], self.by_look[truth["look"]]):
                tally.right += right
                tally.wrong += found is not None and not right
                tally.missing += found is None
                tally.sure += is_sure
                tally.sure_wrong += is_sure and not right
            if found is not None:
                self.confidences.append((found.confidence, right))
        want_boxes = set(truth["checked"])
        got = {c for c in reading.checked() if c.split(".")[0] in GROUPS}
        self.boxes["hit"] += len(want_boxes & got)
        self.boxes["miss"] += len(want_boxes - got)
        self.boxes["extra"] += len(got - want_boxes)
        if truth["signed"] is not None:
            self.signatures[reading.signature.present == truth["signed"]] += 1


def show(page: Page, score: Score) -> None:
    """The tables."""
    headings = ("", "n", "right", "wrong", "missing", "% right", "sure", "% of sure wrong")
    fields = [(name, *tally.row) for name, tally in sorted(score.by_field.items(), key=lambda i: (i[0] == "all", i[0]))]
    page.rows("reading", "values by field", headings, fields)
    page.rows("reading", "values by look", headings, [(name, *tally.row) for name, tally in sorted(score.by_look.items())])
    hit, miss, extra = (score.boxes[k] for k in ("hit", "miss", "extra"))
    precision, recall = hit / max(1, hit + extra), hit / max(1, hit + miss)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    page.rows("reading", "check boxes", ("", "precision", "recall", "F1"), [("all", precision, recall, f1)])
    signed = score.signatures
    page.rows("reading", "signature there or not", ("", "n", "right"), [("all", sum(signed.values()), signed[True])])


def draw_reliability(pairs: Sequence[tuple[float, bool]], path: Path) -> None:
    """The reliability curve: of the values of each confidence, the share that is right; a bar says how many they are."""
    side, rim = 640, 70
    picture = Image.new("RGB", (side + 2 * rim, side + 2 * rim), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(18)
    pen.rectangle((rim, rim, rim + side, rim + side), outline="black")
    pen.line((rim, rim + side, rim + side, rim), fill=(170, 170, 170), width=2)
    points = []
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        inside = [(c, r) for c, r in pairs if low <= c < high or (number == BINS - 1 and c == 1)]
        if not inside:
            continue
        confidence, right = np.mean([c for c, _ in inside]), np.mean([r for _, r in inside])
        points.append((rim + confidence * side, rim + side - right * side))
        bar = len(inside) / len(pairs) * side / 2
        pen.rectangle((rim + low * side + 6, rim + side - bar, rim + high * side - 6, rim + side), fill=(215, 225, 240))
        pen.text((rim + low * side + 8, rim + side - bar - 22), str(len(inside)), fill=(90, 90, 90), font=font)
    pen.line(points, fill=(20, 90, 200), width=4)
    for x, y in points:
        pen.ellipse((x - 6, y - 6, x + 6, y + 6), fill=(20, 90, 200))
    for tenth in range(0, 11, 2):
        pen.text((rim + tenth / 10 * side - 12, rim + side + 10), f"{tenth / 10:.1f}", fill="black", font=font)
        pen.text((rim - 42, rim + side - tenth / 10 * side - 10), f"{tenth / 10:.1f}", fill="black", font=font)
    pen.text((rim + side // 2 - 60, rim + side + 38), "confidence", fill="black", font=font)
    pen.text((rim, rim - 34), "share of values that are right", fill="black", font=font)
    picture.save(path)


# ---- reading, step by step -----------------------------------------------------------------------------------------------


class Steps:
    """What each step has used."""

    def __init__(self) -> None:
        self.by_name: dict[str, Used] = {}
        self.pages = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Counts what is used inside."""
        began = used()
        yield
        self.by_name[name] = self.by_name.get(name, NOTHING) + (used() - began)


def read(reader: Reader, path: Path, steps: Steps) -> Reading:
    """A document as `Reader.read` reads it, each step by itself."""
    began = time.perf_counter()
    pages = read_pages(reader, path, steps)
    return assembled(pages, len(pages), "0" * 64, time.perf_counter() - began)


def read_pages(reader: Reader, path: Path, steps: Steps) -> list[PageReading]:
    """Its pages."""
    pages = []
    with open_document(path, inspect(path, Limits()).media_type, Limits()) as document:
        for number in range(1, document.page_count + 1):
            pages.append(_page(reader, document, number, steps))
            steps.pages += 1
    return pages


def _page(reader: Reader, document: Document, number: int, steps: Steps) -> PageReading:
    with steps.step("open the page"):
        picture = document.image(number, 300)
    with steps.step("prepare, find lines"):
        prepared = prepare(picture, reader.engines.first)
    with steps.step("rules and boxes"):
        layout = layout_of(prepared.grey, [upright(c) for c in prepared.corners])
    with steps.step("read the lines"):
        lines = recognized(prepared, reader.engines.first, layout)
    with steps.step("labels"):
        page = PageText.of(lines, layout)
    with steps.step("look closer"):
        page = looked_closer(page, prepared.grey, reader.engines.first)
    with steps.step("fields, second look"):
        return reader.page_reading(page, prepared, number)


# ---- the rivals ----------------------------------------------------------------------------------------------------------


def _pytesseract(paths: Sequence[Path]) -> None:
    import pytesseract

    for path in paths:
        pytesseract.image_to_data(Image.open(path))


def _rapidocr(paths: Sequence[Path]) -> None:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    engine = RapidOCR(params=threads)
    for path in paths:
        engine(str(path))


def _ocrmypdf(paths: Sequence[Path]) -> None:
    for path in paths:
        command = [sys.executable, "-m", "ocrmypdf", "--jobs", "1", "--rotate-pages", "--deskew", "--image-dpi", "300", "--quiet"]
        subprocess.run([*command, str(path), str(path.with_suffix(".pdf"))], check=True)


RIVALS: dict[str, tuple[str, Callable[[Sequence[Path]], None]]] = {
    "pytesseract alone": ("pytesseract", _pytesseract),
    "RapidOCR as it comes": ("onnxruntime", _rapidocr),
    "OCRmyPDF, rotate and deskew": ("ocrmypdf", _ocrmypdf),
}


def pictures_of(paths: Sequence[Path], folder: Path, most: int) -> list[Path]:
    """The first pages of the scans, as pictures at 300 dots an inch."""
    made = []
    for path in paths:
        with open_document(path, inspect(path, Limits()).media_type, Limits()) as document:
            for number in range(1, document.page_count + 1):
                if len(made) == most:
                    return made
                made.append(folder / f"{path.stem}-{number}.png")
                document.image(number, 300).convert("RGB").save(made[-1], dpi=(300, 300))
    return made


def _in_own_process(name: str, pages: Sequence[Path]) -> Used:
    """What a rival uses for the pages, its start included, with one thread."""
    began = used()
    code = "import sys; from pathlib import Path; from benchmarks.reading import RIVALS; "
    code += f"RIVALS[{name!r}][1]([Path(p) for p in sys.argv[1:]])"
    command = [sys.executable, "-c", code, *map(str, pages)]
    subprocess.run(command, check=True, env=_one_thread(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return used() - began


def _one_thread() -> dict[str, str]:
    return {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}


def main(
    folder: Annotated[Path, typer.Argument(help="Scans and truth.jsonl.")],
    first: Annotated[int | None, typer.Option(min=1, help="Only so many scans.")] = None,
    sure: Annotated[float, typer.Option(help="The confidence from which a value counts as sure.")] = 0.9,
    curve: Annotated[Path | None, typer.Option(help="Where to write the reliability curve (PNG).")] = None,
    rival_pages: Annotated[int, typer.Option(min=0, help="Pages that the rivals read, too.")] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Reads every scan of a folder and compares with what is known to be on it."""
    page = Page(as_json=as_json)
    page.where()
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    truths = [json.loads(line) for line in lines if line.strip()][:first]
    reader, steps, score = Reader(), Steps(), Score()
    for truth in truths:
        score.add(truth, read(reader, folder / truth["file"], steps), sure)
    show(page, score)
    rows = [(name, u.seconds / steps.pages, u.cpu_seconds / steps.pages) for name, u in steps.by_name.items()]
    rows.append(("all steps", sum(r[1] for r in rows), sum(r[2] for r in rows)))
    page.rows("reading", f"a page, over {steps.pages} pages", ("", "seconds", "CPU seconds"), rows)
    if curve is not None and score.confidences:
        draw_reliability(score.confidences, curve)
    if rival_pages:
        _beside_rivals(page, reader, [folder / t["file"] for t in truths], rival_pages)


def _beside_rivals(page: Page, reader: Reader, paths: Sequence[Path], most: int) -> None:
    """The same pages, from their pictures, by everybody."""
    with TemporaryDirectory() as name:
        pages = pictures_of(paths, Path(name), most)
        began = used()
        for picture in pages:
            reader.read_picture(Image.open(picture))
        rows = [("the reader", used() - began)]
        for rival, (module, _) in RIVALS.items():
            if find_spec(module) is None:
                page.remark(f"{rival} is not installed and was left out.")
            else:
                rows.append((rival, _in_own_process(rival, pages)))
    ours = rows[0][1].cpu_seconds
    table = [(n, u.seconds / len(pages), u.cpu_seconds / len(pages), u.cpu_seconds / ours) for n, u in rows]
    page.rows("reading", f"the same {len(pages)} pages", ("", "seconds", "CPU seconds", "times ours"), table)


if __name__ == "__main__":
    typer.run(main)
