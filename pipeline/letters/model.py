"""A letter before it is printed: what it says, in which order, and nothing about paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.errors import Error


class LetterKind(StrEnum):
    """The letters that can be written."""

    MISSING = "missing"
    """What is missing on a request, and what to do."""
    DENIAL = "denial"
    """What is not given, why, and what may be done against it: 45 CFR 164.524(d)."""
    EXTENSION = "extension"
    """That the answer takes longer, why, and until when: 45 CFR 164.524(b)(2)(iii)."""
    FEE = "fee"
    """What a copy will cost, item by item, before it is made: 45 CFR 164.524(c)(4)."""
    REVOKED = "revoked"
    """That a permission was taken back, and from when: 45 CFR 164.508(b)(5)."""
    WELCOME = "welcome"
    """The closing letter of the practice's own procedure."""
    CALL = "call"
    """A slip for the front desk, half a page: whom to call on which known number, and what to ask."""


class Language(StrEnum):
    """The languages that letters are written in; not every letter in each."""

    EN = "en"
    ES = "es"


class CannotWrite(Error):
    """This letter cannot be written: the text says why and what could be done, for the person who asked for it."""


class NothingToTell(CannotWrite):
    """All that holds the request is the practice's own matter."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; what stands between ** prints bold."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A short line over what follows, and never parted from it."""

    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """One numbered thing: what it is, what to do about it, and the rule behind it in small type."""

    number: int
    what: str
    do: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Bullet:
    """One of several things that have no order."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Callout:
    """What nobody must overlook, beside a bar in the accent."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A table of amounts: one wide column of words, the others of figures; the last row is the sum."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values side by side, in large type."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to write on by hand, each row with its labels."""

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Heading | Point | Bullet | Callout | Figures | Facts | Blanks


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, ready to be printed: `pipeline.letters.printed`."""

    kind: LetterKind
    language: Language
    request_id: str
    day: date
    """The only time in it."""
    title: str
    facts: tuple[tuple[str, str], ...]
    """Labels and values that stand beside the address: the date, our number."""
    address: tuple[str, ...]
    """The lines in the window of the envelope; none where no address is known, or for a slip."""
    greeting: str
    blocks: tuple[Block, ...]
    closing: tuple[str, ...]
    foot: str
    """At the foot of every page."""
    page: str
    """How a page is counted: `page {page} of {pages}`."""
    half: bool = False
    """Whether it takes the upper half of a sheet, to be cut off."""
