"""forms: which forms the reader knows again, and forgetting one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.forms.stored import StoredForm, StoredForms
from schemas.base import JsonDict
from workers.cli.common import DEFAULT_HOME, WRONG_USE, AsJson, Database, Home, ending_well, fail, open_practice, out, print_json
from workers.wiring import store_for

forms_app = typer.Typer(rich_markup_mode="rich")


@forms_app.callback(invoke_without_command=True)
def show(context: typer.Context, home: Home = DEFAULT_HOME, database: Database = None, as_json: AsJson = False) -> None:
    """List the forms that the reader knows again, and forget one.

    It learns them from what people correct, and reads their fields where they stand.

    Nothing has to be set up. Each page of a form has a line of its own.

    NAME is the first line that it prints, in words that all forms use.

    SEEN counts the scans that taught it, up to twelve.

    BLANK says whether its print is known, which takes the scans of two patients.

    FIRST SEEN AS is its first request, which is forgotten after twelve scans.
    """
    if context.invoked_subcommand is not None:
        source = context.get_parameter_source("home")
        if source is not None and source.name == "COMMANDLINE":
            fail("Write --home behind forget, so that nothing is forgotten in another practice.", WRONG_USE)
        return
    with ending_well():
        known = StoredForms(store_for(*open_practice(home, database=database))).known()
    if as_json:
        print_json(_told(each) for each in known)
    elif known:
        out.print(_table(known))
    else:
        out.print("No form is remembered yet. The first correction of what was read teaches one: see [bold]chartrelay decide[/].")


@forms_app.command()
def forget(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="Its number in the list.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Forget a form: it is read by its labels alone, until somebody corrects one of its scans again."""
    with ending_well():
        gone = StoredForms(store_for(*open_practice(home, database=database))).forget(number)
    if not gone:
        fail(f"There is no form {number}. `chartrelay forms` lists them.")
    if as_json:
        print_json([{"form": number, "forgotten": True}])
    else:
        out.print(f"Form {number} is forgotten.")


def _told(form: StoredForm) -> JsonDict:
    return {
        "form": form.id,
        "name": form.form.name,
        "page": form.form.page,
        "seen": form.form.scans,
        "fields": sorted(place.field.value for place in form.form.places),
        "not_here": sorted(place.field.value for place in form.form.not_here),
        "blank": form.blank is not None,
        "first_request": next(iter(form.form.taught_by), None),
        "learned_at": form.learned_at,
    }


def _table(forms: Sequence[StoredForm]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("Form", "Name", "Page", "Seen", "Fields", "Blank", "First seen as"):
        table.add_column(heading, justify="right" if heading in ("Form", "Page", "Seen", "Fields") else "left", overflow="fold")
    for told in map(_told, forms):
        table.add_row(
            str(told["form"]),
            escape(told["name"]),
            str(told["page"]),
            str(told["seen"]),
            str(len(told["fields"])),
            "yes" if told["blank"] else "not yet",
            str(told["first_request"] or ""),
        )
    return table
