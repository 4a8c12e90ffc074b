"""A second look at each value: its own picture, cut close and cleaned, read again by the same engine and by another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from pipeline.reading.confidence import Evidence, confidence_of
from pipeline.reading.engines import EngineError, Engines, Picture, Recognizer
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect, around
from pipeline.reading.page import Word, rows_of


class SecondLook:
    """Reads values again and says how far to trust them."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def weighed(self, values: Sequence[FoundValue], grey: Picture) -> list[tuple[FoundValue, float]]:
        """Each value with its confidence."""
        opinions = self._opinions(values, grey)
        return [(v, confidence_of(Evidence(v, opinions.get(id(v), ())))) for v in values]

    def _opinions(self, values: Sequence[FoundValue], grey: Picture) -> dict[int, tuple[str, ...]]:
        """What each engine reads in the value's own crop; rows joined by commas as in the value itself."""
        crops: list[Picture] = []
        seen: dict[tuple[int, ...], list[int]] = {}
        for value in values:
            key = tuple(id(w) for w in value.words)
            if key not in seen:
                seen[key] = []
                for row in _rows(value.words):
                    seen[key].append(len(crops))
                    crops.append(value_crop(grey, row))
        readings = [self._again(self._engines.first, crops), self._again(self._engines.second, crops)]
        found: dict[int, tuple[str, ...]] = {}
        for value in values:
            rows = seen[tuple(id(w) for w in value.words)]
            joined = (", ".join(texts[i] for i in rows) for texts in readings if texts)
            found[id(value)] = tuple(text for text in joined if text.strip(" ,"))
        return found

    @staticmethod
    def _again(engine: Recognizer | None, crops: list[Picture]) -> list[str]:
        """What an engine reads in the crops; nothing where there is no engine or it fails: an opinion less, no error."""
        if engine is None or not crops:
            return []
        try:
            return [line.text for line in engine.recognize(crops)]
        except EngineError:
            return []


def _rows(words: Iterable[Word]) -> list[Rect]:
    return [around([w.rect for w in row]) for row in rows_of(list(words))]


def value_crop(grey: Picture, rect: Rect) -> Picture:
    """The picture of one row of a value: a little margin, long rules painted out where no stroke crosses them."""
    height, width = grey.shape
    x0, y0, x1, y1 = (int(v) for v in rect.grown(0.25 * rect.height, 0.04 * rect.height).within(width, height))
    crop = grey[y0 : max(y0 + 4, y1), x0 : max(x0 + 4, x1)].copy()
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
