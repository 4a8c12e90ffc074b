"""The call-back slip for the front desk: half a page, for the office alone.

The number is one that the practice has itself; calling back a number that stands on the request would ask the stranger whether
the stranger is right (45 CFR 164.514(h)(1)). The slip bears a name and a number, and no birth date: the caller is to hear it,
and to compare it with the chart on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.letters.matter import Callee, Draft
from pipeline.letters.model import Blanks, Block, Bullet, Facts, Heading, Letter, NothingToTell, Paragraph
from pipeline.letters.telling import telling
from pipeline.letters.texts import CallWords

MOST_QUESTIONS = 3


def slip(draft: Draft) -> Letter:
    """The slip: for the patient, else for the office that gets the copy. Raises NothingToTell where neither could help."""
    words, matter, table = draft.words(draft.texts.call), draft.matter, telling()
    of_patient = table.points(finding for finding in matter.findings if finding.reason not in table.office_calls)
    of_office = dict.fromkeys(table.office_calls[f.reason] for f in matter.findings if f.reason in table.office_calls)
    if of_patient:
        questions = [draft.texts.points[key].ask for key in of_patient]
        blocks = _blocks(draft, words, matter.patient, words.no_number, questions)
    elif of_office:
        blocks = _blocks(draft, words, matter.office, words.look_up, [words.asks_of_an_office[key] for key in of_office])
    else:
        raise NothingToTell(f"What holds {matter.request_id} is for this office to settle: a call would not help.")
    letter = draft.letter(words.title, blocks)
    return replace(letter, address=(), greeting="", closing=(), foot=f"{matter.request_id} · {words.internal}", half=True)


def _blocks(draft: Draft, words: CallWords, callee: Callee | None, no_number: str, questions: Sequence[str]) -> Iterator[Block]:
    number = callee.phone if callee and callee.phone else no_number
    yield Facts(((words.who, callee.name if callee else words.nobody), (words.known, number)))
    yield Paragraph(words.opening, small=True)
    yield Heading(words.ask_title)
    for question in questions[:MOST_QUESTIONS]:
        yield Bullet(question)
    yield Paragraph(draft.fill(words.note), small=True)
    yield Blanks(words.blanks)
