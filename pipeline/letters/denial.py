"""A denial in writing (45 CFR 164.524(d)), or why a request is turned away.

(d)(2) asks for the basis in plain language, the right to a review where there is one and how to use it, and how to complain to
the practice and to the Secretary; (d)(1), that everything else is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.letters.addressee import Party
from pipeline.letters.matter import Draft
from pipeline.letters.model import Block, Bullet, Callout, CannotWrite, Heading, Letter, Paragraph
from pipeline.letters.telling import Ground, telling
from pipeline.letters.texts import DenialWords


def denial(draft: Draft) -> Letter:
    """The letter. Raises CannotWrite without a ground, or where it would tell a stranger that there are records."""
    words, matter = draft.words(draft.texts.denial), draft.matter
    grounds = telling().grounds
    if not matter.because or any(key not in grounds for key in matter.because):
        raise CannotWrite(f"A denial names its ground: one or more of {', '.join(grounds)}.")
    named = [grounds[key] for key in matter.because]
    if any(ground.confirms for ground in named) and (not matter.certain or matter.to.party is Party.THIRD_PARTY):
        raise CannotWrite(
            "This denial tells that there are records, and of what kind. It goes to the patient, or to somebody who acts for "
            "them, and only when it is certain who that is."
        )
    rejected = not matter.words and all(ground.rejects for ground in named)
    if rejected:
        draft.must_have_sent_nothing()
    return draft.letter(words.title_rejected if rejected else words.title, _blocks(draft, words, named, rejected=rejected))


def _blocks(draft: Draft, words: DenialWords, grounds: Sequence[Ground], *, rejected: bool) -> Iterator[Block]:
    what = draft.matter.words.strip().rstrip(".") or words.what
    yield Paragraph(draft.fill(words.opening_rejected if rejected else words.opening, what=what))
    yield Heading(words.why_title)
    for key, ground in zip(draft.matter.because, grounds, strict=True):
        yield Bullet(draft.texts.grounds[key], ground.source)
    if rejected:
        yield Heading(words.again_title)
        yield Paragraph(draft.fill(words.again))
    else:
        yield Callout(words.rest_title, words.rest)
    if any(ground.reviewable for ground in grounds):
        yield Heading(words.review_title)
        yield Paragraph(draft.fill(words.review))
    yield Heading(words.complain_title)
    yield Paragraph(draft.fill(words.complain_here))
    yield Paragraph(words.complain_there)
