"""user and token: who may use the desk, looked after from the command line."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.desk.words import exact
from pipeline.people import accounts, tokens
from pipeline.people.accounts import Account
from pipeline.people.administering import Administration
from pipeline.people.tokens import Token
from pipeline.settings import Settings
from pipeline.store.times import stamp
from schemas.people import Role
from workers.cli.common import DEFAULT_HOME, AsJson, Database, Home, ending_well, open_practice, out, print_json
from workers.wiring import store_for

user_app = typer.Typer(help="People who may use the desk.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens of programs that ask the desk's API.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Small letters, such as ana.")]
Roles = Annotated[list[Role], typer.Option("--role", help="What they are here; may be given several times.")]
TokenName = Annotated[str, typer.Argument(metavar="NAME", help="What the program is called, such as prometheus.")]


def administration(home: Path, database: str | None) -> tuple[Administration, Settings]:
    """Whoever may run commands as the folder's owner may look after people; the access log has their login on the machine."""
    folder, settings = open_practice(home, database=database)
    return Administration(store_for(folder, settings), f"{_login()} (command line)"), settings


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "somebody"


# ---- people ----------------------------------------------------------------------------------------------------------------


@user_app.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="As it is written into the delivery log.")],
    role: Roles,
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Make an account, and print the link with which its owner chooses a password."""
    with ending_well():
        who, settings = administration(home, database)
        account, secret = who.add(login, name, role)
    _print_link(settings, account, secret, "three days")


@user_app.command("reset")
def reset(login: Login, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Take password and second factor away, and print a link for a new password."""
    with ending_well():
        who, settings = administration(home, database)
        account, secret = who.reset(login)
    _print_link(settings, account, secret, "24 hours")


@user_app.command("roles")
def roles(login: Login, role: Roles, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Give exactly these roles."""
    with ending_well():
        who, _ = administration(home, database)
        account = who.give_roles(login, role)
    out.print(f"[green]✓[/] {account.login} is now {', '.join(sorted(account.roles))}, and logs in anew.")


@user_app.command("disable")
def disable(login: Login, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Let somebody in no more, at once. What they did stays under their name."""
    with ending_well():
        who, _ = administration(home, database)
        account = who.disable(login)
    out.print(f"[green]✓[/] {account.login} is out.")


@user_app.command("enable")
def enable(login: Login, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Let somebody in again, as before."""
    with ending_well():
        who, _ = administration(home, database)
        account = who.enable(login)
    out.print(f"[green]✓[/] {account.login} may log in again.")


@user_app.command("list")
def everybody(home: Home = DEFAULT_HOME, database: Database = None, as_json: AsJson = False) -> None:
    """Show who may use the desk."""
    with ending_well():
        who, _ = administration(home, database)
        with who.store.reading() as connection:
            found = accounts.everybody(connection)
    if as_json:
        print_json(_shown(account) for account in found)
    elif not found:
        out.print("Nobody yet: chartrelay up shows a link for the first administrator.")
    else:
        out.print(_people_table([_shown(account) for account in found]))


def _shown(account: Account) -> dict[str, object]:
    way = "disabled" if account.disabled_at else "sso" if account.subject else "password" if account.password else "invited"
    return {
        "login": account.login,
        "name": account.name,
        "roles": sorted(account.roles),
        "way_in": way,
        "second_factor": account.totp is not None,
        "made_at": account.made_at,
    }


def _people_table(rows: list[dict[str, object]]) -> Table:
    table = _table("Login", "Name", "Roles", "Way in")
    for row in rows:
        listed = row["roles"]
        shown = ", ".join(map(str, listed)) if isinstance(listed, list) else ""
        way = f"{row['way_in']} and code" if row["second_factor"] else str(row["way_in"])
        table.add_row(*(escape(str(cell)) for cell in (row["login"], row["name"], shown, way)))
    return table


def _print_link(settings: Settings, account: Account, secret: str, lasts: str) -> None:
    out.print(f"[green]✓[/] {account.login} ({escape(account.name)}) chooses a password here, once, within {lasts}:")
    out.print(f"  [bold]{settings.desk.url}/link/{secret}[/]", soft_wrap=True)


# ---- tokens ----------------------------------------------------------------------------------------------------------------


@token_app.command("add")
def add_token(
    name: TokenName,
    role: Roles,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it lasts.")] = 365,
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Make a token, and print it: only now, for only its hash is kept."""
    with ending_well():
        who, _ = administration(home, database)
        secret = who.add_token(name, role, days)
    out.print(secret, soft_wrap=True)


@token_app.command("revoke")
def revoke_token(name: TokenName, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """End a token before its time."""
    with ending_well():
        who, _ = administration(home, database)
        who.revoke_token(name)
    out.print(f"[green]✓[/] {name} opens nothing any more.")


@token_app.command("list")
def every_token(home: Home = DEFAULT_HOME, database: Database = None, as_json: AsJson = False) -> None:
    """Show the tokens that there are and were."""
    with ending_well():
        who, _ = administration(home, database)
        with who.store.reading() as connection:
            found = tokens.every_token(connection)
        now = stamp(who.store.clock.now())
    if as_json:
        print_json({**vars(token), "roles": sorted(token.roles), "state": _state(token, now)} for token in found)
    elif not found:
        out.print("No program has a token.")
    else:
        table = _table("Name", "Roles", "Made", "By", "State")
        for token in found:
            cells = (token.name, ", ".join(sorted(token.roles)), exact(token.made_at), token.made_by, _state(token, now))
            table.add_row(*map(escape, cells))
        out.print(table)


def _state(token: Token, now: str) -> str:
    if token.revoked_at:
        return "revoked"
    return "ended" if token.ends_at <= now else f"until {exact(token.ends_at)}"


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
