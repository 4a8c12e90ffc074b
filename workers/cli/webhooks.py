"""webhooks: who is told what happens, and what could not be told."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.store.times import parse
from pipeline.webhooks.notices import send_again, tally
from pipeline.webhooks.secret import new_secret
from pipeline.webhooks.sending import host_of
from workers.cli.common import DEFAULT_HOME, AsJson, Database, Home, ending_well, open_practice, out, print_json
from workers.wiring import store_for


def webhooks(
    again: Annotated[bool, typer.Option("--again", help="Try once more whatever was given up.")] = False,
    secret: Annotated[bool, typer.Option("--new-secret", help="Print a new secret to sign with, and do nothing else.")] = False,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show who is told that requests are held or delivered, what waits to be told, and what was given up."""
    if secret:
        out.print(new_secret(), soft_wrap=True, highlight=False)
        return
    with ending_well():
        folder, settings = open_practice(home, database=database)
        store = store_for(folder, settings)
        anew = send_again(store) if again else 0
        with store.reading() as connection:
            found = [(host_of(url), tally(connection, url)) for url in settings.webhooks.urls]
    if as_json:
        print_json({"endpoint": host, **vars(stands)} for host, stands in found)
        return
    if again:
        out.print(f"[green]✓[/] {anew} notices are tried again.")
    if not found:
        out.print("Nobody is told anything: webhooks.urls is empty.", style="dim")
        return
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Endpoint", "Waiting", "Given up", "Oldest", "Last trouble"):
        table.add_column(heading, overflow="fold")
    for host, stands in found:
        oldest = f"{parse(stands.oldest).astimezone():%m/%d/%Y %H:%M}" if stands.oldest else "–"
        table.add_row(escape(host), str(stands.waiting), str(stands.dead), oldest, escape(stands.status or "–"))
    out.print(table)
