"""access: who looked at what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.desk.words import exact
from pipeline.people import accesses
from pipeline.people.accesses import AccessEntry, AccessQuestion
from workers.cli.common import DEFAULT_HOME, AsJson, Database, Home, ending_well, open_practice, out, print_json
from workers.wiring import store_for


def access(
    person: Annotated[str | None, typer.Option(help="A login, or part of one.")] = None,
    request: Annotated[str | None, typer.Option(help="A request's number.")] = None,
    patient: Annotated[str | None, typer.Option(help="A patient's number, or part of the name.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="First day.")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Last day.")] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show who looked at which patient's data, who logged in, and who changed whose rights; the newest first."""
    question = AccessQuestion(
        person=person,
        request_id=request.upper() if request else None,
        patient=patient,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        with store.reading() as connection:
            found = accesses.ask(connection, question)
    if as_json:
        print_json(asdict(entry) for entry in found)
    elif not found:
        out.print("No row answers that.")
    else:
        out.print(_table(found))


def _table(entries: list[AccessEntry]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("When", "Who", "What", "Outcome", "Request", "Patient", "From", "More"):
        table.add_column(heading, overflow="fold")
    for one in entries:
        cells = (one.login, one.kind, one.outcome, one.request_id or "", one.patient_id or "", one.address, one.detail)
        table.add_row(exact(one.at), *map(escape, cells))
    return table
