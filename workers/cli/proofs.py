"""log verify, head, prove, check, key, rebuild: that the log is as it was written, shown to others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pipeline.log import building, chain, heads, signing
from workers.cli.common import (
    DEFAULT_HOME,
    FAILED,
    WRONG_USE,
    AsJson,
    Database,
    Home,
    ending_well,
    fail,
    open_practice,
    out,
    print_json,
)
from workers.wiring import store_for

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Into this file; left out, to the terminal.")]
Key = Annotated[
    str | None, typer.Option("--key", metavar="KEY", help="The public key to trust: 64 hex digits, or a file with it.")
]


def verify(
    head: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|HASH", help="A signed head that was kept, or a hash written down: it must still be in the log."
        ),
    ] = None,
    key: Key = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Check that nobody changed, removed or slipped in an entry."""
    with ending_well():
        kept = heads.read(heads.Head, _text(Path(head))) if head and Path(head).exists() else None
        if kept and (fault := kept.fault(_key(key))):
            fail(fault)
        if head and not kept and (len(head) != 64 or set(head) - set("0123456789abcdef")):
            fail(f"There is no file {head}, and it is no hash either.", WRONG_USE)
        store = store_for(*open_practice(home, database=database))
        with store.reading() as connection:
            check = chain.verify(connection, None if kept else head, kept)
    if as_json:
        print_json([{"whole": check.whole} | {name: getattr(check, name) for name in chain.ChainCheck.__dataclass_fields__}])
    elif check.whole:
        out.print(f"[green]✓[/] The log is whole: {check.entries} entries.", soft_wrap=True)
        out.print(f"  Head {check.head}\n  Root {check.root}", soft_wrap=True)
        if kept:
            out.print(f"  It begins with the {kept.size} entries of the head of {kept.at}, signed by {kept.key}.", soft_wrap=True)
        else:
            out.print(
                "  Keep a signed head outside this machine (`log head --out FILE`): nobody can shorten the log unseen.",
                style="dim",
            )
    else:
        out.print(f"[bold red]✗[/] {check.sentence}\n  Up to entry {check.entries} the log is whole.", soft_wrap=True)
    if not check.whole:
        raise typer.Exit(FAILED)


def head(file: Out = None, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Sign the log as it stands: its length, and one hash for all of it. Keep it elsewhere."""
    with ending_well():
        folder, settings = open_practice(home, database=database)
        store = store_for(folder, settings)
        signer = signing.signer(folder.var)
        with store.reading() as connection:
            made = heads.signed_head(connection, signer, store.clock.now())
        _write(file, heads.written(made))
    if file:
        out.print(f"[green]✓[/] {file}: {made.size} entries, signed by {made.key}.", soft_wrap=True)


def prove(
    entries: Annotated[list[int], typer.Argument(metavar="NUMBER...", help="The entry's number; several for several.", min=1)],
    file: Out = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Prove that an entry is in the log, without showing any other: checked by `log check`, or by anybody's own program."""
    with ending_well():
        folder, settings = open_practice(home, database=database)
        store = store_for(folder, settings)
        signer = signing.signer(folder.var)
        with store.reading() as connection:
            top = heads.signed_head(connection, signer, store.clock.now())
            made = [heads.proof(connection, seq, top) for seq in entries]
        _write(file, heads.written(made[0]) if len(made) == 1 else heads.written_together(made))
    if file:
        out.print(f"[green]✓[/] {file}: {len(made)} of {top.size} entries, signed by {top.key}.", soft_wrap=True)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `log prove` or `log head` wrote.")],
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Check a proof or a head. Needs no practice and no database: take it to any machine."""
    with ending_well():
        trusted, text = _key(key), _text(file)
        found = heads.read_any(text)
        if isinstance(found, heads.Head):
            _say(
                [fault] if (fault := found.fault(trusted)) else [],
                f"A head of {found.size} entries, of {found.at}.",
                found,
                as_json,
            )
            by: heads.Head = found
        else:
            wrong = [sentence for one in found for sentence in heads.faults(one, trusted)]
            by = found[0].head
            listed = ", ".join(str(one.entry.get("seq")) for one in found)
            _say(wrong, f"Entry {listed} is in the log of {by.size} entries, as of {by.at}.", by, as_json)
    if trusted is None and not as_json:
        out.print(
            f"  Signed by {by.key}. Whose key that is, the file cannot tell: compare it with what `log key` prints there,",
            style="dim",
        )
        out.print("  or give the key with --key.", style="dim")


def key(
    pem: Annotated[bool, typer.Option("--pem", help="As PEM, for openssl and others.")] = False, home: Home = DEFAULT_HOME
) -> None:
    """The public key that signs this practice's log: give it to whoever is to check."""
    with ending_well():
        folder, _ = open_practice(home)
        public = signing.signer(folder.var).public
    sys.stdout.write(public.pem() if pem else f"{public.hex}\n")


def rebuild(home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Make the words and the tree anew from the entries, which stay as they are. The chain must be whole."""
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        with store.unit() as unit:
            chain.lock(unit.connection)
            checked = chain.verify(unit.connection)
            if checked.sentence not in ("", chain.TREE_DIFFERS):
                fail(f"{checked.sentence} What is made from a broken log would only hide that.")
            building.build(unit.connection)
    out.print(f"[green]✓[/] Made anew from {checked.entries} entries.")


def _say(wrong: Sequence[str], right: str, by: heads.Head, as_json: bool) -> None:
    """Ends with status 1 where something is wrong."""
    if as_json:
        print_json([{"holds": not wrong, "faults": list(wrong), "key": by.key, "size": by.size, "at": by.at}])
    elif wrong:
        for sentence in wrong:
            out.print(f"[bold red]✗[/] {sentence}", soft_wrap=True)
    else:
        out.print(f"[green]✓[/] {right}", soft_wrap=True)
    if wrong:
        raise typer.Exit(FAILED)


def _key(given: str | None) -> signing.PublicKey | None:
    if given is None:
        return None
    return signing.PublicKey.read(_text(Path(given)) if Path(given).exists() else given)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}.")


def _write(file: Path | None, text: str) -> None:
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
