"""init and doctor: a practice's folder, and whether all is well with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipeline.practice.folder import PracticeFolder
from pipeline.practice.sample import write_sample
from workers.cli.common import DEFAULT_HOME, FAILED, AsJson, Broker, Database, Home, ending_well, fail, out, print_json
from workers.doctor import Finding, Verdict, examine

SIGNS = {Verdict.WELL: "[green]✓[/]", Verdict.WARNING: "[yellow]![/]", Verdict.ILL: "[bold red]✗[/]"}


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; what is there already is left as it is.")],
    sample: Annotated[bool, typer.Option("--sample", help="Fill it with made-up patients, charts and scans.")] = False,
) -> None:
    """Make a practice's folder."""
    folder = PracticeFolder(directory.resolve())
    with ending_well():
        if sample and folder.settings_file.exists():
            fail(f"{directory} is a practice's folder already; the sample needs one of its own.")
        folder.create()
        if sample:
            with out.status("Drawing patients, charts and scans…"):
                write_sample(folder, date.today())  # noqa: DTZ011 -- the day at the practice
    out.print(f"[green]✓[/] {directory} is ready." if out.is_terminal else f"{directory} is ready.")
    if not sample:
        out.print("  Next: fill in chartrelay.toml, roster.csv and directory.csv there, then: chartrelay doctor --home " + str(directory))


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
