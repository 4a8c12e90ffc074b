"""Takes the pictures of docs/pictures anew, of a made-up practice that really runs: .venv/bin/python tools/pictures.py

Needs Chromium and tmux, and a few minutes. Look at what it made before you keep it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageColor
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from pipeline.desk.key import cookie_name, key_for
from pipeline.people import accounts
from pipeline.people.sessions import Limits, open_session
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from schemas.people import Role
from workers.wiring import store_for

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
COMMAND = str(Path(sys.executable).with_name("chartrelay"))
PORT, SHOWN_PORT = 18471, 8471
COLUMNS, LINES = 126, 60
PATIENCE = 600
"""Seconds for the sample to come to rest."""

GROUND, INK = "#161b22", "#d6dce2"
PLAIN = ("#3c424a", "#f07178", "#7ec882", "#e2b85c", "#66b2f0", "#c692ea", "#5ec4c4", INK)
BRIGHT = ("#6e7681", "#ff8c92", "#96dc96", "#f0c86e", "#82c4fa", "#d6aafa", "#78d6d6", "#ffffff")
DARK = TerminalTheme(
    ImageColor.getrgb(GROUND)[:3],
    ImageColor.getrgb(INK)[:3],
    *([ImageColor.getrgb(c)[:3] for c in row] for row in (PLAIN, BRIGHT)),
)
PAGE = (
    "<pre style=\"margin:0;padding:26px 30px;width:max-content;font:15px/1.42 'DejaVu Sans Mono',monospace;"
    'color:{foreground};background:{background}">{code}</pre>'
)


def run(*command: str | Path, **options: Any) -> str:
    """What the command says. Raises CalledProcessError."""
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options).stdout  # noqa: S603 -- our own programs


class Terminal:
    """A terminal in which `chartrelay up` runs. Use it in a `with`."""

    def __init__(self, practice: Path) -> None:
        self._practice = practice
        self._tmux = ("tmux", "-L", f"chartrelay-pictures-{os.getpid()}")

    def __enter__(self) -> Terminal:
        size = ("-x", str(COLUMNS), "-y", str(LINES))
        environment = ("env", "COLORTERM=truecolor", f"CHARTRELAY_DESK__PORT={PORT}")
        run(*self._tmux, "new-session", "-d", *size, *environment, COMMAND, "up", "--home", self._practice)
        return self

    def __exit__(self, *_: object) -> None:
        run(*self._tmux, "send-keys", "C-c")
        time.sleep(5)
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)  # noqa: S603 -- the same

    def screen(self) -> str:
        """What stands on it, with its colours, and without what is only true here."""
        shown = run(*self._tmux, "capture-pane", "-e", "-p", "-S", "-200").rstrip("\n")
        shown = re.sub(r"(/link/)[\w-]+", r"\1…", shown)
        return shown.replace(str(self._practice), "~/practice").replace(f":{PORT}", f":{SHOWN_PORT}")


def requests(practice: Path) -> list[dict[str, Any]]:
    """All requests, as the command prints them."""
    return [json.loads(line) for line in run(COMMAND, "requests", "--json", "--home", practice).splitlines()]


def wait_for_rest(practice: Path) -> None:
    """Until every scan has ended in some way."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = requests(practice)
        if found and not any((practice / "inbox").iterdir()) and all(r["state"] in {"closed", "held"} for r in found):
            return
        time.sleep(2)
    raise SystemExit("the sample does not come to rest")


def photograph(address: str, to: Path, width: int, height: int, scale: float = 1.5) -> Image.Image:
    """A page as Chromium shows it."""
    chromium = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--force-device-scale-factor={scale}")
    run(
        chromium,
        *flags,
        f"--user-data-dir={to.parent / 'chromium'}",
        f"--window-size={width},{height}",
        f"--screenshot={to}",
        address,
    )
    return Image.open(to).convert("RGB")


def seated(practice: Path) -> str:
    """An address at which the desk is seen as somebody sees it who has logged in: a cookie goes along with each request."""
    folder = PracticeFolder(practice)
    store, key = store_for(folder, load(folder.settings_file)), key_for(folder)
    with store.unit() as unit:
        person = accounts.add(unit.connection, unit.at, login="ana", name="Ana Gomez", roles=[Role.REVIEWER], by="the pictures")
        limits = Limits(timedelta(hours=1), timedelta(hours=1))
        session = open_session(unit.connection, unit.at, limits, person_id=person.id, address="127.0.0.1")
    cookie = f"{cookie_name(key, secure=False)}={session}"

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = httpx.get(f"http://127.0.0.1:{PORT}{self.path}", headers={"Cookie": cookie})
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["content-type"])
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Nothing to tell."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def terminal_picture(screen: str, room: Path) -> Image.Image:
    """The terminal on its dark ground, cut to what is written."""
    with (room / "nowhere").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS + 2, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text.from_ansi(f"$ chartrelay up --home ~/practice\n{screen}"))
        page = console.export_html(theme=DARK, inline_styles=True, code_format=PAGE)
    file = room / "terminal.html"
    file.write_text(f'<meta charset="utf-8"><body style="margin:0;background:{GROUND}">{page}</body>', encoding="utf-8")
    taken = photograph(file.as_uri(), room / "terminal.png", 1240, 1500, scale=1)
    ground = Image.new("RGB", taken.size, taken.getpixel((0, 0)))
    written = ImageChops.difference(taken, ground).getbbox() or (0, 0, *taken.size)
    return taken.crop((0, 0, taken.width, written[3] + 26))


def set_picture(pdfs: list[Path]) -> Image.Image:
    """Of the thinnest set the cover sheet, and beside it an x-ray and the foot of a page of notes."""
    document, gap = min((pdfium.PdfDocument(pdf) for pdf in pdfs), key=len), 22
    chosen = ((0, 760), (labelled(document, "Bitewing x-rays"), 600), (labelled(document, "Treatment notes"), 600))
    cover, xray, notes = (framed(page_picture(document, number, width)) for number, width in chosen)
    foot = notes.crop((0, notes.height - (cover.height - xray.height - gap), notes.width, notes.height))
    sheet = Image.new("RGB", (cover.width + xray.width + 3 * gap, cover.height + 2 * gap), "#eef1f3")
    sheet.paste(cover, (gap, gap))
    sheet.paste(xray, (cover.width + 2 * gap, gap))
    sheet.paste(foot, (cover.width + 2 * gap, xray.height + 2 * gap))
    return sheet


def letters_picture(practice: Path, room: Path) -> Image.Image:
    """Of the held request that most is missing on, what its requester gets to read, in English and in Spanish."""
    written = []
    for request in (r["id"] for r in requests(practice) if r["state"] == "held"):
        pair = [room / f"{request}-{language}.pdf" for language in ("en", "es")]
        try:
            for file in pair:
                language = file.stem[-2:]
                run(COMMAND, "letter", request, "--who", "Ana", "--language", language, "--out", file, "--home", practice)
        except subprocess.CalledProcessError:
            continue  # only the practice itself can settle that one
        written.append([pdfium.PdfDocument(file) for file in pair])
    english, spanish = max(written, key=lambda pair: len(pair[0][0].get_textpage().get_text_range()))
    left, right = (framed(page_picture(document, 0, 760)) for document in (english, spanish))
    gap = 22
    sheet = Image.new("RGB", (2 * left.width + 3 * gap, left.height + 2 * gap), "#eef1f3")
    sheet.paste(left, (gap, gap))
    sheet.paste(right, (left.width + 2 * gap, gap))
    return sheet


def labelled(document: pdfium.PdfDocument, kind: str) -> int:
    """The first page, from 0, whose label says that it is of this kind."""
    label = re.compile(rf"^\d+ +{kind} ·", re.MULTILINE)
    return next(n for n in range(len(document)) if label.search(document[n].get_textpage().get_text_range().replace("\r", "")))


def page_picture(document: pdfium.PdfDocument, number: int, width: int) -> Image.Image:
    """One page, drawn twice as large and made small, which reads better."""
    page = document[number]
    drawn = page.render(scale=2 * width / page.get_width()).to_pil().convert("RGB")
    return drawn.resize((width, round(drawn.height * width / drawn.width)), Image.Resampling.LANCZOS)


def framed(picture: Image.Image) -> Image.Image:
    """The same with a thin edge of paper."""
    frame = Image.new("RGB", (picture.width + 2, picture.height + 2), "#c9cfd3")
    frame.paste(picture, (1, 1))
    return frame


def keep(picture: Image.Image, name: str, width: int) -> None:
    """Small enough to open at once: fewer dots, fewer colours."""
    small = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    few = small.quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(PICTURES / name, optimize=True)


def main() -> None:
    """Takes all of them."""
    with tempfile.TemporaryDirectory(prefix="maple-street-") as scratch:
        room = Path(scratch)
        practice = room / "practice"
        run(COMMAND, "init", practice, "--sample")
        with Terminal(practice) as terminal:
            wait_for_rest(practice)
            time.sleep(3)
            keep(terminal_picture(terminal.screen(), room), "terminal.png", 1240)
            desk = seated(practice)
            keep(photograph(f"{desk}/", room / "board.png", 1280, 1040), "board.png", 1280)
            held = next(r["id"] for r in requests(practice) for hold in r["held"] if hold["reason"] == "patient_differs")
            keep(photograph(f"{desk}/requests/{held}", room / "request.png", 1280, 1190), "request.png", 1280)
        keep(set_picture(list((practice / "outgoing").glob("*/*/Records.pdf"))), "set.png", 1400)
        keep(letters_picture(practice, room), "letters.png", 1400)


if __name__ == "__main__":
    main()
