"""What a requester is told about what stands against a request: the table `telling.toml`.

A finding's own sentence is for the clerk. It names patients, birth dates, what the chart and the directory say. Nothing of
it may reach a letter, so this module never looks at it: only `reason`, `rule` and `paragraph`, which are words of the
program, choose a point, and the point's words and sources are those of the tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from schemas.base import Frozen
from schemas.release import Finding, HoldReason

NOTHING = "nothing"
"""In place of a point: no requester is told."""
RIGHT_PERSON, CALL = "right_person", "call"
LAST = (RIGHT_PERSON, CALL)
"""Points that ask for a call, after those that a pen can settle."""
_PARAGRAPH = re.compile(r"\d+ CFR [\d.]+(?:\([A-Za-z0-9]+\))*")


class Told(Frozen):
    """What is told about findings of one reason."""

    say: str
    rules: Mapping[str, str] = {}
    paragraphs: Mapping[str, str] = {}


class Ground(Frozen):
    """On what a denial stands."""

    source: str
    reviewable: bool
    confirms: bool
    rejects: bool


class Telling(Frozen):
    """The whole table."""

    reasons: Mapping[HoldReason, Told]
    sources: Mapping[str, str]
    office_calls: Mapping[HoldReason, str]
    grounds: Mapping[str, Ground]
    sources_of_letters: Mapping[str, str]

    def point(self, finding: Finding) -> str:
        """The key of the point that a finding becomes, or `NOTHING`."""
        told = self.reasons[finding.reason]
        return told.rules.get(finding.rule) or _by_paragraph(told, finding.paragraph or "") or told.say

    def points(self, findings: Iterable[Finding]) -> tuple[str, ...]:
        """The points of them all, each once, in the order in which they were found; those that ask for a call come last."""
        keys = dict.fromkeys(self.point(finding) for finding in findings)
        return tuple(sorted((key for key in keys if key != NOTHING), key=_last))


def _by_paragraph(told: Told, cited: str) -> str | None:
    return next((told.paragraphs[found] for found in _PARAGRAPH.findall(cited) if found in told.paragraphs), None)


def _last(key: str) -> int:
    return LAST.index(key) + 1 if key in LAST else 0


@lru_cache(maxsize=1)
def telling() -> Telling:
    """The table that comes with the program."""
    return Telling.model_validate(tomllib.loads(files(__package__).joinpath("telling.toml").read_text(encoding="utf-8")))
