"""why: the whole reasoning of one request."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipeline.reviewing.reasoning import Step, as_json, reasoning
from workers.cli.common import DEFAULT_HOME, AsJson, Database, Home, ending_well, open_practice, out, print_json
from workers.wiring import store_for

SIGNS = {
    "for": ("✓", "green"),
    "against": ("✗", "red"),
    "neither": ("·", "dim"),
    "held": ("▲", "yellow"),
    "decided": ("✎", "blue"),
}


def why(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's number, such as R-000012.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json_wanted: AsJson = False,
) -> None:
    """Tell the whole reasoning of one request: what was read, matched and decided, by which rule or person."""
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        with store.reading() as connection:
            steps = reasoning(connection, request.upper())
    if json_wanted:
        print_json([as_json(request.upper(), steps)])
        return
    for step in steps:
        out.print(f"\n[bold]{step.title}[/]")
        out.print(_told(step))


def _told(step: Step) -> Table:
    """A line each: its sign, what it says, and on whose word."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=2)
    table.add_column(ratio=3, overflow="fold")
    table.add_column(ratio=2, overflow="fold", style="dim")
    for line in step.lines:
        sign, colour = SIGNS.get(line.sign, ("", ""))
        table.add_row(Text(sign, colour), Text(line.sentence), line.source and Text(line.source))
    return table
