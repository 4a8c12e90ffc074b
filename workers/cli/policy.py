"""policy: what the machine may release alone, what always goes to a person, and by which rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.clock import SystemClock
from pipeline.release.explaining import NEVER_A_REASON, Told, always_a_person, leaves_alone
from pipeline.release.needs import needs
from pipeline.release.policy import Explained, Policy, explained
from pipeline.release.rates import Rate, rates_in
from pipeline.release.states import DeadlineRule, deadlines_in
from schemas.base import JsonDict
from schemas.release import PathwayName
from workers.cli.common import DEFAULT_HOME, AsJson, Home, ending_well, open_practice, out, print_json


def policy(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show what the machine may release alone, what always goes to a person, and by which rules."""
    with ending_well():
        _, settings = open_practice(home)
        chosen, state, today = settings.policy, settings.practice.state, SystemClock().today()
        if as_json:
            print_json(_objects(chosen, state, today))
        else:
            out.print(_page(settings.practice.name, chosen, state, today))


# ---- for people ----------------------------------------------------------------------------------------------------------


def _page(practice: str, chosen: Policy, state: str, today: date) -> Group:
    where = state or "a state that is not set"
    return Group(
        _heading(f"What leaves {practice} by machine alone"),
        Text("An adult patient, surely matched; everything below in order; nothing that a person has to see.", style="dim"),
        _list(leaves_alone(chosen), "green", "●"),
        _heading("What always goes to a person"),
        _list(always_a_person(), "yellow", "▲"),
        _list((NEVER_A_REASON,), "green", "○"),
        _heading(f"Deadlines in {where}"),
        _list(_deadlines(state, today), "blue", "·"),
        _heading(f"Fees in {where}"),
        _list(_fees(chosen, state, today), "blue", "·"),
        _heading("Settings of \\[policy] in chartrelay.toml"),
        _settings(chosen),
        Text("\nNot legal advice: the practice's counsel confirms the tables of its state.", style="dim"),
    )


def _heading(words: str) -> Text:
    return Text.from_markup(f"\n[bold]{words if words.startswith('Settings') else escape(words)}[/]")


def _list(told: Iterable[Told], colour: str, sign: str) -> Padding:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", style="dim", ratio=2)
    for sentence, paragraph in told:
        table.add_row(f"[{colour}]{sign}[/]", escape(sentence), escape(paragraph))
    return Padding(table, (0, 0, 0, 2))


def _settings(chosen: Policy) -> Padding:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for told in explained(chosen):
        mark, style = ("[yellow]✎[/]", "bold") if told.changed else (" ", "")
        default = f"  [dim](the program comes with {escape(_shown(told.default))})[/]" if told.changed else ""
        value = f"{told.setting} = {_shown(told.value)}"
        table.add_row(mark, (f"[{style}]{escape(value)}[/]" if style else escape(value)) + default)
        table.add_row("", f"  {escape(told.alone)}")
        table.add_row("", f"  [dim]{escape(told.means)}[/]")
    return Padding(table, (0, 0, 0, 2))


def _deadlines(state: str, today: date) -> Iterator[Told]:
    for rule in deadlines_in(state, today):
        yield Told(_time(rule), rule.source)
    yield Told("The shortest that applies counts; one extension of at most 30 days, told in writing within the first 30.", "")


def _time(rule: DeadlineRule) -> str:
    whom = ", ".join(pathway.value.replace("_", " ") for pathway in rule.pathways)
    return f"{rule.time} for {'inspection' if rule.act == 'inspection' else 'a copy'}{f' ({whom})' if whom else ''}, {rule.law}."


def _fees(chosen: Policy, state: str, today: date) -> Iterator[Told]:
    charge = next(told for told in explained(chosen) if told.setting == "charge")
    yield Told(f"{charge.alone} Searching and retrieving are never charged to anybody.", "45 CFR 164.524(c)(4)")
    for rate in rates_in(state, today):
        yield Told(_rate(rate), rate.source)
    if not rates_in(state, today):
        yield Told("The tables have no page rate of this state.", "")


def _rate(rate: Rate) -> str:
    whom = "Patients, at most" if rate.whose == "patient" else "Third parties"
    kinds = f" ({', '.join(kind.value for kind in rate.kinds)})" if rate.kinds else ""
    base = f"${rate.base}, and " if rate.base else ""
    bands = ", then ".join(f"${band.each} a page{f' to page {band.to}' if band.to else ''}" for band in rate.bands)
    electronic = f"; electronic copies {rate.electronic} % of it" if rate.electronic != 100 else ""
    return f"{whom}{kinds}: {base}{bands}{electronic}."


def _shown(value: Any) -> str:
    """A value as it stands in chartrelay.toml."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, frozenset | tuple):
        return "[" + ", ".join(f'"{each}"' for each in sorted(value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


# ---- for programs --------------------------------------------------------------------------------------------------------


def _objects(chosen: Policy, state: str, today: date) -> Iterator[JsonDict]:
    for told in leaves_alone(chosen):
        yield {"about": "alone", "sentence": told.sentence, "paragraph": told.paragraph}
    for told in always_a_person():
        yield {"about": "person", "sentence": told.sentence, "paragraph": told.paragraph}
    for pathway in PathwayName:
        asks = needs()[pathway]
        yield {"about": "pathway", "pathway": pathway.value, "paragraph": asks.paragraph, "needs": list(asks.needs)}
    for rule in deadlines_in(state, today):
        yield {"about": "deadline", **rule.model_dump(mode="json")}
    for rate in rates_in(state, today):
        yield {"about": "rate", **rate.model_dump(mode="json")}
    yield from (_setting(told) for told in explained(chosen))


def _setting(told: Explained) -> JsonDict:
    return {
        "about": "setting",
        "setting": f"policy.{told.setting}",
        "value": _plain(told.value),
        "default": _plain(told.default),
        "changed": told.changed,
        "means": told.means,
        "alone": told.alone,
    }


def _plain(value: Any) -> Any:
    """The value as JSON knows it: sets in order, amounts as text."""
    if isinstance(value, frozenset | tuple):
        return sorted(value)
    return str(value) if isinstance(value, Decimal) else value
