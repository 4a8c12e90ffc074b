"""What a copy will cost, item by item, before it is made (45 CFR 164.524(c)(4)); an open bill never holds it back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.letters.matter import Draft
from pipeline.letters.model import Block, Callout, CannotWrite, Figures, Letter, Paragraph
from pipeline.letters.texts import FeeWords
from schemas.fee import Fee, FeeLine


def fee(draft: Draft) -> Letter:
    """The letter. Raises CannotWrite where nothing was worked out, or where it would tell a stranger how much there is."""
    words, charge = draft.words(draft.texts.fee), draft.matter.fee
    if charge is None:
        raise CannotWrite(f"What the copy for {draft.matter.request_id} will cost has not been worked out yet.")
    if not draft.matter.certain:
        raise CannotWrite("A fee tells how many records there are: first make sure who the patient is.")
    return draft.letter(words.title if charge.charged else words.title_free, _blocks(draft, words, charge))


def _blocks(draft: Draft, words: FeeWords, charge: Fee) -> Iterator[Block]:
    yield Paragraph(draft.fill(words.opening if charge.charged else words.opening_free))
    yield Figures(words.columns, tuple(_row(line) for line in charge.lines), (words.total, _dollars(charge.total)))
    if charge.charged:
        yield Paragraph(words.estimate)
        yield Callout(words.choice_title, draft.fill(words.choice))
    yield Paragraph(words.balance)


def _row(line: FeeLine) -> tuple[str, ...]:
    label = line.label[:1].upper() + line.label[1:]
    return label, f"{line.quantity:,}", _dollars(line.unit_amount), _dollars(line.amount)


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"
