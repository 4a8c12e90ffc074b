"""directory: the offices that records may go to, and the public registry beside them."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.errors import Error
from pipeline.matching.directory import Directory, DirectoryFile
from pipeline.matching.directory_check import Problem, problems_of
from pipeline.registry import importing
from pipeline.registry.stored import StoredRegistry
from pipeline.registry.taxonomies import DENTAL, is_beginning
from schemas.base import JsonDict
from schemas.release import Destination
from workers.cli.common import (
    DEFAULT_HOME,
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

EVERYWHERE = "ALL"

directory_app = typer.Typer(
    help="The directory of offices, and the NPI registry beside it.", no_args_is_help=True, rich_markup_mode="rich"
)


@directory_app.command()
def show(home: Home = DEFAULT_HOME, database: Database = None, as_json: AsJson = False) -> None:
    """Show the offices, and what is worth mending before it holds a request. Ends with 1 if anything is."""
    with ending_well():
        folder, settings = open_practice(home, database=database)
        store = store_for(folder, settings)
        offices, registry, last = (
            DirectoryFile(folder.directory_csv).current(),
            StoredRegistry(store),
            importing.last_import(store),
        )
        found = {office.office_id: list(problems_of(office, offices, registry)) for office in offices.offices}
    if as_json:
        print_json(_object(office, found[office.office_id]) for office in offices.offices)
        return
    out.print(_table(offices, found))
    for office in offices.offices:
        for problem in found[office.office_id]:
            out.print(f"[yellow]▲[/] [bold]{escape(office.name)}[/]  {escape(problem.sentence)}", soft_wrap=True)
            out.print(f"  {escape(problem.cure)}", style="dim", soft_wrap=True)
    out.print(f"\n{_about(last)}", style="dim", soft_wrap=True)


@directory_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The full replacement monthly file of NPPES: the zip, or the CSV in it.")],
    state: Annotated[
        list[str] | None,
        typer.Option(help="Two letters; may be given several times. Left out, the practice's own state; `all` for everywhere."),
    ] = None,
    taxonomy: Annotated[
        list[str] | None,
        typer.Option(help=f"Beginning of a taxonomy code; may be given several times. Left out: {', '.join(DENTAL)}."),
    ] = None,
    who: Annotated[str | None, typer.Option(help="Who imports it. Left out, the name of the account.")] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Read the NPI registry into the practice's database. The registry tells people something; it never decides."""
    with ending_well():
        folder, settings = open_practice(home, database=database)
        wanted = importing.Wanted(_states(state, settings.practice.state), _taxonomies(taxonomy))
        store = store_for(folder, settings)
        folder.scratch.mkdir(parents=True, exist_ok=True)
        with _progress() as progress:
            done = importing.import_registry(
                file, store, wanted, who=who or _account(), scratch=folder.scratch, progress=progress
            )
    if as_json:
        print_json([asdict(done)])
        return
    out.print(
        f"[green]✓[/] {done.kept:,} places of providers kept, of {done.rows:,} providers in {escape(done.file)}.", soft_wrap=True
    )
    out.print(f"  {_where(done)}", style="dim", soft_wrap=True)


def _states(given: list[str] | None, own: str) -> tuple[str, ...]:
    states = tuple(sorted({state.strip().upper() for state in given or ([own] if own else [])}))
    if EVERYWHERE in states:
        return ()
    if not states:
        fail("The practice has no state in chartrelay.toml; say which with --state, or --state all.", WRONG_USE)
    if wrong := [state for state in states if not (len(state) == 2 and state.isalpha())]:
        fail(f"{wrong[0]} is no state; write its two letters, or all.", WRONG_USE)
    return states


def _taxonomies(given: list[str] | None) -> tuple[str, ...]:
    codes = tuple(code.strip().upper() for code in given or DENTAL)
    if wrong := [code for code in codes if not is_beginning(code)]:
        fail(f"{wrong[0]!r} begins no taxonomy code; three signs at least, such as 1223.", WRONG_USE)
    return codes


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise Error("This account has no name; say who imports with --who.") from None


@contextmanager
def _progress() -> Iterator[importing.Progress]:
    """A bar on the terminal; elsewhere silence."""
    if not err.is_terminal:
        yield importing.Progress()
        return
    columns = (TextColumn("reading the registry"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield importing.Progress(begins=lambda total: bar.update(task, total=total), read=lambda size: bar.advance(task, size))


def _object(office: Destination, problems: list[Problem]) -> JsonDict:
    return office.model_dump(mode="json") | {
        "problems": [{"column": p.column, "sentence": p.sentence, "cure": p.cure} for p in problems]
    }


def _table(offices: Directory, found: dict[str, list[Problem]]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    columns: tuple[tuple[str, dict[str, Any]], ...] = (
        ("", {}), ("Office", {}), ("Name", {}), ("Kind", {}), ("Place", {}), ("Phone", {"no_wrap": True}),
        ("Fax", {"no_wrap": True}), ("Channel", {}), ("Trusted", {}),
    )  # fmt: skip
    for heading, options in columns:
        table.add_column(heading, **options)
    for office in offices.offices:
        table.add_row(
            "[yellow]▲[/]" if found[office.office_id] else "[green]●[/]",
            escape(office.office_id),
            escape(office.name),
            office.kind.value,
            escape(", ".join(part for part in (office.street, office.city, office.state) if part)),
            escape(office.phone),
            escape(office.fax),
            escape(office.channel),
            "yes" if office.trusted else "no",
        )
    return table


def _about(last: importing.Import | None) -> str:
    if last is None:
        return (
            "No NPI registry is imported; with one, people are told where else a number stands: chartrelay directory import FILE"
        )
    return f"NPI registry: {last.kept:,} places of providers from {escape(last.file)}. {_where(last)}"


def _where(done: importing.Import) -> str:
    where, codes = done.states.replace(",", ", ") or "all states", done.taxonomies.replace(",", ", ")
    return f"{where}; taxonomies {codes}; imported {done.at[:10]} by {escape(done.who)}; SHA-256 {done.sha256}"
