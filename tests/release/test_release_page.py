"""The page for the privacy officer shows the tables that the program decides by."""

from __future__ import annotations

from pathlib import Path

from pipeline.release.accounting import is_accountable
from pipeline.release.elements import RULES
from pipeline.release.needs import needs
from pipeline.release.rates import Rate, rates
from pipeline.release.states import state_rules

PAGE = (Path(__file__).parents[2] / "docs" / "release.md").read_text(encoding="utf-8")


def rows_below(heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def rate_in_words(rate: Rate) -> str:
    bands = ", ".join(f"${band.each} a page{f' to page {band.to}' if band.to else ''}" for band in rate.bands)
    base = f"${rate.base}, " if rate.base else ""
    return base + bands + (f"; electronic {rate.electronic} %" if rate.electronic != 100 else "")


def test_the_pathways_are_those_of_the_table() -> None:
    assert rows_below("The pathways") == [
        [
            f"`{pathway.value}`",
            each.says,
            each.paragraph,
            "no" if each.person else "yes",
            ", ".join(RULES[name].name for name in each.needs),
            "yes" if is_accountable(pathway) else "no",
        ]
        for pathway, each in needs().items()
    ]


def test_the_elements_are_those_that_are_looked_at() -> None:
    assert rows_below("The elements") == [[rule.name, rule.paragraph] for rule in RULES.values()]


def test_the_deadlines_are_those_of_the_table() -> None:
    assert rows_below("Deadlines") == [
        [rule.state, rule.act, rule.time, ", ".join(rule.pathways), rule.source] for rule in state_rules().deadline
    ]


def test_the_fees_are_those_of_the_table() -> None:
    assert rows_below("Fees") == [
        [rate.state, ": ".join([rate.whose, *rate.kinds]), rate_in_words(rate), rate.source] for rate in rates()
    ]
