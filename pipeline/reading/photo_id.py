"""Whether a page is a copy of a photo ID: a few short lines with the words that cards print, and nothing to fill in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.reading.geometry import around
from pipeline.reading.labels import is_prose
from pipeline.reading.text import TextLine, plain

_TITLES = re.compile(
    r"driver'?s?licen[sc]e|drivinglicen[sc]e|identificationcard|identification|idcard|passport|licenciadeconducir|residentcard"
)
_FORM = re.compile(r"(?i)\bpatient|authorization|records|verified")
"""Words of a form that asks for an ID."""
_MARKS = {
    "number": r"(?:DLN?|LIC|ID|4d|DD)\b",
    "expires": r"(?:EXP(?:IRES)?|4b)\b",
    "issued": r"(?:ISS(?:UED)?|4a)\b",
    "class": r"(?:CLASS|9)\b",
    "born": r"(?:DOB|BIRTH)\b",
    "sex": r"SEX\b",
    "height": r"(?:HGT|HEIGHT|HT)\b",
    "weight": r"(?:WGT|WEIGHT|WT)\b",
    "eyes": r"EYES?\b",
    "hair": r"HAIR\b",
    "restrictions": r"(?:REST(?:R(?:ICTIONS)?)?|RSTR)\b",
    "endorsements": r"END(?:ORSEMENTS)?\b",
    "donor": r"DONOR\b",
}
FEWEST_MARKS, MARKS_ALONE = 4, 6
"""Words of a card that must be there beside its title, and without one."""
MOST_LINES, MOST_PROSE = 60, 2
LARGEST = 0.5
"""Share of the page that the card's words may fill: a card is small on a letter page."""
COARSEST = 0.6


def is_photo_id(lines: Sequence[TextLine], width: int, height: int) -> bool:
    """Whether the lines of a page are those of a card."""
    if any(_FORM.search(line.text) for line in lines):
        return False
    if not lines or len(lines) > MOST_LINES or sum(is_prose(line) for line in lines) > MOST_PROSE:
        return False
    titled = [line for line in lines if _TITLES.search(plain(line.text))]
    marked = {name: [line for line in lines if _begins(mark, line.text)] for name, mark in _MARKS.items()}
    count = sum(bool(found) for found in marked.values())
    if count < (FEWEST_MARKS if titled else MARKS_ALONE):
        return False
    card = around([line.rect for line in [*titled[:1], *(f[0] for f in marked.values() if f)]])
    on_page = card.width * card.height / max(1, width * height)
    return on_page <= LARGEST or (len(lines) < MOST_LINES / 2 and on_page <= COARSEST)


def _begins(mark: str, text: str) -> bool:
    return re.search(rf"(?:^|[\s:.])(?:\d{{1,2}}[a-d]?\s*)?{mark}", text.upper()) is not None
