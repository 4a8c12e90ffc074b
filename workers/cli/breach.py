"""breach: a copy may have gone wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from pipeline.log.disclosures import disclosure
from pipeline.log.printing import printed
from pipeline.reviewing.breach_paper import FACTORS, breach_sheet
from pipeline.reviewing.breaches import WorkUp, record, take_back, work_up
from pipeline.stationery.words import long_day
from schemas.breach import Breach, BreachDecision, Factor
from workers.cli.common import DEFAULT_HOME, WRONG_USE, AsJson, Database, Home, ending_well, fail, open_practice, out, print_json
from workers.wiring import store_for

DAY: dict[str, Any] = {"formats": ["%Y-%m-%d"], "metavar": "YYYY-MM-DD"}


def breach(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's number, such as R-000012.")],
    who: Annotated[str, typer.Option(help="Who writes; it goes into the delivery log.")] = "",
    discovered: Annotated[
        datetime | None, typer.Option(**DAY, help="When it was discovered; the notice is due 60 days on.")
    ] = None,
    happened: Annotated[str | None, typer.Option(metavar="TEXT", help="What went wrong.")] = None,
    what: Annotated[str | None, typer.Option(metavar="TEXT", help="Factor (i): which information.")] = None,
    recipient: Annotated[str | None, typer.Option(metavar="TEXT", help="Factor (ii): who got it.")] = None,
    viewed: Annotated[str | None, typer.Option(metavar="TEXT", help="Factor (iii): whether it was acquired or viewed.")] = None,
    mitigated: Annotated[str | None, typer.Option(metavar="TEXT", help="Factor (iv): what was done about it.")] = None,
    decide: Annotated[BreachDecision | None, typer.Option(help="What it comes to.")] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="Why it comes to that.")] = None,
    notified: Annotated[datetime | None, typer.Option(**DAY, help="When the patient was told.")] = None,
    retract: Annotated[bool, typer.Option("--retract", help="Take the set back, where it still lies whole in a folder.")] = False,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE.pdf", help="The sheet, to print.")] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """A copy may have gone wrong: what left, to whom, what else shares its fault; the four factors; taking it back."""
    request = request.upper()
    given = {Factor.WHAT: what, Factor.WHO: recipient, Factor.VIEWED: viewed, Factor.MITIGATED: mitigated}
    factors = {factor: words for factor, words in given.items() if words}
    writes = any((discovered, happened, factors, decide, why, notified))
    if (writes or retract) and not who.strip():
        fail("Say who writes, with --who.", WRONG_USE)
    with ending_well():
        folder, settings = open_practice(home, database=database)
        store = store_for(folder, settings)
        found = work_up(store, request)
        if writes:
            old = found.sheet
            day = discovered.date() if discovered else old.discovered_on if old else None
            told = happened or (old.happened if old else "")
            if day is None or not told:
                fail("The first time, say when it was discovered and what happened: --discovered, --happened.", WRONG_USE)
            sheet = Breach(
                discovered_on=day,
                happened=told,
                factors=(old.factors if old else {}) | factors,
                decision=decide or (old.decision if old else BreachDecision.OPEN),
                why=why or (old.why if old else ""),
                notified_on=notified.date() if notified else old.notified_on if old else None,
                who=who,
                at=store.clock.now(),
            )
            record(store, request, sheet)
        if retract:
            done = take_back(store, request, folder.outgoing, who)
            out.print(f"{'[green]✓[/]' if done.done else '[bold red]✗[/]'} {escape(done.sentence)}", soft_wrap=True)
        found = work_up(store, request)
    if pdf:
        try:
            pdf.write_bytes(printed(breach_sheet(found, store.clock.today()), settings.practice))
        except OSError as error:
            fail(f"{pdf} cannot be written: {error.strerror}.")
    if as_json:
        print_json([found.as_object()])
    else:
        _show(found)


def _show(found: WorkUp) -> None:
    of, sheet = found.of, found.sheet
    if of.delivered:
        told = disclosure(of.delivered)
        out.print(f"{of.request_id}: {escape(told.description)}", soft_wrap=True)
        out.print(f"  to {escape(told.recipient)} on {long_day(told.date)}. {found.opened}", soft_wrap=True)
    for one in found.siblings:
        out.print(f"  may share its fault: {one.request_id} {escape(one.patient)} ({escape('; '.join(one.why))})", soft_wrap=True)
    if sheet is None:
        out.print("  Nothing is written down yet: --who, --discovered, --happened.", style="dim")
        return
    out.print(f"  {escape(sheet.happened)}", soft_wrap=True)
    for factor, title in FACTORS.items():
        out.print(f"  {title}: {escape(sheet.factors.get(factor) or '–')}", soft_wrap=True)
    out.print(f"  Decision: {sheet.decision.value.replace('_', ' ')} {escape(sheet.why)}", soft_wrap=True)
    due = f"told on {long_day(sheet.notified_on)}" if sheet.notified_on else f"to be told by {long_day(sheet.notice_due)}"
    out.print(f"  The patient: {due}.")
