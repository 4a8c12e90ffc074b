"""letter: a letter to whoever asked, as a PDF to print."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.letters import Language, LetterKind
from pipeline.release.fees import fee as fee_of
from pipeline.reviewing.correspondence import Made, Wanted, write
from pipeline.settings import Settings
from pipeline.store.store import Store
from pipeline.store.vault import Vault
from schemas.fee import Fee
from schemas.record_set import Manifest
from schemas.release import PathwayName, Release
from workers.cli.common import DEFAULT_HOME, Database, Home, ending_well, fail, open_practice, out
from workers.close import fee_for
from workers.wiring import store_for


def letter(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's number, such as R-000012.")],
    who: Annotated[str, typer.Option(help="Who prints it; it goes into the delivery log.")],
    kind: Annotated[LetterKind, typer.Option(help="What the letter is about; `call` is a slip for the front desk.")] = (
        LetterKind.MISSING
    ),
    language: Annotated[Language, typer.Option(help="The language of the letter.")] = Language.EN,
    because: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="A denial's ground, or an extension's reason; several times for several."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="An extension's reason in your own words.")] = "",
    what: Annotated[str, typer.Option(metavar="TEXT", help="What a denial does not give: “the notes of two visits”.")] = "",
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Until when the request waits, or the extension's new day."
        ),
    ] = None,
    file: Annotated[Path | None, typer.Option("--out", metavar="FILE.pdf", help="Else REQUEST-KIND.pdf in this folder.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Write a letter about a request: what is missing, why not, how much longer, at what cost."""
    request = request.upper()
    target = file or Path(f"{request}-{kind}.pdf")
    with ending_well():
        if target.exists() and not force:
            fail(f"{target} is there already. Take another name with --out, or write over it with --force.")
        folder, settings = open_practice(home, database=database)
        store = store_for(folder, settings)
        wanted = Wanted(
            kind=kind,
            who=who,
            language=language,
            until=until.date() if until else None,
            because=tuple(because or ()),
            reason=reason,
            what=what,
            fee=_fee(store, request, settings) if kind is LetterKind.FEE else None,
        )
        made = write(store, Vault(folder.vault), settings.practice, request, wanted)
    _put(target, made, force=force)
    out.print(f"[green]✓[/] {target}{'  as it was made before' if made.again else ''}", soft_wrap=True)
    out.print(f"  {_advice(kind, made)}", style="dim", soft_wrap=True, markup=False)


def _fee(store: Store, request: str, settings: Settings) -> Fee | None:
    """What the copy costs: known once it is known what is in it, or where the practice charges nobody anyhow."""
    release, manifest = store.latest(Release, request), store.latest(Manifest, request)
    if release is not None and manifest is not None:
        return fee_for(release, manifest, settings)
    if settings.policy.charge != "nobody":
        return None
    today, state = store.clock.today(), settings.practice.state
    policy = settings.policy
    return fee_of(PathwayName.PATIENT_ACCESS, state, day=today, pages=0, images=0, electronic=True, policy=policy)


def _put(target: Path, made: Made, *, force: bool) -> None:
    try:
        with target.open("wb" if force else "xb") as stream:
            stream.write(made.pdf)
    except FileExistsError:
        fail(f"{target} has come up in the meantime; the letter was not written over it.")
    except OSError as error:
        fail(f"{target} cannot be written: {error.strerror}. The letter itself is in the vault under {made.sha256}.")


def _advice(kind: LetterKind, made: Made) -> str:
    if kind is LetterKind.CALL:
        return "For the office only. Print it, and cut along the line."
    if len(made.address) > 1:
        return "Print it, fold it at the marks: the address shows in the window of a #10 envelope."
    if made.again:
        return "Print it."
    return "The request gives no address to write to: write it by hand, or hand the letter over."
