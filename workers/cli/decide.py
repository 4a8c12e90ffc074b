"""decide, revoke, revocations, lift: what people settle, from the command line."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.clock import SystemClock
from pipeline.errors import Retryable
from pipeline.line.outbox import Outbox
from pipeline.matching.directory import DirectoryFile
from pipeline.matching.roster import RosterFile
from pipeline.matching.tables import TableProblem
from pipeline.practice.folder import PracticeFolder
from pipeline.reviewing.corrections import patients_of, said_of
from pipeline.reviewing.decisions import decide as decide_request
from pipeline.reviewing.decisions import numbered
from pipeline.reviewing.ground import NotPossible
from pipeline.reviewing.holds import Hold, open_holds
from pipeline.reviewing.revoking import NotRevocable
from pipeline.reviewing.revoking import lift as lift_revocation
from pipeline.reviewing.revoking import revoke as record_revocation
from pipeline.reviewing.splitting import cut_parts, pages_of, parts_said
from pipeline.store.permissions import all_revocations
from pipeline.store.store import Store
from pipeline.store.times import parse
from pipeline.store.vault import Vault
from schemas.decision import DecisionKind
from schemas.release import IdentityEvidence, IdentityMethod, PathwayName
from workers.cli.common import (
    DEFAULT_HOME,
    AsJson,
    Broker,
    Database,
    Home,
    ending_well,
    err,
    open_practice,
    out,
    print_json,
)
from workers.wiring import broker_for, store_for

Who = Annotated[str, typer.Option(help="Who decides; it goes into the delivery log.")]
Why = Annotated[str, typer.Option(help="Why; it goes into the delivery log.")]

GOES_ON = {
    DecisionKind.TRY_AGAIN: "goes on",
    DecisionKind.WITHDRAW: "is withdrawn; nothing is sent",
    DecisionKind.REJECT: "is rejected; nothing is sent. Print the letter: chartrelay letter {request} --kind denial --who NAME",
    DecisionKind.EXTEND: "has more time. Print the letter: chartrelay letter {request} --kind extension --who NAME",
    DecisionKind.SPLIT: "is split; each part is read as a request of its own",
    DecisionKind.ARRIVED: "has arrived; the line closes it",
    DecisionKind.NOT_ARRIVED: "is sent again, as a repeat",
}


def decide(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's number, such as R-000012.")],
    what: Annotated[DecisionKind, typer.Argument(help="What is decided; see below.")],
    said: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FIELD=VALUE]...",
            help="With correct: what the page says, such as patient.dob=03/14/1987 or scope.xrays=ticked. "
            "With split: each patient and birth date, such as “Ann Ruiz=03/14/1987”.",
        ),
    ] = None,
    who: Who = "",
    why: Why = "",
    patient: Annotated[str, typer.Option(help="With patient: their number in the roster.")] = "",
    office: Annotated[str, typer.Option(help="With destination: its office_id in the directory.")] = "",
    called: Annotated[
        str, typer.Option(help="With destination: the number that was called back; never one from the request.")
    ] = "",
    signed: Annotated[
        bool | None, typer.Option("--signed/--not-signed", help="With correct: whether the scan bears a signature.")
    ] = None,
    pathway: Annotated[PathwayName | None, typer.Option(help="With pathway: the rule it belongs to.")] = None,
    finding: Annotated[
        list[int] | None,
        typer.Option(help="With accept: only this finding, as numbered in the queue; may be given several times."),
    ] = None,
    method: Annotated[IdentityMethod | None, typer.Option(help="With identity: how it was verified who asks.")] = None,
    seen: Annotated[
        str,
        typer.Option(
            help="With identity: what was seen, such as “driver license OR 1234567”. With arrived: how it was found out, from "
            "whom and when."
        ),
    ] = "",
    pages: Annotated[
        str, typer.Option(metavar="PAGES,PAGES", help="With split: the pages of each request, such as 1-2,3 or 1+3,2.")
    ] = "",
    left_out: Annotated[
        str, typer.Option(metavar="PAGES", help="With split: pages that belong to none of them, such as a blank back.")
    ] = "",
    hold: Annotated[
        int | None,
        typer.Option(help="Only if this entry of the queue is still open (`queue --json` has its number); else the open one."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="With extend: the new last day.")
    ] = None,
    home: Home = DEFAULT_HOME,
    broker: Broker = None,
    database: Database = None,
) -> None:
    """Decide on a held request.

    [bold]correct[/] patient.dob=03/14/1987, or --signed: the page says something else than was read.
    [bold]patient[/] --patient 1182: it is this patient.
    [bold]destination[/] --office lakeside --called "(541) 555-0100": it is this office, and it was called back.
    [bold]pathway[/] --pathway treatment: it belongs to this rule.
    [bold]identity[/] --method photo_id --seen TEXT: it was verified who asks, or by what authority.
    [bold]accept[/] --why TEXT: somebody has looked, and the copy may leave all the same. What the law asks for, nobody can waive.
    [bold]second[/]: somebody who has decided nothing on it agrees, where the policy asks for a second person.
    [bold]ask_second[/] --why TEXT: a second person must agree on this one, whatever the policy asks for.
    [bold]split[/] “Ann Ruiz=03/14/1987” “Ben Ruiz=05/02/2012” --why TEXT: it asks for the records of all of these.
    [bold]split[/] --pages 1-2,3 --left-out 4 --why TEXT: these pages are a request each, scanned in one go.
    [bold]arrived[/] --seen “Pat at Lakeside, by phone, 11/24 10:05” --why TEXT: it was uncertain, and it has arrived.
    [bold]not_arrived[/] --why TEXT: it was uncertain, and it has not arrived; it is sent again as a repeat.
    [bold]extend[/] --until 2026-12-20 --why TEXT: the answer takes longer; print the letter that says so.
    [bold]try_again[/]: what was wrong is mended. [bold]reject[/] and [bold]withdraw[/]: it ends here, nothing is sent.

    After any of the first eight, the request is judged anew as a whole: it goes on, or is held for what still stands against it.
    """
    with ending_well():
        folder, settings = open_practice(home, broker=broker, database=database)
        store = store_for(folder, settings)
        request = request.upper()
        if amiss := _unknown(folder, patient.strip(), office.strip()):
            raise NotPossible(f"{amiss} Nothing was decided.")
        entry = _entry(store, request)
        told = said_of(said or ()) if what is not DecisionKind.SPLIT else said_of(())
        details: dict[str, Any] = {
            "corrections": told.corrections,
            "ticks": told.ticks,
            "patients": patients_of(said or ()) if what is DecisionKind.SPLIT else (),
            "seen": seen if what is DecisionKind.ARRIVED else "",
            "signed": signed,
            "patient_id": patient.strip(),
            "office_id": office.strip(),
            "called": called,
            "pathway": pathway,
            "accepts": _accepts(entry, request, finding or []),
            "identity": _identity(method, seen, who) if what is not DecisionKind.ARRIVED else None,
            "until": until.date() if until else None,
        }
        if what is DecisionKind.SPLIT and (pages or left_out):
            out_of_it = pages_of(left_out) if left_out else ()
            details |= cut_parts(store, Vault(folder.vault), settings.inbox.limits, request, parts_said(pages), out_of_it)
        pinned = hold if hold is not None else entry.id if entry else None
        unit = decide_request(store, request, what, who=who, why=why, state=settings.practice.state, hold=pinned, **details)
        queue_engine = broker_for(folder, settings, name="chartrelay decide")
        try:
            Outbox(store, queue_engine).publish(unit.sent)
        except Retryable as error:
            err.print(f"Decided; the line takes it up as soon as it can: {error}", soft_wrap=True)
        finally:
            queue_engine.close()
    done = GOES_ON[what].format(request=request) if what in GOES_ON else "is judged anew"
    out.print(f"[green]✓[/] {request} {escape(done)}.", soft_wrap=True)


def _entry(store: Store, request: str) -> Hold | None:
    """The open entry of the queue. What is decided is decided on this one, or on nothing."""
    with store.reading() as connection:
        return next(reversed(open_holds(connection, [request])), None)


def _accepts(entry: Hold | None, request: str, numbers: list[int]) -> tuple[str, ...]:
    """The keys of the findings with these numbers in the queue."""
    if not numbers:
        return ()
    if entry is None:
        raise NotPossible(f"{request} is not held; there is nothing to accept.")
    return numbered(entry.findings, numbers)


def _identity(method: IdentityMethod | None, seen: str, who: str) -> IdentityEvidence | None:
    if method is None and not seen:
        return None
    if method is None or not seen.strip() or not who.strip():
        raise NotPossible("Say how it was verified (--method), what was seen (--seen), and who saw it (--who).")
    return IdentityEvidence(method=method, what=seen, who=who, at=SystemClock().now())


# ---- revocations ---------------------------------------------------------------------------------------------------------


class How(StrEnum):
    """How the practice learned of it."""

    CALL = "call"
    LETTER = "letter"
    IN_PERSON = "in person"


def revoke(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="The patient's number in the roster.")],
    who: Who = "",
    how: Annotated[How, typer.Option(help="How the practice learned of it.")] = How.CALL,
    office: Annotated[str, typer.Option(help="Only for this destination (office_id); left out: no copy may go anywhere.")] = "",
    words: Annotated[str, typer.Option(help="What the patient said.")] = "",
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Record that a patient takes a permission back: nothing leaves from now on, or nothing to one office (--office), wherever
    it is on the line.
    """
    with ending_well():
        folder, settings = open_practice(home, database=database)
        if amiss := _unknown(folder, patient.strip(), office.strip()):
            raise NotRevocable(f"{amiss} Nothing was recorded.")
        store = store_for(folder, settings)
        found = record_revocation(store, patient, office_id=office, how=how.value, who=who, words=words)
    if as_json:
        requests = [{"id": one.request_id, "state": one.state.value, "sentence": one.sentence} for one in found.requests]
        print_json([{"revocation": found.number, "patient_id": patient, "office_id": office, "requests": requests}])
        return
    where = f" to {office.strip()}" if office.strip() else ""
    said = f"Recorded as revocation {found.number}. Nothing leaves for this patient{where} until somebody lifts it."
    out.print(f"[green]✓[/] {escape(said)}", soft_wrap=True)
    for one in found.requests:
        out.print(f"  {one.request_id} {one.sentence}", soft_wrap=True)


def _unknown(folder: PracticeFolder, patient: str, office: str) -> str:
    """Which of the two no table has, in a sentence: a number typed amiss. Empty where both are known, or cannot be looked up,
    which is said.
    """
    try:
        if patient and RosterFile(folder.roster_csv).current().by_id(patient) is None:
            return f"The roster has no patient {patient}. Write the number as it stands there."
        if office and DirectoryFile(folder.directory_csv).current().by_id(office) is None:
            return f"The directory has no office {office}. Write its office_id."
    except TableProblem as error:
        err.print(f"The numbers could not be looked up, so be sure that they are right: {error}", soft_wrap=True)
    return ""


def revocations(
    home: Home = DEFAULT_HOME,
    database: Database = None,
    as_json: AsJson = False,
    lifted: Annotated[bool, typer.Option("--lifted", help="Also those that were lifted.")] = False,
) -> None:
    """Show the permissions that patients have taken back."""
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        with store.reading() as connection:
            rows = all_revocations(connection, lifted=lifted)
    if as_json:
        print_json(dict(row) for row in rows)
    elif not rows:
        out.print("No permission is taken back.", style="green")
    else:
        out.print(_revocations_table(rows))


def _revocations_table(rows: list[Any]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("No.", "Since", "Patient", "Only for", "How", "Recorded by", "Lifted"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        lifted = f"{_day(row['lifted_at'])} by {row['lifted_by']}: {row['lifted_because']}" if row["lifted_at"] else ""
        cells = (row["patient_id"], row["office_id"] or "–", row["how"], row["who"], lifted)
        table.add_row(str(row["id"]), f"{_day(row['at'])}", *(escape(cell) for cell in cells))
    return table


def _day(stamp: str) -> date:
    return parse(stamp).astimezone().date()


def lift(
    revocation: Annotated[int, typer.Argument(metavar="REVOCATION", help="Its number, as `revocations` shows it.")],
    who: Who = "",
    why: Why = "",
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """End a revocation, because the patient has signed anew or it was recorded by mistake."""
    with ending_well():
        store = store_for(*open_practice(home, database=database))
        lift_revocation(store, revocation, who=who, why=why)
    out.print(f"[green]✓[/] Revocation {revocation} is lifted. What it stopped stays held until somebody lets it try again.")
