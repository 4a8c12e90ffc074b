"""Figures on the terminal, or one JSON object a line; progress goes to stderr either way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Figure, Spread, Tell, machine


class Page:
    """Where a benchmark writes what it found."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._out = Console(highlight=False)
        self._progress = Console(stderr=True, highlight=False)

    @contextmanager
    def progress(self) -> Iterator[Tell]:
        """What is being done, on a line that is overwritten; where stderr is no terminal, a line each."""
        if not self._progress.is_terminal:
            yield lambda doing: self._progress.print(doing, style="dim")
            return
        with self._progress.status("starting") as status:
            yield status.update

    def where(self) -> None:
        """The machine, and how busy it was before we began."""
        found = machine()
        if self._as_json:
            self._line({"machine": found})
            return
        load = found["load"]
        self._out.print(
            f"Python {found['python']} on {found['system']}, {found['processors']} processors, "
            f"one flush to the disk takes {found['flush_ms']} ms",
            soft_wrap=True,
        )
        if isinstance(load, list) and load[0] > 0.5:
            self._out.print(
                f"[yellow]The machine is busy (load {load[0]}): trust the ratios more than the figures.[/yellow]", soft_wrap=True
            )

    def figures(self, benchmark: str, title: str, figures: Sequence[Figure], note: str = "") -> None:
        """Least, median and most of all rounds, and the ratio to the rival of the same rounds."""
        if self._as_json:
            for figure in figures:
                self._line({"benchmark": benchmark, **_as_dict(figure)})
            return
        table = Table(title=title, title_justify="left", title_style="bold", caption=note or None, caption_justify="left")
        table.add_column("", no_wrap=True)
        for heading in ("least", "median", "most"):
            table.add_column(heading, justify="right")
        table.add_column("unit")
        table.add_column("beside its rival")
        for figure in figures:
            table.add_row(figure.name, *_three(figure.spread), figure.unit, _beside(figure))
        self._out.print(table)

    def rows(
        self, benchmark: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[str | float | int]], note: str = ""
    ) -> None:
        """A table of one's own; the first column is text, the others numbers."""
        if self._as_json:
            for row in rows:
                self._line(
                    {"benchmark": benchmark, "table": title, **{h: _rounded(cell) for h, cell in zip(headings, row, strict=True)}}
                )
            return
        table = Table(title=title, title_justify="left", title_style="bold", caption=note or None, caption_justify="left")
        for number, heading in enumerate(headings):
            table.add_column(heading, justify="right" if number else "left", no_wrap=not number)
        for row in rows:
            table.add_row(*(cell if isinstance(cell, str) else _number(cell) for cell in row))
        self._out.print(table)

    def remark(self, sentence: str) -> None:
        """Something that was left out, and why."""
        if self._as_json:
            self._line({"remark": sentence})
        else:
            self._out.print(f"[dim]{sentence}[/dim]")

    def _line(self, body: object) -> None:
        self._out.file.write(json.dumps(body) + "\n")
        self._out.file.flush()


def _as_dict(figure: Figure) -> dict[str, object]:
    found: dict[str, object] = {"name": figure.name, "unit": figure.unit, **_spread(figure.spread)}
    if figure.ratio is not None:
        found |= {"rival": figure.rival, "ratio": _spread(figure.ratio)}
    return found


def _spread(spread: Spread) -> dict[str, object]:
    return {
        "least": round(spread.least, 4),
        "median": round(spread.median, 4),
        "most": round(spread.most, 4),
        "rounds": [round(figure, 4) for figure in spread.rounds],
    }


def _three(spread: Spread) -> tuple[str, str, str]:
    return _number(spread.least), _number(spread.median), _number(spread.most)


def _beside(figure: Figure) -> str:
    if figure.ratio is None:
        return ""
    low, middle, high = _three(figure.ratio)
    return f"{middle} × {figure.rival}\n({low} to {high})"


def _rounded(cell: str | float) -> str | float:
    return round(cell, 4) if isinstance(cell, float) else cell


def _number(figure: float) -> str:
    """Three digits, as many as mean something."""
    return f"{figure:,.0f}" if isinstance(figure, int) or abs(figure) >= 100 else f"{figure:.3g}"
