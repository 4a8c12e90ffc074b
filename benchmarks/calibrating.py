"""Fits the weights of the reader's confidence: `python -m benchmarks.calibrating FOLDER OUT.toml`.

FOLDER is as for `benchmarks.reading`. Every value that was read is a row: its signs, and whether it is right. A logistic
regression with a penalty on large weights is fitted for values with a shape, for those made of known words, and for free text
(of that there is little; so names and streets stand in for it, without what the lists say of them). The chance from which a value
counts as sure is taken from forms that were left out, one after another, while the rest was fitted: the lowest one from which
on no more than MOST_WRONG of the values were wrong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.reading import Steps, normal, read_pages
from pipeline.reading.confidence import SIGNS, kind_of, signs_of
from pipeline.reading.reader import Reader, ReaderSettings

MOST_WRONG = {"shaped": 0.003, "named": 0.001, "free": 0.005}
"""A known word may be another known word misread, which no sign tells: there, none may be wrong. All together stay under one in
two hundred, with room for other hands and forms."""
PENALTY = 2.0
LEAST_SURE = 40
"""A share of fewer values says nothing."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One value that was read."""

    form: str
    kind: str
    signs: tuple[float, ...]
    right: bool


def rows_of(reader: Reader, folder: Path, truth: dict[str, Any]) -> list[Row]:
    """The values of one scan whose truth is known; those that the file itself holds as text are not weighed."""
    rows = []
    for page in read_pages(reader, folder / truth["file"], Steps()):
        for weighed in page.values:
            name = weighed.found.name
            want = truth["fields"].get(name.value)
            if want is not None and not weighed.found.printed:
                right = normal(name.value, weighed.found.value.text) == normal(name.value, str(want))
                rows.append(Row(truth["form"], kind_of(name), signs_of(weighed.evidence), right))
    return rows


def fitted(signs: Numbers, right: Numbers) -> Numbers:
    """Constant and weights of a logistic regression, by Newton's method."""
    inputs = np.column_stack([np.ones(len(signs)), signs])
    weights = np.zeros(inputs.shape[1])
    penalty = PENALTY * np.diag([1e-6, *np.ones(inputs.shape[1] - 1)])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (right - chance) - penalty @ weights
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + penalty
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def _chances(weights: Numbers, signs: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.column_stack([np.ones(len(signs)), signs]) @ weights)), dtype=np.float64)


def sure_from(chances: Numbers, right: Numbers, most_wrong: float) -> float:
    """The lowest chance from which on at most that share of the values was wrong; above 1 where there is none."""
    order = np.argsort(-chances, kind="stable")
    wrong = np.cumsum(1 - right[order]) / np.arange(1, len(order) + 1)
    ends = np.append(np.diff(chances[order]) < 0, True)  # values of one chance stand or fall together
    fine = np.flatnonzero((wrong <= most_wrong) & ends)
    fine = fine[fine >= LEAST_SURE]
    return float(chances[order][fine[-1]]) if fine.size else 1.01


def table(kind: str, rows: list[Row]) -> list[str]:
    """The lines of one table of confidence.toml."""
    signs, right = np.array([r.signs for r in rows]), np.array([float(r.right) for r in rows])
    forms = np.array([r.form for r in rows])
    left_out = np.zeros(len(rows))
    for form in sorted(set(forms.tolist())):
        inside = forms == form
        left_out[inside] = _chances(fitted(signs[~inside], right[~inside]), signs[inside])
    weights, limit = fitted(signs, right), sure_from(left_out, right, MOST_WRONG[kind])
    sure = left_out >= limit
    lines = [f"[{kind}]", f"# {len(rows)} values, {int(right.sum())} right; {int(sure.sum())} sure when their form was left out,"]
    lines += [f"# of which {int((1 - right[sure]).sum())} wrong", f"sure_from = {min(limit, 0.9999):.4f}"]
    lines += [f"constant = {weights[0]:.3f}", f"[{kind}.signs]"]
    return [*lines, *(f"{name} = {w:.3f}" for name, w in zip(SIGNS, weights[1:], strict=True)), ""]


HEAD = """\
# How the signs of a value (confidence.py) are weighed. Written by `python -m benchmarks.calibrating FOLDER OUT.toml`, which
# tells how; FOLDER held {scans} scans of {forms} forms, filled in by a program with made-up people in ten hands.
"""


def main(folder: Path, out: Path, first: Annotated[int | None, typer.Option(min=1)] = None) -> None:
    """Reads every scan of a folder and writes the weights."""
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    truths = [json.loads(line) for line in lines if line.strip()][:first]
    reader = Reader(settings=ReaderSettings(frugal=False))  # what the second engine says is to be weighed everywhere
    write([row for truth in truths for row in rows_of(reader, folder, truth)], len(truths), out)


def _unlisted(signs: tuple[float, ...]) -> tuple[float, ...]:
    """The signs without those that lists give."""
    return tuple(0.0 if sign in ("known", "all_known") else value for sign, value in zip(SIGNS, signs, strict=True))


def write(rows: list[Row], scans: int, out: Path) -> None:
    """The file of weights."""
    text = HEAD.format(scans=scans, forms=len({r.form for r in rows}))
    kinds = {kind: [r for r in rows if r.kind == kind] for kind in ("shaped", "named")}
    kinds["free"] = [replace(r, signs=_unlisted(r.signs)) for r in rows if r.kind != "shaped"]
    out.write_text(text + "\n" + "\n".join(line for kind, some in kinds.items() for line in table(kind, some)), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
