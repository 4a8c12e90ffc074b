"""A second look at each value: its own picture, cut close and prepared in two other ways, read again.

Where the first reading was unsure, lacks letters, or had not the shape of what its label asks for, and both others say the same,
they are believed. Whether the readings agree is what the confidence is made of. The same network sees the same ink three times,
so that is weak evidence for free text; where such a value lacks only that to be sure, Tesseract, which reads print, is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.reading.confidence import SHAPED, SURE, Evidence, Opinion, confidence_of
from pipeline.reading.engines import EngineError, Engines, LineText, Picture, Recognizer
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect, around
from pipeline.reading.narrow import ROOM, WIDER, stretched, to_have
from pipeline.reading.page import Word, rows_of
from pipeline.reading.shapes import FOLLOWED_CLOSELY, SHAPES, digits_of, fitted, is_asked_again, is_followed_closely, of_digits
from pipeline.reading.spelling import Look, respelt
from pipeline.reading.text import plain
from pipeline.reading.values import Value

UNSURE = 0.95
"""Score of the weakest letters below which a value gives way to two other readings that agree."""
SURELY_READ = 0.97
"""Score from which two other readings may add letters to the value's own."""
CONTRADICTED = 0.59
"""The most that such a value is believed, less than a date that counts must be: its first reading was sure of something else."""
RESCUED = 0.6
"""Quality of a value that only the second look could read."""
ROOM_OF_BOLD = 18.0
"""Pixels for each letter of a line LINE_HEIGHT high, in the bolder look."""
LONGEST_NUMBER = 20
"""Heights: no date and no phone number is longer."""


@dataclass(frozen=True)
class Weighed:
    """A value with its confidence, and the evidence for it."""

    found: FoundValue
    confidence: float
    evidence: Evidence


class SecondLook:
    """Reads values again and says how far to trust them."""

    def __init__(self, engines: Engines, *, frugal: bool = True) -> None:
        """`frugal`: the second engine is asked only where its word may make a value sure, and not for all that looks agree on."""
        self._engines = engines
        self._frugal = frugal

    def weighed(self, values: Sequence[FoundValue], unread: Sequence[FoundValue], grey: Picture) -> list[Weighed]:
        """Each value with its confidence; `unread`: words beside a label that have not its shape, kept if they now have."""
        opinions, looks = self._opinions([*values, *unread], grey)
        better = [_better(v, opinions[id(v)]) or self._fitted(v, opinions[id(v)], grey) for v in values]
        believed = [self._spelt(b, looks[id(v)]) for b, v in zip(better, values, strict=True)]
        rescued = [(_rescued(v, opinions[id(v)]) or self._fitted(v, opinions[id(v)], grey), opinions[id(v)]) for v in unread]
        pairs = [(b, opinions[id(v)]) for b, v in zip(believed, values, strict=True)]
        pairs += [(r, seen) for r, seen in rescued if r.value.text]
        sure = [self._doubted(v, seen, grey) for v, seen in pairs]
        return [Weighed(v, confidence_of(e), e) for v, seen in sure for e in [Evidence(v, seen)]]

    def _doubted(self, found: FoundValue, seen: tuple[Opinion, ...], grey: Picture) -> tuple[FoundValue, tuple[Opinion, ...]]:
        """A number that would be sure, believed less where the ink could as well be another one; and what was seen of it."""
        if found.label not in SHAPES or found.printed or confidence_of(Evidence(found, seen)) < SURE:
            return found, seen
        crop = self._one_row(found, grey)
        try:
            close = crop is not None and is_followed_closely(found, _wider(*crop), self._engines.first)
        except EngineError:
            close = True
        return (replace(found, most=min(found.most, FOLLOWED_CLOSELY)) if close else found), seen

    @staticmethod
    def _one_row(found: FoundValue, grey: Picture) -> tuple[Picture, int] | None:
        """The picture of a number that stands in one row, and how many letters it has; None where there is no such picture."""
        rows = rows_of(of_digits(found.words))
        if len(rows) != 1:
            return None
        crop = value_crop(grey, rows[0])
        return (crop, _letters(rows[0])) if crop.shape[1] <= LONGEST_NUMBER * crop.shape[0] else None

    def _spelt(self, found: FoundValue, looks: Sequence[Look]) -> FoundValue:
        """The value with misread words put right; as it is where the engine fails."""
        try:
            return respelt(found, looks, self._engines.first)
        except EngineError:
            return found

    def _fitted(self, found: FoundValue, seen: Sequence[Opinion], grey: Picture) -> FoundValue:
        """A number whose shape is broken, or was mended, or of which the looks see different digits, as what its label asks for;
        as it is where that is left open."""
        differ = any(digits_of(o.text) != digits_of(found.raw) for o in seen)
        row = self._one_row(found, grey) if is_asked_again(found, differ=differ) else None
        if row is None:
            return found
        try:
            fit = fitted(found, [row[0], _wider(*row), _bolder(*row)], self._engines.first)
        except EngineError:
            return found
        return found if fit is None or fit.value.text == found.value.text else fit

    def _opinions(
        self, values: Sequence[FoundValue], grey: Picture
    ) -> tuple[dict[int, tuple[Opinion, ...]], dict[int, tuple[Look, ...]]]:
        """What is read in each value's own crops, rows joined by commas as in the value itself; and the looks at each row."""
        crops: list[Picture] = []
        letters: list[int] = []
        places: dict[tuple[int, ...], list[int]] = {}
        for value in values:
            key = _key(value)
            if key not in places:
                rows_there = rows_of(list(value.words))
                places[key] = list(range(len(crops), len(crops) + len(rows_there)))
                crops += [value_crop(grey, row) for row in rows_there]
                letters += [_letters(row) for row in rows_there]
        widened = [_wider(c, n) for c, n in zip(crops, letters, strict=True)]
        bolder = [_bolder(c, n) for c, n in zip(crops, letters, strict=True)]
        wide, bold = self._again(self._engines.first, widened), self._again(self._engines.first, bolder)
        seen = [(wide, widened), (bold, bolder)]
        looks = {
            id(v): tuple(Look(pictures[i], texts[i].text) for texts, pictures in seen if texts for i in places[_key(v)])
            for v in values
        }
        found = {}
        for value in values:
            rows = places[_key(value)]
            found[id(value)] = tuple(_joined(texts, rows) for texts in (wide, bold) if texts)
        doubted = {
            i
            for v in values
            if v.name not in SHAPED and _would_settle(v, found[id(v)], frugal=self._frugal)
            for i in places[_key(v)]
        }
        asked = sorted(doubted)
        other = dict(zip(asked, self._again(self._engines.second, [crops[i] for i in asked]), strict=False))
        for value in values:
            rows = places[_key(value)]
            if other and all(i in other for i in rows):
                found[id(value)] += (_joined(other, rows, independent=True),)
        return found, looks

    @staticmethod
    def _again(engine: Recognizer | None, crops: list[Picture]) -> list[LineText]:
        """What an engine reads in the crops; nothing where there is no engine or it fails: an opinion less, no error."""
        if engine is None or not crops:
            return []
        try:
            return engine.recognize(crops)
        except EngineError:
            return []


def _would_settle(value: FoundValue, seen: tuple[Opinion, ...], *, frugal: bool) -> bool:
    """Whether the value becomes sure if another engine says the same, and is not without: else its word changes nothing."""
    if not seen or any(plain(o.text) != plain(value.raw) for o in seen):
        return False
    if not frugal:
        return True
    confirmed = Evidence(value, (*seen, Opinion(value.raw, 1.0, independent=True)))
    return confidence_of(Evidence(value, seen)) < SURE <= confidence_of(confirmed)


def _key(value: FoundValue) -> tuple[int, ...]:
    return tuple(id(w) for w in value.words)


def _joined(texts: Sequence[LineText] | dict[int, LineText], rows: Sequence[int], *, independent: bool = False) -> Opinion:
    return Opinion(", ".join(texts[i].text for i in rows), min(texts[i].score for i in rows), independent)


def _agreed(found: FoundValue, opinions: Sequence[Opinion]) -> Value | None:
    """What both other readings say the value is, or None if they differ or cannot be such a value."""
    if found.reread is None:
        return None
    said = [found.reread(o.text) for o in opinions if not o.independent]
    if len(said) > 1 and said[0] is not None and all(v is not None and plain(v.text) == plain(said[0].text) for v in said):
        return said[0]
    return None


def _better(found: FoundValue, opinions: Sequence[Opinion]) -> FoundValue | None:
    """What two other readings agree on where the value's own was unsure, or lacks letters that both have; else None."""
    if found.printed:
        return None
    other = _agreed(found, opinions)
    if other is None or not (found.score < UNSURE or _lacks_letters(found, opinions)):
        return None
    if plain(other.text) == plain(found.value.text) or other.quality < found.value.quality:
        return None
    most = found.most if found.score < UNSURE else min(found.most, CONTRADICTED)
    return replace(found, value=other, raw=opinions[0].text, most=most)


def _lacks_letters(found: FoundValue, opinions: Sequence[Opinion]) -> bool:
    """Whether surer readings hold all letters of the value in their order, and more: in a long line of print some get lost."""
    own = plain(found.raw)
    return all(
        o.score > SURELY_READ and len(plain(o.text)) > len(own) and _holds_in_order(plain(o.text), own)
        for o in opinions
        if not o.independent
    )


def _holds_in_order(text: str, letters: str) -> bool:
    rest = iter(text)
    return all(c in rest for c in letters)


def _rescued(found: FoundValue, opinions: Sequence[Opinion]) -> FoundValue | None:
    value = _agreed(found, opinions)
    return replace(found, value=Value(value.text, RESCUED * value.quality), raw=opinions[0].text) if value else None


def _letters(words: Sequence[Word]) -> int:
    return sum(len(w.text) for w in words)


def _wider(crop: Picture, letters: int) -> Picture:
    return stretched(crop, max(WIDER, to_have(ROOM, crop, letters)))


def _bolder(crop: Picture, letters: int) -> Picture:
    wide = stretched(crop, max(1.0, to_have(ROOM_OF_BOLD, crop, letters)))
    return np.asarray(cv2.erode(wide, np.ones((2, 2), np.uint8)), dtype=np.uint8)


def value_crop(grey: Picture, words: Sequence[Word]) -> Picture:
    """The picture of one row of a value: a little margin, long rules painted out where no stroke crosses them."""
    height, width = grey.shape
    rect = around([w.rect for w in words])
    left, right = (min(0.25 * rect.height, gap) for gap in _gaps(words))
    x0, y0, x1, y1 = (
        int(v)
        for v in Rect(
            rect.left - left, rect.top - 0.04 * rect.height, rect.right + right, rect.bottom + 0.04 * rect.height
        ).within(width, height)
    )
    crop = np.array(grey[y0 : max(y0 + 4, y1), x0 : max(x0 + 4, x1)])
    dark = (crop < 190).astype(np.uint8)
    rules = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, max(40, int(0.9 * crop.shape[0]))), np.uint8))
    if rules.any():
        rows = rules.any(axis=1)
        paper = int(np.percentile(crop, 90))
        thin = np.zeros_like(rules)
        thin[rows] = rules[rows]
        strokes = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((7, 1), np.uint8))
        crop[(cv2.dilate(thin, np.ones((3, 1), np.uint8)) > 0) & (strokes == 0)] = paper
    return crop


def _gaps(words: Sequence[Word]) -> tuple[float, float]:
    """Half of the paper between the words and the letters before and behind them on their lines."""
    first, last = words[0], words[-1]
    before = [c.right for c in first.line.letters[: first.start] if c.char.isalnum()]
    behind = [c.left for c in last.line.letters[last.end :] if c.char.isalnum()]
    left = (first.rect.left - before[-1]) / 2 if before else first.rect.height
    right = (behind[0] - last.rect.right) / 2 if behind else last.rect.height
    return max(0.0, left), max(0.0, right)
