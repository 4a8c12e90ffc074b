"""Where the time goes: seconds and CPU seconds from a file in the inbox to the last entry of the log, by station.

Two made-up practices: one whose requests are typed and carry their text, one whose requests are handwritten scans. All
stations work one after another in this one process, so no figure is stretched by a neighbour of our own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytesseract
from sqlalchemy import select

from benchmarks.measuring import NOTHING, Figure, Spread, Tell, Used, in_turn, used
from benchmarks.showing import Page
from pipeline import telemetry
from pipeline.documents import Limits, Refused, inspect, open_document
from pipeline.practice.folder import PracticeFolder
from pipeline.practice.sample import write_sample
from pipeline.reading.reader import Reader
from pipeline.settings import load
from pipeline.store import tables, views
from pipeline.store.states import State
from schemas.reading import Reading
from schemas.release import StationName
from tests.stories.made_up import make_practice, request_pdf
from workers.catalogue import LINE, STATIONS
from workers.station import Runner
from workers.watch import Watch
from workers.wiring import House, house

NAME = "pages"
TODAY = date(2026, 11, 20)
TYPED = 12
"""Requests in the typed practice."""
BETWEEN = "queue and store"
"""What no station uses: the commits, the queue, the outbox."""
SCANNED = {StationName.WATCH.value, StationName.READ.value, StationName.MATCH.value}
"""Stations whose pages are those of the request; all others have those of the copy."""
TESSERACT, COPYING = "pytesseract alone", "copy and SHA-256"
"""Text of the same pages at 300 dpi with one thread; a copy of the same charts, and the hash of every file."""
OURS = "the line"


@dataclass
class Passage:
    """One passage of all files of a practice through the line."""

    by_station: dict[str, Used] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    whole: Used = NOTHING
    scanned: int = 0
    copied: int = 0
    patients: tuple[str, ...] = ()
    """Whose charts were delivered."""

    def pages(self, station: str) -> int:
        """The pages that this station had before it."""
        return self.scanned if station in SCANNED else self.copied

    def sum(self, *stations: StationName) -> Used:
        """What several stations used together."""
        return sum((self.by_station.get(station.value, NOTHING) for station in stations), NOTHING)


@dataclass
class Batch:
    """A practice to measure with, and what was measured."""

    title: str
    practice: PracticeFolder
    passages: list[Passage] = field(default_factory=list)
    used: dict[str, list[Used]] = field(default_factory=lambda: {TESSERACT: [], COPYING: []})

    def contestants(self, reader: Callable[[], Reader], place: Path) -> dict[str, Callable[[], float]]:
        """The line, and the rivals of two of its parts."""
        return {
            f"{self.title}: {OURS}": partial(self._line, reader, place),
            f"{self.title}: {TESSERACT}": partial(self._rival, TESSERACT, self._tesseract),
            f"{self.title}: {COPYING}": partial(self._rival, COPYING, partial(self._copying, place)),
        }

    def _line(self, reader: Callable[[], Reader], place: Path) -> float:
        with copied(self.practice, place / "practice") as practice:
            self.passages.append(passage(practice, reader))
        return self.passages[-1].whole.seconds

    def _rival(self, name: str, work: Callable[[], None]) -> float:
        began = used()
        work()
        self.used[name].append(used() - began)
        return self.used[name][-1].seconds

    def _tesseract(self) -> None:
        for file in distinct(self.practice.inbox):
            try:
                found = inspect(file, Limits())
            except Refused:
                continue
            with open_document(file, found.media_type, Limits()) as document:
                for number in range(1, document.page_count + 1):
                    picture = document.image(number, 300)
                    pytesseract.image_to_data(picture, config="--dpi 300", output_type=pytesseract.Output.DICT)

    def _copying(self, place: Path) -> None:
        target = place / "charts"
        for patient in self.passages[0].patients:
            shutil.copytree(self.practice.chart(patient), target / patient)
            for file in sorted((target / patient).iterdir()):
                with file.open("rb") as stream:
                    hashlib.file_digest(stream, "sha256")
        shutil.rmtree(target, ignore_errors=True)


# ---- one passage ---------------------------------------------------------------------------------------------------------


def passage(practice: PracticeFolder, reader: Callable[[], Reader]) -> Passage:
    """Everything that lies in the inbox, through the line, until nothing moves any more."""
    settings = load(practice.settings_file, line={"broker": "embedded", "database": "sqlite"})
    found = Passage()
    with house(practice, settings) as opened:
        at_work = replace(opened, bench=replace(opened.bench, reader=reader))
        began = used()
        found.by_station[StationName.WATCH.value] = _take(at_work)
        helpers = _attempts(at_work)
        found.whole = used() - began
        _tell_from_the_inbox(opened, helpers, found)
    return found


def _take(opened: House) -> Used:
    """The watcher's part; its clock is put forward in place of waiting until every file has been quiet."""
    began, seconds = used(), iter((0.0, 3600.0, 7200.0, 10800.0))
    watch = Watch(opened.bench, opened.store, opened.outbox, seconds=lambda: next(seconds))
    while watch.look():
        pass
    return used() - began


def _attempts(opened: House) -> dict[str, float]:
    """Makes attempts while there are messages. CPU seconds of helping processes by station: the inbox counts only our own."""
    runner = Runner(opened.bench, opened.store, opened.outbox, opened.settings.line)
    helpers: dict[str, float] = {}
    with opened.broker.consume([station.name for station in LINE]) as consumer:
        while (incoming := consumer.receive(0.0)) is not None:
            own, both = _own_cpu(), used()
            runner.attempt(STATIONS[incoming.station], incoming)
            name = incoming.station.value
            helpers[name] = helpers.get(name, 0.0) + (used() - both).cpu_seconds - (_own_cpu() - own)
    assert opened.outbox.waiting() == 0, "something is left for later; a passage would not be whole"
    return helpers


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system


def _tell_from_the_inbox(opened: House, helpers: dict[str, float], found: Passage) -> None:
    """What the inbox table has kept of every attempt, and the pages."""
    with opened.store.reading() as connection:
        for row in views.attempts(connection):
            name = row["station"]
            found.by_station[name] = found.by_station.get(name, NOTHING) + Used(row["seconds"], row["cpu_seconds"])
            found.attempts[name] = found.attempts.get(name, 0) + row["count"]
        requests = views.requests(connection)
        readings = connection.scalars(select(tables.facts.c.body).where(tables.facts.c.kind == "reading")).all()
    for name, seconds in helpers.items():
        found.by_station[name] = found.by_station.get(name, NOTHING) + Used(0.0, seconds)
    stations = sum(found.by_station.values(), NOTHING)
    found.by_station[BETWEEN] = found.whole - stations
    found.attempts[StationName.WATCH.value] = len(requests)
    found.scanned = sum(Reading.from_canonical(body).pages for body in readings)
    found.copied = sum(row["pages"] or 0 for row in requests if row["state"] == State.CLOSED)
    found.patients = tuple(sorted({row["patient_id"] for row in requests if row["state"] == State.CLOSED}))


@contextmanager
def copied(practice: PracticeFolder, target: Path) -> Iterator[PracticeFolder]:
    """The practice as it was first made: a passage changes it."""
    shutil.copytree(practice.root, target)
    try:
        yield PracticeFolder(target)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def distinct(inbox: Path) -> Iterator[Path]:
    """The files of an inbox, those of the same bytes once."""
    seen = set()
    for file in sorted(inbox.iterdir()):
        digest = hashlib.sha256(file.read_bytes()).digest()
        if digest not in seen:
            seen.add(digest)
            yield file


# ---- two practices -------------------------------------------------------------------------------------------------------


def typed(root: Path) -> Batch:
    """Requests that were written on a computer and carry their text."""
    practice = make_practice(root, TYPED, TODAY)
    for number in range(TYPED):
        (practice.inbox / f"request-{number:02}.pdf").write_bytes(request_pdf(number, TODAY))
    return Batch("typed", practice)


def handwritten(root: Path) -> Batch:
    """The sample practice: scans, faxes and photos of forms filled in by hand, some of them flawed on purpose."""
    practice = PracticeFolder(root)
    write_sample(practice, TODAY)
    return Batch("handwritten", practice)


# ---- what is shown -------------------------------------------------------------------------------------------------------


def run(page: Page, *, rounds: int = 3) -> None:
    """Prints a table by station for each practice, and what stands beside the rivals."""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # Tesseract's own threads; the reader uses one as well
    with ExitStack() as stack, page.progress() as tell:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="chartrelay-benchmark-")))
        telemetry.set_up(stack.enter_context((place / "log.jsonl").open("w")), json=True)
        batches = measured(place, rounds, tell)
    for batch in batches:
        _by_station(page, batch)
        page.figures(NAME, f"{batch.title}: beside its rivals", list(_beside_rivals(batch)))


def measured(place: Path, rounds: int, tell: Tell) -> list[Batch]:
    """Both practices, measured; the passage that loads the models is thrown away."""
    tell("drawing two practices")
    batches = [typed(place / "typed"), handwritten(place / "handwritten")]
    reader = cache(Reader)
    contestants: dict[str, Callable[[], float]] = {}
    for batch in batches:
        contestants |= batch.contestants(reader, place)
    in_turn(contestants, rounds, tell)
    for batch in batches:
        batch.passages = batch.passages[1:]
        batch.used = {name: found[1:] for name, found in batch.used.items()}
    return batches


def _by_station(page: Page, batch: Batch) -> None:
    first = batch.passages[0]
    whole = [p.whole for p in batch.passages]
    cpu_seconds = _spread(whole)[1].median
    headings = ("station", "done", "s", "least s", "most s", "CPU s", "% of CPU", "ms a page", "CPU ms a page")
    rows = []
    for name in [*(station.value for station in StationName if station.value in first.by_station), BETWEEN]:
        spent = [p.by_station[name] for p in batch.passages]
        rows.append([name, first.attempts.get(name, ""), *_row(spent, first.pages(name), cpu_seconds)])
    rows.append(["whole", "", *_row(whole, first.scanned, cpu_seconds)])
    note = (
        f"{first.scanned} pages of requests (watch, read, match, whole), {first.copied} pages of copies (all others); "
        f"median of {len(batch.passages)} rounds"
    )
    page.rows(NAME, f"{batch.title}: from the file to the log, by station", headings, rows, note)


def _row(spent: list[Used], pages: int, cpu_of_whole: float) -> list[float]:
    """Seconds, CPU seconds, their share of the whole, and both for a page."""
    clock, cpu = _spread(spent)
    a_page = 1000 / max(1, pages)
    share = 100 * cpu.median / cpu_of_whole
    return [clock.median, clock.least, clock.most, cpu.median, share, clock.median * a_page, cpu.median * a_page]


def _spread(found: list[Used]) -> tuple[Spread, Spread]:
    return Spread(tuple(u.seconds for u in found)), Spread(tuple(u.cpu_seconds for u in found))


def _beside_rivals(batch: Batch) -> Iterator[Figure]:
    """The read step beside Tesseract; gather, duplicate and deliver beside bare copying."""
    first = batch.passages[0]
    pairs = (
        ("read", TESSERACT, (StationName.READ,), first.scanned),
        ("gather, duplicate, deliver", COPYING, (StationName.GATHER, StationName.DUPLICATE, StationName.DELIVER), first.copied),
    )
    for name, rival, stations, pages in pairs:
        ours = _spread([p.sum(*stations) for p in batch.passages])
        theirs = _spread(batch.used[rival])
        for mine, other, unit in zip(ours, theirs, ("ms a page", "CPU ms a page"), strict=True):
            yield Figure(name, unit, _a_page(mine, pages), rival, mine.over(other))
            yield Figure(rival, unit, _a_page(other, pages))


def _a_page(seconds: Spread, pages: int) -> Spread:
    return Spread(tuple(1000 * figure / max(1, pages) for figure in seconds.rounds))
