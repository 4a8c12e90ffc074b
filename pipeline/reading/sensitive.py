"""Records that need a permission of their own (HIV, mental health, substance use, ...): which a form has ticked or initialled.

A list under words that exclude ("do not release") says the opposite of a permission; nothing in it is a mark here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.reading.geometry import Rect
from pipeline.reading.labels import BLANK, is_prose
from pipeline.reading.page import PageText
from pipeline.reading.text import TextLine, plain
from pipeline.reading.ticks import CLEARLY, Box, ink_before
from pipeline.reading.words import EXCLUDES
from schemas.reading import SensitiveClass

REACH = 70
"""Letters behind a box within which its words name the class."""
SHORT_STEM = 5
"""Letters: a stem of no more is only found as a word of its own."""
TICKED, INITIALLED = 0.9, 0.7
"""Confidence of a mark in a printed box, and of ink on a blank, which may be a stray line."""
ENOUGH_INK = 0.8
"""Of initials on a blank, in strokes as long as the line is high."""


@dataclass(frozen=True)
class FoundMark:
    """A class that is ticked or initialled."""

    about: SensitiveClass
    rect: Rect
    confidence: float


@cache
def _stems() -> tuple[tuple[SensitiveClass, str], ...]:
    """The stems of labels.toml, read once a process."""
    data = tomllib.loads((Path(__file__).parent / "labels.toml").read_text(encoding="utf-8"))
    return tuple((SensitiveClass(about), stem) for about, stems in data["sensitive"].items() for stem in stems)


@cache
def _hints() -> tuple[str, ...]:
    """The stems of what may be such records, read once a process."""
    data = tomllib.loads((Path(__file__).parent / "labels.toml").read_text(encoding="utf-8"))
    return (*data["sensitive_hints"]["stems"], *(stem for _, stem in _stems()))


def may_be_sensitive(words: str) -> bool:
    """Whether anything in the words may be about such records, asked for or not."""
    return bool(_standing(words, _hints()))


def find_sensitive(page: PageText, boxes: Sequence[Box]) -> tuple[FoundMark, ...]:
    """Every class once, with its surest mark; `boxes`: the printed boxes of the page with the words behind them."""
    found: dict[SensitiveClass, FoundMark] = {}
    for mark in [*_in_boxes(page, boxes), *_on_blanks(page)]:
        if mark.about not in found or found[mark.about].confidence < mark.confidence:
            found[mark.about] = mark
    return tuple(found[c] for c in SensitiveClass if c in found)


def _in_boxes(page: PageText, boxes: Sequence[Box]) -> Iterator[FoundMark]:
    for box in boxes:
        line, at = box.line, box.at
        if box.excess < CLEARLY or page.zones.topic_of(box.rect) in ("office", "revocation") or _excluded(page, line):
            continue
        words = line.text[at:]
        if re.match(r"(?i)\s*(?:yes|s[ií])\b", words):
            words = line.text[:at] + " " + re.sub(r"(?i)^\W*(?:yes|s[ií])\b\W*(?:no\b)?", "", words)
        elif re.match(r"(?i)\s*no\b", words):
            continue
        for about in _named(words[:REACH]):
            yield FoundMark(about, box.rect, TICKED)


def _on_blanks(page: PageText) -> Iterator[FoundMark]:
    """Initials on a short rule right before the words; a blank that the engine read as underscores counts too."""
    for line in page.lines:
        start = len(line.text) - len(line.text.lstrip(f" {BLANK}"))
        first = next((i for i, c in enumerate(line.text) if c.isalnum() and i >= start), None)
        if first is None or is_prose(line) or _excluded(page, line):
            continue
        for at in {first, *_after_initials(line)}:
            named = _named(line.text[at : at + REACH])
            if not named or page.zones.topic_of(line.rect) in ("office", "revocation"):
                continue
            place, amount = ink_before(page, line, at)
            if place is not None and amount >= ENOUGH_INK:
                for about in named:
                    yield FoundMark(about, place, INITIALLED)


def _after_initials(line: TextLine) -> set[int]:
    """Where the words begin if the engine read initials ("AL HIV/AIDS") at the start of their line."""
    match = re.match(r"\W*[A-Za-z]{1,3}\.?[\s_]+(?=[A-Z])", line.text)  # the blank may be seen behind them
    return {match.end()} if match else set()


def _named(words: str) -> list[SensitiveClass]:
    """The classes that the words name, as far as no other box or sentence begins."""
    words = re.split(r"[□☐☑☒■]|\.\s", words)[0]
    said = _standing(words, [stem for _, stem in _stems()])
    return list({c: None for c, stem in _stems() if stem in said})


def _standing(words: str, stems: Iterable[str]) -> set[str]:
    """The stems that stand in the words."""
    whole = {plain(w) for w in re.split(r"[\s/,()&-]+", words)}
    letters = plain(words)
    return {stem for stem in stems if (stem in whole if len(stem) <= SHORT_STEM else stem in letters)}


def _excluded(page: PageText, line: TextLine) -> bool:
    """Whether the line, or one of the few above it, says that these records are not to be released.

    A heading with a colon speaks for all columns of the list under it.
    """
    above = [
        other.text
        for other in page.lines
        if -0.5 * line.rect.height < line.rect.top - other.rect.top < 7 * line.rect.height
        and (other.text.rstrip().endswith(":") or other.rect.x_overlap(line.rect.grown(line.rect.height, 0)) > 0)
    ]
    return any(EXCLUDES.search(text) for text in above)
