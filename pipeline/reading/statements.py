"""Which of the statements of 45 CFR 164.508(c)(2) a page prints, in spite of misread letters and lost spaces."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.reading.text import TextLine, plain
from schemas.reading import Statement

FORGIVEN = 8
"""Letters: a stem of at least so many may have one wrong letter."""

SAME_COLUMN = 6
"""Line heights by which the lines of one column may begin apart."""


@dataclass(frozen=True)
class Way:
    """One way to say a statement: a stem of each group, within so many letters."""

    about: Statement
    groups: tuple[tuple[str, ...], ...]
    within: int


@cache
def _ways() -> tuple[Way, ...]:
    """The ways of statements.toml, read once a process."""
    data = tomllib.loads((Path(__file__).parent / "statements.toml").read_text(encoding="utf-8"))
    return tuple(
        Way(Statement(entry["about"]), tuple(tuple(group) for group in way["groups"]), way["within"])
        for entry in data["statement"]
        for way in entry["ways"]
    )


def find_statements(lines: Sequence[TextLine]) -> tuple[Statement, ...]:
    """The statements printed on a page, in the order of the rule. Columns are read one after the other, as the text runs."""
    texts = [plain("".join(line.text for line in column)) for column in _columns(lines)]
    said = {way.about for way in _ways() for text in texts if _is_said(way, text)}
    return tuple(s for s in Statement if s in said)


def _columns(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Lines under each other that begin near one place, from the top: the paragraphs of one column stay together."""
    columns: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda li: li.rect.middle[1]):
        near = [c for c in columns if min(_apart(line, c[-1]), _apart(line, c[0])) < SAME_COLUMN * line.rect.height]
        if near:
            min(near, key=lambda c: _apart(line, c[-1])).append(line)
        else:
            columns.append([line])
    return columns


def _apart(one: TextLine, other: TextLine) -> float:
    return abs(one.rect.left - other.rect.left)


def _is_said(way: Way, text: str) -> bool:
    places = [sorted({at for stem in group for at in _places(stem, text)}) for group in way.groups]
    if not all(places):
        return False
    return any(all(any(abs(at - first) <= way.within for at in other) for other in places[1:]) for first in places[0])


def _places(stem: str, text: str) -> Iterator[int]:
    """Where the stem stands in the text. With one wrong letter, one of its halves is still right."""
    if len(stem) < FORGIVEN:
        yield from _exact(stem, text)
        return
    half = len(stem) // 2
    starts = {*_exact(stem[:half], text), *(at - half + slip for at in _exact(stem[half:], text) for slip in (-1, 0, 1))}
    for start in starts:
        if start >= 0 and any(
            Levenshtein.distance(stem, text[start : start + len(stem) + slip], score_cutoff=1) <= 1 for slip in (-1, 0, 1)
        ):
            yield start


def _exact(some: str, text: str) -> Iterator[int]:
    at = text.find(some)
    while at >= 0:
        yield at
        at = text.find(some, at + 1)
