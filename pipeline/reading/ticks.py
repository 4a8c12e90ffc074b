"""Boxes, circles and blanks to tick: which are ticked, and which choice each belongs to.

A printed square is looked into; where a form prints none (or the scan lost it), a mark right before the words of a choice
counts if the other choices around it have none. What a box means is said by the words to its right and, where those
are no known choice, by the heading above: then it is that heading's `.item`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.blanks import Blank, find_blanks
from pipeline.reading.choices import FORMATS, GROUPS, is_limited, meant, names_more, plainly_meant, words_of_choice
from pipeline.reading.geometry import Rect, parts_of
from pipeline.reading.labels import BLANK, Hit, found_in, is_prose
from pipeline.reading.layout import INK
from pipeline.reading.page import PageText
from pipeline.reading.sides import Sides, sides_of, words_before
from pipeline.reading.text import TextLine, plain
from pipeline.reading.topics import NEVER, in_one_list, topics_of
from schemas.reading import Choice

TICKED = 0.06
"""Share of a box's inside that a tick covers at least, above what the boxes of the page usually show."""
CLEARLY = 0.16
MOST_USUAL = 0.3
"""Share of ink inside an empty box at most, such as that of its own shadow."""
CORNER, EMPTY_CORNER = 0.14, 0.1
"""Share of a box's width that its corners are looked at in, and share of ink there at most where it is a circle."""
MORE_INK = 1.5
"""A box and its surroundings hold so many times the ink of an empty one if a mark hides it."""
MOST_SPREAD = 0.04
"""Share by which the ink inside empty boxes differs at most."""
HANGING = 1.3
"""Sides of a box: so many pixels of strokes that hang on its frame are a mark, and no speck."""
LARGEST_MARK = 3
"""Line heights: what is higher is a picture."""
LEAST_MARK = 0.2
"""Of a mark on a blank at least, in strokes as long as the line is high."""
MORE_THAN_PRINT = 0.35
"""Share of the ink that is printed at a place which a mark adds at least."""
LEAST_HIGH, LEAST_WIDE = 0.4, 0.3
"""Heights of the place: a mark on a blank is at least so high and wide."""
SHORTEST = 3
"""Letters: what is shorter is no choice of its own, but a piece of a date."""
FEW_BOXES = 4
"""A page with at least so many printed boxes has no choices without one."""
ELSEWHERE = frozenset(
    {"office", "revocation", "sensitive", "facility", "statement", "patient", "holder", "destination", "signature", "expiry"}
)
"""Parts of a form whose boxes are none of the choices, unless the words beside them say so plainly."""
PLAIN_WORDS = 8
"""Letters: a choice of at least this many is believed under any heading but those of NEVER."""
DARK = 0.5
"""Share of ink in and around a box that stands on no paper, but in a dark band."""
SAME_SIZE = 0.18
"""Share by which boxes of one form differ in height."""
FEW_ALIKE, MANY_ALIKE = 3, 6
"""Where at least six boxes are of one size, a size that fewer than three have is that of letters."""
UNSURE = 0.5
"""How far a tick is believed whose words go on with a limit, or may be those on its other side: a person looks what is meant."""
MARKS = frozenset("XxVv✓✔√☑☒×/\\OoQ0□☐○●■•")
"""What engines make of a mark or an empty box."""


@dataclass(frozen=True)
class FoundTick:
    """A ticked choice."""

    choice: Choice
    rect: Rect
    confidence: float


def find_ticks(page: PageText, boxes: Sequence[Box]) -> list[FoundTick]:
    """All ticked choices of the page; `boxes`: its printed boxes with the words behind them."""
    hits = {line.number: _choices(line) for line in page.lines}
    boxes = [b for b in boxes if not _is_initial(b, hits)]
    blanks = [b for b in find_blanks(page) if not any(_same_place(b.place, box.rect) for box in boxes)]
    ticks = _in_boxes(page, boxes, hits) + _in_type(page, hits, [b.place for b in blanks])
    ticks += _on_blanks(page, blanks, hits, [t.rect for t in ticks])
    printed = sum(bool(_begun(hits, b)) for b in boxes)
    taken = [*(b.place for b in blanks), *(t.rect for t in ticks)]
    told = printed >= FEW_BOXES or any(b.kind != "rule" for b in blanks)
    return ticks + ([] if told else _without_boxes(page, hits, taken, listed=bool(blanks)))


def _choices(line: TextLine) -> list[Hit]:
    return found_in(line, ("choice",))


@dataclass(frozen=True)
class Box:
    """A printed square with its words: those to its right, or to its left where all the boxes of a list stand behind theirs."""

    rect: Rect
    line: TextLine
    at: int
    """Index in the line of the first letter of its words."""
    excess: float
    """How much more ink it holds than the boxes of the page usually do, as a share of its inside."""
    until: float = float("inf")
    """Where its words end at the latest: the next box on its row, or the box itself."""
    plain: bool = True
    """Whether it is plain on which side its words stand."""

    @property
    def words(self) -> str:
        """The words of its choice."""
        return words_of_choice(self.line, self.at, self.until)


def boxes_with_words(page: PageText) -> list[Box]:
    """Every printed box that has words beside it, those too that a large mark hides."""
    squares = _alike(page, [box for box in page.layout.boxes if not in_word(page, box)])
    sides = sides_of(page, squares)
    beside = [(box, words) for box in squares if (words := _words_at(page, box, squares, sides)) is not None]
    if not beside:
        return []
    shares = np.array([_inside(page, box) for box, _ in beside])
    many = len(beside) >= FEW_BOXES
    usual = min(MOST_USUAL, float(np.percentile(shares, 35))) if many else 0.0
    spread = min(MOST_SPREAD, float(np.median(np.abs(shares - np.median(shares))))) if many else 0.0
    crossed = _crossed(page, [box for box, _ in beside]) if many else set()
    boxes = []
    for number, (box, (line, at)) in enumerate(beside):
        excess = float(shares[number]) - usual - 2 * spread
        boxes.append(Box(box, line, at, max(excess, TICKED) if number in crossed else excess))
    boxes += _hidden(page, [b for b in boxes if b.rect not in sides.behind])
    return [
        replace(b, until=b.rect.left if b.rect in sides.behind else _next_on_row(b, boxes), plain=b.rect not in sides.doubtful)
        for b in boxes
    ]


def _alike(page: PageText, boxes: Sequence[Rect]) -> list[Rect]:
    """The boxes without letters that look like one: those in dark bands, and those of a size that hardly any other has."""
    on_paper = [box for box in boxes if _covered(page, box.grown(0.5 * box.width, 0.5 * box.height)) < DARK]
    sizes = [sum(abs(box.height - other.height) < SAME_SIZE * box.height for other in on_paper) for box in on_paper]
    return [b for b, alike in zip(on_paper, sizes, strict=True) if alike >= FEW_ALIKE or max(sizes) < MANY_ALIKE]


def _words_at(page: PageText, box: Rect, boxes: Sequence[Rect], sides: Sides) -> tuple[TextLine, int] | None:
    """The line of a box's words, and the index of their first letter there."""
    if box not in sides.behind:
        return _beside(page, box)
    words = words_before(page, box, boxes)
    return None if words is None else (page.lines[words[0]], words[1])


def _next_on_row(box: Box, boxes: Sequence[Box]) -> float:
    """Where the box to the right of a box begins."""
    return min((b.rect.left for b in boxes if b.rect.left > box.rect.right and b.rect.same_row(box.rect)), default=float("inf"))


def _crossed(page: PageText, boxes: Sequence[Rect]) -> set[int]:
    """The boxes (by their number) that strokes run through or hang on, though little of them may be inside.

    A stroke that touches several boxes is a mark in the one that its middle is nearest to.
    """
    _count, labels = cv2.connectedComponents(page.layout.ink.astype(np.uint8), connectivity=8)
    hanging = [_hanging(labels, box, round_one=_is_round(page, box)) for box in boxes]
    usual = float(np.percentile([len(points) for _part, points in hanging], 35))
    found = set()
    for part in {part for part, _ in hanging} - {0}:
        touched = [n for n, (p, _) in enumerate(hanging) if p == part]
        points = np.concatenate([hanging[n][1] for n in touched])
        side = boxes[touched[0]].width
        if len(points) > HANGING * side * len(touched) + usual * len(touched) or (
            len(touched) > 1 and max(len(hanging[n][1]) for n in touched) > HANGING * side + usual
        ):
            x, y = (points.min(axis=0) + points.max(axis=0)) / 2
            found.add(min(touched, key=lambda n: (boxes[n].middle[0] - x) ** 2 + (boxes[n].middle[1] - y) ** 2))
    return found


def _hanging(labels: NDArray[np.int32], box: Rect, *, round_one: bool) -> tuple[int, NDArray[np.float64]]:
    """What the frame of a box is a part of, and the points (x, y) of it near the box that are not the frame."""
    reach, band = 0.9 * box.width, max(3.0, 0.16 * box.width)
    window = Rect(box.left - reach, box.top - reach, box.right + 0.5 * box.width, box.bottom + reach)
    window = window.within(labels.shape[1], labels.shape[0])
    x0, y0, x1, y1 = (int(v) for v in window)
    near = labels[y0:y1, x0:x1]
    rows, columns = np.mgrid[y0:y1, x0:x1]
    outer, inner = box.grown(2, 2), box.grown(-band, -band)
    in_outer = (columns >= outer.left) & (columns <= outer.right) & (rows >= outer.top) & (rows <= outer.bottom)
    in_inner = (columns > inner.left) & (columns < inner.right) & (rows > inner.top) & (rows < inner.bottom)
    drawn = in_outer & ~in_inner
    if round_one:
        drawn |= in_outer & (np.hypot(columns - box.middle[0], rows - box.middle[1]) > box.width / 2 - band)
    frame = near[drawn]
    frame = frame[frame > 0]
    if not frame.size:
        return 0, np.empty((0, 2))
    part = int(np.bincount(frame).argmax())
    own = (near == part) & ~drawn
    return part, np.stack([columns[own], rows[own]], axis=1).astype(np.float64)


def _hidden(page: PageText, boxes: Sequence[Box]) -> list[Box]:
    """Marks that cover their box: in a column of boxes, on a row whose words stand as those of the others do."""
    found: list[Box] = []
    for line in page.lines:
        first = next((i for i, c in enumerate(line.text) if c.isalnum() and not (c in MARKS and i < 2)), None)
        if first is None or is_prose(line):
            continue
        place, peers = _as_in_column(line, first, boxes) or _as_in_row(line, first, boxes) or (None, [])
        if place is None or any(b.line is line or _same_place(b.rect, place) for b in boxes):
            continue
        blank = float(np.median([_covered(page, b.rect) for b in peers]))
        if _covered(page, place) > MORE_INK * max(blank, 0.1) and _as_small_as_marks(page, place):
            found.append(Box(place, line, first, CLEARLY))
    return found


def _as_in_column(line: TextLine, first: int, boxes: Sequence[Box]) -> tuple[Rect, list[Box]] | None:
    """Where the box of a line would be if its words stand as those of the boxes over and under it."""
    left = line.letters[first].left
    near = [b for b in boxes if abs(b.line.letters[b.at].left - left) < 0.6 * b.rect.width]
    near = [b for b in near if abs(b.rect.middle[1] - line.rect.middle[1]) < 9 * line.rect.height]
    return (_level(near[0].rect, near[0].rect.left, line), near) if len(near) > 1 else None


def _as_in_row(line: TextLine, first: int, boxes: Sequence[Box]) -> tuple[Rect, list[Box]] | None:
    """The same as those beside it."""
    near = [b for b in boxes if b.rect.same_row(line.rect, 0.5) and b.line is not line]
    if not near:
        return None
    before = near[0].line.letters[near[0].at].left - near[0].rect.left
    return _level(near[0].rect, line.letters[first].left - before, line), near


def _level(box: Rect, left: float, line: TextLine) -> Rect:
    top = line.rect.middle[1] - box.height / 2
    return Rect(left, top, left + box.width, top + box.height)


def _same_place(one: Rect, other: Rect) -> bool:
    return one.x_overlap(other) > 0 and one.y_overlap(other) > 0


def _covered(page: PageText, box: Rect) -> float:
    """The share of ink in and right around a box, its frame included; not behind it, where its words begin."""
    margin = 0.2 * box.width
    place = Rect(box.left - margin, box.top - margin, box.right, box.bottom + margin).within(
        page.layout.width, page.layout.height
    )
    x0, y0, x1, y1 = (round(v) for v in place)
    part = page.layout.grey[y0:y1, x0:x1]
    return float((part < INK).mean()) if part.size else 0.0


def ink_before(page: PageText, line: TextLine, at: int) -> tuple[Rect | None, float]:
    """The blank right before the words that begin at letter `at`, and the ink on it in strokes; (None, 0) without a blank."""
    words = line.part(at, len(line.letters))
    rule = next((r for r in page.layout.across if _to_tick(r, words)), None)
    if rule is None:
        return None, 0.0
    place = Rect(rule.left, rule.top - 1.1 * words.height, rule.right, rule.top - 1)
    return place, _mark(page, place) if _stands_out(page, place) else 0.0


def _begun(hits: Mapping[int, list[Hit]], box: Box | Blank) -> list[Hit]:
    """The choices that the words of a box begin with."""
    return [h for h in hits[box.line.number] if abs(h.start - box.at) <= 2]


def _is_initial(box: Box, hits: Mapping[int, list[Hit]]) -> bool:
    """Whether the square is the first letter of a choice, such as the P of "Personal", read with no letter wrong."""
    x = box.rect.middle[0]
    for hit in hits[box.line.number]:
        letter = hit.line.letters[hit.start]
        if hit.likeness == 1 and letter.left - 0.2 * box.rect.width < x < letter.right + 0.2 * box.rect.width:
            return True
    return False


def _in_boxes(page: PageText, boxes: Sequence[Box], hits: Mapping[int, list[Hit]]) -> list[FoundTick]:
    ticks: list[FoundTick] = []
    first = page.zones.patient_starts() or 0.0
    topics = topics_of(page, [(b.rect, max(b.rect.height, 0.8 * b.line.rect.height), _begun(hits, b), b.words) for b in boxes])
    for box, topic in zip(boxes, topics, strict=True):
        near = _begun(hits, box)
        if box.excess < TICKED:
            continue
        meaning = _meaning(topic, near, box.words)
        if meaning.known or box.excess > CLEARLY:
            clear = 0.75 if box.excess <= CLEARLY else 0.95 if meaning.understood else 0.85
            letterhead = box.rect.bottom < first and topic not in GROUPS
            doubtful = not box.plain or letterhead or _behind_other(page, box.rect)
            ticks += _found(meaning, box.rect, UNSURE if doubtful else clear)
    return ticks


def _found(meaning: Meaning, place: Rect, confidence: float) -> list[FoundTick]:
    """The tick there, if it makes a choice."""
    sure = confidence if meaning.sure else min(confidence, UNSURE)
    return [FoundTick(meaning.choice, place, sure)] if meaning.choice else []


_BRACKETED = re.compile(r"[\[(]\s*[xX×✓✔√]\s*[\])]\s*|[☒☑]\s*")
_BARE = re.compile(r"(?:^|(?<=\s))[xX✓✔√]\s+")


def _in_type(page: PageText, hits: dict[int, list[Hit]], places: Sequence[Rect]) -> list[FoundTick]:
    """Ticks made of letters: "[X] Complete record", "(x)", "☒"; in the text of a file also a bare "X" before a choice.

    `places`: where ink is looked for in pictures, besides the printed boxes.
    """
    ticks: list[FoundTick] = []
    for line in page.lines:
        marks = [(m, False) for m in _BRACKETED.finditer(line.text) if line.printed or m[0][0] in "[("]
        marks += [(m, True) for m in _BARE.finditer(line.text) if line.printed]
        for mark, bare in marks:
            near = [h for h in hits[line.number] if h.start - mark.end() in (0, 1)]
            place = line.part(mark.start(), max(mark.start() + 1, mark.start() + len(mark[0].rstrip())))
            drawn = any(_same_place(p, place) for p in [*page.layout.boxes, *([] if line.printed else places)])
            if drawn or (bare and not near) or mark.end() >= len(line.text):
                continue
            meaning = _meaning(page.zones.topic_of(place), near, words_of_choice(line, mark.end()))
            ticks += _found(meaning, place, 0.9 if line.printed else 0.75)
    return ticks


def _inside(page: PageText, box: Rect) -> float:
    """The share of ink inside a box, its frame left out."""
    margin = max(4.0, 0.21 * min(box.width, box.height))
    x0, y0, x1, y1 = (round(v) for v in box.grown(-margin, -margin))
    inside = page.layout.grey[y0:y1, x0:x1] < INK
    if inside.size and _is_round(page, box):  # the corners are those of the ring
        ys, xs = np.mgrid[-1 : 1 : inside.shape[0] * 1j, -1 : 1 : inside.shape[1] * 1j]
        inside = inside[np.hypot(xs, ys) <= 1]
    return float(inside.mean()) if inside.size else 0.0


def _is_round(page: PageText, box: Rect) -> bool:
    """Whether a box is a circle: there is paper in its corners."""
    x0, y0, x1, y1 = (round(v) for v in box)
    corner = max(2, round(CORNER * box.width))
    grey = page.layout.grey
    corners = [grey[y : y + corner, x : x + corner] for x in (x0, x1 - corner) for y in (y0, y1 - corner)]
    return sum(float((part < INK).mean()) < EMPTY_CORNER for part in corners if part.size) >= 3


def in_word(page: PageText, box: Rect) -> bool:
    """Whether the square is a letter of a word that was read there: another letter follows at once."""
    x, y = box.middle
    for line in page.lines:
        if not line.rect.holds(x, y):
            continue
        for i, (letter, after) in enumerate(pairwise(line.letters)):
            within = letter.char.isalnum() and abs((letter.left + letter.right) / 2 - x) < 0.5 * box.width
            if within and after.char.isalnum() and (i > 0 or letter.char not in MARKS):
                return True
    return False


def _beside(page: PageText, box: Rect) -> tuple[TextLine, int] | None:
    """The line to the right of a box and the index of the first letter there; None where no words are near."""
    best: tuple[float, TextLine, int] | None = None
    for line in page.lines:
        if not line.rect.same_row(box, 0.45) or line.rect.right < box.right or _is_mark(line, box):
            continue
        for i, letter in enumerate(line.letters):
            if letter.char.isalnum() and letter.left >= box.right - 0.35 * box.width:
                gap = letter.left - box.right
                if gap < max(2.6 * box.width, 1.8 * line.rect.height) and (best is None or gap < best[0]):
                    best = (gap, line, i)
                break
    if best is None:
        return _on_next_row(page, box)
    if any(b is not box and b.same_row(box) and box.right < b.left < box.right + best[0] for b in page.layout.boxes):
        return None
    return best[1], best[2]


def _is_mark(line: TextLine, box: Rect) -> bool:
    """Whether the "letters" of a line are what an engine made of the mark in the box."""
    return sum(c.isalnum() for c in line.text) <= 1 and line.rect.left < box.middle[0] and line.rect.right < box.right + box.width


def _on_next_row(page: PageText, box: Rect) -> tuple[TextLine, int] | None:
    """The line under the row of a box that is the last thing on it: the words of its choice were broken off there.

    Which choice that is stays open: no words begin right behind it.
    """
    row = [line for line in page.lines if line.rect.same_row(box, 0.45) and line.rect.right < box.middle[0] + box.width]
    if not row or box.left - max(line.rect.right for line in row) > 1.5 * box.width:
        return None
    left, height = min(line.rect.left for line in row), row[0].rect.height
    under = [x for x in page.lines if abs(x.rect.left - left) < height and 0 < x.rect.middle[1] - box.middle[1] < 1.4 * height]
    return (under[0], len(under[0].letters) - 1) if under else None


@dataclass(frozen=True)
class Meaning:
    """What a mark before some words says."""

    choice: Choice | None
    known: bool = True
    """Whether the words are known; a mark before others has to be clear."""
    sure: bool = True
    understood: bool = True
    """Whether any of the words is known: else only the other choices around say what it is about, if it is a choice at all."""


def _meaning(topic: str, options: Sequence[Hit], words: str) -> Meaning:
    """What a mark before those words says in a part of the form about `topic`; `options`: the known phrases they begin with."""
    keys = {h.phrase.key: h for h in options}
    if topic in NEVER or "ignored" in keys:
        return Meaning(None)
    if "other" in keys:
        return Meaning(_item(topic))
    said = meant(words, topic) if topic in GROUPS else plainly_meant(words) if not topic else None
    key = next((k for k in keys if k.split(".")[0] == topic), None)
    if key is None and keys and not (topic in GROUPS and said):
        key = next(iter(keys))
        near = topic in {"", *GROUPS, "signature", "patient", "destination"}
        if not near and len(keys[key].phrase.letters) < PLAIN_WORDS:
            return Meaning(None)
    return _of_words(topic, said, words) if key is None else _of_phrase(topic, keys[key], said, words)


def _item(topic: str) -> Choice | None:
    return Choice(f"{topic}.item") if topic in GROUPS else None


def _of_words(topic: str, said: Choice | None, words: str) -> Meaning:
    """What words say that begin with no known phrase; `said`: what their stems make of them."""
    if not any(c.isalpha() for c in words):
        return Meaning(None)
    known = plainly_meant(words, (topic,) if topic in GROUPS else GROUPS) is not None
    return Meaning(said or _item(topic), known=known, understood=said is not None)


def _of_phrase(topic: str, phrase: Hit, said: Choice | None, words: str) -> Meaning:
    """What words say that begin with a known phrase, which may be only a part of what they name."""
    choice, rest = Choice(phrase.phrase.key), words[phrase.end - phrase.start :]
    group, kind = choice.split(".")
    plainly = plainly_meant(words)
    if group != topic and plainly and not plainly.startswith(group):  # "Treatment" begins "Treatment notes"
        return Meaning(plainly)
    if said and said != _item(topic) and kind in FORMATS:  # "Paper by mail"
        return Meaning(said)
    if names_more(choice, rest):
        both = meant(words, group) or Choice(f"{group}.item")
        return Meaning(both, sure=both != _item(group))
    strays = topic in GROUPS and group != topic and len(plain(rest)) > SHORTEST  # "Treatment dates" among the records
    return Meaning(choice, sure=not strays and not is_limited(choice, rest))


def _on_blanks(page: PageText, blanks: Sequence[Blank], hits: Mapping[int, list[Hit]], taken: Sequence[Rect]) -> list[FoundTick]:
    """Marks on short rules and between brackets: an empty place of a list has hardly any ink."""
    if not blanks:
        return []
    ends = [min((o.place.left for o in blanks if o.line is b.line and o.at > b.at), default=float("inf")) for b in blanks]
    offers = [
        (b.place, b.place.height, _begun(hits, b), words_of_choice(b.line, b.at, until))
        for b, until in zip(blanks, ends, strict=True)
    ]
    topics = topics_of(page, offers)
    meanings = [_meaning(topic, near, words) for topic, (_place, _height, near, words) in zip(topics, offers, strict=True)]
    amounts = [_mark(page, place) for place, *_ in offers]
    usual = {
        kind: _usual([amount for amount, b in zip(amounts, blanks, strict=True) if b.kind == kind], printed=kind == "bullet")
        for kind in {b.kind for b in blanks}
    }
    ticks: list[FoundTick] = []
    for blank, (place, height, _near, words), meaning, amount in zip(blanks, offers, meanings, amounts, strict=True):
        more, least = amount - usual[blank.kind], max(LEAST_MARK, MORE_THAN_PRINT * usual[blank.kind])
        listed = [m for m, (other, *_) in zip(meanings, offers, strict=True) if in_one_list(place, other, height)]
        choices = meaning.known or (len(plain(words)) > SHORTEST and any(m.known and m.choice for m in listed))
        marked = more > least and _own_mark(page, place, [b.place for b in blanks])
        if choices and marked and not any(_same_place(place, t) for t in taken):
            ticks += _found(meaning, place, 0.85 if more > 2 * LEAST_MARK else 0.6)
    return ticks


def _usual(amounts: Sequence[float], *, printed: bool) -> float:
    """The ink on a place that nobody marked; `printed`: where there is none, nothing to be marked is printed."""
    some = [amount for amount in amounts if amount > LEAST_MARK] if printed else amounts
    return float(np.percentile(some, 35)) if some else 0.0


def _own_mark(page: PageText, place: Rect, others: Sequence[Rect]) -> bool:
    """Whether a stroke as large as a mark of a pen runs through the place, and stands no nearer to the middle of another."""
    marks = [
        y + height / 2
        for x, y, width, height, _area in _parts_at(page, place)
        if LEAST_HIGH * place.height < height < LARGEST_MARK * place.height and width > LEAST_WIDE * place.height
        if x + width / 2 < place.right  # else it is a letter of the words
    ]
    column = [o.middle[1] for o in others if o.x_overlap(place) > 0]
    return any(abs(y - place.middle[1]) <= min((abs(y - other) for other in column), default=y) for y in marks)


def _parts_at(page: PageText, place: Rect) -> list[tuple[int, int, int, int, int]]:
    """The connected strokes that are in the place, each with all of it that is near: left, top, width, height and ink."""
    reach = 2 * place.height
    x0, y0, x1, y1 = (int(v) for v in place.within(page.layout.width, page.layout.height))
    left, top, right, bottom = (int(v) for v in place.grown(reach, reach).within(page.layout.width, page.layout.height))
    labels, parts = parts_of(page.layout.ink[top:bottom, left:right].astype(np.uint8))
    inside = (parts[n - 1] for n in np.unique(labels[y0 - top : y1 - top, x0 - left : x1 - left]).tolist() if n)
    return [(x + left, y + top, width, height, ink) for x, y, width, height, ink in inside]


def _without_boxes(page: PageText, hits: dict[int, list[Hit]], taken: Sequence[Rect], *, listed: bool) -> list[FoundTick]:
    """Marks before choices that have no printed square; `taken`: places that were looked at already.

    `listed`: the form prints rules where marks belong; then what stands behind "Other" is written there, and no choice.
    """
    boxed = [b for b in page.layout.boxes if not in_word(page, b)] + list(taken)
    places: list[tuple[Rect, list[Hit]]] = []
    first = page.zones.patient_starts() or 0.0
    for line in page.lines:
        if line.rect.bottom < first:  # the letterhead and its emblem
            continue
        for start in sorted({h.start for h in hits[line.number] if h.start <= 2 or not is_prose(line)}):
            here = [h for h in hits[line.number] if h.start == start]
            place = None if listed and _behind_other(page, here[0].rect) else _before(page, here[0])
            if place is None or any(
                b.same_row(place, 0.4) and b.x_overlap(place.grown(0.3 * place.height, 0)) > 0 for b in boxed
            ):
                continue
            places.append((place, here))
    topics = topics_of(page, [(place, place.height, here, "") for place, here in places])
    offers = [
        (*offer, topic) for offer, topic in zip(places, topics, strict=True) if topic not in NEVER | {"facility", "statement"}
    ]
    if len(offers) < FEW_BOXES:
        return []
    amounts = [_mark(page, place) for place, _here, _topic in offers]
    usual = float(np.median(amounts))
    ticks: list[FoundTick] = []
    for (place, here, topic), amount in zip(offers, amounts, strict=True):
        of_list = [a for a, (other, *_) in zip(amounts, offers, strict=True) if in_one_list(place, other, place.height)]
        printed = max(usual, min(of_list) if len(of_list) > 1 else 0.0)  # bullets may be printed before all choices of one list
        if amount - printed > 0.45 and amount > max(2.2 * usual, 1.5 * printed) and _stands_out(page, place):
            meaning = _meaning(topic, here, words_of_choice(here[0].line, here[0].start))
            ticks += _found(meaning, place, 0.8 if amount - printed > 0.7 else 0.6)
    return ticks


_OTHER = re.compile(r"(?i)\b(?:other|otro|otra)")


def _behind_other(page: PageText, place: Rect) -> bool:
    """Whether "Other" stands before it on its row: what is there may be what was written for it."""
    return any(
        line.letters[found.end() - 1].right < place.left
        for line in page.lines
        if line.rect.same_row(place)
        for found in _OTHER.finditer(line.text)
    )


def _before(page: PageText, hit: Hit) -> Rect | None:
    """The place right before a choice where a mark may stand, or None if words of the same sentence stand there."""
    height = hit.rect.height
    letters, at = hit.line.letters, hit.start - 1
    while at >= 0 and (
        letters[at].char in (" ", BLANK) or (letters[at].char in MARKS and (at == 0 or not letters[at - 1].char.isalnum()))
    ):
        at -= 1
    previous = letters[at].right if at >= 0 else 0.0
    for other in page.lines:
        if (
            other is not hit.line
            and other.rect.same_row(hit.rect, 0.5)
            and other.rect.right <= hit.rect.left + 4
            and len(other.text.strip()) > 1
        ):
            previous = max(previous, other.rect.right)
    rule = next((r for r in page.layout.across if _to_tick(r, hit.rect)), None)
    if rule is not None:
        return Rect(max(rule.left, previous), rule.top - 1.3 * height, rule.right, rule.bottom + 0.4 * height)
    left = max(hit.rect.left - 1.7 * height, previous + 0.1 * height)
    right = hit.rect.left - 0.05 * height
    return Rect(left, hit.rect.top, right, hit.rect.bottom) if right - left > 0.45 * height else None


def _to_tick(rule: Rect, words: Rect) -> bool:
    """Whether a short rule right before the words is a blank to tick."""
    low = words.top + 0.3 * words.height < rule.top < words.bottom + 0.5 * words.height
    return low and rule.width < 5 * words.height and -0.5 * words.height < words.left - rule.right < 1.2 * words.height


def _stands_out(page: PageText, place: Rect) -> bool:
    """Whether the ink there is as high and wide as a mark of a pen: no bullet, no bit of a letter, no part of a picture."""
    x0, y0, x1, y1 = (int(v) for v in place.within(page.layout.width, page.layout.height))
    ys, xs = np.nonzero(page.layout.ink[y0:y1, x0:x1])
    if not ys.size or np.ptp(ys) <= 0.45 * place.height or np.ptp(xs) <= 0.3 * place.height:
        return False
    return _as_small_as_marks(page, place)


def _as_small_as_marks(page: PageText, place: Rect) -> bool:
    """Whether no stroke there is a part of a picture, or of a dark band."""
    return all(height < LARGEST_MARK * place.height for _x, _y, _width, height, _area in _parts_at(page, place))


SEEN_BEHIND = 0.6
"""Heights of a line: so far behind the place of a mark it is seen whether a stroke is a letter's."""


def _left_of_words(ink: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """The first `width` columns without strokes that stand for the most part behind them: those are of the first letter."""
    labels, parts = parts_of(ink)
    strange = [n for n, (x, _y, w, _h, _area) in enumerate(parts, start=1) if x > 0.5 * width and x + w / 2 > 0.95 * width]
    return np.asarray((ink & ~np.isin(labels, strange))[:, :width], dtype=np.bool_)


def _mark(page: PageText, place: Rect) -> float:
    """Ink before a choice, in units of a stroke as long as the line is high and a tenth as thick."""
    x0, y0, x1, y1 = (int(v) for v in place.within(page.layout.width, page.layout.height))
    more = int(SEEN_BEHIND * place.height)
    ink = float(_left_of_words(page.layout.ink[y0:y1, x0 : x1 + more], x1 - x0).sum())
    return ink / max(1.0, 0.1 * place.height * place.height)
