"""Narrow hands, looked at wide enough.

The recogniser sees a line in strips of eight pixels. Where letters are hardly wider than that, two of them fall into one strip
and one is lost, with a high score: 11/16 becomes 1/16. Stretched, the same ink is read whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.reading.engines import LINE_HEIGHT, Engine, LineText, Picture
from pipeline.reading.text import plain

ROOM = 20.0
"""Pixels for each letter of a line LINE_HEIGHT high, at which letters of most hands are read."""
NARROW = 16.0
"""The same: with less a line is read again."""
WIDER, WIDEST = 1.2, 2.0
"""Times that a picture is stretched, at least and at most."""
LONGEST = 60
"""Letters: a longer line is the form's own print, and read well enough."""
DOUBTED = 0.95
"""Score of a line's weakest letter below which it is read again."""
BETTER = 0.01
"""By so much the mean score of letters must be higher, if there are no more of them."""


def to_have(room: float, crop: Picture, letters: int) -> float:
    """How many times as wide a picture must be for each letter to have its room; at most WIDEST."""
    return min(WIDEST, room * letters * float(crop.shape[0]) / (LINE_HEIGHT * float(crop.shape[1])))


def stretched(crop: Picture, times: float) -> Picture:
    """A picture so many times as wide."""
    size = (max(4, int(crop.shape[1] * times)), crop.shape[0])
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def read_again(crops: Sequence[Picture], read: Sequence[LineText], engine: Engine) -> list[LineText]:
    """What was read, with narrow lines as they are read when stretched, where that is better. Raises EngineError."""
    texts = list(read)
    doubtful = [n for n, (crop, text) in enumerate(zip(crops, texts, strict=True)) if _is_doubtful(crop, text)]
    wide = [stretched(crops[n], max(WIDER, to_have(ROOM, crops[n], _letters(texts[n])))) for n in doubtful]
    for n, again in zip(doubtful, engine.recognize(wide) if wide else [], strict=True):
        if _is_better(again, texts[n]):
            texts[n] = again
    return texts


def _letters(text: LineText) -> int:
    return len(text.text.replace(" ", ""))


def _is_doubtful(crop: Picture, text: LineText) -> bool:
    """Whether a line is narrow, short and not read with certainty."""
    letters = _letters(text)
    if not 0 < letters <= LONGEST or min(g.score for g in text.glyphs) >= DOUBTED:
        return False
    return to_have(NARROW, crop, letters) > 1


def _is_better(again: LineText, text: LineText) -> bool:
    """Whether a second reading has no fewer letters, and more of them or surer ones."""
    gained = len(plain(again.text)) - len(plain(text.text))
    return gained >= 0 and again.score > text.score + (0.0 if gained else BETTER)
