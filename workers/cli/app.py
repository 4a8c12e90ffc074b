"""All commands in one place."""

from __future__ import annotations

from collections.abc import Callable

import typer

from workers.cli import access, breach, decide, letter, look, policy, practice, proofs, run, webhooks, why
from workers.cli.directory import directory_app
from workers.cli.forms import forms_app
from workers.cli.logbook import log_app
from workers.cli.user import token_app, user_app

app = typer.Typer(
    name="chartrelay",
    help="Releases copies of dental records: from the scanned request to the delivered, verified, logged record set.\n\n"
    "Start with: [bold]chartrelay init practice --sample[/], then [bold]chartrelay up[/].\n\n"
    "Exit status: 0 done, 1 failed, 2 wrong use.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "The practice": (practice.init, practice.doctor, policy.policy),
    "The line": (run.up, run.worker, webhooks.webhooks),
    "Looking": (look.read, look.requests, look.queue, why.why, access.access),
    "Deciding": (decide.decide, letter.letter, decide.revoke, decide.revocations, decide.lift, breach.breach),
}
for panel, commands in PANELS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(user_app, name="user", rich_help_panel="The practice")
app.add_typer(token_app, name="token", rich_help_panel="The practice")
app.add_typer(directory_app, name="directory", rich_help_panel="The practice")
app.add_typer(forms_app, name="forms", rich_help_panel="The practice")
for command in (proofs.verify, proofs.head, proofs.prove, proofs.check, proofs.key, proofs.rebuild):
    log_app.command()(command)
app.add_typer(log_app, name="log", rich_help_panel="Looking")


def main() -> None:
    """The entry point of the console command."""
    app()
