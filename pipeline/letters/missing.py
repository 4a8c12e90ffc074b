"""“What is missing”: one numbered point for each thing that the requester can settle, and that nothing was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pipeline.letters.addressee import Party
from pipeline.letters.matter import Draft
from pipeline.letters.model import Block, Callout, CannotWrite, Heading, Letter, NothingToTell, Paragraph, Point
from pipeline.letters.telling import telling
from pipeline.letters.texts import MissingWords, filled

WAITS_DAYS = 30
"""How long a request waits for an answer where nobody says otherwise. No rule sets it; the requester may ask anew at any time."""


def missing(draft: Draft) -> Letter:
    """The letter. Raises NothingToTell where all that holds the request is the practice's own matter."""
    words, matter = draft.words(draft.texts.missing), draft.matter
    draft.must_have_sent_nothing()
    keys = telling().points(matter.findings)
    if not keys:
        raise NothingToTell(
            f"What holds {matter.request_id} is for this office to settle: there is nothing that the requester could do about it."
        )
    title = words.title_one if len(keys) == 1 else filled(words.title_many, count=draft.texts.count(len(keys)))
    return draft.letter(title[:1].upper() + title[1:], _blocks(draft, words, keys))


def _blocks(draft: Draft, words: MissingWords, keys: Sequence[str]) -> Iterator[Block]:
    matter = draft.matter
    until = matter.until or matter.day + timedelta(days=WAITS_DAYS)
    if until <= matter.day:
        raise CannotWrite("A request that waits for an answer must wait at least until the day after its letter.")
    yield Paragraph(draft.fill(words.opening))
    for number, key in enumerate(keys, start=1):
        point = draft.texts.points[key]
        what_to_do = point.do_other if matter.to.party is Party.THIRD_PARTY and point.do_other else point.do
        yield Point(number, point.what, draft.fill(what_to_do), telling().sources[key])
    yield Callout(words.nothing_title, draft.fill(words.nothing, until=draft.texts.day(until)))
    yield Heading(words.how_title)
    yield Paragraph(draft.fill(words.how))
    yield Paragraph(draft.fill(words.care), small=True)
