"""The call-back slip for the front desk: half a page, for the office alone.

The number is one that the practice has itself; calling back a number that stands on the request would ask the stranger whether
the stranger is right (45 CFR 164.514(h)(1)). The slip bears a name and a number, and no birth date: the caller is to hear it,
and to compare it with the chart on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pipeline.letters.matter import Callee, Draft
from pipeline.letters.model import Blanks, Block, Bullet, Facts, Heading, Letter, NothingToTell, Paragraph
from pipeline.letters.telling import telling
from pipeline.letters.texts import CallWords

MOST_QUESTIONS = 3


def slip(draft: Draft) -> Letter:
    """The slip. Raises NothingToTell where a call would settle nothing."""
    words, matter = draft.words(draft.texts.call), draft.matter
    keys = telling().points(matter.findings, matter.elements)
    if not keys:
        raise NothingToTell(f"What holds {matter.request_id} is for this office to settle: a call would not help.")
    calls = telling().calls
    side: Literal["patient", "office"] = "office" if all(calls.get(key) == "office" for key in keys) else "patient"
    asked = [key for key in keys if (calls.get(key, "patient") == side)]
    letter = draft.letter(words.title, _blocks(draft, words, side, asked))
    return replace(letter, address=(), greeting="", closing=(), foot=f"{matter.request_id} · {words.internal}", half=True)


def _blocks(draft: Draft, words: CallWords, side: Literal["patient", "office"], keys: Sequence[str]) -> Iterator[Block]:
    callee = draft.matter.office if side == "office" else draft.matter.patient
    number = callee.phone if callee and callee.phone else words.look_up if side == "office" else words.no_number
    yield Facts(((words.who, _who(callee, words)), (words.known, number)))
    yield Paragraph(words.opening, small=True)
    yield Heading(words.ask_title)
    for key in keys[:MOST_QUESTIONS]:
        yield Bullet(draft.texts.points[key].ask)
    yield Paragraph(draft.fill(words.note), small=True)
    yield Blanks(words.blanks)


def _who(callee: Callee | None, words: CallWords) -> str:
    return callee.name if callee else words.nobody
