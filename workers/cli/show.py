"""What `up` shows while it runs: a line for everything that happens, and where the work is, live."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sqlalchemy import func, select

from pipeline.errors import Retryable
from pipeline.intake import candidates, leftovers
from pipeline.log import chain
from pipeline.people.links import set_up_link
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import Settings
from pipeline.store import tables, views
from pipeline.store.states import FINAL, State
from pipeline.store.store import Store
from schemas.disclosure import LogEntry, LogEvent
from workers.cli.common import out

TOLD = {
    LogEvent.RECEIVED: ("[blue]↓[/]", "taken"),
    LogEvent.RETURNED: ("[red]↩[/]", "returned"),
    LogEvent.REPEATED: ("[red]↩[/]", "returned"),
    LogEvent.AUTHORIZED: ("[blue]…[/]", "may leave"),
    LogEvent.HELD: ("[yellow]▲[/]", "held"),
    LogEvent.DELIVERED: ("[green]●[/]", "delivered"),
    LogEvent.DECIDED: ("[blue]✎[/]", "decided"),
    LogEvent.WITHDRAWN: ("[dim]○[/]", "withdrawn"),
    LogEvent.REJECTED: ("[dim]○[/]", "rejected"),
    LogEvent.SPLIT: ("[blue]⇉[/]", "split"),
    LogEvent.REVOKED: ("[yellow]■[/]", "revoked"),
    LogEvent.LIFTED: ("[blue]□[/]", "lifted"),
    LogEvent.LETTER: ("[blue]✉[/]", "letter"),
}
"""What of the log is told, with its sign and word; the rest is for auditors."""

WHERE = {
    "read": (State.RECEIVED,),
    "match": (State.READ,),
    "gather": (State.AUTHORIZED,),
    "duplicate": (State.GATHERED,),
    "verify": (State.COPIED,),
    "deliver": (State.VERIFIED, State.DELIVERING),
    "close": (State.DELIVERED,),
    "[yellow]▲ held[/]": (State.HELD,),
    "[green]● done[/]": (State.CLOSED,),
}
"""The columns of the live line: the station that has requests in these states, then how they ended."""


class Follower:
    """Reads the log as it grows. Use it in a `with`."""

    def __init__(self, store: Store, folder: PracticeFolder, settings: Settings, *, with_desk: bool) -> None:
        self._store = store
        self._folder = folder
        self._settings = settings
        self._with_desk = with_desk
        self._live = Live(console=out, refresh_per_second=4, transient=True) if out.is_terminal else None
        with store.reading() as connection:
            self._told = connection.scalar(select(func.max(tables.log.c.seq))) or 0
        self._files: dict[str, str] = {}

    def __enter__(self) -> Follower:
        self._greet()
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.tell()
        if self._live:
            self._live.stop()

    def _greet(self) -> None:
        out.print(f"\n[bold]ChartRelay[/]  {self._settings.practice.name}")
        out.print(f"  drop scans into  [bold]{self._folder.inbox}[/]", soft_wrap=True)
        if self._with_desk:
            self._greet_at_the_desk()
        out.print("  stop with Ctrl-C\n", style="dim")

    def _greet_at_the_desk(self) -> None:
        """Its address; as long as nobody looks after people, a link that makes the first administrator, once."""
        url = self._settings.desk.url
        out.print(f"  the desk         [bold]{url}/[/]", soft_wrap=True)
        if link := set_up_link(self._store):
            out.print(f"  first of all     [bold green]{url}/link/{link}[/]", soft_wrap=True)
            out.print("                   makes you the administrator; works once, for 24 hours", style="dim")

    def tell(self) -> bool:
        """Prints what has happened since the last time; whether anything has."""
        try:
            with self._store.reading() as connection:
                query = select(tables.log).where(tables.log.c.seq > self._told).order_by(tables.log.c.seq)
                new = list(chain.entries(connection.execute(query).mappings()))
                states, arrived = views.states(connection), views.outcomes(connection)
                for row in views.requests(connection) if new else ():
                    self._files[row["id"]] = row["file"]
        except Retryable:
            return False
        for entry in new:
            self._told = entry.seq
            self._print(entry)
        if self._live:
            self._live.update(Padding(_where(states, arrived), (1, 0, 0, 2)))
        return bool(new)

    def _print(self, entry: LogEntry) -> None:
        if entry.event not in TOLD:
            return
        sign, word = TOLD[entry.event]
        line = Table.grid(padding=(0, 1))
        for width in (8, 8, 22, 1, 9):
            line.add_column(width=width, no_wrap=True, overflow="ellipsis")
        line.add_column(overflow="fold")
        file = entry.details.get("file") or self._files.get(entry.request_id or "", "")
        when = f"{entry.at.astimezone():%H:%M:%S}"
        line.add_row(Text(when, "dim"), entry.request_id or "", Text(str(file), "dim"), sign, word, Text(_said(entry)))
        out.print(line)

    def line_is_empty(self) -> bool:
        """Nothing in the inbox, no request on its way, nothing in the outbox."""
        try:
            if any(True for _ in candidates(self._folder.inbox)) or any(True for _ in leftovers(self._folder.inbox)):
                return False
            with self._store.reading() as connection:
                resting = {state.value for state in FINAL} | {State.HELD.value}
                moving = sum(count for state, count in views.states(connection).items() if state not in resting)
                return moving == 0 and not connection.scalar(select(func.count()).select_from(tables.outbox))
        except Retryable:
            return False


def _said(entry: LogEntry) -> str:
    d, said = entry.details, ""
    match entry.event:
        case LogEvent.HELD:
            first, *rest = d.get("sentences") or [""]
            said = f"{first} (and {len(rest)} more)" if rest else first
        case LogEvent.RETURNED | LogEvent.REPEATED | LogEvent.SPLIT:
            said = str(d.get("sentence", ""))
        case LogEvent.AUTHORIZED:
            said = f"{entry.patient} → {entry.recipient}"
        case LogEvent.DELIVERED:
            said = f"{entry.patient} → {entry.recipient}: {len(d['items'])} items, {d['pages']} pages, proof: {d['proof']}"
        case LogEvent.DECIDED | LogEvent.LETTER:
            said = str(d.get("sentence") or f"{entry.actor}: {d.get('what') or d.get('kind')}")
        case LogEvent.REVOKED | LogEvent.LIFTED:
            said = f"by {entry.actor}: permission of patient {entry.patient_id}, revocation {d.get('revocation')}"
    return said


def _where(states: dict[str, int], arrived: dict[str, int]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1))
    for heading in WHERE:
        table.add_column(heading, justify="center")
    table.add_column("[red]↩ back[/]", justify="center")
    counts = [sum(states.get(state.value, 0) for state in which) for which in WHERE.values()]
    table.add_row(
        *(
            Text(str(count) if count else "·", "bold" if count else "dim")
            for count in [*counts, arrived.get("returned", 0) + arrived.get("repeat", 0)]
        )
    )
    return table


def summary(store: Store) -> Group:
    """How everything ended: every file that came in is in one of these numbers."""
    with store.reading() as connection:
        states, arrived, attempts = views.states(connection), views.outcomes(connection), views.attempts(connection)
    taken, returned, repeated = (arrived.get(outcome, 0) for outcome in ("request", "returned", "repeat"))
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(str(taken + returned + repeated), "files came in")
    table.add_row(str(states.get(State.CLOSED.value, 0)), "[green]●[/] delivered and closed")
    table.add_row(str(states.get(State.HELD.value, 0)), "[yellow]▲[/] held for a person: chartrelay queue")
    for state, said in ((State.WITHDRAWN, "○ withdrawn"), (State.REJECTED, "○ rejected"), (State.SPLIT, "⇉ split by patient")):
        if count := states.get(state.value, 0):
            table.add_row(str(count), said)
    table.add_row(str(returned), "[red]↩[/] returned with a note")
    table.add_row(str(repeated), "[red]↩[/] returned: the same file as before")
    moving = sum(count for state, count in states.items() if state not in FINAL | {State.HELD})
    if moving:
        table.add_row(str(moving), "… on their way")
    seconds = timedelta(seconds=round(sum(a["seconds"] or 0 for a in attempts)))
    return Group("", table, Text(f"\nThe stations worked {seconds} on it.", "dim"))
