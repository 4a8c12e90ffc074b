"""A denial in writing (45 CFR 164.524(d)), or why a request was turned away.

(d)(2) asks for the basis in plain language, the right to a review where there is one and how to use it, and how to complain to
the practice and to the Secretary; (d)(1), that everything else is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.letters.addressee import Party
from pipeline.letters.matter import Draft
from pipeline.letters.model import Block, Bullet, Callout, CannotWrite, Heading, Letter, Paragraph
from pipeline.letters.telling import LAST, Ground, telling
from pipeline.letters.texts import DenialWords, filled

_NO_PERMISSION = "no_permission"


def denial(draft: Draft) -> Letter:
    """The letter. Raises CannotWrite without a ground, or where it would tell a stranger that there are records."""
    words, matter = draft.words(draft.texts.denial), draft.matter
    known = telling().grounds
    keys = matter.because or _by_itself(draft)
    if any(key not in known for key in keys) or not (keys or (matter.rejected and matter.reason)):
        raise CannotWrite(f"A denial names its ground: one or more of {', '.join(known)}.")
    grounds = {key: known[key] for key in keys}
    if any(ground.confirms for ground in grounds.values()) and (not matter.certain or matter.to.party is Party.THIRD_PARTY):
        raise CannotWrite(
            "This denial tells that there are records, and of what kind. It goes to the patient, or to somebody who acts for "
            "them, and only when it is certain who that is."
        )
    if matter.rejected:
        draft.must_have_sent_nothing()
    elif not matter.what and all(ground.rejects for ground in grounds.values()):
        raise CannotWrite(
            f"This ground turns the whole request away: decide so first (chartrelay decide {matter.request_id} reject), or say "
            "what it is that is not given."
        )
    return draft.letter(words.title_rejected if matter.rejected else words.title, _blocks(draft, words, grounds))


def _by_itself(draft: Draft) -> tuple[str, ...]:
    """The ground of a request that was turned away because of what was missing on it."""
    return (_NO_PERMISSION,) if _missing(draft) else ()


def _missing(draft: Draft) -> Sequence[str]:
    """The points that were missing; none where the patient or the practice had to be asked, and not the paper."""
    matter = draft.matter
    if matter.because or not matter.rejected:
        return ()
    return [key for key in telling().points(matter.findings) if key not in LAST]


def _blocks(draft: Draft, words: DenialWords, grounds: dict[str, Ground]) -> Iterator[Block]:
    matter = draft.matter
    what = matter.what.strip().rstrip(".") or words.what
    yield Paragraph(draft.fill(words.opening_rejected if matter.rejected else words.opening, what=what))
    yield Heading(words.why_title)
    yield from _why(draft, grounds)
    if matter.rejected:
        yield Heading(words.again_title)
        yield Paragraph(draft.fill(words.again))
    else:
        yield Callout(words.rest_title, words.rest)
    if any(ground.reviewable for ground in grounds.values()):
        yield Heading(words.review_title)
        yield Paragraph(draft.fill(words.review))
    yield Heading(words.complain_title)
    yield Paragraph(draft.fill(words.complain_here))
    yield Paragraph(words.complain_there)


def _why(draft: Draft, grounds: dict[str, Ground]) -> Iterator[Block]:
    """The grounds and what was missing; the words of whoever decided only where the tables have none."""
    for key, ground in grounds.items():
        yield Bullet(draft.texts.grounds[key], ground.source)
    for key in _missing(draft):
        yield Bullet(draft.texts.points[key].what, telling().sources[key])
    if not grounds:
        yield Bullet(filled("{reason}", reason=draft.matter.reason))
