"""read, requests, queue: what the reader sees, where everything stands, and what needs a person."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from pipeline.desk.shapes import queue_object, request_object
from pipeline.documents import Limits, Refused, inspect, open_document
from pipeline.errors import Retryable
from pipeline.forms.memory import FormMemory
from pipeline.forms.stored import StoredForms
from pipeline.reading.debug import draw
from pipeline.reading.reader import Reader
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.store import views
from pipeline.store.states import FINAL, State
from pipeline.store.times import parse, stamp
from pipeline.store.vault import sha256_of
from schemas.base import JsonDict
from schemas.release import Finding
from workers.cli.common import (
    DEFAULT_HOME,
    FAILED,
    AsJson,
    Database,
    Home,
    ending_well,
    err,
    open_practice,
    out,
    print_json,
)
from workers.wiring import store_for

SIGNS = {State.CLOSED: "[green]●[/]", State.DELIVERED: "[green]●[/]", State.HELD: "[yellow]▲[/]", State.WITHDRAWN: "[dim]○[/]"}


# ---- read --------------------------------------------------------------------------------------------------------------


def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scans: PDF, TIFF, JPEG, PNG, or saved mails (.eml).")],
    as_json: AsJson = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that read at the same time.")] = 1,
    debug: Annotated[
        Path | None, typer.Option("--debug", metavar="OUT.pdf", help="Also draw what was found onto the pages.")
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Use this practice's memory of forms.", rich_help_panel="Where"),
    ] = None,
) -> None:
    """Show what the reader sees in a scan; nothing is stored or sent."""
    failed = False
    with ending_well():
        for result in _readings(files, jobs, debug, home):
            if "error" in result:
                failed = True
                if as_json:
                    print_json([result])
                err.print(f"{result['file']}: {result['error']}", soft_wrap=True, markup=False)
            elif as_json:
                _tell_programs(result)
            else:
                out.print(_reading_table(result))
    if failed:
        raise typer.Exit(FAILED)


def _tell_programs(result: JsonDict) -> None:
    """The reading in its agreed form; what the reader wants a person to know goes to standard error."""
    for notice in result["notices"]:
        err.print(f"{result['file']}: {notice}", soft_wrap=True, markup=False)
    print_json([{key: value for key, value in result.items() if key != "notices"}])


def _readings(files: list[Path], jobs: int, debug: Path | None, home: Path | None) -> Iterator[JsonDict]:
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal or len(files) < 2) as progress:
        task = progress.add_task("reading", total=len(files))
        for result in _in_processes(files, jobs, home) if jobs > 1 and debug is None else _here(files, debug, home):
            progress.advance(task)
            yield result


def _reader(home: Path | None) -> Reader:
    """A reader with the memory of that practice, if one is named. Raises SettingsError."""
    if home is None:
        return Reader()
    return Reader(memory=FormMemory(StoredForms(store_for(*open_practice(home))).known))


def _here(files: list[Path], debug: Path | None, home: Path | None) -> Iterator[JsonDict]:
    reader = _reader(home)
    drawn: list[Any] = []
    for file in files:
        yield _read_one(reader, file, drawn if debug else None)
    if debug and drawn:
        drawn[0].save(
            debug, save_all=True, append_images=drawn[1:], **({"resolution": 150} if debug.suffix.lower() == ".pdf" else {})
        )


_READER: list[Reader] = []


def _in_processes(files: list[Path], jobs: int, home: Path | None) -> Iterator[JsonDict]:
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(_read_in_child, home), files)


def _read_in_child(home: Path | None, file: Path) -> JsonDict:
    if not _READER:
        _READER.append(_reader(home))
    return _read_one(_READER[0], file, None)


def _read_one(reader: Reader, file: Path, drawn: list[Any] | None) -> JsonDict:
    """The reading as printed, or what is wrong with the file."""
    limits, began = Limits(), time.perf_counter()
    try:
        found = inspect(file, limits)
        with open_document(file, found.media_type, limits) as document:
            reading = reader.read(document, sha256_of(file))
            if drawn is not None:
                drawn.extend(draw(document.image(page), reading, page) for page in range(1, document.page_count + 1))
    except Refused as refusal:
        return {"file": str(file), "error": f"{refusal.sentence} {refusal.advice}"}
    except (Retryable, OSError) as error:
        return {"file": str(file), "error": str(error)}
    return reading.as_printed(str(file)) | {"seconds": round(time.perf_counter() - began, 3)}


def _reading_table(result: JsonDict) -> Table:
    pages = f"{result['pages']} page{'s' if result['pages'] != 1 else ''}"
    title = f"[bold]{escape(result['file'])}[/]  {pages}, {result['seconds']:.1f} s"
    table = Table(title=title, title_justify="left", box=None, header_style="dim", pad_edge=False)
    for heading in ("Field", "Value", "Sure", "Page"):
        table.add_column(heading, justify="right" if heading in ("Sure", "Page") else "left", overflow="fold")
    for name, field in result["fields"].items():
        sure = field["confidence"]
        colour = "green" if sure >= 0.9 else "yellow" if sure >= 0.6 else "red"
        table.add_row(name, escape(field["value"]), f"[{colour}]{sure:.2f}[/]", str(field["page"]))
    table.add_row("ticked", ", ".join(result["checked"]) or "–", "", "")
    table.add_row("signed", {True: "yes", False: "no", None: "not certain"}[result["signed"]], "", "")
    for notice in result["notices"]:
        table.add_row("notice", escape(notice), "", "")
    return table


# ---- requests and queue --------------------------------------------------------------------------------------------------


def requests(
    state: Annotated[State | None, typer.Option(help="Only requests in this state.")] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show every request and where it stands."""
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        with store.reading() as connection:
            rows = list(reversed(views.requests(connection, state=state.value if state else None)))
            holds = _by_request(open_holds(connection))
        if as_json:
            print_json(request_object(row, holds.get(row["id"], [])) for row in rows)
        elif not rows:
            out.print("No requests yet. Drop a scan into the inbox while `chartrelay up` runs.", style="dim")
        else:
            out.print(_requests_table(rows, holds))


def _by_request(holds: list[Hold]) -> dict[str, list[Hold]]:
    found: dict[str, list[Hold]] = {}
    for hold in holds:
        found.setdefault(hold.request_id, []).append(hold)
    return found


def _requests_table(rows: list[Any], holds: dict[str, list[Hold]]) -> Table:
    """Two lines a request: what it is, and where it stands."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for row in rows:
        state = State(row["state"])
        received = parse(row["received_at"]).astimezone()
        what = Text.assemble(
            (row["file"], "dim"),
            "  ",
            row["patient"] or "patient not known",
            "  → ",
            row["destination"] or "destination not known",
        )
        table.add_row(row["id"], f"{received:%m-%d %H:%M}", what)
        table.add_row("", "", f"{SIGNS.get(state, '[blue]…[/]')} {escape(_standing(row, state, holds))}")
    return table


def _standing(row: Any, state: State, holds: dict[str, list[Hold]]) -> str:
    if state is State.HELD:
        sentences = [f.sentence for hold in holds.get(row["id"], []) for f in hold.findings]
        return (
            f"held, due {row['due'] or 'not known'}: "
            + (sentences[0] if sentences else "see the queue")
            + (f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else "")
        )
    if row["delivered_at"]:
        return f"delivered {parse(row['delivered_at']).astimezone():%H:%M}, {row['pages']} pages, proof: {row['proof']}"
    due = f", due {row['due']}" if row["due"] and state not in FINAL else ""
    return f"{state.value}{due}"


def queue(home: Home = DEFAULT_HOME, database: Database = None, as_json: AsJson = False) -> None:
    """Show the exception queue: what needs a person, why, and what may be done."""
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        with store.reading() as connection:
            holds = open_holds(connection)
            rows = {row["id"]: row for row in views.requests(connection, state=State.HELD.value)}
        held = [hold for hold in holds if hold.request_id in rows]
        if as_json:
            print_json(queue_object(rows[hold.request_id], hold) for hold in held)
        elif not held:
            out.print("Nothing waits for a person.", style="green")
        else:
            out.print(_queue_table(held, rows, stamp(store.clock.now())))


def _queue_table(held: list[Hold], rows: dict[str, Any], now: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 1, 0))
    for heading in ("Request", "Due", "Age", "Patient", "Why, and what would settle it"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("Request", "Due", "Age"))
    for hold in held:
        row = rows[hold.request_id]
        why = "\n".join(_why(number, finding) for number, finding in enumerate(hold.findings, start=1))
        table.add_row(hold.request_id, row["due"] or "–", _age(hold, now), escape(row["patient"] or "–"), why)
    return table


def _why(number: int, finding: Finding) -> str:
    """A finding with its number, what would settle it, and whether a person may let it go."""
    cure = f"\n  [dim]→ {escape(finding.cure)}[/]" if finding.cure else ""
    accept = f"\n  [dim]or, having looked: accept --finding {number} --why TEXT[/]" if finding.acceptable else ""
    return f"[yellow]▲[/] [dim]{number}[/] {escape(finding.sentence)}{cure}{accept}"


def _age(hold: Hold, now: str) -> str:
    minutes = (parse(now) - parse(hold.opened_at)).total_seconds() / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} d"
