"""Places to tick that are no boxes: "____ X-rays", "[  ] X-rays" and "o X-rays", where several of a page are alike.

One short rule before words may be where a date ends; rules of one length, each with words right behind it, are a list of
choices. Brackets and bullets are found where an engine read some of them. A mark hides what is printed under it: the other
choices of a column, and those of a row of bullets, have their places at the same distance before their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.reading.geometry import Rect
from pipeline.reading.labels import is_prose
from pipeline.reading.page import PageText
from pipeline.reading.text import TextLine

FEWEST = 4
"""Rules, or pairs of brackets, that are alike: fewer are no list of choices."""
LONGEST_RULE = 5
"""Line heights: a longer rule is there to be written on."""
ALIKE = 0.12
"""Share by which the rules of one list differ in length."""
NEAREST_WORDS, FARTHEST_WORDS = -0.5, 1.5
"""Line heights from the end of a rule to the words behind it."""
OVER_A_RULE = 1.1
"""Line heights over a rule in which a mark stands."""
WIDEST_PAIR = 3
"""Line heights from the first bracket to the words behind the second."""
INSIDE = 0.25
"""Share of a pair's width at either end that its brackets take."""
SAME_LEVEL = 6
"""Pixels by which the pieces of one rule differ in height."""
IN_COLUMN = 0.5
"""Line heights by which the words of a column of choices differ in where they begin."""
FAR = 12
"""Line heights: choices of one column are no farther apart."""
LIKE_MARKS = frozenset("XxVvIl1LJDMWwNT")
"""What engines make of brackets and of a mark between them."""

MARKS = "XxVv×√✓✔"
"""What engines make of a mark between brackets."""
ROOM = 0.25
"""Line heights around a bullet in which a mark over it stands."""
WIDE_ENOUGH = 0.85
"""Share of the usual distance from bullet to words that is left free where a mark hides the bullet."""

_PAIR = re.compile(r"[\[({]\s*[\])}]")
_OPENS = re.compile(rf"[\[{{]\W{{0,3}}(?:[XxVv1Il]\W{{1,2}})?(?=[^\W\d])|[\[({{]\s*[{MARKS}]?\s*[\])}}]\s*(?=[^\W\d])")
"""Brackets before words, as engines read them: "[ ] Fax", "[√Fax", "[1 Fax", "{X] Fax"."""
_ALONE = re.compile(rf"[\[({{]\s*[{MARKS}]?\s*[\])}}]\s*$")
"""Brackets that an engine read apart from their words."""
_BULLET = re.compile(r"(?:^|(?<=[\s?:.]))[o0O°]\s+(?=[^\W\d]{2}|I )|(?:^|(?<=[\s?:.a-z]))[0O°]\s*(?=[A-Z][a-z])")
"""A small circle before words, as engines read it; forms made with a word processor have them to be ticked."""


@dataclass(frozen=True)
class Blank:
    """A place to tick before the words of a choice."""

    place: Rect
    """Where a mark stands; what is printed there is around it."""
    line: TextLine
    at: int
    """Index in the line of the first letter of the words."""
    kind: Literal["rule", "brackets", "bullet"] = "rule"

    @property
    def words(self) -> float:
        """Where the words begin."""
        return self.line.letters[self.at].left


def find_blanks(page: PageText) -> list[Blank]:
    """All such places of a page."""
    found = _alike(page), _bracketed(page), _bulleted(page)
    return [blank for some in found if len(some) >= FEWEST for blank in _with_columns(page, some)]


def _alike(page: PageText) -> list[Blank]:
    """Short rules of one length before words."""
    found = [(rule, words) for rule in page.layout.across if (words := _behind(page, rule)) is not None]
    blanks = []
    for rule, (line, at) in found:
        if sum(abs(other.width - rule.width) < ALIKE * rule.width for other, _words in found) >= FEWEST:
            place = Rect(rule.left, rule.top - OVER_A_RULE * line.rect.height, rule.right, rule.top - 2)
            blanks.append(Blank(place, line, at))
    return blanks


def _behind(page: PageText, rule: Rect) -> tuple[TextLine, int] | None:
    """The line whose words begin right behind a short rule on its row, and their first letter."""
    for line in page.lines:
        height = line.rect.height
        on_row = line.rect.top + 0.3 * height < rule.top < line.rect.bottom + 0.5 * height
        if not on_row or rule.width > LONGEST_RULE * height or is_prose(line):
            continue
        starts = (i for i, c in enumerate(line.letters) if c.char.isalpha() and _begins(line, i))
        at = next((i for i in starts if line.letters[i].left > rule.right + NEAREST_WORDS * height), None)
        if at is not None and line.letters[at].left < rule.right + FARTHEST_WORDS * height and not _written(page, rule, line, at):
            return line, at
    return None


def _written(page: PageText, rule: Rect, line: TextLine, at: int) -> bool:
    """Whether the words behind a rule stand on its next piece: somebody wrote them."""
    x = line.letters[at].right
    return any(abs(r.top - rule.top) < SAME_LEVEL and r.left < x < r.right for r in page.layout.across)


def _starts_words(line: TextLine, at: int) -> bool:
    """Whether a word begins at a letter that is no bullet: a letter alone is none, but for "I"."""
    alone = not line.text[at + 1 : at + 2].isalpha()
    return line.text[at].isalpha() and _begins(line, at) and (not alone or line.text[at] == "I")


def _begins(line: TextLine, at: int) -> bool:
    return at == 0 or not line.letters[at - 1].char.isalnum()


def _bracketed(page: PageText) -> list[Blank]:
    """Brackets that an engine read before words; how wide a pair is, the empty ones tell."""
    found, widths = [], []
    for line in page.lines:
        for match in _OPENS.finditer(line.text):
            reach = line.letters[match.end()].left - line.letters[match.start()].left
            if reach < WIDEST_PAIR * line.rect.height:
                found.append((line, match.end(), reach))
                pair = _PAIR.match(match[0])
                widths += [line.part(match.start(), match.start() + pair.end()).width] if pair else []
    if len(widths) < FEWEST // 2:
        return []
    width = float(np.median(widths))
    before = float(np.median([reach for _line, _at, reach in found]))
    height = float(np.median([line.rect.height for line, _at, _reach in found]))
    found += [
        (words, 0, before) for line in page.lines if _ALONE.match(line.text) and (words := _next_on_row(page, line, before))
    ]
    return [_between(line, at, before, Rect(0, 0, width, height)) for line, at, _reach in found]


def _next_on_row(page: PageText, brackets: TextLine, before: float) -> TextLine | None:
    """The line whose words begin as far behind brackets as they usually do."""
    return next(
        (
            line
            for line in page.lines
            if line is not brackets
            and line.rect.same_row(brackets.rect)
            and line.text[:1].isalpha()
            and 0 < line.letters[0].left - brackets.letters[0].left < 1.5 * before
        ),
        None,
    )


def _bulleted(page: PageText) -> list[Blank]:
    """Bullets before words, and the places in rows of them where a mark hides one."""
    found = [(line, m.start(), m.end()) for line in page.lines if not is_prose(line) for m in _BULLET.finditer(line.text)]
    if len(found) < FEWEST:
        return []
    before = float(np.median([line.letters[at].left - line.letters[bullet].left for line, bullet, at in found]))
    width = float(np.median([line.letters[bullet].right - line.letters[bullet].left for line, bullet, _at in found]))
    starts = [(line, at) for line, _bullet, at in found]
    bulleted = list({line.number: line for line, _at in starts}.values())
    on_rows = [line for line in page.lines if any(line.rect.same_row(other.rect, 0.5) for other in bulleted)]
    starts += [(line, 0) for line in on_rows if line.text[:2].isalpha() and (line, 0) not in starts]
    starts += [(line, at) for line in bulleted for at in _after_gaps(line, before) if (line, at) not in starts]
    height = float(np.median([line.rect.height for line, _at in starts]))
    return [_over_bullet(line, at, before, Rect(0, 0, width, height)) for line, at in starts]


def _after_gaps(line: TextLine, before: float) -> list[int]:
    """The words of a row of bullets with room for one before them in which no word was read."""
    found = []
    for at in (i for i in range(1, len(line.letters)) if _starts_words(line, i)):
        last = next((c for c in reversed(line.letters[:at]) if c.char.isalnum()), None)
        if last is not None and line.letters[at].left - last.right > WIDE_ENOUGH * before:
            found.append(at)
    return found


def _over_bullet(line: TextLine, at: int, before: float, bullet: Rect) -> Blank:
    """The place of the bullet before the words at that letter, with the room that a mark over it takes."""
    words, room = line.part(at, len(line.letters)), ROOM * bullet.height
    left, (_x, middle) = words.left - before, words.middle
    place = Rect(left - room, middle - bullet.height / 2, left + bullet.width + room, middle + bullet.height / 2)
    return Blank(place, line, at, "bullet")


def _between(line: TextLine, at: int, before: float, pair: Rect) -> Blank:
    """The place between the brackets that stand so far before the words at that letter."""
    left, (_x, middle) = line.letters[at].left - before, line.part(at, len(line.letters)).middle
    whole = Rect(left, middle - pair.height / 2, left + pair.width, middle + pair.height / 2)
    return Blank(whole.grown(-INSIDE * pair.width, 0), line, at, "brackets")


def _with_columns(page: PageText, blanks: Sequence[Blank]) -> list[Blank]:
    """The places found, and those of the other rows of their columns."""
    found = list(blanks)
    for line in (line for line in page.lines if not is_prose(line)):
        for at, like in _in_columns(line, blanks):
            words = line.part(at, len(line.letters))
            over = like.line.part(like.at, len(like.line.letters)).middle[1] - like.place.middle[1]
            left, middle = words.left - (like.words - like.place.left), words.middle[1] - over
            place = Rect(left, middle - like.place.height / 2, left + like.place.width, middle + like.place.height / 2)
            if any(b.line is line and b.at == at for b in found) or any(
                b.place.same_row(place) and b.place.x_overlap(place) > 0 for b in found
            ):
                continue
            if not any(_has_words(other, place) for other in page.lines):
                found.append(Blank(place, line, at, like.kind))
    return found


def _in_columns(line: TextLine, blanks: Sequence[Blank]) -> list[tuple[int, Blank]]:
    """The letters of a line that stand where the words of choices nearby begin, each with the nearest of those choices."""
    height = line.rect.height
    near = [b for b in blanks if abs(b.place.middle[1] - line.rect.middle[1]) < FAR * height]
    found = []
    starts = (
        i for i, c in enumerate(line.letters) if _starts_words(line, i) or (c.char.isupper() and line.text[i - 1 : i].islower())
    )
    for at in starts:
        column = [b for b in near if abs(b.words - line.letters[at].left) < IN_COLUMN * height]
        if column:
            found.append((at, min(column, key=lambda b: abs(b.place.middle[1] - line.rect.middle[1]))))
    return found


def _has_words(line: TextLine, place: Rect) -> bool:
    """Whether letters stand at a place that are no marks nor brackets, or that follow other letters of a word."""
    return line.rect.same_row(place) and any(
        c.char.isalnum()
        and (c.char not in LIKE_MARKS or not _begins(line, i))
        and place.left - 0.3 * place.height < (c.left + c.right) / 2 < place.right
        for i, c in enumerate(line.letters)
    )
