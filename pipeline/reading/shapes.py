"""What a number in the ink must be: of all dates, phone numbers and ZIP codes the one that the recogniser finds likeliest.

A recogniser reads letters, and knows of no calendar: it sees 06-03-1438 or 3/10/194 where a nine is drawn carelessly. So a
value whose shape is broken, or was mended, is read again as what its label asks for. The recogniser says how likely each date is
in the picture; the calendar says only which there are. Nothing is taken that the ink speaks against, or of which two differ
and are about as likely; and what is taken is never sure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from pipeline.reading.engines import Engine, Picture
from pipeline.reading.fields import FoundValue
from pipeline.reading.page import Word
from pipeline.reading.values import Value

DIGIT = "0123456789"
_AREA = ("23456789", DIGIT, DIGIT)
_LINE = (DIGIT,) * 4
DATES = tuple(
    (*month, "/-.", *day, "/-.", *year)
    for month, day, year in product(
        (("123456789",), ("01", DIGIT)),
        (("123456789",), ("0123", DIGIT)),
        ((DIGIT, DIGIT), ("12", "90", DIGIT, DIGIT)),
    )
)
PHONES = (
    ("(", *_AREA, ")", " ", *_AREA, "-", *_LINE),
    ("(", *_AREA, ")", *_AREA, "-", *_LINE),
    (*_AREA, "-. ", *_AREA, "-. ", *_LINE),
)
"""Neither area nor exchange begins with 0 or 1 (North American Numbering Plan)."""
ZIPS = ((DIGIT,) * 5,)
SHAPES = {
    "dob": DATES,
    "date_signed": DATES,
    "expiry": DATES,
    "from_date": DATES,
    "to_date": DATES,
    "phone": PHONES,
    "fax": PHONES,
    "zip": ZIPS,
}
"""By the key of the label: for each place of a text the characters that may stand there."""

LIKELY = 0.75
"""Of all that fit, the share of likelihood from which one is taken."""
FARTHEST = 10.0
"""Natural logarithm: what is so much less likely than what was read without regard to shape is not in the ink."""
FITTED = 0.6
"""Quality of such a value."""
FITTED_AT_MOST = 0.59
"""The most that is believed of it: less than any date that a release rests on must be (see the policy)."""
AHEAD = 3.5
"""Natural logarithm: a sure number is so much likelier than any other of its shape, thirty times."""
FOLLOWED_CLOSELY = 0.89
"""The most that is believed of one that is not: a hair less than sure."""


@dataclass(frozen=True)
class _Fit:
    value: Value
    likely: float


def is_asked_again(found: FoundValue, *, differ: bool = False) -> bool:
    """Whether a value has a shape, and the words have it not, or not well; `differ`: or other looks see other digits.

    That counts only for dates, where the calendar leaves few: any digit makes a phone number.
    """
    doubtful = (differ and SHAPES.get(found.label) is DATES) or found.value.quality < 1 or found.score <= SURE_LETTERS
    return found.label in SHAPES and not found.printed and doubtful


def digits_of(text: str) -> str:
    """The digits of a text, in order."""
    return "".join(c for c in text if c.isdigit())


SURE_LETTERS = 0.9
"""Score of the weakest letters up to which a value is read again."""


def fitted(found: FoundValue, crops: Sequence[Picture], engine: Engine) -> FoundValue | None:
    """The value as the ink and the shape together have it; None where they leave it open. Raises EngineError."""
    fit = _likeliest(found.reread, engine.fitting(crops, SHAPES[found.label])) if found.reread is not None else None
    if fit is None or fit.likely < LIKELY:
        return None
    return replace(found, value=Value(fit.value.text, FITTED), most=min(found.most, FITTED_AT_MOST))


def is_followed_closely(found: FoundValue, crop: Picture, engine: Engine) -> bool:
    """Whether the ink could be another number of the shape nearly as well as the one that was read. Raises EngineError.

    One network sees an 0 for a 6 in every look, and is sure of it; but it finds the 6 not much less likely.
    """
    if found.reread is None:
        return False
    likely = _by_value(found.reread, engine.fitting([crop], SHAPES[found.label]))
    own = likely.pop(found.value.text, -np.inf)
    return any(other > own - AHEAD for other in likely.values())


def _by_value(reread: Callable[[str], Value | None], texts: dict[str, float]) -> dict[str, float]:
    """The values that texts are, each with the likelihood of all its spellings together."""
    by_value: defaultdict[str, float] = defaultdict(lambda: -np.inf)
    for text, likelihood in texts.items():
        value = reread(text)
        if value is not None and value.quality >= 1:
            by_value[value.text] = float(np.logaddexp(by_value[value.text], likelihood))
    return dict(by_value)


def _likeliest(reread: Callable[[str], Value | None], texts: dict[str, float]) -> _Fit | None:
    """Of the texts that are such a value, the value whose spellings are likeliest together, with its share of all."""
    by_value = _by_value(reread, texts)
    if not by_value:
        return None
    best = max(by_value, key=by_value.__getitem__)
    if by_value[best] < -FARTHEST:
        return None
    share = 1 / sum(np.exp(other - by_value[best]) for other in by_value.values())
    return _Fit(Value(best), float(share))


def of_digits(words: Sequence[Word]) -> list[Word]:
    """The words up to the first of letters: the number itself, without what the form prints behind it."""
    kept: list[Word] = []
    for word in words:
        if sum(c.isalpha() for c in word.text) > 1 and not any(c.isdigit() for c in word.text):
            break
        kept.append(word)
    return kept
