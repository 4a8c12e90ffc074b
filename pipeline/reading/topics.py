"""What a place to tick is about: the records asked for, what they are for, or how they are sent.

The heading above it says so, if its words are known. Nearer to it are the words at the head of its row ("Why: [ ] moving"), and
the other choices of its row and its list: where most of them plainly are about one thing, it is about that as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reading.choices import GROUPS, asked_by, plainly_meant
from pipeline.reading.geometry import Rect
from pipeline.reading.labels import Hit, is_prose
from pipeline.reading.page import PageText

NEVER = frozenset({"office", "revocation", "sensitive", "excluded"})
"""Parts of a form whose boxes are no choices, whatever stands beside them."""
ON_ROW = 0.6
"""Heights of the words: places that stand no farther up or down are on one row."""
GAP = 4
"""Heights of a place: words that end so far before others are none of the same head."""
NEXT_ROW = 3
"""Heights of the words: a row so far under another goes on with it, if it begins where that begins."""
IN_COLUMN = 1.2
"""Heights of the words by which the places of a column differ."""
ENOUGH_ON_ROW, ENOUGH_IN_LIST = 2, 3
"""Choices of a row, or of a list, that say plainly what they are about, at least."""
MOST_OF = 0.7
"""Share of the choices of a list that says what the list is about."""

Offer = tuple[Rect, float, Sequence[Hit], str]
"""A place to tick: where, the height of its words, the choices they begin with, the words."""


@dataclass
class _Row:
    """Places on one row that nothing parts, from left to right."""

    places: list[int]
    """Their numbers."""
    head: str
    """The words before the first of them."""
    asks: str = ""
    """The group of choices that the head asks for, or that of the row which this one goes on with."""


def topics_of(page: PageText, offers: Sequence[Offer]) -> list[str]:
    """What each place to tick is about: a group of choices, another part of a form, or nothing known ("")."""
    said = [_groups(hits, words) for _place, _height, hits, words in offers]
    headings = [page.zones.topic_of(place) for place, *_ in offers]
    topics = list(headings)
    rows = _rows(page, offers, headings)
    for row in rows:
        near = [n for r in rows if r is row or (r.asks == row.asks and _in_columns(row, r, offers, headings)) for n in r.places]
        for n in row.places:
            if headings[n] not in NEVER:
                on_row, in_list = (
                    [said[m] for m in some if said[m] and _fit(headings[m], headings[n])] for some in (row.places, near)
                )
                topics[n] = row.asks or _all(on_row, headings[n]) or _most(in_list, headings[n]) or headings[n]
    return topics


def _fit(one: str, other: str) -> bool:
    """Whether places under two headings may be of one list: headings that ask for different things part them."""
    return one == other or not {one, other} <= set(GROUPS)


def _all(said: Sequence[set[str]], heading: str) -> str:
    """What all choices of a row say, where none says what the heading says."""
    both = set(GROUPS).intersection(*said) if len(said) >= ENOUGH_ON_ROW else set()
    return both.pop() if len(both) == 1 and not any(heading in some for some in said) else ""


def _most(said: Sequence[set[str]], heading: str) -> str:
    """What most choices of a list say, where not as many say what the heading says."""
    votes = {group: sum(group in some for some in said) / max(1, len(said)) for group in GROUPS}
    best = max(votes, key=lambda group: votes[group])
    plain = len(said) >= ENOUGH_IN_LIST and votes[best] >= MOST_OF
    return best if plain and votes.get(heading, 0) < MOST_OF else ""


def _groups(hits: Sequence[Hit], words: str) -> set[str]:
    """What the words of a choice alone are about."""
    if hits:
        return {h.phrase.party for h in hits} & set(GROUPS)
    plainly = plainly_meant(words)
    return {plainly.split(".")[0]} if plainly else set()


def _rows(page: PageText, offers: Sequence[Offer], headings: Sequence[str]) -> list[_Row]:
    """The rows from the top down; one that goes on with the row above, under its first place, asks for the same."""
    rows: list[_Row] = []
    for n in sorted(range(len(offers)), key=lambda n: offers[n][0].left):
        place, height, *_words = offers[n]
        row = next((r for r in reversed(rows) if _on_row(place, offers[r.places[-1]][0], height)), None)
        head = _words_between(page, offers[row.places[-1]][0].right if row else 0.0, place)
        if row is None or head.endswith((":", "?")):
            rows.append(_Row([n], head))
        else:
            row.places.append(n)
    rows.sort(key=lambda r: offers[r.places[0]][0].top)
    for number, row in enumerate(rows):
        first, height, *_words = offers[row.places[0]]
        row.asks = asked_by(row.head)
        above = [r for r in rows[:number] if _goes_on(offers[r.places[0]][0], first, height)]
        if above and not row.head and headings[above[-1].places[0]] == headings[row.places[0]]:
            row.asks = above[-1].asks
    return rows


def _on_row(one: Rect, other: Rect, height: float) -> bool:
    return abs(one.middle[1] - other.middle[1]) < ON_ROW * height


def _goes_on(above: Rect, first: Rect, height: float) -> bool:
    """Whether the row that begins at `first` may go on with the one that begins at `above`."""
    down = first.middle[1] - above.middle[1]
    return ON_ROW * height < down < NEXT_ROW * height and abs(above.left - first.left) < IN_COLUMN * height


def _words_between(page: PageText, start: float, place: Rect) -> str:
    """The words on the row of a place that end right before it, and begin behind `start`."""
    lines = [line for line in page.lines if line.rect.same_row(place, 0.3) and not is_prose(line)]
    letters = [
        c
        for line in sorted(lines, key=lambda line: line.rect.left)
        for c in line.letters
        if start <= c.left < c.right < place.left + 2
    ]
    words, last = "", start
    for letter in letters:
        if letter.left - last > GAP * place.height:
            words = ""
        words, last = words + letter.char, letter.right
    return words.strip()


def _in_columns(one: _Row, other: _Row, offers: Sequence[Offer], headings: Sequence[str]) -> bool:
    """Whether any place of a row has one of the other under it, and the same is said above both."""
    return any(
        in_one_list(offers[a][0], offers[b][0], offers[a][1]) and _fit(headings[a], headings[b])
        for a in one.places
        for b in other.places
        if not _on_row(offers[a][0], offers[b][0], offers[a][1])
    )


def in_one_list(one: Rect, other: Rect, height: float) -> bool:
    """Whether two places stand so close, in rows or columns, that they are one list."""
    down = abs(one.middle[1] - other.middle[1])
    return down < ON_ROW * height or (down < 5.5 * height and abs(one.right - other.right) < IN_COLUMN * height)
