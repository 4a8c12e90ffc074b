"""log: the delivery log, for auditors."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from pipeline.clock import SystemClock
from pipeline.desk.shapes import log_csv, log_object, table_csv
from pipeline.log import asking, counting, finding, papers, questions
from pipeline.log.disclosures import COLUMNS, disclosure
from pipeline.log.dossier import dossier
from pipeline.log.printing import printed
from schemas.disclosure import LogEntry, LogEvent
from workers.cli.common import (
    DEFAULT_HOME,
    FAILED,
    WRONG_USE,
    AsJson,
    Database,
    Home,
    ending_well,
    err,
    fail,
    open_practice,
    out,
    print_json,
)
from workers.wiring import store_for

Since = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="First day.")]
Until = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Last day.")]
Pdf = Annotated[Path | None, typer.Option("--pdf", metavar="FILE.pdf", help="To print: into this file.")]

log_app = typer.Typer(
    help="The delivery log: what left, when, to whom, on what basis, who decided, with what proof.",
    invoke_without_command=True,
    rich_markup_mode="rich",
)


@log_app.callback()
def log(
    context: typer.Context,
    patient: Annotated[str | None, typer.Option(help="Part of a name, or a patient id.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Part of the recipient's name.")] = None,
    since: Since = None,
    until: Until = None,
    event: Annotated[list[LogEvent] | None, typer.Option(help="Only these events; may be given several times.")] = None,
    request: Annotated[str | None, typer.Option(help="Only this request.")] = None,
    find: Annotated[
        str | None, typer.Option(metavar="LINE", help="One line, as on the desk: “ruiz 2026-11 folder”, “to lakeside by ana”.")
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")] = False,
    pdf: Pdf = None,
) -> None:
    """Show the delivery log; all filters must hold."""
    if context.invoked_subcommand:
        return
    question = questions.Question(
        patient=patient,
        recipient=recipient,
        since=since.date() if since else None,
        until=until.date() if until else None,
        events=tuple(event or ()),
        request_id=request,
    )
    with ending_well():
        folder, settings = open_practice(home, database=database)
        with store_for(folder, settings).reading() as connection:
            found = list(questions.ask(connection, question) if find is None else _find(connection, find))
        if pdf:
            _put(pdf, printed(papers.log_sheet(found, find or "", SystemClock().today()), settings.practice))
            return
        _show(found, as_json=as_json, as_csv=as_csv)


@log_app.command()
def accounting(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="The patient's id.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")] = False,
    pdf: Pdf = None,
) -> None:
    """The accounting of disclosures of one patient (45 CFR 164.528): six years; releases that the rule exempts are left out."""
    today = SystemClock().today()
    with ending_well():
        folder, settings = open_practice(home, database=database)
        with store_for(folder, settings).reading() as connection:
            listed = [disclosure(entry) for entry in questions.accounting(connection, patient, today)]
        if pdf:
            sheet = papers.accounting_sheet(f"Patient {patient}", listed, questions.accounting_since(today), today)
            _put(pdf, printed(sheet, settings.practice))
    if as_json:
        print_json(one.as_object() for one in listed)
    elif as_csv:
        sys.stdout.write(table_csv(COLUMNS, [one.row() for one in listed]))
    elif not listed:
        out.print(NOTHING_TO_ACCOUNT_FOR.format(patient=escape(patient)), style="dim", soft_wrap=True)
    else:
        out.print(
            _plain_table(("Date", "To whom", "Address", "What", "What for", "Entry", "Request"), [one.row() for one in listed])
        )


NOTHING_TO_ACCOUNT_FOR = (
    "There is nothing of patient {patient} to account for. Copies to the patient, under an authorization, and for treatment and "
    "payment are left out: chartrelay log --patient {patient} has every release."
)


@log_app.command()
def counts(
    since: Since = None,
    until: Until = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Is anything missing? What came in, what was gathered and what was sent, each counted twice. Ends with 1 if they differ."""
    if since and until and since > until:
        raise typer.BadParameter("the first day is after the last")
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        with store.reading() as connection:
            equations = counting.counts(connection, since.date() if since else None, until.date() if until else None)
    if as_json:
        print_json(one.as_object() for one in equations)
    else:
        for one in equations:
            mark = "[green]✓[/]" if one.difference == 0 else "[bold red]✗[/]"
            out.print(f"{mark} {one.sentence}   difference {one.difference:,}", soft_wrap=True)
            out.print(f"  {one.sources}", style="dim")
    if any(one.difference for one in equations):
        raise typer.Exit(FAILED)


@log_app.command()
def release(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's number, such as R-000012.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    pdf: Pdf = None,
) -> None:
    """All that is kept of one release, as JSON: what left, hash by hash, on what basis, by whom, with what proof."""
    with ending_well():
        folder, settings = open_practice(home, database=database)
        found = dossier(store_for(folder, settings), request.upper())
        if found is None:
            fail(f"There is no request {request}.")
        if pdf:
            _put(pdf, printed(papers.release_sheet(found, SystemClock().today()), settings.practice))
            return
    print_json([found.as_object()])


def _put(target: Path, pdf: bytes) -> None:
    try:
        target.write_bytes(pdf)
    except OSError as error:
        fail(f"{target} cannot be written: {error.strerror}.")
    err.print(f"{target} is written.", style="dim")


def _plain_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _find(connection: Connection, line: str) -> Iterator[LogEntry]:
    try:
        search = asking.understood(line, SystemClock().today(), finding.channels(connection))
        yield from finding.all_found(connection, search)
    except asking.SearchError as error:
        fail(str(error), WRONG_USE)


def _show(entries: list[LogEntry], *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        print_json(map(log_object, entries))
    elif as_csv:
        sys.stdout.write(log_csv(entries))
    elif not entries:
        out.print("Nothing in the log answers this.", style="dim")
    else:
        out.print(_table(entries))


def _table(entries: list[LogEntry]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading, options in (
        ("No", {"justify": "right"}),
        ("When", {"no_wrap": True}),
        ("What", {}),
        ("Request", {"no_wrap": True}),
        ("Patient", {}),
        ("Recipient", {}),
        ("Details", {"overflow": "fold", "style": "dim"}),
    ):
        table.add_column(heading, **options)
    for entry in entries:
        when = entry.at.astimezone()
        table.add_row(
            str(entry.seq),
            f"{when:%Y-%m-%d %H:%M:%S}",
            entry.event.value,
            entry.request_id or "",
            escape(entry.patient or ""),
            escape(entry.recipient or ""),
            escape(_gist(entry)),
        )
    return table


def _gist(entry: LogEntry) -> str:
    """What an auditor wants to see at a glance of each event; the whole is in --json."""
    d = entry.details
    match entry.event:
        case LogEvent.DELIVERED:
            gist = f"{len(d['items'])} items, {d['pages']} pages by {d['channel']}; proof: {d['proof']}; basis: {d['pathway']}"
        case LogEvent.HELD:
            gist = " ".join(d.get("sentences", []))
        case LogEvent.RECEIVED | LogEvent.RETURNED | LogEvent.REPEATED:
            gist = f"{d.get('file', '')}: {d.get('sentence', '')}"
        case LogEvent.DECIDED:
            gist = str(d.get("sentence") or f"{entry.actor}: {d.get('what', '')}{' – ' + d['why'] if d.get('why') else ''}")
        case LogEvent.SPLIT | LogEvent.BREACH:
            gist = str(d.get("sentence", ""))
        case LogEvent.REVOKED:
            gist = f"{entry.actor}: taken back ({d.get('how')}), revocation {d.get('revocation')}"
        case LogEvent.LIFTED:
            gist = f"{entry.actor}: revocation {d.get('revocation')} lifted – {d.get('why')}"
        case LogEvent.AUTHORIZED:
            gist = str(d.get("basis", ""))
        case LogEvent.VERIFIED:
            gist = f"{d.get('items')} items, {d.get('pages')} pages compared"
        case LogEvent.INTENDED:
            gist = f"by {d.get('channel')} to {d.get('address')}"
        case LogEvent.LETTER:
            gist = f"{d.get('kind')} ({d.get('language')}), printed by {entry.actor}; SHA-256 {str(d.get('sha256'))[:12]}…"
        case _:
            gist = ""
    return gist
