"""init and doctor: a practice's folder, and whether all is well with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from pipeline.clock import SystemClock
from pipeline.practice.folder import PracticeFolder
from pipeline.practice.sample import is_in_use, write_sample
from workers.cli.common import (
    DEFAULT_HOME,
    FAILED,
    WRONG_USE,
    AsJson,
    Broker,
    Database,
    Home,
    ending_well,
    err,
    fail,
    out,
    print_json,
)
from workers.doctor import Finding, Verdict, examine

SIGNS = {Verdict.WELL: "[green]✓[/]", Verdict.WARNING: "[yellow]![/]", Verdict.ILL: "[bold red]✗[/]"}


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; what is there already is left as it is.")],
    sample: Annotated[bool, typer.Option("--sample", help="Fill it with made-up patients, charts and scans.")] = False,
) -> None:
    """Make a practice's folder."""
    folder = PracticeFolder(directory.resolve())
    with ending_well():
        if sample and is_in_use(folder):
            fail(f"{directory} is in use already; the sample needs a folder of its own.", WRONG_USE)
        if sample:
            _draw_sample(folder)
        else:
            folder.create()
    out.print(f"[green]✓[/] {directory} is ready." if out.is_terminal else f"{directory} is ready.")
    if not sample:
        out.print(
            "  Next: fill in chartrelay.toml, roster.csv and directory.csv there, then: chartrelay doctor --home "
            + str(directory)
        )


def _draw_sample(folder: PracticeFolder) -> None:
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("drawing patients, charts and scans", total=None)
        write_sample(
            folder, SystemClock().today(), progress=lambda done, total: progress.update(task, completed=done, total=total)
        )


def doctor(home: Home = DEFAULT_HOME, broker: Broker = None, database: Database = None, as_json: AsJson = False) -> None:
    """Say what is installed, reachable and configured; what is not, and how to mend it."""
    findings = examine(PracticeFolder(home.resolve()), broker=broker, database=database)
    if as_json:
        print_json(f.as_object() for f in findings)
    else:
        out.print(_table(findings))
    if any(f.verdict is Verdict.ILL for f in findings):
        raise typer.Exit(FAILED)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        cure = f"\n[dim]→ {finding.cure}[/]" if finding.cure else ""
        table.add_row(SIGNS[finding.verdict], finding.what, finding.sentence + cure)
    return table
