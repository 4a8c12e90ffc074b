"""That a permission was taken back (45 CFR 164.508(b)(5)): from when, for whom, and what it cannot undo.

An office that it is limited to is not named: the patient knows which one, and nobody else needs to.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.letters.matter import Draft
from pipeline.letters.model import Block, Callout, CannotWrite, Heading, Letter, Paragraph
from pipeline.letters.texts import RevokedWords


def revoked(draft: Draft) -> Letter:
    """The letter. Raises CannotWrite where no revocation is known."""
    words, matter = draft.words(draft.texts.revoked), draft.matter
    if matter.revocation is None:
        raise CannotWrite(f"No revocation is known that belongs to {matter.request_id}.")
    at = draft.texts.day(matter.revoked_on or matter.revocation.at.date())
    how, limited = words.how[matter.revocation.how], bool(matter.revocation.office_id)
    return draft.letter(words.title, _blocks(draft, words, at, how, limited=limited))


def _blocks(draft: Draft, words: RevokedWords, at: str, how: str, *, limited: bool) -> Iterator[Block]:
    yield Paragraph(draft.fill(words.opening, how=how, at=at))
    yield Heading(words.all_title)
    yield Paragraph(draft.fill(words.one if limited else words.all, at=at))
    yield Callout(words.before_title, words.before)
    yield Paragraph(words.again)
    yield Paragraph(draft.fill(words.mistake))
