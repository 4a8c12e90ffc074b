"""“We need more time” (45 CFR 164.524(b)(2)(iii)).

Within the first 30 days from receipt, in writing, with the reasons and the day; 30 days more at most, and only once. Whether
it is the first is for whoever asks for the letter to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.letters.matter import Draft
from pipeline.letters.model import Block, Bullet, Callout, CannotWrite, Heading, Letter, Paragraph
from pipeline.letters.texts import ExtensionWords, filled

FIRST_DAYS = EXTRA_DAYS = 30


def extension(draft: Draft) -> Letter:
    """The letter. Raises CannotWrite without reasons, and for a day that the rule does not allow."""
    words, matter, texts = draft.words(draft.texts.extension), draft.matter, draft.texts
    first = matter.received_on + timedelta(days=FIRST_DAYS)
    last = first + timedelta(days=EXTRA_DAYS)
    due = matter.due or first
    known = ", ".join(texts.reasons)
    if not (matter.because or matter.reason) or any(key not in texts.reasons for key in matter.because):
        raise CannotWrite(f"An extension gives its reasons: one or more of {known}, or words of your own.")
    if matter.day > first:
        raise CannotWrite(f"It is too late for an extension: it had to be told within 30 days, by {texts.day(first)}.")
    if matter.until is None or not due < matter.until <= last:
        raise CannotWrite(f"An extension names the new day: after {texts.day(due)}, and not after {texts.day(last)}.")
    return draft.letter(words.title, _blocks(draft, words, due, matter.until))


def _blocks(draft: Draft, words: ExtensionWords, due: date, until: date) -> Iterator[Block]:
    yield Paragraph(draft.fill(words.opening, due=draft.texts.day(due)))
    yield Heading(words.why_title)
    for key in draft.matter.because:
        yield Bullet(draft.texts.reasons[key])
    if draft.matter.reason:
        yield Bullet(filled("{reason}", reason=draft.matter.reason))
    yield Callout(draft.fill(words.until_title, until=draft.texts.day(until)), draft.fill(words.until))
