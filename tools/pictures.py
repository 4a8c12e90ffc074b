"""Takes the pictures of docs/pictures anew, of a made-up practice that really runs: .venv/bin/python -m tools.pictures

Needs Chromium and tmux, and a few minutes. Look at what it made before you keep it.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageColor
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from pipeline.desk.key import cookie_name, key_for
from pipeline.people import accounts, passwords
from pipeline.people.administering import Administration
from pipeline.people.links import set_up_link
from pipeline.people.sessions import Limits, open_session
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import load
from schemas.people import Role
from tests.browser import chromium
from workers.wiring import store_for

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
COMMAND = str(Path(sys.executable).with_name("chartrelay"))
PORT, SHOWN_PORT = 18471, 8471
DESK = f"http://127.0.0.1:{PORT}"
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PEOPLE = (
    ("ada", "Ada Lindqvist", Role.ADMINISTRATOR),
    ("ana", "Ana Gomez", Role.REVIEWER),
    ("ben", "Ben Achterberg", Role.REVIEWER),
    ("ina", "Ina Wells", Role.INTAKE),
    ("uma", "Uma Sandoval", Role.AUDITOR),
)
COLUMNS, LINES, SHOWN_LINES = 126, 60, 52
XRAY, NOTES = "Bitewing x-rays", "Treatment notes"
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
        whole = run(*self._tmux, "capture-pane", "-e", "-p", "-S", "-200")
        shown = "\n".join(whole.splitlines()[:SHOWN_LINES])
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
        if found and not any((practice / "inbox").iterdir()) and all(r["state"] in {"closed", "held", "split"} for r in found):
            return
        time.sleep(2)
    raise SystemExit("the sample does not come to rest")


class Camera:
    """Chromium, and in it people at the desk of the practice."""

    def __init__(self, browser: Browser, practice: Path) -> None:
        folder = PracticeFolder(practice)
        self._browser = browser
        self._store, self._key = store_for(folder, load(folder.settings_file)), key_for(folder)

    def somebody(self, login: str = "", *, scheme: Literal["light", "dark"] = "light") -> Page:
        """A browser of their own, logged in; a stranger where no login is given."""
        context = self._browser.new_context(base_url=DESK, viewport=LAPTOP, device_scale_factor=1.5, color_scheme=scheme)
        if login:
            with self._store.unit() as unit:
                limits = Limits(timedelta(hours=1), timedelta(hours=1))
                person = accounts.named(unit.connection, login)
                session = open_session(unit.connection, unit.at, limits, person_id=person.id, address="127.0.0.1")
            context.add_cookies([{"name": cookie_name(self._key, secure=False), "value": session, "url": DESK}])
        return context.new_page()

    def first_page(self) -> Page:
        """What whoever starts a new practice sees first."""
        page = self.somebody()
        page.goto(f"/link/{set_up_link(self._store)}")
        return page

    def let_people_in(self) -> None:
        """The people of the pictures."""
        kept = passwords.hashed("a password that nobody needs")
        with self._store.unit() as unit:
            for login, name, role in PEOPLE:
                made = accounts.add(unit.connection, unit.at, login=login, name=name, roles=[role], by="ada")
                accounts.change(unit.connection, made.id, password=kept)
        Administration(self._store, "ada").add("jo", "Jo Whitefeather", [Role.INTAKE])

    def shoot(self, page: Page, name: str, *, height: int = LAPTOP["height"]) -> None:
        """The page as it stands, without what only shows that it was just loaded, and with a path that anybody might have."""
        page.set_viewport_size({"width": LAPTOP["width"], "height": height})
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('.fresh').forEach((row) => row.classList.remove('fresh'))")
        page.evaluate("document.querySelectorAll('.inbox code').forEach((place) => place.textContent = '/srv/practice/inbox')")
        keep(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), f"{name}.png", LAPTOP["width"])


def desk_pictures(camera: Camera, practice: Path) -> None:
    """Every page that the manuals speak of."""
    camera.shoot(camera.first_page(), "set-up")
    camera.let_people_in()
    for scheme, name in (("light", "board"), ("dark", "board-dark")):
        board = camera.somebody("ana", scheme=scheme)
        board.goto("/")
        camera.shoot(board, name, height=980)
    ana = camera.somebody("ana")
    ana.goto("/queue")
    ana.keyboard.press("j")
    camera.shoot(ana, "queue")
    held = next(r["id"] for r in requests(practice) for hold in r["held"] if hold["reason"] == "patient_differs")
    ana.goto(f"/requests/{held}")
    camera.shoot(ana, "request", height=1120)
    decide(ana)
    camera.shoot(ana, "decision")
    ana.keyboard.press("Enter")
    ana.locator(".standing", has_text="delivered").wait_for(timeout=PATIENCE * 1000)
    auditor = camera.somebody("uma")
    auditor.goto("/log?q=delivered")
    camera.shoot(auditor, "log")
    auditor.goto(f"/releases/{held}")
    camera.shoot(auditor, "release")
    administrator = camera.somebody("ada")
    administrator.goto("/people")
    camera.shoot(administrator, "people")


def decide(page: Page) -> None:
    """The first decision, filled in by keys and not yet taken."""
    for key in ("1", "Space", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("showed his driver license; the date on the form is a slip")


def terminal_picture(browser: Browser, screen: str, room: Path) -> Image.Image:
    """The terminal on its dark ground, cut to what is written."""
    with (room / "nowhere").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS + 2, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text.from_ansi(f"$ chartrelay up --home ~/practice\n{screen}"))
        page = console.export_html(theme=DARK, inline_styles=True, code_format=PAGE)
    file = room / "terminal.html"
    file.write_text(f'<meta charset="utf-8"><body style="margin:0;background:{GROUND}">{page}</body>', encoding="utf-8")
    shown = browser.new_page(viewport={"width": 1240, "height": 2000})
    shown.goto(file.as_uri())
    taken = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    ground = Image.new("RGB", taken.size, taken.getpixel((0, 0)))
    written = ImageChops.difference(taken, ground).getbbox() or (0, 0, *taken.size)
    return taken.crop((0, 0, taken.width, written[3] + 26))


def set_picture(pdfs: list[Path]) -> Image.Image:
    """Of the thinnest set with both, the cover sheet, and beside it an x-ray and the foot of a page of notes."""
    sets = [(document, labelled(document, XRAY), labelled(document, NOTES)) for document in map(pdfium.PdfDocument, pdfs)]
    document, pictured, written = min((one for one in sets if None not in one), key=lambda one: len(one[0]))
    chosen, gap = ((0, 760), (pictured, 600), (written, 600)), 22
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


def labelled(document: pdfium.PdfDocument, kind: str) -> int | None:
    """The first page, from 0, whose label says that it is of this kind; None where there is none."""
    label = re.compile(rf"^\d+ +{kind} ·", re.MULTILINE)
    pages = (document[n].get_textpage().get_text_range().replace("\r", "") for n in range(len(document)))
    return next((n for n, text in enumerate(pages) if label.search(text)), None)


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
    few = small.quantize(255, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(PICTURES / name, optimize=True)


def main() -> None:
    """Takes all of them."""
    with tempfile.TemporaryDirectory(prefix="maple-street-") as scratch:
        room = Path(scratch)
        practice = room / "practice"
        run(COMMAND, "init", practice, "--sample")
        with Terminal(practice) as terminal, sync_playwright() as playwright, chromium.start(playwright) as browser:
            wait_for_rest(practice)
            time.sleep(3)
            keep(terminal_picture(browser, terminal.screen(), room), "terminal.png", 1240)
            desk_pictures(Camera(browser, practice), practice)
        keep(set_picture(list((practice / "outgoing").glob("*/*/Records.pdf"))), "set.png", 1400)
        keep(letters_picture(practice, room), "letters.png", 1400)


if __name__ == "__main__":
    main()
