"""Where on its page a corrected value stands: people say what the page says, and not where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from rapidfuzz import fuzz

from pipeline.forms.asking import read_as
from pipeline.reading.geometry import Rect, around
from pipeline.reading.page import PageText, Word, rows_of, runs_of
from pipeline.reading.text import plain
from pipeline.reviewing.corrections import DATES, PHONES
from schemas.reading import FieldName

ALIKE, SHAPED_ALIKE = 0.72, 0.86
"""How like a corrected value must be to what was read at a place; dates and numbers are all alike, so these must be more so."""
CLEARLY = 0.08
"""By how much more than to what was read anywhere else."""
MOST_WORDS = 9
"""No value of one line has more."""
FEW_WORDS = 3
"""Month, day and year; first, middle and last name."""
FIRST_OF_SEVERAL = frozenset({FieldName.PATIENT_NAME, FieldName.PATIENT_DOB})
"""What a patient writes again further down: the first is the one that the form asks for."""


@dataclass(frozen=True)
class Standing:
    """Words of a page that are like a value."""

    page: int
    words: tuple[Word, ...]
    likeness: float
    last_first: bool = False

    @property
    def rect(self) -> Rect:
        """Around the words, in pixels."""
        return around([w.rect for w in self.words])


def where_is(
    field: FieldName,
    value: str,
    pages: Sequence[tuple[int, PageText]],
    taken: Iterable[tuple[int, Rect]] = (),
    rivals: Mapping[FieldName, str] = MappingProxyType({}),
) -> Standing | None:
    """The one place on the pages where the value clearly stands; None where none is clear.

    Not where another field stands (`taken`: page and place), and not where another value (`rivals`) stands more likely.
    """
    others = list(taken)
    found = [
        standing
        for number, page in pages
        for words in _runs(page)
        if not is_signers(field, page, around([w.rect for w in words]))
        and not any(number == at and _overlaps(words, rect) for at, rect in others)
        if (standing := _compared(field, value, number, words)) is not None
    ]
    best = max(found, key=lambda s: (s.likeness, -len(s.words)), default=None)
    if best is None or best.likeness < (ALIKE if any(c.isalpha() for c in value) else SHAPED_ALIKE):
        return None
    if any(likeness(other, said, _text(best.words)) > best.likeness for other, said in rivals.items() if said != value):
        return None
    near = [
        s for s in found if s.likeness > best.likeness - CLEARLY and not (s.page == best.page and _overlaps(s.words, best.rect))
    ]
    if not near:
        return best
    return _first([best, *near]) if field in FIRST_OF_SEVERAL else None


def narrowed(field: FieldName, value: str, page: PageText, rect: Rect) -> Rect:
    """The part of a place that holds a day, a number or an address: the reader may have taken print around it for its own."""
    if field not in DATES | PHONES and not field.value.endswith("email"):
        return rect
    inside = [w for w in page.words if rect.grown(1, 1).holds(*w.rect.middle)]
    runs = [row[a:b] for row in rows_of(inside) for a in range(len(row)) for b in range(a + 1, len(row) + 1)]
    best = max(runs, key=lambda run: (likeness(field, value, _text(run)), -len(run)), default=None)
    return around([w.rect for w in best]) if best and likeness(field, value, _text(best)) >= ALIKE else rect


def is_signers(field: FieldName, page: PageText, rect: Rect) -> bool:
    """Whether a place is that of whoever signs: a parent's name under the signature is not the patient's."""
    signing = [h.rect.top - h.rect.height for h in page.labels if h.phrase.key == "signature"]
    return field.value.startswith("patient.") and bool(signing) and rect.middle[1] > min(signing)


def likeness(field: FieldName, value: str, text: str) -> float:
    """How like the words of a page are to a value, 0 to 1."""
    today = date.max.replace(year=2100)
    if field in DATES or field in PHONES:
        said = read_as(field, text, today)
        if said is not None and said.text == value:
            return 1.0
    digits = "".join(c for c in text if c.isdigit())
    if field in PHONES:
        return fuzz.ratio("".join(c for c in value if c.isdigit()), digits) / 100
    if field in DATES:
        year, month, day = value.split("-")
        ways = (
            f"{month}{day}{year}",
            f"{int(month)}{int(day)}{year}",
            f"{month}{day}{year[2:]}",
            f"{int(month)}{int(day)}{year[2:]}",
        )
        return max(fuzz.ratio(way, digits) for way in ways) / 100
    return fuzz.ratio(plain(value), plain(text)) / 100


def _compared(field: FieldName, value: str, number: int, words: tuple[Word, ...]) -> Standing | None:
    text = _text(words)
    if not 0.5 * len(plain(value)) <= len(plain(text)) <= 1.6 * len(plain(value)) + 2:
        return None
    straight = likeness(field, value, text)
    if field is not FieldName.PATIENT_NAME:
        return Standing(number, words, straight)
    first, _, last = value.rpartition(" ")
    turned = likeness(field, f"{last} {first}", text)
    return Standing(number, words, max(straight, turned), last_first=turned > straight)


def _runs(page: PageText) -> Iterator[tuple[Word, ...]]:
    """Every run of words that stand together, short and long."""
    for row in _rows(page):
        for start in range(len(row)):
            for end in range(start + 1, min(len(row), start + MOST_WORDS) + 1):
                yield tuple(row[start:end])


def _rows(page: PageText) -> Iterator[list[Word]]:
    """Words that stand together on a line; and few words of a row over the gaps between them, for what has boxes of its own."""
    yield from runs_of(page.words)
    for row in rows_of(list(page.words)):
        for start in range(len(row) - 1):
            yield row[start : start + FEW_WORDS]


def _text(words: Sequence[Word]) -> str:
    return " ".join(w.text for w in words)


def _first(found: Sequence[Standing]) -> Standing:
    return min(found, key=lambda s: (s.page, s.rect.top))


def _overlaps(words: Sequence[Word], rect: Rect) -> bool:
    own = around([w.rect for w in words])
    return own.x_overlap(rect) > 0.3 * own.width and own.y_overlap(rect) > 0.4 * min(own.height, rect.height)
